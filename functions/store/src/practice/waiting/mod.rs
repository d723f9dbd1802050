//! The waiting list (rules W1 to W10 of `docs/SCHEDULING.md`).
mod accept;
mod act;
mod join;
mod list;
mod mail;
mod row;
mod vacancy;

pub(super) use accept::{booked, lapsed};
pub(super) use row::close_over;
pub(super) use vacancy::{due, go_on, vacate};

use super::{Outcome, Stop};
use crate::driver::Driver;
use vestibule_app::actor::waiting::WaitingCommand;
use vestibule_core::{time::UnixSeconds, wire::catalog::Catalog};

/// Does one command about the list.
pub(super) fn run(
    db: &impl Driver,
    catalog: &Catalog,
    now: UnixSeconds,
    command: &WaitingCommand,
) -> Outcome {
    match command {
        WaitingCommand::Join(c) => join::join(db, catalog, now, c),
        WaitingCommand::Read(c) => list::read(db, now, c),
        WaitingCommand::Accept(c) => accept::accept(db, catalog, now, c),
        WaitingCommand::Act(c) => act::act(db, catalog, now, c),
        WaitingCommand::List(c) => list::list(db, now, c),
        WaitingCommand::Remove(c) => act::remove(db, catalog, now, c),
        WaitingCommand::Mail(c) => mail::mail(db, now, c),
    }
}

/// Commands that write nothing.
pub(super) const fn only_reads(command: &WaitingCommand) -> bool {
    matches!(command, WaitingCommand::Read(_) | WaitingCommand::List(_))
}

type Done = Result<(), Stop>;
