//! The rows of app passwords. One that is not whole is left out, and signs nobody in.

use std::collections::BTreeMap;

use parla_proto::Timestamp;
use parla_server::{AccountId, AppPassword, AppPasswordId};
use rusqlite::{Connection, Transaction, params};

use super::row_id;
use crate::DatabaseError;

/// The app passwords of all accounts, in the order in which they were created.
pub(super) fn read(connection: &Connection) -> Result<BTreeMap<AccountId, Vec<AppPassword>>, DatabaseError> {
    let sql = "SELECT account, id, name, hash, created_at, used_at FROM account_app_passwords ORDER BY id";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut app_passwords: BTreeMap<AccountId, Vec<AppPassword>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let account = super::id(row)?;
        let id = AppPasswordId::from_number(row.get::<_, i64>(1)?.cast_unsigned());
        let name = row.get_ref(2)?.as_str().ok().filter(|name| !name.is_empty());
        let hash = row.get_ref(3)?.as_blob().ok().and_then(|hash| hash.try_into().ok());
        let (Some(name), Some(hash)) = (name, hash) else {
            let id = account.number();
            tracing::warn!(id, "what is kept of an app password of an account is damaged; it is left out");
            continue;
        };
        let name = name.to_owned();
        let created_at = Timestamp::from_millis(row.get_ref(4)?.as_i64().unwrap_or_default());
        let used_at = row.get_ref(5)?.as_i64_or_null().ok().flatten().map(Timestamp::from_millis);
        app_passwords.entry(account).or_default().push(AppPassword { id, name, hash, created_at, used_at });
    }
    Ok(app_passwords)
}

/// Stores one more. If the account is not stored, nothing happens.
pub(super) fn add(
    transaction: &Transaction<'_>,
    account: AccountId,
    added: &AppPassword,
) -> Result<(), rusqlite::Error> {
    let sql = "INSERT OR REPLACE INTO account_app_passwords (id, account, name, hash, created_at, used_at)
        SELECT ?2, id, ?3, ?4, ?5, ?6 FROM accounts WHERE id = ?1";
    let AppPassword { id, name, hash, created_at, used_at } = added;
    transaction.prepare_cached(sql)?.execute(params![
        row_id(account),
        id.number().cast_signed(),
        name,
        hash.as_slice(),
        created_at.as_millis(),
        used_at.map(Timestamp::as_millis),
    ])?;
    Ok(())
}

pub(super) fn remove(
    transaction: &Transaction<'_>,
    account: AccountId,
    removed: AppPasswordId,
) -> Result<(), rusqlite::Error> {
    let sql = "DELETE FROM account_app_passwords WHERE account = ?1 AND id = ?2";
    transaction.prepare_cached(sql)?.execute([row_id(account), removed.number().cast_signed()])?;
    Ok(())
}

/// The number of the last app password of an account.
pub(super) fn last(
    transaction: &Transaction<'_>,
    account: AccountId,
) -> Result<Option<i64>, rusqlite::Error> {
    let sql = "SELECT max(id) FROM account_app_passwords WHERE account = ?1";
    transaction.prepare_cached(sql)?.query_row([row_id(account)], |row| row.get(0))
}

/// Stores when one was used.
pub(super) fn note_use(
    transaction: &Transaction<'_>,
    (account, used): (AccountId, AppPasswordId),
    at: Timestamp,
) -> Result<(), rusqlite::Error> {
    let sql = "UPDATE account_app_passwords SET used_at = ?3 WHERE account = ?1 AND id = ?2";
    let (account, used) = (row_id(account), used.number().cast_signed());
    transaction.prepare_cached(sql)?.execute([account, used, at.as_millis()])?;
    Ok(())
}
