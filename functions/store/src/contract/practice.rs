//! The practice actor besides the calendar: founding, ceremonies, counters, directory.
use super::support::{
    CREDENTIAL, Database, NETWORK, NOW, Practice, SESSION, catalog, count, found, manifest,
};
use crate::Driver;
use vestibule_app::{
    actor::practice::{
        CatalogSet, CeremonyPut, CeremonyTake, Count, Counted, FreshnessSet, Join, Locate, PracticeCommand,
        PracticeReply, SessionPut, Spend,
    },
    sha256,
};
use vestibule_core::{cbor, ids::Digest, limits, problem::ProblemKind, time::UnixSeconds};

fn ceremony(id: u8, count: Option<Count>) -> PracticeCommand {
    PracticeCommand::CeremonyPut(CeremonyPut {
        id: Digest([id; 32]),
        state: vec![id].into(),
        expires: NOW.plus(300),
        count,
    })
}

fn take(id: u8, credential: Option<Digest>) -> PracticeCommand {
    PracticeCommand::CeremonyTake(CeremonyTake { id: Digest([id; 32]), credential })
}

pub(super) fn nothing_is_written_for_a_practice_that_nobody_founded<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::empty(db);
    let sign_in = Some(count(Counted::SignIn, 9));
    for command in [
        PracticeCommand::Directory,
        PracticeCommand::Member,
        PracticeCommand::Expire,
        PracticeCommand::Count(count(Counted::RealmOp, 9)),
        ceremony(1, sign_in.clone()),
        take(1, None),
        found(),
    ] {
        assert_eq!(practice.declined(NOW, command), ProblemKind::NotFound);
        assert!(!db.knows(&practice.key));
    }
    // Begun, but not founded: still nothing to sign in to.
    practice.done(NOW, ceremony(1, None));
    assert_eq!(practice.declined(NOW, ceremony(2, sign_in)), ProblemKind::NotFound);
    assert_eq!(practice.declined(NOW, PracticeCommand::Directory), ProblemKind::NotFound);
}

pub(super) fn founding_happens_once<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    assert_eq!(practice.declined(NOW, found()), ProblemKind::Conflict);
    assert_eq!(practice.declined(NOW, ceremony(2, None)), ProblemKind::Conflict);
    assert_eq!(
        practice.declined(NOW, take(1, None)),
        ProblemKind::NotFound,
        "ceremonies of founding are gone"
    );
}

pub(super) fn a_ceremony_is_taken_once_in_time_and_for_its_purpose<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    let begin = |id| practice.done(NOW, ceremony(id, Some(count(Counted::SignIn, 9))));
    begin(1);
    assert_eq!(practice.declined(NOW, take(1, None)), ProblemKind::NotFound, "a sign-in is no founding");
    let PracticeReply::Ceremony(taken) = practice.run(NOW, take(1, Some(CREDENTIAL))) else {
        panic!("not taken")
    };
    assert_eq!((taken.state, taken.passkey), (vec![1].into(), Some(vec![3].into())));
    assert_eq!(practice.declined(NOW, take(1, Some(CREDENTIAL))), ProblemKind::NotFound);
    begin(2);
    assert_eq!(practice.declined(NOW.plus(300), take(2, Some(CREDENTIAL))), ProblemKind::NotFound);
    begin(3);
    let PracticeReply::Ceremony(taken) = practice.run(NOW, take(3, Some(NETWORK))) else {
        panic!("not taken")
    };
    assert_eq!(taken.passkey, None);
}

/// What [`Practice::founded`] stored of its realm.
fn member() -> PracticeReply {
    PracticeReply::Member(vec![5].into())
}

pub(super) fn counters_stop_at_their_cap_until_the_hour_ends<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    let one = || PracticeCommand::Count(count(Counted::RealmOp, 3));
    for _ in 0..3 {
        assert_eq!(practice.run(NOW, one()), member());
    }
    let PracticeReply::Declined(d) = practice.run(NOW, one()) else { panic!("not declined") };
    assert_eq!((d.slug.as_str(), d.retry_after), ("rate-limited", Some(3_600 - NOW.0 % 3_600)));
    let other = Count { network: Digest([1; 32]), ..count(Counted::RealmOp, 3) };
    assert_eq!(practice.run(NOW, PracticeCommand::Count(other)), member());
    assert_eq!(practice.run(UnixSeconds((NOW.0 / 3_600 + 1) * 3_600), one()), member());
}

pub(super) fn a_realm_serves_a_practice_that_is_founded_elsewhere<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::empty(db);
    let after = |work: u8, deployment: u8, member: u8, replaces: Option<u8>| {
        PracticeCommand::Join(Join {
            deployment: Digest([deployment; 32]),
            member: vec![member].into(),
            work: Digest([work; 32]),
            expires: NOW.plus(limits::POW_SECONDS),
            replaces: replaces.map(|seen| Digest([seen; 32])),
        })
    };
    let join = |work: u8, deployment: u8, member: u8| after(work, deployment, member, None);
    assert_eq!(practice.declined(NOW, PracticeCommand::Member), ProblemKind::NotFound);
    practice.done(NOW, join(1, 1, 8));
    assert_eq!(practice.declined(NOW, join(1, 1, 8)), ProblemKind::WorkRequired);
    // A founder who heard no answer asks again; nobody replaces what is there.
    practice.done(NOW, join(2, 1, 9));
    assert_eq!(practice.declined(NOW, join(3, 2, 9)), ProblemKind::Conflict);
    let served = PracticeReply::Member(vec![8].into());
    assert_eq!(practice.run(NOW, PracticeCommand::Member), served);
    assert_eq!(practice.run(NOW, PracticeCommand::Count(count(Counted::RealmOp, 3))), served);
    // It guards PINs and knows nothing else of the practice.
    assert_eq!(practice.declined(NOW, PracticeCommand::Directory), ProblemKind::NotFound);
    // A deployment takes the place of the one that its caller saw, and of no other; asked again, nothing changes.
    assert_eq!(practice.declined(NOW, after(4, 3, 10, Some(2))), ProblemKind::Conflict);
    practice.done(NOW, after(5, 3, 10, Some(1)));
    practice.done(NOW, after(6, 3, 11, Some(3)));
    assert_eq!(practice.declined(NOW, after(7, 4, 12, Some(1))), ProblemKind::Conflict);
    assert_eq!(practice.run(NOW, PracticeCommand::Member), PracticeReply::Member(vec![10].into()));
    // An order of the root costs a proof of work, spent once.
    let spend = |work: u8| {
        PracticeCommand::Spend(Spend { work: Digest([work; 32]), expires: NOW.plus(limits::POW_SECONDS) })
    };
    assert_eq!(practice.run(NOW, spend(8)), PracticeReply::Member(vec![10].into()));
    assert_eq!(practice.declined(NOW, spend(8)), ProblemKind::WorkRequired);
}

pub(super) fn each_proof_of_work_locates_once<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    let locate = |work: u8| {
        PracticeCommand::Locate(Locate {
            count: count(Counted::Locate, 2),
            work: Digest([work; 32]),
            expires: NOW.plus(limits::POW_SECONDS),
        })
    };
    assert_eq!(practice.run(NOW, locate(1)), member());
    assert_eq!(practice.declined(NOW, locate(1)), ProblemKind::WorkRequired);
    assert_eq!(practice.run(NOW, locate(2)), member());
    assert_eq!(practice.declined(NOW, locate(3)), ProblemKind::RateLimited);
    assert_eq!(practice.declined(NOW, locate(3)), ProblemKind::WorkRequired, "spent, though it was declined");
}

pub(super) fn the_catalog_is_swapped_only_by_staff_and_only_once<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    let over = |catalog: u8| sha256(&[manifest().0, vec![catalog]].concat());
    let mut next = catalog();
    next.number = 2;
    next.resources[0].hours.clear();
    let set = CatalogSet {
        session: SESSION,
        expected: over(4),
        catalog: vec![44].into(),
        catalog_body: cbor::to_vec(&next).into(),
        freshness: vec![55].into(),
        manifest: None,
    };
    let stranger = CatalogSet { session: Digest([0; 32]), ..set.clone() };
    assert_eq!(practice.declined(NOW, PracticeCommand::CatalogSet(stranger)), ProblemKind::Unauthorized);
    practice.done(NOW, PracticeCommand::CatalogSet(set.clone()));
    assert_eq!(practice.declined(NOW, PracticeCommand::CatalogSet(set)), ProblemKind::Conflict);
    let fresh = |expected| {
        PracticeCommand::FreshnessSet(FreshnessSet { session: SESSION, expected, freshness: vec![66].into() })
    };
    assert_eq!(practice.declined(NOW, fresh(over(4))), ProblemKind::Conflict);
    // The same catalog under another manifest: somebody changed the realms meanwhile.
    assert_eq!(practice.declined(NOW, fresh(sha256(&[33, 44]))), ProblemKind::Conflict);
    practice.done(NOW, fresh(over(44)));
    let PracticeReply::Directory(pieces) = practice.run(NOW, PracticeCommand::Directory) else {
        panic!("none")
    };
    assert_eq!((pieces.catalog.0, pieces.freshness.0), (vec![44], vec![66]));
    // New calendars come with a manifest, or not at all.
    let with_manifest = CatalogSet {
        session: SESSION,
        expected: over(44),
        catalog: vec![45].into(),
        catalog_body: cbor::to_vec(&next).into(),
        freshness: vec![77].into(),
        manifest: Some(vec![33].into()),
    };
    practice.done(NOW, PracticeCommand::CatalogSet(with_manifest.clone()));
    assert_eq!(practice.declined(NOW, PracticeCommand::CatalogSet(with_manifest)), ProblemKind::Conflict);
    let PracticeReply::Directory(pieces) = practice.run(NOW, PracticeCommand::Directory) else {
        panic!("none")
    };
    assert_eq!((pieces.manifest.0, pieces.catalog.0, pieces.freshness.0), (vec![33], vec![45], vec![77]));
}

pub(super) fn a_session_needs_a_known_credential<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    let put = SessionPut {
        token: Digest([9; 32]),
        credential: NETWORK,
        expires: NOW.plus(9),
        passkey: vec![].into(),
    };
    assert_eq!(practice.declined(NOW, PracticeCommand::SessionPut(put)), ProblemKind::Unauthorized);
}
