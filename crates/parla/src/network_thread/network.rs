//! One network: its client, its connection, its archive and its records, and what passes between them.
//!
//! `connecting.rs` has what goes over the connection, and `keeping.rs` what is stored.

mod connecting;
mod keeping;
mod passwords;

use std::sync::Arc;

use icu_normalizer::ComposingNormalizerBorrowed;
use parla_client::{
    ArchiveScope, ClientSettings, Credentials, Input, Intent, Problem, ProblemKind,
    endpoint::{BadEndpoint, Encryption, Endpoint, Security},
    view::{Announcement, LinkState, NetworkId, Update},
};
use parla_engine::{Engine, problem};
use parla_ui::platform;
use tokio::time::Instant;

use self::connecting::Connection;
use super::{
    connection::Serial,
    networks::{Soon, Surroundings},
};
use crate::{
    archive::{Archive, News},
    clock,
    limits::{ARCHIVE_FIRST_MAX, KEYRING_MAX, OPENING_ROWS},
    store::{ConnectionSettings, RememberedNetwork},
};

/// One network with everything that belongs to it.
pub(crate) struct NetworkClient {
    id: NetworkId,
    /// Distinguishes its archive's answers from those of an earlier network with the same id.
    pub(crate) serial: Serial,
    remembered: RememberedNetwork,
    endpoint: Result<Endpoint, BadEndpoint>,
    engine: Engine<Connection>,
    /// The person's credentials, as far as the keyring or they themselves have provided them.
    credentials: Credentials,
    /// Whether the client has not been given those from the keyring yet.
    is_shown: bool,
    /// Whether the program is ending: then everything must be found again as it is now.
    is_ending: bool,
    archive: Option<Archive>,
    opening: Option<Opening>,
    /// Updates in addition to those of the client.
    own_updates: Vec<Update>,
}

/// What the engine of a network needs from the network and the program.
struct Shell<'a> {
    id: NetworkId,
    remembered: &'a mut RememberedNetwork,
    endpoint: &'a Result<Endpoint, BadEndpoint>,
    is_ending: bool,
    archive: &'a mut Option<Archive>,
    opening: &'a mut Option<Opening>,
    around: &'a mut Surroundings,
}

/// The phase in which stored data is loaded, before the network connects.
struct Opening {
    missing: usize,
    until: Instant,
}

impl NetworkClient {
    /// A network with its archive. It connects by itself once the archive has answered.
    pub(crate) fn new(
        id: NetworkId,
        (remembered, credentials): (RememberedNetwork, Credentials),
        around: &mut Surroundings,
    ) -> Self {
        let ConnectionSettings { address, nick, unencrypted, .. } = &remembered.settings;
        let endpoint = Endpoint::parse(address, Encryption::waived_if(*unencrypted));
        let serial = around.next_serial();
        let archive = around.archive(serial, &around.archives.join(remembered.archive()));
        let settings = ClientSettings {
            network: id,
            address: address.as_str().into(),
            nick: nick.as_str().into(),
            compose: |text| ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned(),
            transliterate: any_ascii::any_ascii,
            credentials: credentials.clone(),
            private: is_private(&endpoint),
            archive: if archive.is_some() { ArchiveScope::All } else { ArchiveScope::Nothing },
            may_have_ghost: false,
            seed: around.seed(serial),
        };
        let engine = Engine::new(settings, &remembered.records, clock::now());
        let mut network = Self {
            id,
            serial,
            remembered,
            endpoint,
            engine,
            is_shown: true,
            credentials,
            is_ending: false,
            archive,
            opening: None,
            own_updates: Vec::new(),
        };
        network.keep_passwords(around);
        if network.remembered.settings.identity.is_some() {
            network.credentials.by_certificate = true;
            network.is_shown = false;
        }
        network.open(around);
        network
    }

    /// The engine, and the shell that it needs.
    fn parts<'a>(&'a mut self, around: &'a mut Surroundings) -> (&'a mut Engine<Connection>, Shell<'a>) {
        let Self { engine, remembered, endpoint, archive, opening, .. } = self;
        let (id, is_ending) = (self.id, self.is_ending);
        (engine, Shell { id, remembered, endpoint, is_ending, archive, opening, around })
    }

    fn announce(&mut self, problem: Problem, around: &mut Surroundings) {
        self.own_updates.push(Update::Announcement(self.id, None, Announcement::Problem(Arc::new(problem))));
        around.pace.changed();
    }

    /// Notes that one of the requests before connecting was answered.
    fn answered(&mut self, around: &mut Surroundings) {
        if let Some(opening) = &mut self.opening {
            opening.missing = opening.missing.saturating_sub(1);
            self.connect_when_open(around);
        }
    }

    /// Asks the archive for the end of each conversation.
    fn open(&mut self, around: &mut Surroundings) {
        let requests = self.engine.latest_requests(&self.remembered.records, OPENING_ROWS);
        let (engine, mut shell) = self.parts(around);
        let mut missing = engine.recall(clock::now(), requests, &mut shell);
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
        // Somebody who has disconnected decides when to connect again.
        if self.opening.take_if(is_over).is_some() && !self.remembered.settings.is_left {
            self.start(around);
        }
    }

    /// Passes an input to the client and carries out its outputs.
    pub(crate) fn handle(&mut self, input: Input<'_>, around: &mut Surroundings) {
        let (engine, mut shell) = self.parts(around);
        engine.handle(clock::now(), input, &mut shell);
        around.pace.changed();
    }

    /// Takes an intent of the person.
    pub(crate) fn wish(&mut self, intent: Intent, around: &mut Surroundings) {
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

    /// Changes where or how the network is reached, and reconnects.
    pub(crate) fn change(&mut self, change: platform::NetworkChange, around: &mut Surroundings) {
        let settings = &mut self.remembered.settings;
        match change {
            platform::NetworkChange::Address(address) => {
                let endpoint = |address: &str| Endpoint::parse(address, Encryption::Required).ok();
                if endpoint(&address) != endpoint(&settings.address) {
                    // The consent was given for another server.
                    settings.unencrypted = false;
                    settings.trusted = None;
                }
                settings.address = address;
            }
            platform::NetworkChange::Unencrypted => {
                settings.unencrypted = true;
                if let Ok(endpoint) = Endpoint::parse(&settings.address, Encryption::Waived)
                    && endpoint.security == Security::Tls
                {
                    // The address itself demands encryption, which the person no longer wants.
                    settings.address = endpoint.to_string();
                }
            }
            platform::NetworkChange::Identity(path) => {
                settings.identity = path.map(Into::into);
                self.credentials.by_certificate = settings.identity.is_some();
                self.is_shown = false;
            }
            platform::NetworkChange::Trust(fingerprint) => {
                settings.trusted = Some(fingerprint.as_ref().to_owned());
            }
        }
        settings.is_left = false;
        let address = settings.address.as_str().into();
        self.endpoint = Endpoint::parse(&settings.address, Encryption::waived_if(settings.unencrypted));
        around.store.remember(self.id, &self.remembered);
        let private = is_private(&self.endpoint);
        self.handle(Input::Moved { address, private }, around);
        if !self.is_shown {
            self.start(around);
        }
    }

    /// Disconnects until the next start.
    pub(crate) fn leave_for_now(&mut self, around: &mut Surroundings) {
        self.is_ending = true;
        self.leave(around);
    }

    /// Disconnects for good, and deletes everything that was stored for the network.
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

    /// Takes what the archive reports.
    pub(crate) fn handle_news(&mut self, news: News, around: &mut Surroundings) {
        match news {
            News::Recalled(request, recalled) => {
                let (engine, mut shell) = self.parts(around);
                engine.recalled(clock::now(), (request, recalled), &mut shell);
                around.pace.changed();
                self.answered(around);
            }
            News::Broken(why) => {
                self.announce(problem(ProblemKind::ArchiveBroken, &why), around);
            }
        }
    }

    /// The next time at which something is due without an event.
    pub(crate) fn next_deadline(&self, now: Instant) -> Option<Instant> {
        let opening = self.opening.as_ref().map(|opening| opening.until);
        let time = clock::now();
        let client = self.engine.next_deadline(time).map(|deadline| now + deadline.since(time));
        [opening, client].into_iter().flatten().min()
    }

    /// Does what is due.
    pub(crate) fn handle_deadline(&mut self, around: &mut Surroundings) {
        self.connect_when_open(around);
        let (engine, mut shell) = self.parts(around);
        if engine.handle_deadline(clock::now(), &mut shell) {
            around.pace.changed();
        }
    }

    /// The updates for the interface.
    pub(crate) fn take_updates(&mut self, around: &Surroundings) -> Vec<Update> {
        let mut updates = std::mem::take(&mut self.own_updates);
        updates.append(&mut self.engine.take_updates());
        let before = self.remembered.settings.clone();
        if let Some(nick) = self.engine.take_granted_nick() {
            self.remembered.settings.nick = nick.as_ref().to_owned();
        }
        for update in &updates {
            let Update::Network(view) = update else { continue };
            let settings = &mut self.remembered.settings;
            match &view.link {
                // Before the network has started, nobody can have stopped it.
                LinkState::Stopped { why: None, .. } => settings.is_left |= self.opening.is_none(),
                LinkState::Connecting(_)
                | LinkState::Online
                | LinkState::Offline
                | LinkState::Waiting { .. }
                | LinkState::Stopped { .. } => settings.is_left = false,
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
