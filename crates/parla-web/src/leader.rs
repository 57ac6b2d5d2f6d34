//! The leading tab: it has the client, its WebSocket and its timers, and tells its own interface and the
//! other tabs of changes in batches.

mod left_behind;

use std::time::Duration;

use futures_channel::mpsc::UnboundedSender;
use parla_client::{
    ClientSettings, Credentials, Input, Intent, contract, naming,
    tabs::{
        Before, CarriedOut, ForwardedCommand, Look, Looks, Mirror, Recipients, Saves, TabId, TabMessage,
        Term, unpack,
    },
    view::{Announcement, Earlier, LinkState, NetworkId, Presence, Update},
};
use parla_engine::{Connection, Engine, Pace, Signal, UPDATES_GAP};
use parla_proto::Timestamp;
use parla_ui::platform::AppCommand;
use web_sys::window;

use crate::{
    channel::Post,
    interface::Interface,
    page,
    pending_command::CommandForLeader,
    shell::Shell,
    socket::Socket,
    storage,
    tab::{NAME_KEY, TabEvent},
};

/// The most messages of a direct conversation that are shown at once when the page is opened.
const OPENING_ROWS: usize = 100;
/// The key of the record of which commands of which tabs were carried out.
const CARRIED_OUT_KEY: &str = "carried-out";
/// The only network of the page.
const NETWORK: NetworkId = NetworkId(1);

/// An announcement that follows a command within this time counts as an answer to it.
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);
/// The longest time for which the interfaces show what the previous leader had while this one connects.
const QUIET_MAX: Duration = Duration::from_millis(1_500);

/// What a leader takes over from the one before.
pub(crate) struct Predecessor {
    pub(crate) credentials: Credentials,
    /// Whether it is gone without a word, so that the server may believe that it still has its connection.
    pub(crate) may_have_connection: bool,
}

/// The leading tab.
pub(crate) struct Leader {
    term: Term,
    /// When it read what is stored.
    begun_at: Timestamp,
    /// When it last carried out a command.
    acted_at: Option<Timestamp>,
    /// Whether the leader before may still have a connection.
    may_have_ghost: bool,
    /// The person's credentials, which the other tabs must know in case this one is closed.
    credentials: Credentials,
    has_new_credentials: bool,
    shell: Shell,
    engine: Option<Engine<Socket>>,
    pace: Pace<Timestamp>,
    /// Whether the interface has not been told anything of this client yet.
    is_new: bool,
    views: Vec<Update>,
    events: Vec<(Recipients, Update)>,
    mirror: Mirror,
    /// Tabs that want to know everything, while it is too early.
    early: Vec<(TabId, u64)>,
    quiet_until: Option<Timestamp>,
    looks: Looks,
    look: Option<Look>,
    carried_out: CarriedOut,
    /// What other tabs will save when they learn that the earlier commands were carried out.
    saves: Saves<CommandForLeader>,
    /// When it looks next for commands that closed tabs have left.
    take_up_at: Timestamp,
    /// The tab that sent the last command, and when.
    asked: Option<(TabId, Timestamp)>,
    /// The tab that asked about a person.
    asked_person: Option<TabId>,
}

impl Leader {
    /// A leader that begins to connect if the person has been here before.
    pub(crate) fn new(
        term: Term,
        Predecessor { credentials, may_have_connection }: Predecessor,
        events: &UnboundedSender<TabEvent>,
        interface: &mut Interface,
    ) -> Self {
        let begun_at = page::now();
        let carried_out = storage::load(CARRIED_OUT_KEY);
        let mut leader = Self {
            term,
            begun_at,
            acted_at: None,
            may_have_ghost: may_have_connection,
            credentials,
            has_new_credentials: false,
            shell: Shell::new(events),
            engine: None,
            pace: Pace::default(),
            is_new: true,
            views: Vec::new(),
            events: Vec::new(),
            mirror: Mirror::default(),
            early: Vec::new(),
            quiet_until: None,
            looks: Looks::default(),
            look: None,
            carried_out: carried_out.map(|text| CarriedOut::from_text(&text)).unwrap_or_default(),
            saves: Saves::default(),
            take_up_at: begun_at + left_behind::AFTER,
            asked: None,
            asked_person: None,
        };
        leader.pace.changed();
        if let Some(nick) = storage::load(NAME_KEY) {
            leader.connect(&nick);
        }
        if leader.engine.is_some() && interface.shows_something() {
            leader.quiet_until = Some(page::now() + QUIET_MAX);
            interface.hold();
        }
        leader.collect(None);
        leader.tell_interface(interface);
        if leader.quiet_until.is_none() {
            interface.release();
        }
        leader
    }

    /// The term in which it leads.
    pub(crate) const fn term(&self) -> Term {
        self.term
    }

    /// When it last carried out a command, if it has.
    pub(crate) const fn acted_at(&self) -> Option<Timestamp> {
        self.acted_at
    }

    /// Whether it had read what is stored before this time.
    pub(crate) fn has_begun_before(&self, at: Timestamp) -> bool {
        self.begun_at < at
    }

    pub(crate) const fn set_term(&mut self, term: Term) {
        self.term = term;
    }

    const fn me(&self) -> TabId {
        self.term.leader
    }

    /// The person's credentials, for the other tabs.
    pub(crate) const fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The tab that should lead next: the one that was heard of last.
    pub(crate) fn successor(&self) -> Option<TabId> {
        self.mirror.followers().first().copied()
    }

    /// Carries out a command of another tab, or leaves it to that tab to send it again.
    pub(crate) fn asked(&mut self, tab: TabId, forwarded: &ForwardedCommand) {
        if self.carried_out.accepts(page::now(), tab, forwarded) {
            self.carry_out((tab, forwarded.number), unpack(&forwarded.command));
        }
    }

    /// Carries out a command of a tab, unless that was done before. Another tab is told that it was done.
    pub(crate) fn carry_out(&mut self, (tab, number): (TabId, u64), command: Option<CommandForLeader>) {
        let before = self.carried_out.begin(tab, number);
        match (before, command) {
            (Before::DoneHere, _) | (_, None) => {}
            (_, Some(command)) if command.is_save() => {
                if tab == self.me() {
                    command.save();
                } else {
                    // This tab's view of the storage is older than that of the other one, which saves the
                    // text when it is told that the rest was done.
                    self.saves.push((tab, number), command, page::now());
                }
            }
            (Before::Nothing, Some(command)) => self.perform(tab, command.command),
            (Before::DoneElsewhere, Some(command)) => self.show_again(tab, command.command),
        }
        if before == Before::Nothing {
            storage::save(CARRIED_OUT_KEY, Some(&self.carried_out.to_text()));
        }
        if tab != self.me() {
            self.mirror.done(page::now(), tab, number);
            self.pace.changed();
        }
    }

    /// Shows in a tab the result of a command that an earlier leader carried out.
    fn show_again(&mut self, tab: TabId, command: AppCommand) {
        if let AppCommand::Intent(_, intent) = command {
            self.collect(None);
            self.handle(Input::Again(intent));
            self.collect(Some(tab));
        }
    }

    /// Does what the person wants in a tab.
    pub(crate) fn perform(&mut self, tab: TabId, command: AppCommand) {
        self.collect(None);
        let now = page::now();
        self.acted_at = Some(now);
        match command {
            AppCommand::Connect { nick, credentials, .. } => {
                storage::save(NAME_KEY, Some(&nick));
                (self.credentials, self.has_new_credentials) = (credentials, true);
                self.connect(&nick);
            }
            AppCommand::Forget(_) => self.forget(),
            // A page has one server, and the browser handles its encryption.
            AppCommand::Change(..) => {}
            AppCommand::Save { key, value } => {
                storage::save(&key, value.as_deref());
            }
            AppCommand::Intent(_, intent) => {
                match &intent {
                    Intent::SignIn { credentials } => {
                        self.credentials.add(credentials.clone());
                        self.has_new_credentials = true;
                    }
                    Intent::Whois { .. } | Intent::Submit { .. } => self.asked_person = Some(tab),
                    _ => {}
                }
                self.asked = Some((tab, now));
                self.handle(Input::Intent(intent));
            }
        }
        self.collect(Some(tab));
    }

    /// The person looks at something else in a tab.
    pub(crate) fn look(&mut self, tab: TabId, look: Look) {
        self.looks.set(tab, look);
        // A repeated report means that something that arrived has been seen as well.
        if self.looks.current() == Some(look) {
            self.look = None;
        }
        self.look_again();
    }

    fn look_again(&mut self) {
        let look = self.looks.current();
        if let Some(look) = look.filter(|_| look != self.look) {
            let Look { buffer, at_end, .. } = look;
            self.handle(Input::Intent(Intent::Look { buffer, at_end }));
        }
        self.look = look;
    }

    /// A tab was closed that knew its commands up to this number to be carried out.
    pub(crate) fn gone(&mut self, tab: TabId, done: u64) {
        self.saves.left(tab, done);
        self.take_up_at = self.take_up_at.min(page::now() + left_behind::AFTER);
        self.mirror.gone(tab);
        self.looks.gone(tab);
        self.look_again();
    }

    /// A tab has sent something.
    pub(crate) fn note_activity(&mut self, tab: TabId) {
        self.mirror.note_activity(page::now(), tab);
    }

    /// A tab asks for news.
    pub(crate) fn pulled(&mut self, (tab, had): (TabId, u64), interface: &mut Interface, post: &Post) {
        self.tell_now(interface);
        if self.quiet_until.is_some() {
            self.early.retain(|(known, _)| *known != tab);
            self.early.push((tab, had));
            return;
        }
        let delivery = self.mirror.deliver(page::now(), tab, had);
        if delivery.is_whole() {
            post.send(Some(tab), &TabMessage::Credentials(self.credentials.clone()));
        }
        post.send(Some(tab), &TabMessage::Told { delivery, due: self.engine_due(page::now()) });
    }

    fn connect(&mut self, nick: &str) {
        let records = storage::records();
        let window = window();
        let host = window.as_ref().and_then(|window| window.location().host().ok()).unwrap_or_default();
        let settings = ClientSettings {
            network: NETWORK,
            address: host.into(),
            nick: nick.into(),
            compose: |text| page::normalized(text, "NFC"),
            transliterate: |name| naming::without_accents(&page::normalized(name, "NFD")),
            credentials: self.credentials.clone(),
            private: window.as_ref().is_some_and(page::is_private),
            archive: contract::ArchiveScope::Direct,
            may_have_ghost: std::mem::take(&mut self.may_have_ghost),
            seed: page::seed(),
        };
        let mut engine = Engine::new(settings, &records, page::now());
        let requests = engine.latest_requests(&records, OPENING_ROWS);
        engine.recall(page::now(), requests, &mut self.shell);
        self.engine = Some(engine);
        // An attempt is made nevertheless: the server may be on this device.
        if page::is_offline() {
            self.handle(Input::Offline);
        }
        self.handle(Input::Start);
    }

    fn forget(&mut self) {
        self.handle(Input::Intent(Intent::Disconnect { reason: "".into() }));
        self.engine = None;
        storage::save(NAME_KEY, None);
        storage::forget_network();
        self.shell.forget_archive();
        (self.credentials, self.has_new_credentials) = (Credentials::default(), true);
        self.views.push(Update::NetworkForgotten(NETWORK));
        self.pace.changed();
    }

    /// Processes an event of its connection.
    pub(crate) fn handle_signal(&mut self, number: u64, signal: Signal<String>) {
        if let Some(engine) = &mut self.engine {
            engine.handle_signal(page::now(), (number, signal), &mut self.shell);
            self.pace.changed();
        }
    }

    /// Does what is due.
    pub(crate) fn due(&mut self, now: Timestamp) {
        if self.engine.as_mut().is_some_and(|engine| engine.handle_deadline(now, &mut self.shell)) {
            self.pace.changed();
        }
        self.saves.due(now, CommandForLeader::save_for_another);
    }

    fn engine_due(&self, now: Timestamp) -> Option<Timestamp> {
        self.engine.as_ref().and_then(|engine| engine.next_deadline(now))
    }

    /// Passes an input to the client and carries out its outputs.
    pub(crate) fn handle(&mut self, input: Input<'_>) {
        if let Some(engine) = &mut self.engine {
            engine.handle(page::now(), input, &mut self.shell);
            self.pace.changed();
        }
    }

    /// Collects the client's updates and decides who gets them. `asker` is the tab whose command caused them.
    fn collect(&mut self, asker: Option<TabId>) {
        let Some(engine) = &mut self.engine else { return };
        let updates = engine.take_updates();
        if let Some(nick) = engine.take_granted_nick() {
            storage::save(NAME_KEY, Some(&nick));
        }
        for update in updates {
            match self.audience(&update, asker) {
                Some(audience) => self.events.push((audience, update)),
                None => self.views.push(update),
            }
        }
    }

    /// The tabs that an event is for; `None` if the update is a view and not an event.
    fn audience(&self, update: &Update, asker: Option<TabId>) -> Option<Recipients> {
        let recent = self.asked.filter(|(_, at)| page::now().since(*at) < ANSWERS_WITHIN).map(|(tab, _)| tab);
        let to = |tab: Option<TabId>| {
            let followers = self.mirror.followers();
            tab.filter(|tab| *tab == self.me() || followers.contains(tab))
                .map_or(Recipients::All, Recipients::One)
        };
        Some(match update {
            Update::Announcement(_, _, Announcement::Invitation { .. }) => Recipients::All,
            Update::Announcement(..) => to(asker.or(recent)),
            Update::Person(..) => to(self.asked_person),
            Update::Certificate(..) => Recipients::All,
            Update::Show(..) => {
                Recipients::One(asker.or_else(|| self.asked.map(|(tab, _)| tab)).unwrap_or_else(|| self.me()))
            }
            // One notification is enough, and a click on it leads to this tab.
            Update::Alert(..) => Recipients::One(self.me()),
            Update::Network(_)
            | Update::Buffer(..)
            | Update::BufferClosed(..)
            | Update::Conversations(..)
            | Update::NetworkForgotten(_)
            | Update::Directory(..) => return None,
        })
    }

    /// Tells all interfaces what has changed, unless they were told just now.
    pub(crate) fn tell(&mut self, interface: &mut Interface, post: &Post) {
        let now = page::now();
        if self.pace.is_due(now) {
            self.tell_now(interface);
        }
        if std::mem::take(&mut self.has_new_credentials) {
            post.send(None, &TabMessage::Credentials(self.credentials.clone()));
        }
        self.end_quiet(now, interface, post);
        if self.quiet_until.is_none() && self.mirror.call(now) {
            post.send(None, &TabMessage::News);
        }
    }

    fn tell_now(&mut self, interface: &mut Interface) {
        self.collect(None);
        self.pace.nothing();
        if !self.views.is_empty() || !self.events.is_empty() {
            self.pace.told(page::now());
            self.tell_interface(interface);
        }
    }

    fn tell_interface(&mut self, interface: &mut Interface) {
        let mut updates = std::mem::take(&mut self.views);
        self.mirror.apply(&updates);
        for (audience, event) in std::mem::take(&mut self.events) {
            self.mirror.say(audience, &event);
            if audience == Recipients::All || audience == Recipients::One(self.me()) {
                updates.push(event);
            }
        }
        if std::mem::take(&mut self.is_new) {
            interface.tell_whole(updates);
        } else {
            interface.tell(updates);
        }
    }

    /// Until this leader is ready, the interfaces show what the previous one had, so that they need not show
    /// the change.
    fn end_quiet(&mut self, now: Timestamp, interface: &mut Interface, post: &Post) {
        let Some(until) = self.quiet_until else { return };
        if now < until && !self.has_found_its_feet() {
            return;
        }
        self.quiet_until = None;
        self.tell_now(interface);
        interface.release();
        for pull in std::mem::take(&mut self.early) {
            self.pulled(pull, interface, post);
        }
    }

    /// Whether the interfaces still show what the previous leader had. Then the person does not know that there
    /// is no connection, and what they want waits for it.
    pub(crate) const fn is_quiet(&self) -> bool {
        self.quiet_until.is_some()
    }

    fn has_found_its_feet(&self) -> bool {
        let (mut networks, mut buffers) = self.mirror.views();
        let mut is_settled = |link: &LinkState| match link {
            LinkState::Connecting(_) => false,
            LinkState::Online => buffers.all(|view| {
                view.presence != Presence::Joining
                    && (view.timeline.len > 0
                        || !matches!(view.earlier, Earlier::Possible | Earlier::Loading))
            }),
            LinkState::Offline | LinkState::Waiting { .. } | LinkState::Stopped { .. } => true,
        };
        networks.next().is_none_or(|view| is_settled(&view.link))
    }

    /// When it wants to be woken.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        let now = page::now();
        let save = self.saves.is_urgent().then(|| now + UPDATES_GAP);
        let take_up = Some(self.take_up_at).filter(|_| !self.is_quiet() && self.engine.is_some());
        [self.pace.due(now), self.engine_due(now), self.quiet_until, save, take_up]
            .into_iter()
            .flatten()
            .min()
    }
}

impl Drop for Leader {
    /// The nick becomes free before another tab requests it.
    fn drop(&mut self) {
        if let Some(socket) = self.engine.as_mut().and_then(Engine::connection) {
            // If the connection no longer accepts that, the nick is free anyway.
            drop(socket.send(b"QUIT\r\n".to_vec()));
        }
    }
}
