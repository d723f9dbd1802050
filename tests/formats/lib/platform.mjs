// What a realm derives from its platform secret: X-Wing seed, storage seals, MACs, decoys.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, encode } from './cbor.mjs';
import { signingKey } from './sign.mjs';
import { derive, open, seal } from './suite.mjs';

const key = (secret, purpose, label) => derive(secret, 'platform', purpose, label);

/** Seed of the realm's X-Wing key. */
export const realmSeed = (secret) => key(secret, 'realm-kem', '');
/** A seal for storage under a key of `label`. */
export const sealStored = (secret, label, context, plaintext, salt) =>
  seal(key(secret, 'seal', label), label, context, plaintext, { salt });
/** Opens it. */
export const openStored = (secret, label, context, sealed) => open(key(secret, 'seal', label), label, context, sealed);
/** MAC over the CBOR of `info`. */
export const mac = (secret, label, info) => hmac(sha256, key(secret, 'mac', label), encode(info));
/** 32 bytes that look random: decoys. */
export const decoy = (secret, label, info) => derive(key(secret, 'decoy', label), 'decoy', label, info);
/** The realm's composite signing key. */
export const realmSigning = (secret) => signingKey(key(secret, 'realm-signing', 'ed25519'), key(secret, 'realm-signing', 'ml-dsa'));
/** 64 bytes that look random: the coefficients by which a realm deals anew. */
export function coin(secret, label, info) {
  const from = key(secret, 'coin', label);
  return concat(...[0, 1].map((half) => derive(from, 'coin', label, half, info)));
}
