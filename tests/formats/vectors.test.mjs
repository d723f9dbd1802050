// The vectors that the Rust side wrote down, opened by this side, and made again from the same randomness byte for byte.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { decode, encode } from './lib/cbor.mjs';
import { fingerprint, verifyDirectory } from './lib/directory.mjs';
import { recoveryKey } from './lib/found.mjs';
import { kemPublicKey, receiver, unwrap, wrap } from './lib/hpke.mjs';
import { cacheKey, capability, patientKeys, prfInput, prfKey, staffKeys } from './lib/patient.mjs';
import { unhex } from './lib/peer.mjs';
import * as offline from './lib/offline.mjs';
import * as pin from './lib/pin.mjs';
import * as platform from './lib/platform.mjs';
import * as reshare from './lib/reshare.mjs';
import { openRealmShare, openRequest, sealRealmShare, sealRequest } from './lib/realm.mjs';
import { line } from './lib/shamir.mjs';
import { message, sign, signingKey, verify } from './lib/sign.mjs';
import { derive, hash, hashCbor, kemKeyHash, open, seal, signingKeyHash } from './lib/suite.mjs';
import * as voprf from './lib/voprf.mjs';
import { Sealed, Signed, Wrap } from './lib/wire.mjs';
import { Catalog, Directory } from './lib/wire-directory.mjs';
import {
  Checkpoint,
  Descriptor,
  IntroduceStatement,
  Introduction,
  PutStatement,
  RealmReply,
  RealmRequest,
  Resharing,
} from './lib/wire-realm.mjs';

const folder = new URL('../../edge-crypto/vectors/', import.meta.url);

/** A case with every hex field as bytes: what is text in the format stays text. */
const bytesOf = (value, texts) =>
  Object.fromEntries(
    Object.entries(value).map(([key, v]) => {
      if (Array.isArray(v)) return [key, v.map((each) => bytesOf({ each }, texts).each)];
      if (v !== null && typeof v === 'object') return [key, bytesOf(v, texts)];
      return [key, typeof v === 'string' && !texts.includes(key) ? unhex(v) : v];
    }),
  );

const KINDS = ['practitioner', 'room', 'device', 'group'];

/** A decoded structure as the server prints it: snake case, null for what is absent, kinds by name. */
const plain = (value) => {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  const snake = (key) => key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
  const row = ([key, v]) => [snake(key), key === 'kind' ? KINDS[v - 1] : v === undefined ? null : plain(v)];
  return Object.fromEntries(Object.entries(value).map(row));
};

const checks = {
  seal(c) {
    const context = decode(c.context);
    assert.deepEqual(c.info, encode([1, c.namespace, hash(c.context)]));
    assert.deepEqual(open(c.key, c.namespace, context, Sealed.decode(c.sealed)), c.plaintext);
    const again = seal(c.key, c.namespace, context, c.plaintext, { floor: c.floor, salt: c.salt });
    assert.deepEqual(Sealed.encode(again), c.sealed);
  },
  wrap(c) {
    const context = decode(c.context);
    assert.deepEqual(kemPublicKey(c.seed), c.public_key);
    assert.deepEqual(kemKeyHash(c.public_key), c.key_hash);
    const received = Wrap.decode(c.wrap);
    const exporter = receiver(c.seed, received.enc, [1, c.namespace, context]);
    assert.deepEqual(exporter(c.exporter_context, 32), c.exported);
    assert.deepEqual(c.exporter_context, encode([1, c.namespace, 'key']));
    assert.deepEqual(unwrap(c.seed, c.namespace, context, received), c.secret);
    assert.deepEqual(Wrap.encode(wrap(c.public_key, c.namespace, context, c.secret, c.randomness)), c.wrap);
  },
  signed(c) {
    const keys = c.signers.map((s) => signingKey(s.ed25519_seed, s.ml_dsa_seed));
    c.signers.forEach((s, i) => {
      assert.deepEqual(keys[i].publicKey, s.public_key);
      assert.deepEqual(keys[i].keyHash, s.key_hash);
      assert.deepEqual(message(c.namespace, s.key_hash, c.body), s.message);
    });
    const publicKeys = keys.map((k) => k.publicKey);
    assert.deepEqual(verify(Signed.decode(c.signed), c.namespace, publicKeys, keys.length), c.body);
    assert.deepEqual(Signed.encode(sign(c.namespace, c.body, ...keys)), c.signed);
  },
  keys(c) {
    const patient = patientKeys(c.root);
    assert.deepEqual(patient.kemSeed, c.patient_kem_seed);
    assert.deepEqual(kemKeyHash(patient.kemKey), c.patient_kem_key_hash);
    assert.deepEqual(derive(c.root, 'patient-ed25519'), c.patient_ed25519_seed);
    assert.deepEqual(derive(c.root, 'patient-ml-dsa'), c.patient_ml_dsa_seed);
    assert.deepEqual(patient.signing.keyHash, c.patient_signing_key_hash);
    assert.deepEqual(patient.vaultKey, c.vault_key);
    assert.deepEqual(capability(c.root, c.appointment), { capability: c.capability, hash: c.capability_hash });
    const staff = staffKeys(c.staff_seeds);
    assert.deepEqual(kemKeyHash(staff.kemKey), c.staff_kem_key_hash);
    assert.deepEqual(signingKeyHash(staff.signing.publicKey), c.staff_signing_key_hash);
    assert.deepEqual(kemKeyHash(kemPublicKey(c.epoch_seed)), c.epoch_kem_key_hash);
    assert.deepEqual(cacheKey(c.epoch_seed), c.epoch_cache_key);
    assert.deepEqual(prfInput(c.practice), c.prf_salt);
    assert.deepEqual(prfKey(c.prf_output, c.practice, c.credential), c.prf_key);
    assert.deepEqual(recoveryKey(c.recovery_secret).keyHash, c.recovery_signing_key_hash);
  },
  realm(c) {
    const seed = platform.realmSeed(c.platform_secret);
    assert.deepEqual(kemPublicKey(seed), c.realm_key);
    assert.deepEqual(kemKeyHash(c.realm_key), c.realm_key_hash);
    const sent = sealRequest(c.realm_key, RealmRequest.decode(c.request), c.request_randomness);
    assert.deepEqual(sent.bytes, c.body);
    const opened = openRequest(seed, c.realm_key, c.body);
    assert.deepEqual(RealmRequest.encode(opened.request), c.request);
    assert.deepEqual(opened.seal(RealmReply.decode(c.reply), c.reply_randomness), c.answer);
    assert.deepEqual(RealmReply.encode(sent.open(c.answer)), c.reply);
    const share = { locator: c.locator_share, decoy: c.decoy_secret };
    assert.deepEqual(sealRealmShare(c.realm_key, c.practice, share, c.share_randomness), c.realm_share);
    assert.deepEqual(openRealmShare(seed, c.realm_key, c.practice, c.realm_share), share);
  },
  messages(c) {
    checks.realm(c);
    const { op } = RealmRequest.decode(c.request);
    const { is, of } = op;
    /** A signed body is of this structure, and by the key that stands beside it. */
    const body = (type, signed, namespace, key) => {
      const bytes = key ? verify(signed, namespace, [key]) : signed.body;
      const value = type.decode(bytes);
      assert.deepEqual(type.encode(value), bytes);
      return value;
    };
    const introduction = ({ key, statement }) => body(Introduction, statement, 'introduction', key);
    if (is === 'Reshare') assert.equal(body(Resharing, of[0].order).threshold, 2);
    if (is === 'Join') assert.equal(body(Resharing, of[0].succession.order).realms.length, 2);
    if (is === 'Introduce') {
      const asked = body(IntroduceStatement, of[0].statement, 'introduce', of[0].key);
      const answered = introduction(RealmReply.decode(c.reply).of[0]);
      assert.deepEqual([answered.patient, answered.keyHash], [asked.patient, signingKeyHash(of[0].key)]);
    }
    if (is === 'Put') {
      const [key, statement, introduced] = of[0].authorization.of;
      const { patient } = body(PutStatement, statement, 'put', key);
      assert.deepEqual(introduced.map(introduction).map((each) => [each.patient, each.keyHash]), [[patient, of[0].keyHash]]);
    }
    if (is === 'Witness') {
      const said = ({ key, checkpoint }) => {
        const value = body(Checkpoint, checkpoint, 'witness', key);
        assert.deepEqual(value.realm, signingKeyHash(key));
        return value;
      };
      const [{ witnessed, earlier }] = of[0].seen;
      const [later, before] = [said(witnessed), said(earlier.witnessed)];
      assert.deepEqual(later.challenge, reshare.challenge(earlier.salt, earlier.witnessed));
      assert.ok(later.number < before.number, 'set back');
    }
  },
  reshare(c) {
    const root = signingKey(c.root_ed25519_seed, c.root_ml_dsa_seed);
    const order = verify(Signed.decode(c.order), 'resharing', [root.publicKey]);
    const realms = c.takers.map((t) => t.realm_key);
    assert.deepEqual(Resharing.encode({ suite: 1, practice: c.practice, from: c.from, threshold: c.threshold, realms }), order);
    assert.deepEqual(Signed.encode(sign('resharing', order, root)), c.order);
    assert.deepEqual(hash(order), c.order_hash);
    const { practice, threshold, order_hash, decoy_secret: decoy } = c;
    c.dealers.forEach((d) => {
      assert.deepEqual(voprf.publicOf(d.share), c.old_publics[d.index - 1]);
      const plan = { practice, order: order_hash, index: d.index, threshold, count: c.takers.length };
      const dealt = reshare.deal(d.platform_secret, d.share, plan);
      assert.deepEqual(dealt.commitments, d.commitments);
      const length = d.randomness.length / c.takers.length;
      c.takers.forEach((taker, n) => {
        const part = { practice, order: order_hash, dealer: d.index, index: n + 1 };
        const secrets = { locator: dealt.parts[n], decoy };
        const randomness = d.randomness.slice(n * length, (n + 1) * length);
        assert.deepEqual(reshare.sealPart(taker.realm_key, part, secrets, randomness), d.parts[n]);
        assert.deepEqual(reshare.openPart(platform.realmSeed(taker.platform_secret), taker.realm_key, part, d.parts[n]), secrets);
      });
    });
    const dealings = c.dealers.map((d) => [d.index, d.commitments]);
    assert.deepEqual(voprf.interpolate(c.dealers.map((d) => [d.index, c.old_publics[d.index - 1]])), c.locator);
    c.takers.forEach((taker, n) => {
      const seed = platform.realmSeed(taker.platform_secret);
      const parts = c.dealers.map((d) => {
        const part = { practice, order: order_hash, dealer: d.index, index: n + 1 };
        return [d.index, reshare.openPart(seed, taker.realm_key, part, d.parts[n]).locator];
      });
      assert.deepEqual(voprf.combineScalars(parts), taker.share);
      assert.deepEqual(voprf.publicOf(taker.share), taker.public);
      assert.deepEqual(reshare.newPublic(dealings, n + 1), taker.public);
      const signing = platform.realmSigning(taker.platform_secret).keyHash;
      assert.deepEqual(signing, taker.signing_key_hash);
      assert.deepEqual(reshare.realmFingerprint(taker.realm_key, signing), taker.fingerprint);
    });
    assert.deepEqual(voprf.interpolate(c.takers.slice(-threshold).map((t) => [c.takers.indexOf(t) + 1, t.public])), c.locator);
  },
  platform(c) {
    const context = decode(c.context);
    const again = platform.sealStored(c.platform_secret, c.label, context, c.plaintext, c.salt);
    assert.deepEqual(Sealed.encode(again), c.sealed);
    assert.deepEqual(platform.openStored(c.platform_secret, c.label, context, Sealed.decode(c.sealed)), c.plaintext);
    assert.deepEqual(platform.mac(c.platform_secret, c.label, context), c.mac);
    assert.deepEqual(platform.decoy(c.platform_secret, c.label, context), c.decoy);
  },
  directory(c) {
    assert.deepEqual(hashCbor(['vestibule', 1, 'genesis', c.genesis]), c.genesis_hash);
    const served = Directory.decode(c.directory);
    assert.deepEqual(fingerprint(served.roots[0]), c.fingerprint);
    const checked = verifyDirectory(c.directory, c.fingerprint);
    assert.deepEqual(checked.practice, c.practice);
    assert.deepEqual(hash(served.deployment.body), c.deployment_hash);
    assert.deepEqual(checked.manifestHash, c.manifest_hash);
    assert.deepEqual(hash(served.catalog.body), c.catalog_hash);
  },
  catalog(c) {
    const catalog = Catalog.decode(c.catalog);
    assert.deepEqual(Catalog.encode(catalog), c.catalog);
    assert.deepEqual(hashCbor(['vestibule', 1, 'class-code', catalog.practice, c.code]), c.code_hash);
    // The JSON form has the same fields under the same names, in snake case; ids are text there.
    const json = JSON.parse(c.json);
    assert.deepEqual(plain(catalog.resources.map((r) => r.schedule ?? null)), json.resources.map((r) => r.schedule));
    const { classes = [], ...rules } = plain(catalog.rules) ?? {};
    const { classes: served = [], ...served_rules } = json.rules ?? {};
    assert.deepEqual(rules, served_rules);
    const figures = ({ id, minutes, notice, horizon, per_day, per_week }) => [id, minutes, notice, horizon, per_day, per_week];
    assert.deepEqual(classes.map(figures), served.map(figures));
    assert.deepEqual(catalog.services.map((s) => s.classes ?? null), json.services.map((s) => s.classes));
  },
  async locator(c) {
    assert.equal(pin.normaliseEmail(c.typed), c.normalised);
    assert.deepEqual(await pin.locatorInput(c.typed, c.practice), c.input);
    assert.deepEqual(voprf.evaluateDirect(c.key, c.input), c.output);
    assert.deepEqual(pin.patientId(c.output), c.patient);
  },
  async pin(c) {
    assert.deepEqual(await pin.pinInput(c.pin, Descriptor.decode(c.descriptor)), c.x);
  },
  shamir(c) {
    assert.deepEqual(line([0, c.root], [1, c.a], 2), c.b);
    assert.deepEqual(line([0, c.root], [1, c.a], 3), c.c);
    assert.deepEqual(line([1, c.a], [2, c.b], 0), c.root);
    assert.deepEqual(line([1, c.a], [3, c.c], 0), c.root);
    assert.deepEqual(pin.xor(c.b, c.mask), c.masked);
  },
  registration(c) {
    const descriptor = Descriptor.decode(c.descriptor);
    const digest = hash(c.descriptor);
    assert.deepEqual(descriptor.realms, c.realms.map(kemKeyHash));
    assert.deepEqual([descriptor.practice, descriptor.patient, descriptor.threshold], [c.practice, c.patient, c.threshold]);
    const [key, ...rest] = Array.from({ length: c.threshold }, (_, i) => voprf.scalarOf(c.randomness.slice(64 * i, 64 * i + 64)));
    const after = 64 * (rest.length + 1);
    assert.deepEqual(descriptor.registration, c.randomness.slice(after, after + 16));
    assert.deepEqual(descriptor.public, voprf.publicOf(key));
    assert.deepEqual(descriptor.shares, c.parts.map((part) => voprf.publicOf(part.oprf_share)));
    assert.deepEqual(patientKeys(c.root).signing.keyHash, c.key_hash);
    assert.deepEqual(voprf.evaluateDirect(key, c.hashed), c.output);
    const state = voprf.blindWith(voprf.scalarOf(c.randomness.slice(after + 16, after + 80)), c.hashed);
    assert.deepEqual(state.blinded, c.blinded);
    assert.deepEqual(c.answers.map((a) => a.index), c.asked);
    const answers = c.answers.map((a) => ({ ...a, share: descriptor.shares[a.index - 1] }));
    assert.deepEqual(voprf.finalize(c.hashed, state, answers), c.output);
    const made = pin.register(c.root, c.output, descriptor, c.parts.map((part) => part.index));
    assert.deepEqual(made.deviceShare, c.share_c);
    assert.deepEqual(pin.shareA(c.output, digest), c.share_a);
    c.parts.forEach((part, i) => {
      assert.deepEqual(made.realms[i].unlockKey, part.unlock_key);
      assert.deepEqual(made.realms[i].maskedShare, part.masked_share);
      assert.deepEqual(pin.confirmMac(part.unlock_key, part.index, c.handles, 1), part.confirm_new);
      assert.deepEqual(pin.confirmMac(part.unlock_key, part.index, c.handles, 2), part.confirm_known);
      assert.deepEqual(pin.recoverNewDevice(c.output, digest, part.index, part.masked_share), c.root);
    });
  },
  async offline(c) {
    const { practice, patient, registration } = c;
    const context = { practice, patient, registration };
    // This file's y comes from the input "x"; its descriptor is any bytes, of which only the hash counts.
    const y = voprf.evaluateDirect(c.key, new TextEncoder().encode('x'));
    const a = pin.shareA(y, hash(c.descriptor));
    assert.deepEqual(a, c.share_a);
    assert.deepEqual(line([0, c.root], [1, a], 3), c.share_c);
    const { keyHash } = patientKeys(c.root).signing;
    const salt = c.randomness.slice(0, 32);
    const share = await offline.sealShare(c.prf_output, c.pin, context, a, keyHash, salt);
    assert.deepEqual(Sealed.encode(share), c.share);
    assert.deepEqual(await offline.openShare(c.prf_output, c.pin, context, Sealed.decode(c.share)), { shareA: a, keyHash });
    const local = await offline.sealAppointments(c.passcode, context, c.appointments, c.randomness.slice(32));
    assert.deepEqual(local, c.local);
    assert.deepEqual(await offline.openAppointments(c.passcode, context, c.local), c.appointments);
  },
};

/** Fields that are text in the format, by file; all other strings are hex. */
const TEXTS = ['typed', 'normalised', 'pin', 'passcode', 'name', 'namespace', 'label', 'fingerprint_text', 'practice_text', 'json', 'code'];

const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

test('there are vectors, and each file has a reader here', () => {
  const unknown = files.map((name) => name.replace('.json', '')).filter((name) => !(name in checks));
  assert.deepEqual(unknown, []);
  assert.ok(files.length >= Object.keys(checks).length);
});

for (const [name, check] of Object.entries(checks)) {
  test(`vectors: ${name}`, async () => {
    const { source, tests } = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
    assert.ok(source && tests.length > 0, 'the file has cases');
    for (const each of tests) await check(bytesOf(each, TEXTS));
  });
}

