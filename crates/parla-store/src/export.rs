//! What one account has left in the file, for its person: its rooms, its invitations, and what it has said.
//!
//! It reads on a connection of its own and never writes, so it works beside a running server. What others said is
//! theirs, and is not in it.

use std::path::Path;

use parla_proto::Timestamp;
use parla_server::AccountId;
use rusqlite::{Connection, Row};
use serde::Serialize;

use crate::{DatabaseError, accounts::row_id, database};

/// Everything that is kept of an account outside its own row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Export {
    /// Rooms that it owns, or that remember it, in the order of their names.
    pub rooms: Vec<ExportedRoom>,
    /// Invitations that it made.
    pub invitations: Vec<ExportedInvitation>,
    /// What was said with it, the oldest first.
    pub messages: Vec<ExportedMessage>,
}

/// A room that an account has to do with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportedRoom {
    /// The name.
    pub room: String,
    /// Whether it belongs to the account.
    pub owned: bool,
    /// Letters of the ranks that the account has there; may be empty.
    pub ranks: String,
}

/// An invitation that an account made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportedInvitation {
    /// Its number.
    pub number: u64,
    /// When it was made, as `YYYY-MM-DDThh:mm:ss.sssZ`.
    pub made_at: String,
    /// How many more people can use it.
    pub uses_left: u32,
}

/// A message that was sent with an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportedMessage {
    /// When it was sent, as `YYYY-MM-DDThh:mm:ss.sssZ`.
    pub at: String,
    /// The room, or the account of the person that it was sent to; null if that account is deleted.
    pub to: Option<String>,
    /// The nick that the sender had, with user name and host.
    pub source: String,
    /// PRIVMSG or NOTICE.
    pub kind: String,
    /// The text; lines are separated by line feeds.
    pub text: String,
}

const ROOMS: &str = "SELECT name, coalesce(owner = ?1, 0), coalesce(modes_there, '') FROM (
        SELECT channels.name, channels.owner, channel_access.modes AS modes_there FROM channels
        LEFT JOIN channel_access ON channel_access.channel = channels.id AND channel_access.account = ?1
        WHERE channels.owner = ?1 OR channel_access.account = ?1)
    ORDER BY name";

const INVITATIONS: &str = "SELECT id, made_at, uses_left FROM invitations WHERE made_by = ?1 ORDER BY id";

/// A message knows the name of the account that sent it. An account of the same name that was deleted before this one
/// was created belonged to somebody else, so older messages are left out.
const MESSAGES: &str = "SELECT messages.at, messages.source, messages.kind, messages.text,
        CASE conversations.kind WHEN 'room' THEN channels.name ELSE others.name END
    FROM messages
    JOIN conversations ON conversations.id = messages.conversation
    LEFT JOIN channels ON channels.id = conversations.id
    LEFT JOIN accounts AS others ON others.id =
        CASE conversations.account WHEN ?1 THEN conversations.other_account ELSE conversations.account END
    WHERE messages.account = ?2 AND messages.id > ?1
        AND (conversations.kind = 'room' OR ?1 IN (conversations.account, conversations.other_account))
        AND messages.conversation NOT IN (SELECT conversation FROM conversations_forgotten)
        AND NOT EXISTS (SELECT 1 FROM messages_expired
            WHERE messages_expired.conversation IN (0, messages.conversation)
                AND messages.at < messages_expired.before)
    ORDER BY messages.id";

impl Export {
    /// Reads it from the database of a data directory.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(data_dir: &Path, account: AccountId) -> Result<Self, DatabaseError> {
        let connection = parla_history::open_reader(&database::path(data_dir))?;
        Ok(Self::of(&connection, account)?)
    }

    fn of(connection: &Connection, account: AccountId) -> Result<Self, rusqlite::Error> {
        let id = row_id(account);
        let name: String =
            connection.query_row("SELECT name FROM accounts WHERE id = ?1", [id], |row| row.get(0))?;
        let mut statement = connection.prepare(ROOMS)?;
        let rooms = statement.query_map([id], room)?.collect::<Result<_, _>>()?;
        let mut statement = connection.prepare(INVITATIONS)?;
        let invitations = statement.query_map([id], invitation)?.collect::<Result<_, _>>()?;
        let mut statement = connection.prepare(MESSAGES)?;
        let messages = statement.query_map((id, name), message)?.collect::<Result<_, _>>()?;
        Ok(Self { rooms, invitations, messages })
    }
}

fn room(row: &Row<'_>) -> Result<ExportedRoom, rusqlite::Error> {
    Ok(ExportedRoom { room: row.get(0)?, owned: row.get(1)?, ranks: row.get(2)? })
}

fn invitation(row: &Row<'_>) -> Result<ExportedInvitation, rusqlite::Error> {
    let number = row.get::<_, i64>(0)?.cast_unsigned();
    Ok(ExportedInvitation { number, made_at: time(row.get(1)?), uses_left: row.get(2)? })
}

fn message(row: &Row<'_>) -> Result<ExportedMessage, rusqlite::Error> {
    let (at, source, kind, text, to) =
        (time(row.get(0)?), row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
    Ok(ExportedMessage { at, to, source, kind, text })
}

fn time(millis: i64) -> String {
    Timestamp::from_millis(millis).to_string()
}

#[cfg(test)]
mod tests;
