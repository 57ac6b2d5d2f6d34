//! Passwords while the daemon compares them: no time-out runs, a client that disconnects is gone, and the
//! user is told when a password was not compared.
#![expect(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

use std::{net::IpAddr, time::Duration};

use parla_proto::Timestamp;
use parla_server::{
    Answer, ConnectionId, Disconnect, Input, NodeId, NotCompared, Output, Outputs, PasswordOf, Peer,
    Question, QuestionId, Server, Settings, Start, Verdict, settings::Operator, settings::Privileges,
};

/// A server with a password and an operator, one client, and everything that the client receives.
struct Rig {
    server: Server,
    now: Timestamp,
    heard: String,
    asked: Vec<(QuestionId, PasswordOf)>,
    forgotten: Vec<QuestionId>,
    /// The id of the question whether the client is a gateway.
    gateway: Option<QuestionId>,
    is_closed: bool,
}

const CLIENT: fn() -> ConnectionId = || ConnectionId::from_number(1);

/// Settings with one operator.
fn settings() -> Settings {
    let operator = Operator {
        name: "root".to_owned(),
        title: "is an operator".to_owned(),
        hosts: vec![parla_proto::Mask::parse("*@192.0.2.*").unwrap()],
        privileges: Privileges::all(),
    };
    let operators = vec![operator];
    let mut settings = Settings::named("irc.example.org");
    settings.network.operators = operators;
    settings
}

impl Rig {
    /// A server that asks nobody for a password.
    fn new() -> Self {
        Self::with(settings())
    }

    /// A server that asks every client for a password.
    fn requiring_password() -> Self {
        let mut settings = settings();
        settings.machine.password_required = true;
        Self::with(settings)
    }

    fn with(settings: Settings) -> Self {
        let server = Server::new(NodeId::ALONE, settings, Start::alone(1), Timestamp::default());
        let now = Timestamp::default();
        let mut rig = Self {
            server,
            now,
            heard: String::new(),
            asked: Vec::new(),
            forgotten: Vec::new(),
            gateway: None,
            is_closed: false,
        };
        let peer = Peer::at(IpAddr::from([192, 0, 2, 1]));
        rig.feed(Input::Connected { connection: CLIENT(), peer });
        rig
    }

    fn says(&mut self, lines: &str) {
        for line in lines.split('\n') {
            self.feed(Input::Line { connection: CLIENT(), line: line.as_bytes().into() });
        }
    }

    fn answers(&mut self, verdict: Verdict) {
        let id = self.asked.last().map_or(QuestionId::from_number(1), |(id, _)| *id);
        self.feed(Input::Answer { id, answer: Answer::Password(verdict) });
    }

    /// Lets time pass, and calls the server whenever it asked to be called.
    fn wait(&mut self, seconds: u64) {
        let end = self.now + Duration::from_secs(seconds);
        while let Some(deadline) = self.server.next_deadline().filter(|deadline| *deadline <= end) {
            self.now = self.now.max(deadline);
            self.feed(Input::Deadline);
        }
        self.now = end;
    }

    fn feed(&mut self, input: Input) {
        let mut out = Outputs::default();
        self.server.handle(self.now, input, &mut out);
        for output in out.outputs {
            match output {
                Output::Deliver { line, .. } => self.heard += std::str::from_utf8(&line).unwrap(),
                Output::Close { .. } => self.is_closed = true,
                Output::Question { id, asker, question } => {
                    assert_eq!(asker.address, IpAddr::from([192, 0, 2, 1]));
                    match question {
                        Question::Password { of, .. } => self.asked.push((id, of)),
                        Question::Gateway(_) => self.gateway = Some(id),
                        other => panic!("{other:?}"),
                    }
                }
                Output::Forget(id) => self.forgotten.push(id),
                _ => {}
            }
        }
    }

    #[track_caller]
    fn hears(&mut self, part: &str) {
        let heard = std::mem::take(&mut self.heard);
        assert!(heard.contains(part), "{part:?} is not in:\n{heard}");
    }
}

const REGISTER: &str = "PASS secret\nNICK alice\nUSER alice 0 * :Alice";

#[test]
fn the_registration_clock_stands_while_the_password_is_compared() {
    let mut rig = Rig::requiring_password();
    rig.wait(50);
    rig.says(REGISTER);
    rig.wait(3600);
    assert_eq!((rig.asked.len(), rig.is_closed), (1, false), "{}", rig.heard);
    rig.answers(Verdict::Right);
    rig.hears(" 001 alice ");
}

#[test]
fn the_registration_clock_goes_on_where_it_stood() {
    let mut rig = Rig::new();
    rig.wait(50);
    rig.says("WEBIRC secret gate host.example.com 192.0.2.1");
    rig.wait(3600);
    let client = Ok(Box::new(Peer::at(IpAddr::from([192, 0, 2, 1]))));
    rig.feed(Input::Answer { id: rig.gateway.unwrap(), answer: Answer::Gateway(client) });
    rig.wait(9);
    assert!(!rig.is_closed);
    rig.wait(2);
    assert!(rig.is_closed);
    rig.hears("Registration timed out");
}

#[test]
fn nobody_is_pinged_out_while_an_operators_password_is_compared() {
    let mut rig = Rig::new();
    rig.says("NICK alice\nUSER alice 0 * :Alice");
    rig.wait(80);
    rig.heard.clear();
    rig.says("OPER root secret");
    rig.wait(3600);
    assert_eq!((rig.heard.as_str(), rig.is_closed), ("", false));
    rig.answers(Verdict::Wrong);
    rig.hears(" 464 ");
    // From then on, silence counts again.
    rig.wait(89);
    assert_eq!(rig.heard, "");
    rig.wait(2);
    rig.hears("PING");
    rig.wait(60);
    assert!(rig.is_closed);
}

#[test]
fn whoever_hangs_up_before_being_let_in_is_gone() {
    let mut rig = Rig::requiring_password();
    rig.says(REGISTER);
    rig.feed(Input::Disconnected { connection: CLIENT(), why: Disconnect::Closed });
    assert!(rig.is_closed);
    rig.answers(Verdict::Right);
    assert_eq!(rig.heard, "");

    // Anything the client sent in addition is carried out.
    let mut rig = Rig::requiring_password();
    rig.says(&format!("{REGISTER}\nPING last"));
    rig.feed(Input::Disconnected { connection: CLIENT(), why: Disconnect::Closed });
    assert!(!rig.is_closed);
    rig.answers(Verdict::Right);
    rig.hears("PONG irc.example.org :last");
    assert!(rig.is_closed);
}

#[test]
fn a_guess_that_nobody_looked_at_is_told_why() {
    let wait = Duration::from_millis(11_500);
    let mut rig = Rig::requiring_password();
    rig.says(REGISTER);
    rig.answers(Verdict::NotCompared(NotCompared::TooManyGuesses { wait }));
    rig.hears("(Too many wrong passwords; try again in 12 seconds)");
    assert!(rig.is_closed);

    let mut rig = Rig::new();
    rig.says("NICK alice\nUSER alice 0 * :Alice\nOPER root secret");
    rig.answers(Verdict::NotCompared(NotCompared::TooManyGuesses { wait }));
    rig.hears(" 263 alice OPER :Too many wrong passwords; try again in 12 seconds");
    rig.says("OPER root secret");
    rig.answers(Verdict::NotCompared(NotCompared::TooManyAtOnce));
    rig.hears(" 263 alice OPER :Too many passwords are being checked; try again in a minute");
    assert!(!rig.is_closed);
}

#[test]
fn an_answer_that_nobody_waits_for_changes_nothing() {
    let mut rig = Rig::requiring_password();
    rig.answers(Verdict::Right);
    rig.says(REGISTER);
    rig.answers(Verdict::Wrong);
    rig.answers(Verdict::Right);
    rig.hears(" 464 ");
    assert!(rig.is_closed);
}

#[test]
fn what_nobody_waits_for_is_forgotten_and_a_late_answer_is_dropped() {
    let mut rig = Rig::requiring_password();
    rig.says(REGISTER);
    let id = rig.asked.last().unwrap().0;
    rig.feed(Input::Disconnected { connection: CLIENT(), why: Disconnect::Reset });
    assert_eq!(rig.forgotten, [id]);
    // Another client has the connection's id now, and has asked nothing.
    rig.feed(Input::Connected { connection: CLIENT(), peer: Peer::at(IpAddr::from([192, 0, 2, 1])) });
    rig.heard.clear();
    rig.answers(Verdict::Right);
    rig.says("NICK bob\nUSER bob 0 * :Bob");
    rig.hears("Bad password");
}

#[test]
fn an_answer_to_an_earlier_question_is_not_taken_for_the_next_one() {
    let mut rig = Rig::new();
    rig.says("NICK alice\nUSER alice 0 * :Alice\nOPER root wrong");
    let first = rig.asked.last().unwrap().0;
    rig.answers(Verdict::Wrong);
    rig.says("OPER root secret");
    rig.heard.clear();
    rig.feed(Input::Answer { id: first, answer: Answer::Password(Verdict::Right) });
    assert_eq!(rig.heard, "");
    rig.answers(Verdict::Right);
    rig.hears(" 381 alice ");
    assert!(rig.forgotten.is_empty(), "what was answered need not be forgotten");
}
