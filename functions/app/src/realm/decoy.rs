//! What a patient without a registration looks like: derived from the secret that the practice's realms share, the same
//! each time and at each of them, with keys as real as any. Always made, whether or not it is used, so that known and
//! unknown patients cost the same work.
use super::{Realm, member::Member, secrets, secrets::Secrets};
use crate::{error::Fault, port::Platform};
use vestibule_channel::DecoySecret;
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{Digest, KeyHash, PatientId, PracticeId, RegistrationId},
    limits,
    suite::{PinParameters, Suite},
    wire::realm::Descriptor,
};
use vestibule_oprf::{Key, KeyShare, deal_with};

/// A registration that nobody made.
pub(crate) struct Decoy {
    pub(crate) registration: RegistrationId,
    key: Key,
    shares: Vec<KeyShare>,
    secrets: Secrets,
    patient: PatientId,
    threshold: u8,
    realms: Vec<KeyHash>,
}

/// Seconds after the new deployment was signed at which a patient whom nobody is goes over to it.
fn moves(secret: &DecoySecret, practice: PracticeId, patient: PatientId, deployment: Digest) -> u64 {
    let drawn = secret.invent("moves", &(practice, patient, deployment));
    let [a, b, c, d, ..] = *drawn.expose();
    (u64::from(u32::from_le_bytes([a, b, c, d])) * limits::MOVING_SECONDS) >> 32
}

impl Decoy {
    /// While patients go from one deployment to the next, so do those whom nobody is: each at a time of its own, the same at
    /// every realm, so that neither shape tells who is known.
    pub(crate) fn of<P: Platform>(
        realm: &Realm<'_, P>,
        member: &Member,
        patient: PatientId,
    ) -> Result<Self, Fault> {
        let newest = member.open(realm.keys, realm.practice)?.decoys();
        let before = member.before()?.filter(|_| {
            let at = moves(&newest, realm.practice, patient, member.deployment);
            realm.now.since(member.issued) < at
        });
        let member = before.as_ref().unwrap_or(member);
        let secret = member.open(realm.keys, realm.practice)?.decoys();
        let whose = (realm.practice, patient, member.deployment);
        let mut registration = [0; 16];
        registration.copy_from_slice(&secret.invent("registration", &whose).expose()[..16]);
        let scalar = |power: u8| {
            let mut bytes = *secret.invent("oprf-key", &(whose, power)).expose();
            // Below 2^252, so a canonical scalar.
            bytes[31] &= 0x0f;
            Key::from_bytes(&bytes).map_err(|_| Fault::new("a decoy key is zero"))
        };
        let key = scalar(0)?;
        let coefficients = (1..member.threshold).map(scalar).collect::<Result<Vec<_>, _>>()?;
        let count = u8::try_from(member.realms.len()).map_err(|_| Fault::new("too many realms"))?;
        let shares =
            deal_with(&key, &coefficients, count).ok_or_else(|| Fault::new("a decoy share is zero"))?;
        let own = shares.iter().find(|share| share.index == member.index);
        let own = own.ok_or_else(|| Fault::new("this realm's index is out of range"))?;
        // Not told to anyone, and different at each realm, as real ones are.
        let invent = |label: &str| *secret.invent(label, &(whose, member.index)).expose();
        let secrets = Secrets {
            index: member.index,
            oprf_share: *own.key.expose(),
            unlock_key: invent("unlock-key"),
            masked_share: invent("masked-share"),
        };
        let (threshold, realms) = (member.threshold, member.realms.clone());
        Ok(Self {
            registration: RegistrationId(registration),
            key,
            shares,
            secrets,
            patient,
            threshold,
            realms,
        })
    }

    /// Its descriptor, in the shape of every real one of the practice.
    pub(crate) fn descriptor<P: Platform>(&self, realm: &Realm<'_, P>) -> Bytes {
        cbor::to_vec(&Descriptor {
            suite: Suite::V1,
            practice: realm.practice,
            patient: self.patient,
            registration: self.registration,
            threshold: self.threshold,
            realms: self.realms.clone(),
            parameters: PinParameters::Argon2id64MiB10,
            public: self.key.public(),
            shares: self.shares.iter().map(|share| share.key.public()).collect(),
        })
        .into()
    }

    /// Its secrets, sealed like real ones.
    pub(crate) fn sealed<P: Platform>(&self, realm: &Realm<'_, P>) -> Bytes {
        let place = (realm.practice, self.patient, self.registration);
        secrets::seal(realm.platform, realm.keys, &place, &self.secrets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vestibule_channel::Secret32;

    /// Ten equal parts of the 180 days get about a tenth of a thousand patients each, and nobody goes later.
    #[test]
    fn decoys_go_over_spread_over_180_days_and_alike_everywhere() {
        let secret = || DecoySecret::from_secret(&Secret32::from_bytes([7; 32]));
        let (practice, deployment) = (PracticeId([1; 16]), Digest([2; 32]));
        let patient = |n: u16| {
            let mut id = [3; 16];
            id[..2].copy_from_slice(&n.to_le_bytes());
            PatientId(id)
        };
        let at = |secret: &DecoySecret, n| moves(secret, practice, patient(n), deployment);
        let (here, there) = (secret(), secret());
        let times: Vec<u64> = (0..1_000).map(|n| at(&here, n)).collect();
        // Another realm has the same secret, and so the same times; whenever it is asked.
        assert!((0..1_000).zip(&times).all(|(n, time)| at(&there, n) == *time));
        assert_eq!(limits::MOVING_SECONDS, 180 * 86_400);
        let mut parts = [0; 10];
        for time in &times {
            assert!(*time < limits::MOVING_SECONDS);
            parts[usize::try_from(time * 10 / limits::MOVING_SECONDS).unwrap_or(0)] += 1;
        }
        assert!(parts.iter().all(|count| (60..=140).contains(count)), "{parts:?}");
        // Another deployment, practice or secret: other times, so that one change tells nothing of the next.
        let other = DecoySecret::from_secret(&Secret32::from_bytes([8; 32]));
        let differs = |moved: &dyn Fn(u16) -> u64| (0..1_000).zip(&times).all(|(n, time)| moved(n) != *time);
        assert!(differs(&|n| moves(&here, practice, patient(n), Digest([9; 32]))));
        assert!(differs(&|n| moves(&here, PracticeId([9; 16]), patient(n), deployment)));
        assert!(differs(&|n| at(&other, n)));
    }
}
