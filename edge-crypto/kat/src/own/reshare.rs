//! Dealing the locator key anew, from the root's order to the new shares.
use super::own_vectors;
use crate::{
    rng::Replay,
    vector::{Hex, count, tests},
};
use serde::{Deserialize, Serialize};
use vestibule_channel::{OpenedShare, PlatformSecret, SigningKey, key_hash_kem, seal_part, sha256};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{Digest, PracticeId},
    suite::{Suite, namespace},
    wire::reshare::{PartContext, Resharing},
};
use vestibule_oprf::{Commitments, Key, combine_parts, new_publics, redeal};
use vestibule_suite::{Secret32, realm_fingerprint};

/// One change of realms.
#[derive(Serialize, Deserialize)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) practice: Hex,
    pub(crate) decoy_secret: Hex,
    /// SHA-256 of the body of the deployment before.
    pub(crate) from: Hex,
    /// Of the practice's root.
    pub(crate) root_ed25519_seed: Hex,
    pub(crate) root_ml_dsa_seed: Hex,
    /// CBOR of the `Signed` `Resharing`.
    pub(crate) order: Hex,
    /// SHA-256 of its body.
    pub(crate) order_hash: Hex,
    pub(crate) old_threshold: u8,
    pub(crate) threshold: u8,
    /// Public locator key, and the public shares of the deployment before, by index from 1.
    pub(crate) locator: Hex,
    pub(crate) old_publics: Vec<Hex>,
    /// Exactly as many as are needed.
    pub(crate) dealers: Vec<Dealer>,
    /// By index from 1.
    pub(crate) takers: Vec<Taker>,
}

/// A realm of the deployment before.
#[derive(Serialize, Deserialize)]
pub(crate) struct Dealer {
    pub(crate) index: u8,
    /// Its coefficients follow from it and the order.
    pub(crate) platform_secret: Hex,
    /// Its share of the locator key.
    pub(crate) share: Hex,
    pub(crate) commitments: Vec<Hex>,
    /// For each part: twice 32 bytes for ML-KEM, 32 for X25519, 32 of salt.
    pub(crate) randomness: Hex,
    /// CBOR of a `RealmShare` for each taker.
    pub(crate) parts: Vec<Hex>,
}

/// A realm of the deployment that is to be.
#[derive(Serialize, Deserialize)]
pub(crate) struct Taker {
    pub(crate) platform_secret: Hex,
    pub(crate) realm_key: Hex,
    pub(crate) signing_key_hash: Hex,
    /// Of both its keys.
    pub(crate) fingerprint: Hex,
    /// Its new share, and the public part.
    pub(crate) share: Hex,
    pub(crate) public: Hex,
}

impl Case {
    fn root(&self) -> SigningKey {
        let seed = |hex: &Hex| Secret32::from_bytes(hex.array());
        SigningKey::from_seeds(&seed(&self.root_ed25519_seed), &seed(&self.root_ml_dsa_seed))
    }

    fn signed_order(&self) -> Vec<u8> {
        let order = Resharing {
            suite: Suite::V1,
            practice: PracticeId(self.practice.array()),
            from: Digest(self.from.array()),
            threshold: self.threshold,
            realms: self.takers.iter().map(|taker| Bytes(taker.realm_key.0.clone())).collect(),
        };
        let body = cbor::to_vec(&order);
        assert!(self.order_hash.is_empty() || Hex::from(sha256(&[&body])) == self.order_hash);
        cbor::to_vec(&self.root().sign(namespace::RESHARING, body).unwrap())
    }

    fn context(&self, dealer: u8, at: usize) -> PartContext {
        PartContext {
            practice: PracticeId(self.practice.array()),
            order: Digest(self.order_hash.array()),
            dealer,
            index: u8::try_from(at + 1).unwrap(),
            realm: key_hash_kem(&self.takers[at].realm_key),
        }
    }

    /// What a realm answers: commitments, and the parts before they are sealed.
    fn dealt(&self, dealer: &Dealer) -> vestibule_oprf::Dealt {
        let platform = PlatformSecret::from_bytes(&dealer.platform_secret.array());
        let (practice, order) = (PracticeId(self.practice.array()), Digest(self.order_hash.array()));
        let coefficients: Vec<Key> = (1..self.threshold)
            .map(|power| platform.coin("reshare", &(practice, order, dealer.index, power)))
            .map(|coin| Key::from_uniform_bytes(&coin).unwrap())
            .collect();
        let share = Key::from_bytes(&dealer.share.array()).unwrap();
        redeal(&share, &coefficients, u8::try_from(self.takers.len()).unwrap()).unwrap()
    }

    fn seal(&self, dealer: &Dealer, rng: &mut impl rand_core::CryptoRng) -> Vec<Hex> {
        let decoy = Secret32::from_bytes(self.decoy_secret.array());
        let parts = self.dealt(dealer).parts;
        let sealed = parts.iter().enumerate().map(|(at, part)| {
            let part = Secret32::from_bytes(*part.key.expose());
            let key = &self.takers[at].realm_key;
            Hex(seal_part(rng, key, &self.context(dealer.index, at), &part, &decoy).unwrap())
        });
        sealed.collect()
    }

    /// The new shares of all takers, and their public parts.
    fn shares(&self) -> Vec<(Hex, Hex)> {
        let digest = |hex: &Hex| Digest(hex.array());
        let commitments: Vec<(u8, Vec<Digest>)> =
            self.dealers.iter().map(|d| (d.index, d.commitments.iter().map(digest).collect())).collect();
        let dealings: Vec<Commitments<'_>> =
            commitments.iter().map(|(i, all)| (*i, all.as_slice())).collect();
        let olds: Vec<Digest> = self.old_publics.iter().map(digest).collect();
        let count = u8::try_from(self.takers.len()).unwrap();
        let locator = Digest(self.locator.array());
        let publics =
            new_publics(&dealings, &olds, self.old_threshold, self.threshold, count, &locator).unwrap();
        let taken = self.takers.iter().enumerate().map(|(at, taker)| {
            let realm = PlatformSecret::from_bytes(&taker.platform_secret.array()).realm();
            let parts: Vec<Key> = self
                .dealers
                .iter()
                .map(|dealer| {
                    let OpenedShare { locator, decoy } =
                        realm.open_part(&self.context(dealer.index, at), &dealer.parts[at]).unwrap();
                    assert_eq!(Hex::from(decoy.expose()), self.decoy_secret);
                    Key::from_bytes(locator.expose()).unwrap()
                })
                .collect();
            let index = u8::try_from(at + 1).unwrap();
            let share =
                combine_parts(&dealings, &parts, &olds, self.old_threshold, self.threshold, index).unwrap();
            assert_eq!(share.public(), publics[at]);
            (Hex::from(share.expose()), Hex::from(publics[at]))
        });
        taken.collect()
    }

    /// From (old threshold, old count) to (threshold, count); `asked` deal.
    #[cfg(test)]
    pub(crate) fn make(name: &'static str, old: (u8, u8), new: (u8, u8), asked: &[u8]) -> Self {
        let mut rng = crate::rng::Recorder::new(name);
        let locator = Key::generate(&mut rng);
        let olds = vestibule_oprf::deal(&mut rng, &locator, old.0, old.1).unwrap();
        let mut secret = || Hex::from(Secret32::random(&mut rng).expose());
        let takers = (0..new.1).map(|_| {
            let platform_secret = secret();
            let platform = PlatformSecret::from_bytes(&platform_secret.array());
            let (realm, signing) = (platform.realm(), platform.signing().key_hash());
            Taker {
                platform_secret,
                realm_key: realm.public_key().into(),
                signing_key_hash: signing.into(),
                fingerprint: realm_fingerprint(realm.public_key(), Some(signing)).into(),
                share: Hex::default(),
                public: Hex::default(),
            }
        });
        let takers = takers.collect();
        let mut case = Self {
            name: name.into(),
            practice: Hex(secret()[..16].to_vec()),
            decoy_secret: secret(),
            from: secret(),
            root_ed25519_seed: secret(),
            root_ml_dsa_seed: secret(),
            order: Hex::default(),
            order_hash: Hex::default(),
            old_threshold: old.0,
            threshold: new.0,
            locator: locator.public().into(),
            old_publics: olds.iter().map(|share| share.key.public().into()).collect(),
            dealers: Vec::new(),
            takers,
        };
        case.order = Hex(case.signed_order());
        let signed: vestibule_core::wire::envelope::Signed = cbor::from_slice(&case.order).unwrap();
        case.order_hash = sha256(&[&signed.body]).into();
        for index in asked {
            let mut dealer = Dealer {
                index: *index,
                platform_secret: secret(),
                share: olds[usize::from(*index) - 1].key.expose().into(),
                commitments: Vec::new(),
                randomness: Hex::default(),
                parts: Vec::new(),
            };
            dealer.commitments = case.dealt(&dealer).commitments.iter().map(Hex::from).collect();
            let mut rng = crate::rng::Recorder::new(name);
            dealer.parts = case.seal(&dealer, &mut rng);
            dealer.randomness = Hex(rng.given);
            case.dealers.push(dealer);
        }
        for (taker, (share, public)) in case.shares().into_iter().enumerate() {
            (case.takers[taker].share, case.takers[taker].public) = (share, public);
        }
        case
    }
}

pub(crate) fn check() -> u32 {
    let cases: Vec<Case> = tests(own_vectors!("reshare"));
    for case in &cases {
        assert_eq!(Hex(case.signed_order()), case.order, "{}", case.name);
        for dealer in &case.dealers {
            let commitments: Vec<Hex> = case.dealt(dealer).commitments.iter().map(Hex::from).collect();
            assert_eq!(commitments, dealer.commitments, "{}", case.name);
            let mut rng = Replay::new(&dealer.randomness);
            assert_eq!(case.seal(dealer, &mut rng), dealer.parts, "{}", case.name);
            rng.finish();
        }
        let shares: Vec<_> = case.takers.iter().map(|t| (t.share.clone(), t.public.clone())).collect();
        assert_eq!(case.shares(), shares, "{}", case.name);
        for taker in &case.takers {
            let platform = PlatformSecret::from_bytes(&taker.platform_secret.array());
            let signing = platform.signing().key_hash();
            assert_eq!(Hex::from(platform.realm().public_key()), taker.realm_key);
            assert_eq!(Hex::from(signing), taker.signing_key_hash);
            assert_eq!(Hex::from(realm_fingerprint(&taker.realm_key, Some(signing))), taker.fingerprint);
        }
    }
    count(&cases)
}
