//! `GET /v1/practices/{practice}/moving`.
use super::{ask, confused, staff_directory};
use crate::{
    actor::{
        Shard,
        patient::{PatientCommand, PatientReply},
        practice::{PracticeCommand, PracticeReply},
    },
    auth::session,
    error::Failure,
    http::{Call, Response, reply},
    port::Platform,
    sha256,
};
use vestibule_core::{ids::PracticeId, wire::http::Moving};

/// How many patients have gone over, for a signed-in member: active registrations here, by the deployment that they were made
/// for. Patients whom nobody is have none, so they are not counted. With it the deployment that was left last, whose realms
/// may have to be told once more that it has ended.
pub(crate) async fn moving<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let session = session(call)?;
    let directory = staff_directory::load(platform, practice, session).await?;
    let digest = |body: &[u8]| sha256(body);
    let here = digest(&directory.deployment.body);
    let before = directory.before.as_ref().map(|before| digest(&before.body));
    let mut moving = Moving { here: 0, before: 0, left: None };
    for shard in Shard::all(practice) {
        let counted = match platform.patient(shard, &PatientCommand::Registered).await? {
            PatientReply::Registered(counted) => counted,
            // Nobody ever asked for one of its patients.
            PatientReply::Invalid => Vec::new(),
            _ => return Err(confused()),
        };
        for (deployment, count) in counted {
            if deployment == here {
                moving.here += count;
            } else if Some(deployment) == before {
                moving.before += count;
            }
        }
    }
    let PracticeReply::Left(left) = ask(platform, practice, &PracticeCommand::Left(session)).await? else {
        return Err(confused());
    };
    Ok(reply(call, &Moving { left, ..moving }))
}
