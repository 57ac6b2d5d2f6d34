//! The random keys of a server, which are made once and kept in the database and in every backup.

use parla_server::message_ids;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::DatabaseError;

/// The key that hides addresses.
pub type CloakKey = [u8; 32];

/// The random keys of a server, made once. They also tell its database from all others.
#[derive(Debug)]
pub(crate) struct Keys {
    /// Hides addresses.
    pub(crate) cloak: CloakKey,
    /// Enciphers the ids of messages.
    pub(crate) message: message_ids::Key,
}

/// The keys, if they are there.
pub(crate) fn find_keys(connection: &Connection) -> Result<Option<Keys>, rusqlite::Error> {
    let (cloak, message) = (find_secret(connection, "cloak")?, find_secret(connection, "msgid")?);
    Ok(cloak.zip(message).map(|(cloak, message)| Keys { cloak, message }))
}

fn find_secret<const BYTES: usize>(
    connection: &Connection,
    name: &str,
) -> Result<Option<[u8; BYTES]>, rusqlite::Error> {
    let sql = "SELECT value FROM secrets WHERE name = ?1";
    let found = connection.query_row(sql, [name], |row| row.get::<_, Vec<u8>>(0)).optional()?;
    // One of another length is none of ours.
    Ok(found.and_then(|secret| secret.try_into().ok()))
}

/// The keys; what is not there is made now.
pub(crate) fn make_keys(connection: &Connection) -> Result<Keys, DatabaseError> {
    Ok(Keys { cloak: make_secret(connection, "cloak")?, message: make_secret(connection, "msgid")? })
}

fn make_secret<const BYTES: usize>(
    connection: &Connection,
    name: &str,
) -> Result<[u8; BYTES], DatabaseError> {
    if let Some(secret) = find_secret(connection, name)? {
        return Ok(secret);
    }
    let mut secret = [0; BYTES];
    getrandom::fill(&mut secret)?;
    connection.execute("INSERT OR REPLACE INTO secrets VALUES (?1, ?2)", params![name, secret])?;
    Ok(secret)
}
