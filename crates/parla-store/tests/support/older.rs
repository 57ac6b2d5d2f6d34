//! A database as an older version left it, of any size.
//!
//! `fixtures/parla-13.db` is the file of a parlad of November 2026, whose tables have the versions history 5
//! and parlad 8. A script of three dozen lines spoke IRC with it, as alice and as bob, and stopped it with
//! SIGTERM:
//!
//! - `#rust`: bans and an exception, `+ntl 40`, a topic, METADATA `url`; a first message and 24 more, of
//!   which every fourth replies to the one before it (`+draft/reply`) and every eighth to the first one
//!   (`+reply`); a NOTICE and an action; one message by alice and one by bob that they deleted, and a reply
//!   to the former; a message of five lines of which one was cut, and a reply of two lines
//! - `#tea`: `+nst`, a key, mode `I`; replies to a message of `#rust`, to two meaningless ids, and to one of
//!   its own
//! - `#new`, first called `#old`: `+imnt`, and empty
//! - to `@#rust` and in private, messages that are not stored

use std::{fs, path::Path};

use parla_history::{COMPONENT, index_pending};
use parla_proto::Timestamp;
use parla_server::MessageIds;
use rusqlite::{Connection, params};

const FILE: &[u8] = include_bytes!("../fixtures/parla-13.db");

/// The number of messages in the file.
pub(crate) const MESSAGES: u64 = 38;

/// How many of them refer to a message of their own room that still exists.
pub(crate) const REFERENCES: u64 = 12;

/// Puts the file into a data directory and adds `more` messages. Returns how many of all refer to another
/// one.
pub(crate) fn make(data_dir: &Path, more: u64) -> rusqlite::Result<u64> {
    let path = data_dir.join("parla.db");
    fs::write(&path, FILE).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let mut connection = Connection::open(&path)?;
    let references = REFERENCES + say(&mut connection, more)?;
    while index_pending(&mut connection, 1000)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?
        > 0
    {}
    connection.close().map_err(|(_, error)| error)?;
    Ok(references)
}

/// Adds `more` messages as the older version would have done, without indexing them. Returns how many refer
/// to another one.
pub(crate) fn say(connection: &mut Connection, more: u64) -> rusqlite::Result<u64> {
    let key: Vec<u8> =
        connection.query_row("SELECT value FROM secrets WHERE name = 'msgid'", [], |row| row.get(0))?;
    let ids = MessageIds::new(&key.try_into().unwrap_or_default());
    let rooms: Vec<i64> = connection
        .prepare("SELECT id FROM channels ORDER BY id")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let (first, at): (i64, i64) =
        connection.query_row("SELECT max(id) + 1, max(at) FROM messages", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let transaction = connection.transaction()?;
    let mut references = 0;
    {
        let mut insert = transaction.prepare(
            "INSERT INTO messages(id, conversation, at, kind, source, account, text, tags, cuts, sum)
             VALUES(?1, ?2, ?3, 'PRIVMSG', ?4, NULL, ?5, ?6, NULL, ?7)",
        )?;
        for (number, id) in (0..more).zip(first..) {
            let room = rooms.iter().copied().cycle().nth((number % 3) as usize).unwrap_or_default();
            // Every tenth replies to the message before the last one in its room, once there is one.
            let answered = (number % 10 == 9).then(|| (id - 6).unsigned_abs());
            references += u64::from(answered.is_some());
            let tags = answered.map(|seq| format!("+draft/reply={}", ids.encode(seq)));
            let text = format!(
                "message {number}: so many words that it is as long as people write, word{}",
                number % 997
            );
            let source = "alice!alice@host.example.org";
            let at = Timestamp::from_millis(at + i64::try_from(number).unwrap_or_default()).as_millis();
            let sum = sum(
                [id, room, at],
                [Some("PRIVMSG"), Some(source), None, Some(&text), tags.as_deref(), None],
            );
            insert.execute(params![id, room, at, source, text, tags, sum])?;
        }
    }
    transaction.commit()?;
    Ok(references)
}

/// The checksum of a row as that version computed it.
fn sum(numbers: [i64; 3], texts: [Option<&str>; 6]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    for number in numbers {
        sum.update(&number.to_le_bytes());
    }
    for text in texts {
        let length = text.map_or(-1, |text| text.len() as i64);
        sum.update(&length.to_le_bytes());
        sum.update(text.unwrap_or_default().as_bytes());
    }
    sum.finalize()
}

/// What is wrong with the messages of an upgraded data directory; empty if all is well.
pub(crate) fn faults(data_dir: &Path, references: u64) -> Vec<String> {
    let look = || {
        let connection = parla_history::open_reader(&data_dir.join("parla.db"))?;
        let mut faults = parla_history::check(&connection)?;
        let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        let found = number("SELECT count(*) FROM messages WHERE refers_to IS NOT NULL")?;
        if found.unsigned_abs() != references {
            faults.push(format!("{found} messages refer to another one, not {references}"));
        }
        let elsewhere = "SELECT count(*) FROM messages m JOIN messages r ON r.id = m.refers_to WHERE r.conversation <> m.conversation";
        if number(elsewhere)? > 0 {
            faults.push("a message refers to one of another room".to_owned());
        }
        let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        if sound != "ok" {
            faults.push(sound);
        }
        let version = connection.query_row(
            "SELECT version FROM schema_versions WHERE component = ?1",
            [COMPONENT],
            |row| row.get::<_, u32>(0),
        )?;
        if version as usize != parla_history::VERSION {
            faults.push(format!("the history has version {version}"));
        }
        Ok::<_, Box<dyn std::error::Error>>(faults)
    };
    look().unwrap_or_else(|error| vec![error.to_string()])
}
