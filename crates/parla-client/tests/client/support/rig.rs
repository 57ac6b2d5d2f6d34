//! A client with a controlled clock, a server that sends what the test says, and an interface that looks
//! after every step.

use std::{collections::BTreeMap, time::Duration};

use expect_test::Expect;
use parla_client::{
    ArchiveScope, ArchivedMessage, Client, ClientSettings, Credentials, Input, Intent, Output, Problem,
    ProblemKind,
    view::{BufferId, BufferView, NetworkId, RowId},
};
use parla_proto::Timestamp;

use super::{Model, shown};

/// 2026-01-01, ten o'clock.
pub(crate) const START: Timestamp = Timestamp::from_millis(1_767_261_600_000);

/// What a modern server offers.
pub(crate) const ALL: &str = "account-tag away-notify batch cap-notify draft/chathistory echo-message extended-join \
                              labeled-response message-tags multi-prefix server-time standard-replies";

pub(crate) fn settings() -> ClientSettings {
    ClientSettings {
        network: NetworkId(1),
        address: "irc.example.org".into(),
        nick: "alice".into(),
        compose: |text| icu_normalizer::ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned(),
        transliterate: |name| {
            let decomposed = icu_normalizer::DecomposingNormalizerBorrowed::new_nfd().normalize(name);
            parla_client::naming::without_accents(&decomposed)
        },
        credentials: Credentials::default(),
        private: true,
        archive: ArchiveScope::Nothing,
        may_have_ghost: false,
        seed: 7,
    }
}

/// The client under test.
pub(crate) struct Rig {
    pub(crate) client: Client,
    pub(crate) model: Model,
    pub(crate) now: Timestamp,
    pub(crate) settings: ClientSettings,
    /// What the shell has stored, by key.
    pub(crate) records: BTreeMap<String, String>,
    outputs: Vec<Output>,
    /// The last CHATHISTORY that the client sent.
    asked: String,
}

impl Rig {
    /// A client that was not started.
    pub(crate) fn new() -> Self {
        Self::with(settings(), &[])
    }

    /// A client that has run before, with these stored records.
    pub(crate) fn with(settings: ClientSettings, records: &[(&str, &str)]) -> Self {
        let records: BTreeMap<String, String> =
            records.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Self::kept(settings, records, START)
    }

    fn kept(settings: ClientSettings, records: BTreeMap<String, String>, now: Timestamp) -> Self {
        let client = Client::new(settings.clone(), &records, now);
        let (model, outputs, asked) = (Model::default(), Vec::new(), String::new());
        Self { client, model, now, settings, records, outputs, asked }
    }

    /// The program is killed and started again: only what was stored is there.
    pub(crate) fn restarts(self) -> Self {
        let settings = self.settings.clone();
        self.restarts_with(settings)
    }

    pub(crate) fn restarts_with(self, settings: ClientSettings) -> Self {
        let mut next = Self::kept(settings, self.records, self.now + Duration::from_secs(1));
        next.model.take(&mut next.client);
        next
    }

    /// Checks what is stored.
    pub(crate) fn keeps(&self, expected: Expect) {
        let records: String = self.records.iter().map(|(key, value)| format!("{key}: {value}\n")).collect();
        expected.assert_eq(&records);
    }

    /// A client whose connection is open and that has sent its first lines.
    pub(crate) fn connected() -> Self {
        let mut rig = Self::new();
        rig.connect();
        rig
    }

    /// A client on a server that offers these capabilities and ISUPPORT tokens.
    pub(crate) fn on_server(capabilities: &str, tokens: &str) -> Self {
        let mut rig = Self::new();
        rig.go_online(capabilities, tokens);
        rig
    }

    /// A client on a server with all features.
    pub(crate) fn online() -> Self {
        Self::on_server(ALL, "CHATHISTORY=100 CASEMAPPING=ascii PREFIX=(qaohv)~&@%+ NETWORK=Example")
    }

    /// A client on a very old server.
    pub(crate) fn on_old_server() -> Self {
        Self::on_server("", "")
    }

    /// A client in #lobby with bob, on a server with all features, with this history of the channel.
    pub(crate) fn in_lobby(history: &str) -> Self {
        let mut rig = Self::online();
        rig.enter("#lobby", history);
        rig
    }

    /// Starts the client, or lets it reconnect, up to the greeting.
    pub(crate) fn connect(&mut self) {
        self.input(Input::Start);
        self.input(Input::Opened);
        self.sent();
    }

    pub(crate) fn go_online(&mut self, capabilities: &str, tokens: &str) {
        self.connect();
        self.greet(capabilities, tokens);
    }

    /// The server's part of registration; what the client sends is discarded.
    pub(crate) fn greet(&mut self, capabilities: &str, tokens: &str) {
        self.greet_keeping(capabilities, tokens);
        self.sent();
    }

    /// The server's part of registration; what the client sends is kept for the test.
    pub(crate) fn greet_keeping(&mut self, capabilities: &str, tokens: &str) {
        if !capabilities.is_empty() {
            self.server(&format!(":s CAP * LS :{capabilities}\n:s CAP alice ACK :{capabilities}"));
        }
        self.sent();
        self.server(&format!(
            ":s 001 alice :Welcome\n:s 005 alice {tokens} :are supported\n:s 422 alice :No MOTD"
        ));
    }

    /// Joins a channel on a server with all features; the lines of its history can begin with `@10:00` for
    /// the time.
    pub(crate) fn enter(&mut self, room: &str, history: &str) {
        self.wants(Intent::Join { room: room.into(), key: None });
        self.server(&format!(
            ":alice!a@host JOIN {room}\n:s 353 alice = {room} :@alice bob\n:s 366 alice {room} :End"
        ));
        self.history(room, history);
        self.sent();
        self.model.said.clear();
    }

    /// Answers the last CHATHISTORY.
    pub(crate) fn history(&mut self, target: &str, lines: &str) {
        self.sent();
        let label = self.asked.strip_prefix("@label=").and_then(|asked| asked.split_once(' '));
        let tag = label.map_or_else(String::new, |(label, _)| format!("@label={label} "));
        let mut script = format!("{tag}:s BATCH +h chathistory {target}\n");
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            script.push_str(&match line.strip_prefix('@') {
                Some(rest) => format!("@batch=h;{rest}\n"),
                None => format!("@batch=h {line}\n"),
            });
        }
        script.push_str(":s BATCH -h");
        self.server(&script);
    }

    pub(crate) fn input(&mut self, input: Input<'_>) {
        let mut outputs = Vec::new();
        self.client.handle(self.now, input, &mut outputs);
        for output in outputs {
            match output {
                Output::Store { key, value: Some(value) } => drop(self.records.insert(key, value)),
                Output::Store { key, value: None } => drop(self.records.remove(&key)),
                other => self.outputs.push(other),
            }
        }
        self.model.take(&mut self.client);
    }

    /// The server sends these lines. `@10:02` at the beginning of a line is its time.
    pub(crate) fn server(&mut self, lines: &str) {
        for line in lines.lines().map(str::trim_start).filter(|line| !line.is_empty()) {
            let line = timed(line);
            self.input(Input::Line(line.as_bytes()));
        }
    }

    /// The person wants something.
    pub(crate) fn wants(&mut self, intent: Intent) {
        self.input(Input::Intent(intent));
    }

    /// The person writes a text in a conversation and sends it.
    pub(crate) fn writes(&mut self, name: &str, input: &str) {
        let buffer = self.id(name);
        self.wants(Intent::Submit { buffer, input: input.into() });
    }

    /// The person looks at the end of a conversation.
    pub(crate) fn looks_at(&mut self, name: &str) {
        let buffer = Some(self.id(name));
        self.wants(Intent::Look { buffer, at_end: true });
    }

    /// The window is hidden.
    pub(crate) fn looks_away(&mut self) {
        self.wants(Intent::Look { buffer: None, at_end: false });
    }

    /// Time passes, and the client is woken as often as it asks.
    pub(crate) fn pass(&mut self, duration: Duration) {
        let until = self.now + duration;
        for _ in 0..10_000 {
            match self.client.next_deadline().filter(|deadline| *deadline <= until) {
                None => {
                    self.now = until;
                    return;
                }
                Some(deadline) => {
                    self.now = self.now.max(deadline);
                    self.input(Input::Deadline);
                }
            }
        }
        panic!("the client wants to be woken for ever");
    }

    /// The connection breaks.
    pub(crate) fn breaks(&mut self) {
        let problem = Problem::new(ProblemKind::Lost, "", "reset");
        self.input(Input::Closed(problem));
    }

    /// The connection breaks and comes back, up to the greeting.
    pub(crate) fn reconnects(&mut self) {
        self.breaks();
        let next = self.client.next_deadline().unwrap();
        self.pass(next.since(self.now));
        assert!(self.sent().contains("(connect)"));
        self.input(Input::Opened);
    }

    /// The outputs since the last call.
    pub(crate) fn take_outputs(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.outputs)
    }

    /// The lines that were sent since the last call.
    pub(crate) fn sent(&mut self) -> String {
        let outputs = self.take_outputs().into_iter();
        let shown = outputs.map(|output| match output {
            Output::Connect => "(connect)\n".to_owned(),
            Output::Disconnect => "(disconnect)\n".to_owned(),
            Output::Send(bytes) => {
                String::from_utf8(bytes).unwrap().replace("\r\n", "\n").replace('\u{1}', "^A")
            }
            Output::Store { .. } => String::new(),
            Output::Keep(ArchivedMessage { buffer, source, text, .. }) => {
                format!("(keep {buffer} {source}: {text})\n")
            }
            Output::Unkeep { name, msgid, .. } => format!("(unkeep {msgid} of {name})\n"),
            Output::Rename { from, to, .. } => format!("(rename {from} to {to})\n"),
            Output::Recall { name, before, limit, .. } => {
                let before = before.map_or_else(|| "the end".to_owned(), |before| before.to_string());
                format!("(recall {limit} of {name} before {before})\n")
            }
        });
        let sent: String = shown.collect();
        if let Some(asked) = sent.lines().rev().find(|line| line.contains("CHATHISTORY")) {
            asked.clone_into(&mut self.asked);
        }
        sent
    }

    /// Checks that the client has sent exactly this.
    pub(crate) fn sends(&mut self, expected: Expect) {
        expected.assert_eq(&self.sent());
    }

    /// Checks that a conversation shows exactly these rows.
    pub(crate) fn shows(&self, name: &str, expected: Expect) {
        expected.assert_eq(&self.rows(name));
    }

    /// Checks what the person was told once since the last call.
    pub(crate) fn says(&mut self, expected: Expect) {
        let said: String = std::mem::take(&mut self.model.said).iter().map(|it| format!("{it}\n")).collect();
        expected.assert_eq(&said);
    }

    /// Checks the list of all conversations, in short.
    pub(crate) fn lists(&self, expected: Expect) {
        expected.assert_eq(&self.list());
    }

    pub(crate) fn list(&self) -> String {
        self.model.buffers.values().map(|view| format!("{}\n", shown::summary(view))).collect()
    }

    /// Checks the state of the connection.
    pub(crate) fn link(&self, expected: Expect) {
        expected.assert_eq(&shown::link(&self.model.network.as_ref().unwrap().link));
    }

    pub(crate) fn rows(&self, name: &str) -> String {
        shown::rows(self.buffer(name))
    }

    pub(crate) fn buffer(&self, name: &str) -> &BufferView {
        self.model.buffer(name)
    }

    pub(crate) fn id(&self, name: &str) -> BufferId {
        self.buffer(name).id
    }

    /// The row with this text.
    pub(crate) fn row(&self, name: &str, text: &str) -> RowId {
        let rows = self.buffer(name).timeline.rows().find(|row| shown::row(row).contains(text));
        rows.unwrap_or_else(|| panic!("no row {text:?} in\n{}", self.rows(name))).id
    }

    /// The message in a row.
    pub(crate) fn said(&self, id: RowId) -> std::sync::Arc<parla_client::view::MessageView> {
        let mut rows = self.model.buffers.values().flat_map(|view| view.timeline.rows());
        let row = rows.find(|row| row.id == id).unwrap();
        match &row.content {
            parla_client::view::Content::Message(said) => std::sync::Arc::clone(said),
            other => panic!("nobody says {other:?}"),
        }
    }

    /// The members with their prefixes.
    pub(crate) fn members(&self, name: &str) -> String {
        use parla_client::view::Rank;
        let members = self.buffer(name).members.0.iter().map(|member| {
            let sign = match member.rank {
                Rank::Founder => "~",
                Rank::Protected => "&",
                Rank::Operator => "@",
                Rank::HalfOperator => "%",
                Rank::Voice => "+",
                Rank::Member => "",
            };
            format!("{sign}{}{}", member.nick, if member.away { " (away)" } else { "" })
        });
        members.collect::<Vec<_>>().join(", ")
    }
}

/// Expands a tag such as `10:02` or `10:02:03` to a time on the day of the tests.
fn timed(line: &str) -> String {
    let Some((tags, rest)) = line.strip_prefix('@').and_then(|line| line.split_once(' ')) else {
        return line.to_owned();
    };
    let is_clock = |tag: &str| tag.contains(':') && tag.starts_with(|char: char| char.is_ascii_digit());
    let tags = tags.split(';').map(|tag| match (is_clock(tag), tag.len()) {
        (true, 5) => format!("time=2026-01-01T{tag}:00.000Z"),
        (true, _) => format!("time=2026-01-01T{tag}.000Z"),
        (false, _) => tag.to_owned(),
    });
    format!("@{} {rest}", tags.collect::<Vec<_>>().join(";"))
}
