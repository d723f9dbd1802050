// Made tests/formats/vectors/opening-3.json once, by this side's implementation. It refuses to run while the file is there:
// a vector is never regenerated to make a test pass; a changed format is a new version with a file of its own.
import { writeFileSync } from 'node:fs';
import { answers } from './lib/answers.mjs';
import { headOf, sealBooking, sealCache, sealStatement } from './lib/appointment.mjs';
import { encode } from './lib/cbor.mjs';
import { found } from './lib/found.mjs';
import { kemPublicKey } from './lib/hpke.mjs';
import * as offline from './lib/offline.mjs';
import { patientKeys } from './lib/patient.mjs';
import { hex } from './lib/peer.mjs';
import * as pin from './lib/pin.mjs';
import { leadingZeros, workDigest } from './lib/realm.mjs';
import { hash, kemKeyHash, random, seal } from './lib/suite.mjs';
import * as voprf from './lib/voprf.mjs';
import { Envelope, Sealed, StoredAppointment, Vault, VaultContext } from './lib/wire.mjs';
import { Descriptor } from './lib/wire-realm.mjs';

const NOW = 1_800_000_000;
const DIGITS = '83619420';
const root = random(32);
const keys = patientKeys(root);
const cases = [];

/** Long byte strings, such as directories, stand in the file once. */
const LONG = 4000;
const shared = [];
const plain = (value) => {
  if (value instanceof Uint8Array && value.length > LONG) {
    const text = hex(value);
    if (!shared.includes(text)) shared.push(text);
    return { shared: shared.indexOf(text) };
  }
  if (value instanceof Uint8Array) return { hex: hex(value) };
  return Array.isArray(value) ? value.map(plain) : value;
};
async function add(name, op, args) {
  const written = Object.fromEntries(Object.entries(args).map(([key, value]) => [key, plain(value)]));
  cases.push({ name, op, args: written, result: await answers[op](args) });
}

const input = { now: NOW, realmKey: kemPublicKey(random(32)), origin: 'https://realm.example', prf: random(32), credentialId: random(20) };
const practice = found(input);
const where = { directory: practice.directory, fingerprint: practice.fingerprint, now: NOW };
const asStaff = { ...where, prf: input.prf, staff_keys: practice.staffKeys };
await add('staff key and grant', 'staff_open', asStaff);

const appointment = random(16);
const booking = {
  practice: practice.practice,
  appointment,
  seq: 1,
  previous: new Uint8Array(32),
  place: { resource: practice.catalog.resources[0].id, start: 6_000_000, cells: 4 },
  time: NOW,
  manifest: 1,
  signer: keys.signing.keyHash,
  kem: kemKeyHash(keys.kemKey),
  service: practice.catalog.services[0].id,
  serviceName: practice.catalog.services[0].name,
  contact: { name: 'Änne Beispiel', email: 'aenne@example.org', phone: '', birthDate: '1980-02-29' },
  reason: 'Rückenschmerzen seit Montag',
  locale: 'de',
};
const made = sealBooking(booking, keys, practice.scope);
const envelope = Envelope.decode(made.envelope);
const act = { practice: practice.practice, appointment, seq: 2, previous: headOf(envelope), time: NOW + 60, manifest: 1 };
const byPatient = sealStatement({ ...act, action: 1, note: 'Leider krank' }, keys.signing, made.dek);
const byPractice = sealStatement({ ...act, action: 2, note: '' }, practice.staffMember.signing, made.dek);
for (const [name, state, statements] of [
  ['booked', 1, []],
  ['cancelled by the patient', 2, [byPatient]],
  ['cancelled by the practice', 2, [byPractice]],
]) {
  const stored = { appointment, place: booking.place, state, envelope: made.envelope, statements };
  await add(`appointment, ${name}, patient`, 'open_as_patient', { ...where, root, stored: StoredAppointment.encode(stored) });
  const cache = sealCache(envelope, practice.epochSeed, made.dek);
  await add(`appointment, ${name}, staff`, 'open_as_staff', { ...asStaff, stored: StoredAppointment.encode({ ...stored, cache }) });
}

await add('locator', 'locator', { email: ' Müller@Example.ORG', practice: practice.practice, key: voprf.generate() });
await add('Shamir line', 'shamir', { root, a: random(32) });

const key = voprf.generate();
const shares = voprf.deal(key, 2, 3);
const descriptor = {
  suite: 1,
  practice: practice.practice,
  patient: random(16),
  registration: random(16),
  threshold: 2,
  realms: shares.map(() => kemKeyHash(random(1216))),
  parameters: 1,
  public: voprf.publicOf(key),
  shares: shares.map((s) => voprf.publicOf(s.scalar)),
};
const bytes = Descriptor.encode(descriptor);
const y = voprf.evaluateDirect(key, await pin.pinInput(DIGITS, descriptor));
const registered = pin.register(root, y, descriptor, [1, 2, 3]);
const { practice: id, patient, registration } = descriptor;
for (const mode of [1, 2]) {
  await add(`registration and unlock, mode ${mode}`, 'unlock', {
    pin: DIGITS,
    descriptor: bytes,
    key,
    handles: [random(32), random(32)],
    mode,
    masked: registered.realms.map((r) => [r.index, r.maskedShare]),
    share_c: registered.deviceShare,
    key_hash: keys.signing.keyHash,
  });
}

const vault = {
  genesis: practice.fingerprint,
  manifest: 1,
  manifestHash: random(32),
  catalog: 1,
  entries: [{ appointment, place: booking.place, seq: 1, head: headOf(envelope), removed: false, at: NOW }],
};
const vaultContext = VaultContext.to({ practice: id, patient });
const sealedVault = Sealed.encode(seal(keys.vaultKey, 'vault', vaultContext, Vault.encode(vault)));
await add('vault', 'vault_open', { root, fingerprint: practice.fingerprint, patient, sealed: sealedVault });

const context = { practice: id, patient, registration };
const prf = random(32);
const share = await offline.sealShare(prf, DIGITS, context, pin.shareA(y, hash(bytes)), keys.signing.keyHash);
const offlineArgs = { pin: DIGITS, prf, share_c: registered.deviceShare, sealed: Sealed.encode(share), ...context };
await add('offline share', 'offline_open', offlineArgs);
const passcode = 'Grüner Tee um vier';
const local = await offline.sealAppointments(passcode, context, random(100));
await add('local appointments', 'appointments_open', { passcode, local, ...context });

const secret = random(32);
const blob = encode([patient, registration, registered.deviceShare, [[1, random(32)]], null, random(32)]);
await add('device blob', 'device_open', { secret, practice: id, blob: Sealed.encode(seal(secret, 'device-share', [id], blob)) });

const mac = random(32);
const nonces = [0, 1, 2].map((index) => {
  let nonce = 0;
  while (!leadingZeros(workDigest(nonce, index, mac), 12)) nonce += 1;
  return nonce;
});
await add('proof of work', 'pow_check', { mac, bits: 12, nonces });

const source = 'Made once by tests/formats/make-vectors.mjs, the second implementation; the first must open it for ever.';
const file = new URL('vectors/opening-3.json', import.meta.url);
writeFileSync(file, `${JSON.stringify({ source, shared, tests: cases }, null, 1)}\n`, { flag: 'wx' });
