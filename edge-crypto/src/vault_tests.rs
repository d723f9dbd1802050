//! Tests of the vault's merge and sealing.
#![expect(clippy::unwrap_used, reason = "tests")]
use super::*;
use crate::testing::rng;
use vestibule_core::{ids::ResourceId, time::Cell, wire::appointment::Place};

const GENESIS: Fingerprint = Fingerprint([7; 20]);

fn entry(id: u8, seq: u32, removed: bool) -> VaultEntry {
    VaultEntry {
        appointment: AppointmentId([id; 16]),
        place: Place { resource: ResourceId([1; 16]), start: Cell(1000 + u64::from(id)), cells: 4 },
        seq,
        head: Digest([u8::try_from(seq).unwrap(); 32]),
        removed,
        at: UnixSeconds(5),
    }
}

fn vault(manifest: u32, entries: &[VaultEntry]) -> Vault {
    let mut vault = new(GENESIS, manifest, Digest([u8::try_from(manifest).unwrap(); 32]), manifest);
    for e in entries {
        put(&mut vault, e.clone()).unwrap();
    }
    vault
}

/// All vaults with up to two entries, each absent, new, booked, cancelled or removed.
fn all() -> Vec<Vault> {
    let states =
        [None, Some((0, false)), Some((1, false)), Some((2, false)), Some((0, true)), Some((2, true))];
    let mut vaults = Vec::new();
    for manifest in [1, 2] {
        for a in states {
            for b in states {
                let entries: Vec<_> = [(1, a), (2, b)]
                    .into_iter()
                    .filter_map(|(id, s)| s.map(|(seq, removed)| entry(id, seq, removed)))
                    .collect();
                vaults.push(vault(manifest, &entries));
            }
        }
    }
    vaults
}

#[test]
fn merging_is_a_union_whatever_the_order() {
    let all = all();
    for a in &all {
        assert_eq!(merge(a, a).unwrap(), *a);
        for b in &all {
            let ab = merge(a, b).unwrap();
            assert_eq!(ab, merge(b, a).unwrap());
            assert!(contains(&ab, a) && contains(&ab, b));
            assert!(ab.entries.windows(2).all(|w| w[0].appointment < w[1].appointment));
        }
    }
    for c in &all[..12] {
        let (a, b) = (&all[17], &all[40]);
        assert_eq!(merge(&merge(a, b).unwrap(), c).unwrap(), merge(a, &merge(b, c).unwrap()).unwrap());
    }
}

#[test]
fn a_tombstone_wins_over_whatever_comes_later() {
    let merged = merge(&vault(1, &[entry(1, 0, true)]), &vault(1, &[entry(1, 2, false)])).unwrap();
    assert!(get(&merged, AppointmentId([1; 16])).is_none());
    assert_eq!(merged.entries[0].seq, 2);
}

#[test]
fn an_older_vault_is_noticed() {
    let newer = vault(1, &[entry(1, 1, false), entry(2, 2, false)]);
    assert!(contains(&newer, &vault(1, &[entry(1, 1, false)])));
    assert!(!contains(&vault(1, &[entry(1, 1, false)]), &newer));
    assert!(!contains(&vault(1, &[entry(1, 1, false), entry(2, 1, false)]), &newer));
    assert!(!contains(&vault(1, &[]), &vault(2, &[])));
}

#[test]
fn two_histories_with_one_number_stop() {
    let mut other = entry(1, 1, false);
    other.head = Digest([9; 32]);
    assert_eq!(merge(&vault(1, &[entry(1, 1, false)]), &vault(1, &[other])), Err(VaultError::Fork));
    let mut moved = entry(1, 1, false);
    moved.place.start = Cell(1);
    assert_eq!(merge(&vault(1, &[entry(1, 1, false)]), &vault(1, &[moved])), Err(VaultError::Fork));
    let mut forked = vault(1, &[]);
    forked.manifest_hash = Digest([9; 32]);
    assert_eq!(merge(&vault(1, &[]), &forked), Err(VaultError::Fork));
    let mut foreign = vault(1, &[]);
    foreign.genesis = Fingerprint([8; 20]);
    assert_eq!(merge(&vault(1, &[]), &foreign), Err(VaultError::WrongPractice));
}

#[test]
fn tombstones_go_when_nobody_can_resurrect_them() {
    let mut v = vault(1, &[entry(1, 1, true), entry(2, 1, false)]);
    prune(&mut v, UnixSeconds(5 + TOMBSTONE_SECONDS - 1));
    assert_eq!(v.entries.len(), 2);
    prune(&mut v, UnixSeconds(5 + TOMBSTONE_SECONDS));
    assert_eq!(v.entries.len(), 1);
}

#[test]
fn opens_for_its_patient_practice_and_key_only() {
    let (key, other) = (Secret32::from_bytes([1; 32]), Secret32::from_bytes([2; 32]));
    let (patient, stranger) = (PatientId([3; 16]), PatientId([4; 16]));
    let v = vault(1, &[entry(1, 1, false)]);
    let bytes = seal(&mut rng(1), &key, GENESIS.practice(), patient, &v).unwrap();
    assert_eq!(open(&key, GENESIS, patient, &bytes), Ok(v.clone()));
    assert_eq!(open(&other, GENESIS, patient, &bytes), Err(VaultError::DoesNotOpen));
    assert_eq!(open(&key, GENESIS, stranger, &bytes), Err(VaultError::DoesNotOpen));
    assert_eq!(open(&key, Fingerprint([8; 20]), patient, &bytes), Err(VaultError::DoesNotOpen));
    assert_eq!(open(&key, GENESIS, patient, &bytes[1..]), Err(VaultError::Malformed));
    // The same practice id with another fingerprint: 4 bytes are not part of the id.
    let mut near = GENESIS;
    near.0[19] ^= 1;
    assert_eq!(open(&key, near, patient, &bytes), Err(VaultError::WrongPractice));
}

#[test]
fn a_full_vault_is_refused_before_the_realm_does() {
    let mut v = vault(1, &[]);
    for n in 0u16..1000 {
        let mut e = entry(1, 1, false);
        e.appointment.0[..2].copy_from_slice(&n.to_be_bytes());
        put(&mut v, e).unwrap();
    }
    let sealed =
        seal(&mut rng(1), &Secret32::from_bytes([1; 32]), GENESIS.practice(), PatientId([3; 16]), &v);
    assert_eq!(sealed, Err(VaultError::Full));
}
