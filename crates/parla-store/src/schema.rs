//! The tables of this crate, one step per version. A released step never changes.
//!
//! Somebody who opens `parla.db` with `sqlite3` finds:
//!
//! | table | a row is |
//! | --- | --- |
//! | `channels`, `channel_masks`, `channel_metadata`, `channel_access` | a room that is kept, an entry of one of its lists, a value of its METADATA, an account that it remembers as a member |
//! | `accounts`, `account_certificates` | a person who comes back, with what is kept of their password; a certificate that signs in to it |
//! | `account_presences`, `account_channels` | a person who stays present without a connection; a room that they are in |
//! | `account_markers`, `account_metadata` | how far a person has read a conversation; a value of METADATA that they have set about themselves |
//! | `invitations`, `invitation_channels`, `account_arrivals` | a code with which people sign up; a room that it leads to; a room that a person is brought into when they next come |
//! | `conversations` | what messages are kept in: a room, or two accounts |
//! | `messages` | a message: `SELECT datetime(at / 1000, 'unixepoch'), source, text FROM messages WHERE conversation = …` |
//! | `message_places`, `messages_indexed`, `messages_search` and what begins so, `conversations_forgotten`, `messages_expired` | the indexes of `messages`, and what is on its way out of them (`parla-history`) |
//! | `channels_closed`, `owner_settings` | a room that nobody can enter; something that the owner of the server has set |
//! | `secrets`, `numbers_gone`, `schema_versions` | a key of the server, the highest number that was deleted, how many steps were taken |

use parla_history::{KnownTables, MigrationError};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use crate::{DatabaseError, channels, messages};

/// The name under which these tables are counted in the table of versions.
pub(crate) const COMPONENT: &str = "parlad";

/// One step from a version to the next.
pub(crate) enum Step {
    /// SQL statements.
    Sql(&'static str),
    /// Changes to rows that SQL cannot express.
    Rows(fn(&Transaction<'_>) -> Result<(), rusqlite::Error>),
}

impl parla_history::Step for Step {
    fn run(&self, transaction: &Transaction<'_>) -> Result<(), rusqlite::Error> {
        match self {
            Self::Sql(statements) => transaction.execute_batch(statements),
            Self::Rows(change) => change(transaction),
        }
    }
}

/// The steps that create the tables of this crate, one per version.
pub(crate) const STEPS: [Step; 15] = [
    Step::Sql(
        "
    CREATE TABLE channels (
        id INTEGER PRIMARY KEY,             -- messages.conversation
        name TEXT NOT NULL,
        created_at INTEGER NOT NULL,        -- times are milliseconds of UTC
        topic TEXT, topic_setter TEXT, topic_at INTEGER,
        modes TEXT NOT NULL,                -- letters of the modes without a parameter
        key TEXT, member_limit INTEGER,
        keeper TEXT                         -- who may re-enter an empty invite-only channel: nick!user@host
    ) STRICT;
    CREATE TABLE channel_masks (
        channel INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
        mode TEXT NOT NULL,                 -- b
        mask TEXT NOT NULL, setter TEXT NOT NULL, set_at INTEGER NOT NULL,
        PRIMARY KEY (channel, mode, mask)
    ) STRICT, WITHOUT ROWID;
",
    ),
    Step::Sql(
        "
    CREATE TABLE secrets (
        name TEXT PRIMARY KEY,              -- cloak, msgid
        value BLOB NOT NULL
    ) STRICT;
",
    ),
    // Mode f, which is a name; modes e and I in channel_masks as well; and the position of an entry in its
    // list.
    Step::Sql(
        "
    ALTER TABLE channels ADD COLUMN forward TEXT;
    ALTER TABLE channel_masks ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
    ",
    ),
    Step::Sql(
        "
    CREATE TABLE channel_metadata (
        channel INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
        key TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (channel, key)
    ) STRICT, WITHOUT ROWID;
    ",
    ),
    // The number of a deleted row is recorded here, because it must not be reused.
    Step::Sql(
        "
    CREATE TABLE numbers_gone (
        one INTEGER PRIMARY KEY CHECK (one = 1),  -- the table has one row
        last INTEGER NOT NULL                     -- no deleted message or channel had a higher number
    ) STRICT;
    INSERT INTO numbers_gone VALUES (1, 0);
    ",
    ),
    // A nick, user name and host prove nothing, so they must not let anybody back into a channel.
    Step::Sql("ALTER TABLE channels DROP COLUMN keeper"),
    // Since when the channel has been empty; NULL if somebody is in it, or was when the server stopped.
    Step::Sql("ALTER TABLE channels ADD COLUMN empty_since INTEGER"),
    // From now on each change of a list writes one row, which is found by its text.
    Step::Rows(channels::rewrite_masks),
    // Two accounts can have messages, too. How they get their numbers is explained in conversations.rs.
    Step::Sql(
        "
    CREATE TABLE conversations (
        id INTEGER PRIMARY KEY,             -- messages.conversation; of a room, channels.id
        kind TEXT NOT NULL,                 -- room, or accounts: two people who are signed in, or one alone with their notes
        account TEXT, other_account TEXT,   -- the two, as they are compared, the lower one first; of a room, NULL
        UNIQUE (account, other_account),
        CHECK (CASE kind WHEN 'room' THEN account IS NULL AND other_account IS NULL
                         WHEN 'accounts' THEN account <= other_account ELSE false END)
    ) STRICT;
    INSERT INTO conversations(id, kind) SELECT id, 'room' FROM channels;
    ",
    ),
    // Until now, only the tags of a reply said which message it answers.
    Step::Rows(messages::fill_references),
    // What is kept of a password recognizes it, and does not say what it is.
    Step::Sql(
        "
    CREATE TABLE accounts (
        id INTEGER PRIMARY KEY,             -- the number of the entry that created it; none has the number of a message or room
        name TEXT NOT NULL,
        name_folded TEXT UNIQUE,            -- the name as it is compared; NULL if it cannot be
                                            -- read and another account has the name now
        created_at INTEGER NOT NULL,        -- milliseconds of UTC
        password_hash TEXT,                 -- of argon2id, as a PHC string; NULL, like the next four, if there is no password
        scram_salt BLOB, scram_iterations INTEGER,
        scram_stored_key BLOB, scram_server_key BLOB,  -- of SCRAM-SHA-256 (RFC 5802), 32 bytes each
        suspended TEXT,                     -- the reason why nobody may sign in to it; NULL if one may
        always_on INTEGER                   -- 1 if its person wants to stay present without a connection, 0 if not,
                                            -- NULL if they leave it to the server
    ) STRICT;
    CREATE TABLE account_certificates (
        account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        fingerprint TEXT NOT NULL UNIQUE,   -- the SHA-256 of the certificate: 64 lower-case hexadecimal digits
        place INTEGER NOT NULL,             -- the order in which the account got them
        PRIMARY KEY (account, fingerprint)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE account_presences (        -- people who are present, also without a connection
        account INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
        nick TEXT NOT NULL, user TEXT NOT NULL, host TEXT NOT NULL,
        address TEXT NOT NULL,              -- the real one, of their first connection
        realname TEXT NOT NULL,
        away TEXT                           -- NULL if they are not away
    ) STRICT;
    CREATE TABLE account_channels (         -- the rooms that they are in
        account INTEGER NOT NULL REFERENCES account_presences (account) ON DELETE CASCADE,
        channel INTEGER NOT NULL,           -- channels.id
        place INTEGER NOT NULL,             -- the order in which they joined them
        PRIMARY KEY (account, channel)
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE channels ADD COLUMN owner INTEGER;  -- accounts.id; NULL if it belongs to nobody
    CREATE TABLE channel_access (           -- accounts that a room with an owner remembers as its members
        channel INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
        account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        modes TEXT NOT NULL,                -- letters of the ranks that they have whenever they enter; may be empty
        PRIMARY KEY (channel, account)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX channel_access_by_account ON channel_access (account);
    DROP TABLE conversations;               -- until now there were no accounts, so it had rooms only
    CREATE TABLE conversations (
        id INTEGER PRIMARY KEY,             -- messages.conversation; of a room, channels.id
        kind TEXT NOT NULL,                 -- room, or accounts: two people who are signed in, or one alone with their notes
        account INTEGER, other_account INTEGER,  -- accounts.id of the two, the lower one first; of a room, NULL
        UNIQUE (account, other_account),
        CHECK (CASE kind WHEN 'room' THEN account IS NULL AND other_account IS NULL
                         WHEN 'accounts' THEN account <= other_account ELSE false END)
    ) STRICT;
    INSERT INTO conversations(id, kind) SELECT id, 'room' FROM channels;
    ",
    ),
    // The code of an invitation follows from its number and a key in `secrets`, and is not stored.
    Step::Sql(
        "
    CREATE TABLE invitations (
        id INTEGER PRIMARY KEY,             -- the number of the entry that made it
        made_by INTEGER,                    -- accounts.id; NULL if the administrator made it
        made_at INTEGER NOT NULL,           -- milliseconds of UTC
        expires_at INTEGER,                 -- NULL if there is no end
        uses_left INTEGER NOT NULL,         -- how many more people can use it
        makes_owner INTEGER NOT NULL        -- 1 if whoever uses it owns the server from then on, otherwise 0
    ) STRICT;
    CREATE TABLE invitation_channels (      -- the rooms that it leads to
        invitation INTEGER NOT NULL REFERENCES invitations (id) ON DELETE CASCADE,
        channel INTEGER NOT NULL,           -- channels.id
        place INTEGER NOT NULL,             -- their order
        PRIMARY KEY (invitation, channel)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE account_arrivals (         -- rooms that a person is brought into when they next come
        account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        channel INTEGER NOT NULL,           -- channels.id
        place INTEGER NOT NULL,             -- their order
        PRIMARY KEY (account, channel)
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE accounts ADD COLUMN is_server_owner INTEGER NOT NULL DEFAULT 0;  -- 1 if its person owns the server
    ",
    ),
    // What people have read, what they say about themselves, and their modes were lost when the server stopped.
    Step::Sql(
        "
    CREATE TABLE account_markers (          -- how far a person has read
        account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,                 -- room, or account: another person, or their own notes
        other INTEGER NOT NULL,             -- channels.id or accounts.id
        read_at INTEGER NOT NULL,           -- the time of the last message that they have read
        PRIMARY KEY (account, kind, other)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE account_metadata (         -- what a person says about themselves
        account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        key TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (account, key)
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE account_presences ADD COLUMN modes TEXT;  -- letters of the modes that they have chosen; NULL if
                                                          -- they have those that everybody begins with
    ",
    ),
    // An app password is random and long, so its hash needs neither a salt nor time.
    Step::Sql(
        "
    CREATE TABLE account_app_passwords (    -- passwords for single programs
        id INTEGER PRIMARY KEY,             -- the number of the entry that created it
        account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        name TEXT NOT NULL,                 -- what its person calls it
        hash BLOB NOT NULL,                 -- SHA-256
        created_at INTEGER NOT NULL,        -- milliseconds of UTC
        used_at INTEGER                     -- to the day; NULL if nobody has signed in with it
    ) STRICT;
    CREATE INDEX account_app_passwords_by_account ON account_app_passwords (account);
    ",
    ),
    // Members of before this version have been so since the beginning.
    Step::Sql(
        "
    ALTER TABLE channels ADD COLUMN offered_to INTEGER;      -- accounts.id of whom the owner has offered it to; NULL if nobody
    ALTER TABLE channels ADD COLUMN retain_seconds INTEGER;  -- how long its messages are kept; NULL if as long as all others
    ALTER TABLE channels ADD COLUMN newcomers_read INTEGER;  -- how many messages from before they came newcomers may read; NULL if all
    ALTER TABLE channel_access ADD COLUMN since INTEGER NOT NULL DEFAULT 0;  -- the number of the entry by which they became members
    CREATE TABLE channels_closed (          -- rooms that operators have closed, so that nobody can enter them
        name_folded TEXT PRIMARY KEY,       -- the name as it is compared
        name TEXT NOT NULL,
        reason TEXT NOT NULL,               -- may be empty
        closed_by TEXT NOT NULL,            -- nick!user@host
        closed_at INTEGER NOT NULL          -- milliseconds of UTC
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE owner_settings (           -- what the owner has set while the server ran
        name TEXT PRIMARY KEY,              -- access
        value TEXT NOT NULL                 -- open, accounts or invite
    ) STRICT, WITHOUT ROWID;
    ",
    ),
];

/// The version of all tables in the file, including those of the history: the sum of `schema_versions`.
pub(crate) const VERSION: usize = parla_history::VERSION + STEPS.len();

/// Creates the tables of the file, or upgrades them: all of them or none.
pub(crate) fn make_tables(connection: &mut Connection) -> Result<(), DatabaseError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    parla_history::prepare_within(&transaction)?;
    parla_history::migrate_within(&transaction, COMPONENT, &STEPS)?;
    Ok(transaction.commit()?)
}

/// All tables of the file, with the versions that this program knows.
const KNOWN: [KnownTables<'static>; 2] = [
    KnownTables { component: parla_history::COMPONENT, version: parla_history::VERSION },
    KnownTables { component: COMPONENT, version: STEPS.len() },
];

/// Whether the file has tables of an older version.
pub(crate) fn is_behind(connection: &Connection) -> Result<bool, rusqlite::Error> {
    parla_history::is_behind(connection, &KNOWN)
}

/// Refuses a file that has tables of a newer version.
///
/// # Errors
/// It has such tables, or it cannot be read.
pub(crate) fn refuse_newer(connection: &Connection) -> Result<(), MigrationError> {
    parla_history::refuse_newer(connection, &KNOWN)
}

/// Whether the tables have the form that this version gives them.
pub(crate) fn is_current(connection: &Connection) -> Result<bool, rusqlite::Error> {
    let has_versions = "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_versions'";
    if connection.query_row(has_versions, [], |row| row.get::<_, i64>(0))? == 0 {
        return Ok(false);
    }
    let sql =
        "SELECT count(*) FROM schema_versions WHERE (component, version) IN (VALUES (?1, ?2), (?3, ?4))";
    let (history, own) = (parla_history::VERSION as i64, STEPS.len() as i64);
    let versions = params![parla_history::COMPONENT, history, COMPONENT, own];
    Ok(connection.query_row(sql, versions, |row| row.get::<_, i64>(0))? == 2)
}
