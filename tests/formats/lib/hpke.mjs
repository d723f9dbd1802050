// HPKE (RFC 9180) base mode, X-Wing (0x647A), HKDF-SHA256 (0x0001), export-only (0xFFFF): the key schedule by hand
// over noble's X-Wing; and `wrap` on top of it (PROTOCOL section 2).
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { ml_kem768_x25519 as xwing } from '@noble/post-quantum/hybrid.js';
import { concat, encode } from './cbor.mjs';
import { OpenError, SUITE, open, seal } from './suite.mjs';

const ascii = (text) => new TextEncoder().encode(text);
const u16 = (n) => Uint8Array.of(n >> 8, n & 0xff);
const EMPTY = new Uint8Array();
const SUITE_ID = concat(ascii('HPKE'), u16(0x647a), u16(0x0001), u16(0xffff));

const labeledExtract = (salt, label, ikm) => extract(sha256, concat(ascii('HPKE-v1'), SUITE_ID, ascii(label), ikm), salt);
const labeledExpand = (prk, label, info, length) =>
  expand(sha256, prk, concat(u16(length), ascii('HPKE-v1'), SUITE_ID, ascii(label), info), length);

function exporter(sharedSecret, info) {
  const context = concat(
    Uint8Array.of(0),
    labeledExtract(EMPTY, 'psk_id_hash', EMPTY),
    labeledExtract(EMPTY, 'info_hash', info),
  );
  const secret = labeledExtract(sharedSecret, 'secret', EMPTY);
  const exporterSecret = labeledExpand(secret, 'exp', context, 32);
  return (exporterContext, length) => labeledExpand(exporterSecret, 'sec', exporterContext, length);
}

/** X-Wing public key of a 32-byte seed. */
export const kemPublicKey = (seed) => xwing.keygen(seed).publicKey;

/** Sender: an encapsulation and its export function. `info` is a CBOR tree; `randomness` is given only by vectors. */
export function sender(publicKey, info, randomness) {
  const { cipherText, sharedSecret } = xwing.encapsulate(publicKey, randomness);
  return { enc: cipherText, exportKey: exporter(sharedSecret, encode(info)) };
}

/** Receiver: the export function of an encapsulation. */
export function receiver(seed, enc, info) {
  return exporter(xwing.decapsulate(enc, seed), encode(info));
}

/** Wraps a 32-byte secret to an X-Wing public key; `randomness` (64 bytes, then 32 of salt) is given only by vectors. */
export function wrap(publicKey, namespace, context, secret, randomness) {
  const { enc, exportKey } = sender(publicKey, [SUITE, namespace, context], randomness?.slice(0, 64));
  const key = exportKey(encode([SUITE, namespace, 'key']), 32);
  return { suite: SUITE, enc, sealed: seal(key, namespace, context, secret, { salt: randomness?.slice(64) }) };
}

/** Opens a `Wrap` with the 32-byte seed of the recipient. */
export function unwrap(seed, namespace, context, wrapped) {
  let exportKey;
  try {
    exportKey = receiver(seed, wrapped.enc, [SUITE, namespace, context]);
  } catch {
    throw new OpenError('encapsulation');
  }
  const secret = open(exportKey(encode([SUITE, namespace, 'key']), 32), namespace, context, wrapped.sealed);
  if (secret.length !== 32) throw new OpenError('length');
  return secret;
}
