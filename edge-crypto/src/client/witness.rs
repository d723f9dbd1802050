//! Realms watch each other's counters: their clients carry what they signed (rule R4.20).
use crate::client::{Client, ClientError, Env, Practice, Session, Transport, realm, realm::RealmAt};
use std::collections::BTreeMap;
use vestibule_core::{
    ids::{Digest, KeyHash},
    wire::witness::{Checkpoint, Earlier, Shown, Standing, Witness, Witnessed, challenge, shard_of},
};
use vestibule_suite::Secret32;
use vestibule_verify::{Verified, checkpoint};

/// A realm, the token of this device there, and the hash of the key that it signs with.
struct Asked {
    at: RealmAt,
    token: Digest,
    signer: KeyHash,
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Compares what each realm has counted with what the others keep of it, and hands the newest on. Gives the origins of
    /// realms that have counted less than they once signed: they were set back, and guesses may have been forgotten. Nothing
    /// with a single realm, which nobody witnesses. Realms that do not answer are left out.
    pub async fn witness(&self, practice: &Practice, session: &Session) -> Result<Vec<String>, ClientError> {
        let practice = &*practice.of(session.deployment);
        let realms: Vec<Asked> = realm::realms(practice.id(), practice.directory.deployment())
            .into_iter()
            .filter_map(|at| {
                let token = session.devices.iter().find(|d| d.realm == at.realm.index)?.token;
                Some(Asked { signer: at.realm.signing?, token, at })
            })
            .collect();
        if realms.len() < 2 {
            return Ok(Vec::new());
        }
        let of = (practice.id(), shard_of(&session.patient));
        // What each realm said, and the newest that anybody keeps of each.
        let (mut answered, mut kept) =
            (Vec::new(), BTreeMap::<KeyHash, (Verified<Checkpoint>, Witnessed)>::new());
        for asked in &realms {
            let nothing = Secret32::random(&mut self.env.rng());
            let Ok((standing, _)) =
                self.standing_at(practice, session, asked, Digest(*nothing.expose()), vec![]).await
            else {
                continue;
            };
            for witnessed in standing.kept {
                let signers = realms.iter().map(|realm| &realm.signer);
                let Some(said) = checkpoint(&witnessed, of, signers) else { continue };
                let newer = kept.get(&said.realm).is_none_or(|(known, _)| known.number < said.number);
                if newer && said.realm != asked.signer {
                    kept.insert(said.realm, (said, witnessed));
                }
            }
            answered.push((asked.signer, standing.own));
        }
        let mut set_back = Vec::new();
        for asked in &realms {
            let salt = Digest(*Secret32::random(&mut self.env.rng()).expose());
            let earlier = kept.get(&asked.signer);
            // The realm sees that it is measured, and not by what.
            let asks = earlier.map_or(salt, |(_, witnessed)| challenge(&salt, witnessed));
            let others = answered.iter().filter(|(signer, _)| *signer != asked.signer);
            let seen = others.map(|(_, own)| Shown { witnessed: own.clone(), earlier: None }).collect();
            let Ok((standing, now)) = self.standing_at(practice, session, asked, asks, seen).await else {
                continue;
            };
            let Some((_, witnessed)) = earlier.filter(|(before, _)| before.contradicts(&now)) else {
                continue;
            };
            set_back.push(asked.at.origin.clone().unwrap_or_default());
            let proof = Earlier { salt, witnessed: witnessed.clone() };
            for other in &realms {
                // The others keep the proof; the realm itself learns what it has lost.
                let shown = if other.signer == asked.signer {
                    Shown { witnessed: witnessed.clone(), earlier: None }
                } else {
                    Shown { witnessed: standing.own.clone(), earlier: Some(proof.clone()) }
                };
                // Who does not take it now is told by the next patient.
                let _ = self.standing_at(practice, session, other, salt, vec![shown]).await;
            }
        }
        Ok(set_back)
    }

    /// What a realm answers, with its own checkpoint verified: signed by its key, of this shard, for this question.
    async fn standing_at(
        &self,
        practice: &Practice,
        session: &Session,
        asked: &Asked,
        challenge: Digest,
        seen: Vec<Shown>,
    ) -> Result<(Standing, Verified<Checkpoint>), ClientError> {
        let witness = Witness { patient: session.patient, device: asked.token, challenge, seen };
        let standing = self.realm_witness(&asked.at, witness).await?;
        let of = (practice.id(), shard_of(&session.patient));
        let own = checkpoint(&standing.own, of, [&asked.signer]).filter(|own| own.challenge == challenge);
        let own = own.ok_or(ClientError::RealmUnproven(asked.at.realm.index));
        self.noted(&asked.at, own).map(|own| (standing, own))
    }
}
