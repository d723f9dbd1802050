// Founding, directory, staff keys, grants, bookings, statements, cache hints: each made by one side, opened by the other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as appointment from './lib/appointment.mjs';
import { openGrant, verifyDirectory } from './lib/directory.mjs';
import { found, recoveryKey } from './lib/found.mjs';
import { kemPublicKey } from './lib/hpke.mjs';
import { capability, cacheKey, patientKeys, prfInput, prfKey, staffKeys } from './lib/patient.mjs';
import { Refused, hex, startPeer, unhex } from './lib/peer.mjs';
import { openRealmShare } from './lib/realm.mjs';
import { signingKey } from './lib/sign.mjs';
import { hash, hashCbor, kemKeyHash, open, random } from './lib/suite.mjs';
import { publicOf } from './lib/voprf.mjs';
import { Booking, Envelope, Place, Statement, StoredAppointment } from './lib/wire.mjs';
import { Catalog, Manifest, StaffContext, StaffKeys } from './lib/wire-directory.mjs';

const NOW = 1_800_000_000;
const ORIGIN = 'https://termine.example';
let peer;
before(() => {
  peer = startPeer();
});
after(() => peer.stop());

test('patient and staff keys: the same root and the same seeds make the same keys', async () => {
  const [root, seeds, id, prf, practice] = [random(32), random(96), random(16), random(32), random(16)];
  const ours = patientKeys(root);
  const theirs = await peer.call('patient_keys', { root, appointment: id });
  assert.equal(theirs.kem, hex(ours.kemKey));
  assert.equal(theirs.signing, hex(ours.signing.publicKey));
  assert.equal(theirs.vault, hex(ours.vaultKey));
  assert.equal(theirs.capability, hex(capability(root, id).capability));
  assert.equal(theirs.capability_hash, hex(capability(root, id).hash));
  const staff = await peer.call('staff_keys', { seeds });
  assert.equal(staff.kem, hex(staffKeys(seeds).kemKey));
  assert.equal(staff.signing, hex(staffKeys(seeds).signing.publicKey));
  const credential = random(32);
  const derived = await peer.call('prf', { prf, practice, credential });
  assert.equal(derived.input, hex(prfInput(practice)));
  assert.equal(derived.key, hex(prfKey(prf, practice, credential)));
  assert.equal((await peer.call('cache_key', { seed: root })).key, hex(cacheKey(root)));
});

const founding = () => ({ now: NOW, realmKey: kemPublicKey(random(32)), origin: ORIGIN, prf: random(32), credentialId: random(20) });

test('our founding: their check of the directory, their staff key, their grants', async () => {
  const input = founding();
  const ours = found(input);
  const pinned = { directory: ours.directory, fingerprint: ours.fingerprint, now: NOW + 60 };
  const checked = await peer.call('directory_check', pinned);
  assert.equal(checked.practice, hex(ours.practice));
  assert.equal(checked.manifest, hex(Manifest.encode(ours.manifest)));
  assert.equal(checked.catalog, hex(Catalog.encode(ours.catalog)));
  const staff = await peer.call('staff_open', { ...pinned, prf: input.prf, staff_keys: ours.staffKeys });
  assert.equal(staff.kem, hex(ours.staffMember.kemKey));
  assert.equal(staff.epoch_public, hex(ours.scope.kemKey));
  await assert.rejects(peer.call('staff_open', { ...pinned, prf: random(32), staff_keys: ours.staffKeys }), Refused);
  await assert.rejects(peer.call('directory_check', { ...pinned, fingerprint: random(20) }), Refused);
});

test('their founding: our check of the directory, our staff key, our grants, recovery kit, locator share', async () => {
  const [seed, prf, credentialId] = [random(32), random(32), random(20)];
  const realmKey = kemPublicKey(seed);
  const theirs = await peer.call('found', { realm: realmKey, origin: ORIGIN, prf, credential_id: credentialId, now: NOW });
  const directory = verifyDirectory(unhex(theirs.directory), unhex(theirs.fingerprint));
  assert.deepEqual(directory.deployment.realms[0].kemKey, realmKey);
  const { locator } = openRealmShare(seed, realmKey, directory.practice, unhex(theirs.realm_share));
  assert.deepEqual(publicOf(locator), directory.deployment.locator);
  const keys = StaffKeys.decode(unhex(theirs.staff_keys));
  assert.deepEqual(keys.credential, hash(credentialId));
  const context = StaffContext.to({ practice: directory.practice, staff: keys.staff, credential: keys.credential });
  const key = prfKey(prf, directory.practice, keys.credential);
  const staff = staffKeys(open(key, 'staff-key', context, keys.staffKey));
  assert.deepEqual(staff.signing.publicKey, directory.manifest.credentials[0].signingKey);
  const rootSeeds = open(key, 'root-seed', context, keys.rootSeed);
  assert.equal(rootSeeds.length, 64);
  assert.deepEqual(signingKey(rootSeeds.slice(0, 32), rootSeeds.slice(32)).publicKey, directory.root.rootKey);
  for (const grant of keys.grants) openGrant(grant, directory.manifest, staff);
  assert.equal(keys.grants.length, directory.manifest.scopes.length);
  const kit = readKit(theirs.kit_groups, directory.practice);
  assert.deepEqual(recoveryKey(kit).publicKey, directory.root.recoveryKey);
  const letters = theirs.kit_groups.join('');
  assert.equal(theirs.kit_qr, `vestibule-recovery:1:${base32(unhex(theirs.fingerprint))}:${letters}`);
});

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const bitsOf = (bytes) => [...bytes].map((b) => b.toString(2).padStart(8, '0')).join('');
const base32 = (bytes) =>
  bitsOf(bytes)
    .match(/.{1,5}/g)
    .map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');

/** The seed of a printed kit: 14 groups of 4 letters, 32 bytes and 3 of checksum. */
function readKit(groups, practice) {
  assert.equal(groups.length, 14);
  const bits = [...groups.join('')].map((c) => ALPHABET.indexOf(c).toString(2).padStart(5, '0')).join('');
  const bytes = new Uint8Array(bits.match(/.{8}/g).map((b) => Number.parseInt(b, 2)));
  const seed = bytes.slice(0, 32);
  assert.deepEqual(bytes.slice(32), hashCbor([1, 'recovery-kit', practice, seed]).slice(0, 3));
  return seed;
}

const placeIn = (catalog) => ({ resource: catalog.resources[0].id, start: 6_000_000, cells: 4 });
const bookingOf = (practice, catalog, keys, id) => ({
  practice,
  appointment: id,
  seq: 1,
  previous: new Uint8Array(32),
  place: placeIn(catalog),
  time: NOW,
  manifest: 1,
  signer: keys.signing.keyHash,
  kem: kemKeyHash(keys.kemKey),
  service: catalog.services[0].id,
  serviceName: catalog.services[0].name,
  contact: { name: 'Änne Beispiel', email: 'aenne@example.org', phone: '', birthDate: '1980-02-29' },
  reason: 'Rückenschmerzen seit Montag',
  locale: 'de',
  // Left out: it stands at once.
  request: undefined,
  answers: [{ question: 'Seit wann?', answer: 'Seit Montag' }],
  also: [new Uint8Array(16).fill(7)],
  entry: undefined,
  series: undefined,
});

const stored = (envelope, statements, state, cache, place = envelope.context.place) =>
  StoredAppointment.encode({
    appointment: envelope.context.appointment,
    place,
    state,
    envelope: Envelope.encode(envelope),
    statements,
    cache,
  });

test('one of a series that a patient booked: its id follows from the seed', async () => {
  const input = founding();
  const practice = found(input);
  const keys = patientKeys(random(32));
  const seed = random(16);
  const asStaff = { directory: practice.directory, fingerprint: practice.fingerprint, now: NOW, prf: input.prf, staff_keys: practice.staffKeys };
  const served = (series, id) => {
    const booking = { ...bookingOf(practice.practice, practice.catalog, keys, id), series };
    const { envelope } = appointment.sealBooking(booking, keys, practice.scope);
    return peer.call('open_as_staff', { ...asStaff, stored: stored(Envelope.decode(envelope), [], 1, undefined) });
  };
  const series = { seed, at: 3, of: 4 };
  await served(series, appointment.seriesId(seed, 3));
  await assert.rejects(served(series, appointment.seriesId(seed, 2)), Refused);
  await assert.rejects(served({ ...series, of: 9 }, appointment.seriesId(seed, 3)), Refused);
});

test('our booking and cancellation: opened by their staff, with and without our cache hint, and by their patient', async () => {
  const input = founding();
  const practice = found(input);
  const [root, id] = [random(32), random(16)];
  const keys = patientKeys(root);
  const booking = bookingOf(practice.practice, practice.catalog, keys, id);
  const { envelope: bytes, dek } = appointment.sealBooking(booking, keys, practice.scope);
  const envelope = Envelope.decode(bytes);
  const cancel = {
    practice: practice.practice,
    appointment: id,
    seq: 2,
    previous: appointment.headOf(envelope),
    action: 1,
    time: NOW + 5,
    manifest: 1,
    note: 'Leider krank',
  };
  const statement = appointment.sealStatement(cancel, keys.signing, dek);
  const hint = appointment.sealCache(envelope, practice.epochSeed, dek);
  const where = { directory: practice.directory, fingerprint: practice.fingerprint, now: NOW };
  const asStaff = { ...where, prf: input.prf, staff_keys: practice.staffKeys };
  for (const [cache, isNew] of [[undefined, true], [hint, false], [hint.slice(0, -1), true]]) {
    const opened = await peer.call('open_as_staff', { ...asStaff, stored: stored(envelope, [statement], 2, cache) });
    assert.equal(opened.booking, hex(Booking.encode(booking)));
    assert.equal(opened.statements[0], hex(Statement.encode(cancel)));
    assert.equal(opened.state, 2);
    assert.equal(opened.cache !== null, isNew);
    if (isNew) assert.deepEqual(appointment.openCache(envelope, practice.epochSeed, unhex(opened.cache)), dek);
  }
  const patient = await peer.call('open_as_patient', { ...where, root, stored: stored(envelope, [statement], 2) });
  assert.equal(patient.booking, hex(Booking.encode(booking)));
  assert.equal(patient.head, hex(hash(statement)));
  await assert.rejects(peer.call('open_as_staff', { ...asStaff, stored: stored(envelope, [], 2) }), Refused);
  await assert.rejects(peer.call('open_as_patient', { ...where, root: random(32), stored: stored(envelope, [], 1) }), Refused);
});

test('their booking and cancellation: opened by our staff and by our patient', async () => {
  const input = founding();
  const practice = found(input);
  const [root, id] = [random(32), random(16)];
  const keys = patientKeys(root);
  const where = { directory: practice.directory, fingerprint: practice.fingerprint, now: NOW, root };
  const wanted = bookingOf(practice.practice, practice.catalog, keys, id);
  const { contact, place } = wanted;
  const theirs = await peer.call('book', {
    ...where,
    appointment: id,
    resource: place.resource,
    start: place.start,
    cells: place.cells,
    service: wanted.service,
    service_name: wanted.serviceName,
    contact: [contact.name, contact.email, contact.phone, contact.birthDate],
    reason: wanted.reason,
    locale: wanted.locale,
    answers: wanted.answers.flatMap(({ question, answer }) => [question, answer]),
    also: wanted.also,
  });
  const envelope = Envelope.decode(unhex(theirs.envelope));
  const dek = appointment.dekOfPatient(envelope, keys.kemSeed);
  assert.deepEqual(appointment.dekOfScope(envelope, practice.epochSeed), dek);
  assert.deepEqual(appointment.openBooking(envelope, dek), { booking: wanted, signingKey: keys.signing.publicKey });
  assert.equal(theirs.head, hex(appointment.headOf(envelope)));
  const next = await peer.call('cancel', { ...where, stored: stored(envelope, [], 1), note: 'Bis bald' });
  const at = { practice: practice.practice, appointment: id, seq: 2 };
  const statement = appointment.openStatement(unhex(next.sealed), at, dek, [keys.signing.publicKey]);
  assert.equal(statement.note, 'Bis bald');
  assert.equal(statement.action, 1);
  assert.deepEqual(statement.previous, appointment.headOf(envelope));
});

test('moves and answers to requests: made by one side, opened by the other', async () => {
  const input = founding();
  const practice = found(input);
  const [root, id] = [random(32), random(16)];
  const keys = patientKeys(root);
  const where = { directory: practice.directory, fingerprint: practice.fingerprint, now: NOW };
  const asStaff = { ...where, prf: input.prf, staff_keys: practice.staffKeys };
  const booking = { ...bookingOf(practice.practice, practice.catalog, keys, id), request: true };
  const { envelope: bytes, dek } = appointment.sealBooking(booking, keys, practice.scope);
  const envelope = Envelope.decode(bytes);
  const there = { ...booking.place, start: booking.place.start + 12 };
  // Theirs: the patient moves; then our staff confirms what was only asked for.
  const next = await peer.call('move', { ...where, root, stored: stored(envelope, [], 3), to: Place.encode(there), note: '' });
  const moved = unhex(next.sealed);
  const at = { practice: practice.practice, appointment: id, seq: 2 };
  const statement = appointment.openStatement(moved, at, dek, [keys.signing.publicKey]);
  assert.deepEqual([statement.action, statement.place], [3, there]);
  const confirm = {
    practice: practice.practice,
    appointment: id,
    seq: 3,
    previous: hash(moved),
    action: 5,
    time: NOW + 9,
    manifest: 1,
    note: '',
  };
  const confirmed = appointment.sealStatement(confirm, practice.staffMember.signing, dek);
  const whole = stored(envelope, [moved, confirmed], 1, undefined, there);
  for (const opened of [
    await peer.call('open_as_patient', { ...where, root, stored: whole }),
    await peer.call('open_as_staff', { ...asStaff, stored: whole }),
  ]) {
    assert.equal(opened.booking, hex(Booking.encode(booking)));
    assert.equal(opened.statements[1], hex(Statement.encode(confirm)));
    assert.equal(opened.state, 1);
    assert.equal(opened.place, hex(Place.encode(there)));
  }
  // Served where it was, as still asked for, or confirmed by the patient's own key.
  const own = appointment.sealStatement(confirm, keys.signing, dek);
  for (const lie of [
    stored(envelope, [moved, confirmed], 1),
    stored(envelope, [moved, confirmed], 3, undefined, there),
    stored(envelope, [moved, own], 1, undefined, there),
    stored(envelope, [confirmed], 1),
  ]) {
    await assert.rejects(peer.call('open_as_staff', { ...asStaff, stored: lie }), Refused);
  }
});

test('entries of the practice: made by one side, opened by the other, and never taken for a booking', async () => {
  const input = founding();
  const practice = found(input);
  const where = { directory: practice.directory, fingerprint: practice.fingerprint, now: NOW };
  const asStaff = { ...where, prf: input.prf, staff_keys: practice.staffKeys };
  const seed = random(16);
  const id = appointment.seriesId(seed, 1);
  const { signing } = practice.staffMember;
  const body = {
    ...bookingOf(practice.practice, practice.catalog, patientKeys(random(32)), id),
    signer: signing.keyHash,
    kem: new Uint8Array(32),
    service: new Uint8Array(16),
    also: undefined,
    serviceName: '',
    contact: { name: '', email: '', phone: '', birthDate: '' },
    answers: undefined,
    entry: { kind: 1, title: 'Besprechung', series: { seed, at: 1, of: 3 } },
  };
  const ours = Envelope.decode(appointment.sealEntry(body, signing, practice.scope).envelope);
  const opened = await peer.call('open_as_staff', { ...asStaff, stored: stored(ours, [], 1) });
  assert.equal(opened.booking, hex(Booking.encode(body)));
  // The wrong number of its series; signed by a patient; with a patient.
  const wrong = { ...body, entry: { ...body.entry, series: { seed, at: 2, of: 3 } } };
  const stranger = patientKeys(random(32));
  for (const lie of [
    appointment.sealEntry(wrong, signing, practice.scope),
    appointment.sealEntry({ ...body, signer: stranger.signing.keyHash }, stranger.signing, practice.scope),
    appointment.sealBooking({ ...body, signer: stranger.signing.keyHash }, stranger, practice.scope),
  ]) {
    const refused = stored(Envelope.decode(lie.envelope), [], 1);
    await assert.rejects(peer.call('open_as_staff', { ...asStaff, stored: refused }), Refused);
  }
  const theirs = await peer.call('enter', {
    ...asStaff,
    resource: body.place.resource,
    start: body.place.start,
    cells: body.place.cells,
    title: body.entry.title,
    seed,
    at: 1,
    of: 3,
    locale: 'de',
    reason: body.reason,
  });
  const envelope = Envelope.decode(unhex(theirs.envelope));
  assert.deepEqual(envelope.context.appointment, id);
  const dek = appointment.dekOfScope(envelope, practice.epochSeed);
  assert.deepEqual(appointment.openBooking(envelope, dek), { booking: body, signingKey: signing.publicKey });
});
