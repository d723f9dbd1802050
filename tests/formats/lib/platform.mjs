// What a realm derives from its platform secret: X-Wing seed, storage seals, MACs, decoys.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { encode } from './cbor.mjs';
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
