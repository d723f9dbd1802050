// Containers and appointments: the structs of PROTOCOL sections 2, 3 and 6.
import { bool, bytes, list, oneOf, optional, struct, text, u16, u32, u64 } from './schema.mjs';

export const id = bytes(16);
export const digest = bytes(32);
export const blob = bytes();
export const suite = oneOf(1);

export const Sealed = struct('Sealed', { suite, namespace: text, salt: digest, commit: digest, ciphertext: blob });
export const Wrap = struct('Wrap', { suite, enc: blob, sealed: Sealed });
export const Signature = struct('Signature', { signer: digest, signature: blob });
export const Signed = struct('Signed', { suite, namespace: text, body: blob, signatures: list(Signature) });

export const Place = struct('Place', { resource: id, start: u64, cells: u32 });
export const AppointmentContext = struct('AppointmentContext', { practice: id, appointment: id, version: u32, place: Place });
export const PatientWrapContext = struct('PatientWrapContext', { practice: id, appointment: id, version: u32 });
export const ScopeWrapContext = struct('ScopeWrapContext', {
  practice: id,
  appointment: id,
  version: u32,
  scope: id,
  epoch: u32,
});
export const ScopeWrap = struct('ScopeWrap', { scope: id, epoch: u32, wrap: Wrap });
export const Envelope = struct('Envelope', {
  suite,
  context: AppointmentContext,
  body: Sealed,
  /** None for what the practice entered itself. */
  patient: optional(Wrap),
  scope: ScopeWrap,
  proof: Sealed,
});
export const Proof = struct('Proof', { signingKey: blob, kemKey: blob, signature: Signature });
export const Contact = struct('Contact', { name: text, email: text, phone: text, birthDate: text });
/** `seed` makes the ids of all; a block is 1, a visit 2. */
export const Series = struct('Series', { seed: bytes(16), at: u32, of: u32 });
export const Entry = struct('Entry', { kind: oneOf(1, 2), title: text, series: optional(Series) });
const Answer = struct('Answer', { question: text, answer: text });
export const Booking = struct('Booking', {
  practice: id,
  appointment: id,
  seq: u32,
  previous: digest,
  place: Place,
  time: u64,
  manifest: u32,
  signer: digest,
  kem: digest,
  service: id,
  serviceName: text,
  contact: Contact,
  reason: text,
  locale: text,
  /** `true` for a request, else left out. */
  request: optional(bool),
  answers: optional(list(Answer)),
  /** Further services of one visit. */
  also: optional(list(id)),
  /** What the practice entered itself. */
  entry: optional(Entry),
  /** Of a series that the patient booked. */
  series: optional(Series),
});
/** Cancelled by the patient, by the practice; moved by the patient, by the practice; confirmed, declined; attended, not; accepted. */
export const Action = oneOf(1, 2, 3, 4, 5, 6, 7, 8, 9);
export const Statement = struct('Statement', {
  practice: id,
  appointment: id,
  seq: u32,
  previous: digest,
  action: Action,
  time: u64,
  manifest: u32,
  note: text,
  /** Of a move. */
  place: optional(Place),
});
export const StatementContext = struct('StatementContext', { practice: id, appointment: id, seq: u32 });
/** Booked, cancelled, requested, declined, attended, no-show. */
export const State = oneOf(1, 2, 3, 4, 5, 6);
export const StoredAppointment = struct('StoredAppointment', {
  appointment: id,
  place: Place,
  state: State,
  envelope: blob,
  statements: list(blob),
  cache: optional(blob),
});

export const VaultContext = struct('VaultContext', { practice: id, patient: id });
export const VaultEntry = struct('VaultEntry', {
  appointment: id,
  place: Place,
  seq: u32,
  head: digest,
  removed: bool,
  at: u64,
});
export const VaultWaiting = struct('VaultWaiting', { entry: id, head: digest, removed: bool, at: u64 });
export const Vault = struct('Vault', {
  genesis: bytes(20),
  manifest: u32,
  manifestHash: digest,
  catalog: u32,
  entries: list(VaultEntry),
  /** Left out by who never waited. */
  waiting: optional(list(VaultWaiting)),
});

// Notes and tasks of staff (R6.24).
/** Kept, an open task, removed. */
export const MemoState = oneOf(1, 2, 3);
const memoBound = { practice: id, scope: id, memo: id, about: optional(id), number: u32, previous: digest, state: MemoState };
export const MemoContext = struct('MemoContext', memoBound);
export const MemoScopeContext = struct('MemoScopeContext', { practice: id, memo: id, number: u32, scope: id, epoch: u32 });
export const MemoEnvelope = struct('MemoEnvelope', { suite, context: MemoContext, body: Sealed, scope: ScopeWrap, proof: Sealed });
export const Memo = struct('Memo', {
  ...memoBound,
  time: u64,
  manifest: u32,
  signer: digest,
  author: digest,
  made: u64,
  /** A note is 1, a task 2. */
  kind: oneOf(1, 2),
  text,
  due: optional(u32),
});
export const StoredMemo = struct('StoredMemo', { memo: id, links: blob, envelope: optional(blob) });

// The waiting list (R6.20).
const Want = struct('Want', { resources: list(id), minutes: u32, classes: optional(list(u16)) });
export const Terms = struct('Terms', { wants: list(Want), weekdays: u32, last: u32 });
export const WaitingContext = struct('WaitingContext', { practice: id, entry: id, terms: Terms });
export const WaitingPatientContext = struct('WaitingPatientContext', { practice: id, entry: id });
export const WaitingScopeContext = struct('WaitingScopeContext', { practice: id, entry: id, scope: id, epoch: u32 });
export const WaitingEnvelope = struct('WaitingEnvelope', {
  suite,
  context: WaitingContext,
  body: Sealed,
  patient: Wrap,
  scope: ScopeWrap,
  proof: Sealed,
});
export const Wish = struct('Wish', {
  practice: id,
  entry: id,
  terms: Terms,
  time: u64,
  manifest: u32,
  signer: digest,
  kem: digest,
  service: id,
  also: optional(list(id)),
  serviceName: text,
  contact: Contact,
  reason: text,
  locale: text,
  answers: optional(list(Answer)),
});
const Offer = struct('Offer', { place: Place, classes: optional(list(u16)), made: u64, until: u64, mailed: bool });
/** Waiting, accepted, booked, left, removed, over. */
const WaitingState = oneOf(1, 2, 3, 4, 5, 6);
export const StoredWaiting = struct('StoredWaiting', {
  entry: id,
  number: u64,
  state: WaitingState,
  since: u64,
  envelope: blob,
  offer: optional(Offer),
});
