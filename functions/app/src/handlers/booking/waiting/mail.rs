//! `POST .../calendar/waiting/{entry}/mail`.
use super::tell;
use crate::{
    actor::{
        practice::{PracticeCommand, PracticeReply},
        waiting::{self, WaitingCommand},
    },
    auth::session,
    error::{Failure, Fault, malformed},
    handlers::{ask, confused},
    http::{Call, Response, done, parse},
    job::{self, Job, MailOffer},
    port::Platform,
};
use vestibule_core::{
    cbor,
    ids::{PracticeId, WaitingId},
    wire::{catalog::Catalog, envelope::Signed, waiting::WaitingMail},
};
use vestibule_oprf::locator::normalise_email;

/// Longest language tag that is looked at.
const LOCALE_BYTES: usize = 35;

/// Mails that a time has become free, once for each offer (rule W9). A staff device says where to, since nobody else can: the
/// server sees the address for this one message, and keeps it only sealed in the queue. The text is fixed; it has no time,
/// no service and no name but the practice's.
pub(in crate::handlers::booking) async fn mail<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
    entry: WaitingId,
) -> Result<Response, Failure> {
    let session = session(call)?;
    let WaitingMail { place, email, locale } = parse(call)?;
    if normalise_email(&email).is_err() || locale.len() > LOCALE_BYTES {
        return Err(malformed("not an address"));
    }
    let note = |mailed| WaitingCommand::Mail(waiting::WaitingMail { session, entry, place, mailed });
    let PracticeReply::Done = tell(platform, practice, note(true)).await? else { return Err(confused()) };
    if let Err(fault) = enqueue(platform, call, practice, email, locale).await {
        // It may be asked for again.
        tell(platform, practice, note(false)).await?;
        return Err(fault);
    }
    Ok(done())
}

async fn enqueue<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
    email: String,
    locale: String,
) -> Result<(), Failure> {
    let PracticeReply::Directory(pieces) = ask(platform, practice, &PracticeCommand::Directory).await? else {
        return Err(confused());
    };
    let stored = |_| Fault::new("the stored directory does not decode");
    let catalog: Catalog = cbor::from_slice(&pieces.catalog_body).map_err(stored)?;
    let roots: Vec<Signed> = cbor::from_slice(&pieces.roots).map_err(stored)?;
    let genesis = roots.first().ok_or_else(|| Fault::new("a practice without genesis"))?;
    let link = format!("{}/me/#{}", call.origin, vestibule_verify::fingerprint(genesis));
    let job = Job::MailOffer(MailOffer { email, locale, name: catalog.name, link, asked: platform.now() });
    Ok(job::enqueue(platform, &job, 0).await?)
}
