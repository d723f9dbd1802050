// seal, wrap, signatures and derivation, each made by one side and opened by the other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Malformed, encode } from './lib/cbor.mjs';
import { kemPublicKey, unwrap, wrap } from './lib/hpke.mjs';
import { Refused, startPeer, unhex } from './lib/peer.mjs';
import { VerifyError, sign, signingKey, verify } from './lib/sign.mjs';
import { OpenError, derive, kemKeyHash, open, random, seal } from './lib/suite.mjs';
import { PatientWrapContext, Sealed, Signed, Wrap } from './lib/wire.mjs';
import { Freshness } from './lib/wire-directory.mjs';

let peer;
before(() => {
  peer = startPeer();
});
after(() => peer.stop());

const context = PatientWrapContext.to({ practice: random(16), appointment: random(16), version: 1 });
const elsewhere = PatientWrapContext.to({ practice: random(16), appointment: random(16), version: 1 });
const flip = (bytes, at) => bytes.map((b, i) => (i === at ? b ^ 1 : b));

test('derive agrees', async () => {
  const ikm = random(32);
  const info = encode([1, 'cap', random(16)]);
  const { key } = await peer.call('derive', { ikm, info });
  assert.deepEqual(unhex(key), derive(ikm, 'cap', unhex(Buffer.from(info).toString('hex').slice(-32))));
});

test('seal: both ways, at the edges of the padding', async () => {
  const key = random(32);
  for (const length of [0, 1, 255, 256, 511, 1023, 1024, 4000]) {
    const plaintext = random(length);
    const ours = seal(key, 'vault', context, plaintext);
    const args = { key, namespace: 'vault', context: encode(context) };
    const opened = await peer.call('open', { ...args, sealed: Sealed.encode(ours) });
    assert.deepEqual(unhex(opened.plaintext), plaintext);
    const theirs = Sealed.decode(unhex((await peer.call('seal', { ...args, plaintext })).sealed));
    assert.deepEqual(open(key, 'vault', context, theirs), plaintext);
    assert.equal(theirs.ciphertext.length, ours.ciphertext.length);
  }
});

test('seal: another key, namespace, context or byte opens on neither side', async () => {
  const key = random(32);
  const sealed = seal(key, 'vault', context, random(40));
  const good = { key, namespace: 'vault', context: encode(context), sealed: Sealed.encode(sealed) };
  await peer.call('open', good);
  const bad = [
    { key: random(32) },
    { namespace: 'cache' },
    { context: encode(elsewhere) },
    { sealed: Sealed.encode({ ...sealed, salt: flip(sealed.salt, 0) }) },
    { sealed: Sealed.encode({ ...sealed, commit: flip(sealed.commit, 31) }) },
    { sealed: Sealed.encode({ ...sealed, ciphertext: flip(sealed.ciphertext, 7) }) },
    { sealed: Sealed.encode({ ...sealed, namespace: 'cache' }) },
  ];
  for (const change of bad) {
    const all = { ...good, ...change };
    await assert.rejects(peer.call('open', all), Refused);
    const at = change.context ? elsewhere : context;
    assert.throws(() => open(all.key, all.namespace, at, Sealed.decode(all.sealed)), OpenError);
  }
});

test('only the deterministic encoding of the whole value is taken, on both sides', async () => {
  const key = random(32);
  const good = Sealed.encode(seal(key, 'vault', context, random(40)));
  const args = { key, namespace: 'vault', context: encode(context) };
  await peer.call('open', { ...args, sealed: good });
  const bytes = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
  // good is 85 (array of 5), 01 (suite), then the rest.
  assert.deepEqual([...good.slice(0, 2)], [0x85, 0x01]);
  const rest = good.slice(2);
  for (const bad of [
    bytes(good, [0x00]),
    good.slice(0, -1),
    bytes([0x86, 0x01], rest, [0xf6]),
    bytes([0x9f, 0x01], rest, [0xff]),
    bytes([0x98, 0x05, 0x01], rest),
    bytes([0x85, 0x18, 0x01], rest),
    bytes([0x85, 0x02], rest),
    bytes([0x85, 0xf6], rest),
    bytes([0xc1, 0x85, 0x01], rest),
  ]) {
    await assert.rejects(peer.call('open', { ...args, sealed: bad }), Refused, Buffer.from(bad.slice(0, 4)).toString('hex'));
    assert.throws(() => Sealed.decode(bad), Malformed);
  }
});

test('wrap: both ways; another seed, context or encapsulation opens on neither side', async () => {
  const [seed, secret] = [random(32), random(32)];
  const publicKey = kemPublicKey(seed);
  const theirKey = await peer.call('kem_public', { seed });
  assert.deepEqual(unhex(theirKey.public), publicKey);
  assert.deepEqual(unhex(theirKey.hash), kemKeyHash(publicKey));
  const args = { namespace: 'wrap-patient', context: encode(context) };
  const ours = wrap(publicKey, 'wrap-patient', context, secret);
  const good = { ...args, seed, wrap: Wrap.encode(ours) };
  assert.deepEqual(unhex((await peer.call('unwrap', good)).secret), secret);
  const theirs = Wrap.decode(unhex((await peer.call('wrap', { ...args, public: publicKey, secret })).wrap));
  assert.deepEqual(unwrap(seed, 'wrap-patient', context, theirs), secret);
  const bad = [
    { seed: random(32) },
    { context: encode(elsewhere) },
    { namespace: 'wrap-scope' },
    { wrap: Wrap.encode({ ...ours, enc: flip(ours.enc, 3) }) },
    { wrap: Wrap.encode({ ...ours, enc: flip(ours.enc, 1100) }) },
    { wrap: Wrap.encode({ ...ours, enc: ours.enc.slice(1) }) },
  ];
  for (const change of bad) {
    const all = { ...good, ...change };
    await assert.rejects(peer.call('unwrap', all), Refused);
    const at = change.context ? elsewhere : context;
    assert.throws(() => unwrap(all.seed, all.namespace, at, Wrap.decode(all.wrap)), OpenError);
  }
});

const statement = () => Freshness.encode({ suite: 1, practice: random(16), manifest: random(32), catalog: random(32), at: 1 });

test('signatures: both ways, and both halves count', async () => {
  const seeds = { ed25519: random(32), ml_dsa: random(32) };
  const key = signingKey(seeds.ed25519, seeds.ml_dsa);
  const body = statement();
  const ours = sign('freshness', body, key);
  const good = { namespace: 'freshness', keys: [key.publicKey], threshold: 1, signed: Signed.encode(ours) };
  await peer.call('verify_freshness', good);
  const answer = await peer.call('sign', { ...seeds, namespace: 'freshness', body });
  assert.deepEqual(unhex(answer.public), key.publicKey);
  assert.deepEqual(unhex(answer.hash), key.keyHash);
  assert.deepEqual(verify(Signed.decode(unhex(answer.signed)), 'freshness', [key.publicKey]), body);
  const [{ signer, signature }] = ours.signatures;
  const other = signingKey(random(32), random(32));
  const bad = [
    { namespace: 'grant' },
    { keys: [other.publicKey] },
    { threshold: 2 },
    { signed: Signed.encode(sign('freshness', body, key, signingKey(random(32), random(32)))) },
    { threshold: 2, signed: Signed.encode({ ...ours, signatures: [ours.signatures[0], ours.signatures[0]] }) },
    { signed: Signed.encode({ ...ours, body: statement() }) },
    { signed: Signed.encode({ ...ours, signatures: [{ signer, signature: flip(signature, 0) }] }) },
    { signed: Signed.encode({ ...ours, signatures: [{ signer, signature: flip(signature, 64) }] }) },
    { signed: Signed.encode({ ...ours, signatures: [{ signer, signature: signature.slice(1) }] }) },
    { signed: Signed.encode({ ...ours, signatures: [] }) },
  ];
  for (const change of bad) {
    const all = { ...good, ...change };
    await assert.rejects(peer.call('verify_freshness', all), Refused, Object.keys(change).join());
    assert.throws(() => verify(Signed.decode(all.signed), all.namespace, all.keys, all.threshold), VerifyError);
  }
});

test('signatures: two of two admins', async () => {
  const keys = [signingKey(random(32), random(32)), signingKey(random(32), random(32))];
  const signed = sign('freshness', statement(), ...keys);
  const args = { namespace: 'freshness', keys: keys.map((k) => k.publicKey), threshold: 2 };
  await peer.call('verify_freshness', { ...args, signed: Signed.encode(signed) });
  verify(signed, 'freshness', args.keys, 2);
});
