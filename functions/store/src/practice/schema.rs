//! Schema of a practice.

/// Newest last.
pub(crate) const MIGRATIONS: &[&[&str]] = &[&[
    // The signed directory and the sealed locator share, by name.
    "CREATE TABLE meta (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    // One row for every id that was ever held: a tombstone, so an id is taken once, for ever.
    // status: 0 held, 1 lapsed, 2 booked, 3 cancelled.
    "CREATE TABLE appointments (
        id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
        resource BLOB NOT NULL,
        start INTEGER NOT NULL,
        cells INTEGER NOT NULL CHECK (cells BETWEEN 1 AND 96),
        status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 3),
        expires INTEGER NOT NULL,
        capability BLOB NOT NULL CHECK (length(capability) = 32),
        network BLOB,
        envelope BLOB,
        digest BLOB,
        cache BLOB,
        head BLOB,
        CHECK ((status < 2) = (envelope IS NULL)),
        CHECK ((status < 2) = (head IS NULL)),
        CHECK ((status = 0) = (network IS NOT NULL))
    )",
    "CREATE INDEX appointments_held ON appointments (expires) WHERE status = 0",
    "CREATE INDEX appointments_start ON appointments (start, id) WHERE status >= 2",
    // Overlap is impossible: a cell of a resource has one owner.
    "CREATE TABLE claims (
        resource BLOB NOT NULL,
        cell INTEGER NOT NULL,
        appointment BLOB NOT NULL,
        PRIMARY KEY (resource, cell)
    ) WITHOUT ROWID",
    "CREATE TABLE statements (
        appointment BLOB NOT NULL,
        seq INTEGER NOT NULL CHECK (seq >= 2),
        statement BLOB NOT NULL,
        UNIQUE (appointment, seq)
    )",
    "CREATE TABLE ceremonies (
        id BLOB PRIMARY KEY,
        founding INTEGER NOT NULL,
        state BLOB NOT NULL,
        expires INTEGER NOT NULL
    ) WITHOUT ROWID",
    "CREATE TABLE credentials (
        credential BLOB PRIMARY KEY,
        passkey BLOB NOT NULL,
        staff_keys BLOB NOT NULL
    ) WITHOUT ROWID",
    "CREATE TABLE sessions (
        token BLOB PRIMARY KEY,
        credential BLOB NOT NULL REFERENCES credentials (credential),
        expires INTEGER NOT NULL
    ) WITHOUT ROWID",
    "CREATE TABLE rates (
        hour INTEGER NOT NULL,
        what INTEGER NOT NULL,
        network BLOB NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (hour, what, network)
    ) WITHOUT ROWID",
    // Solved challenges, until they end.
    "CREATE TABLE used_work (mac BLOB PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID",
]];
