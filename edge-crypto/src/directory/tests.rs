//! Founding, checked by the code that every client runs.
#![expect(clippy::unwrap_used, reason = "tests")]
use crate::{
    client::{ClientError, verified},
    directory::{CatalogChange, FoundingError, RealmToUse, RecoverySeed, Sealing, sign_catalog},
    keys::prf_key,
    staff::{GrantError, Keyring, StaffKeyError, open_staff_seeds},
    testing::{NOW, founding, rng, world},
};
use vestibule_core::{ids::ResourceId, suite::namespace, wire::directory::Directory};
use vestibule_oprf::Key;
use vestibule_suite::Secret32;
use vestibule_verify::directory::DirectoryError;

fn check(directory: &Directory, seed: u64) -> Result<(), ClientError> {
    verified(directory, founding(seed).fingerprint, None, NOW).map(|_| ())
}

#[test]
fn a_founded_practice_verifies_against_its_fingerprint_and_no_other() {
    let w = world(1);
    assert_eq!(check(&w.material.directory, 1), Ok(()));
    assert_eq!(check(&w.material.directory, 2), Err(ClientError::Directory(DirectoryError::GenesisMismatch)));
    let practice = &w.practice;
    assert_eq!(practice.directory.manifest().number, 1);
    assert_eq!(practice.directory.catalog().resources.len(), 2);
    assert_eq!(practice.calendar_keys.len(), 1);
}

#[test]
fn another_practices_manifest_and_an_added_staff_key_are_refused() {
    let (w, other) = (world(1), world(2));
    let mut swapped = w.material.directory.clone();
    swapped.manifest = other.material.directory.manifest.clone();
    let named = check(&swapped, 1).unwrap_err();
    assert_eq!(named, ClientError::Directory(DirectoryError::WrongPractice));

    // A server that adds itself as a reader can sign only with a key of its own.
    let mut manifest = (**w.practice.directory.manifest()).clone();
    manifest.credentials.push(other.practice.directory.manifest().credentials[0].clone());
    let mut added = w.material.directory.clone();
    added.manifest =
        other.signing.sign(namespace::MANIFEST, vestibule_core::cbor::to_vec(&manifest)).unwrap();
    assert_eq!(check(&added, 1).unwrap_err().code(), "manifest-unsigned");
    // Or keep the signature, which is then of another body.
    added.manifest.signatures = w.material.directory.manifest.signatures.clone();
    assert_eq!(check(&added, 1).unwrap_err().code(), "manifest-unsigned");
}

#[test]
fn the_realm_opens_its_locator_share_and_only_for_this_practice() {
    let (w, other) = (world(1), world(2));
    let share = &w.material.realm_shares[0];
    let realm = w.realm.realm();
    let secret = realm.open_from_client(w.practice.id(), share).unwrap();
    let public = Key::from_bytes(secret.locator.expose()).unwrap().public();
    assert_eq!(public, w.practice.directory.deployment().locator);
    assert!(realm.open_from_client(other.practice.id(), share).is_err());
}

#[test]
fn locator_keys_are_dealt_to_any_number_of_realms() {
    let w = world(1);
    let founding = founding(3);
    let prf = Secret32::from_bytes([5; 32]);
    let passkey = Sealing { credential_id: b"credential", prf: &prf };
    let realm = RealmToUse {
        origin: "https://realm.example".into(),
        kem_key: w.realm.realm().public_key().to_vec(),
        signing: None,
    };
    let realms = vec![realm; 3];
    let material = founding.finish(&mut rng(9), &passkey, &realms, 2, NOW).unwrap();
    assert_eq!(material.realm_shares.len(), 3);
    let deployment: vestibule_core::wire::directory::Deployment =
        vestibule_core::cbor::from_slice(&material.directory.deployment.body).unwrap();
    let publics: Vec<_> = deployment.realms.iter().map(|r| r.locator_share).collect();
    assert!(vestibule_oprf::check_shares(2, &publics, &deployment.locator).is_ok());
    let none = founding.finish(&mut rng(9), &passkey, &realms, 4, NOW).unwrap_err();
    assert_eq!(none, FoundingError::Realm);
}

#[test]
fn staff_keys_open_under_their_passkey_and_must_be_in_the_manifest() {
    let (w, other) = (world(1), world(2));
    let manifest = w.practice.directory.manifest();
    let keys = &w.material.staff_keys;
    let wrong = prf_key(&Secret32::from_bytes([6; 32]), w.practice.id(), keys.credential);
    assert_eq!(open_staff_seeds(&wrong, keys, manifest).unwrap_err(), StaffKeyError::DoesNotOpen);
    // The same passkey output, but the practice or the credential is another.
    let right = prf_key(&w.prf, w.practice.id(), keys.credential);
    assert!(open_staff_seeds(&right, keys, other.practice.directory.manifest()).is_err());
    let mut renamed = keys.clone();
    renamed.credential.0[0] ^= 1;
    assert_eq!(open_staff_seeds(&right, &renamed, manifest).unwrap_err(), StaffKeyError::DoesNotOpen);
    assert!(open_staff_seeds(&right, keys, manifest).is_ok());
}

#[test]
fn a_grant_counts_only_for_its_recipient_signer_and_key() {
    let (w, other) = (world(1), world(2));
    let manifest = w.practice.directory.manifest();
    let keys = &w.material.staff_keys;
    let key = prf_key(&w.prf, w.practice.id(), keys.credential);
    let (seeds, _) = open_staff_seeds(&key, keys, manifest).unwrap();
    // Another practice's grant has another signer.
    let foreign = Keyring::open(&seeds.kem(), &other.material.staff_keys.grants, manifest);
    assert_eq!(foreign.unwrap_err(), GrantError::Signature);
    // A grant for another staff key.
    let stranger = vestibule_suite::KemSecret::from_seed(Secret32::from_bytes([8; 32]));
    assert_eq!(Keyring::open(&stranger, &keys.grants, manifest).unwrap_err(), GrantError::NotForUs);
    // A rightly signed grant of a seed that does not make the manifest's key.
    let mut grant: vestibule_core::wire::directory::Grant =
        vestibule_core::cbor::from_slice(&keys.grants[0].body).unwrap();
    let context = vestibule_core::wire::directory::GrantContext {
        practice: grant.practice,
        scope: grant.scope,
        epoch: grant.epoch,
        recipient: grant.recipient,
    };
    let public = seeds.kem().public_key();
    let evil = Secret32::from_bytes([66; 32]);
    grant.wrap = vestibule_suite::wrap(&mut rng(4), &public, namespace::GRANT, &context, &evil).unwrap();
    let signed = w.signing.sign(namespace::GRANT, vestibule_core::cbor::to_vec(&grant)).unwrap();
    let mismatch = Keyring::open(&seeds.kem(), &[signed], manifest);
    assert_eq!(mismatch.unwrap_err(), GrantError::KeyMismatch);
}

#[test]
fn the_next_catalog_verifies_and_the_older_one_does_not_any_more() {
    let w = world(1);
    let directory = &w.practice.directory;
    let catalog = directory.catalog();
    let change = CatalogChange {
        rules: None,
        name: "Praxis am See".into(),
        contact: catalog.contact.clone(),
        time_zone: catalog.time_zone.clone(),
        language: catalog.language.clone(),
        resources: catalog.resources.clone(),
        services: catalog.services.clone(),
    };
    let signed = sign_catalog(&w.signing, catalog, directory.manifest(), change, NOW.plus(60)).unwrap();
    assert_eq!(signed.manifest, None);
    let mut next = w.material.directory.clone();
    next.catalog = signed.catalog;
    let fingerprint = w.practice.fingerprint;
    // The old timestamp is over the old catalog.
    assert!(verified(&next, fingerprint, None, NOW).is_err());
    next.freshness = signed.freshness;
    let newer = verified(&next, fingerprint, Some(directory.seen()), NOW).unwrap();
    assert_eq!(newer.directory.catalog().name, "Praxis am See");
    let seen = Some(newer.directory.seen());
    let rolled_back = verified(&w.material.directory, fingerprint, seen, NOW).unwrap_err();
    assert_eq!(rolled_back.code(), "catalog-older");
}

#[test]
fn a_new_calendar_comes_with_the_next_manifest_and_the_staff_that_reads_it() {
    let w = world(1);
    let directory = &w.practice.directory;
    let catalog = directory.catalog();
    let mut change = CatalogChange {
        rules: None,
        name: catalog.name.clone(),
        contact: catalog.contact.clone(),
        time_zone: catalog.time_zone.clone(),
        language: catalog.language.clone(),
        resources: catalog.resources.clone(),
        services: catalog.services.clone(),
    };
    let id = ResourceId([99; 16]);
    change.resources.push(vestibule_core::wire::catalog::Resource { id, ..catalog.resources[0].clone() });
    let signed = sign_catalog(&w.signing, catalog, directory.manifest(), change, NOW.plus(60)).unwrap();
    let mut next = w.material.directory.clone();
    (next.catalog, next.freshness) = (signed.catalog, signed.freshness);
    let fingerprint = w.practice.fingerprint;
    assert!(verified(&next, fingerprint, None, NOW).is_err(), "the timestamp is over the new manifest");
    next.manifest = signed.manifest.unwrap();
    let newer = verified(&next, fingerprint, Some(directory.seen()), NOW).unwrap();
    let (old, new) = (directory.manifest(), newer.directory.manifest());
    assert_eq!(
        (new.number, new.previous, &new.credentials),
        (old.number + 1, old.digest(), &old.credentials)
    );
    assert_eq!(newer.directory.scope_of(id).unwrap().id, old.scopes[0].id);
    assert_eq!(new.scopes[0].kem_key, old.scopes[0].kem_key, "what was granted reads the new calendar too");
}

#[test]
fn the_printed_kit_makes_the_recovery_key_of_the_genesis() {
    let w = world(1);
    let text: Vec<_> = w.material.recovery_kit.groups.iter().map(|g| g.as_str()).collect();
    let seed = RecoverySeed::from_text(&text.join(" "), w.practice.id()).unwrap();
    assert_eq!(seed.signing_key().public_key(), &w.practice.directory.root().recovery_key[..]);
}
