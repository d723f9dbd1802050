//! Schema of guard shards. Every row names its actor first: see `own.rs`.

/// All tables, those that refer to others first.
pub(crate) const TABLES: &[&str] = &[
    "registrations",
    "attempts",
    "progress",
    "released",
    "witnessed",
    "devices",
    "told",
    "vaults",
    "vouchers",
    "voucher_mails",
    "tickets",
    "nonces",
    "used_codes",
];

/// Newest last.
pub(crate) const MIGRATIONS: &[&[&str]] = &[&[
    // deployment: the hash of the one that it was made for.
    // try_ticket: the ticket that allowed the put, as long as the one try that it opens is left.
    // status: 0 pending, 1 active, 2 dropped. A dropped row keeps its id, so no registration comes back.
    "CREATE TABLE registrations (
        actor BLOB NOT NULL,
        patient BLOB NOT NULL,
        registration BLOB NOT NULL,
        status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 2),
        descriptor BLOB,
        key_hash BLOB,
        secrets BLOB,
        expires INTEGER NOT NULL,
        try_ticket BLOB,
        deployment BLOB NOT NULL,
        PRIMARY KEY (actor, patient, registration),
        CHECK ((status = 2) = (secrets IS NULL))
    ) WITHOUT ROWID",
    "CREATE UNIQUE INDEX registrations_active ON registrations (actor, patient) WHERE status = 1",
    "CREATE UNIQUE INDEX registrations_pending ON registrations (actor, patient) WHERE status = 0",
    // Attempts that were not refunded; their number is bounded by the limits. budget: 0 stranger, 1 device, 2 ticket.
    "CREATE TABLE attempts (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        actor BLOB NOT NULL,
        handle BLOB NOT NULL,
        patient BLOB NOT NULL,
        registration BLOB NOT NULL,
        budget INTEGER NOT NULL,
        device BLOB,
        at INTEGER NOT NULL,
        cleared INTEGER NOT NULL DEFAULT 0,
        UNIQUE (actor, handle)
    )",
    "CREATE INDEX attempts_patient ON attempts (actor, patient, at)",
    // What this shard says to other realms: counted since the practice was founded, and when it learned that it was set back.
    "CREATE TABLE progress (
        actor BLOB NOT NULL PRIMARY KEY,
        number INTEGER NOT NULL,
        mark BLOB NOT NULL,
        set_back INTEGER
    ) WITHOUT ROWID",
    // What it told of that, the newest few.
    "CREATE TABLE released (
        actor BLOB NOT NULL,
        number INTEGER NOT NULL,
        mark BLOB NOT NULL,
        PRIMARY KEY (actor, number)
    ) WITHOUT ROWID",
    // The newest that each other realm said, and the first proof that one was set back.
    "CREATE TABLE witnessed (
        actor BLOB NOT NULL,
        realm BLOB NOT NULL,
        number INTEGER NOT NULL,
        mark BLOB NOT NULL,
        checkpoint BLOB NOT NULL,
        evidence BLOB,
        PRIMARY KEY (actor, realm)
    ) WITHOUT ROWID",
    "CREATE TABLE devices (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        actor BLOB NOT NULL,
        token BLOB NOT NULL,
        patient BLOB NOT NULL,
        registration BLOB NOT NULL,
        UNIQUE (actor, token)
    )",
    "CREATE INDEX devices_registration ON devices (actor, patient, registration)",
    // The attempt after which the patient was last told of failed ones.
    "CREATE TABLE told (
        actor BLOB NOT NULL,
        patient BLOB NOT NULL,
        seq INTEGER NOT NULL,
        PRIMARY KEY (actor, patient)
    ) WITHOUT ROWID",
    // A vault belongs to a root: a re-enrolment with a new root starts empty and destroys nothing.
    "CREATE TABLE vaults (
        actor BLOB NOT NULL,
        patient BLOB NOT NULL,
        key_hash BLOB NOT NULL,
        head BLOB NOT NULL,
        vault BLOB NOT NULL,
        PRIMARY KEY (actor, patient, key_hash)
    ) WITHOUT ROWID",
    "CREATE TABLE vouchers (
        actor BLOB NOT NULL,
        patient BLOB NOT NULL,
        code BLOB NOT NULL,
        expires INTEGER NOT NULL,
        guesses INTEGER NOT NULL,
        PRIMARY KEY (actor, patient)
    ) WITHOUT ROWID",
    "CREATE TABLE voucher_mails (actor BLOB NOT NULL, patient BLOB NOT NULL, at INTEGER NOT NULL)",
    "CREATE INDEX voucher_mails_patient ON voucher_mails (actor, patient, at)",
    "CREATE TABLE tickets (
        actor BLOB NOT NULL,
        ticket BLOB NOT NULL,
        patient BLOB NOT NULL,
        expires INTEGER NOT NULL,
        PRIMARY KEY (actor, ticket)
    ) WITHOUT ROWID",
    // Nonces of signed puts, for ever: each is accepted once.
    "CREATE TABLE nonces (
        actor BLOB NOT NULL,
        patient BLOB NOT NULL,
        nonce BLOB NOT NULL,
        PRIMARY KEY (actor, patient, nonce)
    ) WITHOUT ROWID",
    // Proofs of work for codes. Not `used_work`: a practice's is in the same database where actors share one.
    "CREATE TABLE used_codes (
        actor BLOB NOT NULL,
        mac BLOB NOT NULL,
        expires INTEGER NOT NULL,
        PRIMARY KEY (actor, mac)
    ) WITHOUT ROWID",
]];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_table_is_left_out() {
        let created = MIGRATIONS.iter().flat_map(|version| version.iter());
        let created = created.filter_map(|sql| sql.strip_prefix("CREATE TABLE ")?.split([' ', '(']).next());
        let (mut created, mut listed) = (created.collect::<Vec<_>>(), TABLES.to_vec());
        created.sort_unstable();
        listed.sort_unstable();
        assert_eq!(created, listed);
    }
}
