//! What the interface knows: the views of all networks, and what the person has open.
//!
//! Written in one place, [`State::apply`] for what comes from the networks, and by the components for what the person opens.
//! Kept in signals, so that only what reads a thing is drawn again when it changes.

use std::{collections::VecDeque, sync::Arc};

use dioxus::prelude::*;
use parla_client::{
    Intent, Problem, SortedMap,
    view::{
        BufferId, BufferKind, BufferView, Certificate, DirectoryView, LinkState, NetworkId, NetworkView,
        Notice, Person, RowId, Update,
    },
};

use crate::{
    address::{Address, Target},
    alert,
    buffers::Buffers,
    dialogs::stack::Stack,
    hooks::use_context_provider,
    invitations::Invitation,
    keys::Region,
    link::Link,
    platform::{Command, Here},
    preferences::Preferences,
    room::beside::Beside,
    rooms,
    toasts::{Toast, ToastKind},
    visits::Top,
    words::{Language, Words},
};

/// A conversation among those of all networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BufferKey {
    /// The network.
    pub network: NetworkId,
    /// The conversation there.
    pub buffer: BufferId,
}

/// What is open over the conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum Dialog {
    /// The rooms there are.
    Browse(NetworkId),
    /// Who someone is.
    Person(NetworkId, Arc<str>),
    /// Ask someone into this room.
    Invite(BufferKey),
    /// Say what this room is about.
    Topic(BufferKey),
    /// How this room is set up.
    Settings(BufferKey),
    /// Another name.
    Nick(NetworkId),
    /// Another network.
    AddNetwork,
    /// Another address for this network.
    Address(NetworkId),
    /// The commands and the keys.
    Help,
    /// What the app has said.
    Said,
}

/// The side that is slid in where there is not room for all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// The conversation alone.
    #[default]
    None,
    /// The rooms.
    Rooms,
    /// The members.
    Members,
}

/// Everything the components read: what the networks say, what the person has open, what the page reports, what the app has told
/// them, and how they want it.
#[derive(Clone, Copy, PartialEq)]
pub struct State {
    /// What comes from the networks.
    pub views: Views,
    /// What the person has open.
    pub open: Open,
    /// What the page reports.
    pub page: Page,
    /// What the app has told the person on its own account.
    pub announced: Announced,
    /// How the person wants it.
    pub preferences: Signal<Preferences>,
    /// The sentences, in the language that the app speaks.
    pub words: Signal<Words>,
    /// The language that the person wants; the app speaks it when its sentences are loaded.
    pub language: Signal<Language>,
}

/// What comes from the networks.
#[derive(Clone, Copy, PartialEq)]
pub struct Views {
    /// The networks.
    pub networks: Signal<SortedMap<NetworkId, NetworkView>>,
    /// Their conversations.
    pub buffers: Buffers,
    /// The rooms of the networks that were asked for them.
    pub directories: Signal<SortedMap<NetworkId, DirectoryView>>,
    /// What servers showed that were not believed.
    pub certificates: Signal<SortedMap<NetworkId, Arc<Certificate>>>,
    /// The last person that was asked about.
    pub person: Signal<Option<(NetworkId, Arc<Person>)>>,
    /// Who asks the person where, and was not answered.
    pub invitations: Signal<Vec<Invitation>>,
    /// What conversations were called before, for addresses that say so.
    pub(crate) renamed: Signal<Vec<(Target, BufferKey)>>,
    /// The highest number of a network that was used.
    pub network_last: Signal<u32>,
}

/// What the person has open, and where they are on their way to.
#[derive(Clone, Copy, PartialEq)]
pub struct Open {
    /// Whether the person has been let in: from then on the frame is shown, and no first screen.
    pub entered: Signal<bool>,
    /// The conversation that is shown.
    pub current: Signal<Option<BufferKey>>,
    /// What was open when the app was closed, to be opened once it is there.
    pub(crate) wanted: Signal<Option<Wanted>>,
    /// The address by which the person came, while it is being followed.
    pub link: Signal<Option<Link>>,
    /// The person has chosen a conversation since they last asked for one: an answer that comes late does not take them away.
    pub(crate) has_moved_on: Signal<bool>,
    /// A conversation that is closed on the app's own account: no word about it.
    pub(crate) unwanted: Signal<Option<BufferKey>>,
    /// Where the history stands.
    pub(crate) top: Signal<Option<Top>>,
    /// What is open over the conversation.
    pub(crate) dialogs: Signal<Stack>,
    /// Why the nick that was asked for in its dialog was refused, and one that may be had.
    pub(crate) nick_refused: Signal<Option<(Arc<Problem>, Arc<str>)>>,
    /// The side that is slid in.
    pub side: Signal<Side>,
    /// The id of the element that gets the focus back when the side is closed.
    pub focus_back: Signal<Option<String>>,
    /// The part of the window that has the focus.
    pub(crate) region: Signal<Region>,
}

/// What the page reports.
#[derive(Clone, Copy, PartialEq)]
pub struct Page {
    /// Whether the window is in front and visible.
    pub attentive: Signal<bool>,
    /// Whether there is no room for the sides beside the conversation.
    pub narrow: Signal<bool>,
    /// With what the person pointed last.
    pub(crate) pointer: Signal<Pointer>,
    /// Whether the newest row of the conversation is in view.
    pub at_end: Signal<bool>,
    /// The rows that are selected, first and last.
    pub selection: Signal<Option<(RowId, RowId)>>,
    /// Which part of the log is visible.
    pub view: Signal<LogView>,
    /// What stands in the composer.
    pub composer: Signal<ComposerText>,
    /// What stood in the composer when another conversation was opened, until the composer takes notice.
    pub(crate) left: Signal<Option<String>>,
}

/// What the app has told the person on its own account.
#[derive(Clone, Copy, PartialEq)]
pub struct Announced {
    /// What is to be said.
    pub toasts: Signal<VecDeque<Toast>>,
    /// What was said.
    pub(crate) journal: Signal<VecDeque<Toast>>,
    /// Why something did not work that the person did in a conversation.
    pub(crate) beside: Signal<Option<(BufferKey, Beside)>>,
    /// The tags of the notifications that are shown.
    pub(crate) notified: Signal<SortedMap<BufferKey, String>>,
    /// The person is to be asked whether they want notifications.
    pub(crate) offers_to_notify: Signal<bool>,
}

/// A conversation that is not there yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The one of this mark, see [`State::mark`].
    Marked(String),
    /// The one of this address.
    At(Address),
}

/// With what the person points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Pointer {
    /// With something that leaves the keyboard free.
    #[default]
    Fine,
    /// With a finger: a field with the focus brings up a keyboard that covers half of the screen.
    Finger,
}

/// What stands in the composer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComposerText {
    /// The text.
    pub text: String,
    /// Where the caret is, in UTF-16 units.
    pub caret: usize,
}

/// Which part of the log is visible, in CSS pixels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogView {
    /// Which log: its `data-room`.
    pub room: String,
    /// What is above.
    pub top: i32,
    /// What is visible.
    pub height: i32,
    /// How wide it is.
    pub width: i32,
    /// All of it.
    pub total: i32,
    /// The reader is at the end, and stays there when more comes.
    pub end: bool,
    /// The first row in view, if there is one.
    pub row: Option<u64>,
    /// How much of its chunk is above what is visible; may be negative.
    pub above: i32,
}

/// Under this key the platform keeps the highest number of a network that was ever used.
pub const KEY_NETWORK_LAST: &str = "network-last";

impl State {
    /// An empty one, owned by the component that calls this.
    pub fn provide() -> Self {
        use_context_provider(|| Self {
            views: Views {
                networks: Signal::default(),
                buffers: Buffers::new(),
                directories: Signal::default(),
                certificates: Signal::default(),
                person: Signal::new(None),
                invitations: Signal::default(),
                renamed: Signal::default(),
                network_last: Signal::new(0),
            },
            open: Open {
                entered: Signal::new(false),
                current: Signal::new(None),
                wanted: Signal::new(None),
                link: Signal::new(None),
                has_moved_on: Signal::new(false),
                unwanted: Signal::new(None),
                top: Signal::new(None),
                dialogs: Signal::default(),
                nick_refused: Signal::new(None),
                side: Signal::default(),
                focus_back: Signal::new(None),
                region: Signal::default(),
            },
            page: Page {
                attentive: Signal::new(true),
                narrow: Signal::new(false),
                pointer: Signal::default(),
                at_end: Signal::new(true),
                selection: Signal::new(None),
                view: Signal::default(),
                composer: Signal::default(),
                left: Signal::new(None),
            },
            announced: Announced {
                toasts: Signal::default(),
                journal: Signal::default(),
                beside: Signal::new(None),
                notified: Signal::default(),
                offers_to_notify: Signal::new(false),
            },
            preferences: Signal::default(),
            words: Signal::new(Words::english()),
            language: Signal::default(),
        })
    }

    /// The sentences, in the language that the app speaks. Whatever says one is said anew in another language.
    pub fn words(self) -> Words {
        *self.words.read()
    }

    /// Takes in what the networks tell. Each signal is written once at most, however long the batch is.
    pub fn apply(mut self, updates: Vec<Update>, here: &Here) {
        let mut networks = Vec::new();
        let mut buffers = SortedMap::default();
        for update in updates {
            match update {
                Update::Network(view) => networks.push(view),
                Update::Buffer(network, view) => {
                    buffers.insert(BufferKey { network, buffer: view.id }, view);
                }
                other => {
                    self.flush(&mut networks, &mut buffers, here);
                    self.apply_rare(other, here);
                }
            }
        }
        self.flush(&mut networks, &mut buffers, here);
        self.follow(here);
        self.choose();
        alert::withdraw_read(self, here);
    }

    fn flush(
        &mut self,
        networks: &mut Vec<NetworkView>,
        buffers: &mut SortedMap<BufferKey, BufferView>,
        here: &Here,
    ) {
        if !networks.is_empty() {
            self.note_arrivals(networks);
            let mut known = self.views.networks.write();
            known.extend(networks.drain(..).map(|view| (view.id, view)));
        }
        if !buffers.is_empty() {
            self.note_joined(buffers);
            self.follow_names(buffers, here);
            self.views.buffers.extend(std::mem::take(buffers));
        }
    }

    /// Whether the network can be used now.
    pub(crate) fn is_online(&self, network: NetworkId) -> bool {
        self.views.networks.read().get(&network).is_some_and(|view| view.link == LinkState::Online)
    }

    /// What is kept under the name of a conversation goes with it to its new name.
    fn follow_names(&self, buffers: &SortedMap<BufferKey, BufferView>, here: &Here) {
        for (key, view) in buffers.iter() {
            let known = self.views.buffers.peek_list().get(key).cloned();
            if let Some(before) = known.filter(|known| known.name != view.name) {
                let mark = mark_of(*key, &view.name);
                crate::drafts::follow(&mark_of(*key, &before.name), &mark, here);
                self.note_renamed(*key, before.target());
                if *self.open.current.peek() == Some(*key) {
                    here.0.save(crate::app::KEY_OPEN, Some(&mark));
                }
            }
        }
    }

    fn note_arrivals(&mut self, networks: &[NetworkView]) {
        let last = networks.iter().map(|view| view.id.0).max().unwrap_or_default();
        if *self.views.network_last.peek() < last {
            self.views.network_last.set(last);
        }
        if !*self.open.entered.peek() && networks.iter().any(|view| view.link == LinkState::Online) {
            self.open.entered.set(true);
        }
    }

    fn apply_rare(&mut self, update: Update, here: &Here) {
        match update {
            Update::Network(_) | Update::Buffer(..) => {}
            Update::BufferClosed(network, buffer) => {
                let key = BufferKey { network, buffer };
                let closed = self.views.buffers.remove(key);
                self.close_dialogs_about(&|dialog| dialog.conversation() == Some(key));
                if *self.open.unwanted.peek() == Some(key) {
                    return self.open.unwanted.set(None);
                }
                // The person wanted it so; perhaps it was a slip.
                match closed.map(|listed| (listed.kind, listed.name)) {
                    Some((BufferKind::Room, name)) => self.toast(network, None, ToastKind::Left(name)),
                    Some((BufferKind::Direct, name)) => self.toast(network, None, ToastKind::Closed(name)),
                    Some((BufferKind::Server, _)) | None => {}
                }
            }
            Update::Conversations(network, ids) => self.keep_only(network, &ids),
            Update::NetworkForgotten(network) => {
                self.views.networks.write().remove(&network);
                self.close_dialogs_about(&|dialog| dialog.network() == Some(network));
                if self.views.networks.peek().is_empty() {
                    self.open.entered.set(false);
                    self.close_dialogs();
                }
                self.views.buffers.forget(network);
                self.views.directories.write().remove(&network);
                self.views.certificates.write().remove(&network);
                self.views.invitations.write().retain(|one| one.network != network);
            }
            Update::Directory(network, view) => {
                self.views.directories.write().insert(network, view);
            }
            Update::Certificate(network, shown) => {
                self.views.certificates.write().insert(network, shown);
            }
            Update::Person(network, person) => self.views.person.set(Some((network, person))),
            Update::Notice(_, _, Notice::Help) => self.open_dialog(Dialog::Help, self.place_behind()),
            Update::Notice(network, _, Notice::Invitation { from, room }) => {
                self.invited(Invitation { network, from, room });
            }
            Update::Notice(network, _, Notice::NickRefused { problem, suggestion }) => {
                let button = rooms::you_id(network);
                let is_beside = *self.open.side.peek() == Side::Rooms;
                self.open_dialog(
                    Dialog::Nick(network),
                    if is_beside { &button } else { self.place_behind() },
                );
                self.open.nick_refused.set(Some((problem, suggestion)));
            }
            Update::Notice(network, buffer, notice) => {
                if matches!(notice, Notice::Problem(_)) {
                    self.is_not_led();
                }
                self.tell(network, buffer, notice);
            }
            Update::Show(network, buffer) => {
                self.take_to(BufferKey { network, buffer });
            }
            Update::Alert(network, buffer, said) => {
                alert::tell(*self, (BufferKey { network, buffer }, &said), here);
            }
        }
    }

    /// These are all conversations of a network; others that are shown are gone.
    fn keep_only(&mut self, network: NetworkId, ids: &[BufferId]) {
        let is_gone = |key: &BufferKey| key.network == network && !ids.contains(&key.buffer);
        self.views.buffers.retain(&|key| !is_gone(&key));
        self.close_dialogs_about(&|dialog| dialog.conversation().as_ref().is_some_and(is_gone));
    }

    /// How a conversation is known to the next start of the app.
    pub fn mark(&self, key: BufferKey) -> Option<String> {
        self.views.buffers.peek_list().get(&key).map(|listed| mark_of(key, &listed.name))
    }

    /// The id of the element that gets the focus when a conversation is opened: to write, unless that is in the way.
    pub(crate) fn place_to_write(&self) -> &'static str {
        match *self.page.pointer.peek() {
            Pointer::Fine => "composer",
            Pointer::Finger => Region::Middle.id(),
        }
    }

    /// The id of the element that gets the focus back from a dialog that no button has opened. What a side lies over cannot have it.
    pub(crate) fn place_behind(&self) -> &'static str {
        match *self.open.side.peek() {
            Side::None => self.place_to_write(),
            Side::Rooms => Region::Rooms.id(),
            Side::Members => Region::Members.id(),
        }
    }

    /// A number for a network that was not used before, not even by one that is gone: what was saved about that one is not for
    /// the next.
    pub fn next_network(&mut self, here: &Here) -> NetworkId {
        let saved = here.0.load(KEY_NETWORK_LAST).and_then(|text| text.parse().ok());
        let next = saved.unwrap_or(0_u32).max(*self.views.network_last.peek()).saturating_add(1);
        self.views.network_last.set(next);
        here.0.save(KEY_NETWORK_LAST, Some(&next.to_string()));
        NetworkId(next)
    }
}

fn mark_of(key: BufferKey, name: &str) -> String {
    format!("{} {name}", key.network.0)
}

/// Hands an intent to the client of a network.
pub fn wish(here: &Here, network: NetworkId, intent: Intent) {
    if let Some(state) = try_consume_context::<State>() {
        state.may_be_led_by(&intent);
    }
    here.0.command(Command::Intent(network, intent));
}
