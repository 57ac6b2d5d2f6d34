//! The random keys of a server, which are generated once and stored in the database and so in every backup.

use parla_server::message_ids;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::DatabaseError;

/// The key that hides addresses.
pub type CloakKey = [u8; 32];

/// A server's random keys, which also distinguish its database from all others.
#[derive(Debug)]
pub(crate) struct Keys {
    /// The key that hides addresses.
    pub(crate) cloak: CloakKey,
    /// The key that encrypts msgids.
    pub(crate) message: message_ids::Key,
}

/// The keys, if they exist.
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
    // A key of another length is not one of ours.
    Ok(found.and_then(|secret| secret.try_into().ok()))
}

/// The keys. Missing ones are generated now.
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
