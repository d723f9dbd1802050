//! Runs what waits in the jobs' table: after requests, and when the host's scheduler asks.
use crate::{
    platform::{Spin, fault},
    sql::database,
};
use std::{cell::Cell, time::Duration};
use vestibule_app::{
    error::Fault,
    job::{self, JobOutcome},
    port::{Clock as _, Platform as _},
    sha256,
};
use vestibule_store::jobs;

/// Most jobs of one call of `POST /jobs`: each may hash an address, which takes 64 MiB and a noticeable fraction of a
/// second of an instance that serves others too.
const MOST: usize = 8;

thread_local! {
    /// When this instance last looked, in Unix seconds.
    static LOOKED: Cell<u64> = const { Cell::new(0) };
}

/// Runs the job that is due longest; whether there was one.
async fn run_one(platform: &Spin) -> Result<bool, Fault> {
    let Some(taken) = database(|db| jobs::take(db, platform.now())).map_err(fault)? else { return Ok(false) };
    let again = match job::run(platform, &taken.message).await {
        JobOutcome::Done => false,
        JobOutcome::Drop(reason) => {
            platform.log(&Fault(format!("job dropped: {reason}")));
            false
        }
        JobOutcome::Retry(fault) => {
            platform.log(&Fault(format!("job failed, trying again: {fault}")));
            true
        }
    };
    let over = |db: &_| if again { jobs::again(db, platform.now(), &taken) } else { jobs::done(db, &taken) };
    database(over).map_err(fault)?;
    Ok(true)
}

/// After a request: one job, if this request left one or nobody looked for a second. Runs behind the answer.
pub(crate) fn after(platform: Spin) {
    let now = platform.now().0;
    if platform.enqueued.get() || LOOKED.get() != now {
        LOOKED.set(now);
        spin_sdk::wasip3::spawn(async move {
            // The answer goes out first: a job computes without a break.
            spin_sdk::time::sleep(Duration::from_millis(1)).await;
            if let Err(fault) = run_one(&platform).await {
                platform.log(&fault);
            }
        });
    }
}

/// `POST /jobs` with the deployment's token: runs at most [`MOST`] jobs; how many there were. `None` for anybody else.
pub(crate) async fn on_demand(platform: &Spin, authorization: Option<&str>) -> Option<Result<usize, Fault>> {
    let token = platform.deployment.jobs_token.as_deref()?;
    let given = authorization?.strip_prefix("Bearer ")?;
    // Hashes are compared: how long that takes tells nothing about the token.
    if sha256(given.as_bytes()) != sha256(token.as_bytes()) {
        return None;
    }
    let mut ran = 0;
    while ran < MOST {
        match run_one(platform).await {
            Ok(true) => ran += 1,
            Ok(false) => break,
            Err(fault) => return Some(Err(fault)),
        }
    }
    Some(Ok(ran))
}
