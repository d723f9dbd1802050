//! A search for a PIN in everything that was answered or stolen: it treats every 32 bytes of every item as whatever would
//! help, as an OPRF key, as a check value, as a masked share. It finds the PIN exactly if there is something to check a
//! guess against (PROTOCOL section 4, promises P1 and P2); the tests show both.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a fixture: a search that cannot run says nothing"
)]
use crate::{
    raw::{derived, root_of},
    server::Server,
    storage,
    world::rng,
};
use std::collections::HashSet;
use vestibule_channel::PlatformSecret;
use vestibule_core::{
    cbor,
    ids::{Digest, PatientId, PracticeId},
    suite::namespace,
    wire::{
        envelope::Sealed,
        realm::{Descriptor, Evaluated, VaultContext},
    },
};
use vestibule_edge_crypto::{keys::PatientRoot, pin};
use vestibule_oprf as oprf;
use vestibule_suite::{Secret32, open, sha256};

/// The victim's PIN stands in the middle of the list that is searched.
pub const SEARCHED: [&str; 5] = ["28401957", "593026", "71650394", "4096813", "830275"];
/// The right one of [`SEARCHED`].
pub const RIGHT: &str = SEARCHED[2];
/// A thing that was answered or stored.
pub type Item = Vec<u8>;

/// Everything that was collected, indexed for the search.
#[derive(Debug)]
pub struct Corpus {
    windows: HashSet<[u8; 32]>,
    /// Windows of items that are small enough to be a share; each is tried as one.
    shares: HashSet<[u8; 32]>,
    descriptors: Vec<(Vec<u8>, Descriptor)>,
    vaults: Vec<Sealed>,
}

impl Corpus {
    /// Indexes what was collected.
    pub fn of(items: &[Item]) -> Self {
        let mut corpus = Self {
            windows: HashSet::new(),
            shares: HashSet::new(),
            descriptors: Vec::new(),
            vaults: Vec::new(),
        };
        for item in items {
            for window in item.windows(32) {
                let window: [u8; 32] = window.try_into().unwrap();
                corpus.windows.insert(window);
                if item.len() <= 1024 {
                    corpus.shares.insert(window);
                }
            }
            // CBOR may stand anywhere in an item: a descriptor inside an answer, a vault inside a row.
            for at in 0..item.len() {
                let mut decoder = minicbor::Decoder::new(&item[at..]);
                if item[at] == 0x89 && decoder.decode::<Descriptor>().is_ok() {
                    let bytes = item[at..at + decoder.position()].to_vec();
                    let descriptor = cbor::from_slice(&bytes).unwrap();
                    if !corpus.descriptors.iter().any(|(known, _)| *known == bytes) {
                        corpus.descriptors.push((bytes, descriptor));
                    }
                } else if item[at] == 0x85
                    && let Ok(sealed) = decoder.decode::<Sealed>()
                    && sealed.namespace == namespace::VAULT
                {
                    corpus.vaults.push(sealed);
                }
            }
        }
        corpus
    }

    /// Every stored or answered string that is a realm's share of a key, with its index.
    pub fn keys(&self, publics: &[Digest]) -> Vec<(u8, oprf::Key)> {
        let index = |key: &oprf::Key| {
            let public = key.public();
            (1..).zip(publics).find(|(_, share)| **share == public).map(|(index, _)| index)
        };
        let keys = self.windows.iter().filter_map(|window| oprf::Key::from_bytes(window).ok());
        keys.filter_map(|key| Some((index(&key)?, key))).collect()
    }

    /// How a guess shows itself, if it does.
    fn check(
        &self,
        digits: &str,
        bytes: &[u8],
        descriptor: &Descriptor,
        keys: &[(u8, oprf::Key)],
    ) -> Option<String> {
        let hashed = pin::hash(digits, descriptor, &mut |_, _| {}).unwrap();
        let seen = |value: &[u8; 32]| self.windows.contains(value);
        // Without any key: the hash itself, its digest, or keys made of it as if there were no OPRF.
        if seen(hashed.expose()) || seen(&sha256(&[hashed.expose()]).0) {
            return Some("the hashed PIN".into());
        }
        let mut outputs = vec![("no key", hashed.expose().to_vec())];
        for (_, key) in keys {
            outputs.push(("a key", oprf::evaluate_direct(key, hashed.expose()).unwrap().expose().to_vec()));
        }
        let (threshold, public) = (descriptor.threshold, &descriptor.public);
        outputs.extend(combined(keys, threshold, public, hashed.expose()).map(|o| ("all keys", o)));
        let realms = 1..=u8::try_from(descriptor.realms.len()).unwrap();
        for (how, output, realm) in
            realms.flat_map(|realm| outputs.iter().map(move |(how, output)| (how, output, realm)))
        {
            let derived = derived(output, bytes, realm);
            for (name, value) in [
                ("share A", &derived.share_a),
                ("the unlock key", &derived.unlock),
                ("the mask", &derived.mask),
            ] {
                if seen(value.expose()) || seen(&sha256(&[value.expose()]).0) {
                    return Some(format!("{name}, with {how}"));
                }
            }
            for share in &self.shares {
                let share_b = std::array::from_fn(|i| share[i] ^ derived.mask.expose()[i]);
                let root = Secret32::from_bytes(root_of(derived.share_a.expose(), &share_b));
                if *how != "no key" && self.opens(&root, descriptor) {
                    return Some(format!("share B, with {how}"));
                }
            }
        }
        None
    }

    /// Whether a root opens a vault.
    fn opens(&self, root: &Secret32, descriptor: &Descriptor) -> bool {
        let key = PatientRoot::from_secret(root.clone()).vault_key();
        let context = VaultContext { practice: descriptor.practice, patient: descriptor.patient };
        self.vaults.iter().any(|vault| open(&key, namespace::VAULT, &context, vault).is_ok())
    }

    /// Searches the PINs for one patient. Returns what was found and how.
    pub fn search(&self, patient: PatientId) -> Vec<(&'static str, String)> {
        let of_patient: Vec<_> = self.descriptors.iter().filter(|(_, d)| d.patient == patient).collect();
        assert!(!of_patient.is_empty(), "nothing to search under: the collection lacks the descriptor");
        let mut found = Vec::new();
        for (bytes, descriptor) in of_patient {
            let keys = self.keys(&descriptor.shares);
            for digits in SEARCHED {
                if let Some(how) = self.check(digits, bytes, descriptor, &keys) {
                    found.push((digits, how));
                }
            }
        }
        found
    }
}

/// The output of an input under so many shares as are needed, if they are there.
pub fn combined(keys: &[(u8, oprf::Key)], threshold: u8, public: &Digest, input: &[u8]) -> Option<Vec<u8>> {
    let (blinded, state) = oprf::blind(&mut rng(), input).unwrap();
    let mut answers: Vec<(u8, Digest, Evaluated)> = Vec::new();
    for (index, key) in keys {
        if answers.iter().all(|(known, ..)| known != index) {
            let (element, proof) = oprf::evaluate(&mut rng(), key, &blinded).unwrap();
            let evaluated = Evaluated { element, proof: proof.to_vec().into(), handle: Digest([0; 32]) };
            answers.push((*index, key.public(), evaluated));
        }
    }
    let output = oprf::verify_and_combine(&state, threshold, &answers, public).ok()?;
    Some(output.expose().to_vec())
}

/// The whole database and every other file of a server, without its platform secret.
pub fn stolen(server: &Server) -> Vec<Item> {
    let data = server.data().unwrap();
    let mut items: Vec<Item> = storage::values(&data).unwrap().into_iter().map(|v| v.bytes).collect();
    for log in ["workerd.log", "queue.log"] {
        items.push(std::fs::read(server.state.as_ref().unwrap().join(log)).unwrap_or_default());
    }
    let found = items.iter().map(Vec::len).sum::<usize>();
    // A realm that guards the PIN of one patient has little.
    assert!(found > 2_000, "the thief found {found} bytes in {} values", items.len());
    items
}

/// What the platform secret of a server adds: every sealed secret of this patient, and of this practice's deployment, opened.
pub fn opened(
    server: &Server,
    items: &[Item],
    (practice, deployment): (PracticeId, Digest),
    patient: PatientId,
) -> Vec<Item> {
    let platform = PlatformSecret::from_bytes(&server.platform_secret().unwrap());
    let corpus = Corpus::of(items);
    let mut plain = Vec::new();
    // Also inside of what is stored beside it.
    let starts = items.iter().flat_map(|item| (0..item.len()).map(move |at| &item[at..]));
    for bytes in starts.filter(|bytes| bytes[0] == 0x85) {
        let Ok(sealed) = minicbor::decode::<Sealed>(bytes) else { continue };
        if let Ok(secrets) = platform.open(&sealed.namespace, &(practice, deployment), &sealed) {
            plain.push(secrets.to_vec());
        }
        for (_, descriptor) in &corpus.descriptors {
            let place = (practice, patient, descriptor.registration);
            if let Ok(secrets) = platform.open(&sealed.namespace, &place, &sealed) {
                plain.push(secrets.to_vec());
            }
        }
    }
    assert!(!plain.is_empty(), "nothing opened: the platform's label or context has changed");
    plain
}
