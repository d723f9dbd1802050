#![expect(clippy::unwrap_used, reason = "tests")]
use super::*;
use crate::{
    bytes::Bytes,
    ids::{MemoId, PracticeId, StaffId},
    suite::Suite,
    time::UnixSeconds,
    wire::directory::{Credential, Scope},
};
use alloc::vec;

const PRACTICE: PracticeId = PracticeId([7; 16]);
const SCOPE: ScopeId = ScopeId([14; 16]);
const OTHER: ScopeId = ScopeId([15; 16]);
const DOCTOR: ResourceId = ResourceId([1; 16]);
const ROOM: ResourceId = ResourceId([3; 16]);
const VISIT: AppointmentId = AppointmentId([2; 16]);
const ME: Digest = Digest([13; 32]);
/// Reads everything, but has no right to act on the calendar.
const LOOKER: Digest = Digest([16; 32]);

fn manifest() -> Manifest {
    let credential = |credential, rights, scopes| Credential {
        staff: StaffId([1; 16]),
        credential,
        signing_key: Bytes(vec![1]),
        kem_key: Bytes(vec![1]),
        rights,
        scopes,
    };
    let scope = |id, resources| Scope { id, epoch: 2, kem_key: Bytes(vec![1]), resources };
    Manifest {
        suite: Suite::V1,
        practice: PRACTICE,
        number: 1,
        previous: Digest([0; 32]),
        root_number: 0,
        deployment: Digest([6; 32]),
        issued: UnixSeconds(1),
        credentials: vec![
            credential(ME, rights::CALENDAR, vec![SCOPE]),
            credential(LOOKER, rights::ADMIN, vec![SCOPE]),
        ],
        scopes: vec![scope(SCOPE, vec![DOCTOR]), scope(OTHER, vec![ROOM])],
        bundle: Digest([0; 32]),
        before: None,
    }
}

/// The first version of a task about a visit.
fn first() -> MemoContext {
    MemoContext {
        practice: PRACTICE,
        scope: SCOPE,
        memo: MemoId([5; 16]),
        about: Some(VISIT),
        number: 1,
        previous: Digest([0; 32]),
        state: MemoState::Open,
    }
}

/// What follows a stored version.
fn next(stored: &MemoHead, state: MemoState) -> MemoContext {
    MemoContext { number: stored.number + 1, previous: stored.head, state, ..first() }
}

const STORED: MemoHead = MemoHead {
    number: 3,
    link: Digest([33; 32]),
    head: Digest([34; 32]),
    state: MemoState::Open,
    scope: SCOPE,
    about: Some(VISIT),
};

fn fresh() -> MemoFacts {
    MemoFacts { resource: Some(DOCTOR), ..MemoFacts::default() }
}

fn after(stored: MemoHead) -> MemoFacts {
    MemoFacts { stored: Some(stored), ..fresh() }
}

fn decide(context: &MemoContext, facts: &MemoFacts) -> Result<MemoOutcome, ProblemKind> {
    decide_memo(&manifest(), &ME, context, 2, &Digest([9; 32]), facts).map_err(|p| p.kind)
}

const STORE: Result<MemoOutcome, ProblemKind> = Ok(MemoOutcome::Store);

#[test]
fn m1_a_note_is_about_an_appointment_and_a_task_need_not_be() {
    let about = |about, state| MemoContext { about, state, ..first() };
    assert_eq!(decide(&first(), &fresh()), STORE);
    assert_eq!(decide(&about(Some(VISIT), MemoState::Kept), &fresh()), STORE);
    assert_eq!(decide(&about(None, MemoState::Open), &MemoFacts::default()), STORE);
    let refused = |context, facts| decide(&context, &facts).unwrap_err();
    let (kept, none) = (about(None, MemoState::Kept), MemoFacts::default());
    assert_eq!(refused(kept, none), ProblemKind::Unverifiable, "a note about nothing");
    assert_eq!(refused(first(), none), ProblemKind::NotFound, "no such appointment");
    let room = MemoFacts { resource: Some(ROOM), ..fresh() };
    assert_eq!(refused(first(), room), ProblemKind::Forbidden, "an appointment of another scope");
}

#[test]
fn m3_only_who_reads_the_scope_writes_in_it() {
    let may = |credential, scope| {
        let context = MemoContext { scope, ..first() };
        decide_memo(&manifest(), &credential, &context, 2, &Digest([9; 32]), &fresh()).map_err(|p| p.kind)
    };
    assert_eq!(may(ME, SCOPE), STORE);
    for (credential, scope) in [(ME, OTHER), (LOOKER, SCOPE), (Digest([0; 32]), SCOPE)] {
        assert_eq!(may(credential, scope), Err(ProblemKind::Forbidden), "{credential:?} {scope:?}");
    }
    let old = |epoch| decide_memo(&manifest(), &ME, &first(), epoch, &Digest([9; 32]), &fresh());
    assert_eq!(old(1).unwrap_err().kind, ProblemKind::Unverifiable, "an epoch that ended");
    let elsewhere = MemoContext { practice: PracticeId([8; 16]), ..first() };
    assert_eq!(decide(&elsewhere, &fresh()), Err(ProblemKind::Unverifiable));
}

#[test]
fn m4_a_version_follows_the_newest_and_nothing_else() {
    let good = next(&STORED, MemoState::Open);
    assert_eq!(decide(&good, &after(STORED)), STORE);
    for (what, context, kind) in [
        (
            "the same number by somebody else",
            MemoContext { number: 3, ..good.clone() },
            ProblemKind::Conflict,
        ),
        ("one left out", MemoContext { number: 5, ..good.clone() }, ProblemKind::Conflict),
        ("after another", MemoContext { previous: Digest([1; 32]), ..good.clone() }, ProblemKind::Conflict),
        ("the id again", first(), ProblemKind::Conflict),
        ("about nothing now", MemoContext { about: None, ..good.clone() }, ProblemKind::Unverifiable),
        (
            "about another now",
            MemoContext { about: Some(AppointmentId([3; 16])), ..good.clone() },
            ProblemKind::Unverifiable,
        ),
    ] {
        assert_eq!(decide(&context, &after(STORED)), Err(kind), "{what}");
    }
    assert_eq!(decide(&good, &fresh()), Err(ProblemKind::Conflict), "of nothing");
    // M8: a lost answer.
    let same = MemoHead { number: 4, link: Digest([9; 32]), ..STORED };
    assert_eq!(decide(&good, &after(same)), Ok(MemoOutcome::Already));
}

#[test]
fn m6_nothing_follows_a_removal() {
    let gone = next(&STORED, MemoState::Removed);
    assert_eq!(decide(&gone, &after(STORED)), STORE);
    let removed = MemoHead { state: MemoState::Removed, ..STORED };
    for state in [MemoState::Kept, MemoState::Open, MemoState::Removed] {
        assert_eq!(decide(&next(&removed, state), &after(removed)), Err(ProblemKind::Conflict));
    }
    let nothing = MemoContext { state: MemoState::Removed, ..first() };
    assert_eq!(decide(&nothing, &fresh()), Err(ProblemKind::Unverifiable));
}

#[test]
fn m7_there_are_so_many_and_no_more() {
    let full = MemoFacts { about: limits::MEMOS_PER_APPOINTMENT, ..fresh() };
    assert_eq!(decide(&first(), &full), Err(ProblemKind::Full));
    assert_eq!(decide(&first(), &MemoFacts { about: full.about - 1, ..full }), STORE);
    let about_none = MemoContext { about: None, ..first() };
    assert_eq!(decide(&about_none, &full), STORE, "of another count");
    let busy = MemoFacts { open: limits::OPEN_TASKS, ..fresh() };
    assert_eq!(decide(&first(), &busy), Err(ProblemKind::Full));
    let note = MemoContext { state: MemoState::Kept, ..first() };
    assert_eq!(decide(&note, &busy), STORE);
    // A task that is open stays so when its text is changed; one that is done is not opened again.
    let stored = |state| MemoFacts { stored: Some(MemoHead { state, ..STORED }), ..busy };
    let open = next(&STORED, MemoState::Open);
    assert_eq!(decide(&open, &stored(MemoState::Open)), STORE);
    assert_eq!(decide(&open, &stored(MemoState::Kept)), Err(ProblemKind::Full));
    // Changed a hundred times: it can be removed, and no more.
    let worn = MemoHead { number: limits::MEMO_VERSIONS, ..STORED };
    assert_eq!(decide(&next(&worn, MemoState::Kept), &after(worn)), Err(ProblemKind::Full));
    assert_eq!(decide(&next(&worn, MemoState::Removed), &after(worn)), STORE);
}

#[test]
fn what_is_hashed_to_a_head_is_fixed() {
    let input = crate::wire::memo::head_input(&Digest([1; 32]), &Digest([2; 32]));
    assert_eq!(&input[..23], b"\x85\x69vestibule\x01\x69memo-head\x58");
    assert_eq!(input.len(), 23 + 1 + 32 + 2 + 32);
}
