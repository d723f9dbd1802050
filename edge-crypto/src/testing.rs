//! What the tests of this crate share.
#![expect(clippy::unwrap_used, reason = "tests")]
use crate::{
    client::{Practice, verified},
    directory::{Founding, FoundingMaterial, NewResource, NewService, Profile, RealmToUse, Sealing},
    keys::prf_key,
    sign::SigningKey,
    staff::{Keyring, open_staff_seeds},
};
use core::convert::Infallible;
use rand_core::{TryCryptoRng, TryRng};
use vestibule_channel::PlatformSecret;
use vestibule_core::{time::UnixSeconds, wire::directory::WeeklyInterval};
use vestibule_suite::{Secret32, sha256};

/// A repeatable generator: SHA-256 of seed and counter.
pub(crate) struct TestRng(u64, u64);

/// A generator that gives the same bytes for the same seed.
pub(crate) fn rng(seed: u64) -> TestRng {
    TestRng(seed, 0)
}

impl TryRng for TestRng {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }
    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        for chunk in dst.chunks_mut(32) {
            self.1 += 1;
            let block = sha256(&[&self.0.to_le_bytes(), &self.1.to_le_bytes()]);
            chunk.copy_from_slice(&block.0[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for TestRng {}

/// A founded practice with its staff's keys, as if served by an honest deployment of one realm.
pub(crate) struct World {
    pub(crate) material: FoundingMaterial,
    pub(crate) practice: Practice,
    pub(crate) signing: SigningKey,
    pub(crate) keyring: Keyring,
    pub(crate) prf: Secret32,
    pub(crate) realm: PlatformSecret,
}

/// The clock of all tests.
pub(crate) const NOW: UnixSeconds = UnixSeconds(1_800_000_000);

pub(crate) fn founding(seed: u64) -> Founding {
    let profile = Profile {
        name: "Praxis am Park".into(),
        contact: "Parkstr. 1".into(),
        time_zone: "Europe/Berlin".into(),
        language: "de".into(),
    };
    let hours = vec![WeeklyInterval { weekday: 1, from: 480, to: 720 }];
    let resources = ["A", "B"].map(|name| NewResource { name: name.into(), hours: hours.clone() }).to_vec();
    let services = vec![NewService {
        name: "Sprechstunde".into(),
        description: String::new(),
        minutes: 20,
        resources: vec![0, 1],
    }];
    Founding::begin(&mut rng(seed), profile, resources, services, NOW).unwrap()
}

pub(crate) fn world(seed: u64) -> World {
    let founding = founding(seed);
    let realm = PlatformSecret::from_bytes(&[9; 32]);
    let realms = [RealmToUse {
        origin: "http://localhost".into(),
        kem_key: realm.realm().public_key().to_vec(),
        signing: None,
    }];
    let prf = Secret32::from_bytes([5; 32]);
    let passkey = Sealing { credential_id: b"credential", prf: &prf };
    let material = founding.finish(&mut rng(seed + 1), &passkey, &realms, 1, NOW).unwrap();
    let practice = verified(&material.directory, founding.fingerprint, None, NOW).unwrap();
    let key = prf_key(&prf, practice.id(), material.staff_keys.credential);
    let manifest = practice.directory.manifest();
    let (seeds, _) = open_staff_seeds(&key, &material.staff_keys, manifest).unwrap();
    let keyring = Keyring::open(&seeds.kem(), &material.staff_keys.grants, manifest).unwrap();
    World { signing: seeds.signing_key(), keyring, practice, material, prf, realm }
}
