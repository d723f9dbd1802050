//! What handlers need from the world: ports. An adapter implements them in a few lines each.
#![expect(async_fn_in_trait, reason = "one thread: Workers' futures are not Send")]
use crate::{
    actor::{
        Shard,
        patient::{PatientCommand, PatientReply},
        practice::{PracticeCommand, PracticeReply},
    },
    config::{Config, Keys},
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

/// The mail relay.
pub trait Mail {
    /// Hands a message over. An error means: try again later.
    async fn send(&self, message: &Message) -> Result<(), Fault>;
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
    /// Settings.
    fn config(&self) -> &Config;
    /// Keys; `None` if the deployment has no well-formed secret.
    fn keys(&self) -> Option<&Keys>;
    /// Writes to the operator's log.
    fn log(&self, fault: &Fault);
}

/// 32 fresh random bytes.
pub(crate) fn random32(platform: &impl Random) -> Digest {
    Digest(*Secret32::random(&mut platform.rng()).expose())
}

/// The keys, or the fault that they are missing.
pub(crate) fn keys(platform: &impl Platform) -> Result<&Keys, Fault> {
    platform.keys().ok_or_else(|| Fault::new("PLATFORM_SECRET is missing or not 64 hexadecimal digits"))
}
