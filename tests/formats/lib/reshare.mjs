// Handing the locator key to other realms (PROTOCOL R4.30 to R4.32), and what realms sign about each other (R4.20, R4.21).
import { encode } from './cbor.mjs';
import { unwrap, wrap } from './hpke.mjs';
import { coin } from './platform.mjs';
import { DOMAIN, SUITE, hash, hashCbor, kemKeyHash } from './suite.mjs';
import { evaluatePublic, interpolate, polynomial, publicOf, scalarOf } from './voprf.mjs';
import { RealmShare } from './wire-directory.mjs';
import { PartContext } from './wire-realm.mjs';

/** What a realm deals: its share is the constant, the other coefficients follow from its platform secret and the order. */
export function deal(secret, share, { practice, order, index, threshold, count }) {
  const powers = Array.from({ length: threshold - 1 }, (_, n) => n + 1);
  const coefficients = [share, ...powers.map((power) => scalarOf(coin(secret, 'reshare', [practice, order, index, power])))];
  return {
    commitments: coefficients.map(publicOf),
    parts: Array.from({ length: count }, (_, n) => polynomial(coefficients, n + 1)),
  };
}

const context = (part, publicKey) => PartContext.to({ ...part, realm: kemKeyHash(publicKey) });

/** A part and the decoy secret, wrapped to the realm that they are for. `part` is {practice, order, dealer, index}. */
export const sealPart = (publicKey, part, { locator, decoy }, randomness) =>
  RealmShare.encode({
    locator: wrap(publicKey, 'locator-part', context(part, publicKey), locator, randomness?.slice(0, 96)),
    decoy: wrap(publicKey, 'decoy-part', context(part, publicKey), decoy, randomness?.slice(96)),
  });

/** Opens both. */
export function openPart(seed, publicKey, part, bytes) {
  const share = RealmShare.decode(bytes);
  return {
    locator: unwrap(seed, 'locator-part', context(part, publicKey), share.locator),
    decoy: unwrap(seed, 'decoy-part', context(part, publicKey), share.decoy),
  };
}

/** The public share of realm `index` from [[dealer, commitments], ...]. */
export const newPublic = (dealings, index) =>
  interpolate(dealings.map(([dealer, commitments]) => [dealer, evaluatePublic(commitments, index)]));

/** A realm's fingerprint: 20 bytes. */
export const realmFingerprint = (publicKey, signing) => hashCbor([SUITE, 'realm-fingerprint', kemKeyHash(publicKey), signing]).slice(0, 20);

/** What a realm is asked with, so that it signs after the earlier checkpoint was there. */
export const challenge = (salt, earlier) => hash(encode([DOMAIN, SUITE, 'witness', salt, hash(earlier.checkpoint.body)]));
