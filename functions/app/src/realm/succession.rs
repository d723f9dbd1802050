//! Guard a practice's PINs by a deployment that follows another: the share comes from the realms before.
use super::{
    Realm, Stop,
    member::{Introducers, Member, NotMember},
};
use crate::port::Platform;
use vestibule_channel::key_hash_kem;
use vestibule_core::{
    cbor,
    wire::{
        directory::Deployment,
        envelope::Signed,
        realm::Refusal,
        reshare::{PartContext, Resharing, Succession},
    },
};
use vestibule_oprf::{Commitments, Key, ReshareError, combine_parts};
use vestibule_verify::{
    Verified,
    directory::{check_realms, check_resharing, follows},
};

/// What this realm becomes, if the root ordered the change and every part holds. What it was goes on beside it, so that
/// patients can be asked for their PINs under both. A change that never got through may be begun again with other parts: it
/// takes the place of the first.
pub(super) fn succeed<P: Platform>(
    realm: &Realm<'_, P>,
    known: Option<&Member>,
    roots: &[Signed],
    deployment: &Verified<Deployment>,
    succession: &Succession,
) -> Result<Result<Member, NotMember>, Stop> {
    let order = check_resharing(roots, &succession.order, realm.practice);
    let before = check_realms(roots, &succession.before, realm.practice);
    let (Ok(order), Ok(before)) = (order, before) else { return Err(Refusal::Unauthorized.into()) };
    let kept = match known {
        None => None,
        Some(known) if known.deployment == deployment.digest() => known.before.clone(),
        Some(known) if known.deployment == order.from => {
            Some(cbor::to_vec(&Member { before: None, ..known.clone() }).into())
        }
        Some(known) if known.from == Some(order.from) => known.before.clone(),
        Some(_) => return Err(Refusal::Invalid.into()),
    };
    let own_decoy = known.map(|known| known.open(realm.keys, realm.practice)).transpose()?.map(|s| s.decoy);
    let member = combine(realm, &order, &before, deployment, succession).and_then(|(member, decoy)| {
        // Who knows the decoy secret can tell that another one was handed over; not by whom, where they differ.
        if own_decoy.is_some_and(|own| own != decoy) { Err(NotMember::Misdealt(0)) } else { Ok(member) }
    });
    Ok(member.map(|member| Member {
        from: Some(order.from),
        before: kept,
        introduce: vec![Introducers::of(deployment), Introducers::of(&before)],
        ..member
    }))
}

fn combine<P: Platform>(
    realm: &Realm<'_, P>,
    order: &Verified<Resharing>,
    before: &Verified<Deployment>,
    deployment: &Verified<Deployment>,
    succession: &Succession,
) -> Result<(Member, vestibule_channel::Secret32), NotMember> {
    let follows = order.from == before.digest()
        && follows(before, deployment)
        && deployment.threshold == order.threshold
        && deployment.realms.iter().map(|r| &r.kem_key).eq(&order.realms);
    if !follows {
        return Err(NotMember::NoSuccession);
    }
    let own = Member::named(realm.keys, deployment)?;
    let (mut parts, mut decoys) = (Vec::new(), Vec::new());
    for dealing in &succession.dealings {
        let misdealt = NotMember::Misdealt(dealing.dealer);
        let context = PartContext {
            practice: realm.practice,
            order: order.digest(),
            dealer: dealing.dealer,
            index: own.index,
            realm: key_hash_kem(&own.kem_key),
        };
        let Ok(opened) = realm.keys.realm.open_part(&context, &dealing.part) else { return Err(misdealt) };
        let Ok(part) = Key::from_bytes(opened.locator.expose()) else { return Err(misdealt) };
        parts.push(part);
        decoys.push(opened.decoy);
    }
    let dealings: Vec<Commitments<'_>> =
        succession.dealings.iter().map(|d| (d.dealer, d.commitments.as_slice())).collect();
    let publics: Vec<_> = before.realms.iter().map(|r| r.locator_share).collect();
    let share = combine_parts(&dealings, &parts, &publics, before.threshold, deployment.threshold, own.index)
        .map_err(|error| match error {
            ReshareError::Dealer(dealer) => NotMember::Misdealt(dealer),
            ReshareError::Dealers | ReshareError::Key => NotMember::NoSuccession,
        })?;
    let decoy = decoys.pop().ok_or(NotMember::NoSuccession)?;
    if decoys.iter().any(|other| *other != decoy) {
        return Err(NotMember::Misdealt(0));
    }
    let member = Member::with(realm.platform, realm.keys, deployment, own, &share, &decoy)?;
    Ok((member, decoy))
}
