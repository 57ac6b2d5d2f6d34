//! The tables of a server, and the only connection that writes to them: channels, accounts, conversations,
//! messages and their indexes.
//!
//! It knows nothing about files: [`crate::Database`] opens the tables in a data directory, and tests have
//! them in memory.

use parla_history::{ConversationId, MessageNumber, Writer};
use parla_proto::{Timestamp, name::NameRules};
use parla_server::{AccountChange, Change, Conversation, Kept, Query, QueryResult};
use rusqlite::{Connection, Transaction};

use crate::{
    DatabaseError, Patience, accounts, channels, closures, conversations, invitations,
    limits::{FORGET_BYTES_MAX, INDEX_ROWS_MAX},
    messages, schema,
};

/// All tables of a server.
#[derive(Debug)]
pub struct Tables {
    pub(crate) connection: Connection,
    /// The approximate number of messages that are not indexed yet; after a start we assume that there is
    /// one.
    unindexed: usize,
    /// Whether messages of forgotten channels, or such as have expired, may still be in the file; after a start we assume so.
    has_forgotten: bool,
}

impl Tables {
    /// Tables in memory, for tests.
    ///
    /// # Errors
    /// There is not enough memory.
    pub fn in_memory() -> Result<Self, DatabaseError> {
        Self::make(parla_history::open_in_memory()?)
    }

    /// Creates the tables of a file, or upgrades them.
    pub(crate) fn make(mut connection: Connection) -> Result<Self, DatabaseError> {
        schema::make_tables(&mut connection)?;
        Ok(Self { connection, unindexed: 1, has_forgotten: true })
    }

    /// What a server starts with. Channels whose names the rules no longer allow are skipped, and so are accounts
    /// whose names cannot be read.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn kept(&self, rules: &NameRules) -> Result<Kept, DatabaseError> {
        let (channels, accounts) =
            (channels::read(&self.connection, rules)?, accounts::read(&self.connection)?);
        Ok(Kept {
            channels,
            accounts,
            invitations: invitations::read(&self.connection)?,
            closures: closures::read(&self.connection, rules)?,
            access: closures::read_access(&self.connection)?,
        })
    }

    /// The highest number that any message, channel or account has or had before it was deleted; `None` if there never
    /// was one.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn last_seq(&self) -> Result<Option<u64>, DatabaseError> {
        let gone: i64 = self.connection.query_row("SELECT last FROM numbers_gone", [], |row| row.get(0))?;
        let gone = u64::try_from(gone).ok().filter(|gone| *gone > 0);
        Ok(last_number(&self.connection)?.max(gone))
    }

    /// The latest time of anything that was stored, if there is any.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn last_time(&self) -> Result<Option<Timestamp>, DatabaseError> {
        // The order of messages is that of their times.
        let sql = "SELECT max(at) FROM (
            SELECT at FROM (SELECT at FROM messages ORDER BY id DESC LIMIT 1)
            UNION ALL SELECT max(created_at) FROM channels UNION ALL SELECT max(topic_at) FROM channels
            UNION ALL SELECT max(empty_since) FROM channels UNION ALL SELECT max(set_at) FROM channel_masks
            UNION ALL SELECT max(created_at) FROM accounts UNION ALL SELECT max(made_at) FROM invitations)";
        let last: Option<i64> = self.connection.query_row(sql, [], |row| row.get(0))?;
        Ok(last.map(Timestamp::from_millis))
    }

    /// Answers a query about the history.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn answer(&self, query: &Query) -> Result<QueryResult, DatabaseError> {
        Ok(messages::answer(&self.connection, query)?)
    }

    /// Stores changes, all or none, and returns when they are on disk.
    ///
    /// # Errors
    /// SQLite refuses, and nothing was stored. [`DatabaseError::patience`] says whether to try again.
    pub fn commit(&mut self, changes: &[Change]) -> Result<(), DatabaseError> {
        let transaction = self.connection.transaction()?;
        let mut writer = Writer::new(&transaction)?;
        let (mut messages, mut has_forgotten) = (0, false);
        for change in changes {
            match change {
                Change::Message(spoken) => {
                    messages += usize::from(messages::keep(&transaction, &mut writer, spoken)?);
                }
                Change::Redacted { conversation, seq } => {
                    if let Some(number) = conversations::number(&transaction, conversation)?
                        && writer.delete(number, MessageNumber(*seq))?
                    {
                        number_gone(&transaction, seq.cast_signed())?;
                    }
                }
                Change::Expired { conversation, before } => {
                    has_forgotten |= expire(&transaction, &mut writer, conversation.as_ref(), *before)?;
                }
                Change::Closure { name, closure } => closures::change(&transaction, name, closure.as_ref())?,
                Change::Access(policy) => closures::set_access(&transaction, *policy)?,
                Change::Account(state) => accounts::keep(&transaction, state)?,
                Change::AccountChanged { account, change } => {
                    accounts::change(&transaction, *account, change)?;
                    if let AccountChange::AppPasswordRemoved(removed) = change {
                        number_gone(&transaction, removed.number().cast_signed())?;
                    }
                }
                Change::AccountDeleted { account } => {
                    let last = accounts::delete(&transaction, *account)?;
                    number_gone(&transaction, last)?;
                }
                Change::Invitation(state) => invitations::keep(&transaction, state)?,
                Change::InvitationRevoked { invitation } => {
                    invitations::delete(&transaction, *invitation)?;
                    number_gone(&transaction, invitations::row_id(*invitation))?;
                }
                Change::Channel(state) => channels::keep(&transaction, state)?,
                Change::ChannelChanged { channel, change } => {
                    channels::change(&transaction, *channel, change)?;
                }
                Change::ChannelForgotten { channel } => {
                    forget_channel(&transaction, &mut writer, channels::row_id(*channel))?;
                    has_forgotten = true;
                }
            }
        }
        drop(writer);
        transaction.commit()?;
        self.unindexed += messages;
        self.has_forgotten |= has_forgotten;
        Ok(())
    }

    /// The approximate number of messages that are not in the indexes yet.
    pub const fn unindexed(&self) -> usize {
        self.unindexed
    }

    /// Adds some messages to the indexes of the history. Returns whether it wrote anything.
    ///
    /// # Errors
    /// A permanent error. After any other, indexing is tried again after the next message; until then, reads
    /// take longer.
    pub fn index(&mut self) -> Result<bool, DatabaseError> {
        match parla_history::index_pending(&mut self.connection, INDEX_ROWS_MAX) {
            Ok(count) => {
                let left = self.unindexed.saturating_sub(count).max(1);
                self.unindexed = if count < INDEX_ROWS_MAX { 0 } else { left };
                Ok(count > 0)
            }
            Err(error) => {
                let error = DatabaseError::from(error);
                if error.patience() == Patience::None {
                    return Err(error);
                }
                tracing::warn!(%error, "cannot write the indexes of the history");
                self.unindexed = 0;
                Ok(false)
            }
        }
    }

    /// Whether messages of forgotten channels, or such as have expired, may still be in the file.
    pub const fn has_forgotten(&self) -> bool {
        self.has_forgotten
    }

    /// Removes some messages of forgotten channels, or some that have expired, from the file. Returns whether it wrote anything.
    ///
    /// # Errors
    /// A permanent error. After any other, it is tried again when the next channel is forgotten, or after a
    /// start.
    pub fn forget(&mut self) -> Result<bool, DatabaseError> {
        let forgotten = match parla_history::forget_pending(&mut self.connection, FORGET_BYTES_MAX) {
            Ok(false) => parla_history::expire_pending(&mut self.connection, FORGET_BYTES_MAX),
            other => other,
        };
        match forgotten.map_err(DatabaseError::from) {
            Ok(has_more) => {
                self.has_forgotten = has_more;
                Ok(has_more)
            }
            Err(error) if error.patience() == Patience::None => Err(error),
            Err(error) => {
                tracing::warn!(%error, "cannot delete the messages yet that are forgotten or have expired");
                self.has_forgotten = false;
                Ok(false)
            }
        }
    }
}

/// The number of the last message, channel, account or invitation. A file of an older version may lack some of the
/// tables.
pub(crate) fn last_number(connection: &Connection) -> Result<Option<u64>, rusqlite::Error> {
    let mut last = None;
    for table in ["messages", "channels", "accounts", "invitations", "account_app_passwords"] {
        if connection.table_exists(None, table)? {
            let sql = format!("SELECT max(id) FROM {table}");
            last = last.max(connection.query_row(&sql, [], |row| row.get::<_, Option<i64>>(0))?);
        }
    }
    Ok(last.and_then(|last| u64::try_from(last).ok()))
}

/// Deletes a channel. Its messages cannot be read from now on, and are removed from the file when there is
/// time.
fn forget_channel(
    transaction: &Transaction<'_>,
    writer: &mut Writer<'_>,
    id: i64,
) -> Result<(), DatabaseError> {
    let last: Option<i64> = transaction.query_row("SELECT max(id) FROM messages", [], |row| row.get(0))?;
    number_gone(transaction, last.unwrap_or_default().max(id))?;
    transaction.execute("DELETE FROM channels WHERE id = ?1", [id])?;
    conversations::remove_room(transaction, id)?;
    writer.forget(ConversationId(id))?;
    Ok(())
}

/// Has messages expire. They cannot be read from now on, and are removed from the file when there is time. Returns
/// whether there are any.
fn expire(
    transaction: &Transaction<'_>,
    writer: &mut Writer<'_>,
    conversation: Option<&Conversation>,
    before: Timestamp,
) -> Result<bool, DatabaseError> {
    let number = match conversation {
        Some(conversation) => match conversations::number(transaction, conversation)? {
            Some(number) => Some(number),
            None => return Ok(false),
        },
        None => None,
    };
    let any = writer.expire(number, before)?;
    if any {
        let last: Option<i64> =
            transaction.query_row("SELECT max(id) FROM messages", [], |row| row.get(0))?;
        number_gone(transaction, last.unwrap_or_default())?;
    }
    Ok(any)
}

/// Records the number of a deleted row.
fn number_gone(transaction: &Transaction<'_>, number: i64) -> Result<(), rusqlite::Error> {
    let sql = "UPDATE numbers_gone SET last = max(last, ?1)";
    transaction.prepare_cached(sql)?.execute([number])?;
    Ok(())
}
