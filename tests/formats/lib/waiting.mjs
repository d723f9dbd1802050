// Sealed entries of the waiting list (PROTOCOL R6.20, R6.21).
import { unwrap, wrap } from './hpke.mjs';
import { VerifyError, sign, verify } from './sign.mjs';
import { SUITE, derive, hash, kemKeyHash, open, random, same, seal, signingKeyHash } from './suite.mjs';
import { Proof, WaitingContext, WaitingEnvelope, WaitingPatientContext, WaitingScopeContext, Wish } from './wire.mjs';

/** The least length of a body's padded plaintext. */
const BODY_FLOOR = 1024;

/** {capability, hash} of an entry. */
export function capability(root, entry) {
  const secret = derive(root, 'waiting-cap', entry);
  return { capability: secret, hash: hash(secret) };
}

const patientContext = ({ practice, entry }) => WaitingPatientContext.to({ practice, entry });
const scopeContext = ({ practice, entry }, { scope, epoch }) => WaitingScopeContext.to({ practice, entry, scope, epoch });

/** Seals a wish; `keys` from `patientKeys`, `scope` is {scope, epoch, kemKey}. */
export function sealWish(wish, keys, scope) {
  const context = { practice: wish.practice, entry: wish.entry, terms: wish.terms };
  const dek = random(32);
  const body = Wish.encode(wish);
  const [signature] = sign('wish', body, keys.signing).signatures;
  const proof = Proof.encode({ signingKey: keys.signing.publicKey, kemKey: keys.kemKey, signature });
  return WaitingEnvelope.encode({
    suite: SUITE,
    context,
    body: seal(dek, 'waiting', WaitingContext.to(context), body, { floor: BODY_FLOOR }),
    patient: wrap(keys.kemKey, 'waiting-patient', patientContext(context), dek),
    scope: { scope: scope.scope, epoch: scope.epoch, wrap: wrap(scope.kemKey, 'waiting-scope', scopeContext(context, scope), dek) },
    proof: seal(dek, 'waiting-proof', WaitingContext.to(context), proof),
  });
}

/** DEK of an entry for the patient. */
export const dekOfPatient = (envelope, kemSeed) =>
  unwrap(kemSeed, 'waiting-patient', patientContext(envelope.context), envelope.patient);

/** DEK of an entry for an epoch of its scope. */
export const dekOfScope = (envelope, epochSeed) =>
  unwrap(epochSeed, 'waiting-scope', scopeContext(envelope.context, envelope.scope), envelope.scope.wrap);

/** Opens and verifies a body; the patient's key is the one of the proof, if the body names it. */
export function openWish(envelope, dek) {
  const at = WaitingContext.to(envelope.context);
  const body = open(dek, 'waiting', at, envelope.body);
  const wish = Wish.decode(body);
  const { signingKey, kemKey, signature } = Proof.decode(open(dek, 'waiting-proof', at, envelope.proof));
  if (!same(signingKeyHash(signingKey), wish.signer) || !same(kemKeyHash(kemKey), wish.kem)) throw new VerifyError('keys');
  verify({ suite: SUITE, namespace: 'wish', body, signatures: [signature] }, 'wish', [signingKey]);
  const { practice, entry, terms } = wish;
  if (!same(WaitingContext.encode({ practice, entry, terms }), WaitingContext.encode(envelope.context))) throw new VerifyError('context');
  return { wish, signingKey };
}
