// Objects that this side sealed once and for all: both sides open them, and read the same.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { answers } from './lib/answers.mjs';
import { startPeer, unhex } from './lib/peer.mjs';

const { shared, tests } = JSON.parse(readFileSync(new URL('vectors/opening-3.json', import.meta.url), 'utf8'));

/** Arguments as bytes where they are bytes. */
const bytesOf = (value) => {
  if (Array.isArray(value)) return value.map(bytesOf);
  if (value?.shared !== undefined) return unhex(shared[value.shared]);
  return value?.hex === undefined ? value : unhex(value.hex);
};

let peer;
before(() => {
  peer = startPeer();
});
after(() => peer.stop());

test('every operation that opens something has a case', () => {
  assert.deepEqual(new Set(tests.map((each) => each.op)), new Set(Object.keys(answers)));
});

for (const { name, op, args, result } of tests) {
  test(`${name}: ${op}`, async () => {
    const given = Object.fromEntries(Object.entries(args).map(([key, value]) => [key, bytesOf(value)]));
    assert.deepEqual(await answers[op](given), result, 'this side');
    assert.deepEqual(await peer.call(op, given), result, 'the Rust side');
  });
}
