//! The rows of closed channels, and what the owner of the server has set while it ran.

use std::collections::BTreeMap;

use parla_proto::{ChannelName, Timestamp, name::NameRules};
use parla_server::{AccessPolicy, Closure};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use crate::DatabaseError;

/// The channels that nobody can enter. Names that the rules no longer allow are skipped: nobody can enter such a
/// channel anyway.
pub(crate) fn read(
    connection: &Connection,
    rules: &NameRules,
) -> Result<BTreeMap<ChannelName, Closure>, DatabaseError> {
    let mut statement =
        connection.prepare("SELECT name, reason, closed_by, closed_at FROM channels_closed")?;
    let mut rows = statement.query([])?;
    let mut closures = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let Ok(name) = ChannelName::parse(&name, rules) else {
            tracing::warn!(name, "a closed channel has a name that the configuration does not allow");
            continue;
        };
        let at = Timestamp::from_millis(row.get(3)?);
        closures.insert(name, Closure { reason: row.get(1)?, by: row.get(2)?, at });
    }
    Ok(closures)
}

/// Stores that a channel is closed, or open again.
pub(crate) fn change(
    transaction: &Transaction<'_>,
    name: &ChannelName,
    closure: Option<&Closure>,
) -> Result<(), rusqlite::Error> {
    // Another spelling of the name may have been stored.
    transaction
        .prepare_cached("DELETE FROM channels_closed WHERE name_folded = ?1")?
        .execute([name.folded()])?;
    if let Some(Closure { reason, by, at }) = closure {
        let sql = "INSERT INTO channels_closed (name_folded, name, reason, closed_by, closed_at)
            VALUES (?1, ?2, ?3, ?4, ?5)";
        let row = params![name.folded(), name.as_str(), reason, by, at.as_millis()];
        transaction.prepare_cached(sql)?.execute(row)?;
    }
    Ok(())
}

/// The name under which the decision is stored who may come in.
const ACCESS: &str = "access";

/// Who may come in, if the owner has decided that.
pub(crate) fn read_access(connection: &Connection) -> Result<Option<AccessPolicy>, DatabaseError> {
    let sql = "SELECT value FROM owner_settings WHERE name = ?1";
    let word: Option<String> = connection.query_row(sql, [ACCESS], |row| row.get(0)).optional()?;
    let Some(word) = word else { return Ok(None) };
    let policy = AccessPolicy::named(&word);
    if policy.is_none() {
        tracing::warn!("who may come in was decided, and cannot be read; only who was invited may");
    }
    // What was meant to keep people out must not let everybody in.
    Ok(Some(policy.unwrap_or(AccessPolicy::Invite)))
}

/// Stores who may come in.
pub(crate) fn set_access(transaction: &Transaction<'_>, policy: AccessPolicy) -> Result<(), rusqlite::Error> {
    let sql = "INSERT OR REPLACE INTO owner_settings (name, value) VALUES (?1, ?2)";
    transaction.prepare_cached(sql)?.execute([ACCESS, policy.word()])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use parla_history::Durability;
    use parla_server::{Change, NetworkSettings};

    use super::*;
    use crate::Database;

    #[test]
    fn what_is_closed_and_who_may_come_in_is_kept_over_a_restart() {
        let rules = NetworkSettings::named("a.b").name_rules();
        let name = |text| ChannelName::parse(text, &rules).unwrap();
        let closure = |reason: &str| {
            let at = Timestamp::from_millis(5);
            Some(Closure { reason: reason.to_owned(), by: "a!b@c".to_owned(), at })
        };
        let folder = tempfile::tempdir().unwrap();
        let kept = || Database::open(folder.path(), Durability::Os).unwrap().tables().kept(&rules).unwrap();
        assert_eq!((kept().closures.len(), kept().access), (0, None));
        let changes = [
            Change::Closure { name: name("#spam"), closure: closure("spam") },
            Change::Closure { name: name("#tea"), closure: closure("") },
            Change::Closure { name: name("#SPAM"), closure: closure("more spam") },
            Change::Access(AccessPolicy::Accounts),
            Change::Access(AccessPolicy::Invite),
        ];
        Database::open(folder.path(), Durability::Os).unwrap().commit(&changes).unwrap();
        let found = kept();
        let named: Vec<&str> = found.closures.keys().map(ChannelName::as_str).collect();
        assert_eq!((named, found.access), (vec!["#SPAM", "#tea"], Some(AccessPolicy::Invite)));
        assert_eq!(found.closures.get(&name("#spam")), closure("more spam").as_ref());

        let mut database = Database::open(folder.path(), Durability::Os).unwrap();
        database.commit(&[Change::Closure { name: name("#Spam"), closure: None }]).unwrap();
        database.tables().connection.execute_batch("UPDATE owner_settings SET value = 'opne'").unwrap();
        drop(database);
        let found = kept();
        assert_eq!((found.closures.len(), found.access), (1, Some(AccessPolicy::Invite)));
    }
}
