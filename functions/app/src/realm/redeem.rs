//! Turn a mailed code into a ticket.
use super::{Outcome, Realm, Stop, confused};
use crate::{
    actor::patient::{self, PatientCommand, PatientReply},
    job::code_mac,
    port::{Platform, random32},
    sha256,
};
use vestibule_core::wire::realm::{RealmReply, Redeem, Redeemed, Refusal};

/// One counted guess. A wrong, used or expired code and no code at all look the same; the ticket serves once.
pub(super) async fn redeem<P: Platform>(realm: &Realm<'_, P>, op: &Redeem) -> Outcome {
    if op.code.len() != 6 || !op.code.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refusal::Invalid.into());
    }
    realm.count().await?;
    let ticket = random32(realm.platform);
    let command = PatientCommand::Redeem(patient::Redeem {
        patient: op.patient,
        code: code_mac(realm.keys, realm.practice, op.patient, &op.code),
        ticket: sha256(&ticket.0),
    });
    match realm.patient(&op.patient, &command).await {
        Ok(PatientReply::Redeemed(registered)) => Ok(RealmReply::Redeemed(Redeemed { ticket, registered })),
        Ok(_) => Err(confused()),
        Err(Stop::Refused(Refusal::Wrong)) => Err(Refusal::Voucher.into()),
        Err(stop) => Err(stop),
    }
}
