// Made tests/formats/vectors/memo-1.json once, by this side's implementation. It refuses to run while the file is there: a vector is
// never regenerated to make a test pass; a changed format is a new version with a file of its own.
import { writeFileSync } from 'node:fs';
import { found } from './lib/found.mjs';
import { kemPublicKey } from './lib/hpke.mjs';
import { headOf, sealMemo } from './lib/memo.mjs';
import { hex } from './lib/peer.mjs';
import { hash, random } from './lib/suite.mjs';
import { Memo, StoredMemo } from './lib/wire.mjs';

const now = 1_800_000_000;
const prf = random(32);
const practice = found({ now, realmKey: kemPublicKey(random(32)), origin: 'https://realm.example', prf, credentialId: random(20) });
const { signing } = practice.staffMember;
const task = {
  practice: practice.practice,
  scope: practice.scope.scope,
  memo: random(16),
  about: random(16),
  number: 1,
  previous: new Uint8Array(32),
  state: 2,
  time: now,
  manifest: 1,
  signer: signing.keyHash,
  author: signing.keyHash,
  made: now,
  kind: 2,
  text: 'Befund anfordern: Größe prüfen',
  due: 20_270_131,
};
const tests = [];
let [links, previous] = [[], task.previous];
for (const change of [{}, { state: 1, time: now + 60 }, { state: 3, time: now + 120, text: '', due: undefined }]) {
  const memo = { ...task, ...change, number: tests.length + 1, previous };
  const envelope = sealMemo(memo, signing, practice.scope);
  links = [...links, ...hash(envelope)];
  previous = headOf(previous, envelope);
  const stored = StoredMemo.encode({ memo: task.memo, links: Uint8Array.from(links), envelope });
  tests.push({ stored: hex(stored), result: { memo: hex(Memo.encode(memo)), head: hex(previous) } });
}
const source = 'Made once by tests/formats/make-memo-vectors.mjs, the second implementation; the first must open it for ever.';
const where = { directory: hex(practice.directory), fingerprint: hex(practice.fingerprint), prf: hex(prf), staff_keys: hex(practice.staffKeys) };
const file = new URL('vectors/memo-1.json', import.meta.url);
writeFileSync(file, `${JSON.stringify({ source, now, ...where, tests }, null, 1)}\n`, { flag: 'wx' });
