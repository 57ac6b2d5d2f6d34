//! A server with clients, and a daemon that hashes passwords without any cost.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use expect_test::Expect;
use hmac::{Hmac, KeyInit as _, Mac as _};
use parla_proto::{ChannelName, Timestamp};
use parla_server::{
    APP_PASSWORD_BYTES, AdminAnswer, AdminRequest, AlwaysOn, Answer, AppPassword, Change, ConnectionId,
    Conversation, Floor, Input, Kept, NewInvitation, NodeId, NotCompared, Noted, Output, Outputs, PasswordOf,
    PasswordProof, Peer, Query, QueryResult, Question, QuestionId, Reconfiguration, ScramProof, Secret,
    Server, Settings, Start, Verdict,
    settings::{Operator, Privileges},
};
use sha2::{Digest as _, Sha256};

pub(crate) struct Rig {
    settings: Settings,
    /// What a store would have.
    kept: Kept,
    server: Server,
    clients: BTreeMap<&'static str, ConnectionId>,
    pub(crate) heard: String,
    /// Conversations whose history was asked for.
    pub(crate) queries: Vec<Conversation>,
    /// Up to where each of these histories may be read.
    pub(crate) floors: Vec<Floor>,
    /// The same for messages that were looked for by their ids.
    pub(crate) looked_for: Vec<Floor>,
    /// Whose old messages were to be deleted, and up to which millisecond.
    pub(crate) expired: Vec<(Option<Conversation>, i64)>,
    /// How many changes were to be stored.
    pub(crate) changes: usize,
    /// Accounts that somebody failed to sign in to, and by what.
    pub(crate) failures: Vec<(String, &'static str)>,
    /// Whether no password is compared or hashed at the moment.
    pub(crate) is_busy: bool,
    /// What the clock says.
    pub(crate) now: Timestamp,
    last: String,
    /// The server's first message of SCRAM.
    challenge: String,
    administered: Option<AdminAnswer>,
    opened: u64,
    /// How many app passwords were made: the first one has 26 times a `b`, the second one a `c`.
    app_passwords: u8,
}

/// The salt of every password.
const SALT: &[u8] = b"salt";

fn sign(key: &[u8], text: &[u8]) -> [u8; 32] {
    Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(text).finalize().into_bytes().into()
}

/// A password hashed as SCRAM does it, once.
fn salted(password: &str) -> [u8; 32] {
    sign(password.as_bytes(), &[SALT, &[0, 0, 0, 1]].concat())
}

pub(crate) fn proof(password: &str) -> PasswordProof {
    let salted = salted(password);
    let scram = ScramProof {
        salt: SALT.into(),
        iterations: 1,
        stored_key: Sha256::digest(sign(&salted, b"Client Key")).into(),
        server_key: sign(&salted, b"Server Key"),
    };
    PasswordProof { hash: format!("hash of {password}").into(), scram }
}

/// The message of PLAIN.
pub(crate) fn plain(acts_as: &str, account: &str, password: &str) -> String {
    format!("AUTHENTICATE {}", STANDARD.encode(format!("{acts_as}\0{account}\0{password}")))
}

impl Rig {
    /// A server on which nobody stays without a connection.
    pub(crate) fn new() -> Self {
        Self::with(AlwaysOn::Off)
    }

    /// A server that everybody who comes is put into this room of.
    pub(crate) fn with_autojoin(channel: &str) -> Self {
        Self::with_settings(|settings| {
            settings.network.autojoin =
                vec![ChannelName::parse(channel, &settings.network.name_rules()).unwrap()];
        })
    }

    pub(crate) fn with(always_on: AlwaysOn) -> Self {
        Self::with_settings(|settings| settings.network.accounts.as_mut().unwrap().always_on = always_on)
    }

    /// A server on which an invitation is needed to sign up.
    pub(crate) fn for_the_invited() -> Self {
        Self::with_settings(|settings| {
            let accounts = settings.network.accounts.as_mut().unwrap();
            accounts.required = true;
            accounts.registration.as_mut().unwrap().by_invitation = true;
        })
    }

    pub(crate) fn with_settings(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::named("s");
        let accounts = settings.network.accounts.as_mut().unwrap();
        (accounts.password_bytes_max, accounts.always_on) = (200, AlwaysOn::Off);
        change(&mut settings);
        let operator = |name: &str, privileges| Operator {
            name: name.to_owned(),
            title: "is an operator".to_owned(),
            hosts: vec![parla_proto::Mask::parse("*@*").unwrap()],
            privileges,
        };
        settings.network.operators = [Privileges::KILL, Privileges::ACCOUNTS, Privileges::CHANNELS]
            .map(|privileges| operator(privileges.name(), privileges))
            .to_vec();
        let server = Server::new(NodeId::ALONE, settings.clone(), Start::alone(1), Timestamp::default());
        Self {
            settings,
            kept: Kept::default(),
            server,
            clients: BTreeMap::new(),
            heard: String::new(),
            queries: Vec::new(),
            floors: Vec::new(),
            looked_for: Vec::new(),
            expired: Vec::new(),
            changes: 0,
            failures: Vec::new(),
            is_busy: false,
            now: Timestamp::default(),
            last: String::new(),
            challenge: String::new(),
            administered: None,
            opened: 0,
            app_passwords: 0,
        }
    }

    /// Stops the server, and starts it again with what was kept.
    pub(crate) fn restarts(&mut self) {
        self.feed(Input::ShuttingDown);
        let start = Start::Alone { next_seq: 1_000, kept: self.kept.clone() };
        self.server = Server::new(NodeId::ALONE, self.settings.clone(), start, self.now);
        assert_eq!(self.server.check(), Ok(()));
        self.heard.clear();
    }

    /// Kills the server, and starts it again with what was kept.
    pub(crate) fn crashes(&mut self) {
        let start = Start::Alone { next_seq: 1_000, kept: self.kept.clone() };
        self.server = Server::new(NodeId::ALONE, self.settings.clone(), start, self.now);
        self.clients.clear();
        self.heard.clear();
    }

    /// Has the clock go on, and everything done that is due by then.
    pub(crate) fn passes_until(&mut self, time: Timestamp) {
        while let Some(due) = self.server.next_deadline().filter(|due| *due <= time) {
            self.now = self.now.max(due);
            self.feed(Input::Deadline);
        }
        self.now = time;
    }

    /// Changes the settings with which the server starts next.
    pub(crate) fn reconfigures(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings);
    }

    /// Changes the settings while the server runs.
    pub(crate) fn reloads(&mut self, change: impl FnOnce(&mut Settings)) {
        self.reconfigures(change);
        let settings = self.settings.clone();
        self.feed(Input::Reconfigured(Box::new(Reconfiguration { settings, notes: Vec::new() })));
        self.heard.clear();
    }

    /// The number of an account.
    pub(crate) fn account(&self, name: &str) -> u64 {
        let found = self.kept.accounts.iter().find(|account| account.name.as_str() == name);
        found.unwrap().id.number()
    }

    fn keep(&mut self, change: Change) {
        let Kept { channels, accounts, invitations, closures, access } = &mut self.kept;
        match change {
            Change::Account(state) => accounts.push(*state),
            Change::AccountChanged { account, change } => {
                accounts.iter_mut().find(|state| state.id == account).unwrap().apply(change);
            }
            Change::Invitation(state) => {
                invitations.retain(|known| known.id != state.id);
                invitations.push(*state);
            }
            Change::InvitationRevoked { invitation } => invitations.retain(|state| state.id != invitation),
            Change::AccountDeleted { account } => accounts.retain(|state| state.id != account),
            Change::Channel(state) => {
                channels.retain(|known| known.id != state.id);
                channels.push(*state);
            }
            Change::ChannelChanged { channel, change } => {
                channels.iter_mut().find(|state| state.id == channel).unwrap().apply(change);
            }
            Change::ChannelForgotten { channel } => channels.retain(|state| state.id != channel),
            Change::Closure { name, closure } => {
                closures.remove(&name);
                closures.extend(closure.map(|closure| (name, closure)));
            }
            Change::Access(policy) => *access = Some(policy),
            Change::Expired { conversation, before } => {
                self.expired.push((conversation, before.as_millis()));
            }
            Change::Message(_) | Change::Redacted { .. } => {}
        }
    }

    /// A server with a password of its own, which is `the server's`.
    pub(crate) fn with_password() -> Self {
        Self::with_settings(|settings| settings.machine.password_required = true)
    }

    /// A server on which somebody has created an account and left.
    pub(crate) fn with_account(name: &'static str, password: &str) -> Self {
        let mut rig = Self::new();
        rig.connect(name, "");
        rig.says(name, &format!("REGISTER * * {password}\nQUIT"));
        rig.heard.clear();
        rig
    }

    pub(crate) fn open(&mut self, client: &'static str) {
        self.open_with(client, None);
    }

    fn open_with(&mut self, client: &'static str, certificate: Option<u8>) {
        let address = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
        let certificate = certificate.map(|byte| Box::new([byte; 32]));
        self.open_peer(client, Peer { unthrottled: true, certificate, ..Peer::at(address) });
    }

    fn open_peer(&mut self, client: &'static str, peer: Peer) {
        self.opened += 1;
        let connection = ConnectionId::from_number(self.opened);
        self.clients.insert(client, connection);
        self.feed(Input::Connected { connection, peer });
    }

    /// Connects a client from an address of which only so much is taken.
    pub(crate) fn connect_throttled(&mut self, client: &'static str, address: u8) {
        self.open_peer(client, Peer::at(IpAddr::V4(Ipv4Addr::new(198, 51, 100, address))));
        self.register(client, client, "");
    }

    /// Connects a client with its own name as its nick.
    pub(crate) fn connect(&mut self, client: &'static str, capabilities: &str) {
        self.open(client);
        self.register(client, client, capabilities);
    }

    pub(crate) fn connect_with_certificate(&mut self, client: &'static str, certificate: u8) {
        self.open_with(client, Some(certificate));
        self.register(client, client, "");
    }

    fn register(&mut self, client: &'static str, nick: &str, capabilities: &str) {
        self.says(client, &format!("CAP REQ :{capabilities}\nNICK {nick}\nUSER {nick} 0 * :{nick}\nCAP END"));
        self.heard.clear();
    }

    /// Connects a client that signs in while it connects, with the account as its nick.
    pub(crate) fn connect_as(&mut self, client: &'static str, account: &str, password: &str) {
        self.open(client);
        self.connect_signed_in_as(client, account, password);
    }

    /// Goes on with a client that is open: signs it in to this account while it connects.
    pub(crate) fn connect_signed_in_as(&mut self, client: &str, account: &str, password: &str) {
        self.says(client, &format!("CAP LS 302\nNICK {account}\nAUTHENTICATE PLAIN"));
        self.says(client, &plain("", account, password));
        self.says(client, &format!("USER {account} 0 * :{account}\nCAP END"));
    }

    /// Goes on with a client that is open: signs it in while it connects.
    pub(crate) fn connect_signed_in(&mut self, client: &str, password: &str) {
        self.connect_signed_in_as(client, client, password);
    }

    pub(crate) fn disk_is_full(&mut self) {
        self.feed(Input::Storage { is_low: true });
    }

    /// How many read markers are kept of an account.
    pub(crate) fn markers(&self, name: &str) -> usize {
        self.kept.accounts.iter().find(|account| account.name.as_str() == name).unwrap().read.len()
    }

    pub(crate) fn says(&mut self, client: &str, lines: &str) {
        for line in lines.split('\n') {
            let connection = *self.clients.get(client).unwrap();
            self.feed(Input::Line { connection, line: line.as_bytes().into() });
        }
    }

    pub(crate) fn becomes_operator(&mut self, client: &str, privileges: Privileges) {
        self.says(client, &format!("OPER {} right", privileges.name()));
    }

    /// Goes through SCRAM, up to the server's last message. `None` if the server found the proof wrong,
    /// otherwise whether the server proved that it knows the password, too.
    pub(crate) fn scram(&mut self, client: &str, account: &str, password: &str) -> Option<bool> {
        self.begins_scram(client, account);
        self.ends_scram(client, account, password)
    }

    pub(crate) fn begins_scram(&mut self, client: &str, account: &str) {
        self.says(client, "AUTHENTICATE SCRAM-SHA-256");
        self.says(client, &format!("AUTHENTICATE {}", STANDARD.encode(format!("n,,n={account},r=client"))));
        self.challenge = self.message();
    }

    pub(crate) fn ends_scram(&mut self, client: &str, account: &str, password: &str) -> Option<bool> {
        let first = format!("n={account},r=client");
        let challenge = self.challenge.clone();
        let nonce = challenge.split(',').next().unwrap();
        let without_proof = format!("c=biws,{nonce}");
        let messages = format!("{first},{challenge},{without_proof}");
        let client_key = sign(&salted(password), b"Client Key");
        let signature = sign(&Sha256::digest(client_key), messages.as_bytes());
        let proof: Vec<u8> = client_key.iter().zip(signature).map(|(key, signed)| key ^ signed).collect();
        let last = format!("{without_proof},p={}", STANDARD.encode(proof));
        self.says(client, &format!("AUTHENTICATE {}", STANDARD.encode(last)));
        if self.last.contains(" 904 ") {
            return None;
        }
        let server_key = sign(&salted(password), b"Server Key");
        let expected = format!("v={}", STANDARD.encode(sign(&server_key, messages.as_bytes())));
        Some(self.message() == expected)
    }

    /// The last message of SASL that the server sent.
    fn message(&self) -> String {
        let encoded = self.last.strip_prefix("AUTHENTICATE ").unwrap();
        String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap()
    }

    /// Asks what the administrator or a visitor of the page asks.
    pub(crate) fn administers(&mut self, request: AdminRequest) -> AdminAnswer {
        self.administered = None;
        self.feed(Input::Administration { id: 7, request });
        self.administered.take().unwrap()
    }

    /// Makes an invitation for the administrator, and returns its code.
    pub(crate) fn invites(&mut self, channels: &[&str], uses: u32, makes_owner: bool) -> String {
        let new = NewInvitation { channels: Vec::new(), uses, days: Some(7), makes_owner };
        let channels = channels.iter().map(|channel| (*channel).to_owned()).collect();
        match self.administers(AdminRequest::CreateInvitation { channels, new }) {
            AdminAnswer::Invitation(invitation) => invitation.code,
            other => panic!("{other:?}"),
        }
    }

    /// What somebody gets who fills in the form of an invitation's page.
    pub(crate) fn signs_up(&mut self, code: &str, name: &str, password: &str) -> AdminAnswer {
        let (code, name, password) = (code.to_owned(), name.to_owned(), proof(password));
        let address = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));
        self.administers(AdminRequest::SignUp { code, name, password, address })
    }

    fn feed(&mut self, input: Input) {
        let mut out = Outputs::default();
        self.server.handle(self.now, input, &mut out);
        assert_eq!(self.server.check(), Ok(()));
        self.changes += out.changes.len();
        out.changes.into_iter().for_each(|change| self.keep(change));
        let (mut answers, mut sent) = (Vec::new(), Vec::new());
        for output in out.outputs {
            match output {
                Output::Deliver { to, line } => {
                    self.last = String::from_utf8_lossy(&line).trim_end().to_owned();
                    let is_one = |(name, connection): (&&'static str, &ConnectionId)| {
                        to.contains(connection).then_some(*name)
                    };
                    let names: Vec<&str> = self.clients.iter().filter_map(is_one).collect();
                    self.heard += &format!("{}> {}\n", names.join(", "), self.last);
                }
                Output::TellWhenSent { connection } => sent.push(Input::Sent { connection }),
                Output::Question {
                    id,
                    question: Question::Store(Query::History { conversation, floor, .. }),
                    ..
                } => {
                    self.queries.push(conversation);
                    self.floors.push(floor);
                    answers.push((id, Answer::Store(Some(QueryResult::History(Vec::new())))));
                }
                Output::Question { id, question: Question::Store(Query::Message { floor, .. }), .. } => {
                    self.looked_for.push(floor);
                    answers.push((id, Answer::Store(Some(QueryResult::IsThere(false)))));
                }
                Output::Question { id, question: Question::AppPassword, .. } if !self.is_busy => {
                    self.app_passwords += 1;
                    let password = AppPassword::password(&[self.app_passwords; APP_PASSWORD_BYTES]);
                    answers.push((id, Answer::AppPassword(Ok(Secret::new(password)))));
                }
                Output::Question { id, question, .. } => {
                    let answer = if self.is_busy { no_answer(&question) } else { answer(question) };
                    answers.push((id, answer));
                }
                Output::Administered { answer, .. } => self.administered = Some(*answer),
                Output::Note(note) => {
                    if let Noted::SignInFailed { account, by, .. } = note.noted {
                        self.failures.push((account, by));
                    }
                }
                _ => {}
            }
        }
        sent.into_iter().for_each(|input| self.feed(input));
        for (id, answer) in answers {
            self.answer(id, answer);
        }
    }

    fn answer(&mut self, id: QuestionId, answer: Answer) {
        self.feed(Input::Answer { id, answer });
    }

    /// Forgets all lines but those of interest.
    pub(crate) fn keeps(&mut self, is_of_interest: impl Fn(&str) -> bool) {
        let lines = self.heard.lines().filter(|line| is_of_interest(line));
        self.heard = lines.fold(String::new(), |all, line| all + line + "\n");
    }

    #[expect(clippy::needless_pass_by_value, reason = "expect! makes a value")]
    pub(crate) fn check(&mut self, expected: Expect) {
        expected.assert_eq(&std::mem::take(&mut self.heard));
    }
}

fn answer(question: Question) -> Answer {
    match question {
        Question::Password { of: PasswordOf::Account { hash, .. }, password } => {
            let given = proof(password.reveal()).hash;
            Answer::Password(if hash == Some(given) { Verdict::Right } else { Verdict::Wrong })
        }
        Question::Password { of: PasswordOf::Server, password } => {
            let is_right = password.reveal() == "the server's" || password.reveal() == "alice:the server's";
            Answer::Password(if is_right { Verdict::Right } else { Verdict::Wrong })
        }
        Question::Password { .. } => Answer::Password(Verdict::Right),
        Question::NewPassword(password) => Answer::NewPassword(Ok(Box::new(proof(password.reveal())))),
        Question::Nonce { .. } => Answer::Nonce(Ok("server".to_owned())),
        other => panic!("{other:?}"),
    }
}

fn no_answer(question: &Question) -> Answer {
    let why = NotCompared::TooManyAtOnce;
    match question {
        Question::Password { .. } => Answer::Password(Verdict::NotCompared(why)),
        Question::NewPassword(_) => Answer::NewPassword(Err(why)),
        Question::Nonce { .. } => Answer::Nonce(Err(why)),
        other => panic!("{other:?}"),
    }
}

/// A server with alice, who has made a room, and bob, both with accounts.
pub(crate) fn with_room() -> Rig {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.connect("bob", "");
    rig.says("bob", "REGISTER * * batterystaple\nQUIT");
    rig.connect_as("alice", "alice", "correcthorse");
    rig.says("alice", "JOIN #tea");
    rig.heard.clear();
    rig
}
