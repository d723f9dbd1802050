// The second implementation against itself and against published vectors, before it judges anybody else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Malformed, decode, encode } from './lib/cbor.mjs';
import { multiply } from './lib/shamir.mjs';
import { bucket, pad, unpad } from './lib/suite.mjs';
import { combine, deal, evaluateDirect, finalize, blind, evaluate, publicOf } from './lib/voprf.mjs';

const hex = (text) => new Uint8Array(Buffer.from(text, 'hex'));
const toHex = (bytes) => Buffer.from(bytes).toString('hex');

test('CBOR: RFC 8949 appendix A, and only the deterministic form', () => {
  for (const [value, wire] of [
    [0, '00'],
    [23, '17'],
    [24, '1818'],
    [1000, '1903e8'],
    [1000000000000n, '1b000000e8d4a51000'],
    [18446744073709551615n, '1bffffffffffffffff'],
    [hex('01020304'), '4401020304'],
    ['\u00fc', '62c3bc'],
    [[1, [2, 3], [4, 5]], '8301820203820405'],
    [null, 'f6'],
    [true, 'f5'],
  ]) {
    assert.equal(toHex(encode(value)), wire);
    assert.equal(toHex(encode(decode(hex(wire)))), wire);
  }
  for (const bad of ['1817', '190018', '9f01ff', '5f4101ff', '0000', '41', '62c328', 'a0', '20', 'f7']) {
    assert.throws(() => decode(hex(bad)), Malformed, bad);
  }
});

test('padding: buckets grow by at most 11.2 percent above 1 KiB, and unpad takes nothing else', () => {
  assert.deepEqual([1, 256, 257, 512, 513, 1024, 1025].map(bucket), [256, 256, 512, 512, 1024, 1024, 1120]);
  for (let n = 1024; n < 200_000; n += 997) assert.ok(bucket(bucket(n) + 1) <= bucket(n) * 1.112);
  for (const n of [0, 1, 255, 256, 1023, 1024, 5000]) {
    const plain = new Uint8Array(n).fill(7);
    assert.deepEqual(unpad(pad(plain)), plain);
  }
  assert.throws(() => unpad(new Uint8Array(256)));
  assert.throws(() => unpad(pad(new Uint8Array(3)).fill(1, 100, 101)));
  assert.throws(() => unpad(Uint8Array.of(0x80)));
});

test('GF(2^8): FIPS 197 section 4.2', () => {
  assert.equal(multiply(0x57, 0x83), 0xc1);
  assert.equal(multiply(0x57, 0x13), 0xfe);
});

test('VOPRF: RFC 9497 A.1.2 vector 1, and any t of n shares give the key’s output', () => {
  const key = hex('e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909');
  const input = hex('00');
  const output =
    'b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d' +
    'a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c';
  assert.equal(toHex(evaluateDirect(key, input)), output);
  for (const [t, n] of [[1, 1], [2, 2], [2, 3], [3, 5]]) {
    const shares = deal(key, t, n);
    const state = blind(input);
    for (const chosen of [shares.slice(0, t), shares.slice(n - t)]) {
      const answers = chosen.map((s) => ({ index: s.index, share: publicOf(s.scalar), ...evaluate(s.scalar, state.blinded) }));
      assert.equal(toHex(finalize(input, state, answers)), output);
      assert.equal(toHex(combine(answers.map((a) => [a.index, a.share]))), toHex(publicOf(key)));
    }
  }
});
