// Sealed appointments and statements (PROTOCOL sections 3 and 6).
import { unwrap, wrap } from './hpke.mjs';
import { VerifyError, sign, verify } from './sign.mjs';
import { SUITE, hash, open, random, same, seal } from './suite.mjs';
import { cacheKey } from './patient.mjs';
import {
  AppointmentContext,
  Booking,
  Envelope,
  PatientWrapContext,
  ScopeWrapContext,
  Sealed,
  Signed,
  Statement,
  StatementContext,
} from './wire.mjs';

const patientContext = ({ practice, appointment, version }) => PatientWrapContext.to({ practice, appointment, version });
const scopeContext = ({ practice, appointment, version }, { scope, epoch }) =>
  ScopeWrapContext.to({ practice, appointment, version, scope, epoch });

/** Seals a booking; `keys` from `patientKeys`, `scope` is {scope, epoch, kemKey}. Gives {envelope, dek}. */
export function sealBooking(booking, keys, scope) {
  const context = { practice: booking.practice, appointment: booking.appointment, version: 1, place: booking.place };
  const dek = random(32);
  const signed = sign('booking', Booking.encode(booking), keys.signing);
  return {
    dek,
    envelope: Envelope.encode({
      suite: SUITE,
      context,
      body: seal(dek, 'appointment', AppointmentContext.to(context), Signed.encode(signed)),
      patient: wrap(keys.kemKey, 'wrap-patient', patientContext(context), dek),
      scope: { ...scopeId(scope), wrap: wrap(scope.kemKey, 'wrap-scope', scopeContext(context, scope), dek) },
    }),
  };
}

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

/** Opens and verifies the body; the patient's key is the one inside it. */
export function openBooking(envelope, dek) {
  const { context } = envelope;
  const signed = Signed.decode(open(dek, 'appointment', AppointmentContext.to(context), envelope.body));
  const booking = Booking.decode(signed.body);
  verify(signed, 'booking', [booking.signingKey]);
  const bound = { practice: booking.practice, appointment: booking.appointment, version: booking.seq, place: booking.place };
  if (!same(AppointmentContext.encode(bound), AppointmentContext.encode(context))) throw new VerifyError('context');
  return booking;
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
