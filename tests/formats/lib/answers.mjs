// The peer's opening operations, answered by this side: the same names, arguments and results as tests/formats/peer, so
// that one recorded case checks both.
import { openBooking, openCache, openStatement, dekOfPatient, dekOfScope, headOf } from './appointment.mjs';
import { decode } from './cbor.mjs';
import { openGrant, verifyDirectory } from './directory.mjs';
import * as offline from './offline.mjs';
import { patientKeys, prfKey, staffKeys } from './patient.mjs';
import { hex } from './peer.mjs';
import * as pin from './pin.mjs';
import { leadingZeros, workDigest } from './realm.mjs';
import { line } from './shamir.mjs';
import { hash, open, same } from './suite.mjs';
import { evaluateDirect } from './voprf.mjs';
import { Booking, Envelope, Sealed, Statement, StoredAppointment, VaultContext } from './wire.mjs';
import { StaffContext, StaffKeys } from './wire-directory.mjs';
import { Descriptor } from './wire-realm.mjs';

function signIn({ directory, fingerprint, prf, staff_keys }) {
  const checked = verifyDirectory(directory, fingerprint);
  const keys = StaffKeys.decode(staff_keys);
  const context = StaffContext.to({ practice: checked.practice, staff: keys.staff, credential: keys.credential });
  const key = prfKey(prf, checked.practice, keys.credential);
  const staff = staffKeys(open(key, 'staff-key', context, keys.staffKey));
  const epochs = keys.grants.map((grant) => openGrant(grant, checked.manifest, staff));
  return { checked, staff, epochs };
}

function view(stored, envelope, dek, manifest) {
  const { booking, signingKey } = openBooking(envelope, dek);
  const keys = [signingKey, ...manifest.credentials.map((c) => c.signingKey)];
  let head = headOf(envelope);
  const statements = stored.statements.map((bytes, i) => {
    const at = { practice: booking.practice, appointment: booking.appointment, seq: i + 2 };
    const statement = openStatement(bytes, at, dek, keys);
    if (!same(statement.previous, head)) throw new Error('chain');
    head = hash(bytes);
    return hex(Statement.encode(statement));
  });
  return { booking: hex(Booking.encode(booking)), statements, state: stored.state, head: hex(head) };
}

const offlineContext = ({ practice, patient, registration }) => ({ practice, patient, registration });

/** By name of the operation: bytes in, JSON out. */
export const answers = {
  async locator({ email, practice, key }) {
    const input = await pin.locatorInput(email, practice);
    const patient = pin.patientId(evaluateDirect(key, input));
    return { email: pin.normaliseEmail(email), input: hex(input), patient: hex(patient) };
  },
  async shamir({ root, a }) {
    const [b, c] = [line([0, root], [1, a], 2), line([0, root], [1, a], 3)];
    const [root_with_b, root_with_c] = [line([1, a], [2, b], 0), line([1, a], [3, c], 0)];
    return { b: hex(b), c: hex(c), root_with_b: hex(root_with_b), root_with_c: hex(root_with_c) };
  },
  async unlock({ pin: digits, descriptor: bytes, key, handles, mode, masked, share_c, key_hash }) {
    const descriptor = Descriptor.decode(bytes);
    const y = evaluateDirect(key, await pin.pinInput(digits, descriptor));
    const digest = hash(bytes);
    const [root] = masked.map(([index, share]) => pin.recoverNewDevice(y, digest, index, share));
    if (!same(patientKeys(root).signing.keyHash, key_hash)) throw new Error('another root');
    return {
      macs: masked.map(([index]) => hex(pin.confirmMac(pin.unlockKey(y, index, digest), index, handles, mode))),
      root_new: hex(root),
      root_known: hex(pin.recoverKnownDevice(y, digest, share_c)),
      fresh_c: hex(line([0, root], [1, pin.shareA(y, digest)], 3)),
    };
  },
  async staff_open(args) {
    const { staff, epochs, checked } = signIn(args);
    const scope = checked.manifest.scopes.find((s) => same(s.id, epochs[0].grant.scope));
    return { kem: hex(staff.kemKey), epoch_public: hex(scope.kemKey) };
  },
  async open_as_staff(args) {
    const { checked, epochs } = signIn(args);
    const stored = StoredAppointment.decode(args.stored);
    const envelope = Envelope.decode(stored.envelope);
    const [{ seed }] = epochs;
    const dek = openCache(envelope, seed, stored.cache);
    if (!same(dek, dekOfScope(envelope, seed))) throw new Error('the hint is not the wrapped key');
    return { ...view(stored, envelope, dek, checked.manifest), cache: null };
  },
  async open_as_patient({ directory, fingerprint, root, stored: bytes }) {
    const { manifest } = verifyDirectory(directory, fingerprint);
    const stored = StoredAppointment.decode(bytes);
    const envelope = Envelope.decode(stored.envelope);
    return view(stored, envelope, dekOfPatient(envelope, patientKeys(root).kemSeed), manifest);
  },
  async vault_open({ root, fingerprint, patient, sealed }) {
    const context = VaultContext.to({ practice: fingerprint.slice(0, 16), patient });
    return { vault: hex(open(patientKeys(root).vaultKey, 'vault', context, Sealed.decode(sealed))) };
  },
  async offline_open({ pin: digits, prf, share_c, sealed, ...context }) {
    const opened = await offline.openShare(prf, digits, offlineContext(context), Sealed.decode(sealed));
    const root = line([1, opened.shareA], [3, share_c], 0);
    if (!same(patientKeys(root).signing.keyHash, opened.keyHash)) throw new Error('another root');
    return { root: hex(root) };
  },
  async appointments_open({ passcode, local, ...context }) {
    return { bytes: hex(await offline.openAppointments(passcode, offlineContext(context), local)) };
  },
  async device_open({ secret, practice, blob }) {
    const [patient, registration, shareC, devices, , deployment] = decode(open(secret, 'device-share', [practice], Sealed.decode(blob)));
    return {
      patient: hex(patient),
      registration: hex(registration),
      share_c: hex(shareC),
      devices: devices.map(([realm, token]) => [realm, hex(token)]),
      deployment: hex(deployment),
    };
  },
  async pow_check({ mac, bits, nonces }) {
    return { solved: nonces.every((nonce, index) => leadingZeros(workDigest(nonce, index, mac), bits)) };
  },
};
