//! The rows of accounts: the people who come back, and the proofs by which the server knows them.
//!
//! A damaged row is read with less and never with more: a proof that is not whole is left out, an account whose
//! reason for being suspended cannot be read stays suspended, and a name remains taken as long as one of its two
//! forms can be read. Warnings name the account, and never a proof.

mod app_passwords;

use std::collections::{BTreeMap, BTreeSet};

use parla_proto::{AccountName, Timestamp};
use parla_server::{
    AccountChange, AccountId, AccountState, ChannelId, Fingerprint, PasswordProof, ScramProof,
};
use rusqlite::{Connection, Row, Transaction, params, types::ValueRef};

use crate::{DatabaseError, personal, presences};

/// The stored accounts, in the order in which they were created. Those are skipped whose names cannot be read, or
/// belong to another account.
pub(crate) fn read(connection: &Connection) -> Result<Vec<AccountState>, DatabaseError> {
    // Each table is read once: there may be many accounts.
    let (mut certificates, mut invited_to) = (certificates(connection)?, invited_to(connection)?);
    let (mut app_passwords, mut presences) = (app_passwords::read(connection)?, presences::read(connection)?);
    let (mut markers, mut metadata) =
        (personal::read_markers(connection)?, personal::read_metadata(connection)?);
    let mut statement = connection.prepare("SELECT * FROM accounts ORDER BY id")?;
    let mut rows = statement.query([])?;
    let (mut accounts, mut is_doubtful) = (Vec::new(), BTreeSet::new());
    while let Some(row) = rows.next()? {
        let id = AccountId::from_number(row.get::<_, i64>("id")?.cast_unsigned());
        let [written, folded] = [name(row, "name")?, name(row, "name_folded")?];
        if written != folded {
            is_doubtful.insert(id);
        }
        let Some(name) = written.or(folded) else {
            tracing::warn!(
                id = id.number(),
                "a kept account has a name that cannot be read; it is left alone"
            );
            continue;
        };
        let created_at = Timestamp::from_millis(row.get_ref("created_at")?.as_i64().unwrap_or_default());
        accounts.push(AccountState {
            password: password(row, &name)?,
            certificates: certificates.remove(&id).unwrap_or_default(),
            app_passwords: app_passwords.remove(&id).unwrap_or_default(),
            suspended: suspended(row, &name)?,
            always_on: row.get_ref("always_on")?.as_i64_or_null().ok().flatten().map(|wish| wish != 0),
            is_server_owner: row.get_ref("is_server_owner")?.as_i64().is_ok_and(|owns| owns == 1),
            invited_to: invited_to.remove(&id).unwrap_or_default(),
            presence: presences.remove(&id),
            read: markers.remove(&id).unwrap_or_default(),
            metadata: metadata.remove(&id).unwrap_or_default(),
            ..AccountState::new(id, name, created_at)
        });
    }
    // A name belongs to the account whose row has it in both forms.
    accounts.sort_by_key(|account| (is_doubtful.contains(&account.id), account.id));
    let mut names = BTreeSet::new();
    accounts.retain(|account| {
        let is_free = names.insert(account.name.clone());
        if !is_free {
            let (id, account) = (account.id.number(), &account.name);
            tracing::warn!(id, %account, "two kept accounts have the same name; one of them is left alone");
        }
        is_free
    });
    accounts.sort_by_key(|account| account.id);
    Ok(accounts)
}

/// One of the two forms of the name, if it can be read and nothing in it was replaced when it was saved from a
/// damaged file.
fn name(row: &Row<'_>, column: &str) -> Result<Option<AccountName>, rusqlite::Error> {
    let text = row.get_ref(column)?;
    let text = text.as_str().ok().filter(|text| !text.contains(char::REPLACEMENT_CHARACTER));
    Ok(text.and_then(|text| AccountName::kept(text).ok()))
}

/// The password; `None` if there is none, or if a part of what is kept of it is missing.
fn password(row: &Row<'_>, name: &AccountName) -> Result<Option<PasswordProof>, rusqlite::Error> {
    let parts = [
        row.get_ref("password_hash")?,
        row.get_ref("scram_salt")?,
        row.get_ref("scram_iterations")?,
        row.get_ref("scram_stored_key")?,
        row.get_ref("scram_server_key")?,
    ];
    if parts.iter().all(|part| *part == ValueRef::Null) {
        return Ok(None);
    }
    let password = proof(parts);
    if password.is_none() {
        tracing::warn!(account = %name, "what is kept of the password of an account is damaged; it has no password");
    }
    Ok(password)
}

fn proof([hash, salt, iterations, stored_key, server_key]: [ValueRef<'_>; 5]) -> Option<PasswordProof> {
    let hash = hash.as_str().ok().filter(|hash| !hash.is_empty())?;
    let salt = salt.as_blob().ok().filter(|salt| !salt.is_empty())?;
    let iterations = u32::try_from(iterations.as_i64().ok()?).ok().filter(|iterations| *iterations > 0)?;
    let scram = ScramProof {
        salt: salt.into(),
        iterations,
        stored_key: stored_key.as_blob().ok()?.try_into().ok()?,
        server_key: server_key.as_blob().ok()?.try_into().ok()?,
    };
    Some(PasswordProof { hash: hash.into(), scram })
}

fn suspended(row: &Row<'_>, name: &AccountName) -> Result<Option<String>, rusqlite::Error> {
    let why = row.get_ref("suspended")?;
    if why == ValueRef::Null {
        return Ok(None);
    }
    let Ok(why) = why.as_str() else {
        tracing::warn!(account = %name, "the reason why an account is suspended cannot be read; it stays suspended");
        return Ok(Some(String::new()));
    };
    Ok(Some(why.to_owned()))
}

/// The certificates of all accounts, in the order in which they were added. Only those are read that are written in
/// the form in which [`AccountChange::CertificateRemoved`] finds them: any other would come back after it was
/// removed.
fn certificates(connection: &Connection) -> Result<BTreeMap<AccountId, Vec<Fingerprint>>, DatabaseError> {
    let sql = "SELECT account, fingerprint FROM account_certificates ORDER BY account, place, fingerprint";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut certificates: BTreeMap<AccountId, Vec<Fingerprint>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let account = id(row)?;
        let text = row.get_ref(1)?.as_str().unwrap_or_default();
        match Fingerprint::parse(text).filter(|fingerprint| fingerprint.to_string() == text) {
            Some(fingerprint) => certificates.entry(account).or_default().push(fingerprint),
            None => {
                let id = account.number();
                tracing::warn!(id, "a certificate of a kept account means nothing; it is left out");
            }
        }
    }
    Ok(certificates)
}

/// The channels that the people of all accounts are brought into when they next come.
fn invited_to(connection: &Connection) -> Result<BTreeMap<AccountId, Vec<ChannelId>>, DatabaseError> {
    let sql = "SELECT account, channel FROM account_arrivals ORDER BY account, place, channel";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut channels: BTreeMap<AccountId, Vec<ChannelId>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let channel = ChannelId::from_number(row.get::<_, i64>(1)?.cast_unsigned());
        channels.entry(id(row)?).or_default().push(channel);
    }
    Ok(channels)
}

/// The account that a row belongs to, whose number is in its first column.
pub(crate) fn id(row: &Row<'_>) -> Result<AccountId, rusqlite::Error> {
    Ok(AccountId::from_number(row.get::<_, i64>(0)?.cast_unsigned()))
}

/// The row id of an account.
pub(crate) const fn row_id(account: AccountId) -> i64 {
    account.number().cast_signed()
}

/// Stores a whole account, in place of what was stored before.
pub(crate) fn keep(transaction: &Transaction<'_>, state: &AccountState) -> Result<(), rusqlite::Error> {
    let id = row_id(state.id);
    transaction.prepare_cached("DELETE FROM accounts WHERE id = ?1")?.execute([id])?;
    // The network has no other account of this name. If the file has one, it was left alone when it was read.
    let sql = "UPDATE accounts SET name_folded = NULL WHERE name_folded = ?1";
    transaction.prepare_cached(sql)?.execute([state.name.folded()])?;
    let sql = "INSERT INTO accounts (id, name, name_folded, created_at) VALUES (?1, ?2, ?3, ?4)";
    let (name, created_at) = (&state.name, state.created_at.as_millis());
    transaction.prepare_cached(sql)?.execute(params![id, name.as_str(), name.folded(), created_at])?;
    let row = AccountRow { transaction, id };
    row.set_password(state.password.as_ref())?;
    row.set_suspended(state.suspended.as_deref())?;
    row.set_always_on(state.always_on)?;
    row.set_server_owner(state.is_server_owner)?;
    row.set_invited_to(&state.invited_to)?;
    presences::set(transaction, state.id, state.presence.as_deref())?;
    for (conversation, at) in &state.read {
        personal::set_marker(transaction, state.id, conversation, Some(*at))?;
    }
    for (key, value) in &state.metadata {
        personal::set_metadata(transaction, state.id, key, Some(value))?;
    }
    state.certificates.iter().try_for_each(|certificate| row.add_certificate(certificate))?;
    state.app_passwords.iter().try_for_each(|added| app_passwords::add(transaction, state.id, added))
}

/// Stores one change of an account by writing the one row that it concerns. If the account is not stored,
/// nothing happens.
pub(crate) fn change(
    transaction: &Transaction<'_>,
    id: AccountId,
    change: &AccountChange,
) -> Result<(), rusqlite::Error> {
    let row = AccountRow { transaction, id: row_id(id) };
    match change {
        AccountChange::Password(password) => row.set_password(password.as_ref()),
        AccountChange::CertificateAdded(certificate) => row.add_certificate(certificate),
        AccountChange::CertificateRemoved(certificate) => row.remove_certificate(certificate),
        AccountChange::AppPasswordAdded(added) => app_passwords::add(transaction, id, added),
        AccountChange::AppPasswordRemoved(removed) => app_passwords::remove(transaction, id, *removed),
        AccountChange::AppPasswordUsed(used, at) => app_passwords::note_use(transaction, (id, *used), *at),
        AccountChange::Suspended(why) => row.set_suspended(why.as_deref()),
        AccountChange::AlwaysOn(wish) => row.set_always_on(*wish),
        AccountChange::ServerOwner(owns) => row.set_server_owner(*owns),
        AccountChange::InvitedTo(channels) => row.set_invited_to(channels),
        AccountChange::Presence(presence) => presences::set(transaction, id, presence.as_deref()),
        AccountChange::PresentAs(change) => presences::change(transaction, id, change),
        AccountChange::Read { conversation, at } => personal::set_marker(transaction, id, conversation, *at),
        AccountChange::Metadata { key, value } => {
            personal::set_metadata(transaction, id, key, value.as_deref())
        }
    }
}

/// Deletes an account and everything that belongs to it. Returns the highest number that is gone with it.
pub(crate) fn delete(transaction: &Transaction<'_>, id: AccountId) -> Result<i64, rusqlite::Error> {
    let last = app_passwords::last(transaction, id)?.unwrap_or_default().max(row_id(id));
    transaction.prepare_cached("DELETE FROM accounts WHERE id = ?1")?.execute([row_id(id)])?;
    Ok(last)
}

/// Deletes certificates and app passwords whose account could not be saved from a damaged file, so that they never
/// sign in to another one.
pub(crate) fn delete_proofs_of_nobody(transaction: &Transaction<'_>) -> Result<(), rusqlite::Error> {
    for table in ["account_certificates", "account_app_passwords"] {
        let sql = format!("DELETE FROM {table} WHERE account NOT IN (SELECT id FROM accounts)");
        transaction.execute(&sql, [])?;
    }
    Ok(())
}

/// The row of an account, and the rows that belong to it.
struct AccountRow<'t> {
    transaction: &'t Transaction<'t>,
    id: i64,
}

impl AccountRow<'_> {
    fn set_password(&self, password: Option<&PasswordProof>) -> Result<(), rusqlite::Error> {
        let sql = "UPDATE accounts SET password_hash = ?2, scram_salt = ?3, scram_iterations = ?4,
            scram_stored_key = ?5, scram_server_key = ?6 WHERE id = ?1";
        let scram = password.map(|password| &password.scram);
        self.transaction.prepare_cached(sql)?.execute(params![
            self.id,
            password.map(|password| &*password.hash),
            scram.map(|scram| &*scram.salt),
            scram.map(|scram| scram.iterations),
            scram.map(|scram| scram.stored_key.as_slice()),
            scram.map(|scram| scram.server_key.as_slice()),
        ])?;
        Ok(())
    }

    fn set_suspended(&self, why: Option<&str>) -> Result<(), rusqlite::Error> {
        let sql = "UPDATE accounts SET suspended = ?2 WHERE id = ?1";
        self.transaction.prepare_cached(sql)?.execute(params![self.id, why])?;
        Ok(())
    }

    fn set_always_on(&self, wish: Option<bool>) -> Result<(), rusqlite::Error> {
        let sql = "UPDATE accounts SET always_on = ?2 WHERE id = ?1";
        self.transaction.prepare_cached(sql)?.execute(params![self.id, wish])?;
        Ok(())
    }

    fn set_server_owner(&self, owns: bool) -> Result<(), rusqlite::Error> {
        let sql = "UPDATE accounts SET is_server_owner = ?2 WHERE id = ?1";
        self.transaction.prepare_cached(sql)?.execute(params![self.id, owns])?;
        Ok(())
    }

    /// Replaces the channels that the person is brought into when they next come.
    fn set_invited_to(&self, channels: &[ChannelId]) -> Result<(), rusqlite::Error> {
        let sql = "DELETE FROM account_arrivals WHERE account = ?1";
        self.transaction.prepare_cached(sql)?.execute([self.id])?;
        let sql = "INSERT OR IGNORE INTO account_arrivals (account, channel, place)
            SELECT id, ?2, ?3 FROM accounts WHERE id = ?1";
        let mut statement = self.transaction.prepare_cached(sql)?;
        for (place, channel) in (0_i64..).zip(channels) {
            statement.execute(params![self.id, crate::channels::row_id(*channel), place])?;
        }
        Ok(())
    }

    /// Adds a certificate as the last one. No account of the network has it, so a row that has it is replaced.
    fn add_certificate(&self, certificate: &Fingerprint) -> Result<(), rusqlite::Error> {
        let sql = "INSERT OR REPLACE INTO account_certificates (account, fingerprint, place)
            SELECT id, ?2, (SELECT coalesce(max(place) + 1, 0) FROM account_certificates WHERE account = ?1)
            FROM accounts WHERE id = ?1";
        self.transaction.prepare_cached(sql)?.execute(params![self.id, certificate.to_string()])?;
        Ok(())
    }

    fn remove_certificate(&self, certificate: &Fingerprint) -> Result<(), rusqlite::Error> {
        let sql = "DELETE FROM account_certificates WHERE account = ?1 AND fingerprint = ?2";
        self.transaction.prepare_cached(sql)?.execute(params![self.id, certificate.to_string()])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
