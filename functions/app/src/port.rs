//! What handlers need from the world: ports. An adapter implements them in a few lines each.
#![expect(async_fn_in_trait, reason = "one thread: Workers' futures are not Send")]
use crate::{
    actor::{
        Shard,
        patient::{PatientCommand, PatientReply},
        practice::{PracticeCommand, PracticeReply},
    },
    config::{Config, Keys, Settings},
    error::Fault,
};
use vestibule_channel::{CryptoRng, Secret32};
use vestibule_core::{
    ids::{Digest, PracticeId},
    time::UnixSeconds,
};

/// One actor, one owner of its state. A command is applied once, in one transaction, durable before the answer.
pub trait Actors {
    /// Sends a command to a practice.
    async fn practice(&self, practice: PracticeId, command: &PracticeCommand)
    -> Result<PracticeReply, Fault>;
    /// Sends a command to a guard shard.
    async fn patient(&self, shard: Shard, command: &PatientCommand) -> Result<PatientReply, Fault>;
}

/// Work for later. At least once.
pub trait Queue {
    /// Enqueues sealed bytes, to be delivered after so many seconds at the earliest.
    async fn enqueue(&self, message: Vec<u8>, delay_seconds: u32) -> Result<(), Fault>;
}

/// A mail to be sent, held in memory only.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Address.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the address, nor the code in the text.
        f.write_str("Message(..)")
    }
}

/// Ways out for mail; which one is taken says [`crate::config::MailPort`].
pub trait Mail {
    /// Posts JSON with a bearer token; the status of the answer. An error means: it could not be reached.
    async fn post(&self, url: &str, token: &str, json: Vec<u8>) -> Result<u16, Fault>;
    /// Sends by the platform's own binding, where it has one.
    async fn send_by_binding(&self, from: &str, message: &Message) -> Result<(), Fault>;
    /// Keeps a sealed mail of the development outbox; the oldest goes when there are too many.
    async fn keep_mail(&self, mail: Vec<u8>) -> Result<(), Fault>;
    /// The sealed mails, oldest first.
    async fn kept_mails(&self) -> Result<Vec<Vec<u8>>, Fault>;
}

/// Time.
pub trait Clock {
    /// Now.
    fn now(&self) -> UnixSeconds;
}

/// Randomness.
pub trait Random {
    /// A cryptographic generator.
    type Rng: CryptoRng;
    /// The platform's.
    fn rng(&self) -> Self::Rng;
}

/// Everything together.
pub trait Platform: Actors + Queue + Mail + Clock + Random {
    /// Settings and keys.
    fn settings(&self) -> &Settings;
    /// Writes to the operator's log.
    fn log(&self, fault: &Fault);

    /// Settings of the product.
    fn config(&self) -> &Config {
        &self.settings().config
    }
    /// Keys; `None` if the deployment has no well-formed secret.
    fn keys(&self) -> Option<&Keys> {
        self.settings().keys.as_ref()
    }
}

/// 32 fresh random bytes.
pub(crate) fn random32(platform: &impl Random) -> Digest {
    Digest(*Secret32::random(&mut platform.rng()).expose())
}

/// The keys, or the fault that they are missing.
pub(crate) fn keys(platform: &impl Platform) -> Result<&Keys, Fault> {
    platform.keys().ok_or_else(|| Fault::new("PLATFORM_SECRET is missing or not 64 hexadecimal digits"))
}
