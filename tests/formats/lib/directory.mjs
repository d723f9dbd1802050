// The practice directory: fingerprint, founding and verification (PROTOCOL section 5).
import { kemPublicKey, unwrap } from './hpke.mjs';
import { DOMAIN, SUITE, hash, hashCbor, kemKeyHash, same } from './suite.mjs';
import { VerifyError, verify } from './sign.mjs';
import { Catalog, Deployment, Directory, Freshness, Grant, GrantContext, Manifest, RootStatement } from './wire-directory.mjs';

/** Fingerprint of a signed genesis. */
export const fingerprint = (genesis) => hashCbor([DOMAIN, SUITE, 'genesis', genesis.body]).slice(0, 20);
/** The practice that a fingerprint names. */
export const practiceOf = (print) => print.slice(0, 16);

const need = (condition, what) => {
  if (!condition) throw new VerifyError(what);
};

/** Verifies a directory of one root statement for a fingerprint; gives the bodies and their hashes. */
export function verifyDirectory(bytes, print) {
  const served = Directory.decode(bytes);
  const practice = practiceOf(print);
  need(served.roots.length === 1, 'one root statement');
  need(same(fingerprint(served.roots[0]), print), 'genesis');
  const root = RootStatement.decode(served.roots[0].body);
  need(root.number === 0 && same(root.previous, new Uint8Array(32)), 'genesis number');
  verify(served.roots[0], 'root', [root.rootKey]);
  const deployment = Deployment.decode(verify(served.deployment, 'deployment', [root.rootKey]));
  const manifest = Manifest.decode(verify(served.manifest, 'manifest', root.adminKeys, root.adminThreshold));
  const catalog = Catalog.decode(verify(served.catalog, 'catalog', root.adminKeys, root.adminThreshold));
  for (const of of [deployment, manifest, catalog]) need(same(of.practice, practice), 'practice');
  need(manifest.before === undefined && served.before === undefined, 'one deployment');
  need(same(manifest.deployment, hash(served.deployment.body)), 'deployment of the manifest');
  const staff = manifest.credentials.map((c) => c.signingKey);
  const freshness = Freshness.decode(verify(served.freshness, 'freshness', staff));
  need(same(freshness.practice, practice), 'practice');
  need(same(freshness.manifest, hash(served.manifest.body)), 'manifest of the timestamp');
  need(same(freshness.catalog, hash(served.catalog.body)), 'catalog of the timestamp');
  return { practice, root, deployment, manifest, catalog, freshness, manifestHash: hash(served.manifest.body) };
}

/** The epoch seed of a signed grant, checked against the manifest as R5.6 asks. */
export function openGrant(signed, manifest, staff) {
  const GRANT = 2;
  const granters = manifest.credentials.filter((c) => c.rights & GRANT).map((c) => c.signingKey);
  const grant = Grant.decode(verify(signed, 'grant', granters));
  const recipient = kemKeyHash(staff.kemKey);
  need(same(grant.practice, manifest.practice) && same(grant.recipient, recipient), 'recipient');
  const context = GrantContext.to({ practice: grant.practice, scope: grant.scope, epoch: grant.epoch, recipient });
  const seed = unwrap(staff.kemSeed, 'grant', context, grant.wrap);
  const scope = manifest.scopes.find((s) => same(s.id, grant.scope) && s.epoch === grant.epoch);
  need(scope !== undefined && same(scope.kemKey, kemPublicKey(seed)), 'epoch key');
  return { grant, seed };
}
