// Sealed realm messages and the founder's locator share, with each side once as client and once as realm.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { encode } from './lib/cbor.mjs';
import { kemPublicKey } from './lib/hpke.mjs';
import { Refused, startPeer, unhex } from './lib/peer.mjs';
import { openRealmShare, openRequest, sealRealmShare, sealRequest } from './lib/realm.mjs';
import { sign, signingKey } from './lib/sign.mjs';
import { OpenError, random } from './lib/suite.mjs';
import { PutStatement, RealmReply, RealmRequest, SealedRequest } from './lib/wire-realm.mjs';

let peer;
before(() => {
  peer = startPeer();
});
after(() => peer.stop());

const work = () => ({ expires: 1_800_000_000, mac: random(32), nonces: [0, 23, 24, 4_294_967_296, 2n ** 64n - 1n], salt: random(32) });
const key = signingKey(random(32), random(32));
const put = {
  descriptor: random(200),
  keyHash: random(32),
  oprfShare: random(32),
  unlockKey: random(32),
  maskedShare: random(32),
};
const located = () => ({
  blind: random(32),
  answers: [1, 3].map((index) => ({ index, element: random(32), proof: random(64) })),
});
const joined = () => ({
  roots: [sign('root', random(50), key)],
  deployment: sign('deployment', random(50), key),
  share: random(2400),
});
const putStatement = () =>
  PutStatement.encode({ practice: random(16), patient: random(16), old: random(16), descriptor: random(32), nonce: random(16) });

/** One of every operation, and each way an optional field can be there or not. */
const operations = () => {
  const patient = random(16);
  const evaluate = { patient, registration: random(16), blinded: random(32) };
  const ticket = { is: 'Ticket', of: [random(32)] };
  const byKey = { is: 'PatientKey', of: [key.publicKey, sign('put', putStatement(), key)] };
  return [
    ['Locate', { blinded: random(32), work: work() }],
    ['Voucher', { patient, email: 'Änne@exämple.de', locale: 'de-CH', work: work(), located: located() }],
    ['Redeem', { patient, code: '012345' }],
    ['Begin', { patient }],
    ['Evaluate', { ...evaluate, device: undefined, ticket: undefined }],
    ['Evaluate', { ...evaluate, device: random(32), ticket: undefined }],
    ['Evaluate', { ...evaluate, device: undefined, ticket: random(32) }],
    ['Evaluate', { ...evaluate, device: random(32), ticket: random(32) }],
    ['Confirm', { patient, handles: [random(32), random(32), random(32), random(32)], mac: random(32), mode: 1 }],
    ['Confirm', { patient, handles: [random(32)], mac: random(32), mode: 2 }],
    ['Put', { ...put, authorization: ticket }],
    ['Put', { ...put, authorization: byKey }],
    ['VaultPut', { patient, device: random(32), expected: new Uint8Array(32), vault: random(70_000) }],
    ['VaultGet', { patient, device: random(32) }],
    ['Join', { ...joined(), work: work(), code: 'Schlüssel', succession: undefined }],
    ['Witness', { patient, device: random(32), challenge: random(32), seen: [] }],
    ['Reshare', { roots: joined().roots, order: sign('resharing', random(50), key), work: work() }],
    ['Introduce', { key: key.publicKey, statement: sign('introduce', random(50), key) }],
    ['Ended', { roots: joined().roots, deployment: joined().deployment, manifest: sign('manifest', random(50), key), work: work() }],
  ].flatMap(([is, value]) =>
    [undefined, random(32)].map((deployment) => ({ practice: random(16), op: { is, of: [value] }, deployment })),
  );
};

const refusals = [
  { is: 'Locked', of: [3600] },
  { is: 'Locked', of: [2n ** 64n - 1n] },
  ...['Wrong', 'Voucher', 'Unauthorized', 'Conflict', 'Work', 'Invalid'].map((is) => ({ is })),
  { is: 'Busy', of: [0] },
];
const confirmed = { keyHash: random(32), vaultHead: random(32), device: random(32), failedAttempts: 7 };
const small = [
  ...refusals.map((r) => ({ is: 'Refused', of: [r] })),
  { is: 'Evaluated', of: [{ element: random(32), proof: random(64), handle: random(32) }] },
  { is: 'VoucherAccepted' },
  { is: 'Redeemed', of: [{ ticket: random(32), registered: true }] },
  { is: 'Redeemed', of: [{ ticket: random(32), registered: false }] },
  { is: 'Begun', of: [{ active: random(250), pending: undefined }] },
  { is: 'Begun', of: [{ active: random(250), pending: random(250) }] },
  { is: 'Confirmed', of: [{ ...confirmed, vault: random(0), maskedShare: random(32) }] },
  { is: 'Confirmed', of: [{ ...confirmed, vault: random(300), maskedShare: undefined }] },
  { is: 'Stored' },
  { is: 'Vault', of: [random(0)] },
];
const large = [{ is: 'Vault', of: [random(5000)] }];

test('our client, their realm: every operation and every answer', async () => {
  const secret = random(32);
  const { public: realmKey } = await peer.call('realm_public', { secret });
  const answers = [...small, ...large];
  const requests = operations();
  const sizes = new Set();
  for (let i = 0; i < Math.max(answers.length, requests.length); i += 1) {
    const request = requests[i % requests.length];
    const sent = sealRequest(unhex(realmKey), request);
    const opened = await peer.call('realm_open', { secret, body: sent.bytes });
    assert.deepEqual(RealmRequest.decode(unhex(opened.request)), request);
    const answer = { of: [], ...answers[i % answers.length] };
    const { body } = await peer.call('realm_reply', { id: opened.id, reply: RealmReply.encode(answer) });
    assert.deepEqual(RealmReply.encode(sent.open(unhex(body))), RealmReply.encode(answer));
    if (small.includes(answers[i % answers.length])) sizes.add(unhex(body).length);
  }
  assert.equal(sizes.size, 1, 'small answers all have one size');
});

test('their client, our realm: every operation and every answer', async () => {
  const seed = random(32);
  const realmKey = kemPublicKey(seed);
  const answers = [...small, ...large];
  const requests = operations();
  for (let i = 0; i < Math.max(answers.length, requests.length); i += 1) {
    const request = requests[i % requests.length];
    const sent = await peer.call('realm_seal', { public: realmKey, request: RealmRequest.encode(request) });
    const opened = openRequest(seed, realmKey, unhex(sent.body));
    assert.deepEqual(opened.request, request);
    const answer = answers[i % answers.length];
    const { reply } = await peer.call('realm_open_reply', { id: sent.id, body: opened.seal(answer) });
    assert.deepEqual(unhex(reply), RealmReply.encode(answer));
  }
});

test('absent optional fields at the end are left out, never written as null', async () => {
  const { public: realm } = await peer.call('realm_public', { secret: random(32) });
  const evaluate = { patient: random(16), registration: random(16), blinded: random(32) };
  const asked = (more) => ({ practice: random(16), op: { is: 'Evaluate', of: [{ ...evaluate, device: undefined, ticket: undefined, ...more }] } });
  const tree = (more) => RealmRequest.to(asked(more));
  assert.equal(tree({})[1][1][0].length, 3);
  assert.equal(tree({ ticket: random(32) })[1][1][0][3], null);
  const longer = tree({});
  longer[1][1][0].push(null);
  await assert.rejects(peer.call('realm_seal', { public: unhex(realm), request: encode(longer) }), Refused);
  await peer.call('realm_seal', { public: unhex(realm), request: encode(tree({})) });
});

test('a request to another realm and an answer to another request are refused', async () => {
  const secret = random(32);
  const { public: realmKey } = await peer.call('realm_public', { secret });
  const begin = { practice: random(16), op: { is: 'Begin', of: [{ patient: random(16) }] } };
  const [one, two] = [sealRequest(unhex(realmKey), begin), sealRequest(unhex(realmKey), begin)];
  await assert.rejects(peer.call('realm_open', { secret: random(32), body: one.bytes }), Refused);
  const mixed = { ...SealedRequest.decode(one.bytes), enc: SealedRequest.decode(two.bytes).enc };
  await assert.rejects(peer.call('realm_open', { secret, body: SealedRequest.encode(mixed) }), Refused);
  const { id } = await peer.call('realm_open', { secret, body: one.bytes });
  const { body } = await peer.call('realm_reply', { id, reply: RealmReply.encode({ is: 'Stored' }) });
  assert.equal(one.open(unhex(body)).is, 'Stored');
  assert.throws(() => two.open(unhex(body)), OpenError);
});

test('what a founder hands to a realm: both ways, bound to realm and practice', async () => {
  const [secret, seed, practice] = [random(32), random(32), random(16)];
  const share = { locator: random(32), decoy: random(32) };
  const theirKey = unhex((await peer.call('realm_public', { secret })).public);
  const ours = sealRealmShare(theirKey, practice, share);
  const opened = await peer.call('realm_share_open', { secret, practice, body: ours });
  assert.deepEqual({ locator: unhex(opened.locator), decoy: unhex(opened.decoy) }, share);
  await assert.rejects(peer.call('realm_share_open', { secret, practice: random(16), body: ours }), Refused);
  const ourKey = kemPublicKey(seed);
  const theirs = await peer.call('realm_share_seal', { public: ourKey, practice, ...share });
  assert.deepEqual(openRealmShare(seed, ourKey, practice, unhex(theirs.body)), share);
  assert.throws(() => openRealmShare(seed, ourKey, random(16), unhex(theirs.body)), OpenError);
});
