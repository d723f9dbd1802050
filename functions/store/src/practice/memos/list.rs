//! Memos as staff reads them.
use super::{scopes, who};
use crate::{
    driver::{Driver, Row, StoreError, blob},
    practice::{Outcome, calendar::literals, first},
};
use vestibule_app::actor::{
    memos::{MemoList, MemoRead},
    practice::PracticeReply,
};
use vestibule_core::{
    calendar::reads,
    cbor, limits,
    problem::ProblemKind,
    time::UnixSeconds,
    wire::{http::HEAD_PREFIX, memo::StoredMemo},
};

/// The newest version of one, removed or not.
pub(super) fn read(db: &impl Driver, now: UnixSeconds, command: &MemoRead) -> Outcome {
    let (credential, manifest) = who(db, now, &command.session)?;
    let sql = "SELECT id, links, envelope, scope FROM memos WHERE actor = ?1 AND id = ?2";
    let row = first(db, sql, vec![blob(command.memo)])?.ok_or(ProblemKind::NotFound)?;
    if !reads(&manifest, &credential, row.id(3)?) {
        return Err(ProblemKind::Forbidden.into());
    }
    Ok(PracticeReply::Appointments(cbor::to_vec(&served(&row)?).into()))
}

/// A page of those about an appointment that are not removed, or of the open tasks; without content where the asker has it.
pub(super) fn list(db: &impl Driver, now: UnixSeconds, command: &MemoList) -> Outcome {
    let (credential, manifest) = who(db, now, &command.session)?;
    let after = command.after.as_ref().map_or(&[][..], AsRef::as_ref);
    let known =
        format!("substr(head, 1, {HEAD_PREFIX}) IN ({})", literals(command.have.chunks_exact(HEAD_PREFIX)));
    let own = scopes(&manifest, &credential);
    let which = if command.about.is_some() { "about = ?3 AND state <= 2" } else { "state = 2" };
    let sql = format!(
        "SELECT id, links, CASE WHEN {known} THEN NULL ELSE envelope END FROM memos
         WHERE actor = ?1 AND id > ?2 AND {which} AND scope IN ({own}) ORDER BY id LIMIT {}",
        limits::MEMO_PAGE
    );
    let mut params = vec![blob(after)];
    params.extend(command.about.map(blob));
    let mut page = Vec::new();
    for row in db.exec(&sql, params)? {
        page.extend(cbor::to_vec(&served(&row)?));
    }
    Ok(PracticeReply::Appointments(page.into()))
}

fn served(row: &Row) -> Result<StoredMemo, StoreError> {
    Ok(StoredMemo {
        memo: row.id(0)?,
        links: row.blob(1)?.to_vec().into(),
        envelope: row.maybe_blob(2)?.map(|bytes| bytes.to_vec().into()),
    })
}
