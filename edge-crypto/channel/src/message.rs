//! A sealed request to a realm, and its sealed answer.
use alloc::vec::Vec;
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::KeyHash,
    suite::{Suite, namespace},
    wire::{
        envelope::Sealed,
        realm::{RealmReply, RealmRequest, ReplyContext, RequestContext, SealedRequest},
    },
};
use vestibule_suite::{
    CryptoRng, Exporter, KemSecret, Secret32, Zeroizing, hpke_receiver, hpke_sender, key_hash_kem, open,
    seal, seal_at_least, sha256,
};

/// Answers are padded to at least this many bytes, so that refusals, evaluations and descriptors of known and unknown
/// patients have one size. Two descriptors for three realms take about 800.
const REPLY_FLOOR: usize = 1024;

/// Why a message is refused. Coarse: whoever supplies the bytes learns only what it could know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// Not a message of this shape or suite.
    #[error("not a realm message")]
    Malformed,
    /// The realm's key is not an X-Wing public key.
    #[error("the realm's key is not a key")]
    InvalidKey,
    /// Sealed to another realm's key.
    #[error("sealed to another realm")]
    WrongRealm,
    /// It does not open: altered, or not an answer to this request.
    #[error("the message does not open")]
    Unopenable,
}

fn exports(exporter: &Exporter) -> (Secret32, Secret32) {
    let export = |ns: &str| exporter.export(&(Suite::V1, ns, "key"));
    (export(namespace::REALM_REQUEST), export(namespace::REALM_REPLY))
}

/// Client: seals a request to a realm's public key. Returns the body to post, and what opens the answer.
pub fn seal_request(
    rng: &mut (impl CryptoRng + ?Sized),
    realm_key: &[u8],
    request: &RealmRequest,
) -> Result<(Vec<u8>, PendingReply), ChannelError> {
    let realm = key_hash_kem(realm_key);
    let context = RequestContext { realm };
    let (enc, exporter) = hpke_sender(rng, realm_key, &(Suite::V1, namespace::REALM_REQUEST, &context))
        .map_err(|_| ChannelError::InvalidKey)?;
    let (request_key, reply_key) = exports(&exporter);
    let plaintext = Zeroizing::new(cbor::to_vec(request));
    let sealed = seal(rng, &request_key, namespace::REALM_REQUEST, &context, &plaintext);
    let body = cbor::to_vec(&SealedRequest { suite: Suite::V1, realm, enc: Bytes(enc), sealed });
    let context = ReplyContext { realm, request: sha256(&[&body]) };
    Ok((body, PendingReply { key: reply_key, context }))
}

/// Client: opens the answer to one request, and no other.
#[derive(Debug)]
pub struct PendingReply {
    key: Secret32,
    context: ReplyContext,
}

impl PendingReply {
    /// Opens the answer's bytes.
    pub fn open(&self, answer: &[u8]) -> Result<RealmReply, ChannelError> {
        let sealed: Sealed = cbor::from_slice(answer).map_err(|_| ChannelError::Malformed)?;
        let plaintext = open(&self.key, namespace::REALM_REPLY, &self.context, &sealed)
            .map_err(|_| ChannelError::Unopenable)?;
        parse_reply(&plaintext)
    }
}

/// Decodes the plaintext of an answer: for fuzzing too.
pub fn parse_reply(plaintext: &[u8]) -> Result<RealmReply, ChannelError> {
    cbor::from_slice(plaintext).map_err(|_| ChannelError::Malformed)
}

/// Decodes the plaintext of a request: for fuzzing too.
pub fn parse_request(plaintext: &[u8]) -> Result<RealmRequest, ChannelError> {
    cbor::from_slice(plaintext).map_err(|_| ChannelError::Malformed)
}

/// Server: the realm's X-Wing key.
#[derive(Debug)]
pub struct RealmSecret {
    pub(crate) key: KemSecret,
    public: Vec<u8>,
    hash: KeyHash,
}

impl RealmSecret {
    pub(crate) fn new(key: KemSecret) -> Self {
        let public = key.public_key();
        Self { hash: key_hash_kem(&public), public, key }
    }

    /// X-Wing public key, as published in deployments.
    pub fn public_key(&self) -> &[u8] {
        &self.public
    }

    /// The public key's hash, as in requests and descriptors.
    pub const fn key_hash(&self) -> KeyHash {
        self.hash
    }

    /// Opens a posted body. Returns the request, and what seals the answer to it.
    pub fn open(&self, body: &[u8]) -> Result<(RealmRequest, ReplyKey), ChannelError> {
        let message: SealedRequest = cbor::from_slice(body).map_err(|_| ChannelError::Malformed)?;
        if message.realm != self.hash {
            return Err(ChannelError::WrongRealm);
        }
        let context = RequestContext { realm: self.hash };
        let exporter =
            hpke_receiver(&self.key, &message.enc, &(Suite::V1, namespace::REALM_REQUEST, &context))
                .map_err(|_| ChannelError::Malformed)?;
        let (request_key, reply_key) = exports(&exporter);
        let plaintext = open(&request_key, namespace::REALM_REQUEST, &context, &message.sealed)
            .map_err(|_| ChannelError::Unopenable)?;
        let request = parse_request(&plaintext)?;
        let context = ReplyContext { realm: self.hash, request: sha256(&[body]) };
        Ok((request, ReplyKey { key: reply_key, context }))
    }
}

/// Server: seals the answer to one request.
#[derive(Debug)]
pub struct ReplyKey {
    key: Secret32,
    context: ReplyContext,
}

impl ReplyKey {
    /// The answer's bytes: CBOR of a [`Sealed`], padded to at least 1,024 bytes of plaintext.
    pub fn seal(&self, rng: &mut (impl CryptoRng + ?Sized), reply: &RealmReply) -> Vec<u8> {
        let plaintext = Zeroizing::new(cbor::to_vec(reply));
        let sealed =
            seal_at_least(rng, &self.key, namespace::REALM_REPLY, &self.context, &plaintext, REPLY_FLOOR);
        cbor::to_vec(&sealed)
    }
}
