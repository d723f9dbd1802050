// Suite V1: hashes, key derivation, sealing (PROTOCOL sections 1 and 2), on @noble/hashes and @noble/ciphers.
import { gcm } from '@noble/ciphers/aes.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { randomBytes } from 'node:crypto';
import { concat, encode } from './cbor.mjs';

export const SUITE = 1;
export const DOMAIN = 'vestibule';

/** Sealed bytes do not open: one error for a wrong key, a wrong context and altered bytes. */
export class OpenError extends Error {}

/** SHA-256. */
export const hash = (...parts) => sha256(concat(...parts));
/** SHA-256 of the CBOR of a tree. */
export const hashCbor = (tree) => hash(encode(tree));
/** Fresh random bytes. */
export const random = (length) => new Uint8Array(randomBytes(length));
/** `derive(ikm, [suite, label, ...args])`: 32 bytes. */
export const derive = (ikm, label, ...args) => hkdf(sha256, ikm, undefined, encode([SUITE, label, ...args]), 32);
/** Hash that names a composite signing key. */
export const signingKeyHash = (key) => hashCbor([SUITE, 'signing-key', key]);
/** Hash that names an X-Wing key. */
export const kemKeyHash = (key) => hashCbor([SUITE, 'kem-key', key]);

/** Whether two byte strings are equal. */
export const same = (a, b) => Buffer.compare(a, b) === 0;

/** Smallest bucket of the padding that holds `length` bytes. */
export function bucket(length) {
  let size = 256;
  while (size < length) size = size < 1024 ? size * 2 : size + 32 * Math.floor(size / 288);
  return size;
}

/** 0x80, then zeros up to the bucket; `floor` asks for at least that many bytes. */
export function pad(plaintext, floor = 0) {
  const out = new Uint8Array(bucket(Math.max(plaintext.length + 1, floor)));
  out.set(plaintext);
  out[plaintext.length] = 0x80;
  return out;
}

/** Inverse of `pad`; refuses what `pad` would not write. */
export function unpad(padded) {
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) end -= 1;
  if (end < 0 || padded[end] !== 0x80 || bucket(padded.length) !== padded.length) throw new OpenError('padding');
  return padded.slice(0, end);
}

function schedule(key, salt, namespace, context) {
  const okm = hkdf(sha256, key, salt, encode([SUITE, namespace, hashCbor(context)]), 76);
  return {
    cipher: gcm(okm.slice(0, 32), okm.slice(32, 44), encode([SUITE, namespace, context])),
    commit: okm.slice(44, 76),
  };
}

/**
 * Seals `plaintext`; `context` is the CBOR tree of a context struct. Gives a `Sealed` value. `floor` is the least length of
 * the padded plaintext; `salt` is given only by vectors.
 */
export function seal(key, namespace, context, plaintext, { floor = 0, salt = random(32) } = {}) {
  const { cipher, commit } = schedule(key, salt, namespace, context);
  return { suite: SUITE, namespace, salt, commit, ciphertext: cipher.encrypt(pad(plaintext, floor)) };
}

/** Opens a `Sealed` value. */
export function open(key, namespace, context, sealed) {
  const { cipher, commit } = schedule(key, sealed.salt, namespace, context);
  if (sealed.suite !== SUITE || sealed.namespace !== namespace || !same(commit, sealed.commit)) {
    throw new OpenError('commit');
  }
  let padded;
  try {
    padded = cipher.decrypt(sealed.ciphertext);
  } catch {
    throw new OpenError('tag');
  }
  return unpad(padded);
}
