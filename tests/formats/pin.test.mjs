// Locator, PIN hash, threshold VOPRF, descriptor, shares and the confirm MAC, each side against the other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { kemPublicKey } from './lib/hpke.mjs';
import * as offline from './lib/offline.mjs';
import { patientKeys } from './lib/patient.mjs';
import { Refused, hex, startPeer, unhex } from './lib/peer.mjs';
import * as pin from './lib/pin.mjs';
import { line } from './lib/shamir.mjs';
import { hash, kemKeyHash, random } from './lib/suite.mjs';
import * as voprf from './lib/voprf.mjs';
import { Sealed } from './lib/wire.mjs';
import { Descriptor, Put } from './lib/wire-realm.mjs';

let peer;
before(() => {
  peer = startPeer();
});
after(() => peer.stop());

test('locator: address to PatientID, by the client’s way on one side and the server’s on the other', async () => {
  const practice = random(16);
  const key = voprf.generate();
  for (const typed of ['  Anna.Beispiel@Example.ORG ', 'müller+Ä@exämple.de', 'ΣΟΦΟΣ@example.gr']) {
    const input = await pin.locatorInput(typed, practice);
    const theirs = await peer.call('locator', { email: typed, practice, key });
    assert.equal(theirs.email, pin.normaliseEmail(typed));
    assert.equal(theirs.input, hex(input));
    const state = voprf.blind(input);
    const { element, proof } = await peer.call('oprf_evaluate', { key, blinded: state.blinded });
    const answers = [{ index: 1, share: voprf.publicOf(key), element: unhex(element), proof: unhex(proof) }];
    const output = voprf.finalize(input, state, answers);
    assert.equal(theirs.patient, hex(pin.patientId(output)));
    assert.deepEqual(output, voprf.evaluateDirect(key, input));
  }
  for (const bad of ['', '@', 'a@', '@b', 'a@b@c', 'a', `${'x'.repeat(250)}@b.de`]) {
    assert.throws(() => pin.normaliseEmail(bad), RangeError);
    await assert.rejects(peer.call('locator', { email: bad, practice, key }), Refused, bad);
  }
});

test('VOPRF: our realms and their client, their realms and our client, 1 of 1 to 2 of 3', async () => {
  for (const [threshold, count] of [[1, 1], [2, 2], [2, 3]]) {
    const key = voprf.generate();
    const input = random(32);
    const expected = hex(voprf.evaluateDirect(key, input));
    const { id, blinded } = await peer.call('oprf_blind', { input });
    const ours = voprf
      .deal(key, threshold, count)
      .slice(count - threshold)
      .map((s) => ({ index: s.index, share: voprf.publicOf(s.scalar), ...voprf.evaluate(s.scalar, unhex(blinded)) }));
    const lines = ours.map((a) => [a.index, hex(a.share), hex(a.element), hex(a.proof)]);
    const finalize = { id, threshold, answers: lines, public: voprf.publicOf(key) };
    assert.equal((await peer.call('oprf_finalize', finalize)).output, expected);
    const forged = [[lines[0][0], lines[0][1], lines[0][2], hex(random(64))], ...lines.slice(1)];
    await assert.rejects(peer.call('oprf_finalize', { ...finalize, answers: forged }), Refused);

    const { shares } = await peer.call('oprf_deal', { key, threshold, count });
    const state = voprf.blind(input);
    const theirs = [];
    for (const [index, scalar] of shares.slice(0, threshold)) {
      const answer = await peer.call('oprf_evaluate', { key: unhex(scalar), blinded: state.blinded });
      const share = voprf.publicOf(unhex(scalar));
      theirs.push({ index, share, element: unhex(answer.element), proof: unhex(answer.proof) });
    }
    assert.equal(hex(voprf.finalize(input, state, theirs)), expected);
    assert.throws(() => voprf.finalize(input, state, [{ ...theirs[0], proof: random(64) }, ...theirs.slice(1)]));
  }
});

test('Shamir: their line is ours', async () => {
  const [root, a] = [random(32), random(32)];
  const theirs = await peer.call('shamir', { root, a });
  assert.equal(theirs.b, hex(line([0, root], [1, a], 2)));
  assert.equal(theirs.c, hex(line([0, root], [1, a], 3)));
  assert.equal(theirs.root_with_b, hex(root));
  assert.equal(theirs.root_with_c, hex(root));
  for (const [x, share] of [[2, theirs.b], [3, theirs.c]]) {
    assert.deepEqual(line([1, a], [x, unhex(share)], 0), root);
  }
});

const DIGITS = '83619420';

/** A registration made by this side: root, whole OPRF key, descriptor, and what each realm stores. */
async function ours() {
  const [root, key] = [random(32), voprf.generate()];
  const shares = voprf.deal(key, 1, 2);
  const descriptor = {
    suite: 1,
    practice: random(16),
    patient: random(16),
    registration: random(16),
    threshold: 1,
    realms: [random(32), random(32)],
    parameters: 1,
    public: voprf.publicOf(key),
    shares: shares.map((s) => voprf.publicOf(s.scalar)),
  };
  const y = voprf.evaluateDirect(key, await pin.pinInput(DIGITS, descriptor));
  const keyHash = patientKeys(root).signing.keyHash;
  return { root, key, descriptor, y, keyHash, ...pin.register(root, y, descriptor, [1, 2]) };
}

test('our registration opens on their side: new device, known device, confirm MAC', async () => {
  const { root, key, descriptor, keyHash, deviceShare, realms } = await ours();
  const handles = [random(32), random(32)];
  const args = { pin: DIGITS, descriptor: Descriptor.encode(descriptor), key, key_hash: keyHash, share_c: deviceShare };
  const masked = realms.map((r) => [r.index, hex(r.maskedShare)]);
  for (const mode of [1, 2]) {
    const theirs = await peer.call('unlock', { ...args, handles, mode, masked });
    assert.deepEqual(
      theirs.macs,
      realms.map((r) => hex(pin.confirmMac(r.unlockKey, r.index, handles, mode))),
    );
    assert.equal(theirs.root_new, hex(root));
    assert.equal(theirs.root_known, hex(root));
    assert.equal(theirs.fresh_c, hex(deviceShare));
  }
  await assert.rejects(peer.call('unlock', { ...args, pin: '83619421', handles, mode: 1, masked }), Refused);
});

test('their registration opens on our side', async () => {
  const root = random(32);
  const where = { practice: random(16), patient: random(16) };
  const realms = [kemPublicKey(random(32)), kemPublicKey(random(32)), kemPublicKey(random(32))];
  const theirs = await peer.call('register', { root, pin: DIGITS, ...where, threshold: 2, realms });
  const bytes = unhex(theirs.descriptor);
  const descriptor = Descriptor.decode(bytes);
  assert.deepEqual(descriptor.realms, realms.map(kemKeyHash));
  const puts = theirs.puts.map((put) => Put.decode(unhex(put)));
  const input = await pin.pinInput(DIGITS, descriptor);
  const state = voprf.blind(input);
  const digest = hash(bytes);
  for (const chosen of [[0, 1], [2, 0]]) {
    const answers = chosen.map((i) => ({
      index: i + 1,
      share: descriptor.shares[i],
      ...voprf.evaluate(puts[i].oprfShare, state.blinded),
    }));
    const y = voprf.finalize(input, state, answers);
    for (const i of chosen) {
      assert.deepEqual(puts[i].descriptor, bytes);
      assert.deepEqual(puts[i].keyHash, patientKeys(root).signing.keyHash);
      assert.deepEqual(puts[i].unlockKey, pin.unlockKey(y, i + 1, digest));
      assert.deepEqual(pin.recoverNewDevice(y, digest, i + 1, puts[i].maskedShare), root);
    }
    assert.deepEqual(pin.recoverKnownDevice(y, digest, unhex(theirs.share_c)), root);
  }
  const points = descriptor.shares.slice(1).map((share, i) => [i + 2, share]);
  assert.deepEqual(voprf.combine(points), descriptor.public);
});

test('offline: share A under PRF and PIN, both ways', async () => {
  const { root, key, descriptor, y, keyHash, deviceShare } = await ours();
  const { practice, patient, registration } = descriptor;
  const context = { practice, patient, registration };
  const prf = random(32);
  const args = { pin: DIGITS, prf, share_c: deviceShare, ...context };
  const shareA = pin.shareA(y, hash(Descriptor.encode(descriptor)));
  const mine = Sealed.encode(await offline.sealShare(prf, DIGITS, context, shareA, keyHash));
  assert.equal((await peer.call('offline_open', { ...args, sealed: mine })).root, hex(root));
  await assert.rejects(peer.call('offline_open', { ...args, pin: '83619421', sealed: mine }), Refused);
  const more = { descriptor: Descriptor.encode(descriptor), key, key_hash: keyHash };
  const theirs = Sealed.decode(unhex((await peer.call('offline_seal', { ...args, ...more })).sealed));
  const opened = await offline.openShare(prf, DIGITS, context, theirs);
  assert.deepEqual(opened, { shareA, keyHash });
  assert.deepEqual(line([1, opened.shareA], [3, deviceShare], 0), root);
});

test('offline: appointments under the root, both ways', async () => {
  const context = { practice: random(16), patient: random(16), registration: random(16) };
  const [root, bytes] = [random(32), random(700)];
  const kept = offline.sealKept(root, context, bytes);
  assert.equal((await peer.call('kept_open', { root, kept, ...context })).bytes, hex(bytes));
  await assert.rejects(peer.call('kept_open', { root, kept, ...context, registration: random(16) }), Refused);
  await assert.rejects(peer.call('kept_open', { root: random(32), kept, ...context }), Refused);
  const theirs = await peer.call('kept_seal', { root, bytes, ...context });
  assert.deepEqual(offline.openKept(root, context, unhex(theirs.kept)), bytes);
});

test('offline: appointments under a passcode, both ways', async () => {
  const context = { practice: random(16), patient: random(16), registration: random(16) };
  const passcode = 'Grüner Tee um vier';
  const bytes = random(700);
  const mine = await offline.sealAppointments(passcode, context, bytes);
  const args = { passcode, ...context };
  assert.equal((await peer.call('appointments_open', { ...args, local: mine })).bytes, hex(bytes));
  const theirs = await peer.call('appointments_seal', { ...args, bytes });
  assert.deepEqual(await offline.openAppointments(passcode, context, unhex(theirs.local)), bytes);
});
