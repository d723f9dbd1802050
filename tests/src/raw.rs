//! A patient at the level of single realm operations, so that hostile tests can leave the path, and without the PIN's
//! Argon2id, so that a test can afford hundreds of attempts. The formulas are written out from the protocol document, not
//! shared with the client.
use crate::{
    client::{Direct, System, run},
    world::{World, fresh_email, random, rng},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{Digest, KeyHash, PatientId, RegistrationId},
    suite::{PinParameters, Suite},
    wire::{
        pow::Purpose,
        realm::{
            Authorization, Confirm, Confirmed, Descriptor, Evaluate, Evaluated, Mode, Put, Redeem,
            VoucherRequest,
        },
    },
};
use vestibule_edge_crypto::{
    client::{Client, ClientError, Located, realm::RealmAt},
    keys::PatientRoot,
};
use vestibule_oprf as oprf;
use vestibule_suite::{Secret32, derive, key_hash_kem, sha256};

/// A registration as its owner knows it. `input` takes the place of the hashed PIN.
pub struct Registration {
    /// Whose.
    pub patient: PatientId,
    /// What is evaluated.
    pub input: [u8; 32],
    /// CBOR of the descriptor.
    pub descriptor: Vec<u8>,
    /// Its id.
    pub id: RegistrationId,
    /// k.
    pub key: oprf::Key,
    /// The patient's root.
    pub root: PatientRoot,
}

/// A, `u_i` and `m_i` of an OPRF output under a descriptor.
pub struct Derived {
    /// Share A.
    pub share_a: Secret32,
    /// What a confirmation is made with.
    pub unlock: Secret32,
    /// What masks share B.
    pub mask: Secret32,
}

/// The three keys of an OPRF output (PROTOCOL section 4) for the realm with this index.
pub fn derived(output: &[u8], descriptor: &[u8], realm: u8) -> Derived {
    let digest = sha256(&[descriptor]);
    let key = |label: &str, index: u8| derive(output, &(Suite::V1, label, index, digest));
    Derived { share_a: key("share-a", 0), unlock: key("unlock", realm), mask: key("mask", realm) }
}

/// Twice `byte` in GF(2^8) with polynomial 0x11B.
fn double(byte: u8) -> u8 {
    (byte << 1) ^ if byte & 0x80 == 0 { 0 } else { 0x1b }
}

fn multiply(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    while b != 0 {
        if b & 1 == 1 {
            product ^= a;
        }
        a = double(a);
        b >>= 1;
    }
    product
}

/// f(2) of the line through f(0) = `root` and f(1) = `share_a`.
pub fn share_b(root: &[u8; 32], share_a: &[u8; 32]) -> [u8; 32] {
    std::array::from_fn(|i| root[i] ^ double(root[i] ^ share_a[i]))
}

/// f(0) of the line through f(1) = `share_a` and f(2) = `share_b`.
pub fn root_of(share_a: &[u8; 32], share_b: &[u8; 32]) -> [u8; 32] {
    // B = 3 root + 2 A, and the inverse of 3 is 0xf6.
    std::array::from_fn(|i| multiply(share_b[i] ^ double(share_a[i]), 0xf6))
}

fn xor(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32] {
    std::array::from_fn(|i| a[i] ^ b[i])
}

/// The proof that a confirmation carries.
pub fn confirmation(unlock: &Secret32, handles: &[Digest], mode: Mode) -> Digest {
    // HMAC takes keys of every length, so this cannot fail.
    Hmac::<Sha256>::new_from_slice(unlock.expose()).map_or(Digest([0; 32]), |mac| {
        let message = cbor::to_vec(&(Suite::V1, "confirm", 1u8, handles.to_vec(), mode));
        Digest(mac.chain_update(message).finalize().into_bytes().into())
    })
}

impl Registration {
    /// A new registration for a patient of this practice.
    pub fn new(at: &RealmAt, patient: PatientId, root: PatientRoot) -> Self {
        let (input, id) = (random(), RegistrationId(random()));
        let key = oprf::Key::generate(&mut rng());
        let descriptor = cbor::to_vec(&Descriptor {
            suite: Suite::V1,
            practice: at.practice,
            patient,
            registration: id,
            threshold: 1,
            realms: vec![key_hash_kem(&at.realm.kem_key)],
            parameters: PinParameters::Argon2id64MiB10,
            public: key.public(),
            shares: vec![key.public()],
        });
        Self { patient, input, descriptor, id, key, root }
    }

    /// What the owner computes without any realm: it dealt the key itself.
    ///
    /// # Panics
    /// Never: 32 bytes are always an input.
    #[expect(clippy::unwrap_used, reason = "a fixture")]
    pub fn derived(&self) -> Derived {
        derived(oprf::evaluate_direct(&self.key, &self.input).unwrap().expose(), &self.descriptor, 1)
    }

    /// Hash of the patient's signing key.
    pub fn key_hash(&self) -> KeyHash {
        self.root.signing_key().key_hash()
    }

    /// The put that stores it.
    pub fn put(&self, authorization: Authorization) -> Put {
        let derived = self.derived();
        let share_b = share_b(self.root.secret().expose(), derived.share_a.expose());
        Put {
            descriptor: Bytes(self.descriptor.clone()),
            key_hash: self.key_hash(),
            oprf_share: Digest(*self.key.expose()),
            unlock_key: Digest(*derived.unlock.expose()),
            masked_share: Digest(xor(&share_b, derived.mask.expose())),
            authorization,
        }
    }

    /// One evaluation, as a stranger if no device token is given. The input is the right one; a wrong guess is a
    /// [`guess`].
    pub fn evaluate(
        &self,
        client: &Client<Direct, System>,
        at: &RealmAt,
        device: Option<Digest>,
    ) -> Result<Evaluated, ClientError> {
        let (blinded, _) = oprf::blind(&mut rng(), &self.input).map_err(|_| ClientError::Answer)?;
        let (patient, registration) = (self.patient, self.id);
        run(client.realm_evaluate(at, Evaluate { patient, registration, blinded, device, ticket: None }))
    }

    /// Proves the right PIN for these attempts.
    pub fn confirm(
        &self,
        client: &Client<Direct, System>,
        at: &RealmAt,
        handles: Vec<Digest>,
        mode: Mode,
    ) -> Result<Confirmed, ClientError> {
        let mac = confirmation(&self.derived().unlock, &handles, mode);
        run(client.realm_confirm(at, Confirm { patient: self.patient, handles, mac, mode }))
    }

    /// Evaluates and confirms as a new device; checks what is released.
    ///
    /// # Panics
    /// If the released share does not lead to the root.
    pub fn unlock(&self, client: &Client<Direct, System>, at: &RealmAt) -> Result<Confirmed, ClientError> {
        let evaluated = self.evaluate(client, at, None)?;
        let confirmed = self.confirm(client, at, vec![evaluated.handle], Mode::NewDevice)?;
        let derived = self.derived();
        let masked = confirmed.masked_share.ok_or(ClientError::Answer)?;
        let share_b = xor(&masked.0, derived.mask.expose());
        assert_eq!(&root_of(derived.share_a.expose(), &share_b), self.root.secret().expose());
        assert_eq!(confirmed.key_hash, self.key_hash());
        Ok(confirmed)
    }
}

/// One wrong guess by a stranger: an evaluation of something random.
pub fn guess(
    client: &Client<Direct, System>,
    at: &RealmAt,
    patient: PatientId,
    registration: RegistrationId,
) -> Result<Evaluated, ClientError> {
    let (blinded, _) = oprf::blind(&mut rng(), &random::<32>()).map_err(|_| ClientError::Answer)?;
    run(client.realm_evaluate(at, Evaluate { patient, registration, blinded, device: None, ticket: None }))
}

/// Has a code mailed to the address and turns it into a ticket. Returns the patient and the ticket.
///
/// # Panics
/// If no code comes.
#[expect(clippy::unwrap_used, reason = "a fixture")]
pub fn ticket(world: &World, email: &str) -> (PatientId, Digest) {
    let client = world.client();
    let located = run(client.locate(&world.practice, email, &mut |_, _| {})).unwrap();
    let (patient, code) = (located.patient, mailed_code(world, &located));
    let redeemed = run(client.realm_redeem(&world.realm(), Redeem { patient, code })).unwrap();
    (patient, redeemed.ticket)
}

/// Asks for a code and waits until it is in the outbox.
///
/// # Panics
/// If no code comes.
#[expect(clippy::unwrap_used, reason = "a fixture")]
pub fn mailed_code(world: &World, located: &Located) -> String {
    let client = world.client();
    let work = run(client.work(world.practice.id(), Purpose::Voucher, located.patient.0)).unwrap();
    let request = VoucherRequest {
        patient: located.patient,
        email: located.email.clone(),
        locale: "en".into(),
        work,
        located: located.proof.clone(),
    };
    world.code_for(&located.email, || run(client.realm_voucher(&world.realm(), request)).unwrap())
}

/// Enrols a fresh patient through a mailed code and activates the registration. Returns it with the device token.
///
/// # Panics
/// If a step fails.
#[expect(clippy::unwrap_used, reason = "a fixture")]
pub fn enrol(world: &World) -> (Registration, Digest) {
    let (client, at) = (world.client(), world.realm());
    let (patient, ticket) = ticket(world, &fresh_email());
    let registration = Registration::new(&at, patient, PatientRoot::generate(&mut rng()));
    run(client.realm_put(&at, registration.put(Authorization::Ticket(ticket)))).unwrap();
    let confirmed = registration.unlock(&client, &at).unwrap();
    (registration, confirmed.device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_goes_through_its_points() {
        let (root, share_a) = ([0x57; 32], [0xd3; 32]);
        assert_eq!(root_of(&share_a, &share_b(&root, &share_a)), root);
        assert_eq!(multiply(3, 0xf6), 1);
    }
}
