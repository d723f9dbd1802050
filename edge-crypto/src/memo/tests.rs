//! Every lie about a memo has its own name, and nothing that staff signs elsewhere passes for one, or the reverse.
#![expect(clippy::unwrap_used, reason = "tests")]
use super::{
    KnownMemo, MemoDraft, MemoMemory, MemoOf, OpenedMemo, head, open_memo, seal::seal_body, seal_memo,
};
use crate::{
    booking::{EntryDetails, OpenError, open_as_staff, seal_entry},
    sign::SigningKey,
    testing::{NOW, World, rng, world},
};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    day::Day,
    ids::{AppointmentId, Digest, MemoId, PracticeId, ScopeId, ServiceId},
    suite::namespace,
    time::{Cell, UnixSeconds},
    wire::{
        appointment::{Booking, Contact, Envelope, Place, Proof, State, StoredAppointment},
        entry::{Entry, EntryKind},
        memo::{Memo, MemoEnvelope, MemoKind, MemoState, StoredMemo},
    },
};
use vestibule_suite::{Secret32, sha256};

const ID: MemoId = MemoId([5; 16]);
const VISIT: AppointmentId = AppointmentId([1; 16]);

fn scope(w: &World) -> ScopeId {
    w.practice.directory.manifest().scopes[0].id
}

fn draft(kind: MemoKind, state: MemoState, text: &str) -> MemoDraft {
    MemoDraft { kind, state, text: text.into(), due: None }
}

fn note(text: &str) -> MemoDraft {
    draft(MemoKind::Note, MemoState::Kept, text)
}

/// A memo as the server keeps it.
#[derive(Clone)]
struct Kept {
    links: Vec<u8>,
    envelope: Vec<u8>,
    opened: OpenedMemo,
}

impl Kept {
    fn stored(&self) -> StoredMemo {
        let envelope = Some(self.envelope.clone().into());
        StoredMemo { memo: self.opened.memo.memo, links: self.links.clone().into(), envelope }
    }

    fn known(&self) -> KnownMemo {
        let mut memory = MemoMemory::default();
        memory.note(&self.opened, Cell(1));
        memory.get(self.opened.memo.memo).unwrap().clone()
    }
}

fn new(w: &World, memo: MemoId, about: Option<AppointmentId>, draft: MemoDraft) -> Kept {
    let manifest = w.practice.directory.manifest();
    let of = MemoOf::New(memo, scope(w), about);
    let sealed = seal_memo(&mut rng(memo.0[0].into()), manifest, &w.signing, &of, draft, NOW).unwrap();
    let opened = OpenedMemo { memo: sealed.memo, head: sealed.head };
    Kept { links: sha256(&[&sealed.envelope]).0.to_vec(), envelope: sealed.envelope, opened }
}

fn next(w: &World, before: &Kept, draft: MemoDraft) -> Kept {
    let manifest = w.practice.directory.manifest();
    let now = NOW.plus(60);
    let sealed =
        seal_memo(&mut rng(9), manifest, &w.signing, &MemoOf::Next(&before.opened), draft, now).unwrap();
    let links = [&before.links[..], &sha256(&[&sealed.envelope]).0].concat();
    Kept { links, envelope: sealed.envelope, opened: OpenedMemo { memo: sealed.memo, head: sealed.head } }
}

fn open(w: &World, stored: &StoredMemo, known: Option<&KnownMemo>) -> Result<OpenedMemo, OpenError> {
    let manifest = w.practice.directory.manifest();
    open_memo(stored, &w.keyring, manifest, &w.practice.calendar_keys, known)
}

/// What is served, altered by a server that keeps its links in order.
fn altered(kept: &Kept, change: impl FnOnce(&mut MemoEnvelope)) -> StoredMemo {
    let mut envelope: MemoEnvelope = cbor::from_slice(&kept.envelope).unwrap();
    change(&mut envelope);
    served(&envelope, &kept.links[..kept.links.len() - 32])
}

fn served(envelope: &MemoEnvelope, links: &[u8]) -> StoredMemo {
    let bytes = cbor::to_vec(envelope);
    let links = [links, &sha256(&[&bytes]).0].concat();
    StoredMemo { memo: envelope.context.memo, links: links.into(), envelope: Some(bytes.into()) }
}

#[test]
fn staff_opens_each_version_and_goes_on_from_it() {
    let w = world(1);
    let due = Some(Day(20_270_131));
    let task = MemoDraft { due, ..draft(MemoKind::Task, MemoState::Open, "Befund anfordern") };
    let first = new(&w, ID, Some(VISIT), task.clone());
    assert_eq!(open(&w, &first.stored(), None).unwrap(), first.opened);
    let done = next(&w, &first, MemoDraft { state: MemoState::Kept, ..task });
    let gone = next(&w, &done, draft(MemoKind::Task, MemoState::Removed, ""));
    // From whatever version on it was seen.
    for known in [None, Some(first.known()), Some(done.known())] {
        assert_eq!(open(&w, &done.stored(), known.as_ref()).unwrap(), done.opened);
        assert_eq!(open(&w, &gone.stored(), known.as_ref()).unwrap(), gone.opened);
    }
    let body = &done.opened.memo;
    assert_eq!((body.number, body.previous, body.due), (2, first.opened.head, due));
    assert_eq!((body.author, body.made, body.time), (w.signing.key_hash(), NOW, NOW.plus(60)));
    // Of no appointment; and what is short has the length of what is long.
    let own = new(&w, ID, None, draft(MemoKind::Task, MemoState::Open, "x"));
    let long = new(&w, ID, None, draft(MemoKind::Task, MemoState::Open, &"x".repeat(700)));
    assert_eq!(open(&w, &own.stored(), None).unwrap().memo.about, None);
    assert_eq!(own.envelope.len(), long.envelope.len());
}

#[test]
fn older_and_other_histories_are_noticed() {
    let w = world(1);
    let first = new(&w, ID, Some(VISIT), note("a"));
    let second = next(&w, &first, note("b"));
    let third = next(&w, &second, note("c"));
    let other = next(&w, &first, note("another"));
    let after_other = next(&w, &other, note("c"));
    let gone = next(&w, &second, draft(MemoKind::Note, MemoState::Removed, ""));
    let moved = {
        // By the key of a colleague, who seals it for another appointment under the same id.
        let about = Some(AppointmentId([2; 16]));
        let memo = Memo { about, ..third.opened.memo.clone() };
        let manifest = w.practice.directory.manifest();
        let envelope = seal_body(&mut rng(4), manifest, &w.signing, &memo, namespace::MEMO).unwrap();
        served(&envelope, &second.links)
    };
    for (what, stored, known, lie) in [
        ("older", first.stored(), second.known(), OpenError::RolledBack),
        ("another of the same number", other.stored(), second.known(), OpenError::Forked),
        ("a later one of another history", after_other.stored(), second.known(), OpenError::Forked),
        ("what was removed", second.stored(), gone.known(), OpenError::Revived),
        ("a version after the removal", third.stored(), gone.known(), OpenError::Revived),
        ("about another appointment now", moved, second.known(), OpenError::WrongAppointment),
    ] {
        assert_eq!(open(&w, &stored, Some(&known)).unwrap_err(), lie, "{what}");
    }
    // The right envelope with links that somebody made up.
    let mut links = third.stored();
    links.links.0[..32].fill(7);
    assert_eq!(open(&w, &links, None).unwrap_err(), OpenError::ChainBroken);
    let fewer = StoredMemo { links: third.links[32..].to_vec().into(), ..third.stored() };
    assert_eq!(open(&w, &fewer, None).unwrap_err(), OpenError::WrongVersion);
    for links in [vec![], vec![1; 33]] {
        let none = StoredMemo { links: links.into(), ..third.stored() };
        assert_eq!(open(&w, &none, None).unwrap_err(), OpenError::Malformed);
    }
    let last = StoredMemo { links: [&third.links[..64], &[7; 32]].concat().into(), ..third.stored() };
    assert_eq!(open(&w, &last, None).unwrap_err(), OpenError::ChainBroken);
    let empty = StoredMemo { envelope: None, ..third.stored() };
    assert_eq!(open(&w, &empty, None).unwrap_err(), OpenError::ContentWithheld);
}

/// What a server does to an envelope.
type Change = fn(&mut MemoEnvelope);

#[test]
fn a_version_opens_in_its_place_only() {
    let w = world(1);
    let kept = new(&w, ID, Some(VISIT), note("a"));
    let other = new(&w, MemoId([6; 16]), Some(AppointmentId([2; 16])), note("b"));
    let swapped = StoredMemo { memo: ID, ..other.stored() };
    assert_eq!(open(&w, &swapped, None).unwrap_err(), OpenError::WrongMemo);
    let cases: [(&str, Change, OpenError); 11] = [
        ("another practice", |e| e.context.practice = PracticeId([1; 16]), OpenError::WrongPractice),
        ("another scope", |e| e.context.scope.0[0] ^= 1, OpenError::UnknownScope),
        ("another scope's wrap", |e| e.scope.scope.0[0] ^= 1, OpenError::UnknownScope),
        ("about another", |e| e.context.about = Some(AppointmentId([2; 16])), OpenError::DoesNotOpen),
        ("about none", |e| e.context.about = None, OpenError::DoesNotOpen),
        ("open", |e| e.context.state = MemoState::Open, OpenError::DoesNotOpen),
        ("removed", |e| e.context.state = MemoState::Removed, OpenError::DoesNotOpen),
        ("another epoch", |e| e.scope.epoch += 1, OpenError::UnknownEpoch),
        ("an altered wrap", |e| e.scope.wrap.sealed.ciphertext.0[3] ^= 1, OpenError::DoesNotOpen),
        ("an altered body", |e| e.body.ciphertext.0[3] ^= 1, OpenError::DoesNotOpen),
        ("an altered proof", |e| e.proof.ciphertext.0[3] ^= 1, OpenError::ProofDoesNotOpen),
    ];
    for (what, change, lie) in cases {
        assert_eq!(open(&w, &altered(&kept, change), None).unwrap_err(), lie, "{what}");
    }
    let later = altered(&kept, |e| e.context.number = 2);
    assert_eq!(open(&w, &later, None).unwrap_err(), OpenError::WrongVersion);
    let after = altered(&kept, |e| e.context.previous = Digest([1; 32]));
    assert_eq!(open(&w, &after, None).unwrap_err(), OpenError::ChainBroken);
    let none = StoredMemo { envelope: Some(Bytes(vec![0x80])), ..kept.stored() };
    assert_eq!(open(&w, &none, None).unwrap_err(), OpenError::Malformed);
    // The key of another practice opens nothing.
    let stranger = world(5);
    let manifest = w.practice.directory.manifest();
    let keys = &w.practice.calendar_keys;
    let opened = open_memo(&kept.stored(), &stranger.keyring, manifest, keys, None);
    assert_eq!(opened.unwrap_err(), OpenError::UnknownEpoch);
}

#[test]
fn only_what_goes_together_is_a_memo() {
    let w = world(1);
    let base = new(&w, ID, Some(VISIT), note("a")).opened.memo;
    let task = Memo { kind: MemoKind::Task, state: MemoState::Open, ..base.clone() };
    let second =
        |memo: &Memo| Memo { number: 2, previous: head(&Digest([0; 32]), &Digest([3; 32])), ..memo.clone() };
    let good = [base.clone(), task.clone(), second(&Memo { state: MemoState::Kept, ..task.clone() })];
    let bad = [
        ("a note about nothing", Memo { about: None, ..base.clone() }),
        ("an open note", Memo { state: MemoState::Open, ..base.clone() }),
        ("a note until a date", Memo { due: Some(Day(20_270_131)), ..base.clone() }),
        ("no date", Memo { due: Some(Day(20_270_231)), ..task.clone() }),
        ("done from the beginning", Memo { state: MemoState::Kept, ..task.clone() }),
        (
            "removed from the beginning",
            Memo { state: MemoState::Removed, text: String::new(), ..base.clone() },
        ),
        ("without a text", Memo { text: String::new(), ..base.clone() }),
        ("removed with a text", second(&Memo { state: MemoState::Removed, ..base.clone() })),
        ("endless", Memo { text: "x".repeat(2_001), ..base.clone() }),
        (
            "another author at once",
            Memo { author: crate::testing::world(3).signing.key_hash(), ..base.clone() },
        ),
        ("made at another time", Memo { made: UnixSeconds(1), ..base }),
    ];
    let sealed = |memo: &Memo| {
        let manifest = w.practice.directory.manifest();
        let envelope = seal_body(&mut rng(4), manifest, &w.signing, memo, namespace::MEMO).unwrap();
        let links = if memo.number == 1 { vec![] } else { vec![3; 32] };
        open(&w, &served(&envelope, &links), None)
    };
    for memo in &good {
        assert!(sealed(memo).is_ok(), "{memo:?}");
    }
    for (what, memo) in &bad {
        assert_eq!(sealed(memo).unwrap_err(), OpenError::Malformed, "{what}");
    }
}

fn entered(w: &World) -> (StoredAppointment, Booking) {
    let details = EntryDetails {
        entry: Entry { kind: EntryKind::Block, title: "Besprechung".into(), series: None },
        service: ServiceId([0; 16]),
        service_name: String::new(),
        contact: Contact {
            name: String::new(),
            email: String::new(),
            phone: String::new(),
            birth_date: String::new(),
        },
        note: String::new(),
        locale: "de".into(),
    };
    let resource = w.practice.directory.catalog().resources[0].id;
    let place = Place { resource, start: Cell(6_000_000), cells: 4 };
    let manifest = w.practice.directory.manifest();
    let sealed = seal_entry(&mut rng(8), manifest, &w.signing, VISIT, place, details, NOW).unwrap();
    let envelope = sealed.envelope.into();
    let (statements, cache) = (vec![], None);
    let stored =
        StoredAppointment { appointment: VISIT, place, state: State::Booked, envelope, statements, cache };
    (stored, sealed.booking)
}

#[test]
fn nothing_that_staff_signs_elsewhere_is_a_memo_nor_the_reverse() {
    let w = world(1);
    let manifest = w.practice.directory.manifest();
    let kept = new(&w, ID, Some(VISIT), note("a"));
    let by = |memo: &Memo, signer: &SigningKey, namespace: &str| {
        let envelope = seal_body(&mut rng(4), manifest, signer, memo, namespace).unwrap();
        open(&w, &served(&envelope, &[]), None)
    };
    let memo = &kept.opened.memo;
    assert!(by(memo, &w.signing, namespace::MEMO).is_ok());
    // The very body, signed by the very key, as something else that staff signs.
    for other in [
        namespace::ENTRY,
        namespace::BOOKING,
        namespace::ACTION,
        namespace::CATALOG,
        namespace::FRESHNESS,
        "memo-body",
    ] {
        assert_eq!(by(memo, &w.signing, other).unwrap_err(), OpenError::BadSignature, "{other}");
    }
    // By a key that the practice does not have: named as it is, or as the practice's.
    let stranger = SigningKey::from_seeds(&Secret32::from_bytes([1; 32]), &Secret32::from_bytes([2; 32]));
    let own = Memo { signer: stranger.key_hash(), author: stranger.key_hash(), ..memo.clone() };
    assert_eq!(by(&own, &stranger, namespace::MEMO).unwrap_err(), OpenError::NotByPractice);
    assert_eq!(by(memo, &stranger, namespace::MEMO).unwrap_err(), OpenError::OtherKeys);
    // The reverse: an entry whose body was signed as a memo.
    let (stored, booking) = entered(&w);
    let context = cbor::from_slice::<Envelope>(&stored.envelope).unwrap().context;
    let dek = Secret32::from_bytes([7; 32]);
    let opened = |by: &str| {
        let plain = cbor::to_vec(&booking);
        let proof = Proof {
            signing_key: Bytes(w.signing.public_key().to_vec()),
            kem_key: Bytes(vec![]),
            signature: w.signing.signature(by, &plain).unwrap(),
        };
        let scope = &manifest.scopes[0];
        let (envelope, _) =
            crate::booking::seal_envelope(&mut rng(3), scope, &dek, context.clone(), &plain, &proof, None)
                .unwrap();
        let stored = StoredAppointment { envelope: envelope.into(), ..stored.clone() };
        let staff = open_as_staff(&mut rng(7), &stored, &w.keyring, manifest, None)?;
        staff.unverified.verify(&w.practice.calendar_keys)
    };
    assert!(opened(namespace::ENTRY).is_ok());
    assert_eq!(opened(namespace::MEMO).unwrap_err(), OpenError::BadSignature);
}

#[test]
fn who_lost_the_right_or_the_scope_writes_nothing() {
    let w = world(1);
    let kept = new(&w, ID, Some(VISIT), note("a"));
    // The keys that may act on the calendar, without this one; as the client takes them from the manifest.
    let manifest = w.practice.directory.manifest();
    let opened = open_memo(&kept.stored(), &w.keyring, manifest, &[], None);
    assert_eq!(opened.unwrap_err(), OpenError::NotByPractice);
}

#[test]
fn the_device_remembers_the_newer_of_each_and_forgets_what_nobody_looks_at() {
    let w = world(1);
    let first = new(&w, ID, Some(VISIT), note("a"));
    let second = next(&w, &first, note("b"));
    let task = new(&w, MemoId([6; 16]), None, draft(MemoKind::Task, MemoState::Open, "x"));
    let mut now = MemoMemory::default();
    now.note(&second.opened, Cell(200_000));
    let mut older = MemoMemory::default();
    older.note(&first.opened, Cell(1));
    older.note(&task.opened, Cell(1));
    now.absorb(older);
    assert_eq!(now.get(ID).map(|k| k.number), Some(2));
    let listed = |about| now.expected(about).collect::<Vec<_>>();
    assert_eq!((listed(Some(VISIT)), listed(None)), (vec![ID], vec![MemoId([6; 16])]));
    assert_eq!(now.count().into_iter().collect::<Vec<_>>(), [(VISIT, (1, 0))]);
    let kept = now.to_keep(Cell(200_000)).unwrap();
    assert_eq!(kept.iter().map(|k| k.memo).collect::<Vec<_>>(), [ID]);
    assert_eq!(MemoMemory::of(kept).get(ID), now.get(ID));
    assert_eq!(MemoMemory::default().to_keep(Cell(0)), None);
    // What was removed is not waited for.
    let gone = next(&w, &second, draft(MemoKind::Note, MemoState::Removed, ""));
    now.note(&gone.opened, Cell(200_001));
    assert_eq!(now.expected(Some(VISIT)).count(), 0);
}
