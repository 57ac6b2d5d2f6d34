//! The network side of a tab: finds out whether this tab leads or follows another one, and acts accordingly.
//! See `parla_client::tabs`.

mod builds;

use std::time::Duration;

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender};
use futures_util::{
    FutureExt, StreamExt,
    future::{Either, select},
};
use gloo_timers::future::TimeoutFuture;
use parla_client::{
    Credentials, Input, Intent,
    tabs::{
        Ballot, Election, ForwardedCommand, LastTerm, Letter, Look, PendingCommands, Role, TabId, TabMessage,
        Term, pack,
    },
    view::Update,
};
use parla_engine::Signal;
use parla_proto::Timestamp;
use parla_ui::platform::AppCommand;

use crate::{
    build,
    channel::Post,
    follower::Follower,
    interface::{Interface, Rows, to_nowhere},
    leader::{Leader, Predecessor},
    page,
    pending_command::{CommandForLeader, PLACE_WITHIN, PendingCommand},
    storage,
};

/// The key of the person's nick here; if one is stored, the person returns without being asked.
pub(crate) const NAME_KEY: &str = "name";
/// The key that says which tab led last, and whether it still does.
const LAST_TERM_KEY: &str = "leader";

/// The pause after another leader has left: it takes a moment until what it stored last, and that its nick is
/// free, is known everywhere.
const TAKE_OVER_AFTER: Duration = Duration::from_millis(100);
/// The most messages of others that are kept before this tab leads; they are sent again if they are lost.
const EARLY_MAX: usize = 1_000;
/// When nothing is due, checking this rarely costs nothing.
const IDLE: Duration = Duration::from_secs(60);

/// Everything that can happen to the tab.
#[derive(Debug)]
pub(crate) enum TabEvent {
    Command(AppCommand),
    Socket(u64, Signal<String>),
    /// The browser reports that the device has lost its network.
    Offline,
    /// The browser reports that the device has a network again, or another one.
    Online,
    /// The person is looking at the page again.
    Awake,
    /// The person leaves or closes this page, or the browser is about to freeze it.
    Left,
    /// The page is in use again.
    Returned,
    /// Another tab has sent a message.
    Letter(String),
    /// The server has answered which build it hands out.
    Build {
        is_newest: bool,
    },
}

/// The network side of a tab.
pub(crate) struct Tab {
    events: UnboundedReceiver<TabEvent>,
    sender: UnboundedSender<TabEvent>,
    interface: Interface,
    post: Post,
    election: Election,
    side: Side,
    /// The commands that the person gives here while this tab does not lead.
    pending: PendingCommands<PendingCommand>,
    /// What the person is looking at here, in the ids of the interface.
    look: Option<Look>,
    /// The person's credentials, in case this tab takes the lead.
    credentials: Credentials,
    build_asked_at: Timestamp,
    /// When this tab, which has been chosen, begins to lead.
    lead_at: Option<Timestamp>,
    /// What others have sent to it before that.
    early: Vec<(TabId, TabMessage)>,
}

/// The part that this tab plays.
enum Side {
    /// Not known yet, or the tab is not in use.
    Nobody,
    Leader(Box<Leader>),
    Follower(Follower),
    /// A tab with another build leads, and this page does not understand it.
    Outdated(TabId),
}

impl Tab {
    pub(crate) fn new(
        (sender, events): (UnboundedSender<TabEvent>, UnboundedReceiver<TabEvent>),
        updates: UnboundedSender<Vec<Update>>,
    ) -> Self {
        let me = TabId(page::number());
        Self {
            events,
            sender,
            interface: Interface::new(updates),
            post: Post::new(me, build::name()),
            election: Election::new(me),
            side: Side::Nobody,
            pending: PendingCommands::default(),
            look: None,
            credentials: Credentials::default(),
            build_asked_at: Timestamp::from_millis(0),
            lead_at: None,
            early: Vec::new(),
        }
    }

    /// Runs for as long as the page exists.
    pub(crate) async fn run(mut self) {
        self.post.open(&self.sender);
        self.arrive();
        loop {
            self.step();
            let due = self.until_due();
            match select(self.events.next(), due).await {
                Either::Left((Some(event), _)) => self.handle(event),
                Either::Left((None, _)) => return,
                Either::Right(((), _)) => {}
            }
            while let Some(Some(event)) = self.events.next().now_or_never() {
                self.handle(event);
            }
        }
    }

    fn handle(&mut self, event: TabEvent) {
        match event {
            TabEvent::Command(command) => self.take_command(command),
            TabEvent::Socket(number, signal) => {
                if let Side::Leader(leader) = &mut self.side {
                    leader.handle_signal(number, signal);
                }
            }
            TabEvent::Offline => self.tell_leader(Input::Offline),
            TabEvent::Online => {
                self.doubt();
                self.tell_leader(Input::Online);
            }
            TabEvent::Awake => {
                self.doubt();
                self.tell_leader(Input::Awake);
            }
            TabEvent::Left => self.leave(),
            TabEvent::Returned => self.arrive(),
            TabEvent::Letter(text) => self.receive(&text),
            TabEvent::Build { is_newest } => self.learn_build(is_newest),
        }
    }

    fn arrive(&mut self) {
        let last_term =
            storage::load(LAST_TERM_KEY).map(|text| LastTerm::from_text(&text)).unwrap_or_default();
        self.vote(|election, out| election.arrive(page::now(), last_term, out));
    }

    fn leave(&mut self) {
        let next = match &self.side {
            Side::Leader(leader) => {
                self.credentials = leader.credentials().clone();
                leader.successor()
            }
            Side::Follower(follower) => {
                if follower.is_fed() {
                    self.pending.send_again();
                    Self::forward_pending((&mut self.pending, follower), (&self.interface, &self.post), None);
                }
                self.post.send(None, &TabMessage::Bye { done: self.pending.last_done() });
                None
            }
            Side::Nobody | Side::Outdated(_) => None,
        };
        let has_led = matches!(self.side, Side::Leader(_));
        // The connection is closed first, so that the next leader finds the nick free.
        self.side = Side::Nobody;
        self.vote(|election, out| election.leave(next, out));
        if has_led {
            storage::set(LAST_TERM_KEY, Some(&self.election.last_term().to_text()));
        }
    }

    /// Checks whether another tab leads by now, or none does.
    fn doubt(&mut self) {
        self.arrive();
        self.vote(|election, out| election.doubt(page::now(), out));
    }

    /// The browser tells every tab about the network, but only the visible one about the person.
    fn tell_leader(&mut self, input: Input<'_>) {
        match &mut self.side {
            Side::Leader(leader) => leader.handle(input),
            Side::Follower(follower) if matches!(input, Input::Awake) => {
                self.post.send(Some(follower.leader()), &TabMessage::Awake);
            }
            Side::Nobody | Side::Follower(_) | Side::Outdated(_) => {}
        }
    }

    /// Lets the election process something, sends its votes, and takes on the resulting role.
    fn vote(&mut self, act: impl FnOnce(&mut Election, &mut Vec<Ballot>)) {
        let mut out = Vec::new();
        act(&mut self.election, &mut out);
        for ballot in out {
            self.post.send(None, &TabMessage::Ballot(ballot));
        }
        match (self.election.role(), &mut self.side) {
            (Role::Leading(term), Side::Leader(leader)) => leader.set_term(term),
            (Role::Leading(_), _) => self.take_over(),
            (Role::Following(term), Side::Follower(follower)) if follower.term() == term => {}
            (Role::Following(term), Side::Outdated(leader)) if term.leader == *leader => {}
            (Role::Following(term), _) => self.follow(term),
            (Role::Asking | Role::Away, Side::Nobody) => self.lead_at = None,
            (Role::Asking | Role::Away, _) => self.side = Side::Nobody,
        }
    }

    fn follow(&mut self, term: Term) {
        let acted_at = if let Side::Leader(leader) = &self.side { leader.acted_at() } else { None };
        self.lead_at = None;
        self.pending.send_again();
        // The connection is closed first, so that the leader finds the nick free.
        self.side = Side::Follower(Follower::new(term));
        if let Some(acted_at) = acted_at {
            self.post.send(Some(term.leader), &TabMessage::Superseded { acted_at });
        }
    }

    /// Takes the lead, a moment later if another tab had it before.
    fn take_over(&mut self) {
        storage::set(LAST_TERM_KEY, Some(&self.election.last_term().to_text()));
        if self.lead_at.is_none() {
            let pause = if self.interface.shows_something() { TAKE_OVER_AFTER } else { Duration::ZERO };
            self.lead_at = Some(page::now() + pause);
        }
        self.side = Side::Nobody;
        if self.lead_at.is_some_and(|at| at <= page::now()) {
            self.lead();
        }
    }

    fn lead(&mut self) {
        self.lead_at = None;
        let Role::Leading(term) = self.election.role() else { return };
        let credentials = std::mem::take(&mut self.credentials);
        let before = Predecessor { credentials, may_have_connection: self.election.is_unasked() };
        let mut leader = Leader::new(term, before, &self.sender, &mut self.interface);
        if let Some(look) = self.look {
            leader.look(term.leader, self.interface.translate_look(look));
        }
        self.pending.send_again();
        self.side = Side::Leader(Box::new(leader));
        self.carry_out_own();
        for (from, message) in std::mem::take(&mut self.early) {
            self.handle_message(from, message);
        }
    }

    /// Begins again with what is stored now, because another tab still led when this one began.
    fn lead_anew(&mut self) {
        if let Side::Leader(leader) = std::mem::replace(&mut self.side, Side::Nobody) {
            self.credentials = leader.credentials().clone();
        }
        self.vote(|election, out| election.claim(page::now(), out));
    }

    /// Carries out what the person wanted here before this tab led, as soon as it can and the conversations
    /// exist.
    fn carry_out_own(&mut self) {
        let Side::Leader(leader) = &mut self.side else { return };
        if leader.is_quiet() {
            return;
        }
        let me = self.election.me();
        while let Some((number, given)) = self.pending.first() {
            let Some(command) = given.command_for(&self.interface, (page::now(), Rows::Stale)) else {
                return;
            };
            let command = CommandForLeader { command, kept: given.kept.clone() };
            leader.carry_out((me, number), Some(command));
            self.pending.done(number).iter().for_each(PendingCommand::forget);
        }
    }

    /// Takes a command of the person.
    fn take_command(&mut self, command: AppCommand) {
        if let AppCommand::Intent(network, Intent::Look { buffer, at_end }) = command {
            return self.look(Look { network, buffer, at_end });
        }
        let me = self.election.me();
        match &mut self.side {
            // Earlier commands must come first.
            Side::Leader(leader) if self.pending.is_empty() && !leader.is_quiet() => {
                // A conversation that no longer exists cannot be changed, but a room can be joined from it.
                let here = self.interface.translate(&command, Rows::Same);
                leader.perform(me, here.unwrap_or_else(|| to_nowhere(&command)));
            }
            Side::Outdated(_) if matches!(command, AppCommand::Intent(_, Intent::Reconnect)) => {
                build::reload();
            }
            Side::Leader(_) | Side::Nobody | Side::Follower(_) | Side::Outdated(_) => {
                // A draft that was sent goes at once, because what was sent is stored by now. A page that opens
                // at this moment would otherwise offer to send it again.
                if let AppCommand::Save { key, value } = &command
                    && self.pending.iter().all(PendingCommand::survives)
                {
                    storage::save(key, value.as_deref());
                    return;
                }
                let term = match &self.side {
                    Side::Follower(follower) if follower.is_fed() => follower.term().number,
                    _ => 0,
                };
                let number = self.pending.next_number();
                self.pending.push(PendingCommand::new(command, (me, number), term, &self.interface));
            }
        }
    }

    fn look(&mut self, look: Look) {
        self.look = Some(look);
        let look = self.interface.translate_look(look);
        match &mut self.side {
            Side::Leader(leader) => leader.look(self.election.me(), look),
            Side::Follower(follower) if follower.is_fed() => {
                let term = follower.term().number;
                self.post.send(Some(follower.leader()), &TabMessage::Look { term, look });
            }
            Side::Nobody | Side::Follower(_) | Side::Outdated(_) => {}
        }
    }

    /// Processes a letter of another tab.
    fn receive(&mut self, text: &str) {
        let Some((letter, body)) = Letter::open(text) else { return };
        let me = self.election.me();
        if letter.to.is_some_and(|to| to != me) || letter.from == me {
            return;
        }
        let is_ours = letter.build == self.post.build();
        if !is_ours {
            self.ask_build();
        }
        let now = page::now();
        match TabMessage::parse(body) {
            Some(TabMessage::Ballot(ballot)) => {
                // A background tab on a quiet network sends nothing else.
                if let Side::Leader(leader) = &mut self.side {
                    leader.note_activity(letter.from);
                }
                self.vote(|election, out| election.handle(now, letter.from, ballot, out));
                if !is_ours && matches!(&self.side, Side::Follower(one) if one.leader() == letter.from) {
                    self.side = Side::Outdated(letter.from);
                }
            }
            Some(message) if is_ours => self.handle_message(letter.from, message),
            Some(_) | None => {}
        }
    }

    fn handle_message(&mut self, from: TabId, message: TabMessage) {
        self.election.note_leader(page::now(), from);
        match &mut self.side {
            Side::Leader(leader) => {
                let term = leader.term().number;
                leader.note_activity(from);
                match message {
                    TabMessage::Pull { term: of, had } if of == term => {
                        leader.pulled((from, had), &mut self.interface, &self.post);
                    }
                    TabMessage::Do { term: of, request } if of == term => leader.asked(from, &request),
                    TabMessage::Superseded { acted_at }
                        if leader.has_begun_before(acted_at + TAKE_OVER_AFTER) =>
                    {
                        self.lead_anew();
                    }
                    TabMessage::Look { term: of, look } if of == term => leader.look(from, look),
                    TabMessage::Bye { done } => leader.gone(from, done),
                    TabMessage::Awake => leader.handle(Input::Awake),
                    TabMessage::Pull { .. }
                    | TabMessage::Do { .. }
                    | TabMessage::Look { .. }
                    | TabMessage::Superseded { .. }
                    | TabMessage::Ballot(_)
                    | TabMessage::News
                    | TabMessage::Told { .. }
                    | TabMessage::Credentials(_) => {}
                }
            }
            Side::Follower(follower) if follower.leader() == from => match message {
                TabMessage::News => follower.called(),
                TabMessage::Told { delivery, due } => {
                    let told = follower.told((delivery, due), &mut self.interface);
                    for given in told.done.map(|number| self.pending.done(number)).unwrap_or_default() {
                        given.forget();
                        CommandForLeader { command: given.command, kept: given.kept }.save();
                    }
                    if let Some(look) = self.look.filter(|_| told.is_whole) {
                        self.look(look);
                    }
                }
                TabMessage::Credentials(credentials) => self.credentials = credentials,
                TabMessage::Ballot(_)
                | TabMessage::Bye { .. }
                | TabMessage::Pull { .. }
                | TabMessage::Do { .. }
                | TabMessage::Look { .. }
                | TabMessage::Superseded { .. }
                | TabMessage::Awake => {}
            },
            Side::Nobody if self.lead_at.is_some() && self.early.len() < EARLY_MAX => {
                self.early.push((from, message));
            }
            Side::Nobody | Side::Follower(_) | Side::Outdated(_) => {}
        }
    }

    /// Does what is due, and exchanges news with the other tabs.
    fn step(&mut self) {
        let now = page::now();
        self.vote(|election, out| election.due(now, out));
        if self.pending.next_deadline().is_some_and(|at| at <= now) {
            self.pending.send_again();
            self.vote(|election, out| election.doubt(now, out));
        }
        match &mut self.side {
            Side::Leader(leader) => {
                leader.due(now);
                leader.take_up(now, &self.interface);
                leader.tell(&mut self.interface, &self.post);
            }
            Side::Follower(follower) => {
                let is_late = follower.pull(now, &self.post);
                // A command must not reach the old leader when this tab has carried it out itself.
                if follower.is_fed() && self.election.is_sure_of_leader() {
                    Self::forward_pending(
                        (&mut self.pending, follower),
                        (&self.interface, &self.post),
                        Some(now),
                    );
                }
                if is_late {
                    self.vote(|election, out| election.doubt(now, out));
                }
            }
            Side::Nobody | Side::Outdated(_) => {}
        }
        self.carry_out_own();
    }

    /// Sends what has not been sent; `at` is the time, or `None` if this tab is being left.
    fn forward_pending(
        (pending, follower): (&mut PendingCommands<PendingCommand>, &Follower),
        (interface, post): (&Interface, &Post),
        at: Option<Timestamp>,
    ) {
        let (now, term) = (page::now(), follower.term().number);
        let unsent = pending.unsent(now, |given| {
            let rows = if given.term == term { Rows::Same } else { Rows::Stale };
            let command = given.command_for(interface, (now, rows))?;
            pack(&CommandForLeader { command, kept: given.kept.clone() })
        });
        for request in unsent {
            let request = ForwardedCommand { at, ..request };
            post.send(Some(follower.leader()), &TabMessage::Do { term, request });
        }
    }

    /// Ends when something is due.
    fn until_due(&self) -> impl Future<Output = ()> + Unpin + use<> {
        let now = page::now();
        let side = match &self.side {
            Side::Leader(leader) => leader.next_deadline(),
            Side::Follower(follower) => follower.next_deadline(),
            Side::Nobody | Side::Outdated(_) => None,
        };
        let waited = self.pending.first().map(|(_, given)| given.at + PLACE_WITHIN).filter(|at| *at > now);
        let due = [side, self.election.next_deadline(), self.pending.next_deadline(), self.lead_at, waited];
        let due = due.into_iter().flatten().fold(now + IDLE, Timestamp::min);
        TimeoutFuture::new(u32::try_from(due.since(now).as_millis() + 1).unwrap_or(u32::MAX))
    }
}
