//! What a guard shard tells of its counting, and what it keeps of others' (rules R4.20 to R4.22).
use super::{
    patient::{ONE, PATIENT, Shard, attempt, digest},
    support::{Database, NOW},
};
use crate::Driver;
use vestibule_app::actor::patient::{Mark, PatientCommand, PatientReply, Witness, Witnessed};
use vestibule_core::{
    ids::{Digest, KeyHash},
    time::UnixSeconds,
    wire::witness::RELEASED,
};

const FRESH: Digest = Digest([77; 32]);

fn mark(realm: u8, number: u64, mark: Digest) -> Mark {
    let checkpoint = vec![realm, u8::try_from(number).unwrap()].into();
    Mark { realm: KeyHash([realm; 32]), number, mark, checkpoint, evidence: None }
}

fn ask<D: Driver>(shard: &Shard<'_, D>, own: Option<Mark>, seen: Vec<Mark>) -> Witnessed {
    let command = Witness { patient: PATIENT, device: digest(4, 1), own, fresh: FRESH, seen };
    match shard.run(NOW, PatientCommand::Witness(command)) {
        PatientReply::Witnessed(witnessed) => witnessed,
        other => panic!("{other:?}"),
    }
}

pub(super) fn what_is_counted_is_told_and_what_others_said_is_kept<D: Driver>(db: &Database<'_, D>) {
    let shard = Shard::enrolled(db);
    let first = ask(&shard, None, vec![]);
    assert_eq!((first.number, &first.released[..]), (1, &[(1, first.mark)][..]));
    assert!(shard.admitted(NOW, attempt(ONE, 1)));
    let second = ask(&shard, None, vec![mark(8, 5, digest(9, 5)), mark(9, 2, digest(9, 2))]);
    assert_eq!(second.number, 2);
    assert_ne!(second.mark, first.mark);
    assert_eq!(second.released, [(1, first.mark), (2, second.mark)]);
    assert_eq!(second.kept, [vec![8, 5].into(), vec![9, 2].into()]);
    // The newest of each stays: an older one, or the same number again, takes no place.
    let third =
        ask(&shard, None, vec![mark(8, 4, digest(9, 4)), mark(8, 5, digest(9, 6)), mark(9, 3, digest(9, 3))]);
    assert_eq!(third.kept, [vec![8, 5].into(), vec![9, 3].into()]);
    // Only a device of the patient is told anything, and a stranger's word is not kept.
    let stranger = Witness {
        patient: PATIENT,
        device: digest(4, 9),
        own: None,
        fresh: FRESH,
        seen: vec![mark(7, 1, FRESH)],
    };
    assert_eq!(shard.run(NOW, PatientCommand::Witness(stranger)), PatientReply::Unauthorized);
    assert_eq!(ask(&shard, None, vec![]).kept.len(), 2);
    // Of what was told, so many stay as the others compare.
    for handle in 2..8 {
        assert!(shard.admitted(NOW, attempt_of_device(handle)));
        ask(&shard, None, vec![]);
    }
    let told = ask(&shard, None, vec![]).released;
    assert_eq!(told.len(), RELEASED.min(8));
    assert!(told.is_sorted_by(|a, b| a.0 < b.0));
}

/// One that the device's own budget admits.
fn attempt_of_device(handle: u8) -> vestibule_app::actor::patient::Attempt {
    vestibule_app::actor::patient::Attempt { device: Some(digest(4, 1)), ..attempt(ONE, handle) }
}

pub(super) fn a_shard_that_was_set_back_goes_on_from_the_higher_number<D: Driver>(db: &Database<'_, D>) {
    let shard = Shard::enrolled(db);
    let now = ask(&shard, None, vec![]);
    // Its own word of now, or of before, contradicts nothing.
    let same = ask(&shard, Some(mark(1, now.number, now.mark)), vec![]);
    assert_eq!((same.number, same.mark), (now.number, now.mark));
    assert!(shard.admitted(NOW, attempt(ONE, 1)), "nobody was set back");
    // It signed nine once, and knows of two: it was set back.
    let learned = ask(&shard, Some(mark(1, 9, digest(9, 9))), vec![]);
    assert_eq!((learned.number, learned.mark), (10, FRESH));
    assert!(learned.released.contains(&(9, digest(9, 9))), "it would be told of it again");
    assert!(!shard.admitted(NOW, attempt(ONE, 2)), "a stranger tries while nobody knows how many did");
    assert!(shard.admitted(NOW, attempt_of_device(3)), "the patient's own device does");
    let later = UnixSeconds(NOW.0 + 3_601);
    assert!(shard.admitted(later, attempt(ONE, 4)));
    // Told again, it goes on: number and mark are those that it remembers.
    let again = ask(&shard, Some(mark(1, 9, digest(9, 9))), vec![]);
    assert_eq!(again.number, 12);
    // The same number with another mark: set back, and counted on to the same.
    let forked = ask(&shard, Some(mark(1, 12, digest(9, 12))), vec![]);
    assert_eq!((forked.number, forked.mark), (13, FRESH));
}
