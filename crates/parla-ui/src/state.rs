//! The state of the interface: the views of all networks, and what the person has open.
//!
//! It is written in one place, [`State::apply`], for updates from the networks, and by the components for
//! what the person opens. It is kept in signals, so that a change redraws only the components that read it.

use std::{collections::VecDeque, sync::Arc};

use dioxus::prelude::*;
use parla_client::{
    Intent, Problem, SortedMap,
    view::{
        Announcement, BufferId, BufferKind, BufferView, Certificate, DirectoryView, LinkState, NetworkId,
        NetworkView, Person, RowId, Update,
    },
};

use crate::{
    address::{Address, Target},
    alert,
    buffers::Buffers,
    deep_link::DeepLink,
    dialogs::stack::Stack,
    hooks::use_context_provider,
    invitations::Invitation,
    keys::Region,
    platform::{AppCommand, Here},
    preferences::Preferences,
    room::beside::Beside,
    rooms,
    toasts::{Toast, ToastKind},
    visits::Top,
    words::{Language, Words},
};

/// The key of a conversation among those of all networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BufferKey {
    /// The network of the conversation.
    pub network: NetworkId,
    /// Its id on that network.
    pub buffer: BufferId,
}

/// A dialog that can be open over the conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum Dialog {
    /// The directory of rooms of a network.
    Browse(NetworkId),
    /// A person on a network.
    Person(NetworkId, Arc<str>),
    /// Inviting somebody to this room.
    Invite(BufferKey),
    /// Editing the topic of this room.
    Topic(BufferKey),
    /// The settings of this room.
    Settings(BufferKey),
    /// The person's nick on this network.
    Nick(NetworkId),
    /// Adding a network.
    AddNetwork,
    /// Changing the address of this network.
    Address(NetworkId),
    /// Help on the commands and the keys.
    Help,
    /// The app's earlier messages.
    PastToasts,
}

/// The side that has slid in on a narrow screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// None: only the conversation is visible.
    #[default]
    None,
    /// The list of rooms.
    Rooms,
    /// The list of members.
    Members,
}

/// Everything that the components read: the views of the networks, what the person has open, what the page
/// reports, what the app has told them, and their preferences.
#[derive(Clone, Copy, PartialEq)]
pub struct State {
    /// The views of the networks.
    pub views: Views,
    /// What the person has open.
    pub open: Open,
    /// The reports of the page.
    pub page: PageState,
    /// The app's own messages to the person.
    pub announced: Announced,
    /// The person's preferences.
    pub preferences: Signal<Preferences>,
    /// The sentences in the language that the app uses now.
    pub words: Signal<Words>,
    /// The language that the person wants; the app uses it once its sentences are loaded.
    pub language: Signal<Language>,
}

/// The views of the networks.
#[derive(Clone, Copy, PartialEq)]
pub struct Views {
    /// The networks by id.
    pub networks: Signal<SortedMap<NetworkId, NetworkView>>,
    /// The conversations of all networks.
    pub buffers: Buffers,
    /// The directories of rooms that were requested.
    pub directories: Signal<SortedMap<NetworkId, DirectoryView>>,
    /// The certificates of servers that were not trusted.
    pub certificates: Signal<SortedMap<NetworkId, Arc<Certificate>>>,
    /// The person who was last asked about.
    pub person: Signal<Option<(NetworkId, Arc<Person>)>>,
    /// The invitations that have not been answered.
    pub invitations: Signal<Vec<Invitation>>,
    /// The former names of conversations, for addresses that contain them.
    pub(crate) renamed: Signal<Vec<(Target, BufferKey)>>,
    /// The highest network id that was used.
    pub network_last: Signal<u32>,
}

/// What the person has open, and where they are being taken.
#[derive(Clone, Copy, PartialEq)]
pub struct Open {
    /// Whether the person has been let in: from then on the frame is shown, and not the first screen.
    pub entered: Signal<bool>,
    /// The conversation that is shown.
    pub current: Signal<Option<BufferKey>>,
    /// What was open when the app was closed, to be opened as soon as it exists.
    pub(crate) wanted: Signal<Option<Wanted>>,
    /// The address that the person came by, while it is being followed.
    pub deep_link: Signal<Option<DeepLink>>,
    /// Whether the person has chosen a conversation since their last request, so that a late answer must not
    /// take them away.
    pub(crate) has_moved_on: Signal<bool>,
    /// A conversation that the app itself is closing, which is not announced.
    pub(crate) unwanted: Signal<Option<BufferKey>>,
    /// The current entry of the history.
    pub(crate) top: Signal<Option<Top>>,
    /// The dialogs that are open over the conversation.
    pub(crate) dialogs: Signal<Stack>,
    /// Why the nick that was requested in its dialog was refused, and one that may be free.
    pub(crate) nick_refused: Signal<Option<(Arc<Problem>, Arc<str>)>>,
    /// The side that has slid in.
    pub side: Signal<Side>,
    /// The id of the element that gets the focus when the side is closed.
    pub focus_back: Signal<Option<String>>,
    /// The part of the window that has the focus.
    pub(crate) region: Signal<Region>,
}

/// The reports of the page.
#[derive(Clone, Copy, PartialEq)]
pub struct PageState {
    /// Whether the window is in front and visible.
    pub attentive: Signal<bool>,
    /// Whether the window is too narrow to show the sides beside the conversation.
    pub narrow: Signal<bool>,
    /// The kind of device that the person last pointed with.
    pub(crate) pointer: Signal<Pointer>,
    /// Whether the newest row of the conversation is in view.
    pub at_end: Signal<bool>,
    /// The first and the last selected row.
    pub selection: Signal<Option<(RowId, RowId)>>,
    /// The visible part of the log.
    pub view: Signal<LogView>,
    /// The text of the composer.
    pub composer: Signal<ComposerText>,
    /// Whether the person has written this text here since they turned to the window.
    pub(crate) is_written_here: Signal<bool>,
    /// The text that was in the composer when another conversation was opened, until the composer processes
    /// it.
    pub(crate) left: Signal<Option<String>>,
}

/// The app's own messages to the person.
#[derive(Clone, Copy, PartialEq)]
pub struct Announced {
    /// The messages that are shown.
    pub toasts: Signal<VecDeque<Toast>>,
    /// The earlier messages, which can be read again in a dialog.
    pub(crate) journal: Signal<VecDeque<Toast>>,
    /// Why something failed that the person did in a conversation.
    pub(crate) beside: Signal<Option<(BufferKey, Beside)>>,
    /// The tags of the notifications that are shown.
    pub(crate) notified: Signal<SortedMap<BufferKey, String>>,
    /// Whether the person must be asked if they want notifications.
    pub(crate) offers_to_notify: Signal<bool>,
}

/// A conversation that does not exist yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The one with this mark, see [`State::mark`].
    Marked(String),
    /// The one with this address.
    At(Address),
}

/// The kind of device that the person points with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Pointer {
    /// One that leaves the keyboard free.
    #[default]
    Fine,
    /// A finger: focusing a field opens a keyboard that covers half of the screen.
    Finger,
}

/// The content of the composer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComposerText {
    /// The text as it is written.
    pub text: String,
    /// The position of the caret, in UTF-16 units.
    pub caret: usize,
}

/// The visible part of the log, in CSS pixels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogView {
    /// The log, by its `data-room`.
    pub room: String,
    /// The height of the part above the visible one.
    pub top: i32,
    /// The height of the visible part.
    pub height: i32,
    /// The width of the log.
    pub width: i32,
    /// The height of the whole log.
    pub total: i32,
    /// Whether the reader is at the end and stays there when more arrives.
    pub end: bool,
    /// The first row in view, if there is one.
    pub row: Option<u64>,
    /// How much of its chunk is above the visible part; may be negative.
    pub above: i32,
}

/// The key under which the platform stores the highest network id that was ever used.
pub const KEY_NETWORK_LAST: &str = "network-last";

impl State {
    /// An empty state, owned by the calling component.
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
                deep_link: Signal::new(None),
                has_moved_on: Signal::new(false),
                unwanted: Signal::new(None),
                top: Signal::new(None),
                dialogs: Signal::default(),
                nick_refused: Signal::new(None),
                side: Signal::default(),
                focus_back: Signal::new(None),
                region: Signal::default(),
            },
            page: PageState {
                attentive: Signal::new(true),
                narrow: Signal::new(false),
                pointer: Signal::default(),
                at_end: Signal::new(true),
                selection: Signal::new(None),
                view: Signal::default(),
                composer: Signal::default(),
                is_written_here: Signal::new(false),
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

    /// The sentences in the language that the app uses now. The reader is redrawn when the language changes.
    pub fn words(self) -> Words {
        *self.words.read()
    }

    /// Applies updates from the networks. Each signal is written at most once, however long the batch is.
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

    /// Moves what is stored under the name of a conversation to its new name.
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
                // The person wanted this, but it may have been a slip.
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
            Update::Announcement(_, _, Announcement::Help) => {
                self.open_dialog(Dialog::Help, self.place_behind());
            }
            Update::Announcement(network, _, Announcement::Invitation { from, room }) => {
                self.invited(Invitation { network, from, room });
            }
            Update::Announcement(network, _, Announcement::NickRefused { problem, suggestion }) => {
                let button = rooms::you_id(network);
                let is_beside = *self.open.side.peek() == Side::Rooms;
                self.open_dialog(
                    Dialog::Nick(network),
                    if is_beside { &button } else { self.place_behind() },
                );
                self.open.nick_refused.set(Some((problem, suggestion)));
            }
            Update::Announcement(network, buffer, announcement) => {
                if matches!(announcement, Announcement::Problem(_)) {
                    self.is_not_led();
                }
                self.tell(network, buffer, announcement);
            }
            Update::Show(network, buffer) => {
                self.take_to(BufferKey { network, buffer });
            }
            Update::Alert(network, buffer, alert) => {
                alert::tell(*self, (BufferKey { network, buffer }, &alert), here);
            }
        }
    }

    /// Removes all conversations of a network except these.
    fn keep_only(&mut self, network: NetworkId, ids: &[BufferId]) {
        let is_gone = |key: &BufferKey| key.network == network && !ids.contains(&key.buffer);
        self.views.buffers.retain(&|key| !is_gone(&key));
        self.close_dialogs_about(&|dialog| dialog.conversation().as_ref().is_some_and(is_gone));
    }

    /// The mark by which the next start of the app recognises a conversation.
    pub fn mark(&self, key: BufferKey) -> Option<String> {
        self.views.buffers.peek_list().get(&key).map(|listed| mark_of(key, &listed.name))
    }

    /// The id of the element that gets the focus when a conversation is opened: the composer, unless a
    /// keyboard would get in the way.
    pub(crate) fn place_to_write(&self) -> &'static str {
        match *self.page.pointer.peek() {
            Pointer::Fine => "composer",
            Pointer::Finger => Region::Middle.id(),
        }
    }

    /// The id of the element that gets the focus after a dialog that no button opened. Nothing that is
    /// covered by a side can have it.
    pub(crate) fn place_behind(&self) -> &'static str {
        match *self.open.side.peek() {
            Side::None => self.place_to_write(),
            Side::Rooms => Region::Rooms.id(),
            Side::Members => Region::Members.id(),
        }
    }

    /// An id for a new network, which not even a removed network has used: what was stored for that one must
    /// not be used for the new one.
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

/// Sends an intent to the client of a network.
pub fn wish(here: &Here, network: NetworkId, intent: Intent) {
    if let Some(state) = try_consume_context::<State>() {
        state.may_be_led_by(&intent);
    }
    here.0.command(AppCommand::Intent(network, intent));
}
