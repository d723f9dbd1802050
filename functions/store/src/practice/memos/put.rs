//! The next version of a memo.
use super::{code, state, who};
use crate::{
    driver::{Driver, StoreError, blob, maybe_blob, number},
    practice::{Outcome, first, row},
};
use vestibule_app::actor::{memos::MemoPut, practice::PracticeReply};
use vestibule_core::{
    calendar::{MemoFacts, MemoHead, MemoOutcome, decide_memo},
    ids::{Digest, MemoId},
    time::UnixSeconds,
    wire::memo::{MemoState, MemoStored},
};

/// Stores a version as the newest: the one before goes, its link stays.
pub(super) fn put(db: &impl Driver, now: UnixSeconds, command: &MemoPut) -> Outcome {
    let (credential, manifest) = who(db, now, &command.session)?;
    let context = &command.context;
    let (stored, mut links) = stored(db, context.memo)?.unzip();
    let facts = MemoFacts { stored, ..facts(db, command)? };
    let outcome = decide_memo(&manifest, &credential, context, command.epoch, &command.link, &facts)?;
    if outcome == MemoOutcome::Store {
        let links = links.get_or_insert_default();
        links.extend(command.link.0);
        db.exec(
            "INSERT INTO memos (actor, id, scope, about, number, state, head, links, envelope)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (actor, id) DO UPDATE SET number = excluded.number, state = excluded.state, head = excluded.head,
                 links = excluded.links, envelope = excluded.envelope",
            vec![
                blob(context.memo),
                blob(context.scope),
                maybe_blob(context.about),
                number(context.number.into()),
                number(code(context.state)),
                blob(command.head),
                blob(links),
                blob(&command.envelope),
            ],
        )?;
    }
    Ok(PracticeReply::Memo(MemoStored { number: context.number, head: command.head }))
}

/// What is known besides the memo itself.
fn facts(db: &impl Driver, command: &MemoPut) -> Result<MemoFacts, StoreError> {
    let context = &command.context;
    let mut facts = MemoFacts::default();
    let count = |sql, id| first(db, sql, vec![id])?.map_or(Ok(0), |row| row.number(0));
    if let Some(id) = context.about {
        facts.resource =
            row::find(db, id)?.filter(|r| r.state().is_some()).map(|r| r.appointment.place.resource);
        let sql = "SELECT count(*) FROM memos WHERE actor = ?1 AND about = ?2 AND state <= 2";
        facts.about = count(sql, blob(id))?;
    }
    if context.state == MemoState::Open {
        let sql = "SELECT count(*) FROM memos WHERE actor = ?1 AND scope = ?2 AND state = 2";
        facts.open = count(sql, blob(context.scope))?;
    }
    Ok(facts)
}

/// The newest version, and the links of all.
fn stored(db: &impl Driver, memo: MemoId) -> Result<Option<(MemoHead, Vec<u8>)>, StoreError> {
    let sql = "SELECT number, links, head, state, scope, about FROM memos WHERE actor = ?1 AND id = ?2";
    let Some(row) = first(db, sql, vec![blob(memo)])? else { return Ok(None) };
    let links = row.blob(1)?;
    let last = links.last_chunk().ok_or_else(|| StoreError("a memo without versions".into()))?;
    let head = MemoHead {
        number: row.number(0)?,
        link: Digest(*last),
        head: row.id(2)?,
        state: state(row.number(3)?)?,
        scope: row.id(4)?,
        about: row.maybe_blob(5)?.map(|_| row.id(5)).transpose()?,
    };
    Ok(Some((head, links.to_vec())))
}
