//! The tables of this crate, one step a version. A step that was released never changes.
//!
//! Whoever opens `parla.db` with `sqlite3` finds:
//!
//! | table | a row is |
//! | --- | --- |
//! | `channels`, `channel_masks`, `channel_metadata` | a room that is kept, an entry of one of its lists, a value of its METADATA |
//! | `conversations` | what messages are kept in: a room, or two accounts |
//! | `messages` | a message: `SELECT datetime(at / 1000, 'unixepoch'), source, text FROM messages WHERE conversation = …` |
//! | `message_places`, `messages_indexed`, `messages_search` and what begins so, `conversations_forgotten` | the indexes of `messages`, and what is on its way out of them (`parla-history`) |
//! | `secrets`, `numbers_gone`, `schema_versions` | a key of the server, the highest number that was deleted, how many steps were taken |

use parla_history::{KnownTables, MigrationError};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use crate::{DatabaseError, channels, messages};

/// Whose tables these are in the table of versions.
pub(crate) const COMPONENT: &str = "parlad";

/// One step from a version to the next.
pub(crate) enum Step {
    /// Statements.
    Sql(&'static str),
    /// What SQL cannot do with rows.
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

/// The tables of this crate, one step a version.
pub(crate) const STEPS: [Step; 10] = [
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
    // Mode f, a name; modes e and I in channel_masks, too; and the place of an entry in its list.
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
    // What is deleted takes its number along; the number must not come back all the same.
    Step::Sql(
        "
    CREATE TABLE numbers_gone (
        one INTEGER PRIMARY KEY CHECK (one = 1),  -- the table has one row
        last INTEGER NOT NULL                     -- no deleted message or channel had a higher number
    ) STRICT;
    INSERT INTO numbers_gone VALUES (1, 0);
    ",
    ),
    // A nick, user name and host prove nothing: nobody comes back into a channel by them.
    Step::Sql("ALTER TABLE channels DROP COLUMN keeper"),
    // Since when nobody is in it; NULL: somebody is, or was when the server stopped.
    Step::Sql("ALTER TABLE channels ADD COLUMN empty_since INTEGER"),
    // Each change of a list is one row from now on, which is found by its text.
    Step::Rows(channels::rewrite_masks),
    // Two accounts have messages, too. How their numbers come about: conversations.rs.
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
    // Messages that answer others have said so in their tags alone.
    Step::Rows(messages::fill_references),
];

/// The version of all tables in the file, those of the history too: the sum of `schema_versions`.
pub(crate) const VERSION: usize = parla_history::VERSION + STEPS.len();

/// Makes the tables of the file, or brings them up to date: all of them or none.
pub(crate) fn make_tables(connection: &mut Connection) -> Result<(), DatabaseError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    parla_history::prepare_within(&transaction)?;
    parla_history::migrate_within(&transaction, COMPONENT, &STEPS)?;
    Ok(transaction.commit()?)
}

/// All tables of the file, as this program knows them.
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
/// It has some, or it cannot be read.
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
