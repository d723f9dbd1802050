//! A guard shard on SQLite: counting, single use, activation, vault.
use super::support::{Database, NOW};
use crate::{Driver, patient::PatientActor};
use vestibule_app::actor::patient::{
    Attempt, Begin, ConfirmApply, ConfirmLoad, Confirmed, PatientCommand, PatientReply, Permit, Put, Redeem,
    VaultGet, VaultPut, VoucherCount, VoucherPut,
};
use vestibule_core::{
    guard::FOR_EVER,
    ids::{Digest, KeyHash, PatientId, RegistrationId},
    limits,
    time::UnixSeconds,
};

pub(super) const PATIENT: PatientId = PatientId([3; 16]);
const DECOY: RegistrationId = RegistrationId([200; 16]);
pub(super) const DEPLOYMENT: Digest = Digest([6; 32]);
pub(super) const KEY: KeyHash = KeyHash([5; 32]);

pub(super) struct Shard<'d, D> {
    db: &'d Database<'d, D>,
    pub(super) key: Vec<u8>,
    actor: PatientActor,
}

pub(super) fn digest(kind: u8, n: u8) -> Digest {
    let mut bytes = [kind; 32];
    bytes[0] = n;
    Digest(bytes)
}

pub(super) fn attempt(registration: RegistrationId, handle: u8) -> Attempt {
    Attempt {
        patient: PATIENT,
        registration,
        handle: digest(1, handle),
        device: None,
        ticket: None,
        decoy: DECOY,
        decoy_secrets: vec![99].into(),
    }
}

impl<'d, D: Driver> Shard<'d, D> {
    pub(super) fn new(db: &'d Database<'d, D>) -> Self {
        Self { db, key: db.fresh_key(), actor: PatientActor::default() }
    }

    #[expect(clippy::needless_pass_by_value, reason = "reads better at every call")]
    pub(super) fn run(&self, now: UnixSeconds, command: PatientCommand) -> PatientReply {
        self.actor.apply(self.db.driver, &self.key, now, &command).unwrap()
    }

    /// A ticket from a redeemed code.
    fn ticket(&self, now: UnixSeconds, ticket: u8) -> Digest {
        let code = digest(2, ticket);
        let put = VoucherPut { patient: PATIENT, code, expires: now.plus(limits::VOUCHER_SECONDS) };
        assert_eq!(self.run(now, PatientCommand::VoucherPut(put)), PatientReply::Done);
        let ticket = digest(3, ticket);
        let redeem = Redeem { patient: PATIENT, code, ticket };
        assert!(matches!(self.run(now, PatientCommand::Redeem(redeem)), PatientReply::Redeemed(_)));
        ticket
    }

    fn put(&self, now: UnixSeconds, n: u8, permit: Permit) -> PatientReply {
        self.run(
            now,
            PatientCommand::Put(Put {
                patient: PATIENT,
                registration: RegistrationId([n; 16]),
                descriptor: vec![n].into(),
                key_hash: KEY,
                secrets: vec![n, n].into(),
                permit,
                deployment: DEPLOYMENT,
            }),
        )
    }

    fn confirm(&self, now: UnixSeconds, n: u8, handles: &[u8], device: u8) -> PatientReply {
        self.run(
            now,
            PatientCommand::ConfirmApply(ConfirmApply {
                patient: PATIENT,
                handles: handles.iter().map(|h| digest(1, *h)).collect(),
                registration: RegistrationId([n; 16]),
                device: digest(4, device),
            }),
        )
    }

    fn load(&self, now: UnixSeconds, handles: &[u8]) -> PatientReply {
        self.run(
            now,
            PatientCommand::ConfirmLoad(ConfirmLoad {
                patient: PATIENT,
                handles: handles.iter().map(|h| digest(1, *h)).collect(),
                decoy: DECOY,
                decoy_secrets: vec![99].into(),
            }),
        )
    }

    /// One registration of number 1, active, with device token 1.
    pub(super) fn enrolled(db: &'d Database<'d, D>) -> Self {
        let shard = Self::new(db);
        let ticket = shard.ticket(NOW, 1);
        assert_eq!(shard.put(NOW, 1, Permit::Ticket(ticket)), PatientReply::Done);
        assert!(shard.admitted(NOW, attempt(RegistrationId([1; 16]), 250)));
        assert!(matches!(shard.confirm(NOW, 1, &[250], 1), PatientReply::Confirmed(_)));
        shard
    }

    pub(super) fn admitted(&self, now: UnixSeconds, attempt: Attempt) -> bool {
        matches!(self.run(now, PatientCommand::Attempt(attempt)), PatientReply::Secrets(_))
    }
}

pub(super) const ONE: RegistrationId = RegistrationId([1; 16]);

pub(super) fn known_and_unknown_lock_alike<D: Driver>(db: &Database<'_, D>) {
    for (shard, registration) in [(Shard::enrolled(db), ONE), (Shard::new(db), DECOY)] {
        let mut handle = 0u8;
        let mut next = || {
            handle += 1;
            PatientCommand::Attempt(attempt(registration, handle))
        };
        let mut answers = Vec::new();
        // Five an hour for five hours.
        for hour in 0..5u64 {
            for _ in 0..5 {
                answers.push(match shard.run(UnixSeconds(NOW.0 + hour * 3_600), next()) {
                    PatientReply::Secrets(_) => 0,
                    PatientReply::Locked(seconds) => seconds,
                    other => panic!("{other:?}"),
                });
            }
        }
        let hour = [0, 0, 0, 3_600, 3_600];
        let last = [0, FOR_EVER, FOR_EVER, FOR_EVER, FOR_EVER];
        assert_eq!(answers, [hour, hour, hour, last, [FOR_EVER; 5]].concat());
    }
}

pub(super) fn five_hundred_attempts_with_an_honest_one_between<D: Driver>(db: &Database<'_, D>) {
    let shard = Shard::enrolled(db);
    let mut admitted = 0;
    for n in 0..250u8 {
        admitted += u32::from(shard.admitted(NOW, attempt(ONE, n)));
        if n == 1 {
            assert!(shard.admitted(NOW, attempt(ONE, 251)));
            assert!(matches!(shard.confirm(NOW, 1, &[251], 2), PatientReply::Confirmed(_)));
        }
    }
    assert_eq!(admitted, 3, "the honest attempt was refunded, no other");
}

pub(super) fn only_the_proven_attempts_are_refunded_and_a_handle_serves_once<D: Driver>(
    db: &Database<'_, D>,
) {
    let shard = Shard::enrolled(db);
    for handle in 1..=3 {
        assert!(shard.admitted(NOW, attempt(ONE, handle)));
    }
    assert!(!shard.admitted(NOW, attempt(ONE, 4)));
    // Wrong once, then right: both are this person's.
    let PatientReply::Confirmed(confirmed) = shard.confirm(NOW, 1, &[3, 2], 7) else {
        panic!("not confirmed")
    };
    assert_eq!(
        confirmed,
        Confirmed { key_hash: KEY, vault_head: Digest([0; 32]), vault: vec![].into(), failed_attempts: 1 }
    );
    assert_eq!(shard.confirm(NOW, 1, &[3, 2], 8), PatientReply::Wrong, "replayed");
    assert_eq!(shard.load(NOW, &[3]), PatientReply::Wrong);
    assert!(shard.admitted(NOW, attempt(ONE, 5)));
    assert!(shard.admitted(NOW, attempt(ONE, 6)));
    assert!(!shard.admitted(NOW, attempt(ONE, 7)), "handle 1 still counts");
    let late = NOW.plus(limits::ATTEMPT_SECONDS);
    assert_eq!(shard.confirm(late, 1, &[5], 9), PatientReply::Wrong, "too late");
    let PatientReply::Confirmed(confirmed) = shard.confirm(NOW, 1, &[6], 9) else { panic!("not confirmed") };
    assert_eq!(confirmed.failed_attempts, 1, "told once: only the new one");
}

pub(super) fn a_device_keeps_its_own_ten_while_strangers_are_locked_out<D: Driver>(db: &Database<'_, D>) {
    let shard = Shard::enrolled(db);
    for handle in 1..=3 {
        assert!(shard.admitted(NOW, attempt(ONE, handle)));
    }
    let with = |handle, device| Attempt { device: Some(device), ..attempt(ONE, handle) };
    assert!(!shard.admitted(NOW, with(4, digest(4, 99))), "a token that nobody gave out");
    for handle in 10..20 {
        assert!(shard.admitted(NOW, with(handle, digest(4, 1))));
    }
    assert!(!shard.admitted(NOW, with(20, digest(4, 1))));
    assert!(matches!(shard.confirm(NOW, 1, &[19], 2), PatientReply::Confirmed(_)));
    assert!(shard.admitted(NOW, with(21, digest(4, 1))), "refunded to the device");
    assert!(!shard.admitted(NOW, with(22, digest(4, 1))));
    assert!(shard.admitted(NOW, with(23, digest(4, 2))), "a new token has a budget of its own");
}

/// A locked address can enrol; whoever only sees the pending registration cannot take its try.
pub(super) fn the_try_of_a_put_is_for_its_ticket_once<D: Driver>(db: &Database<'_, D>) {
    let shard = Shard::new(db);
    for handle in 1..=3 {
        assert!(shard.admitted(NOW, attempt(DECOY, handle)));
    }
    let ticket = shard.ticket(NOW, 1);
    assert_eq!(shard.put(NOW, 1, Permit::Ticket(ticket)), PatientReply::Done);
    let with = |handle, ticket| Attempt { ticket, ..attempt(ONE, handle) };
    assert!(!shard.admitted(NOW, with(4, None)), "a stranger");
    assert!(!shard.admitted(NOW, with(5, Some(digest(3, 9)))), "another ticket");
    assert!(shard.admitted(NOW, with(6, Some(ticket))));
    assert!(!shard.admitted(NOW, with(7, Some(ticket))), "twice");
    assert!(matches!(shard.confirm(NOW, 1, &[6], 1), PatientReply::Confirmed(_)));
}

pub(super) fn a_ticket_opens_one_more_try_and_serves_once<D: Driver>(db: &Database<'_, D>) {
    let shard = Shard::enrolled(db);
    for handle in 1..=3 {
        assert!(shard.admitted(NOW, attempt(ONE, handle)));
    }
    let ticket = shard.ticket(NOW, 2);
    let with = |handle| Attempt { ticket: Some(ticket), ..attempt(ONE, handle) };
    assert!(shard.admitted(NOW, with(4)));
    assert!(!shard.admitted(NOW, with(5)), "replayed");
    assert_eq!(shard.put(NOW, 2, Permit::Ticket(ticket)), PatientReply::Unauthorized, "replayed");
    let old = shard.ticket(NOW, 3);
    let late = NOW.plus(limits::TICKET_SECONDS);
    assert_eq!(shard.put(late, 2, Permit::Ticket(old)), PatientReply::Unauthorized, "too late");
    let other = Put {
        patient: PatientId([4; 16]),
        registration: ONE,
        descriptor: vec![].into(),
        key_hash: KEY,
        secrets: vec![].into(),
        permit: Permit::Ticket(shard.ticket(NOW, 4)),
        deployment: DEPLOYMENT,
    };
    assert_eq!(shard.run(NOW, PatientCommand::Put(other)), PatientReply::Unauthorized, "another patient's");
}

pub(super) fn a_put_waits_for_its_first_right_pin<D: Driver>(db: &Database<'_, D>) {
    let shard = Shard::enrolled(db);
    let begin = |now| match shard
        .run(now, PatientCommand::Begin(Begin { patient: PATIENT, decoy: vec![9].into() }))
    {
        PatientReply::Begun(b) => (b.active.0, b.pending.map(|p| p.0)),
        other => panic!("{other:?}"),
    };
    let signed = |old: u8, nonce: u8, key| Permit::Signed(key, RegistrationId([old; 16]), vec![nonce].into());
    assert_eq!(begin(NOW), (vec![1], None));
    for (why, permit) in [
        ("another key", signed(1, 1, KeyHash([6; 32]))),
        ("not the active one", signed(7, 1, KEY)),
        ("an unknown ticket", Permit::Ticket(digest(3, 77))),
    ] {
        assert_eq!(shard.put(NOW, 2, permit), PatientReply::Unauthorized, "{why}");
    }
    for handle in 1..=3 {
        assert!(shard.admitted(NOW, attempt(ONE, handle)));
    }
    assert_eq!(
        shard.put(NOW, 1, signed(1, 1, KEY)),
        PatientReply::Invalid,
        "a registration never comes back"
    );
    assert_eq!(shard.put(NOW, 2, signed(1, 1, KEY)), PatientReply::Done);
    assert_eq!(shard.put(NOW, 3, signed(1, 1, KEY)), PatientReply::Unauthorized, "a replayed nonce");
    assert_eq!(begin(NOW), (vec![1], Some(vec![2])));
    let later = NOW.plus(limits::PENDING_SECONDS);
    assert_eq!(begin(later), (vec![1], Some(vec![2])), "what the patient's key signed does not lapse");
    let two = RegistrationId([2; 16]);
    assert!(shard.admitted(NOW, attempt(two, 10)), "the signature cleared the strangers' budget");
    assert!(matches!(shard.confirm(NOW, 2, &[10], 5), PatientReply::Confirmed(_)));
    assert_eq!(begin(NOW), (vec![2], None));
    assert_eq!(
        shard.run(NOW, PatientCommand::Attempt(attempt(ONE, 12))),
        PatientReply::Invalid,
        "the old registration is gone"
    );
    let get = |device| PatientCommand::VaultGet(VaultGet { patient: PATIENT, device: digest(4, device) });
    assert_eq!(shard.run(NOW, get(1)), PatientReply::Unauthorized, "and so are its devices");
    assert_eq!(shard.run(NOW, get(5)), PatientReply::Vault(vec![].into()));
    assert_eq!(shard.put(NOW, 4, signed(1, 9, KEY)), PatientReply::Unauthorized, "signed for the old one");
    // What a mailed code allowed does lapse.
    let ticket = shard.ticket(NOW, 50);
    assert_eq!(shard.put(NOW, 5, Permit::Ticket(ticket)), PatientReply::Done);
    assert_eq!(begin(NOW), (vec![2], Some(vec![5])));
    assert_eq!(begin(later), (vec![2], None), "it lapses");
    assert!(!shard.admitted(later, attempt(RegistrationId([5; 16]), 51)));
}

pub(super) fn guesses_at_a_code_are_counted<D: Driver>(db: &Database<'_, D>) {
    let shard = Shard::new(db);
    let code = digest(2, 1);
    let guess = |n: u8, code| PatientCommand::Redeem(Redeem { patient: PATIENT, code, ticket: digest(3, n) });
    let wrong = digest(2, 2);
    assert_eq!(shard.run(NOW, guess(0, code)), PatientReply::Wrong, "no code");
    let put = || {
        let expires = NOW.plus(limits::VOUCHER_SECONDS);
        let put = VoucherPut { patient: PATIENT, code, expires };
        assert_eq!(shard.run(NOW, PatientCommand::VoucherPut(put)), PatientReply::Done);
    };
    put();
    for n in 0..5 {
        assert_eq!(shard.run(NOW, guess(n, wrong)), PatientReply::Wrong);
    }
    assert_eq!(shard.run(NOW, guess(6, code)), PatientReply::Wrong, "right, but the sixth");
    put();
    let late = NOW.plus(limits::VOUCHER_SECONDS);
    assert_eq!(shard.run(late, guess(7, code)), PatientReply::Wrong, "too late");
    assert_eq!(shard.run(NOW, guess(8, code)), PatientReply::Redeemed(false));
    assert_eq!(shard.run(NOW, guess(9, code)), PatientReply::Wrong, "replayed");
    put();
    assert_eq!(shard.put(NOW, 1, Permit::Ticket(digest(3, 8))), PatientReply::Done);
    assert!(shard.admitted(NOW, attempt(ONE, 1)));
    shard.confirm(NOW, 1, &[1], 1);
    assert_eq!(shard.run(NOW, guess(10, code)), PatientReply::Redeemed(true));
}

pub(super) fn codes_are_mailed_five_times_an_hour_and_work_is_spent_once<D: Driver>(db: &Database<'_, D>) {
    let shard = Shard::new(db);
    let count = |work: u8| {
        PatientCommand::VoucherCount(VoucherCount {
            patient: PATIENT,
            work: digest(6, work),
            expires: NOW.plus(limits::POW_SECONDS),
        })
    };
    for n in 0..5 {
        assert_eq!(shard.run(NOW, count(n)), PatientReply::Done);
    }
    assert_eq!(shard.run(NOW, count(4)), PatientReply::WorkUsed);
    assert_eq!(shard.run(NOW.plus(10), count(5)), PatientReply::Locked(3_590));
    assert_eq!(shard.run(NOW.plus(3_600), count(6)), PatientReply::Done);
}

pub(super) fn the_vault_is_compared_and_swapped<D: Driver>(db: &Database<'_, D>) {
    let shard = Shard::enrolled(db);
    let put = |device, expected: Digest, n: u8| {
        shard.run(
            NOW,
            PatientCommand::VaultPut(VaultPut {
                patient: PATIENT,
                device: digest(4, device),
                expected,
                head: digest(7, n),
                vault: vec![n].into(),
            }),
        )
    };
    let none = Digest([0; 32]);
    assert_eq!(put(9, none, 1), PatientReply::Unauthorized);
    assert_eq!(put(1, digest(7, 1), 1), PatientReply::Conflict);
    assert_eq!(put(1, none, 1), PatientReply::Done);
    assert_eq!(put(1, none, 1), PatientReply::Done, "a lost answer is given again");
    assert_eq!(put(1, none, 2), PatientReply::Conflict);
    assert_eq!(put(1, digest(7, 1), 2), PatientReply::Done);
    assert!(shard.admitted(NOW, attempt(ONE, 1)));
    let PatientReply::Confirmed(confirmed) = shard.confirm(NOW, 1, &[1], 2) else { panic!("not confirmed") };
    assert_eq!((confirmed.vault_head, confirmed.vault.0), (digest(7, 2), vec![2]));
}

pub(super) fn the_oldest_of_too_many_devices_goes<D: Driver>(db: &Database<'_, D>) {
    let shard = Shard::enrolled(db);
    for n in 2..=17u8 {
        assert!(shard.admitted(NOW, attempt(ONE, n)));
        assert!(matches!(shard.confirm(NOW, 1, &[n], n), PatientReply::Confirmed(_)));
    }
    let get =
        |n| shard.run(NOW, PatientCommand::VaultGet(VaultGet { patient: PATIENT, device: digest(4, n) }));
    assert_eq!(get(1), PatientReply::Unauthorized);
    assert_eq!(get(2), PatientReply::Vault(vec![].into()));
}

pub(super) fn what_needs_a_token_writes_nothing_in_a_fresh_shard<D: Driver>(db: &Database<'_, D>) {
    let shard = Shard::new(db);
    let vault = VaultGet { patient: PATIENT, device: digest(4, 1) };
    assert_eq!(shard.run(NOW, PatientCommand::VaultGet(vault)), PatientReply::Invalid);
    assert_eq!(shard.put(NOW, 1, Permit::Ticket(digest(3, 1))), PatientReply::Invalid);
    assert_eq!(shard.load(NOW, &[1]), PatientReply::Invalid);
    assert!(!db.knows(&shard.key));
}
