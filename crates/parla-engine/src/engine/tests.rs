//! The engine with a scripted shell: what the shell is asked to do, in order.

use std::{cell::RefCell, rc::Rc, sync::Arc};

use expect_test::{Expect, expect};
use parla_client::{
    ArchivedMessage, Credentials, Intent, Problem, ProblemKind,
    view::{BufferKind, LinkState, Manner, NetworkId},
};

use super::*;
use crate::problem;

const START: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// What the shell was asked to do, one line each.
type Log = Rc<RefCell<Vec<String>>>;

/// A shell that behaves as the test says.
#[derive(Default)]
struct Script {
    log: Log,
    /// The number of connections that were begun.
    begun: u64,
    /// Whether it cannot connect.
    is_stuck: bool,
    /// Whether its connections accept no lines.
    is_full: bool,
    /// Whether the archive answers later.
    is_slow: bool,
}

struct Wire {
    number: u64,
    log: Log,
    is_full: bool,
}

impl Transport for Script {
    type Connection = Wire;

    fn connect(&mut self) -> Result<Wire, Problem> {
        if self.is_stuck {
            self.log.borrow_mut().push("cannot connect".to_owned());
            return Err(problem(ProblemKind::BadAddress, "no address"));
        }
        self.begun += 1;
        self.log.borrow_mut().push(format!("connect {}", self.begun));
        Ok(Wire { number: self.begun, log: Rc::clone(&self.log), is_full: self.is_full })
    }
}

impl Connection for Wire {
    fn number(&self) -> u64 {
        self.number
    }

    fn send(&mut self, line: Vec<u8>) -> Result<(), Problem> {
        if self.is_full {
            return Err(problem(ProblemKind::Lost, "full"));
        }
        self.log.borrow_mut().push(format!(
            "{}> {}",
            self.number,
            String::from_utf8(line).unwrap().trim_end()
        ));
        Ok(())
    }

    fn give_up(&mut self) {
        self.log.borrow_mut().push(format!("give up {}", self.number));
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.log.borrow_mut().push(format!("end {}", self.number));
    }
}

impl Storage for Script {
    fn store(&mut self, key: String, value: Option<String>) {
        let what = if value.is_some() { "store" } else { "forget" };
        self.log.borrow_mut().push(format!("{what} {key}"));
    }

    fn sync(&mut self) {
        self.log.borrow_mut().push("sync".to_owned());
    }

    fn change(&mut self, change: ArchiveChange) {
        let text = match change {
            ArchiveChange::Keep(kept) => format!("keep {}", kept.text),
            ArchiveChange::Unkeep(unkept) => format!("unkeep {}", unkept.msgid),
            ArchiveChange::Rename(renamed) => format!("rename {} {}", renamed.from, renamed.to),
        };
        self.log.borrow_mut().push(text);
    }

    fn recall(&mut self, request: RecallRequest) -> Option<Recalled> {
        let RecallRequest { kind, name, limit, .. } = request;
        self.log.borrow_mut().push(format!("recall {limit} of {name}"));
        (!self.is_slow).then(|| Recalled { messages: vec![kept(kind, &name)], more: false })
    }
}

fn kept(kind: BufferKind, name: &str) -> ArchivedMessage {
    ArchivedMessage {
        kind,
        buffer: name.into(),
        msgid: None,
        at: Timestamp::from_millis(1),
        source: "bob!b@host".into(),
        account: None,
        manner: Manner::Message,
        text: "hello".into(),
        own: false,
        audience: None,
    }
}

/// An engine with its shell, at a certain time.
struct Rig {
    engine: Engine<Wire>,
    shell: Script,
    now: Timestamp,
    records: BTreeMap<String, String>,
    updates: Vec<Update>,
}

impl Rig {
    fn new() -> Self {
        Self::remembering(&[], ArchiveScope::All)
    }

    fn remembering(keys: &[&str], archive: ArchiveScope) -> Self {
        let records = keys.iter().map(|key| ((*key).to_owned(), "{}".to_owned())).collect();
        let settings = ClientSettings {
            network: NetworkId(1),
            address: "irc.test".into(),
            nick: "alice".into(),
            compose: str::to_owned,
            transliterate: str::to_owned,
            credentials: Credentials::default(),
            private: true,
            archive,
            may_have_ghost: false,
            seed: 1,
        };
        let engine = Engine::new(settings, &records, START);
        Self { engine, shell: Script::default(), now: START, records, updates: Vec::new() }
    }

    /// A rig whose person is in #tea.
    fn in_tea() -> Self {
        let mut rig = Self::new();
        rig.handle(Input::Start);
        rig.welcome(1);
        rig.handle(Input::Intent(Intent::Join { room: "#tea".into(), key: None }));
        rig.lines(1, &[":alice!a@host JOIN #tea", ":s 353 alice = #tea :alice", ":s 366 alice #tea :End"]);
        rig.take_log();
        rig
    }

    fn handle(&mut self, input: Input<'_>) {
        self.engine.handle(self.now, input, &mut self.shell);
        self.updates.extend(self.engine.take_updates());
    }

    fn recall_latest(&mut self, rows: usize) -> usize {
        let requests = self.engine.latest_requests(&self.records, rows);
        self.engine.recall(self.now, requests, &mut self.shell)
    }

    fn handle_signal(&mut self, number: u64, signal: Signal<&str>) {
        self.engine.handle_signal(self.now, (number, signal), &mut self.shell);
        self.updates.extend(self.engine.take_updates());
    }

    fn lines(&mut self, number: u64, lines: &[&str]) {
        for line in lines {
            self.handle_signal(number, Signal::Line(line));
        }
    }

    /// Opens and registers a connection.
    fn welcome(&mut self, number: u64) {
        self.handle_signal(number, Signal::Opened);
        self.lines(
            number,
            &[
                ":s CAP * LS :message-tags server-time echo-message",
                ":s CAP * ACK :message-tags server-time echo-message",
                ":s 001 alice :Welcome",
                ":s 422 alice :No MOTD",
            ],
        );
    }

    /// Advances the time to when something is due, and does it.
    fn handle_deadline(&mut self) {
        self.now = self.engine.next_deadline(self.now).unwrap();
        assert!(self.engine.handle_deadline(self.now, &mut self.shell));
        self.updates.extend(self.engine.take_updates());
    }

    fn link(&self) -> LinkState {
        let views = self.updates.iter().rev();
        let mut links = views.filter_map(|update| match update {
            Update::Network(view) => Some(view.link.clone()),
            _ => None,
        });
        links.next().unwrap()
    }

    fn room(&self) -> parla_client::view::BufferId {
        let mut buffers = self.updates.iter().filter_map(|update| match update {
            Update::Buffer(_, view) if view.kind == BufferKind::Room => Some(view.id),
            _ => None,
        });
        buffers.next().unwrap()
    }

    fn take_log(&self) -> String {
        self.shell.log.take().join("\n")
    }

    /// Checks what the shell was asked to do since the last check.
    fn check(&self, expected: &Expect) {
        expected.assert_eq(&self.take_log());
    }
}

fn lost() -> Signal<&'static str> {
    Signal::Closed(problem(ProblemKind::Lost, "lost"))
}

#[test]
fn a_lost_connection_is_made_again() {
    let mut rig = Rig::in_tea();
    rig.handle_signal(1, lost());
    assert!(matches!(rig.link(), LinkState::Waiting { .. }));
    rig.check(&expect!["end 1"]);
    rig.handle_deadline();
    rig.check(&expect!["connect 2"]);
}

#[test]
fn one_that_was_given_up_is_not_heard() {
    let mut rig = Rig::new();
    rig.handle(Input::Start);
    rig.handle(Input::Moved { address: "irc.example".into(), private: true });
    rig.handle_signal(1, lost());
    rig.handle_signal(1, Signal::Opened);
    assert!(matches!(rig.link(), LinkState::Connecting(_)));
    assert!(rig.engine.has(2) && !rig.engine.has(1));
    rig.check(&expect![[r#"
        connect 1
        give up 1
        end 1
        connect 2"#]]);
}

#[test]
fn what_cannot_be_tried_is_a_connection_that_failed() {
    let mut rig = Rig::new();
    rig.shell.is_stuck = true;
    rig.handle(Input::Start);
    let LinkState::Stopped { why: Some(why), .. } = rig.link() else { panic!("{:?}", rig.link()) };
    assert_eq!((why.kind, &*why.details), (ProblemKind::BadAddress, "no address"));
    assert_eq!(rig.engine.next_deadline(rig.now), None);
}

#[test]
fn a_connection_that_takes_nothing_is_lost() {
    let mut rig = Rig::new();
    rig.shell.is_full = true;
    rig.handle(Input::Start);
    rig.handle_signal(1, Signal::Opened);
    let LinkState::Waiting { why, .. } = rig.link() else { panic!("{:?}", rig.link()) };
    assert_eq!(&*why.details, "full");
    rig.check(&expect![[r#"
        connect 1
        give up 1
        end 1"#]]);
}

#[test]
fn only_a_connection_that_is_open_ends_politely() {
    let leave = || Input::Intent(Intent::Disconnect { reason: "bye".into() });
    let mut rig = Rig::in_tea();
    rig.handle(leave());
    rig.check(&expect![[r#"
        1> QUIT :bye
        end 1"#]]);
    let mut rig = Rig::new();
    rig.handle(Input::Start);
    rig.handle(leave());
    rig.check(&expect![[r#"
        connect 1
        give up 1
        end 1"#]]);
}

#[test]
fn what_is_said_is_safe_before_it_is_sent_and_kept_after_it_is_safe() {
    let mut rig = Rig::in_tea();
    let room = rig.room();
    rig.handle(Input::Intent(Intent::Submit { buffer: room, input: "hello".into() }));
    rig.check(&expect![[r#"
        store out 0
        sync
        1> PRIVMSG #tea :hello"#]]);
    rig.lines(1, &["@msgid=m1 :alice!a@host PRIVMSG #tea :hello"]);
    rig.check(&expect![[r#"
        forget out 0
        sync
        keep hello"#]]);
}

#[test]
fn what_is_kept_of_conversations_comes_in_first() {
    let keys = ["away", "person bob", "room #tea"];
    let mut rig = Rig::remembering(&keys, ArchiveScope::Direct);
    assert_eq!(rig.recall_latest(5), 0);
    rig.check(&expect!["recall 5 of bob"]);
    rig.updates.extend(rig.engine.take_updates());
    assert!(
        rig.updates.iter().any(|update| matches!(update, Update::Buffer(_, view) if view.timeline.len == 1))
    );

    let mut rig = Rig::remembering(&keys, ArchiveScope::All);
    rig.shell.is_slow = true;
    assert_eq!(rig.recall_latest(5), 2);
    rig.check(&expect![[r#"
        recall 5 of bob
        recall 5 of #tea"#]]);
    let request = RecallRequest { kind: BufferKind::Room, name: Arc::from("#tea"), before: None, limit: 5 };
    let recalled = Recalled { messages: vec![kept(BufferKind::Room, "#tea")], more: true };
    rig.engine.recalled(rig.now, (request, recalled), &mut rig.shell);
    rig.updates.extend(rig.engine.take_updates());
    assert!(
        rig.updates.iter().any(|update| matches!(update, Update::Buffer(_, view) if view.timeline.len == 1))
    );
}

#[test]
fn a_nick_is_remembered_once_the_network_has_granted_it() {
    let mut rig = Rig::in_tea();
    let room = rig.room();
    for (wish, answer, granted) in [
        ("/nick bob", ":s 433 alice bob :Nickname is already in use", None),
        ("/nick carol", ":alice!a@host NICK carol", Some("carol")),
        ("hello", ":carol!a@host NICK Guest7", None),
    ] {
        rig.handle(Input::Intent(Intent::Submit { buffer: room, input: wish.into() }));
        assert_eq!(rig.engine.take_granted_nick(), None, "{wish}: the network has not answered yet");
        rig.lines(1, &[answer]);
        assert_eq!(rig.engine.take_granted_nick().as_deref(), granted, "{wish}");
    }
    rig.handle(Input::Intent(Intent::ChangeNick { nick: "dora".into() }));
    rig.lines(1, &[":Guest7!a@host NICK dora"]);
    assert_eq!(rig.engine.take_granted_nick().as_deref(), Some("dora"));
}

#[test]
fn deadlines_do_not_follow_each_other_at_once() {
    let mut rig = Rig::in_tea();
    rig.handle_signal(1, lost());
    rig.handle_deadline();
    let late = rig.now + Duration::from_secs(3_600);
    assert!(rig.engine.handle_deadline(late, &mut rig.shell));
    let next = rig.engine.next_deadline(late).unwrap();
    assert!(next >= late + DEADLINE_GAP);
    let early = START;
    rig.engine.handle(early, Input::Online, &mut rig.shell);
    let next = rig.engine.next_deadline(early).unwrap();
    assert!(next < late, "the clock was set back");
}
