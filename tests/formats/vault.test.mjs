// Vault, share C on the device, share A offline, staff memory and proof of work: each side against the other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { encode } from './lib/cbor.mjs';
import { patientKeys } from './lib/patient.mjs';
import { Refused, hex, startPeer, unhex } from './lib/peer.mjs';
import { leadingZeros, workDigest } from './lib/realm.mjs';
import { open, random, seal } from './lib/suite.mjs';
import { Sealed, Vault, VaultContext } from './lib/wire.mjs';

let peer;
before(() => {
  peer = startPeer();
});
after(() => peer.stop());

const vaultOf = (genesis, count) => ({
  genesis,
  manifest: 3,
  manifestHash: random(32),
  catalog: 9,
  entries: Array.from({ length: count }, (_, i) => ({
    appointment: new Uint8Array(16).fill(i),
    place: { resource: random(16), start: 6_000_000 + i, cells: 4 },
    seq: i,
    head: random(32),
    removed: i % 2 === 1,
    at: 1_800_000_000,
  })),
  // Left out by who never waited.
  waiting:
    count === 1
      ? undefined
      : Array.from({ length: count }, (_, i) => ({ entry: new Uint8Array(16).fill(i), head: random(32), removed: i % 3 === 1, at: 1_800_000_000 })),
});

test('vault: both ways, empty and with entries, bound to practice and patient', async () => {
  for (const count of [0, 1, 40]) {
    const [root, genesis, patient] = [random(32), random(20), random(16)];
    const { vaultKey } = patientKeys(root);
    const context = VaultContext.to({ practice: genesis.slice(0, 16), patient });
    const vault = vaultOf(genesis, count);
    const bytes = Vault.encode(vault);
    const where = { root, fingerprint: genesis, patient };
    const ours = Sealed.encode(seal(vaultKey, 'vault', context, bytes));
    assert.equal((await peer.call('vault_open', { ...where, sealed: ours })).vault, hex(bytes));
    const theirs = await peer.call('vault_seal', { ...where, vault: bytes });
    assert.deepEqual(Vault.decode(open(vaultKey, 'vault', context, Sealed.decode(unhex(theirs.sealed)))), vault);
    await assert.rejects(peer.call('vault_open', { ...where, patient: random(16), sealed: ours }), Refused);
    await assert.rejects(peer.call('vault_open', { ...where, fingerprint: random(20), sealed: ours }), Refused);
  }
});

test('device blob: ours opens on their side, with and without a note of the vault', async () => {
  const [secret, practice, patient, registration, shareC] = [random(32), random(16), random(16), random(16), random(32)];
  const devices = [[1, random(32)], [2, random(32)]];
  const note = [1_800_000_000, 3, 9, [[random(16), 2], [random(16), 0]], random(32)];
  const deployment = random(32);
  for (const seen of [null, note]) {
    const plain = encode([patient, registration, shareC, devices, seen, deployment]);
    const args = { secret, practice, blob: Sealed.encode(seal(secret, 'device-share', [practice], plain)) };
    const opened = await peer.call('device_open', args);
    assert.equal(opened.patient, hex(patient));
    assert.equal(opened.registration, hex(registration));
    assert.equal(opened.share_c, hex(shareC));
    assert.deepEqual(opened.devices, devices.map(([realm, token]) => [realm, hex(token)]));
    assert.equal(opened.seen, seen ? hex(encode(note)) : undefined);
    assert.equal(opened.deployment, hex(deployment));
    await assert.rejects(peer.call('device_open', { ...args, practice: random(16) }), Refused);
  }
});

test('staff memory: ours opens on their side, and what they seal opens on ours', async () => {
  const [secret, practice] = [random(32), random(16)];
  for (const entries of [[], [[random(16), 6_000_000, 2, random(32), random(32), true]]]) {
    const plain = encode([4, random(32), 7, entries]);
    const blob = Sealed.encode(seal(secret, 'staff-memory', [practice], plain));
    const theirs = await peer.call('memory_reseal', { secret, practice, blob, today: 6_000_000 });
    assert.notEqual(theirs.blob, hex(blob));
    assert.deepEqual(open(secret, 'staff-memory', [practice], Sealed.decode(unhex(theirs.blob))), plain);
  }
});

test('proof of work: their solution satisfies our check and ours theirs', async () => {
  const [mac, bits, puzzles] = [random(32), 8, 4];
  const { nonces } = await peer.call('pow_solve', { mac, bits, puzzles });
  assert.equal(nonces.length, puzzles);
  nonces.forEach((nonce, index) => assert.ok(leadingZeros(workDigest(nonce, index, mac), bits)));
  const ours = Array.from({ length: puzzles }, (_, index) => {
    let nonce = 0;
    while (!leadingZeros(workDigest(nonce, index, mac), bits)) nonce += 1;
    return nonce;
  });
  assert.deepEqual(ours, nonces, 'both look for the smallest nonce');
  assert.ok((await peer.call('pow_check', { mac, bits, nonces: ours })).solved);
  const wrong = ours.with(1, ours[1] + 1);
  const solved = leadingZeros(workDigest(wrong[1], 1, mac), bits);
  assert.equal((await peer.call('pow_check', { mac, bits, nonces: wrong })).solved, solved);
});
