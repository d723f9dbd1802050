//! The storage contract on a Durable Object's SQL, in the `faults` build only.
use crate::{
    platform::{Cloudflare, fault},
    sql::ObjectSql,
};
use vestibule_store::contract::{Database, run};
use worker::{Response, Result};

/// The part of a path that names a case.
pub(crate) const PATH: &str = "/dev/contract/";

/// Sends a case to a practice object that nobody else has.
pub(crate) async fn forward(platform: &Cloudflare, case: &str) -> Result<Response> {
    let mut name = [0; 16];
    getrandom::fill(&mut name).map_err(|error| worker::Error::from(error.to_string()))?;
    let namespace = platform.env.durable_object("PRACTICE")?;
    let stub = namespace.get_by_name(&format!("contract-{name:02x?}"))?;
    let answer = stub.fetch_with_str(&format!("https://actor{PATH}{case}")).await;
    answer.map_err(|error| fault(error).0.into())
}

/// Runs the case on the object's own database. A case that fails panics.
pub(crate) fn answer(sql: &ObjectSql, case: &str) -> Result<Response> {
    if run(case, &Database::new(sql, &[])) {
        Ok(Response::empty()?.with_status(204))
    } else {
        Response::error("no such case", 404)
    }
}
