//! After patients have gone over: what is dropped, what is erased, what stays.
use super::{
    patient::{DEPLOYMENT, KEY, ONE, PATIENT, Shard, attempt, digest},
    support::{Database, NOW, Practice},
};
use crate::{Driver, Value};
use vestibule_app::actor::{
    patient::{Begin, Forget, PatientCommand, PatientReply, Permit, Put, VaultGet, VaultPut},
    practice::{End, Join, Leave, PracticeCommand, PracticeReply},
};
use vestibule_core::{
    ids::{Digest, PatientId, RegistrationId},
    limits,
    problem::ProblemKind,
};

const OTHER: Digest = Digest([7; 32]);

/// A put by the patient's key, for another deployment.
fn goes_over(patient: PatientId, n: u8) -> PatientCommand {
    PatientCommand::Put(Put {
        patient,
        registration: RegistrationId([n; 16]),
        descriptor: vec![n].into(),
        key_hash: KEY,
        secrets: vec![n, n].into(),
        permit: Permit::Introduced(KEY, vec![n; 16].into()),
        deployment: OTHER,
    })
}

/// Rows of any table that name the actor.
fn rows<D: Driver>(db: &Database<'_, D>, key: &[u8]) -> usize {
    let sql = "SELECT CAST(name AS BLOB) FROM sqlite_master WHERE type = 'table' AND sql LIKE '%actor BLOB%'";
    let tables = db.driver.exec(sql, vec![]).unwrap();
    let names = tables.iter().map(|row| String::from_utf8(row.blob(0).unwrap().to_vec()).unwrap());
    names
        .map(|table| {
            let sql = format!("SELECT 1 FROM {table} WHERE actor = ?1");
            db.driver.exec(&sql, vec![Value::Blob(key.to_vec())]).unwrap().len()
        })
        .sum()
}

pub(super) fn what_was_of_another_deployment_goes_and_the_rest_stays<D: Driver>(db: &Database<'_, D>) {
    let shard = Shard::enrolled(db);
    let vault = VaultPut {
        patient: PATIENT,
        device: digest(4, 1),
        expected: Digest([0; 32]),
        head: digest(5, 1),
        vault: vec![1].into(),
    };
    assert_eq!(shard.run(NOW, PatientCommand::VaultPut(vault)), PatientReply::Done);
    // Another patient's waits already for the deployment that is to be.
    let second = PatientId([4; 16]);
    assert_eq!(shard.run(NOW, goes_over(second, 2)), PatientReply::Done);
    let counted = |shard: &Shard<'_, D>| shard.run(NOW, PatientCommand::Registered);
    assert_eq!(counted(&shard), PatientReply::Registered(vec![(DEPLOYMENT, 1)]));
    let forget = |except| PatientCommand::Forget(Forget { except: Some(except) });
    // Nothing of the deployment that is named goes.
    assert_eq!(shard.run(NOW, forget(DEPLOYMENT)), PatientReply::Done);
    assert_eq!(counted(&shard), PatientReply::Registered(vec![(DEPLOYMENT, 1)]));
    let vault = || PatientCommand::VaultGet(VaultGet { patient: PATIENT, device: digest(4, 1) });
    assert_eq!(shard.run(NOW, vault()), PatientReply::Vault(vec![1].into()));
    let begun =
        |patient| match shard.run(NOW, PatientCommand::Begin(Begin { patient, decoy: vec![9].into() })) {
            PatientReply::Begun(begun) => (begun.active.0, begun.pending.map(|pending| pending.0)),
            other => panic!("{other:?}"),
        };
    assert_eq!(begun(second), (vec![9], None), "what waited was of another one");
    // The other way round: the registration, its token and the vault of its key are gone, counted attempts are not.
    assert!(shard.admitted(NOW, attempt(ONE, 1)));
    let before = rows(db, &shard.key);
    assert_eq!(shard.run(NOW, goes_over(second, 3)), PatientReply::Done);
    assert_eq!(shard.run(NOW, forget(OTHER)), PatientReply::Done);
    assert_eq!(begun(PATIENT), (vec![9], None));
    assert_eq!(begun(second), (vec![9], Some(vec![3])), "what is of that deployment waits on");
    assert_eq!(shard.run(NOW, vault()), PatientReply::Unauthorized);
    assert_eq!(counted(&shard), PatientReply::Registered(vec![]));
    // Two more by the put (its row, its nonce), two fewer: token and vault. Registrations leave their ids behind.
    assert_eq!(rows(db, &shard.key), before);
    assert!(!shard.admitted(NOW, attempt(ONE, 2)), "a registration that was dropped is still evaluated");
    assert_eq!(shard.run(NOW, forget(OTHER)), PatientReply::Done);
}

pub(super) fn a_shard_that_is_erased_has_nothing_and_its_neighbours_have_all<D: Driver>(
    db: &Database<'_, D>,
) {
    let (shard, neighbour) = (Shard::enrolled(db), Shard::enrolled(db));
    let left = rows(db, &neighbour.key);
    assert!(left > 0 && rows(db, &shard.key) == left, "the search finds what is there");
    let erase = || PatientCommand::Forget(Forget { except: None });
    assert_eq!(shard.run(NOW, erase()), PatientReply::Erased);
    assert_eq!((rows(db, &shard.key), db.knows(&shard.key)), (0, false));
    assert_eq!(rows(db, &neighbour.key), left);
    // Again, and where nobody ever was, nothing is written.
    for shard in [&shard, &Shard::new(db)] {
        assert_eq!(shard.run(NOW, erase()), PatientReply::Invalid);
        assert_eq!(shard.run(NOW, PatientCommand::Registered), PatientReply::Invalid);
        assert!(!db.knows(&shard.key));
    }
}

pub(super) fn a_practice_that_was_left_is_forgotten_but_never_the_calendar<D: Driver>(db: &Database<'_, D>) {
    let expires = NOW.plus(limits::POW_SECONDS);
    let leave = |work: u8, deployment: Option<u8>| {
        let deployment = deployment.map(|n| Digest([n; 32]));
        PracticeCommand::Leave(Leave { deployment, work: Digest([work; 32]), expires })
    };
    let practice = Practice::empty(db);
    assert_eq!(practice.run(NOW, leave(1, None)), PracticeReply::Erased, "nothing is there");
    assert!(!db.knows(&practice.key));
    let join = Join {
        deployment: Digest([1; 32]),
        member: vec![8].into(),
        work: Digest([2; 32]),
        expires,
        replaces: None,
    };
    practice.done(NOW, PracticeCommand::Join(join));
    // It stays, by another membership; only of the deployment that the caller saw.
    let end = |work: u8, deployment: u8| {
        let deployment = Digest([deployment; 32]);
        PracticeCommand::End(End { deployment, member: vec![9].into(), work: Digest([work; 32]), expires })
    };
    assert_eq!(practice.declined(NOW, end(3, 2)), ProblemKind::Conflict);
    practice.done(NOW, end(4, 1));
    assert_eq!(practice.declined(NOW, end(4, 1)), ProblemKind::WorkRequired);
    assert_eq!(practice.run(NOW, PracticeCommand::Member), PracticeReply::Member(vec![9].into()));
    // Nothing is forgotten that was not left.
    assert_eq!(practice.declined(NOW, PracticeCommand::Erase), ProblemKind::Conflict);
    for other in [leave(5, Some(2)), leave(6, None)] {
        assert_eq!(practice.declined(NOW, other), ProblemKind::Conflict);
    }
    practice.done(NOW, leave(7, Some(1)));
    assert_eq!(practice.declined(NOW, PracticeCommand::Member), ProblemKind::NotFound);
    // Whoever died in between begins again.
    practice.done(NOW, leave(8, None));
    assert_eq!(practice.run(NOW, PracticeCommand::Erase), PracticeReply::Erased);
    assert_eq!((rows(db, &practice.key), db.knows(&practice.key)), (0, false));

    let founded = Practice::founded(db);
    for all in [leave(1, Some(6)), leave(2, None), PracticeCommand::Erase] {
        assert_eq!(founded.declined(NOW, all), ProblemKind::Conflict);
    }
}
