//! One network: its client, its connection, its archive and its records, and what goes between them.
//!
//! What goes over the connection is in `connecting.rs`.

mod connecting;
mod passwords;

use std::sync::Arc;

use icu_normalizer::ComposingNormalizerBorrowed;
use parla_client::{
    Archive as Keeps, Client, Credentials, Input, Intent, Output, Problem, ProblemKind, Settings,
    endpoint::{BadEndpoint, Endpoint, Security},
    view::{BufferKind, LinkState, NetworkId, Notice, Update},
};
use parla_ui::platform;
use tokio::time::Instant;

use self::connecting::Connection;
use super::{
    connection::Serial,
    hub::{Soon, Surroundings},
    trouble::problem,
    wish::WishedNick,
};
use crate::{
    archive::{Archive, Change, News, Question, Recalled, Renamed, Unkept},
    clock,
    limits::{ARCHIVE_FIRST_MAX, DEADLINE_GAP, KEYRING_MAX, OPENING_ROWS},
    store::{NetworkSettings, RememberedNetwork},
};

/// Under keys that begin so the client stores what it is about to send.
const TO_BE_SENT: &str = "out ";

/// One network.
pub(crate) struct Network {
    id: NetworkId,
    /// Tells its archive's answers from those of a network that had its number before.
    pub(crate) serial: Serial,
    remembered: RememberedNetwork,
    endpoint: Result<Endpoint, BadEndpoint>,
    wished_nick: WishedNick,
    client: Client,
    /// What the person shows to be let in, as far as the keyring or they themselves have said.
    credentials: Credentials,
    /// The client has not been given those of the keyring yet.
    is_shown: bool,
    /// The program ends: what is left is to be found again as it is.
    is_ending: bool,
    archive: Option<Archive>,
    connection: Option<Connection>,
    opening: Option<Opening>,
    no_deadline_before: Option<Instant>,
    outputs: Vec<Output>,
    /// To say besides what the client says.
    notices: Vec<Update>,
}

/// What was kept comes in; then it connects.
struct Opening {
    missing: usize,
    until: Instant,
}

impl Network {
    /// A network with its archive. It connects by itself, once that has given what it has.
    pub(crate) fn new(
        id: NetworkId,
        (remembered, credentials): (RememberedNetwork, Credentials),
        around: &mut Surroundings,
    ) -> Self {
        let NetworkSettings { address, nick, unencrypted, .. } = &remembered.settings;
        let endpoint = Endpoint::parse(address, *unencrypted);
        let serial = around.next_serial();
        let archive = around.archive(serial, &around.archives.join(remembered.archive()));
        let settings = Settings {
            network: id,
            address: address.as_str().into(),
            nick: nick.as_str().into(),
            compose: |text| ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned(),
            transliterate: any_ascii::any_ascii,
            credentials: credentials.clone(),
            private: is_private(&endpoint),
            archive: if archive.is_some() { Keeps::All } else { Keeps::Nothing },
            seed: around.seed(serial),
        };
        let client = Client::new(settings, &remembered.records, clock::now());
        let mut network = Self {
            id,
            serial,
            remembered,
            endpoint,
            wished_nick: WishedNick::default(),
            client,
            is_shown: true,
            credentials,
            is_ending: false,
            archive,
            connection: None,
            opening: None,
            no_deadline_before: None,
            outputs: Vec::new(),
            notices: Vec::new(),
        };
        network.keep_passwords(around);
        if network.remembered.settings.identity.is_some() {
            network.credentials.by_certificate = true;
            network.is_shown = false;
        }
        network.open(around);
        network
    }

    fn notice(&mut self, problem: Problem, around: &mut Surroundings) {
        self.notices.push(Update::Notice(self.id, None, Notice::Problem(Arc::new(problem))));
        around.pace.changed();
    }

    /// One of those that were asked before it connects has answered.
    fn answered(&mut self, around: &mut Surroundings) {
        if let Some(opening) = &mut self.opening {
            opening.missing = opening.missing.saturating_sub(1);
            self.connect_when_open(around);
        }
    }

    /// Asks the archive for the end of each conversation.
    fn open(&mut self, around: &mut Surroundings) {
        let mut missing = 0;
        if let Some(archive) = &self.archive {
            for (kind, name) in self.remembered.records.keys().filter_map(|key| conversation(key)) {
                let name = name.into();
                let asked = archive.recall(Question { kind, name, before: None, limit: OPENING_ROWS });
                missing += usize::from(asked.is_ok());
            }
        }
        let mut patience = ARCHIVE_FIRST_MAX;
        if self.remembered.settings.has_passwords {
            let (tell, serial) = (around.teller(), self.serial);
            let answer = Box::new(move |loaded| tell(Soon::PasswordsLoaded(serial, loaded)));
            around.keyring.load(&self.remembered.id, answer);
            missing += 1;
            patience = KEYRING_MAX;
        }
        self.opening = Some(Opening { missing, until: Instant::now() + patience });
        self.connect_when_open(around);
    }

    fn connect_when_open(&mut self, around: &mut Surroundings) {
        let is_over = |opening: &mut Opening| opening.missing == 0 || opening.until <= Instant::now();
        // Those who have disconnected say themselves when to connect again.
        if self.opening.take_if(is_over).is_some() && !self.remembered.settings.is_left {
            self.start(around);
        }
    }

    /// Gives the client something and does what it wants done.
    pub(crate) fn handle(&mut self, input: Input<'_>, around: &mut Surroundings) {
        let mut outputs = std::mem::take(&mut self.outputs);
        self.client.handle(clock::now(), input, &mut outputs);
        self.store_first(&mut outputs, around);
        for output in outputs.drain(..) {
            self.perform(output, around);
        }
        self.outputs = outputs;
        around.pace.changed();
    }

    /// What the client wants to find again comes before everything else. What is to be sent is on the disk when this returns, or
    /// the disk does not take it: then the person was told, and it is sent all the same. And what the server has confirmed is gone
    /// from there before the archive has it, or it would be looked for behind itself at the next start, and sent again.
    fn store_first(&mut self, outputs: &mut Vec<Output>, around: &Surroundings) {
        let mut is_awaited = false;
        for output in outputs.extract_if(.., |output| matches!(output, Output::Store { .. })) {
            if let Output::Store { key, value } = output {
                is_awaited |= key.starts_with(TO_BE_SENT);
                self.store(key, value, around);
            }
        }
        if is_awaited {
            around.store.sync();
        }
    }

    fn store(&mut self, key: String, value: Option<String>, around: &Surroundings) {
        if self.is_ending {
            return;
        }
        match &value {
            Some(value) => self.remembered.records.insert(key.clone(), value.clone()),
            None => self.remembered.records.remove(&key),
        };
        around.store.record(&self.remembered.id, key, value);
    }

    /// The person wants something.
    pub(crate) fn wish(&mut self, intent: Intent, around: &mut Surroundings) {
        self.wished_nick.hear(&intent);
        match intent {
            Intent::SignIn { credentials } => {
                self.is_shown = true;
                self.credentials.add(credentials);
                self.keep_passwords(around);
                let credentials = self.credentials.clone();
                self.handle(Input::Intent(Intent::SignIn { credentials }), around);
            }
            Intent::Reconnect if !self.is_shown => self.start(around),
            intent => self.handle(Input::Intent(intent), around),
        }
    }

    /// Changes where or how it is reached, and connects again.
    pub(crate) fn change(&mut self, change: platform::Change, around: &mut Surroundings) {
        let settings = &mut self.remembered.settings;
        match change {
            platform::Change::Address(address) => {
                if Endpoint::parse(&address, false).ok() != Endpoint::parse(&settings.address, false).ok() {
                    // What was agreed to was agreed to for another server.
                    settings.unencrypted = false;
                    settings.trusted = None;
                }
                settings.address = address;
            }
            platform::Change::Unencrypted => {
                settings.unencrypted = true;
                if let Ok(endpoint) = Endpoint::parse(&settings.address, true)
                    && endpoint.security == Security::Tls
                {
                    // The address itself asks for encryption, and the person wants it no more.
                    settings.address = endpoint.to_string();
                }
            }
            platform::Change::Identity(path) => {
                settings.identity = path.map(Into::into);
                self.credentials.by_certificate = settings.identity.is_some();
                self.is_shown = false;
            }
            platform::Change::Trust(fingerprint) => settings.trusted = Some(fingerprint.as_ref().to_owned()),
        }
        settings.is_left = false;
        let address = settings.address.as_str().into();
        self.endpoint = Endpoint::parse(&settings.address, settings.unencrypted);
        around.store.remember(self.id, &self.remembered);
        let private = is_private(&self.endpoint);
        self.handle(Input::Moved { address, private }, around);
        if !self.is_shown {
            self.start(around);
        }
    }

    /// The network is left until the next start.
    pub(crate) fn leave_for_now(&mut self, around: &mut Surroundings) {
        self.is_ending = true;
        self.leave(around);
    }

    /// The network is left for good, with all that was kept of it.
    pub(crate) fn forget(&mut self, around: &mut Surroundings) {
        self.leave(around);
        if let Some(archive) = self.archive.take() {
            archive.forget();
        }
        if self.remembered.settings.has_passwords || self.credentials.keep {
            around.keyring.forget(&self.remembered.id);
        }
        around.store.forget(self.id, &self.remembered.id);
    }

    fn leave(&mut self, around: &mut Surroundings) {
        self.handle(Input::Intent(Intent::Disconnect { reason: "".into() }), around);
    }

    fn perform(&mut self, output: Output, around: &mut Surroundings) {
        match output {
            Output::Connect => self.connect(around),
            Output::Send(line) => self.send(line, around),
            Output::Store { key, value } => self.store(key, value, around),
            Output::Disconnect => self.disconnect(),
            Output::Keep(kept) => self.archive(Change::Keep(kept)),
            Output::Unkeep { kind, name, msgid } => {
                self.archive(Change::Unkeep(Unkept { kind, name, msgid }));
            }
            Output::Rename { kind, from, to } => self.archive(Change::Rename(Renamed { kind, from, to })),
            Output::Recall { kind, name, before, limit } => {
                self.recall(Question { kind, name, before, limit }, around);
            }
        }
    }

    fn archive(&mut self, change: Change) {
        if let Some(archive) = &mut self.archive {
            archive.change(change);
        }
    }

    fn recall(&mut self, question: Question, around: &mut Surroundings) {
        let asked = match &self.archive {
            Some(archive) => archive.recall(question),
            None => Err(question),
        };
        if let Err(question) = asked {
            around.answer_later(self.serial, News::Recalled(question, Recalled::default()));
        }
    }

    /// The archive has something to say.
    pub(crate) fn heard(&mut self, news: News, around: &mut Surroundings) {
        match news {
            News::Recalled(Question { kind, name, .. }, Recalled { messages, more }) => {
                self.handle(Input::Recalled { kind, name, messages, more }, around);
                self.answered(around);
            }
            News::Broken(why) => {
                self.notice(problem(ProblemKind::ArchiveBroken, &why), around);
            }
        }
    }

    /// When something is to be done without anything having happened.
    pub(crate) fn next_deadline(&self, now: Instant) -> Option<Instant> {
        let opening = self.opening.as_ref().map(|opening| opening.until);
        let client = self.client.next_deadline().map(|deadline| {
            let at = now + deadline.since(clock::now());
            self.no_deadline_before.map_or(at, |first| at.max(first))
        });
        [opening, client].into_iter().flatten().min()
    }

    /// Does what is due.
    pub(crate) fn ring(&mut self, now: Instant, around: &mut Surroundings) {
        self.connect_when_open(around);
        if self.no_deadline_before.is_none_or(|first| first <= now)
            && self.client.next_deadline().is_some_and(|deadline| deadline <= clock::now())
        {
            self.no_deadline_before = Some(now + DEADLINE_GAP);
            self.handle(Input::Deadline, around);
        }
    }

    /// What the interface is to be told.
    pub(crate) fn take_updates(&mut self, around: &Surroundings) -> Vec<Update> {
        let mut updates = std::mem::take(&mut self.notices);
        updates.append(&mut self.client.take_updates());
        let before = self.remembered.settings.clone();
        for update in &updates {
            let Update::Network(view) = update else { continue };
            let settings = &mut self.remembered.settings;
            if let Some(nick) = self.wished_nick.granted(view) {
                settings.nick = nick.as_ref().to_owned();
            }
            match &view.link {
                // Before it has started, nobody has stopped it.
                LinkState::Stopped { why: None, .. } => settings.is_left |= self.opening.is_none(),
                LinkState::Connecting(_) | LinkState::Online => settings.is_left = false,
                LinkState::Offline | LinkState::Waiting { .. } | LinkState::Stopped { .. } => {}
            }
        }
        if self.remembered.settings != before && !self.is_ending {
            around.store.remember(self.id, &self.remembered);
        }
        updates
    }
}

fn is_private(endpoint: &Result<Endpoint, BadEndpoint>) -> bool {
    endpoint.as_ref().is_ok_and(|endpoint| endpoint.security != Security::Plain)
}

/// The conversation that a client stores something of under this key.
fn conversation(key: &str) -> Option<(BufferKind, &str)> {
    match key.split_once(' ')? {
        ("room", name) => Some((BufferKind::Room, name)),
        ("person", name) => Some((BufferKind::Direct, name)),
        _ => None,
    }
}
