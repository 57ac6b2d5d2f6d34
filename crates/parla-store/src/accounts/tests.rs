//! Accounts are written, read back, and damaged.

use std::{
    collections::BTreeMap,
    io::Write,
    sync::{Arc, Mutex},
};

use parla_history::{Durability, migrate};
use parla_proto::{metadata::Key, mode::UserModes};
use parla_server::{
    AccountPair, AppPassword, AppPasswordId, Change, ChannelId, Conversation, NetworkSettings, Presence,
    PresenceChange,
};

use super::*;
use crate::{
    Database, DatabaseError, Tables, path,
    schema::{COMPONENT, STEPS},
};

mod personal;
mod sequences;

const ID: AccountId = AccountId::from_number(7);

fn name(text: &str) -> AccountName {
    AccountName::kept(text).unwrap()
}

/// What is kept of one of many passwords.
fn password(number: u8) -> PasswordProof {
    let scram = ScramProof {
        salt: [number; 16].into(),
        iterations: 4096 + u32::from(number),
        stored_key: [number; 32],
        server_key: [number.wrapping_add(1); 32],
    };
    PasswordProof { hash: format!("$argon2id$secret{number}").into(), scram }
}

fn certificate(number: u8) -> Fingerprint {
    Fingerprint([number; 32])
}

fn app_password(number: u8, used_at: Option<i64>) -> AppPassword {
    AppPassword {
        id: AppPasswordId::from_number(u64::from(number)),
        name: format!("bot {number}"),
        hash: [number; 32],
        created_at: Timestamp::from_millis(1500),
        used_at: used_at.map(Timestamp::from_millis),
    }
}

fn presence() -> Presence {
    Presence {
        nick: "Zoë".to_owned(),
        user: "zoe".to_owned(),
        host: "a.b".to_owned(),
        address: "2001:db8::1".parse().unwrap(),
        realname: "Zoë Z".to_owned(),
        away: Some("gone".to_owned()),
        modes: Some(UserModes::INVISIBLE | UserModes::BOT),
        channels: [9, 3].map(ChannelId::from_number).to_vec(),
    }
}

fn with(other: u64) -> Conversation {
    Conversation::Accounts(AccountPair::new(ID, AccountId::from_number(other)))
}

const ROOM: Conversation = Conversation::Channel(ChannelId::from_number(9));

fn key(text: &str) -> Key {
    Key::parse(text).unwrap()
}

fn read(conversation: Conversation, at: Option<i64>) -> AccountChange {
    AccountChange::Read { conversation, at: at.map(Timestamp::from_millis) }
}

fn says(text: &str, value: Option<&str>) -> AccountChange {
    AccountChange::Metadata { key: key(text), value: value.map(str::to_owned) }
}

/// An account in which no property is empty.
fn full() -> AccountState {
    AccountState {
        password: Some(password(1)),
        certificates: vec![certificate(0xfe), certificate(2)],
        app_passwords: vec![app_password(4, None), app_password(5, Some(86_400_000))],
        suspended: Some("spam".to_owned()),
        always_on: Some(false),
        is_server_owner: true,
        invited_to: [4, 2].map(ChannelId::from_number).to_vec(),
        presence: Some(Box::new(presence())),
        read: [(ROOM, 5), (with(8), 6), (with(7), 7)]
            .map(|(conversation, at)| (conversation, Timestamp::from_millis(at)))
            .into(),
        metadata: BTreeMap::from([(key("display-name"), "Zoë \u{2764}".to_owned())]),
        ..AccountState::new(ID, name("Zoë[1]"), Timestamp::from_millis(1000))
    }
}

fn bob() -> AccountState {
    AccountState::new(AccountId::from_number(8), name("bob"), Timestamp::from_millis(2000))
}

/// One change of each kind, and its reversal.
fn changes() -> Vec<AccountChange> {
    vec![
        AccountChange::Password(Some(password(3))),
        AccountChange::CertificateAdded(certificate(1)),
        AccountChange::CertificateRemoved(certificate(0xfe)),
        AccountChange::CertificateAdded(certificate(0xfe)),
        AccountChange::Suspended(None),
        AccountChange::Password(None),
        AccountChange::CertificateRemoved(certificate(1)),
        AccountChange::Suspended(Some("more spam".to_owned())),
        AccountChange::Password(Some(password(1))),
        AccountChange::Suspended(Some(String::new())),
        AccountChange::AppPasswordUsed(AppPasswordId::from_number(4), Timestamp::from_millis(9)),
        AccountChange::AppPasswordRemoved(AppPasswordId::from_number(5)),
        AccountChange::AppPasswordAdded(app_password(6, None)),
        AccountChange::AlwaysOn(None),
        read(ROOM, Some(50)),
        read(with(8), None),
        read(with(7), Some(8)),
        read(with(3), Some(9)),
        says("display-name", Some("Zoë")),
        says("url", Some("https://zoe.example")),
        says("display-name", None),
        AccountChange::PresentAs(PresenceChange::Nick("zoe".to_owned())),
        AccountChange::PresentAs(PresenceChange::Host("c.d".to_owned())),
        AccountChange::PresentAs(PresenceChange::Realname("Z".to_owned())),
        AccountChange::PresentAs(PresenceChange::Away(None)),
        AccountChange::PresentAs(PresenceChange::Away(Some("back soon".to_owned()))),
        AccountChange::PresentAs(PresenceChange::Modes(Some(UserModes::empty()))),
        AccountChange::PresentAs(PresenceChange::Left(ChannelId::from_number(9))),
        AccountChange::PresentAs(PresenceChange::Entered(ChannelId::from_number(1))),
        AccountChange::PresentAs(PresenceChange::Entered(ChannelId::from_number(9))),
        AccountChange::Presence(None),
        AccountChange::AlwaysOn(Some(true)),
        AccountChange::Presence(Some(Box::new(Presence { away: None, channels: Vec::new(), ..presence() }))),
    ]
}

fn created(account: &AccountState) -> Change {
    Change::Account(Box::new(account.clone()))
}

fn changed(change: AccountChange) -> Change {
    Change::AccountChanged { account: ID, change }
}

fn kept(tables: &Tables) -> Vec<AccountState> {
    tables.kept(&NetworkSettings::named("a.b").name_rules()).unwrap().accounts
}

fn number(tables: &Tables, sql: &str) -> i64 {
    tables.connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn an_account_comes_back_as_it_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Database::open(folder.path(), Durability::Fsync).unwrap();
    let mut state = full();
    open().commit(&[created(&state), created(&bob())]).unwrap();
    {
        let mut database = open();
        let accounts = kept(database.tables());
        assert_eq!(accounts, [state.clone(), bob()]);
        // Names are equal in any spelling.
        assert_eq!(accounts[0].name.as_str(), "Zoë[1]");
        for change in changes() {
            state.apply(change.clone());
            database.commit(&[changed(change)]).unwrap();
        }
    }
    let database = open();
    assert_eq!(kept(database.tables()), [state, bob()]);
    assert_eq!(database.tables().last_seq().unwrap(), Some(8));
    assert_eq!(database.tables().last_time().unwrap(), Some(Timestamp::from_millis(2000)));
}

#[test]
fn a_change_writes_the_row_that_it_is_about_and_no_other() {
    let mut tables = Tables::in_memory().unwrap();
    let mut state = full();
    tables.commit(&[created(&state), created(&bob())]).unwrap();
    for change in changes() {
        let before = number(&tables, "SELECT total_changes()");
        tables.commit(&[changed(change.clone())]).unwrap();
        // A presence has a row for each channel, and the number of an app password is noted when it is gone.
        if !matches!(change, AccountChange::Presence(_) | AccountChange::AppPasswordRemoved(_)) {
            assert_eq!(number(&tables, "SELECT total_changes()") - before, 1, "{change:?}");
        }
        state.apply(change);
        assert_eq!(kept(&tables), [state.clone(), bob()]);
    }
}

#[test]
fn a_change_of_an_account_that_is_not_kept_is_nothing() {
    let mut tables = Tables::in_memory().unwrap();
    changes().into_iter().for_each(|change| tables.commit(&[changed(change)]).unwrap());
    assert_eq!(kept(&tables), []);
    for table in ["certificates", "presences", "channels", "arrivals", "markers", "metadata"] {
        assert_eq!(number(&tables, &format!("SELECT count(*) FROM account_{table}")), 0, "{table}");
    }
}

#[test]
fn an_account_can_be_kept_again_in_another_state() {
    let mut tables = Tables::in_memory().unwrap();
    tables.commit(&[created(&full())]).unwrap();
    let other =
        AccountState { password: None, certificates: vec![certificate(2)], suspended: None, ..full() };
    tables.commit(&[created(&other)]).unwrap();
    assert_eq!(kept(&tables), [other]);
}

#[test]
fn nothing_stays_of_a_deleted_account_but_that_its_number_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Database::open(folder.path(), Durability::Os).unwrap();
    let mut database = open();
    let last = AccountState { id: AccountId::from_number(9), name: name("carol"), ..bob() };
    database.commit(&[created(&full()), created(&bob()), created(&last)]).unwrap();
    let deleted = |account: &AccountState| Change::AccountDeleted { account: account.id };
    database.commit(&[deleted(&full()), deleted(&last)]).unwrap();
    assert_eq!(kept(database.tables()), [bob()]);
    for table in ["certificates", "presences", "channels", "arrivals", "markers", "metadata"] {
        assert_eq!(number(&database.tables, &format!("SELECT count(*) FROM account_{table}")), 0, "{table}");
    }
    assert_eq!(database.tables().last_seq().unwrap(), Some(9));
    // The file is not mistaken for an older one, and the name and the certificates are free.
    database.close().unwrap();
    let mut database = open();
    let again = AccountState { id: AccountId::from_number(10), read: BTreeMap::new(), ..full() };
    database.commit(&[created(&again)]).unwrap();
    assert_eq!(kept(database.tables()), [bob(), again]);
}

#[test]
fn what_fails_in_part_is_not_kept_at_all() {
    let mut tables = Tables::in_memory().unwrap();
    let sql = "CREATE TRIGGER no_more BEFORE INSERT ON account_certificates WHEN NEW.place = 1
        BEGIN SELECT raise(ABORT, 'no more'); END";
    tables.connection.execute_batch(sql).unwrap();
    tables.commit(&[created(&bob()), created(&full())]).unwrap_err();
    assert_eq!(kept(&tables), []);
}

/// What is read of both accounts after somebody has done this to their rows, and what is said about it.
fn damaged(sql: &str) -> (Vec<AccountState>, String) {
    let mut tables = Tables::in_memory().unwrap();
    tables.commit(&[created(&full()), created(&bob())]).unwrap();
    tables.connection.pragma_update(None, "foreign_keys", false).unwrap();
    tables.connection.execute_batch(sql).unwrap();
    let said = Said::default();
    let writer = said.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let accounts = tracing::subscriber::with_default(subscriber, || kept(&tables));
    let said = String::from_utf8(said.0.lock().unwrap().clone()).unwrap();
    (accounts, said)
}

#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<u8>>>);

impl Write for Said {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_password_that_is_not_whole_is_none() {
    for damage in [
        "password_hash = NULL",
        "password_hash = ''",
        "password_hash = CAST(x'ff' AS TEXT)",
        "scram_salt = NULL",
        "scram_salt = x''",
        "scram_iterations = NULL",
        "scram_iterations = 0",
        "scram_iterations = -4096",
        "scram_iterations = 4294967296",
        "scram_stored_key = NULL",
        "scram_stored_key = x'01'",
        "scram_stored_key = zeroblob(33)",
        "scram_server_key = zeroblob(31)",
    ] {
        let (accounts, said) = damaged(&format!("UPDATE accounts SET {damage} WHERE id = 7"));
        assert_eq!(accounts, [AccountState { password: None, ..full() }, bob()], "{damage}");
        assert!(said.contains("account=Zoë[1]"), "{said}");
        assert!(!said.contains("secret") && !said.contains("argon2"), "{said}");
    }
}

#[test]
fn an_account_stays_suspended_for_a_reason_that_cannot_be_read() {
    let (accounts, said) = damaged("UPDATE accounts SET suspended = CAST(x'ff' AS TEXT) WHERE id = 7");
    assert_eq!(accounts, [AccountState { suspended: Some(String::new()), ..full() }, bob()]);
    assert!(said.contains("account=Zoë[1]"), "{said}");
}

#[test]
fn a_certificate_is_read_only_as_it_is_written() {
    let lower = certificate(0xfe).to_string();
    let forms =
        [lower.to_uppercase(), format!("{lower}0"), "no hex".to_owned(), format!(" {lower}"), String::new()];
    for form in forms {
        let sql = format!("UPDATE account_certificates SET fingerprint = '{form}' WHERE place = 0");
        let (accounts, said) = damaged(&sql);
        assert_eq!(
            accounts,
            [AccountState { certificates: vec![certificate(2)], ..full() }, bob()],
            "{form}"
        );
        assert!(said.contains("id=7") && !said.to_lowercase().contains("fefe"), "{said}");
    }
    let (accounts, _) = damaged("UPDATE account_certificates SET account = 99");
    assert_eq!(accounts, [AccountState { certificates: Vec::new(), ..full() }, bob()]);
}

#[test]
fn a_name_stays_taken_as_long_as_one_of_its_forms_can_be_read() {
    for damage in ["''", "'a b'", "'#a'", "'al\u{fffd}ce'", "CAST(x'ff' AS TEXT)"] {
        let (accounts, _) = damaged(&format!("UPDATE accounts SET name = {damage} WHERE id = 7"));
        assert_eq!(accounts, [full(), bob()], "{damage}");
        assert_eq!(accounts[0].name.as_str(), "zoë{1}", "{damage}");
        let (accounts, _) = damaged(&format!("UPDATE accounts SET name_folded = {damage} WHERE id = 7"));
        assert_eq!(accounts, [full(), bob()], "{damage}");
        let sql = format!("UPDATE accounts SET name = {damage}, name_folded = NULL WHERE id = 7");
        let (accounts, said) = damaged(&sql);
        assert_eq!(accounts, [bob()], "{damage}");
        assert!(said.contains("id=7"), "{said}");
    }
}

#[test]
fn nobody_gets_the_account_of_another_by_its_name() {
    let (accounts, said) = damaged("UPDATE accounts SET name = 'BOB' WHERE id = 7");
    assert_eq!(accounts, [bob()]);
    assert!(said.contains("account=BOB") && said.contains("id=7"), "{said}");
}

/// A new account whose name stands in a row that was left alone.
#[test]
fn a_row_that_was_left_alone_is_in_nobodys_way() {
    let mut tables = Tables::in_memory().unwrap();
    tables.commit(&[created(&full()), created(&bob())]).unwrap();
    let lost = "UPDATE accounts SET name = 'bob', name_folded = 'carol' WHERE id = 7";
    tables.connection.execute_batch(lost).unwrap();
    assert_eq!(kept(&tables), [bob()]);
    let id = AccountId::from_number(9);
    let carol = AccountState { id, name: name("carol"), read: BTreeMap::new(), ..full() };
    tables.commit(&[created(&carol)]).unwrap();
    assert_eq!(kept(&tables), [bob(), carol.clone()]);
    // Also when what was in its way is free again.
    tables.commit(&[Change::AccountDeleted { account: bob().id }]).unwrap();
    let accounts = kept(&tables);
    assert_eq!(accounts.iter().map(|account| account.name.as_str()).collect::<Vec<_>>(), ["bob", "carol"]);
    assert_eq!((accounts[0].certificates.len(), &accounts[1]), (0, &carol));
}

#[test]
fn accounts_are_saved_from_a_damaged_database() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Database::open(folder.path(), Durability::Os);
    let mut database = open().unwrap();
    database.commit(&[created(&full()), created(&bob())]).unwrap();
    database.close().unwrap();
    let connection = Connection::open(path(folder.path())).unwrap();
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    let damage = format!(
        "UPDATE accounts SET suspended = CAST(x'41ff' AS TEXT), name = CAST(x'41ff' AS TEXT) WHERE id = 7;
         INSERT INTO account_certificates VALUES (9, '{}', 0);
         INSERT INTO account_markers VALUES (9, 'room', 9, 5);
         INSERT INTO account_metadata VALUES (9, 'url', 'https://zoe.example');
         INSERT INTO account_presences VALUES (9, 'eve', 'eve', 'a.b', '::1', 'Eve', NULL, NULL);
         INSERT INTO account_channels VALUES (9, 3, 0)",
        certificate(9)
    );
    connection.execute_batch(&damage).unwrap();
    connection.close().unwrap();
    let error = open().unwrap_err();
    assert!(matches!(error, DatabaseError::Doubtful { .. }), "{error}");
    assert!(error.to_string().contains("accounts.suspended"), "{error}");
    let mut database = Database::open_accepting_damage(folder.path(), Durability::Os).unwrap();
    let saved = AccountState { suspended: Some("A\u{fffd}".to_owned()), ..full() };
    assert_eq!(kept(database.tables()), [saved.clone(), bob()]);
    // A certificate of an account that is lost signs in to no other, and nothing else of it belongs to another.
    let carol = AccountState { id: AccountId::from_number(9), name: name("carol"), ..bob() };
    database.commit(&[created(&carol)]).unwrap();
    assert_eq!(kept(database.tables()), [saved, bob(), carol]);
}

#[test]
fn a_file_from_before_accounts_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let mut connection = parla_history::open(&path(folder.path()), Durability::Os).unwrap();
    parla_history::prepare(&mut connection).unwrap();
    migrate(&mut connection, COMPONENT, &STEPS[..10]).unwrap();
    let rows = "INSERT INTO channels (id, name, created_at, modes) VALUES (3, '#rust', 1000, 'nt');
        INSERT INTO conversations (id, kind) VALUES (3, 'room')";
    connection.execute_batch(rows).unwrap();
    connection.close().unwrap();
    let mut database = Database::open(folder.path(), Durability::Os).unwrap();
    let found = database.tables().kept(&NetworkSettings::named("a.b").name_rules()).unwrap();
    assert_eq!(found.accounts, []);
    assert_eq!(
        found.channels.iter().map(|channel| channel.id).collect::<Vec<_>>(),
        [ChannelId::from_number(3)]
    );
    assert_eq!(database.tables().last_seq().unwrap(), Some(3));
    database.commit(&[created(&full()), created(&bob())]).unwrap();
    assert_eq!(kept(database.tables()), [full(), bob()]);
}
