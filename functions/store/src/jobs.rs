//! Jobs that wait in a table, for platforms without a queue. At least once: a job is leased while it runs, and comes back if
//! whoever took it does not finish it.
use crate::{
    driver::{Driver, StoreError, blob, number},
    own::Own,
    schema::{Kind, open},
};
use vestibule_core::time::UnixSeconds;

/// Attempts before a job is given up: one, and as many again as Cloudflare's queue is set to.
const ATTEMPTS: u64 = 9;
/// Seconds that a job may run before it is taken to be lost.
const LEASE: u64 = 120;
/// Seconds before a failed job is tried again.
const RETRY: u64 = 30;
/// Mails that the development outbox keeps.
const MAILS: u64 = 50;

/// The jobs' key: they are one more actor of the database.
const KEY: &[u8] = b"jobs";

/// Newest last.
const MIGRATIONS: &[&[&str]] = &[&[
    // Sealed messages, by when they are due.
    "CREATE TABLE jobs (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        actor BLOB NOT NULL,
        due INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        message BLOB NOT NULL
    )",
    "CREATE INDEX jobs_due ON jobs (actor, due)",
    // The development outbox: sealed as well, since nothing rests in the clear.
    "CREATE TABLE mails (seq INTEGER PRIMARY KEY AUTOINCREMENT, actor BLOB NOT NULL, mail BLOB NOT NULL)",
]];

/// A job that was taken: whoever holds it says what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its row.
    seq: u64,
    /// How often it was taken, this time included.
    attempts: u64,
    /// The sealed message.
    pub message: Vec<u8>,
}

/// Runs `work` on the jobs' tables in one transaction.
fn with<D: Driver, T>(
    db: &D,
    work: impl FnOnce(&Own<'_, D>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    db.transaction(|| {
        open(db, Kind::Jobs, KEY, MIGRATIONS, true)?;
        work(&Own::new(db, KEY))
    })
}

/// Adds a message, due at a time.
pub fn put(db: &impl Driver, due: UnixSeconds, message: &[u8]) -> Result<(), StoreError> {
    with(db, |db| {
        let sql = "INSERT INTO jobs (actor, due, attempts, message) VALUES (?1, ?2, 0, ?3)";
        db.exec(sql, vec![number(due.0), blob(message)]).map(drop)
    })
}

/// Takes the job that is due longest, if any: nobody else gets it for [`LEASE`] seconds. The same process may take one job
/// while another takes the next.
pub fn take(db: &impl Driver, now: UnixSeconds) -> Result<Option<Taken>, StoreError> {
    with(db, |db| {
        db.exec(
            "DELETE FROM jobs WHERE actor = ?1 AND due <= ?2 AND attempts >= ?3",
            vec![number(now.0), number(ATTEMPTS)],
        )?;
        let rows = db.exec(
            "UPDATE jobs SET due = ?3, attempts = attempts + 1 WHERE seq =
             (SELECT seq FROM jobs WHERE actor = ?1 AND due <= ?2 ORDER BY due, seq LIMIT 1)
             RETURNING seq, attempts, message",
            vec![number(now.0), number(now.0.saturating_add(LEASE))],
        )?;
        let Some(row) = rows.first() else { return Ok(None) };
        let message = row.blob(2)?.to_vec();
        Ok(Some(Taken { seq: row.number(0)?, attempts: row.number(1)?, message }))
    })
}

/// The job is over. One whose lease ran out meanwhile belongs to somebody else, and stays.
pub fn done(db: &impl Driver, job: &Taken) -> Result<(), StoreError> {
    with(db, |db| {
        let sql = "DELETE FROM jobs WHERE actor = ?1 AND seq = ?2 AND attempts = ?3";
        db.exec(sql, vec![number(job.seq), number(job.attempts)]).map(drop)
    })
}

/// The job failed: due again in [`RETRY`] seconds.
pub fn again(db: &impl Driver, now: UnixSeconds, job: &Taken) -> Result<(), StoreError> {
    with(db, |db| {
        let sql = "UPDATE jobs SET due = ?2 WHERE actor = ?1 AND seq = ?3 AND attempts = ?4";
        let due = number(now.0.saturating_add(RETRY));
        db.exec(sql, vec![due, number(job.seq), number(job.attempts)]).map(drop)
    })
}

/// Keeps a sealed mail of the development outbox; the oldest goes when there are too many.
pub fn keep_mail(db: &impl Driver, mail: &[u8]) -> Result<(), StoreError> {
    with(db, |db| {
        db.exec("INSERT INTO mails (actor, mail) VALUES (?1, ?2)", vec![blob(mail)])?;
        let sql = "DELETE FROM mails WHERE actor = ?1 AND seq <= (SELECT max(seq) FROM mails WHERE actor = ?1) - ?2";
        db.exec(sql, vec![number(MAILS)]).map(drop)
    })
}

/// The sealed mails, oldest first.
pub fn mails(db: &impl Driver) -> Result<Vec<Vec<u8>>, StoreError> {
    with(db, |db| {
        let rows = db.exec("SELECT mail FROM mails WHERE actor = ?1 ORDER BY seq", vec![])?;
        rows.iter().map(|row| row.blob(0).map(<[u8]>::to_vec)).collect()
    })
}
