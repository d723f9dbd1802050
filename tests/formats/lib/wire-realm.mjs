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

const Authorization = sum('Authorization', { Ticket: [digest], PatientKey: [blob, Signed] });
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
const Join = struct('Join', { roots: list(Signed), deployment: Signed, share: blob, work: Solution, code: text });
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
});
