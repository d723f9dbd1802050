// Keys of a patient and of staff (PROTOCOL section 3).
import { kemPublicKey } from './hpke.mjs';
import { signingKey } from './sign.mjs';
import { concat } from './cbor.mjs';
import { derive, hash } from './suite.mjs';

/** Everything that follows from a patient's root. */
export function patientKeys(root) {
  const kemSeed = derive(root, 'patient-kem');
  return {
    kemSeed,
    kemKey: kemPublicKey(kemSeed),
    signing: signingKey(derive(root, 'patient-ed25519'), derive(root, 'patient-ml-dsa')),
    vaultKey: derive(root, 'vault'),
  };
}

/** {capability, hash} of an appointment. */
export function capability(root, appointment) {
  const secret = derive(root, 'cap', appointment);
  return { capability: secret, hash: hash(secret) };
}

/** WebAuthn PRF input of a practice. */
export const prfInput = (practice) => hash(concat(new TextEncoder().encode('vestibule/prf/v1'), practice));

/** Key under which a credential's seeds are sealed. */
export const prfKey = (output, practice, credential) => derive(output, 'prf', practice, credential);

/** Keys of one staff credential from its 96 bytes of seeds: X-Wing, Ed25519, ML-DSA. */
export function staffKeys(seeds) {
  const kemSeed = seeds.slice(0, 32);
  return { kemSeed, kemKey: kemPublicKey(kemSeed), signing: signingKey(seeds.slice(32, 64), seeds.slice(64, 96)) };
}

/** Key of the symmetric hints of an epoch. */
export const cacheKey = (epochSeed) => derive(epochSeed, 'cache');
