//! Schema of practices. Every row names its actor first: see `own.rs`.

/// All tables, those that refer to others first.
pub(crate) const TABLES: &[&str] = &[
    "meta",
    "memos",
    "appointments",
    "claims",
    "counted",
    "statements",
    "ceremonies",
    "sessions",
    "credentials",
    "rates",
    "used_work",
    "waiting",
    "vacancies",
    "offers",
];

/// Newest last.
pub(crate) const MIGRATIONS: &[&[&str]] = &[&[
    // The signed directory and the sealed locator share, by name.
    "CREATE TABLE meta (
        actor BLOB NOT NULL,
        key BLOB NOT NULL,
        value BLOB NOT NULL,
        PRIMARY KEY (actor, key)
    ) WITHOUT ROWID",
    // One row for every id that was ever held: a tombstone, so an id is taken once, for ever.
    // status: 0 held, 1 lapsed, 2 booked, 3 cancelled, 4 requested, 5 declined, 6 attended, 7 no-show. takes: what it claims,
    // if that is not just its place. capability: NULL for what the practice entered itself.
    "CREATE TABLE appointments (
        actor BLOB NOT NULL,
        id BLOB NOT NULL CHECK (length(id) = 16),
        resource BLOB NOT NULL,
        start INTEGER NOT NULL,
        cells INTEGER NOT NULL CHECK (cells BETWEEN 1 AND 96),
        status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 7),
        expires INTEGER NOT NULL,
        capability BLOB CHECK (length(capability) = 32),
        network BLOB,
        envelope BLOB,
        digest BLOB,
        cache BLOB,
        head BLOB,
        takes BLOB,
        asks INTEGER NOT NULL,
        UNIQUE (actor, id),
        CHECK ((status < 2) = (envelope IS NULL)),
        CHECK ((status < 2) = (head IS NULL)),
        CHECK ((status = 0) = (network IS NOT NULL))
    )",
    "CREATE INDEX appointments_held ON appointments (actor, expires) WHERE status = 0",
    "CREATE INDEX appointments_start ON appointments (actor, start, id) WHERE status >= 2",
    // Overlap is impossible: a cell of a resource has one owner.
    "CREATE TABLE claims (
        actor BLOB NOT NULL,
        resource BLOB NOT NULL,
        cell INTEGER NOT NULL,
        appointment BLOB NOT NULL,
        PRIMARY KEY (actor, resource, cell)
    ) WITHOUT ROWID",
    // Starts of live appointments of the classes that have caps, and of no others.
    "CREATE TABLE counted (
        actor BLOB NOT NULL,
        class INTEGER NOT NULL,
        start INTEGER NOT NULL,
        appointment BLOB NOT NULL,
        PRIMARY KEY (actor, class, start, appointment)
    ) WITHOUT ROWID",
    "CREATE TABLE statements (
        actor BLOB NOT NULL,
        appointment BLOB NOT NULL,
        seq INTEGER NOT NULL CHECK (seq >= 2),
        statement BLOB NOT NULL,
        UNIQUE (actor, appointment, seq)
    )",
    // The waiting list. One row for every id that ever waited: a tombstone without content, once it is gone.
    // state: as the wire has it; 1 waiting, 2 accepted. number: its place in the order.
    "CREATE TABLE waiting (
        actor BLOB NOT NULL,
        id BLOB NOT NULL CHECK (length(id) = 16),
        number INTEGER NOT NULL,
        state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 6),
        capability BLOB NOT NULL CHECK (length(capability) = 32),
        since INTEGER NOT NULL,
        ends INTEGER NOT NULL,
        terms BLOB,
        envelope BLOB,
        appointment BLOB,
        lapses INTEGER NOT NULL,
        UNIQUE (actor, id),
        CHECK ((state <= 2) = (terms IS NOT NULL)),
        CHECK ((state <= 2) = (envelope IS NOT NULL)),
        CHECK ((state = 2) = (appointment IS NOT NULL))
    )",
    "CREATE INDEX waiting_order ON waiting (actor, number) WHERE state <= 2",
    "CREATE UNIQUE INDEX waiting_accepted ON waiting (actor, appointment) WHERE state = 2",
    // Places that are offered to the list. What is kept of them is claimed by the eight bytes of `number`, which no appointment
    // can have: ids have sixteen.
    "CREATE TABLE vacancies (
        actor BLOB NOT NULL,
        number INTEGER NOT NULL,
        freed BLOB NOT NULL,
        next INTEGER NOT NULL,
        queued INTEGER NOT NULL,
        PRIMARY KEY (actor, number)
    ) WITHOUT ROWID",
    // Who was asked; open as long as it may be accepted. takes: what is kept while it is open.
    "CREATE TABLE offers (
        actor BLOB NOT NULL,
        vacancy INTEGER NOT NULL,
        entry BLOB NOT NULL,
        place BLOB NOT NULL,
        classes BLOB,
        takes BLOB NOT NULL,
        made INTEGER NOT NULL,
        until INTEGER NOT NULL,
        open INTEGER NOT NULL,
        mailed INTEGER NOT NULL,
        PRIMARY KEY (actor, vacancy, entry),
        FOREIGN KEY (actor, vacancy) REFERENCES vacancies (actor, number)
    ) WITHOUT ROWID",
    "CREATE UNIQUE INDEX offers_open ON offers (actor, entry) WHERE open = 1",
    // Notes and tasks of staff: the newest version of each, and the hashes of all. One row for every id that was ever used; what is
    // removed keeps its last version, which says so. state: as the wire has it; 1 kept, 2 an open task, 3 removed. What is about an
    // appointment goes with its row.
    "CREATE TABLE memos (
        actor BLOB NOT NULL,
        id BLOB NOT NULL CHECK (length(id) = 16),
        scope BLOB NOT NULL,
        about BLOB,
        number INTEGER NOT NULL,
        state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 3),
        head BLOB NOT NULL,
        links BLOB NOT NULL,
        envelope BLOB NOT NULL,
        UNIQUE (actor, id),
        CHECK (length(links) = 32 * number),
        FOREIGN KEY (actor, about) REFERENCES appointments (actor, id) ON DELETE CASCADE
    )",
    "CREATE INDEX memos_about ON memos (actor, about, state) WHERE about IS NOT NULL",
    "CREATE INDEX memos_open ON memos (actor, id, scope) WHERE state = 2",
    "CREATE TABLE ceremonies (
        actor BLOB NOT NULL,
        id BLOB NOT NULL,
        founding INTEGER NOT NULL,
        state BLOB NOT NULL,
        expires INTEGER NOT NULL,
        PRIMARY KEY (actor, id)
    ) WITHOUT ROWID",
    "CREATE TABLE credentials (
        actor BLOB NOT NULL,
        credential BLOB NOT NULL,
        passkey BLOB NOT NULL,
        staff_keys BLOB NOT NULL,
        PRIMARY KEY (actor, credential)
    ) WITHOUT ROWID",
    "CREATE TABLE sessions (
        actor BLOB NOT NULL,
        token BLOB NOT NULL,
        credential BLOB NOT NULL,
        expires INTEGER NOT NULL,
        PRIMARY KEY (actor, token),
        FOREIGN KEY (actor, credential) REFERENCES credentials (actor, credential)
    ) WITHOUT ROWID",
    "CREATE TABLE rates (
        actor BLOB NOT NULL,
        hour INTEGER NOT NULL,
        what INTEGER NOT NULL,
        network BLOB NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (actor, hour, what, network)
    ) WITHOUT ROWID",
    // Solved challenges, until they end.
    "CREATE TABLE used_work (
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
