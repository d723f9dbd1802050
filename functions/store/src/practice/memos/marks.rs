//! Which appointments have memos.
use super::{scopes, who};
use crate::{
    driver::{Driver, number},
    practice::Outcome,
};
use vestibule_app::actor::{memos::MarksLoad, practice::PracticeReply};
use vestibule_core::{time::UnixSeconds, wire::memo::Mark};

/// Of those that start in the span, cancelled ones too: how many memos stand, and how many are open tasks.
pub(super) fn load(db: &impl Driver, now: UnixSeconds, command: &MarksLoad) -> Outcome {
    let (credential, manifest) = who(db, now, &command.session)?;
    let own = scopes(&manifest, &credential);
    let sql = format!(
        "SELECT a.id, sum(m.state = 1), sum(m.state = 2) FROM appointments a
         JOIN memos m ON m.actor = a.actor AND m.about = a.id AND m.state <= 2
         WHERE a.actor = ?1 AND a.status >= 2 AND a.start >= ?2 AND a.start < ?3 AND m.scope IN ({own}) GROUP BY a.id"
    );
    let mut marks = Vec::new();
    for row in db.exec(&sql, vec![number(command.from.0), number(command.to.0)])? {
        marks.push(Mark { appointment: row.id(0)?, kept: row.number(1)?, open: row.number(2)? });
    }
    Ok(PracticeReply::Marks(marks))
}
