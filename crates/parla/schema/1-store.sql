-- The networks, and the number that the interface knows each by. Everything else about one hangs on its id.
CREATE TABLE networks(
    id TEXT PRIMARY KEY,           -- random, for as long as the network is remembered
    number INTEGER NOT NULL UNIQUE,
    settings TEXT NOT NULL         -- JSON: where, by which name, and what was agreed to
) STRICT, WITHOUT ROWID;

-- One row for each thing that is remembered.
CREATE TABLE records(
    network TEXT NOT NULL,         -- networks.id; empty: the interface's own
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (network, key)
) STRICT, WITHOUT ROWID;
