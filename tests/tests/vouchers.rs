//! Who may set a PIN for a PatientID: only who reads the mailbox of the address, or holds the current key; and nothing that
//! allowed it once allows it twice (PROTOCOL section 4, "Put").
//!
//! Bites: `the_try_that_a_code_opened_is_not_a_strangers` failed against the server as it was first built, where any stranger who
//! saw a pending registration could spend its free try.
#![expect(clippy::unwrap_used, reason = "tests")]
use std::collections::BTreeSet;
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{Digest, PatientId},
    limits,
    suite::namespace,
    wire::{
        envelope::Signed,
        pow::{Purpose, Solution},
        realm::{
            Authorization, Descriptor, Evaluate, LocatorProof, Mode, Put, PutStatement, RealmOp, RealmReply,
            Redeem, Refusal, VoucherRequest,
        },
    },
};
use vestibule_edge_crypto::{
    client::{ClientError, Located},
    keys::PatientRoot,
};
use vestibule_suite::sha256;
use vestibule_tests::{
    client::run,
    raw::{Registration, enrol, guess, mailed_code, ticket},
    world::{World, fresh_email, rng},
};

fn put(world: &World, put: Put) -> Result<(), ClientError> {
    run(world.client().realm_put(&world.realm(), put))
}

#[expect(clippy::needless_pass_by_value, reason = "reads better at the calls")]
fn refused(answer: Result<(), ClientError>, what: &str) {
    assert!(
        matches!(
            answer,
            Err(ClientError::Refused(Refusal::Unauthorized | Refusal::Invalid | Refusal::Conflict))
        ),
        "{what}: {answer:?}"
    );
}

fn fresh(world: &World, patient: PatientId) -> Registration {
    Registration::new(&world.realm(), patient, PatientRoot::generate(&mut rng()))
}

fn located(world: &World, email: &str) -> Located {
    run(world.client().locate(&world.practice, email, &mut |_, _| {})).unwrap()
}

/// Bites: with a server that takes any ticket (`cargo xtask mutants tickets-for-anyone`). It did not at first: a shard that
/// nobody had opened refused everything, for another reason.
#[test]
fn nobody_enrols_for_an_address_without_its_mailbox() {
    let world = World::shared();
    let victim = located(world, &fresh_email()).patient;
    // As after any visit of the victim's page: the guard knows the id, and refuses for want of a permit alone.
    run(world.client().begin_at(&world.realm(), victim)).unwrap();
    let unauthorized = |answer: Result<(), ClientError>, what: &str| {
        assert_eq!(answer, Err(ClientError::Refused(Refusal::Unauthorized)), "{what}");
    };
    let registration = fresh(world, victim);
    unauthorized(put(world, registration.put(Authorization::Ticket(Digest([1; 32])))), "an invented ticket");
    // A ticket for the attacker's own address.
    let (attacker, own) = ticket(world, &fresh_email());
    assert_ne!(attacker, victim);
    unauthorized(put(world, registration.put(Authorization::Ticket(own))), "another patient's ticket");
    // A key of one's own, as if the victim had been enrolled with it.
    let root = PatientRoot::generate(&mut rng());
    let authorization = signed_put(world, &root, victim, &registration, registration.id, 1);
    unauthorized(put(world, registration.put(authorization)), "a key that is not the patient's");
    // And the victim's address is as free as before.
    assert!(guess(&world.client(), &world.realm(), victim, registration.id).is_err());
}

#[test]
fn a_code_for_the_victim_is_never_mailed_to_the_attacker() {
    let world = World::shared();
    let (client, at) = (world.client(), world.realm());
    let (victim_address, attacker_address) = (fresh_email(), fresh_email());
    let (of_victim, of_attacker) = (located(world, &victim_address), located(world, &attacker_address));
    let (victim, attacker) = (of_victim.patient, of_attacker.patient);
    let ask = |proof: &LocatorProof, email: &str| {
        let work = run(client.work(world.practice.id(), Purpose::Voucher, victim.0)).unwrap();
        let located = proof.clone();
        let request =
            VoucherRequest { patient: victim, email: email.into(), locale: "en".into(), work, located };
        run(client.realm(&at, RealmOp::Voucher(request))).unwrap()
    };
    // The answer is the same for a right and a wrong pair, whatever is shown for it: what the realm answered for the
    // victim's address, for the attacker's, or with an answer that it never gave.
    let mut invented = of_victim.proof.clone();
    invented.answers[0].1 = of_attacker.proof.answers[0].1;
    for proof in [&of_victim.proof, &of_attacker.proof, &invented] {
        assert_eq!(ask(proof, &attacker_address), RealmReply::VoucherAccepted);
    }
    for spelling in [
        format!(" {attacker_address}"),
        format!("{victim_address},{attacker_address}"),
        format!("{attacker_address}\r\nBcc: {victim_address}"),
    ] {
        let reply = ask(&of_victim.proof, &spelling);
        assert!(
            matches!(reply, RealmReply::VoucherAccepted | RealmReply::Refused(Refusal::Invalid)),
            "{reply:?}"
        );
    }
    // A code for the attacker's own PatientID, asked for later, arrives: the queue has worked off what came before.
    let code = mailed_code(world, &of_attacker);
    assert_eq!(world.mailed(&attacker_address).len(), 1, "the attacker got more than the own code");
    // The own code redeems nothing for the victim.
    let stolen = run(client.realm_redeem(&at, Redeem { patient: victim, code: code.clone() }));
    assert_eq!(stolen.unwrap_err(), ClientError::Refused(Refusal::Voucher));
    run(client.realm_redeem(&at, Redeem { patient: attacker, code })).unwrap();
}

#[test]
fn codes_are_guessed_five_times_and_redeemed_once() {
    let world = World::shared();
    let (client, at) = (world.client(), world.realm());
    let email = fresh_email();
    let found = located(world, &email);
    let patient = found.patient;
    let redeem = |code: &str| run(client.realm_redeem(&at, Redeem { patient, code: code.into() }));
    let code = mailed_code(world, &found);
    redeem(&code).unwrap();
    assert_eq!(
        redeem(&code).unwrap_err(),
        ClientError::Refused(Refusal::Voucher),
        "a code was redeemed twice"
    );
    // Wrong guesses use a code up, and the right one does not help then.
    let code = mailed_code(world, &found);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..limits::VOUCHER_GUESSES {
        assert_eq!(redeem(wrong).unwrap_err(), ClientError::Refused(Refusal::Voucher));
    }
    assert_eq!(redeem(&code).unwrap_err(), ClientError::Refused(Refusal::Voucher), "a sixth guess was taken");
}

/// Found in CI: challenges of one second were equal, so whoever solved one first used it up for everybody else.
#[test]
fn nobody_uses_up_anothers_challenge() {
    let world = World::shared();
    let (client, at) = (world.client(), world.realm());
    let email = fresh_email();
    let found = located(world, &email);
    let patient = found.patient;
    let work: Vec<_> =
        (0..5).map(|_| run(client.work(world.practice.id(), Purpose::Voucher, patient.0)).unwrap()).collect();
    let macs: BTreeSet<_> = work.iter().map(|w| w.mac.0).collect();
    assert_eq!(macs.len(), work.len());
    let ask = |work: &Solution| {
        let request = VoucherRequest {
            patient,
            email: email.clone(),
            locale: "en".into(),
            work: work.clone(),
            located: found.proof.clone(),
        };
        run(client.realm(&at, RealmOp::Voucher(request))).unwrap()
    };
    assert_eq!(ask(&work[0]), RealmReply::VoucherAccepted);
    assert_eq!(ask(&work[0]), RealmReply::Refused(Refusal::Work), "work was spent twice");
    assert_eq!(ask(&work[1]), RealmReply::VoucherAccepted);
    // The salt is under the MAC.
    let forged = Solution { salt: work[2].salt, ..work[3].clone() };
    assert_eq!(ask(&forged), RealmReply::Refused(Refusal::Work));
}

#[test]
fn tickets_are_used_once() {
    let world = World::shared();
    let (patient, ticket) = ticket(world, &fresh_email());
    put(world, fresh(world, patient).put(Authorization::Ticket(ticket))).unwrap();
    refused(put(world, fresh(world, patient).put(Authorization::Ticket(ticket))), "a used ticket");
}

fn signed_put(
    world: &World,
    root: &PatientRoot,
    patient: PatientId,
    new: &Registration,
    old: vestibule_core::ids::RegistrationId,
    nonce: u8,
) -> Authorization {
    let statement = PutStatement {
        practice: world.practice.id(),
        patient,
        old,
        descriptor: sha256(&[&new.descriptor]),
        nonce: Bytes(vec![nonce; 16]),
    };
    let key = root.signing_key();
    let signed: Signed = key.sign(namespace::PUT, cbor::to_vec(&statement)).unwrap();
    Authorization::PatientKey(Bytes(key.public_key().to_vec()), signed)
}

#[test]
fn signed_puts_are_bound_and_used_once() {
    let world = World::shared();
    let (client, at) = (world.client(), world.realm());
    let (old, _) = enrol(world);
    let (other, _) = enrol(world);
    let again = || PatientRoot::from_secret(old.root.secret().clone());
    let next = Registration::new(&at, old.patient, again());
    let good = signed_put(world, &old.root, old.patient, &next, old.id, 7);
    let Authorization::PatientKey(key, signed) = good.clone() else { unreachable!() };
    let foreign = Registration::new(&at, old.patient, again());
    refused(put(world, foreign.put(good.clone())), "a statement about another descriptor");
    refused(
        put(world, next.put(signed_put(world, &old.root, other.patient, &next, old.id, 8))),
        "a statement about another patient",
    );
    refused(
        put(world, next.put(signed_put(world, &old.root, old.patient, &next, other.id, 9))),
        "a statement that replaces another registration",
    );
    let mut broken = signed.clone();
    broken.signatures[0].signature.0[0] ^= 1;
    refused(put(world, next.put(Authorization::PatientKey(key.clone(), broken))), "a broken Ed25519 half");
    let mut broken = signed.clone();
    broken.signatures[0].signature.0[100] ^= 1;
    refused(put(world, next.put(Authorization::PatientKey(key.clone(), broken))), "a broken ML-DSA half");
    let elsewhere = old.root.signing_key().sign(namespace::ACTION, signed.body.0.clone()).unwrap();
    refused(
        put(world, next.put(Authorization::PatientKey(key, elsewhere))),
        "a signature for another purpose",
    );

    put(world, next.put(good.clone())).unwrap();
    refused(put(world, next.put(good.clone())), "the same put twice");
    // Until its first right unlock the new one is pending, and the old one opens.
    old.unlock(&client, &at).unwrap();
    next.unlock(&client, &at).unwrap();
    assert!(old.unlock(&client, &at).is_err(), "the replaced registration still opens");
    // The old statement, after the change: it would bring the old PIN's successor back.
    refused(put(world, next.put(good)), "a replayed statement");
}

#[test]
fn attempt_handles_and_device_tokens_belong_to_one_patient() {
    let world = World::shared();
    let (client, at) = (world.client(), world.realm());
    let (one, device) = enrol(world);
    let (two, _) = enrol(world);
    // Another patient's device token opens no vault and no budget.
    let stolen = run(client.vault_at(&at, two.patient, device));
    assert!(matches!(stolen, Err(ClientError::Refused(Refusal::Unauthorized))), "{stolen:?}");
    for _ in 0..3 {
        guess(&client, &at, two.patient, two.id).unwrap();
    }
    let locked = two.evaluate(&client, &at, Some(device));
    assert!(matches!(locked, Err(ClientError::Refused(Refusal::Locked(_)))), "{locked:?}");
    run(client.vault_at(&at, one.patient, device)).unwrap();
    // After a new registration is active, the tokens of the old one are dead or still the patient's own: never another's.
    let invented = run(client.vault_at(&at, one.patient, Digest([5; 32])));
    assert!(matches!(invented, Err(ClientError::Refused(Refusal::Unauthorized))), "{invented:?}");
}

/// A locked address can still enrol, since its mailed code opens one try; a stranger who watches for the pending
/// registration cannot take that try, nor gain a fourth guess by it.
#[test]
fn the_try_that_a_code_opened_is_not_a_strangers() {
    let world = World::shared();
    let (client, at) = (world.client(), world.realm());
    let (patient, ticket) = ticket(world, &fresh_email());
    let begun = run(client.begin_at(&at, patient)).unwrap();
    let decoy = cbor::from_slice::<Descriptor>(&begun.active).unwrap().registration;
    for _ in 0..limits::STRANGER_ATTEMPTS_PER_HOUR {
        guess(&client, &at, patient, decoy).unwrap();
    }
    let registration = fresh(world, patient);
    put(world, registration.put(Authorization::Ticket(ticket))).unwrap();
    let fourth = guess(&client, &at, patient, registration.id);
    assert!(matches!(fourth, Err(ClientError::Refused(Refusal::Locked(_)))), "{fourth:?}");
    let (blinded, _) = vestibule_oprf::blind(&mut rng(), &registration.input).unwrap();
    let own =
        Evaluate { patient, registration: registration.id, blinded, device: None, ticket: Some(ticket) };
    let handle = run(client.realm_evaluate(&at, own.clone())).unwrap().handle;
    // The try is one: the ticket opens no second.
    let second = run(client.realm_evaluate(&at, own));
    assert!(matches!(second, Err(ClientError::Refused(Refusal::Locked(_)))), "{second:?}");
    registration.confirm(&client, &at, vec![handle], Mode::NewDevice).unwrap();
}
