// A practice founded by the second implementation: every signed and sealed object of PROTOCOL sections 3 and 5.
import { kemPublicKey, wrap } from './hpke.mjs';
import { fingerprint, practiceOf } from './directory.mjs';
import { prfKey, staffKeys } from './patient.mjs';
import { sealRealmShare } from './realm.mjs';
import { sign, signingKey } from './sign.mjs';
import { SUITE, derive, hash, kemKeyHash, random, seal } from './suite.mjs';
import * as voprf from './voprf.mjs';
import {
  Catalog,
  Deployment,
  Directory,
  Freshness,
  Grant,
  GrantContext,
  Manifest,
  RootStatement,
  StaffContext,
  StaffKeys,
} from './wire-directory.mjs';

const ZEROS = new Uint8Array(32);

/** Composite recovery key of a kit's seed. */
export const recoveryKey = (seed) => signingKey(derive(seed, 'recovery-ed25519'), derive(seed, 'recovery-ml-dsa'));

/** A catalog with one resource and one service. */
function catalogOf(practice) {
  const resource = { id: random(16), name: 'Dr. Beispiel', hours: [{ weekday: 1, from: 480, to: 1020 }] };
  const service = { id: random(16), name: 'Sprechstunde', description: 'Für alle Anliegen.', minutes: 20, resources: [resource.id] };
  return {
    suite: SUITE,
    practice,
    number: 1,
    name: 'Praxis am Park',
    contact: 'Parkstraße 1',
    timeZone: 'Europe/Berlin',
    language: 'de',
    resources: [resource],
    services: [service],
  };
}

/** Founds a practice at `now` with one realm of this public key and origin; `prf` is the passkey's PRF output. */
export function found({ now, realmKey, origin, prf, credentialId }) {
  const rootSeeds = random(64);
  const root = signingKey(rootSeeds.slice(0, 32), rootSeeds.slice(32));
  const recoverySeed = random(32);
  const seeds = random(96);
  const staffMember = staffKeys(seeds);
  const [staff, credential, scope, epochSeed] = [random(16), hash(credentialId), random(16), random(32)];
  const genesis = sign(
    'root',
    RootStatement.encode({
      suite: SUITE,
      number: 0,
      previous: ZEROS,
      nonce: random(16),
      rootKey: root.publicKey,
      recoveryKey: recoveryKey(recoverySeed).publicKey,
      adminKeys: [staffMember.signing.publicKey],
      adminThreshold: 1,
      issued: now,
    }),
    root,
  );
  const print = fingerprint(genesis);
  const practice = practiceOf(print);
  const locatorKey = voprf.generate();
  const deployment = Deployment.encode({
    suite: SUITE,
    practice,
    number: 1,
    rootNumber: 0,
    threshold: 1,
    realms: [{ index: 1, origin, kemKey: realmKey, locatorShare: voprf.publicOf(locatorKey) }],
    locator: voprf.publicOf(locatorKey),
    pinFloor: 1,
    issued: now,
  });
  const catalog = catalogOf(practice);
  const manifest = {
    suite: SUITE,
    practice,
    number: 1,
    previous: ZEROS,
    rootNumber: 0,
    deployment: hash(deployment),
    issued: now,
    credentials: [
      { staff, credential, signingKey: staffMember.signing.publicKey, kemKey: staffMember.kemKey, rights: 31, scopes: [scope] },
    ],
    scopes: [{ id: scope, epoch: 1, kemKey: kemPublicKey(epochSeed), resources: catalog.resources.map((r) => r.id) }],
    bundle: ZEROS,
  };
  const bodies = { manifest: Manifest.encode(manifest), catalog: Catalog.encode(catalog) };
  const freshness = { suite: SUITE, practice, manifest: hash(bodies.manifest), catalog: hash(bodies.catalog), at: now };
  const recipient = kemKeyHash(staffMember.kemKey);
  const grantContext = GrantContext.to({ practice, scope, epoch: 1, recipient });
  const grant = {
    suite: SUITE,
    practice,
    scope,
    epoch: 1,
    recipient,
    manifest: 1,
    wrap: wrap(staffMember.kemKey, 'grant', grantContext, epochSeed),
  };
  const context = StaffContext.to({ practice, staff, credential });
  const sealingKey = prfKey(prf, practice, credential);
  const by = (namespace, body) => sign(namespace, body, staffMember.signing);
  return {
    fingerprint: print,
    practice,
    staffMember,
    epochSeed,
    manifest,
    catalog,
    scope: { scope, epoch: 1, kemKey: manifest.scopes[0].kemKey },
    directory: Directory.encode({
      roots: [genesis],
      deployment: sign('deployment', deployment, root),
      manifest: by('manifest', bodies.manifest),
      catalog: by('catalog', bodies.catalog),
      freshness: by('freshness', Freshness.encode(freshness)),
    }),
    staffKeys: StaffKeys.encode({
      staff,
      credential,
      staffKey: seal(sealingKey, 'staff-key', context, seeds),
      rootSeed: seal(sealingKey, 'root-seed', context, rootSeeds),
      grants: [by('grant', Grant.encode(grant))],
    }),
    realmShare: sealRealmShare(realmKey, practice, { locator: locatorKey, decoy: random(32) }),
  };
}
