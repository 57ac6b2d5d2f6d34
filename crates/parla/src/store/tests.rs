//! The store, compared with what should exist at the next start.

use std::{fs, path::PathBuf};

use tempfile::TempDir;

use super::*;

struct Kit {
    folder: TempDir,
}

impl Kit {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    fn open(&self) -> Opened {
        let before = self.folder.path().join("settings.json");
        Writing::open(&self.path(), &before, &self.folder.path().join("messages")).unwrap()
    }

    fn read(&self) -> Remembered {
        let opened = self.open();
        opened.writing.end();
        opened.remembered
    }

    /// What exists after these changes.
    fn after(&self, changes: impl FnOnce(&Store)) -> Remembered {
        let opened = self.open();
        changes(&opened.writing.store());
        opened.writing.end();
        self.read()
    }

    /// A copy of the files as they are now, as if the program or the machine had stopped here.
    fn stopped_now(&self) -> Self {
        let copy = Self::new();
        for entry in fs::read_dir(self.folder.path()).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                fs::copy(entry.path(), copy.folder.path().join(entry.file_name())).unwrap();
            }
        }
        copy
    }

    fn names(&self) -> Vec<String> {
        let names = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn network(address: &str) -> RememberedNetwork {
    RememberedNetwork::new(ConnectionSettings {
        address: address.to_owned(),
        nick: "alice".to_owned(),
        unencrypted: true,
        ..Default::default()
    })
}

#[test]
fn what_was_saved_is_there_at_the_next_start() {
    let kit = Kit::new();
    let (example, local) = (network("irc.example.org"), network("localhost"));
    let first = kit.after(|store| {
        store.remember(NetworkId(3), &example);
        store.record(&example.id, "room #tea".to_owned(), Some("{}".to_owned()));
        store.remember(NetworkId(4), &local);
        store.save("theme", Some("dark"));
        store.save("draft 3 #tea", Some("hel"));
    });
    assert_eq!(first.networks[&3].settings, example.settings);
    assert_eq!(first.networks[&3].records["room #tea"], "{}");
    assert_eq!(first.values["draft 3 #tea"], "hel");
    let second = kit.after(|store| {
        store.record(&example.id, "room #tea".to_owned(), None);
        store.save("draft 3 #tea", None);
    });
    assert!(second.networks[&3].records.is_empty());
    assert_eq!(second.values.keys().collect::<Vec<_>>(), ["theme"]);
    assert_eq!(kit.names(), ["store.db"], "nothing is left beside it");
}

#[test]
fn what_was_synced_survives_the_end_of_the_program_at_that_moment() {
    let kit = Kit::new();
    let opened = kit.open();
    let store = opened.writing.store();
    let tea = network("irc.example.org");
    store.remember(NetworkId(1), &tea);
    for number in 1..=20 {
        store.record(&tea.id, format!("out {number}"), Some("hello".to_owned()));
        assert!(store.sync());
        let found = kit.stopped_now().read();
        assert_eq!(found.networks[&1].records.len(), number, "after message {number}");
    }
    opened.writing.end();
}

#[test]
fn a_draft_is_on_the_disk_without_anybody_waiting_for_it() {
    let kit = Kit::new();
    let opened = kit.open();
    opened.writing.store().save("draft 1 #tea", Some("hello"));
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while kit.stopped_now().read().values.get("draft 1 #tea").map(String::as_str) != Some("hello") {
        assert!(std::time::Instant::now() < until, "it is not there");
        std::thread::yield_now();
    }
    opened.writing.end();
}

#[test]
fn a_network_that_is_forgotten_leaves_nothing() {
    let kit = Kit::new();
    let (gone, stays) = (network("irc.example.org"), network("irc.example.org"));
    assert_ne!(gone.id, stays.id, "two networks at one address are two");
    let after = kit.after(|store| {
        store.remember(NetworkId(3), &gone);
        store.remember(NetworkId(33), &stays);
        store.record(&gone.id, "out 1".to_owned(), Some("secret".to_owned()));
        store.record(&stays.id, "out 1".to_owned(), Some("hello".to_owned()));
        store.save("draft 3 #tea", Some("secret"));
        store.save("draft 33 #tea", Some("hello"));
        assert!(store.sync());
        store.forget(NetworkId(3), &gone.id);
        // Its client sends one more record.
        store.record(&gone.id, "room #tea".to_owned(), Some("{}".to_owned()));
        assert!(store.sync());
    });
    assert_eq!(after.networks.keys().collect::<Vec<_>>(), [&33]);
    assert_eq!(after.networks[&33].records["out 1"], "hello");
    assert_eq!(after.values.keys().collect::<Vec<_>>(), ["draft 33 #tea"]);
    let text = String::from_utf8_lossy(&fs::read(kit.path()).unwrap()).into_owned();
    assert!(!text.contains("secret"), "what was removed is overwritten");
    let same_number = kit.after(|store| store.remember(NetworkId(3), &network("localhost")));
    assert!(same_number.networks[&3].records.is_empty());
}

#[test]
fn a_disk_that_is_full_is_told_once_and_nothing_is_lost() {
    let kit = Kit::new();
    let mut opened = kit.open();
    let store = opened.writing.store();
    store.save("before", Some("x"));
    assert!(store.sync());
    store.fill_disk();
    for number in 0..8 {
        store.save(&format!("draft {number}"), Some(&"x".repeat(20_000)));
        store.sync();
    }
    assert!(matches!(opened.news.try_recv().unwrap(), StoreNews::Failing(why) if why.contains("full")));
    assert!(opened.news.try_recv().is_err(), "it is told once");
    assert!(!store.sync(), "nobody waits for a disk that is full");
    store.say(StoreOrder::LimitPages(None));
    store.save("after", Some("x"));
    opened.writing.end();
    assert_eq!(kit.read().values.len(), 10);
}

#[test]
fn a_file_that_is_no_store_is_kept_and_a_new_one_begins() {
    let kit = Kit::new();
    fs::write(kit.path(), "this is no database, and long enough to be one; ".repeat(100)).unwrap();
    let mut opened = kit.open();
    let StoreNews::Damaged(aside) = opened.news.try_recv().unwrap() else { panic!() };
    assert!(fs::read_to_string(aside).unwrap().starts_with("this is no database"));
    opened.writing.store().save("theme", Some("dark"));
    opened.writing.end();
    assert_eq!(kit.read().values["theme"], "dark");
}

#[test]
fn what_can_be_read_of_a_damaged_store_goes_on() {
    let kit = Kit::new();
    let tea = network("irc.example.org");
    kit.after(|store| {
        store.remember(NetworkId(1), &tea);
        for number in 0..500 {
            store.record(&tea.id, format!("out {number:03}"), Some("x".repeat(200)));
        }
    });
    // This is a page in the middle of the records.
    let mut bytes = fs::read(kit.path()).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xff);
    fs::write(kit.path(), bytes).unwrap();
    let mut opened = kit.open();
    assert!(matches!(opened.news.try_recv().unwrap(), StoreNews::Damaged(_)));
    let network = &opened.remembered.networks[&1];
    assert_eq!((&network.id, &network.settings), (&tea.id, &tea.settings));
    let kept: Vec<&String> = network.records.keys().collect();
    assert!(kept.len() > 300 && kept.len() < 500, "{} records", kept.len());
    assert!(network.records.contains_key("out 000") && network.records.contains_key("out 499"));
    let remembered = opened.remembered.clone();
    opened.writing.end();
    assert_eq!(kit.read(), remembered, "and is there at the next start");
}

#[test]
fn the_settings_of_an_older_version_are_taken_over_once() {
    let kit = Kit::new();
    let old = kit.folder.path().join("settings.json");
    let text = r##"{
        "networks": {
            "2": {"address": "irc.example.org", "nick": "alice", "memory": {"buffers": [
                {"name": "#tea", "is_room": true, "key": "k", "read_until": 5}, {"name": "bob", "is_room": false}]}},
            "3": {"address": "IRC.example.org:6697", "nick": "bob", "unencrypted": false, "colour": "red"}},
        "values": {"theme": "dark"}, "new": []}"##;
    fs::write(&old, text).unwrap();
    fs::create_dir(kit.folder.path().join("messages")).unwrap();
    fs::write(kit.folder.path().join("messages/6697-irc.example.org.db"), "").unwrap();
    let first = kit.read();
    assert_eq!(first.networks[&2].settings.nick, "alice");
    assert_eq!(first.networks[&2].records["room #tea"], r#"{"key":"k","read_until":5}"#);
    assert_eq!(first.networks[&2].records["person bob"], "{}");
    assert_eq!(first.networks[&2].archive(), "6697-irc.example.org.db");
    assert_eq!(first.networks[&3].archive(), format!("{}.db", first.networks[&3].id), "it was taken already");
    assert_eq!(first.values["theme"], "dark");
    assert_eq!(kit.names(), ["messages", "settings.json.before", "store.db"]);
    assert_eq!(kit.read(), first, "at the next start they are the same networks");
}

#[test]
fn old_settings_that_cannot_be_read_are_told_and_kept() {
    let kit = Kit::new();
    fs::write(kit.folder.path().join("settings.json"), "{\"networks\":").unwrap();
    let mut opened = kit.open();
    assert!(
        matches!(opened.news.try_recv().unwrap(), StoreNews::Damaged(aside) if aside.ends_with(".damaged"))
    );
    opened.writing.end();
    assert_eq!(kit.names(), ["settings.json.damaged", "store.db"]);
}

#[test]
fn a_value_is_bounded() {
    let kit = Kit::new();
    let remembered = kit.after(|store| {
        store.save("large", Some(&"x".repeat(VALUE_BYTES_MAX)));
        for n in 0..=VALUES_MAX {
            store.save(&format!("{n:04}"), Some("x"));
        }
    });
    assert_eq!(remembered.values.len(), VALUES_MAX);
    assert!(!remembered.values.contains_key("large"));
}

#[test]
fn settings_of_another_version_do_no_harm() {
    let text = r#"{"address":"a","colour":"red"}"#;
    let settings: ConnectionSettings = serde_json::from_str(text).unwrap();
    assert_eq!(settings.address, "a");
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let kit = Kit::new();
    let opened = kit.open();
    opened.writing.store().save("theme", Some("dark"));
    opened.writing.store().sync();
    for name in kit.names() {
        let mode = fs::metadata(kit.folder.path().join(&name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    opened.writing.end();
}
