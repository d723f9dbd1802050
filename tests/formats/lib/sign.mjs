// Composite signatures: Ed25519 (strict) and ML-DSA-65, both must verify (PROTOCOL section 2).
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { ml_dsa65 } from '@noble/post-quantum/ml-dsa.js';
import { concat, encode } from './cbor.mjs';
import { DOMAIN, SUITE, same, signingKeyHash } from './suite.mjs';

/** A signed body does not verify. */
export class VerifyError extends Error {}

/** A signing key from its two 32-byte seeds. */
export function signingKey(ed25519Seed, mlDsaSeed) {
  const mlDsa = ml_dsa65.keygen(mlDsaSeed);
  const publicKey = concat(ed25519.getPublicKey(ed25519Seed), mlDsa.publicKey);
  return { publicKey, ed25519Seed, mlDsa: mlDsa.secretKey, keyHash: signingKeyHash(publicKey) };
}

/** What both algorithms sign. */
export const message = (namespace, signer, body) => encode([DOMAIN, SUITE, namespace, signer, sha512(body)]);

/** Signs `body` with each key, ML-DSA in its deterministic variant: a `Signed` value. */
export function sign(namespace, body, ...keys) {
  const signatures = keys.map((key) => {
    const bytes = message(namespace, key.keyHash, body);
    return {
      signer: key.keyHash,
      signature: concat(ed25519.sign(bytes, key.ed25519Seed), ml_dsa65.sign(bytes, key.mlDsa, { extraEntropy: false })),
    };
  });
  return { suite: SUITE, namespace, body, signatures };
}

function holds(namespace, body, signature, publicKey) {
  if (publicKey.length !== 32 + 1952 || signature.length !== 64 + 3309) return false;
  const bytes = message(namespace, signingKeyHash(publicKey), body);
  try {
    const classic = ed25519.verify(signature.slice(0, 64), bytes, publicKey.slice(0, 32), { zip215: false });
    return classic && ml_dsa65.verify(signature.slice(64), bytes, publicKey.slice(32));
  } catch {
    return false;
  }
}

/**
 * The body, if at least `threshold` keys of `publicKeys` signed it in this namespace. Every signature must hold and be by
 * another one of these keys.
 */
export function verify(signed, namespace, publicKeys, threshold = 1) {
  if (signed.suite !== SUITE || signed.namespace !== namespace) throw new VerifyError('suite or namespace');
  const signers = new Set();
  for (const { signer, signature } of signed.signatures) {
    const key = publicKeys.find((k) => same(signingKeyHash(k), signer));
    if (!key || !holds(namespace, signed.body, signature, key)) throw new VerifyError('signature');
    signers.add(Buffer.from(signer).toString('hex'));
  }
  if (signers.size !== signed.signatures.length || signers.size < threshold) throw new VerifyError('signers');
  return signed.body;
}
