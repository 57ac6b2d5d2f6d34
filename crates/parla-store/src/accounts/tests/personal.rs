//! What an account keeps for its person is damaged, and comes from before it was kept.

use super::*;

/// What a person has read and says is left out where it means nothing, and nothing else with it.
#[test]
fn what_means_nothing_about_a_person_is_left_out() {
    let without = |conversation: &Conversation| {
        let mut state = full();
        state.read.remove(conversation);
        state
    };
    let quiet = AccountState { metadata: BTreeMap::new(), ..full() };
    for (damage, expected) in [
        ("account_markers SET kind = 'thing' WHERE other = 9", without(&ROOM)),
        ("account_markers SET kind = CAST(x'ff' AS TEXT) WHERE other = 9", without(&ROOM)),
        ("account_metadata SET key = 'Not A Key'", quiet.clone()),
        ("account_metadata SET key = CAST(x'ff' AS TEXT)", quiet.clone()),
        ("account_metadata SET value = CAST(x'ff' AS TEXT)", quiet.clone()),
        ("account_metadata SET value = ''", quiet),
    ] {
        let (accounts, said) = damaged(&format!("UPDATE {damage}"));
        assert_eq!(accounts, [expected, bob()], "{damage}");
        assert!(said.contains("id=7") && !said.contains("\u{2764}"), "{said}");
    }
    // What belongs to an account that is not there belongs to nobody.
    for table in ["markers", "metadata"] {
        let (accounts, _) = damaged(&format!("UPDATE account_{table} SET account = 99"));
        let expected = if table == "markers" {
            AccountState { read: BTreeMap::new(), ..full() }
        } else {
            AccountState { metadata: BTreeMap::new(), ..full() }
        };
        assert_eq!(accounts, [expected, bob()]);
    }
}

#[test]
fn somebody_is_present_as_far_as_that_can_be_read() {
    let without_modes = Presence { modes: None, ..presence() };
    let present = AccountState { presence: Some(Box::new(without_modes)), ..full() };
    for damage in ["modes = 'i?'", "modes = NULL", "modes = CAST(x'ff' AS TEXT)"] {
        let (accounts, _) = damaged(&format!("UPDATE account_presences SET {damage}"));
        assert_eq!(accounts, [present.clone(), bob()], "{damage}");
    }
    for damage in ["nick = CAST(x'ff' AS TEXT)", "address = 'nowhere'", "realname = CAST(x'ff' AS TEXT)"] {
        let (accounts, said) = damaged(&format!("UPDATE account_presences SET {damage}"));
        assert_eq!(accounts, [AccountState { presence: None, ..full() }, bob()], "{damage}");
        assert!(said.contains("id=7"), "{said}");
    }
}

/// The person is present with the modes that everybody begins with, as they were until now.
#[test]
fn a_file_from_before_markers_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let mut connection = parla_history::open(&path(folder.path()), Durability::Os).unwrap();
    parla_history::prepare(&mut connection).unwrap();
    migrate(&mut connection, COMPONENT, &STEPS[..12]).unwrap();
    let rows =
        "INSERT INTO accounts (id, name, name_folded, created_at) VALUES (7, 'Zoë[1]', 'zoë{1}', 1000);
        INSERT INTO account_presences VALUES (7, 'Zoë', 'zoe', 'a.b', '2001:db8::1', 'Zoë Z', 'gone');
        INSERT INTO account_channels VALUES (7, 9, 0), (7, 3, 1)";
    connection.execute_batch(rows).unwrap();
    connection.close().unwrap();
    let mut database = Database::open(folder.path(), Durability::Os).unwrap();
    let presence = Presence { modes: None, ..presence() };
    let mut state = AccountState {
        presence: Some(Box::new(presence)),
        ..AccountState::new(ID, name("Zoë[1]"), Timestamp::from_millis(1000))
    };
    assert_eq!(kept(database.tables()), [state.clone()]);
    for change in [read(ROOM, Some(5)), says("url", Some("https://zoe.example"))] {
        database.commit(&[changed(change.clone())]).unwrap();
        state.apply(change);
    }
    assert_eq!(kept(database.tables()), [state]);
}
