//! The Durable Objects: one command in, one transaction, one answer out.
use crate::sql::ObjectSql;
use std::cell::RefCell;
use vestibule_app::actor::{patient::PatientReply, practice::PracticeReply};
use vestibule_core::{bytes::Bytes, cbor, time::UnixSeconds};
use vestibule_store::{StoreError, patient::PatientActor, practice::PracticeActor};
use worker::{Date, DurableObject, Env, Request, Response, Result, State, console_error, durable_object};

/// Mails that the development outbox keeps.
const OUTBOX_MAILS: usize = 50;

/// An object's database holds one actor only.
const ALONE: &[u8] = &[];

/// Now, by the platform's clock.
pub(crate) fn now() -> UnixSeconds {
    UnixSeconds(Date::now().as_millis() / 1000)
}

/// Runs one command. If the actor answers that it is `erased`, its database goes with it.
async fn apply<C, R>(
    sql: &ObjectSql,
    mut request: Request,
    erased: R,
    run: impl FnOnce(&C) -> std::result::Result<R, StoreError>,
) -> Result<Response>
where
    C: for<'b> minicbor::Decode<'b, ()>,
    R: minicbor::Encode<()> + PartialEq,
{
    let body = request.bytes().await?;
    let Ok(command) = minicbor::decode::<C>(&body) else {
        return Response::error("not a command", 400);
    };
    let mut outcome = run(&command);
    if outcome.as_ref() == Ok(&erased)
        && let Err(error) = sql.drop_all().await
    {
        outcome = Err(error);
    }
    match outcome {
        Ok(reply) => Response::from_bytes(cbor::to_vec(&reply)),
        Err(error) => {
            // SQL messages name columns and constraints, never values.
            console_error!("{error}");
            Response::error("store", 500)
        }
    }
}

/// A practice: directory, sessions, calendar.
#[durable_object]
pub struct PracticeObject {
    sql: ObjectSql,
    actor: PracticeActor,
}

impl DurableObject for PracticeObject {
    fn new(state: State, _: Env) -> Self {
        Self { sql: ObjectSql::of(&state), actor: PracticeActor::default() }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        #[cfg(feature = "faults")]
        if let Some(case) = request.path().strip_prefix(crate::contract::PATH) {
            return crate::contract::answer(&self.sql, case);
        }
        apply(&self.sql, request, PracticeReply::Erased, |command| {
            self.actor.apply(&self.sql, ALONE, now(), command)
        })
        .await
    }
}

/// A guard shard: PINs, vouchers and vaults of a sixteenth of a practice's patients.
#[durable_object]
pub struct PatientObject {
    sql: ObjectSql,
    actor: PatientActor,
}

impl DurableObject for PatientObject {
    fn new(state: State, _: Env) -> Self {
        Self { sql: ObjectSql::of(&state), actor: PatientActor::default() }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        apply(&self.sql, request, PatientReply::Erased, |command| {
            self.actor.apply(&self.sql, ALONE, now(), command)
        })
        .await
    }
}

/// The development outbox, sealed: in memory only, gone with the object.
#[durable_object]
pub struct Outbox {
    mails: RefCell<Vec<Bytes>>,
}

impl DurableObject for Outbox {
    fn new(_: State, _: Env) -> Self {
        Self { mails: RefCell::new(Vec::new()) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if request.method() == worker::Method::Post {
            let mail = request.bytes().await?.into();
            let mut mails = self.mails.borrow_mut();
            mails.push(mail);
            let surplus = mails.len().saturating_sub(OUTBOX_MAILS);
            mails.drain(..surplus);
            return Response::empty();
        }
        Response::from_bytes(cbor::to_vec(&*self.mails.borrow()))
    }
}
