//! Notes and tasks.
use crate::{error::Failure, input, lines, practice::PracticeClient, view};
use vestibule_core::{
    day::Day,
    ids::{AppointmentId, MemoId},
    time::UnixSeconds,
    wire::memo::{MemoKind, MemoState},
};
use vestibule_edge_crypto::{
    client::practice::{CalendarLine, MemoLine, MemoWish, Shown, StaffSession},
    memo::OpenedMemo,
};
use wasm_bindgen::prelude::*;

type Result<T> = core::result::Result<T, Failure>;

#[wasm_bindgen]
impl PracticeClient {
    /// The notes and tasks about an appointment, oldest first: `[{id, kind, text, due, done, time, made, mine, authorMine}, ...]`;
    /// `{id, problem}` for one that is not believed.
    pub async fn memos(&mut self, about: String) -> core::result::Result<JsValue, JsValue> {
        let about = id(&about)?;
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        let lines =
            self.client.memos(session, Some(about)).await.map_err(|e| Failure::of(&e, &self.client))?;
        Ok(show_all(session, lines))
    }

    /// All open tasks, in no order: as [`Self::memos`], with `about`, an id or empty.
    pub async fn tasks(&mut self) -> core::result::Result<JsValue, JsValue> {
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        let lines = self.client.memos(session, None).await.map_err(|e| Failure::of(&e, &self.client))?;
        Ok(show_all(session, lines))
    }

    /// Writes a version: `{what: 'new', about, kind, text, due}`, `{what: 'change', id, seen, text, due}`, `{what: 'done', id,
    /// seen, done}` or `{what: 'remove', id, seen}`; `seen` is the version that is changed, `about` and `due` may be empty. Gives it
    /// as it stands then.
    #[wasm_bindgen(js_name = writeMemo)]
    pub async fn write_memo(&mut self, wish: JsValue) -> core::result::Result<JsValue, JsValue> {
        let wish = parse(&wish)?;
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        let opened =
            self.client.write_memo(session, &wish).await.map_err(|e| Failure::of(&e, &self.client))?;
        Ok(show(session, &opened))
    }

    /// How many notes and open tasks the appointments that start in `[from, to)` have: `[{appointment, kept, open}, ...]`.
    #[wasm_bindgen(js_name = memoMarks)]
    pub async fn memo_marks(&self, from: f64, to: f64) -> core::result::Result<JsValue, JsValue> {
        let at = |value: f64| input::whole(&value.into()).map(UnixSeconds);
        let session = self.session.as_ref().ok_or(Failure::input("locked"))?;
        let marks = self.client.marks(session, at(from)?, at(to)?).await;
        let marks = marks.map_err(|e| Failure::of(&e, &self.client))?;
        Ok(view::array(&marks, |mark| {
            view::object(&[
                ("appointment", mark.appointment.to_string().into()),
                ("kept", mark.kept.into()),
                ("open", mark.open.into()),
            ])
        }))
    }

    /// An appointment by its id, as `calendar` gives it: from what this device has verified, else from the server.
    pub async fn appointment(&mut self, about: String) -> core::result::Result<JsValue, JsValue> {
        let about = id(&about)?;
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        let line = if let Some(summary) = self.client.recalled(session, about) {
            let place = summary.place;
            let result = Ok(Shown::Verified(summary));
            CalendarLine { appointment: about, place: Some(place), start: place.start.start(), result }
        } else {
            self.client.appointment(session, about).await.map_err(|e| Failure::of(&e, &self.client))?
        };
        Ok(lines::show(session.practice.directory.catalog(), &[line])?)
    }
}

fn id(text: &str) -> Result<AppointmentId> {
    text.parse().map_err(|_| Failure::input("input"))
}

fn show_all(session: &StaffSession, mut lines: Vec<MemoLine>) -> JsValue {
    lines.sort_by_key(|line| line.result.as_ref().map_or(UnixSeconds(u64::MAX), |o| o.memo.made));
    view::array(&lines, |line| match &line.result {
        Ok(opened) => show(session, opened),
        Err(lie) => view::object(&[("id", line.memo.to_string().into()), ("problem", lie.code().into())]),
    })
}

fn show(session: &StaffSession, opened: &OpenedMemo) -> JsValue {
    let memo = &opened.memo;
    let due = memo.due.map_or_else(String::new, |day| {
        format!("{:04}-{:02}-{:02}", day.0 / 10_000, day.0 / 100 % 100, day.0 % 100)
    });
    let kind = if memo.kind == MemoKind::Task { "task" } else { "note" };
    view::object(&[
        ("id", memo.memo.to_string().into()),
        ("about", memo.about.map_or_else(String::new, |id| id.to_string()).into()),
        ("kind", kind.into()),
        ("text", memo.text.as_str().into()),
        ("due", due.into()),
        ("done", (memo.kind == MemoKind::Task && memo.state == MemoState::Kept).into()),
        ("removed", (memo.state == MemoState::Removed).into()),
        ("number", memo.number.into()),
        ("time", view::number(memo.time.0)),
        ("made", view::number(memo.made.0)),
        ("mine", (memo.signer == session.own_key()).into()),
        ("authorMine", (memo.author == session.own_key()).into()),
    ])
}

fn parse(wish: &JsValue) -> Result<MemoWish> {
    let memo = || input::parsed::<MemoId>(wish, "id");
    let seen = || u32::try_from(input::number(wish, "seen")?).map_err(|_| Failure::input("input"));
    let due = || match input::text(wish, "due")?.as_str() {
        "" => Ok(None),
        text => Day::parse(text).map(Some).ok_or(Failure::input("input")),
    };
    Ok(match input::text(wish, "what")?.as_str() {
        "new" => MemoWish::New {
            about: match input::text(wish, "about")?.as_str() {
                "" => None,
                text => Some(id(text)?),
            },
            kind: match input::text(wish, "kind")?.as_str() {
                "note" => MemoKind::Note,
                "task" => MemoKind::Task,
                _ => return Err(Failure::input("input")),
            },
            text: input::text(wish, "text")?,
            due: due()?,
        },
        "change" => {
            MemoWish::Change { memo: memo()?, seen: seen()?, text: input::text(wish, "text")?, due: due()? }
        }
        "done" => {
            let done = input::property(wish, "done")?.as_bool().ok_or(Failure::input("input"))?;
            MemoWish::Done { memo: memo()?, seen: seen()?, done }
        }
        "remove" => MemoWish::Remove { memo: memo()?, seen: seen()? },
        _ => return Err(Failure::input("input")),
    })
}
