//! The archive's file, compared with what it should contain.

use parla_client::view::Manner;
use parla_history::{Search, search};

use super::*;

const AT: i64 = 1_700_000_000_000;

struct Kit {
    folder: tempfile::TempDir,
    file: ArchiveFile,
}

impl Kit {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = ArchiveFile::open(&folder.path().join("a.db")).unwrap();
        Self { folder, file }
    }

    fn reopened(self) -> Self {
        drop(self.file);
        let file = ArchiveFile::open(&self.folder.path().join("a.db")).unwrap();
        Self { folder: self.folder, file }
    }

    fn keep(&mut self, messages: &[ArchivedMessage]) -> usize {
        let changes: Vec<ArchiveChange> = messages.iter().cloned().map(ArchiveChange::Keep).collect();
        self.file.write(&changes).unwrap()
    }

    /// The texts, with a `+` before them if there are more.
    fn recall(&mut self, before: Option<i64>, limit: usize) -> String {
        let before = before.map(|ms| Timestamp::from_millis(AT + ms));
        let found = self.file.recall(BufferKind::Room, &"#tea".into(), before, limit).unwrap();
        let texts: Vec<&str> = found.messages.iter().map(|kept| kept.text.as_ref()).collect();
        format!("{}{}", if found.more { "+ " } else { "" }, texts.join(" "))
    }
}

/// A message with a msgid, `ms` after the start; its text is the time.
fn with_id(ms: i64) -> ArchivedMessage {
    ArchivedMessage { msgid: Some(format!("id{ms}").into()), ..plain(ms, &ms.to_string()) }
}

fn plain(ms: i64, text: &str) -> ArchivedMessage {
    ArchivedMessage {
        kind: BufferKind::Room,
        buffer: "#tea".into(),
        msgid: None,
        at: Timestamp::from_millis(AT + ms),
        source: "alice!a@host".into(),
        account: None,
        manner: Manner::Message,
        text: text.into(),
        own: false,
        audience: None,
    }
}

fn unkeep(name: &str, msgid: &str) -> ArchiveChange {
    ArchiveChange::Unkeep(ArchiveDeletion { kind: BufferKind::Room, name: name.into(), msgid: msgid.into() })
}

fn rename(from: &str, to: &str) -> ArchiveChange {
    ArchiveChange::Rename(ArchiveRename { kind: BufferKind::Room, from: from.into(), to: to.into() })
}

fn keep(kept: ArchivedMessage) -> ArchiveChange {
    ArchiveChange::Keep(kept)
}

#[test]
fn a_conversation_is_found_under_its_new_name() {
    let mut kit = Kit::new();
    let hall = |ms| ArchivedMessage { buffer: "#hall".into(), ..with_id(ms) };
    kit.file
        .write(&[keep(hall(1)), rename("#nowhere", "#tea"), rename("#Hall", "#Tea"), keep(with_id(2))])
        .unwrap();
    assert_eq!(kit.recall(None, 9), "1 2");
    let found = kit.file.recall(BufferKind::Room, &"#hall".into(), None, 9).unwrap();
    assert_eq!(found, Recalled::default(), "another room may have that name");
    // This is another spelling of the name, and then the same after a restart.
    kit.file.write(&[rename("#tea", "#TEA"), keep(with_id(3))]).unwrap();
    let mut kit = kit.reopened();
    assert_eq!(kit.keep(&[with_id(1), with_id(2), with_id(3)]), 0, "it is known under its new name");
    assert_eq!(kit.recall(None, 9), "1 2 3");
}

#[test]
fn what_was_kept_under_the_new_name_before_stays_in_its_place() {
    let mut kit = Kit::new();
    let named = |name: &str, ms| ArchivedMessage { buffer: name.into(), ..with_id(ms) };
    kit.keep(&[with_id(1), named("#hall", 2), with_id(3), named("#hall", 4), named("#den", 5)]);
    kit.file
        .write(&[rename("#hall", "#tea"), keep(with_id(6)), rename("#tea", "#den"), keep(named("#den", 7))])
        .unwrap();
    kit.file.write(&[rename("#den", "#tea")]).unwrap();
    let mut kit = kit.reopened();
    assert_eq!(kit.recall(None, 9), "1 2 3 4 5 6 7");
    assert_eq!(kit.recall(None, 3), "+ 5 6 7");
    assert_eq!(kit.recall(Some(5), 2), "+ 3 4");
    assert_eq!(kit.recall(Some(3), 2), "1 2");
    // All of them are known, and can be deleted.
    assert_eq!(kit.keep(&(1..=7).map(with_id).collect::<Vec<_>>()), 0);
    kit.file.write(&[unkeep("#tea", "id1"), unkeep("#tea", "id5")]).unwrap();
    assert_eq!(kit.recall(None, 9), "2 3 4 6 7");
}

#[test]
fn a_message_taken_back_is_kept_no_longer() {
    let mut kit = Kit::new();
    kit.keep(&[with_id(1), with_id(2), plain(3, "3")]);
    kit.file.index().unwrap();
    kit.file.write(&[unkeep("#Tea", "id2"), unkeep("#Tea", "id9"), unkeep("#elsewhere", "id1")]).unwrap();
    assert_eq!(kit.recall(None, 10), "1 3");
    // A server that sends it again does not bring it back.
    kit.keep(&[with_id(2)]);
    let mut kit = kit.reopened();
    assert_eq!(kit.recall(None, 10), "1 3");
}

#[test]
fn messages_come_back_in_pages() {
    let mut kit = Kit::new();
    let all: Vec<ArchivedMessage> = (1..=9).map(with_id).collect();
    assert_eq!(kit.keep(&all), 9);
    assert_eq!(kit.recall(None, 4), "+ 6 7 8 9");
    assert_eq!(kit.recall(Some(6), 4), "+ 2 3 4 5");
    assert_eq!(kit.recall(Some(2), 4), "1");
    assert_eq!(kit.recall(Some(5), 4), "1 2 3 4");
    assert_eq!(kit.recall(Some(1), 4), "");
    let mut kit = kit.reopened();
    let found = kit.file.recall(BufferKind::Room, &"#tea".into(), None, 9).unwrap();
    assert_eq!(found, Recalled { messages: all, more: false });
}

#[test]
fn earlier_history_that_comes_late_takes_its_place() {
    let mut kit = Kit::new();
    kit.keep(&(100..=109).map(with_id).collect::<Vec<_>>());
    kit.file.index().unwrap();
    kit.keep(&[with_id(110)]);
    assert_eq!(kit.keep(&(50..=59).map(with_id).collect::<Vec<_>>()), 10);
    assert_eq!(kit.keep(&[with_id(105)]), 0);
    assert_eq!(kit.recall(Some(102), 5), "+ 57 58 59 100 101");
    assert_eq!(kit.recall(None, 2), "+ 109 110");
    kit.file.index().unwrap();
    assert_eq!(kit.recall(Some(102), 5), "+ 57 58 59 100 101");
    let asked = Search { conversation: None, words: "55".to_owned(), before: None, limit: 9 };
    assert_eq!(search(&kit.file.connection, &asked).unwrap().len(), 1);
}

#[test]
fn the_same_message_is_kept_once() {
    let mut kit = Kit::new();
    assert_eq!(kit.keep(&[with_id(1), with_id(1)]), 1);
    // A server may later give an old message another time; the msgid decides.
    assert_eq!(kit.keep(&[ArchivedMessage { at: Timestamp::from_millis(AT), ..with_id(1) }]), 0);
    assert_eq!(kit.keep(&[plain(2, "tea"), plain(2, "tea"), plain(2, "cake"), plain(3, "tea")]), 3);
    assert_eq!(kit.keep(&[ArchivedMessage { source: "bob!b@host".into(), ..plain(2, "tea") }]), 1);
    assert_eq!(kit.keep(&[ArchivedMessage { buffer: "#cake".into(), ..plain(2, "tea") }]), 1);
    let mut kit = kit.reopened();
    assert_eq!(kit.keep(&[with_id(1), plain(2, "tea"), plain(2, "cake")]), 0);
    assert_eq!(kit.recall(None, 9), "1 tea cake tea tea");
}

#[test]
fn a_millisecond_is_not_cut() {
    let mut kit = Kit::new();
    let said = [(1, "a"), (1, "b"), (1, "c"), (2, "d"), (2, "e"), (3, "f")];
    kit.keep(&said.map(|(ms, text)| plain(ms, text)));
    assert_eq!(kit.recall(None, 4), "+ d e f");
    assert_eq!(kit.recall(Some(2), 4), "a b c");
    assert_eq!(kit.recall(Some(2), 2), "+ b c", "it has more than fit in a page");
}

#[test]
fn conversations_do_not_mix() {
    let mut kit = Kit::new();
    let direct = ArchivedMessage { kind: BufferKind::Direct, buffer: "Bob".into(), ..plain(1, "psst") };
    kit.keep(&[plain(1, "tea"), direct, ArchivedMessage { buffer: "#TEA".into(), ..plain(2, "more") }]);
    assert_eq!(kit.recall(None, 9), "tea more");
    let found = kit.file.recall(BufferKind::Direct, &"bob".into(), None, 9).unwrap();
    assert_eq!(found.messages[0].text.as_ref(), "psst");
    assert_eq!(kit.file.recall(BufferKind::Room, &"bob".into(), None, 9).unwrap(), Recalled::default());
}

#[test]
fn what_a_failed_batch_numbered_is_numbered_anew() {
    let mut kit = Kit::new();
    kit.file.connection.execute_batch("CREATE TRIGGER no BEFORE INSERT ON messages WHEN new.text = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END").unwrap();
    kit.file.write(&[keep(plain(1, "good")), keep(plain(2, "bad"))]).unwrap_err();
    assert_eq!(kit.recall(None, 9), "");
    kit.keep(&[ArchivedMessage { buffer: "#other".into(), ..plain(3, "other") }]);
    kit.keep(&[plain(1, "good")]);
    assert_eq!(kit.recall(None, 9), "good");
}

#[test]
fn times_that_cannot_be_do_no_harm() {
    let mut kit = Kit::new();
    let at = |ms| Timestamp::from_millis(ms);
    kit.keep(&[
        plain(1, "now"),
        ArchivedMessage { at: at(i64::MAX), ..plain(0, "later") },
        ArchivedMessage { at: at(i64::MIN), ..plain(0, "before") },
    ]);
    kit.file.index().unwrap();
    kit.keep(&[plain(2, "next")]);
    assert_eq!(kit.recall(None, 9), "before now next later");
}

#[test]
fn what_was_committed_survives_a_crash() {
    let mut kit = Kit::new();
    kit.keep(&[with_id(1)]);
    // These are the files as they are while the program runs, as if it had been killed here.
    let copy = tempfile::tempdir().unwrap();
    for name in ["a.db", "a.db-wal"] {
        std::fs::copy(kit.folder.path().join(name), copy.path().join(name)).unwrap();
    }
    let file = ArchiveFile::open(&copy.path().join("a.db")).unwrap();
    let mut survived = Kit { folder: copy, file };
    assert_eq!(survived.recall(None, 9), "1");
    assert_eq!(survived.keep(&[with_id(1), with_id(2)]), 1);
}
