//! Schema of a guard shard.

/// Newest last.
pub(crate) const MIGRATIONS: &[&[&str]] = &[&[
    // try_ticket: the ticket that allowed the put, as long as the one try that it opens is left.
    // status: 0 pending, 1 active, 2 dropped. A dropped row keeps its id, so no registration comes back.
    "CREATE TABLE registrations (
        patient BLOB NOT NULL,
        registration BLOB NOT NULL,
        status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 2),
        descriptor BLOB,
        key_hash BLOB,
        secrets BLOB,
        expires INTEGER NOT NULL,
        try_ticket BLOB,
        PRIMARY KEY (patient, registration),
        CHECK ((status = 2) = (secrets IS NULL))
    ) WITHOUT ROWID",
    "CREATE UNIQUE INDEX registrations_active ON registrations (patient) WHERE status = 1",
    "CREATE UNIQUE INDEX registrations_pending ON registrations (patient) WHERE status = 0",
    // Attempts that were not refunded; their number is bounded by the limits. budget: 0 stranger, 1 device, 2 ticket.
    "CREATE TABLE attempts (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        handle BLOB NOT NULL UNIQUE,
        patient BLOB NOT NULL,
        registration BLOB NOT NULL,
        budget INTEGER NOT NULL,
        device BLOB,
        at INTEGER NOT NULL,
        cleared INTEGER NOT NULL DEFAULT 0
    )",
    "CREATE INDEX attempts_patient ON attempts (patient, at)",
    "CREATE TABLE devices (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        token BLOB NOT NULL UNIQUE,
        patient BLOB NOT NULL,
        registration BLOB NOT NULL
    )",
    "CREATE INDEX devices_registration ON devices (patient, registration)",
    // The attempt after which the patient was last told of failed ones.
    "CREATE TABLE told (patient BLOB PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID",
    // A vault belongs to a root: a re-enrolment with a new root starts empty and destroys nothing.
    "CREATE TABLE vaults (
        patient BLOB NOT NULL,
        key_hash BLOB NOT NULL,
        head BLOB NOT NULL,
        vault BLOB NOT NULL,
        PRIMARY KEY (patient, key_hash)
    ) WITHOUT ROWID",
    "CREATE TABLE vouchers (
        patient BLOB PRIMARY KEY,
        code BLOB NOT NULL,
        expires INTEGER NOT NULL,
        guesses INTEGER NOT NULL
    ) WITHOUT ROWID",
    "CREATE TABLE voucher_mails (patient BLOB NOT NULL, at INTEGER NOT NULL)",
    "CREATE INDEX voucher_mails_patient ON voucher_mails (patient, at)",
    "CREATE TABLE tickets (
        ticket BLOB PRIMARY KEY,
        patient BLOB NOT NULL,
        expires INTEGER NOT NULL
    ) WITHOUT ROWID",
    // Nonces of signed puts, for ever: each is accepted once.
    "CREATE TABLE nonces (patient BLOB NOT NULL, nonce BLOB NOT NULL, PRIMARY KEY (patient, nonce)) WITHOUT ROWID",
    "CREATE TABLE used_work (mac BLOB PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID",
]];
