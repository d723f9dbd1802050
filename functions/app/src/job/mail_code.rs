//! Make and mail a six-digit code.
use super::{JobOutcome, MailCode, text};
use crate::{
    actor::{
        Shard,
        patient::{PatientCommand, VoucherPut},
        practice::{PracticeCommand, PracticeReply},
    },
    config::Keys,
    error::Fault,
    mail,
    port::{Platform, random32},
    realm::{decode_member, member::Member},
};
use vestibule_core::{
    cbor,
    ids::{Digest, PatientId, PracticeId},
    limits,
    wire::{
        directory::Catalog,
        realm::{Evaluated, LocatorProof},
    },
};
use vestibule_oprf::{
    locator::{input, normalise_email, patient_id},
    reblind, verify_and_combine,
};

/// What is stored of a code: its MAC, so that a stolen database cannot be searched for six digits.
pub(crate) fn code_mac(keys: &Keys, practice: PracticeId, patient: PatientId, code: &str) -> Digest {
    keys.platform.mac("voucher", &(practice, patient, code))
}

/// Mails a code for a patient to an address only if the address is the patient's: proven here (PROTOCOL section 4).
pub(super) async fn run<P: Platform>(platform: &P, keys: &Keys, job: &MailCode) -> Result<JobOutcome, Fault> {
    let now = platform.now();
    if now.since(job.asked) > limits::VOUCHER_SECONDS {
        return Ok(JobOutcome::Drop("a code that was asked for too long ago"));
    }
    let Ok(email) = normalise_email(&job.email) else {
        return Ok(JobOutcome::Drop("not an address"));
    };
    let PracticeReply::Member(member) = platform.practice(job.practice, &PracticeCommand::Member).await?
    else {
        return Ok(JobOutcome::Drop("a code for a practice that is not there"));
    };
    let Some(member) = decode_member(&member)?.under(&job.deployment)? else {
        return Ok(JobOutcome::Drop("a code that was asked for under another deployment"));
    };
    let input = input(&email, &job.practice, &mut |_, _| {})
        .map_err(|e| Fault(format!("hashing an address: {e}")))?;
    if located(&member, &job.located, input.as_slice()) != Some(job.patient) {
        // Someone asked for a code to another's address, or for another's id. Nothing is sent, nobody is told.
        return Ok(JobOutcome::Done);
    }
    let code = six_digits(platform);
    let put = VoucherPut {
        patient: job.patient,
        code: code_mac(keys, job.practice, job.patient, &code),
        expires: now.plus(limits::VOUCHER_SECONDS),
    };
    let shard = Shard::of(job.practice, &job.patient);
    platform.patient(shard, &PatientCommand::VoucherPut(put)).await?;
    let name = practice_name(platform, job.practice, &member).await?;
    let from = text::Origin { name: &name, part: (member.index, member.realms.len()) };
    mail::send(platform, &text::code(email.as_str(), &job.locale, &from, &code)).await?;
    Ok(JobOutcome::Done)
}

/// The PatientID that the practice's realms gave for an input, if what is shown proves it. Fewer realms than the threshold
/// cannot find it out by themselves, so the client shows how it did; its blind fits one input only.
fn located(member: &Member, proof: &LocatorProof, input: &[u8]) -> Option<PatientId> {
    let state = reblind(&proof.blind, input).ok()?;
    let answers = proof.answers.iter().map(|(index, element, proof)| {
        let public = member.locator_shares.get(usize::from(*index).checked_sub(1)?)?;
        let evaluated = Evaluated { element: *element, proof: proof.clone(), handle: Digest([0; 32]) };
        Some((*index, *public, evaluated))
    });
    let answers = answers.collect::<Option<Vec<_>>>()?;
    let output = verify_and_combine(&state, member.threshold, &answers, &member.locator).ok()?;
    Some(patient_id(&output))
}

/// The practice's name; where the practice is founded elsewhere, this realm's host, as the patient's page names it.
async fn practice_name<P: Platform>(
    platform: &P,
    practice: PracticeId,
    member: &Member,
) -> Result<String, Fault> {
    let pieces = match platform.practice(practice, &PracticeCommand::Directory).await? {
        PracticeReply::Directory(pieces) => pieces,
        PracticeReply::Declined(_) => {
            let origin = member.origin.as_str();
            return Ok(origin.split_once("://").map_or(origin, |(_, host)| host).to_owned());
        }
        _ => return Err(Fault::new("an actor answered another command")),
    };
    let catalog: Catalog = cbor::from_slice(&pieces.catalog_body)
        .map_err(|_| Fault::new("the stored catalog does not decode"))?;
    Ok(catalog.name)
}

/// Uniform: a draw that would favour small codes is thrown away.
fn six_digits<P: Platform>(platform: &P) -> String {
    const CODES: u32 = 1_000_000;
    loop {
        let random = random32(platform);
        for word in random.0.chunks_exact(4) {
            let n = u32::from_le_bytes([word[0], word[1], word[2], word[3]]);
            if n < u32::MAX - u32::MAX % CODES {
                return format!("{:06}", n % CODES);
            }
        }
    }
}
