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
    port::{Platform, random32},
    realm::secrets,
};
use vestibule_core::{
    cbor,
    ids::{Digest, PatientId, PracticeId},
    limits,
    wire::directory::Catalog,
};
use vestibule_oprf::{
    evaluate_direct,
    locator::{input, normalise_email, patient_id},
};

/// What is stored of a code: its MAC, so that a stolen database cannot be searched for six digits.
pub(crate) fn code_mac(keys: &Keys, practice: PracticeId, patient: PatientId, code: &str) -> Digest {
    keys.platform.mac("voucher", &(practice, patient, code))
}

/// Mails a code for a patient to an address only if the address is the patient's: recomputed here (PROTOCOL section 4).
pub(super) async fn run<P: Platform>(platform: &P, keys: &Keys, job: &MailCode) -> Result<JobOutcome, Fault> {
    let now = platform.now();
    if now.since(job.asked) > limits::VOUCHER_SECONDS {
        return Ok(JobOutcome::Drop("a code that was asked for too long ago"));
    }
    let Ok(email) = normalise_email(&job.email) else {
        return Ok(JobOutcome::Drop("not an address"));
    };
    let PracticeReply::Locator(share) = platform.practice(job.practice, &PracticeCommand::Locator).await?
    else {
        return Ok(JobOutcome::Drop("a code for a practice that is not there"));
    };
    let key = secrets::open_locator(keys, job.practice, &share)?;
    let input = input(&email, &job.practice, &mut |_, _| {})
        .map_err(|e| Fault(format!("hashing an address: {e}")))?;
    let output =
        evaluate_direct(&key, input.as_slice()).map_err(|_| Fault::new("an address has no output"))?;
    if patient_id(&output) != job.patient {
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
    let name = practice_name(platform, job.practice).await?;
    platform.send(&text::code(email.as_str(), &job.locale, &name, &code)).await?;
    Ok(JobOutcome::Done)
}

async fn practice_name<P: Platform>(platform: &P, practice: PracticeId) -> Result<String, Fault> {
    let PracticeReply::Directory(pieces) = platform.practice(practice, &PracticeCommand::Directory).await?
    else {
        return Err(Fault::new("an actor answered another command"));
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
