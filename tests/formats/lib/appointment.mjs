// Sealed appointments and statements (PROTOCOL sections 3 and 6).
import { unwrap, wrap } from './hpke.mjs';
import { VerifyError, sign, verify } from './sign.mjs';
import { SUITE, hash, hashCbor, kemKeyHash, open, random, same, seal, signingKeyHash } from './suite.mjs';
import { cacheKey } from './patient.mjs';
import {
  AppointmentContext,
  Booking,
  Envelope,
  PatientWrapContext,
  Proof,
  ScopeWrapContext,
  Sealed,
  Signed,
  Statement,
  StatementContext,
} from './wire.mjs';

/** The least length of a body's padded plaintext. */
const BODY_FLOOR = 1024;

const patientContext = ({ practice, appointment, version }) => PatientWrapContext.to({ practice, appointment, version });
const scopeContext = ({ practice, appointment, version }, { scope, epoch }) =>
  ScopeWrapContext.to({ practice, appointment, version, scope, epoch });

/** Seals a booking; `keys` from `patientKeys`, `scope` is {scope, epoch, kemKey}. Gives {envelope, dek}. */
export function sealBooking(booking, keys, scope) {
  const context = { practice: booking.practice, appointment: booking.appointment, version: 1, place: booking.place };
  const dek = random(32);
  const body = Booking.encode(booking);
  const [signature] = sign('booking', body, keys.signing).signatures;
  const proof = Proof.encode({ signingKey: keys.signing.publicKey, kemKey: keys.kemKey, signature });
  return {
    dek,
    envelope: Envelope.encode({
      suite: SUITE,
      context,
      body: seal(dek, 'appointment', AppointmentContext.to(context), body, { floor: BODY_FLOOR }),
      patient: wrap(keys.kemKey, 'wrap-patient', patientContext(context), dek),
      scope: { ...scopeId(scope), wrap: wrap(scope.kemKey, 'wrap-scope', scopeContext(context, scope), dek) },
      proof: seal(dek, 'proof', AppointmentContext.to(context), proof),
    }),
  };
}

/** Seals what the practice enters itself: signed by a credential, for nobody but the scope. Gives {envelope, dek}. */
export function sealEntry(entry, signing, scope) {
  const context = { practice: entry.practice, appointment: entry.appointment, version: 1, place: entry.place };
  const dek = random(32);
  const body = Booking.encode(entry);
  const [signature] = sign('entry', body, signing).signatures;
  const proof = Proof.encode({ signingKey: signing.publicKey, kemKey: new Uint8Array(), signature });
  return {
    dek,
    envelope: Envelope.encode({
      suite: SUITE,
      context,
      body: seal(dek, 'appointment', AppointmentContext.to(context), body, { floor: BODY_FLOOR }),
      patient: undefined,
      scope: { ...scopeId(scope), wrap: wrap(scope.kemKey, 'wrap-scope', scopeContext(context, scope), dek) },
      proof: seal(dek, 'proof', AppointmentContext.to(context), proof),
    }),
  };
}

/** The id of number `at` of a series. */
export const seriesId = (seed, at) => hashCbor(['vestibule', SUITE, 'series', seed, at]).slice(0, 16);

const scopeId = ({ scope, epoch }) => ({ scope, epoch });

/** DEK of an envelope for the patient. */
export const dekOfPatient = (envelope, kemSeed) =>
  unwrap(kemSeed, 'wrap-patient', patientContext(envelope.context), envelope.patient);

/** DEK of an envelope for an epoch of its scope. */
export const dekOfScope = (envelope, epochSeed) =>
  unwrap(epochSeed, 'wrap-scope', scopeContext(envelope.context, envelope.scope), envelope.scope.wrap);

/** The cache hint: the DEK under the epoch's cache key. */
export const sealCache = (envelope, epochSeed, dek) =>
  Sealed.encode(seal(cacheKey(epochSeed), 'cache', scopeContext(envelope.context, envelope.scope), dek));

/** DEK of a cache hint. */
export const openCache = (envelope, epochSeed, bytes) =>
  open(cacheKey(epochSeed), 'cache', scopeContext(envelope.context, envelope.scope), Sealed.decode(bytes));

/** Opens and verifies the body; the patient's key is the one of the proof, if the body names it. Gives {booking, signingKey}. */
export function openBooking(envelope, dek) {
  const { context } = envelope;
  const place = AppointmentContext.to(context);
  const body = open(dek, 'appointment', place, envelope.body);
  const booking = Booking.decode(body);
  const { signingKey, kemKey, signature } = Proof.decode(open(dek, 'proof', place, envelope.proof));
  const kem = booking.entry && kemKey.length === 0 ? new Uint8Array(32) : kemKeyHash(kemKey);
  if (!same(signingKeyHash(signingKey), booking.signer) || !same(kem, booking.kem)) throw new VerifyError('keys');
  if (Boolean(booking.entry) !== !envelope.patient) throw new VerifyError('side');
  const by = booking.entry ? 'entry' : 'booking';
  verify({ suite: SUITE, namespace: by, body, signatures: [signature] }, by, [signingKey]);
  const bound = { practice: booking.practice, appointment: booking.appointment, version: booking.seq, place: booking.place };
  if (!same(AppointmentContext.encode(bound), AppointmentContext.encode(context))) throw new VerifyError('context');
  return { booking, signingKey };
}

/** SHA-256 of the CBOR of a sealed body: what statement 2 names as previous. */
export const headOf = (envelope) => hash(Sealed.encode(envelope.body));

const statementContext = ({ practice, appointment, seq }) => StatementContext.to({ practice, appointment, seq });

/** Seals a signed statement under the DEK. */
export const sealStatement = (statement, signing, dek) =>
  Sealed.encode(
    seal(dek, 'statement', statementContext(statement), Signed.encode(sign('action', Statement.encode(statement), signing))),
  );

/** Opens and verifies a statement; `place` is {practice, appointment, seq}. */
export function openStatement(bytes, place, dek, publicKeys) {
  const signed = Signed.decode(open(dek, 'statement', statementContext(place), Sealed.decode(bytes)));
  const statement = Statement.decode(verify(signed, 'action', publicKeys));
  if (!same(statement.appointment, place.appointment) || statement.seq !== place.seq) throw new VerifyError('place');
  return statement;
}
