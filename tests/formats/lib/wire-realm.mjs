// Realm messages: the structs of PROTOCOL section 4.
import { bool, list, oneOf, optional, struct, sum, text, u32, u64, u8 } from './schema.mjs';
import { Sealed, Signed, blob, digest, id, suite } from './wire.mjs';
import { PinParameters } from './wire-directory.mjs';

export const Solution = struct('Solution', { expires: u64, mac: digest, nonces: list(u64), salt: digest });
export const SealedRequest = struct('SealedRequest', { suite, realm: digest, enc: blob, sealed: Sealed });
export const RequestContext = struct('RequestContext', { realm: digest });
export const ReplyContext = struct('ReplyContext', { realm: digest, request: digest });
export const Descriptor = struct('Descriptor', {
  suite,
  practice: id,
  patient: id,
  registration: id,
  threshold: u8,
  realms: list(digest),
  parameters: PinParameters,
  public: digest,
  shares: list(digest),
});
export const PutStatement = struct('PutStatement', { practice: id, patient: id, old: id, descriptor: digest, nonce: blob });
/** 1 new device, 2 known device. */
export const Mode = oneOf(1, 2);

/** Signed by the patient's key, and by the realm that knows it. */
export const IntroduceStatement = struct('IntroduceStatement', { practice: id, patient: id, realm: digest });
export const Introduction = struct('Introduction', { suite, practice: id, patient: id, keyHash: digest, at: u64 });
const Introduced = struct('Introduced', { key: blob, statement: Signed });

const Authorization = sum('Authorization', {
  Ticket: [digest],
  PatientKey: [blob, Signed],
  Introduced: [blob, Signed, list(Introduced)],
});
export const Put = struct('Put', {
  descriptor: blob,
  keyHash: digest,
  oprfShare: digest,
  unlockKey: digest,
  maskedShare: digest,
  authorization: Authorization,
});
const LocatorAnswer = struct('LocatorAnswer', { index: u8, element: digest, proof: blob });
export const LocatorProof = struct('LocatorProof', { blind: digest, answers: list(LocatorAnswer) });
/** Other realms: the root's order, what is dealt by it, and how a deployment came of the one before. */
export const Resharing = struct('Resharing', { suite, practice: id, from: digest, threshold: u8, realms: list(blob) });
export const PartContext = struct('PartContext', { practice: id, order: digest, dealer: u8, index: u8, realm: digest });
const Dealing = struct('Dealing', { dealer: u8, commitments: list(digest), part: blob });
const Succession = struct('Succession', { before: Signed, order: Signed, dealings: list(Dealing) });
const Join = struct('Join', {
  roots: list(Signed),
  deployment: Signed,
  share: blob,
  work: Solution,
  code: text,
  succession: optional(Succession),
});
/** What realms keep of each other's counters. */
const Told = struct('Told', { number: u64, mark: digest });
export const Checkpoint = struct('Checkpoint', {
  suite,
  practice: id,
  realm: digest,
  shard: u8,
  number: u64,
  mark: digest,
  challenge: digest,
  released: list(Told),
});
export const Witnessed = struct('Witnessed', { key: blob, checkpoint: Signed });
const Earlier = struct('Earlier', { salt: digest, witnessed: Witnessed });
const Shown = struct('Shown', { witnessed: Witnessed, earlier: optional(Earlier) });
export const RealmOp = sum('RealmOp', {
  Locate: [struct('Locate', { blinded: digest, work: Solution })],
  Voucher: [struct('VoucherRequest', { patient: id, email: text, locale: text, work: Solution, located: LocatorProof })],
  Redeem: [struct('Redeem', { patient: id, code: text })],
  Begin: [struct('Begin', { patient: id })],
  Evaluate: [
    struct('Evaluate', {
      patient: id,
      registration: id,
      blinded: digest,
      device: optional(digest),
      ticket: optional(digest),
    }),
  ],
  Confirm: [struct('Confirm', { patient: id, handles: list(digest), mac: digest, mode: Mode })],
  Put: [Put],
  VaultPut: [struct('VaultPut', { patient: id, device: digest, expected: digest, vault: blob })],
  VaultGet: [struct('VaultGet', { patient: id, device: digest })],
  Join: [Join],
  Witness: [struct('Witness', { patient: id, device: digest, challenge: digest, seen: list(Shown) })],
  Reshare: [struct('Reshare', { roots: list(Signed), order: Signed, work: Solution })],
  Introduce: [struct('Introduce', { key: blob, statement: Signed })],
  Ended: [struct('Ended', { roots: list(Signed), deployment: Signed, manifest: Signed, work: Solution })],
});
export const RealmRequest = struct('RealmRequest', { practice: id, op: RealmOp, deployment: optional(digest) });

export const Refusal = sum('Refusal', {
  Locked: [u64],
  Wrong: [],
  Voucher: [],
  Unauthorized: [],
  Conflict: [],
  Work: [],
  Busy: [u64],
  Invalid: [],
  none8: null,
  none9: null,
  none10: null,
  Misdealt: [u8],
});
export const RealmReply = sum('RealmReply', {
  Refused: [Refusal],
  Evaluated: [struct('Evaluated', { element: digest, proof: blob, handle: digest })],
  VoucherAccepted: [],
  Redeemed: [struct('Redeemed', { ticket: digest, registered: bool })],
  Begun: [struct('Begun', { active: blob, pending: optional(blob) })],
  Confirmed: [
    struct('Confirmed', {
      keyHash: digest,
      vaultHead: digest,
      vault: blob,
      device: digest,
      maskedShare: optional(digest),
      failedAttempts: u32,
    }),
  ],
  Stored: [],
  Vault: [blob],
  none8: null,
  none9: null,
  Witnessed: [struct('Standing', { own: Witnessed, kept: list(Witnessed) })],
  Dealt: [struct('Dealt', { commitments: list(digest), parts: list(blob) })],
  Introduced: [Introduced],
});
