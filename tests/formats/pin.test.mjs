// Locator, PIN hash, threshold VOPRF, descriptor, shares and the confirm MAC, each side against the other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Refused, hex, startPeer, unhex } from './lib/peer.mjs';
import * as pin from './lib/pin.mjs';
import { line } from './lib/shamir.mjs';
import { hash, random } from './lib/suite.mjs';
import * as voprf from './lib/voprf.mjs';
import { Descriptor } from './lib/wire-realm.mjs';

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
  for (const [x, share] of [[2, theirs.b], [3, theirs.c]]) {
    assert.deepEqual(line([1, a], [x, unhex(share)], 0), root);
    assert.equal((await peer.call('shamir_recover', { a, x, share: unhex(share) })).root, hex(root));
  }
});

const descriptorOf = (realms, key, shares) => ({
  suite: 1,
  practice: random(16),
  patient: random(16),
  registration: random(16),
  threshold: 1,
  realms,
  parameters: 1,
  public: voprf.publicOf(key),
  shares,
});

test('our registration opens on their side: new device, known device, confirm MAC', async () => {
  const [root, key, digits] = [random(32), voprf.generate(), '493817'];
  const descriptor = descriptorOf([random(32)], key, [voprf.publicOf(key)]);
  const y = voprf.evaluateDirect(key, await pin.pinInput(digits, descriptor));
  const { deviceShare, realms } = pin.register(root, y, descriptor, [1]);
  const handles = [random(32), random(32)];
  const bytes = Descriptor.encode(descriptor);
  const theirs = await peer.call('unlock', { pin: digits, descriptor: bytes, key, handles, mode: 1 });
  assert.equal(theirs.mac, hex(pin.confirmMac(realms[0].unlockKey, 1, handles, 1)));
  const recover = { y: unhex(theirs.y), descriptor: bytes };
  const fresh = await peer.call('recover_new', { ...recover, index: 1, masked: realms[0].maskedShare });
  assert.equal(fresh.root, hex(root));
  assert.equal((await peer.call('recover_known', { ...recover, share: deviceShare })).root, hex(root));
});

test('their registration opens on our side', async () => {
  const [root, digits] = [random(32), '83619420'];
  const where = { practice: random(16), patient: random(16) };
  const realm = random(32);
  const theirs = await peer.call('register', { root, pin: digits, ...where, threshold: 1, realms: [realm] });
  const bytes = unhex(theirs.descriptor);
  const descriptor = Descriptor.decode(bytes);
  assert.deepEqual(descriptor.realms, [realm]);
  const [[index, scalar, unlockKey, masked]] = theirs.realms.map(([i, ...rest]) => [i, ...rest.map(unhex)]);
  const input = await pin.pinInput(digits, descriptor);
  const state = voprf.blind(input);
  const answers = [{ index, share: descriptor.shares[0], ...voprf.evaluate(scalar, state.blinded) }];
  const y = voprf.finalize(input, state, answers);
  const digest = hash(bytes);
  assert.deepEqual(pin.unlockKey(y, index, digest), unlockKey);
  assert.deepEqual(pin.recoverNewDevice(y, digest, index, masked), root);
  assert.deepEqual(pin.recoverKnownDevice(y, digest, unhex(theirs.device_share)), root);
  assert.deepEqual(voprf.combine([[1, descriptor.shares[0]]]), descriptor.public);
});
