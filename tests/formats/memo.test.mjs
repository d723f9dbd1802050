// Notes and tasks of staff: made by one side, opened by the other; and two versions that this side sealed once and for all.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { openGrant, verifyDirectory } from './lib/directory.mjs';
import { found } from './lib/found.mjs';
import { kemPublicKey } from './lib/hpke.mjs';
import { headOf, openMemo, sealMemo } from './lib/memo.mjs';
import { prfKey, staffKeys } from './lib/patient.mjs';
import { Refused, hex, startPeer, unhex } from './lib/peer.mjs';
import { signingKey } from './lib/sign.mjs';
import { hash, open, random } from './lib/suite.mjs';
import { Memo, MemoEnvelope, StoredMemo } from './lib/wire.mjs';
import { StaffContext, StaffKeys } from './lib/wire-directory.mjs';

const NOW = 1_800_000_000;
let peer;
before(() => {
  peer = startPeer();
});
after(() => peer.stop());

function world() {
  const input = { now: NOW, realmKey: kemPublicKey(random(32)), origin: 'https://termine.example', prf: random(32), credentialId: random(20) };
  const practice = found(input);
  const asStaff = { directory: practice.directory, fingerprint: practice.fingerprint, now: NOW, prf: input.prf, staff_keys: practice.staffKeys };
  const keys = practice.manifest.credentials.map((each) => each.signingKey);
  return { practice, asStaff, keys };
}

const first = ({ practice, scope, staffMember }, about) => ({
  practice,
  scope: scope.scope,
  memo: random(16),
  about,
  number: 1,
  previous: new Uint8Array(32),
  state: 2,
  time: NOW,
  manifest: 1,
  signer: staffMember.signing.keyHash,
  author: staffMember.signing.keyHash,
  made: NOW,
  kind: 2,
  text: 'Befund anfordern: Größe prüfen',
  due: 20_270_131,
});

const served = (memo, links, envelope) => StoredMemo.encode({ memo: memo.memo, links, envelope });
const linked = (...envelopes) => Uint8Array.from(envelopes.flatMap((each) => [...hash(each)]));

test('our versions: opened by their staff, each in its place only', async () => {
  const { practice, asStaff } = world();
  const seal = (memo, signing = practice.staffMember.signing) => sealMemo(memo, signing, practice.scope);
  for (const about of [random(16), undefined]) {
    const task = first(practice, about);
    const one = seal(task);
    const theirs = await peer.call('memo_open', { ...asStaff, stored: served(task, linked(one), one) });
    assert.deepEqual(theirs, { memo: hex(Memo.encode(task)), head: hex(headOf(task.previous, one)) });
    const done = { ...task, number: 2, previous: headOf(task.previous, one), state: 1, time: NOW + 60 };
    const two = seal(done);
    const stored = served(task, linked(one, two), two);
    assert.equal((await peer.call('memo_open', { ...asStaff, stored })).memo, hex(Memo.encode(done)));
    const altered = MemoEnvelope.decode(two);
    altered.context.about = random(16);
    const moved = MemoEnvelope.encode(altered);
    const stranger = signingKey(random(32), random(32));
    const forged = seal({ ...done, signer: stranger.keyHash }, stranger);
    for (const lie of [served(task, linked(two), two), served(task, linked(one, moved), moved), served(task, linked(one, forged), forged)]) {
      await assert.rejects(peer.call('memo_open', { ...asStaff, stored: lie }), Refused);
    }
  }
});

test('their versions: opened by our staff', async () => {
  const { practice, asStaff, keys } = world();
  for (const about of [random(16), undefined]) {
    const wanted = { memo: random(16), about: about ?? new Uint8Array(), text: 'zurückrufen', due: 20_270_228 };
    const { one, two } = await peer.call('memo_write', { ...asStaff, ...wanted });
    const open1 = openMemo({ memo: wanted.memo, links: linked(unhex(one)), envelope: unhex(one) }, practice.epochSeed, keys);
    const expected = { ...first(practice, about), memo: wanted.memo, text: wanted.text, due: wanted.due };
    assert.deepEqual(open1.memo, expected);
    const links = linked(unhex(one), unhex(two));
    const open2 = openMemo({ memo: wanted.memo, links, envelope: unhex(two) }, practice.epochSeed, keys);
    assert.deepEqual(open2.memo, { ...expected, number: 2, previous: open1.head, state: 3, text: '', due: undefined });
  }
});

test('what was sealed once and for all: both sides open it, and read the same', async () => {
  const { tests, ...args } = JSON.parse(readFileSync(new URL('vectors/memo-1.json', import.meta.url), 'utf8'));
  const asStaff = { now: args.now, ...Object.fromEntries(['directory', 'fingerprint', 'prf', 'staff_keys'].map((key) => [key, unhex(args[key])])) };
  const { practice, manifest } = verifyDirectory(asStaff.directory, asStaff.fingerprint);
  const sealed = StaffKeys.decode(asStaff.staff_keys);
  const at = StaffContext.to({ practice, staff: sealed.staff, credential: sealed.credential });
  const staff = staffKeys(open(prfKey(asStaff.prf, practice, sealed.credential), 'staff-key', at, sealed.staffKey));
  const { seed } = openGrant(sealed.grants[0], manifest, staff);
  assert.equal(tests.length, 3);
  for (const { stored, result } of tests) {
    const ours = openMemo(StoredMemo.decode(unhex(stored)), seed, manifest.credentials.map((each) => each.signingKey));
    assert.deepEqual({ memo: hex(Memo.encode(ours.memo)), head: hex(ours.head) }, result, 'this side');
    assert.deepEqual(await peer.call('memo_open', { ...asStaff, stored: unhex(stored) }), result, 'the Rust side');
  }
});
