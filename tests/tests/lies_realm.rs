//! A realm that lies, with its platform secret and its operator's database: it opens the client's sealed requests and
//! answers what it likes. The client refuses each lie with a code of its own (PROTOCOL section 4).
//!
//! Bites: the proxy that opens requests and passes the genuine answers on is accepted.
#![expect(clippy::unwrap_used, reason = "tests")]
use std::cell::RefCell;
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{KeyHash, PatientId},
    wire::realm::{Begun, Confirmed, Descriptor, Evaluated, RealmReply},
};
use vestibule_edge_crypto::client::{Session, device::DeviceMemory};
use vestibule_oprf as oprf;
use vestibule_suite::sha256;
use vestibule_tests::{
    client::{lying, run},
    realms::liar,
    world::{World, rng},
};

const PIN: &str = "73915820";

fn unlock_code(world: &World, session: &Session, rewrite: impl Fn(RealmReply) -> RealmReply) -> String {
    let client = liar(world, world.server, rewrite);
    match run(client.unlock(&world.practice, session.patient, PIN, &[], &mut |_, _| {})) {
        Ok(_) => "accepted".into(),
        Err(error) => error.code().to_owned(),
    }
}

#[test]
fn a_lying_realm_is_caught() {
    let world = World::shared();
    let (mut alice, email) = world.enrol(PIN);
    let (mut bob, bobs) = world.enrol(PIN);
    world.book(&mut alice, &email);
    world.book(&mut bob, &bobs);
    let at = world.realm();
    let bobs_vault = run(world.client().vault_at(&at, bob.patient, bob.devices()[0].token)).unwrap();
    let descriptor = |change: fn(&mut Descriptor)| {
        move |reply| match reply {
            RealmReply::Begun(Begun { active, pending }) => {
                let mut d: Descriptor = cbor::from_slice(&active).unwrap();
                change(&mut d);
                RealmReply::Begun(Begun { active: Bytes(cbor::to_vec(&d)), pending })
            }
            other => other,
        }
    };
    let confirmed = |change: &'static dyn Fn(&mut Confirmed)| {
        move |reply| match reply {
            RealmReply::Confirmed(mut c) => {
                change(&mut c);
                RealmReply::Confirmed(c)
            }
            other => other,
        }
    };
    assert_eq!(unlock_code(world, &alice, |reply| reply), "accepted");
    // Descriptors of other realms, patients, keys.
    assert_eq!(unlock_code(world, &alice, descriptor(|d| d.realms = vec![KeyHash([1; 32])])), "descriptor");
    assert_eq!(unlock_code(world, &alice, descriptor(|d| d.patient.0[0] ^= 1)), "descriptor");
    assert_eq!(unlock_code(world, &alice, descriptor(|d| d.practice.0[0] ^= 1)), "descriptor");
    assert_eq!(unlock_code(world, &alice, descriptor(|d| d.threshold = 2)), "descriptor");
    // An evaluation under another key: the proof does not hold. (A guess that was evaluated and not confirmed counts; the
    // device below clears the way.)
    let clear = |session: &Session| {
        let device = DeviceMemory::of(session);
        run(world.client().unlock_device(&world.practice, &device, PIN, &mut |_, _| {})).unwrap();
    };
    let evil = oprf::Key::generate(&mut rng());
    let evaluated = unlock_code(world, &alice, |reply| match reply {
        RealmReply::Evaluated(e) => {
            let (element, proof) = oprf::evaluate(&mut rng(), &evil, &e.element).unwrap();
            RealmReply::Evaluated(Evaluated { element, proof: Bytes(proof.to_vec()), handle: e.handle })
        }
        other => other,
    });
    assert_eq!(evaluated, "realm-unproven");
    clear(&alice);
    // A masked share or a key hash that is not the patient's.
    assert_eq!(
        unlock_code(world, &alice, confirmed(&|c| c.masked_share.as_mut().unwrap().0[0] ^= 1)),
        "root-mismatch"
    );
    assert_eq!(unlock_code(world, &alice, confirmed(&|c| c.key_hash.0[0] ^= 1)), "root-mismatch");
    // Vaults: altered, another patient's, with a head that is not theirs.
    assert_eq!(
        unlock_code(
            world,
            &alice,
            confirmed(&|c| {
                let last = c.vault.0.len() - 1;
                c.vault.0[last] ^= 1;
                c.vault_head = sha256(&[&c.vault]);
            })
        ),
        "vault-does-not-open"
    );
    assert_eq!(
        unlock_code(world, &alice, |reply| match reply {
            RealmReply::Confirmed(c) => RealmReply::Confirmed(Confirmed {
                vault: bobs_vault.clone(),
                vault_head: sha256(&[&bobs_vault]),
                ..c
            }),
            other => other,
        }),
        "vault-does-not-open"
    );
    assert_eq!(unlock_code(world, &alice, confirmed(&|c| c.vault_head.0[0] ^= 1)), "vault-rolled-back");
    // Another kind of answer than asked for.
    assert_eq!(unlock_code(world, &alice, |_| RealmReply::Stored), "answer");
    // A device that has seen a vault is not told that there is none.
    let client = liar(world, world.server, |reply| match reply {
        RealmReply::Vault(_) => RealmReply::Vault(Bytes::default()),
        other => other,
    });
    let error = run(client.appointments(&world.practice, &mut alice)).unwrap_err();
    assert_eq!(error.code(), "vault-rolled-back");
}

#[test]
fn answers_of_the_realm_are_not_replayed_or_altered() {
    let world = World::shared();
    let recorded: RefCell<Vec<Vec<u8>>> = RefCell::new(Vec::new());
    let patient = PatientId([0x31; 16]);
    let record = lying(&world.http, |_, body| {
        recorded.borrow_mut().push(body.clone());
        body
    });
    run(record.begin_at(&world.realm(), patient)).unwrap();
    let replay = lying(&world.http, |_, _| recorded.borrow()[0].clone());
    assert_eq!(run(replay.begin_at(&world.realm(), patient)).unwrap_err().code(), "realm-unproven");
    let altered = lying(&world.http, |_, mut body| {
        let last = body.len() - 1;
        body[last] ^= 1;
        body
    });
    assert_eq!(run(altered.begin_at(&world.realm(), patient)).unwrap_err().code(), "realm-unproven");
}
