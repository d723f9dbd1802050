//! A later act on an appointment, by its patient or by staff.
use super::{Outcome, Stop, claims, expire::expire, first, row, session, waiting};
use crate::driver::{Driver, blob, number};
use vestibule_app::{
    actor::practice::{Act, Booked, By, PracticeReply},
    sha256,
};
use vestibule_core::{
    calendar::{ActFacts, ActOutcome, Actor, Move, Taken, Takes, concerned_by_move, decide_act, decide_move},
    ids::{AppointmentId, Digest},
    problem::{Problem, ProblemKind},
    states,
    time::UnixSeconds,
    wire::{
        appointment::{Place, State},
        catalog::Catalog,
    },
};

/// Stores the statement and does what it says, all or nothing; the same bytes again are answered the same.
pub(super) fn act(db: &impl Driver, catalog: &Catalog, now: UnixSeconds, command: &Act) -> Outcome {
    let actor = match &command.by {
        By::Patient(capability) => Actor::Patient(*capability),
        By::Session(token) => {
            session::require(db, now, token)?;
            Actor::Practice
        }
    };
    if command.action.moves() != command.place.is_some() {
        return Err(
            Problem::new(ProblemKind::Malformed, "a move names a place, and nothing else does").into()
        );
    }
    let (facts, envelope) = facts(db, command.appointment, command.seq, &command.statement)?;
    let mut due = None;
    let state = match decide_act(&facts, &actor, command.action, command.seq, now)? {
        ActOutcome::Already(state) => state,
        ActOutcome::Store(state) => {
            let from = facts.appointment.ok_or(ProblemKind::NotFound)?.place;
            let mut freed = None;
            if let Some(to) = &command.place {
                let stands = state == State::Booked;
                freed = Some(relocate(db, catalog, now, command, &actor, (&from, stands), to)?);
            }
            if !states::keeps_cells(state) {
                expire(db, catalog, now)?;
            }
            let freed = keep(db, command.appointment, command.seq, &command.statement, state)?.or(freed);
            if let Some(freed) = freed {
                waiting::vacate(db, catalog, now, &freed.stretches)?;
                due = waiting::due(db)?;
            }
            state
        }
    };
    let envelope = envelope.unwrap_or(Digest([0; 32]));
    Ok(PracticeReply::Booked(Booked { state, envelope, due }))
}

/// What a decision on an act needs to know, and the digest of the envelope.
pub(super) fn facts(
    db: &impl Driver,
    appointment: AppointmentId,
    seq: u32,
    statement: &[u8],
) -> Result<(ActFacts, Option<Digest>), Stop> {
    let stored = row::find(db, appointment)?;
    let last = first(
        db,
        "SELECT coalesce(max(seq), 1) FROM statements WHERE actor = ?1 AND appointment = ?2",
        vec![blob(appointment)],
    )?;
    let same = first(
        db,
        "SELECT 1 FROM statements WHERE actor = ?1 AND appointment = ?2 AND seq = ?3 AND statement = ?4",
        vec![blob(appointment), number(seq.into()), blob(statement)],
    )?;
    let facts = ActFacts {
        appointment: stored.as_ref().map(|s| s.appointment),
        last: last.map_or(Ok(1), |r| r.number(0))?,
        stored: same.is_some(),
    };
    Ok((facts, stored.and_then(|s| s.digest)))
}

/// Stores a statement and the state that it leaves; frees the cells where that state keeps none, and says which.
pub(super) fn keep(
    db: &impl Driver,
    appointment: AppointmentId,
    seq: u32,
    statement: &[u8],
    state: State,
) -> Result<Option<Takes>, Stop> {
    db.exec(
        "INSERT INTO statements VALUES (?1, ?2, ?3, ?4)",
        vec![blob(appointment), number(seq.into()), blob(statement)],
    )?;
    db.exec(
        "UPDATE appointments SET status = ?4, head = ?2 WHERE actor = ?1 AND id = ?3",
        vec![blob(sha256(statement)), blob(appointment), number(row::status(state))],
    )?;
    if states::keeps_cells(state) { Ok(None) } else { Ok(claims::free(db, appointment.as_ref())?) }
}

/// Gives the old cells, which are returned, for the new ones: nothing is freed before it is known that no cell of what it takes then is another
/// appointment's, and if the primary key says otherwise the whole transaction is undone.
fn relocate(
    db: &impl Driver,
    catalog: &Catalog,
    now: UnixSeconds,
    command: &Act,
    actor: &Actor,
    (from, stands): (&Place, bool),
    to: &Place,
) -> Result<Takes, Stop> {
    expire(db, catalog, now)?;
    let id = command.appointment.as_ref();
    let own = claims::takes(db, id)?.map_or_else(|| Takes::only(*from), |(takes, _)| takes);
    let wish = Move { from, to, visit: command.visit.as_ref(), stands, own: &own };
    // What the catalog does not offer at all needs no look at the claims; the decision says so.
    let taken = match concerned_by_move(catalog, actor, &wish) {
        Ok(concerned) => Taken::new(
            claims::of(db, &concerned.resources, &concerned.cells, id)?,
            claims::counted(db, &concerned.classes, &concerned.weeks, id)?,
        ),
        Err(_) => Taken::default(),
    };
    let takes = decide_move(catalog, actor, &wish, &taken, now)?;
    claims::free(db, id)?;
    db.exec(
        "UPDATE appointments SET resource = ?2, start = ?3, cells = ?4 WHERE actor = ?1 AND id = ?5",
        vec![blob(to.resource), number(to.start.0), number(to.cells.into()), blob(command.appointment)],
    )?;
    claims::take(db, command.appointment, to, &takes)?;
    Ok(own)
}
