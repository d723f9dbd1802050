//! Sealed realm requests and answers, and the founder's hand-over to a realm.
use super::own_vectors;
use crate::{
    rng::Replay,
    vector::{Hex, count, tests},
};
use serde::{Deserialize, Serialize};
use vestibule_channel::{
    OpenedShare, PlatformSecret, parse_reply, parse_request, seal_request, seal_to_realm,
};
use vestibule_core::ids::PracticeId;
use vestibule_suite::Secret32;

/// One exchange with a realm.
#[derive(Serialize, Deserialize)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// The realm's platform secret: its X-Wing seed derives from it.
    pub(crate) platform_secret: Hex,
    pub(crate) realm_key: Hex,
    pub(crate) realm_key_hash: Hex,
    /// CBOR of the `RealmRequest`.
    pub(crate) request: Hex,
    /// 32 bytes for ML-KEM, 32 for X25519, 32 of salt.
    pub(crate) request_randomness: Hex,
    /// The body as posted.
    pub(crate) body: Hex,
    /// CBOR of the `RealmReply`.
    pub(crate) reply: Hex,
    /// The salt.
    pub(crate) reply_randomness: Hex,
    /// The body as answered.
    pub(crate) answer: Hex,
    pub(crate) practice: Hex,
    pub(crate) locator_share: Hex,
    pub(crate) decoy_secret: Hex,
    /// Twice 32 bytes for ML-KEM, 32 for X25519, 32 of salt.
    pub(crate) share_randomness: Hex,
    /// CBOR of the `RealmShare`.
    pub(crate) realm_share: Hex,
}

impl Case {
    #[cfg(test)]
    pub(crate) fn make(name: &'static str, practice: PracticeId, request: Vec<u8>, reply: Vec<u8>) -> Self {
        let mut rng = crate::rng::Recorder::new(name);
        let [secret, share, decoy] = core::array::from_fn(|_| Secret32::random(&mut rng));
        let realm = PlatformSecret::from_bytes(secret.expose()).realm();
        rng.given.clear();
        let (body, _) =
            seal_request(&mut rng, realm.public_key(), &parse_request(&request).unwrap()).unwrap();
        let request_randomness = Hex(core::mem::take(&mut rng.given));
        let (_, reply_key) = realm.open(&body).unwrap();
        let answer = reply_key.seal(&mut rng, &parse_reply(&reply).unwrap());
        let reply_randomness = Hex(core::mem::take(&mut rng.given));
        let wraps = seal_to_realm(&mut rng, realm.public_key(), practice, &share, &decoy).unwrap();
        Self {
            name: name.into(),
            platform_secret: secret.expose().into(),
            realm_key: realm.public_key().into(),
            realm_key_hash: realm.key_hash().into(),
            request: Hex(request),
            request_randomness,
            body: Hex(body),
            reply: Hex(reply),
            reply_randomness,
            answer: Hex(answer),
            practice: practice.into(),
            locator_share: share.expose().into(),
            decoy_secret: decoy.expose().into(),
            share_randomness: Hex(rng.given),
            realm_share: Hex(wraps),
        }
    }
}

/// The messages of every practice.
pub(crate) fn check() -> u32 {
    check_file(own_vectors!("realm"))
}

/// Those of the witness, and of other realms.
pub(crate) fn check_more() -> u32 {
    check_file(own_vectors!("messages"))
}

fn check_file(json: &str) -> u32 {
    let cases: Vec<Case> = tests(json);
    for case in &cases {
        let realm = PlatformSecret::from_bytes(&case.platform_secret.array()).realm();
        assert_eq!(Hex::from(realm.public_key()), case.realm_key);
        assert_eq!(Hex::from(realm.key_hash()), case.realm_key_hash);

        let request = parse_request(&case.request).unwrap();
        let mut rng = Replay::new(&case.request_randomness);
        let (body, pending) = seal_request(&mut rng, &case.realm_key, &request).unwrap();
        rng.finish();
        assert_eq!(Hex(body), case.body, "{}", case.name);
        let (opened, reply_key) = realm.open(&case.body).unwrap();
        assert_eq!(opened, request);

        let reply = parse_reply(&case.reply).unwrap();
        let mut rng = Replay::new(&case.reply_randomness);
        assert_eq!(Hex(reply_key.seal(&mut rng, &reply)), case.answer, "{}", case.name);
        rng.finish();
        assert_eq!(pending.open(&case.answer).unwrap(), reply);

        let practice = PracticeId(case.practice.array());
        let share = OpenedShare {
            locator: Secret32::from_bytes(case.locator_share.array()),
            decoy: Secret32::from_bytes(case.decoy_secret.array()),
        };
        let mut rng = Replay::new(&case.share_randomness);
        let wraps = seal_to_realm(&mut rng, &case.realm_key, practice, &share.locator, &share.decoy).unwrap();
        rng.finish();
        assert_eq!(Hex(wraps), case.realm_share);
        assert_eq!(realm.open_from_client(practice, &case.realm_share).unwrap(), share);
    }
    count(&cases)
}
