// Entries of the waiting list: made by one side, opened by the other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { found } from './lib/found.mjs';
import { kemPublicKey } from './lib/hpke.mjs';
import { patientKeys } from './lib/patient.mjs';
import { Refused, hex, startPeer, unhex } from './lib/peer.mjs';
import { kemKeyHash, random } from './lib/suite.mjs';
import * as waiting from './lib/waiting.mjs';
import { StoredWaiting, WaitingEnvelope, Wish } from './lib/wire.mjs';

const NOW = 1_800_000_000;
let peer;
before(() => {
  peer = startPeer();
});
after(() => peer.stop());

const founding = () => ({
  now: NOW,
  realmKey: kemPublicKey(random(32)),
  origin: 'https://termine.example',
  prf: random(32),
  credentialId: random(20),
});

function world() {
  const input = founding();
  const practice = found(input);
  const root = random(32);
  const where = { directory: practice.directory, fingerprint: practice.fingerprint, now: NOW };
  return { practice, root, keys: patientKeys(root), where, asStaff: { ...where, prf: input.prf, staff_keys: practice.staffKeys } };
}

const wishOf = ({ practice, catalog }, keys, entry) => ({
  practice,
  entry,
  terms: { wants: [{ resources: [catalog.resources[0].id], minutes: 20, classes: undefined }], weekdays: 0b11, last: 20_270_331 },
  time: NOW,
  manifest: 1,
  signer: keys.signing.keyHash,
  kem: kemKeyHash(keys.kemKey),
  service: catalog.services[0].id,
  also: undefined,
  serviceName: catalog.services[0].name,
  contact: { name: 'Änne Beispiel', email: 'aenne@example.org', phone: '', birthDate: '' },
  reason: 'gern früh',
  locale: 'de',
  answers: undefined,
});

const stored = (entry, envelope, offer) =>
  StoredWaiting.encode({ entry, number: 7, state: 1, since: NOW, envelope, offer });

test('capabilities of entries are those of the root, and not those of appointments', async () => {
  const [root, entry] = [random(32), random(16)];
  const theirs = await peer.call('waiting_capability', { root, entry });
  assert.equal(theirs.capability, hex(waiting.capability(root, entry).capability));
  assert.notEqual(theirs.capability, (await peer.call('patient_keys', { root, appointment: entry })).capability);
});

test('our entry: opened by their staff and by their patient, with an offer of its kind and no other', async () => {
  const { practice, root, keys, where, asStaff } = world();
  const entry = random(16);
  const wish = wishOf(practice, keys, entry);
  const envelope = waiting.sealWish(wish, keys, practice.scope);
  const place = { resource: practice.catalog.resources[0].id, start: 6_000_000, cells: 4 };
  const offer = { place, classes: undefined, made: NOW, until: NOW + 9, mailed: false };
  for (const offered of [undefined, offer]) {
    const staff = await peer.call('wish_as_staff', { ...asStaff, stored: stored(entry, envelope, offered) });
    assert.equal(staff.wish, hex(Wish.encode(wish)));
    assert.equal(staff.offered, offered !== undefined);
    const patient = await peer.call('wish_as_patient', { ...where, root, stored: stored(entry, envelope, offered) });
    assert.deepEqual(patient, staff);
  }
  const longer = { ...offer, place: { ...place, cells: 5 } };
  await assert.rejects(peer.call('wish_as_patient', { ...where, root, stored: stored(entry, envelope, longer) }), Refused);
  await assert.rejects(peer.call('wish_as_patient', { ...where, root: random(32), stored: stored(entry, envelope) }), Refused);
  const altered = WaitingEnvelope.decode(envelope);
  altered.context.terms.weekdays = 127;
  await assert.rejects(
    peer.call('wish_as_staff', { ...asStaff, stored: stored(entry, WaitingEnvelope.encode(altered)) }),
    Refused,
  );
});

test('their entry: opened by our staff and by our patient', async () => {
  const { practice, root, keys, where } = world();
  const wanted = wishOf(practice, keys, random(16));
  const [want] = wanted.terms.wants;
  const theirs = await peer.call('wait', {
    ...where,
    root,
    entry: wanted.entry,
    resource: want.resources[0],
    minutes: want.minutes,
    weekdays: wanted.terms.weekdays,
    last: wanted.terms.last,
    service: wanted.service,
    service_name: wanted.serviceName,
    contact: [wanted.contact.name, wanted.contact.email],
    reason: wanted.reason,
    locale: wanted.locale,
  });
  const envelope = WaitingEnvelope.decode(unhex(theirs.envelope));
  const dek = waiting.dekOfPatient(envelope, keys.kemSeed);
  assert.deepEqual(waiting.dekOfScope(envelope, practice.epochSeed), dek);
  assert.deepEqual(waiting.openWish(envelope, dek), { wish: wanted, signingKey: keys.signing.publicKey });
});
