//! Deal the share of the locator key anew, to the realms that the root names.
use super::{Outcome, Realm, Stop};
use crate::{
    actor::practice::{self, PracticeCommand},
    error::Fault,
    port::Platform,
    work,
};
use vestibule_channel::{Secret32, key_hash_kem, seal_part};
use vestibule_core::wire::{
    pow::Purpose,
    realm::{RealmReply, Refusal},
    reshare::{Dealt, PartContext, Reshare},
};
use vestibule_oprf::{Key, redeal};
use vestibule_verify::directory::check_resharing;

/// Costs a proof of work, spent once. The root in force must have ordered it, of a deployment that this realm serves. The
/// polynomial follows from the platform secret and the order, so asking again, after an answer that got lost, gives the same
/// one; a part can be opened by the realm that it is for, and by nobody else.
pub(super) async fn reshare<P: Platform>(realm: &Realm<'_, P>, op: &Reshare) -> Outcome {
    let practice = realm.practice;
    work::check(realm.keys, realm.now, practice, Purpose::Found, practice.0, &op.work)
        .map_err(|_| Refusal::Work)?;
    let order = check_resharing(&op.roots, &op.order, practice).map_err(|_| Refusal::Unauthorized)?;
    let spend = practice::Spend { work: op.work.mac, expires: op.work.expires };
    let member = realm.member_by(&PracticeCommand::Spend(spend)).await?;
    // After it took over the new deployment itself, a realm still deals for those that did not yet.
    let member = member.under(&order.from)?.ok_or(Refusal::Invalid)?;
    let secrets = member.open(realm.keys, practice)?;
    let coefficients = (1..order.threshold).map(|power| {
        let coin = realm.keys.platform.coin("reshare", &(practice, order.digest(), member.index, power));
        Key::from_uniform_bytes(&coin).map_err(|_| Fault::new("a coefficient is zero"))
    });
    let coefficients = coefficients.collect::<Result<Vec<_>, _>>()?;
    let count = u8::try_from(order.realms.len()).map_err(|_| Refusal::Invalid)?;
    let dealt = redeal(&secrets.locator, &coefficients, count).ok_or_else(|| Fault::new("a part is zero"))?;
    let mut parts = Vec::with_capacity(dealt.parts.len());
    for (key, part) in order.realms.iter().zip(&dealt.parts) {
        let context = PartContext {
            practice,
            order: order.digest(),
            dealer: member.index,
            index: part.index,
            realm: key_hash_kem(key),
        };
        let share = Secret32::from_bytes(*part.key.expose());
        let sealed = seal_part(&mut realm.platform.rng(), key, &context, &share, &secrets.decoy);
        parts.push(sealed.map_err(|_| Stop::Refused(Refusal::Invalid))?.into());
    }
    Ok(RealmReply::Dealt(Dealt { commitments: dealt.commitments, parts }))
}
