//! One of several realms lies: with two it is refused and named, with two of three it is named and passed over (PROTOCOL R4.9).
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
use std::cell::{Cell, RefCell};
use vestibule_channel::parse_reply;
use vestibule_core::{
    cbor,
    ids::Digest,
    routes::Route,
    wire::realm::{Confirmed, Descriptor, Evaluated, RealmReply, Refusal},
};
use vestibule_edge_crypto::client::{ClientError, TransportError};
use vestibule_tests::{
    client::{forward, hooked, run},
    realms::{liar, unlock},
    search::RIGHT,
    server::Server,
    world::{World, rng},
};

/// The identity of ristretto255.
const IDENTITY: Digest = Digest([0; 32]);

/// What a realm may answer instead of the truth. Each is refused, and named.
#[test]
fn a_lying_realm_is_refused_and_named() {
    let world = &World::found_over(&[Server::whole(), Server::guard()], 2);
    let (session, _) = world.enrol(RIGHT);
    let second = world.others[0].url.clone();
    let lying = |lie: &dyn Fn(RealmReply) -> RealmReply| {
        unlock(&liar(world, world.others[0], lie), world, &session, RIGHT)
    };
    lying(&|truth| truth).unwrap();
    let other = vestibule_oprf::Key::generate(&mut rng());
    let evaluation = |change: &dyn Fn(&mut Evaluated)| {
        lying(&|mut reply| {
            if let RealmReply::Evaluated(e) = &mut reply {
                change(e);
            }
            reply
        })
        .unwrap_err()
    };
    assert_eq!(evaluation(&|e| e.proof.0[7] ^= 1), ClientError::RealmUnproven(2), "a wrong proof");
    assert_eq!(
        evaluation(&|e| e.element = other.public()),
        ClientError::RealmUnproven(2),
        "a wrong evaluation"
    );
    assert_eq!(evaluation(&|e| e.element = IDENTITY), ClientError::RealmUnproven(2), "the identity");
    let descriptor = |change: &dyn Fn(&mut Descriptor)| {
        lying(&|mut reply| {
            if let RealmReply::Begun(begun) = &mut reply {
                let mut d: Descriptor = cbor::from_slice(&begun.active).unwrap();
                change(&mut d);
                begun.active = cbor::to_vec(&d).into();
            }
            reply
        })
        .unwrap_err()
    };
    assert_eq!(descriptor(&|d| d.registration.0[0] ^= 1), ClientError::RealmsDisagree, "another descriptor");
    assert_eq!(descriptor(&|d| d.threshold = 1), ClientError::RealmsDisagree, "a weaker threshold");
    assert_eq!(descriptor(&|d| d.public = IDENTITY), ClientError::RealmsDisagree, "the identity as the key");
    assert_eq!(
        descriptor(&|d| d.shares[1] = IDENTITY),
        ClientError::RealmsDisagree,
        "the identity as a share"
    );
    // Parameters have one value so far; a cheaper one can only be a number that is not known.
    let weaker = |mut reply| {
        if let RealmReply::Begun(begun) = &mut reply {
            let d: Descriptor = cbor::from_slice(&begun.active).unwrap();
            let end = cbor::to_vec(&(d.public, d.shares)).len() - 1;
            let at = begun.active.len() - end - 1;
            assert_eq!(begun.active[at], 1, "that is not where the parameters are");
            begun.active.0[at] = 0;
        }
        reply
    };
    assert_eq!(lying(&weaker).unwrap_err(), ClientError::RealmsDisagree, "weaker parameters");
    assert_eq!(lying(&|_| RealmReply::Stored).unwrap_err(), ClientError::Answer);
    // A recorded answer to an earlier request does not open.
    let recorded: RefCell<Option<Vec<u8>>> = RefCell::default();
    let replaying = hooked(&world.http, |http, request| {
        let again = request.origin.as_deref() == Some(&second) && request.route == Route::Realm;
        let mut answer = forward(http, &request)?;
        if again {
            let first = recorded.borrow_mut().get_or_insert_with(|| answer.body.clone()).clone();
            answer.body = first;
        }
        Ok(answer)
    });
    assert_eq!(unlock(&replaying, world, &session, RIGHT).unwrap_err(), ClientError::RealmUnproven(2));
    assert!(parse_reply(&[]).is_err());
}

/// The same with three, of which two are needed: the first of them lies, is named, and keeps nobody out.
#[test]
fn a_lying_realm_of_three_is_named_and_passed_over() {
    let servers = [Server::whole(), Server::guard(), Server::guard()];
    let world = World::found_over(&servers, 2);
    let (session, email) = world.enrol(RIGHT);
    let patient = session.patient;
    let passed_over = |what: &str, code: &str, lie: &dyn Fn(RealmReply) -> RealmReply| {
        let client = liar(&world, servers[0], lie);
        run(client.unlock(&world.practice, patient, RIGHT, &[], &mut |_, _| {}))
            .unwrap_or_else(|error| panic!("{what}: {error:?}"));
        let troubles = client.troubles();
        assert!(
            troubles.iter().any(|t| t.origin == servers[0].url && t.code == code),
            "{what}: {troubles:?}"
        );
        assert!(troubles.iter().all(|t| t.origin == servers[0].url), "{what}: {troubles:?}");
    };
    let confirmed = |what: &str, code: &str, change: &dyn Fn(&mut Confirmed)| {
        passed_over(what, code, &|mut reply| {
            if let RealmReply::Confirmed(c) = &mut reply {
                change(c);
            }
            reply
        });
    };
    confirmed("another key", "root-mismatch", &|c| c.key_hash.0[0] ^= 1);
    confirmed("another share", "root-mismatch", &|c| c.masked_share.as_mut().unwrap().0[0] ^= 1);
    confirmed("no share", "answer", &|c| c.masked_share = None);
    confirmed("another head", "vault-rolled-back", &|c| c.vault_head.0[0] ^= 1);
    passed_over("a right PIN called wrong", "wrong-pin", &|reply| match reply {
        RealmReply::Confirmed(_) => RealmReply::Refused(Refusal::Wrong),
        other => other,
    });
    let evaluated = |what: &str, change: &dyn Fn(&mut Evaluated)| {
        passed_over(what, "realm-unproven", &|mut reply| {
            if let RealmReply::Evaluated(e) = &mut reply {
                change(e);
            }
            reply
        });
    };
    evaluated("a wrong proof", &|e| e.proof.0[7] ^= 1);
    evaluated("the identity", &|e| e.element = IDENTITY);
    // An address is found without it, and it is named.
    let client = liar(&world, servers[0], |mut reply| {
        if let RealmReply::Evaluated(e) = &mut reply {
            e.element = IDENTITY;
        }
        reply
    });
    let located = run(client.locate(&world.practice, &email, &mut |_, _| {})).unwrap();
    assert_eq!(located.patient, patient);
    assert!(client.troubles().iter().any(|t| t.origin == servers[0].url && t.code == "realm-unproven"));
    // Another descriptor is outvoted; whoever tells it holds something else than the others.
    let client = liar(&world, servers[0], |mut reply| {
        if let RealmReply::Begun(begun) = &mut reply {
            let mut d: Descriptor = cbor::from_slice(&begun.active).unwrap();
            d.public = IDENTITY;
            begun.active = cbor::to_vec(&d).into();
        }
        reply
    });
    let unlocked = run(client.unlock(&world.practice, patient, RIGHT, &[], &mut |_, _| {})).unwrap();
    assert_eq!(unlocked.behind, [1]);
    // One that does not answer is waited for once.
    let asked = Cell::new(0);
    let silent = hooked(&world.http, |http, request| {
        if request.origin.as_deref() == Some(&servers[0].url) {
            asked.set(asked.get() + 1);
            return Err(TransportError);
        }
        forward(http, &request)
    });
    unlock(&silent, &world, &session, RIGHT).unwrap();
    assert_eq!(asked.get(), 1);
}
