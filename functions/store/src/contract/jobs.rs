//! Jobs in a table, and transactions.
use super::support::{Database, NOW};
use crate::{Driver, StoreError, Value, jobs};

/// Other cases and other tests may have jobs waiting in the same database: takes what is due until nothing is.
fn drain<D: Driver>(db: &Database<'_, D>, now: u64) -> Vec<jobs::Taken> {
    let now = NOW.plus(now);
    std::iter::from_fn(|| jobs::take(db.driver, now).unwrap()).collect()
}

pub(super) fn a_job_is_taken_once_and_comes_back_if_it_is_lost<D: Driver>(db: &Database<'_, D>) {
    let later = NOW.plus(600);
    jobs::put(db.driver, later, b"late").unwrap();
    jobs::put(db.driver, NOW, b"first").unwrap();
    jobs::put(db.driver, NOW.plus(1), b"second").unwrap();
    let taken = drain(db, 1);
    let messages: Vec<&[u8]> = taken.iter().map(|job| job.message.as_slice()).collect();
    assert_eq!(messages, [b"first".as_slice(), b"second"], "by due time; nobody gets one twice");
    jobs::done(db.driver, &taken[0]).unwrap();
    jobs::again(db.driver, NOW, &taken[1]).unwrap();
    assert_eq!(drain(db, 29), []);
    let retried = drain(db, 30);
    assert_eq!(retried.len(), 1);
    // Whoever took it is gone: the lease ends.
    assert_eq!(drain(db, 149), []);
    let lost = drain(db, 150);
    assert_eq!(lost.len(), 1);
    jobs::done(db.driver, &retried[0]).unwrap();
    jobs::again(db.driver, NOW, &lost[0]).unwrap();
    assert_eq!(drain(db, 31).len(), 1, "a late word of its former holder changes nothing");
    // Given up after nine attempts.
    let mut attempts = 4;
    let mut now = 31;
    while attempts < 20 {
        now += 120;
        if drain(db, now).iter().all(|job| job.message != b"second") {
            break;
        }
        attempts += 1;
    }
    assert_eq!(attempts, 9);
    jobs::put(db.driver, NOW.plus(100_000), b"far").unwrap();
    for job in drain(db, 100_000) {
        jobs::done(db.driver, &job).unwrap();
    }
    assert_eq!(drain(db, 200_000), []);
}

pub(super) fn the_outbox_forgets_the_oldest<D: Driver>(db: &Database<'_, D>) {
    for n in 0..60u8 {
        jobs::keep_mail(db.driver, &[n]).unwrap();
    }
    let mails = jobs::mails(db.driver).unwrap();
    assert_eq!(mails, (10..60).map(|n| vec![n]).collect::<Vec<_>>());
}

pub(super) fn what_fails_is_rolled_back_whole<D: Driver>(db: &Database<'_, D>) {
    let count =
        || -> u64 { db.driver.exec("SELECT count(*) FROM scratch", vec![]).unwrap()[0].number(0).unwrap() };
    db.driver.exec("CREATE TABLE IF NOT EXISTS scratch (n INTEGER PRIMARY KEY)", vec![]).unwrap();
    db.driver.exec("DELETE FROM scratch", vec![]).unwrap();
    let insert = |n| db.driver.exec("INSERT INTO scratch VALUES (?1)", vec![Value::Integer(n)]);
    let failed = db.driver.transaction(|| {
        insert(1)?;
        Err::<(), _>(StoreError("on purpose".into()))
    });
    assert_eq!(failed, Err(StoreError("on purpose".into())));
    assert_eq!(count(), 0);
    let clash = db.driver.transaction(|| {
        insert(2)?;
        insert(2)
    });
    assert!(clash.unwrap_err().0.contains("UNIQUE"));
    assert_eq!(count(), 0);
    db.driver.transaction(|| insert(3)).unwrap();
    assert_eq!(count(), 1);
    let largest = (1 << 53) - 1;
    let blob = Value::Blob((0..=255).collect());
    let row = db.driver.exec("SELECT ?1, ?2, ?3", vec![Value::Integer(largest), blob.clone(), Value::Null]);
    assert_eq!(row.unwrap()[0].0, [Value::Integer(largest), blob, Value::Null]);
}
