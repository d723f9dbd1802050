//! The search over PINs that a thief or a realm can run, against what it has.
//!
//! A realm's database holds D and the patient's key hash in the clear, and `k_i`, `u_i`, `B xor m_i` sealed under the platform
//! secret. To test a PIN one needs y, which needs k, of which D shows only `k G` and `k_i G`. So with the database alone there
//! is nothing to compute with; with fewer than t realms' platform secrets there are shares that fit every key. The search
//! below tries all that can be derived from what it is given, for every candidate, and compares with everything that could
//! confirm a guess. It finds the PIN as soon as t shares are there: that is how it is known to bite.
use super::{cheap, registered};
use crate::{
    keys::PatientRoot,
    registration::{Registration, Unlocking},
    shamir::ShareC,
    testing::rng,
};
use hmac::{Hmac, KeyInit, Mac};
use vestibule_core::{
    cbor,
    ids::Digest,
    wire::realm::{Descriptor, Mode, Put},
};
use vestibule_oprf::{Key, Output, evaluate_direct};

/// What the searcher has.
struct Loot<'a> {
    descriptor: &'a [u8],
    /// Shares with their index, from platform secrets that leaked.
    puts: Vec<(u8, &'a Put)>,
    /// Share C of a stolen device.
    device: Option<&'a ShareC>,
}

/// Four PINs around the right one.
fn candidates() -> Vec<String> {
    (493_815..493_819).map(|n: u32| n.to_string()).collect()
}

/// Every y that the loot gives for a PIN: the scalars in it, and what they interpolate to.
fn outputs(loot: &Loot, pin: &str) -> Vec<Output> {
    let mut scalars: Vec<[u8; 32]> = loot.puts.iter().map(|(_, put)| put.oprf_share.0).collect();
    // Public values, taken for keys: nobody may have stored a key where an element belongs.
    let descriptor: Descriptor = cbor::from_slice(loot.descriptor).unwrap();
    scalars.extend(descriptor.shares.iter().map(|share| share.0));
    scalars.push(descriptor.public.0);
    if let [(x1, one), (x2, two), ..] = loot.puts.as_slice() {
        scalars.push(line_at_zero((*x1, &one.oprf_share.0), (*x2, &two.oprf_share.0)));
    }
    let keys = scalars.iter().filter_map(|bytes| Key::from_bytes(bytes).ok());
    keys.map(|key| evaluate_direct(&key, cheap(pin).expose()).unwrap()).collect()
}

/// f(0) of the line through two shares, modulo the group's order, in the searcher's own arithmetic.
fn line_at_zero((x1, y1): (u8, &[u8; 32]), (x2, y2): (u8, &[u8; 32])) -> [u8; 32] {
    use curve25519_dalek::Scalar;
    let scalar = |bytes: &[u8; 32]| Scalar::from_canonical_bytes(*bytes).unwrap();
    let (x1, x2) = (Scalar::from(x1), Scalar::from(x2));
    ((scalar(y1) * x2 - scalar(y2) * x1) * (x2 - x1).invert()).to_bytes()
}

/// Whether anything in the loot confirms this y.
fn confirmed(loot: &Loot, y: &Output) -> bool {
    let unlocking = Unlocking::new(y, loot.descriptor);
    loot.puts.iter().any(|(index, put)| {
        let message = cbor::to_vec(&(1u8, "confirm", *index, [Digest([0; 32])], Mode::NewDevice));
        let mac = Hmac::<sha2::Sha256>::new_from_slice(&put.unlock_key.0).unwrap();
        let expected = Digest(mac.chain_update(&message).finalize().into_bytes().into());
        let with_b = unlocking.root_with_b(&[(*index, put.masked_share)]).unwrap();
        expected == unlocking.confirm_mac(*index, &[Digest([0; 32])], Mode::NewDevice)
            || with_b.verify(put.key_hash).is_some()
            || loot.device.is_some_and(|c| unlocking.root_with_c(c).verify(put.key_hash).is_some())
    })
}

fn search(loot: &Loot) -> Vec<String> {
    candidates().into_iter().filter(|pin| outputs(loot, pin).iter().any(|y| confirmed(loot, y))).collect()
}

fn loot<'a>(registration: &'a Registration, puts: &'a [Put], realms: &[u8], device: bool) -> Loot<'a> {
    Loot {
        descriptor: registration.descriptor_bytes(),
        puts: realms.iter().map(|index| (*index, &puts[usize::from(*index) - 1])).collect(),
        device: device.then(|| registration.share_c()),
    }
}

#[test]
fn fewer_than_t_realms_find_no_pin() {
    let rng = &mut rng(41);
    let root = PatientRoot::generate(rng);
    for (threshold, count) in [(2, 2), (2, 3)] {
        let (registration, puts) = registered(rng, (threshold, count), &root, "493817");
        for realm in 1..=count {
            for device in [false, true] {
                assert!(search(&loot(&registration, &puts, &[realm], device)).is_empty());
            }
        }
        // It bites: two realms together find it.
        for (one, two) in [(1, 2), (count, 1)] {
            assert_eq!(search(&loot(&registration, &puts, &[one, two], false)), ["493817"]);
        }
    }
}

/// Said openly in PROTOCOL section 0: the operator of a single realm, who has the platform secret, can search.
#[test]
fn a_single_realm_with_its_platform_secret_finds_it() {
    let rng = &mut rng(42);
    let root = PatientRoot::generate(rng);
    let (registration, puts) = registered(rng, (1, 1), &root, "493817");
    assert_eq!(search(&loot(&registration, &puts, &[1], false)), ["493817"]);
}

/// Without the platform secret there is D, the key hash, and bytes that do not open: as a stand-in for them the searcher
/// gets another registration's secrets.
#[test]
fn the_database_of_a_single_realm_finds_nothing() {
    let rng = &mut rng(43);
    let root = PatientRoot::generate(rng);
    let (registration, puts) = registered(rng, (1, 1), &root, "493817");
    let (_, mut sealed) = registered(rng, (1, 1), &root, "493817");
    sealed[0].key_hash = puts[0].key_hash;
    for device in [false, true] {
        assert!(search(&loot(&registration, &sealed, &[1], device)).is_empty());
    }
}
