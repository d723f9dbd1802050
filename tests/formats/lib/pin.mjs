// From an e-mail address to a PatientID and from a PIN to the root (PROTOCOL section 4). Argon2id by hash-wasm.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { argon2id } from 'hash-wasm';
import { encode } from './cbor.mjs';
import { line } from './shamir.mjs';
import { DOMAIN, SUITE, derive, hash, hashCbor } from './suite.mjs';
import { Descriptor } from './wire-realm.mjs';

/** Argon2id v1.3 with 64 MiB, one lane, 32 bytes out. */
export const hash64MiB = (password, salt, iterations) =>
  argon2id({ password, salt, iterations, memorySize: 65536, parallelism: 1, hashLength: 32, outputType: 'binary' });

/** The one form of an address that is hashed; throws if it is none. */
export function normaliseEmail(email) {
  const normal = email.trim().toLowerCase();
  const parts = normal.split('@');
  const bytes = new TextEncoder().encode(normal).length;
  if (parts.length !== 2 || parts.some((p) => p === '') || bytes > 254) throw new RangeError('not an address');
  return normal;
}

/** Input of the locator VOPRF: 32 bytes. */
export const locatorInput = (email, practice) =>
  hash64MiB(normaliseEmail(email), hashCbor([DOMAIN, SUITE, 'locator', practice]), 3);

/** PatientID of a locator output. */
export const patientId = (output) => output.slice(0, 16);

/** x of a PIN: 32 bytes. */
export const pinInput = (pin, { practice, patient, registration }) =>
  hash64MiB(pin, hashCbor([DOMAIN, SUITE, 'pin', practice, patient, registration]), 10);

/** H(D) of a descriptor's bytes. */
export const descriptorHash = (bytes) => hash(bytes);

/** Share A, unlock keys and masks from the VOPRF output y. */
export const shareA = (y, digest) => derive(y, 'share-a', 0, digest);
export const unlockKey = (y, index, digest) => derive(y, 'unlock', index, digest);
export const mask = (y, index, digest) => derive(y, 'mask', index, digest);

/** Bytewise exclusive or. */
export const xor = (a, b) => a.map((byte, i) => byte ^ b[i]);

/** What realm `index` stores of a registration, and share C for the device. */
export function register(root, y, descriptor, indices) {
  const digest = descriptorHash(Descriptor.encode(descriptor));
  const a = shareA(y, digest);
  const b = line([0, root], [1, a], 2);
  return {
    deviceShare: line([0, root], [1, a], 3),
    realms: indices.map((i) => ({ index: i, unlockKey: unlockKey(y, i, digest), maskedShare: xor(b, mask(y, i, digest)) })),
  };
}

/** The root from A and the masked share B of realm `index`. */
export function recoverNewDevice(y, digest, index, maskedShare) {
  return line([1, shareA(y, digest)], [2, xor(maskedShare, mask(y, index, digest))], 0);
}

/** The root from A and share C. */
export const recoverKnownDevice = (y, digest, deviceShare) => line([1, shareA(y, digest)], [3, deviceShare], 0);

/** MAC that proves a right PIN to realm `index`. */
export const confirmMac = (key, index, handles, mode) => hmac(sha256, key, encode([SUITE, 'confirm', index, handles, mode]));
