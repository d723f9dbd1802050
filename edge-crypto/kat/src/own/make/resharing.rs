//! Messages of resharing, of the witness and of its end, with statements that are really signed.
use super::{
    super::{realm, reshare},
    id, practice,
};
use vestibule_channel::{PlatformSecret, SigningKey};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{Digest, KeyHash, PatientId},
    suite::{Suite, namespace},
    time::UnixSeconds,
    wire::{
        envelope::Signed,
        pow::Solution,
        realm::{Authorization, Join, Put, PutStatement, RealmOp, RealmReply, RealmRequest, Refusal},
        reshare::{
            Dealing, Dealt, Ended, Introduce, IntroduceStatement, Introduced, Introduction, Reshare,
            Resharing, Succession,
        },
        witness::{Checkpoint, Earlier, Shown, Standing, Witness, Witnessed, challenge},
    },
};

pub(super) fn sharings() -> Vec<reshare::Case> {
    vec![
        reshare::Case::make("from 1 of 1 to 2 of 2", (1, 1), (2, 2), &[1]),
        reshare::Case::make("from 2 of 2 to 2 of 3", (2, 2), (2, 3), &[1, 2]),
        reshare::Case::make("from 2 of 3 to 2 of 2, the second is down", (2, 3), (2, 2), &[3, 1]),
        reshare::Case::make("from 2 of 2 to 1 of 1", (2, 2), (1, 1), &[2, 1]),
    ]
}

fn key(label: &'static str) -> SigningKey {
    PlatformSecret::from_bytes(&id(label)).signing()
}

fn work() -> Solution {
    Solution {
        expires: UnixSeconds(1_800_000_000),
        mac: Digest(id("mac")),
        nonces: vec![1, 255, 256],
        salt: Digest(id("salt")),
    }
}

fn checkpoint(number: u64, asked: Digest) -> Witnessed {
    let signing = key("realm that signs");
    let checkpoint = Checkpoint {
        suite: Suite::V1,
        practice: practice(),
        realm: signing.key_hash(),
        shard: 11,
        number,
        mark: Digest([u8::try_from(number).unwrap(); 32]),
        challenge: asked,
        released: vec![(3, Digest([3; 32])), (number, Digest([u8::try_from(number).unwrap(); 32]))],
    };
    let signed = signing.sign(namespace::WITNESS, cbor::to_vec(&checkpoint)).unwrap();
    Witnessed { key: Bytes(signing.public_key().to_vec()), checkpoint: signed }
}

#[expect(clippy::too_many_lines, reason = "one table of cases")]
pub(super) fn messages() -> Vec<realm::Case> {
    let patient = PatientId(id("patient"));
    let (root, holder, signing) = (key("root"), key("patient's key"), key("realm that signs"));
    let signed = |namespace, body: Vec<u8>| -> Signed { root.sign(namespace, body).unwrap() };
    let some = |namespace| signed(namespace, vec![0x80]);
    let order = signed(
        namespace::RESHARING,
        cbor::to_vec(&Resharing {
            suite: Suite::V1,
            practice: practice(),
            from: Digest(id("deployment before")),
            threshold: 2,
            realms: vec![Bytes(vec![38; 1216]), Bytes(vec![39; 1216])],
        }),
    );
    let introduction = Introduction {
        suite: Suite::V1,
        practice: practice(),
        patient,
        key_hash: holder.key_hash(),
        at: UnixSeconds(1_800_000_000),
    };
    let introduced = Introduced {
        key: Bytes(signing.public_key().to_vec()),
        statement: signing.sign(namespace::INTRODUCTION, cbor::to_vec(&introduction)).unwrap(),
    };
    let asks = IntroduceStatement { practice: practice(), patient, realm: KeyHash(id("realm asked")) };
    let put = PutStatement {
        practice: practice(),
        patient,
        old: vestibule_core::ids::RegistrationId(id("registration")),
        descriptor: Digest(id("descriptor")),
        nonce: Bytes(vec![9; 16]),
    };
    let salt = Digest(id("salt of a challenge"));
    let earlier = checkpoint(9, Digest(id("first challenge")));
    let later = checkpoint(7, challenge(&salt, &earlier));
    let exchange = |name, op, deployment, reply: RealmReply| {
        let request = cbor::to_vec(&RealmRequest { practice: practice(), op, deployment });
        realm::Case::make(name, practice(), request, cbor::to_vec(&reply))
    };
    let named = Some(Digest(id("deployment")));
    vec![
        exchange(
            "reshare",
            RealmOp::Reshare(Reshare {
                roots: vec![some(namespace::ROOT)],
                order: order.clone(),
                work: work(),
            }),
            named,
            RealmReply::Dealt(Dealt {
                commitments: vec![Digest(id("c0")), Digest(id("c1"))],
                parts: vec![Bytes(vec![1; 40]), Bytes(vec![2; 40])],
            }),
        ),
        exchange(
            "join after a dealing that does not hold",
            RealmOp::Join(Join {
                roots: vec![some(namespace::ROOT)],
                deployment: some(namespace::DEPLOYMENT),
                share: Bytes::default(),
                work: work(),
                code: "code".into(),
                succession: Some(Succession {
                    before: some(namespace::DEPLOYMENT),
                    order,
                    dealings: vec![Dealing {
                        dealer: 2,
                        commitments: vec![Digest(id("c0")), Digest(id("c1"))],
                        part: Bytes(vec![2; 40]),
                    }],
                }),
            }),
            named,
            RealmReply::Refused(Refusal::Misdealt(2)),
        ),
        exchange(
            "introduce",
            RealmOp::Introduce(Introduce {
                key: Bytes(holder.public_key().to_vec()),
                statement: holder.sign(namespace::INTRODUCE, cbor::to_vec(&asks)).unwrap(),
            }),
            named,
            RealmReply::Introduced(introduced.clone()),
        ),
        exchange(
            "put with an introduction",
            RealmOp::Put(Put {
                descriptor: Bytes(vec![6; 250]),
                key_hash: holder.key_hash(),
                oprf_share: Digest(id("k")),
                unlock_key: Digest(id("u")),
                masked_share: Digest(id("B xor m")),
                authorization: Authorization::Introduced(
                    Bytes(holder.public_key().to_vec()),
                    holder.sign(namespace::PUT, cbor::to_vec(&put)).unwrap(),
                    vec![introduced],
                ),
            }),
            named,
            RealmReply::Stored,
        ),
        exchange(
            "witness, with proof of a contradiction",
            RealmOp::Witness(Witness {
                patient,
                device: Digest(id("device")),
                challenge: Digest(id("challenge")),
                seen: vec![Shown {
                    witnessed: later.clone(),
                    earlier: Some(Earlier { salt, witnessed: earlier }),
                }],
            }),
            named,
            RealmReply::Witnessed(Standing { own: later.clone(), kept: vec![later] }),
        ),
        exchange(
            "ended",
            RealmOp::Ended(Ended {
                roots: vec![some(namespace::ROOT)],
                deployment: some(namespace::DEPLOYMENT),
                manifest: some(namespace::MANIFEST),
                work: work(),
            }),
            None,
            RealmReply::Stored,
        ),
    ]
}
