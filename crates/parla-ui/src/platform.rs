//! What the interface needs from its environment: a browser's page or a window on the desktop.
//!
//! This is the only boundary between the components and the two shells. Nothing here blocks: slow results
//! come back as updates.

use std::{future::Future, pin::Pin, rc::Rc, sync::Arc};

use futures_channel::mpsc::UnboundedReceiver;
use parla_client::{
    Credentials, Intent,
    view::{NetworkId, RowId, Update},
};
use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    preferences::{self, Preferences},
    state::BufferKey,
    visits::{Arrival, HistoryAct, HistoryEntry},
    words::{Language, Words},
};

/// The shell in which the interface runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShellKind {
    /// A page that a server handed out, which talks only to that server.
    Browser,
    /// A window, which talks to any server.
    Desktop,
}

/// What the interface can ask of the networks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppCommand {
    /// Connect to a network, under an id that the interface has not used before.
    Connect {
        /// The id of the network.
        network: NetworkId,
        /// `host`, `host:port` or `[address]:port`; in a browser empty, which means the server that handed
        /// out the page.
        address: String,
        /// The nick to use there.
        nick: String,
        /// Whether the person accepts a connection that others on the way can read.
        unencrypted: bool,
        /// The person's credentials. A password that is entered later is sent as an [`Intent::SignIn`].
        credentials: Credentials,
    },
    /// Change where or how a network is reached, and reconnect. Its conversations stay.
    Change(NetworkId, NetworkChange),
    /// Disconnect from a network and delete everything that is stored for it.
    Forget(NetworkId),
    /// An intent for the client of a network.
    Intent(NetworkId, Intent),
    /// Save a small text like [`Platform::save`], but only after the earlier commands have been carried out:
    /// a draft must not be deleted before it is stored as a message.
    Save {
        /// The key of the text, as in [`Platform::save`].
        key: String,
        /// The text; `None` deletes the key.
        value: Option<String>,
    },
}

/// A change to a network. Desktop only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NetworkChange {
    /// Use this address. The person's consents for the previous address do not apply to it.
    Address(String),
    /// The person accepts a connection that others on the way can read.
    Unencrypted,
    /// The person trusts the certificate with this fingerprint, and no other.
    Trust(Arc<str>),
    /// The person identifies themselves there with the certificate in this PEM file, or with none.
    Identity(Option<String>),
}

/// An action on the page itself that no component can express. `assets/page.js` carries it out in both
/// places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageAct {
    /// Put this text into the composer, with the caret after `caret` UTF-16 units.
    SetComposer {
        /// The text to put there.
        text: String,
        /// The position of the caret, in UTF-16 units.
        caret: usize,
        /// The text that it replaces. What the person has added to that in the meantime is kept.
        over: String,
    },
    /// The same as if the person had written the text: they can undo it.
    EditComposer {
        /// The text to put there.
        text: String,
        /// The position of the caret, in UTF-16 units.
        caret: usize,
        /// The text that it replaces.
        over: String,
    },
    /// Focus the element with this id. It may appear in the page only a moment later, so it is looked for
    /// again for a few frames.
    Focus(String),
    /// Scroll the log to its end, and keep it there.
    ScrollToEnd,
    /// Scroll the log so that the row is near its top.
    ScrollToRow(RowId),
    /// Put this text on the clipboard.
    Copy(String),
    /// Scroll the list that contains the element with this id until the element is in view.
    Reveal(String),
}

/// The address at which the app starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// There is no such address.
    Anywhere,
    /// One that somebody wrote: the part after the address of the page.
    Link(String),
    /// An entry of the history that it was at before, because the page was reloaded.
    Again(HistoryEntry),
}

/// A system notification, for somebody who is looking elsewhere. There is one per conversation: a newer one
/// replaces the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// The conversation that a click opens.
    pub about: BufferKey,
    /// The system's name for the conversation: the same in every tab and after a restart.
    pub tag: String,
    /// The sender and the room.
    pub title: String,
    /// The text of the message.
    pub body: String,
}

/// Whether notifications can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// They can be shown.
    Given,
    /// The person has blocked them, and only the browser's settings can change that.
    Refused,
    /// The person must be asked first.
    NotAsked,
    /// They cannot be shown here at all: the browser has none, or not for pages without encryption.
    Impossible,
}

/// An event from outside the components.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlatformEvent {
    /// The person was taken to an address.
    Arrived(Arrival),
    /// The person clicked the notification about this conversation; the window is in front.
    Chosen(BufferKey),
    /// The person has answered whether notifications may be shown.
    Answered(Leave),
    /// Something that the person wrote could not be saved. This may be reported every time.
    NotSaved,
}

/// What a shell provides.
pub trait Platform {
    /// Which shell this is.
    fn shell_kind(&self) -> ShellKind;
    /// Whether networks are remembered and being connected, so that the first screen is not needed.
    fn is_returning(&self) -> bool;
    /// Whether the system has a safe place for passwords, so that the person can be asked whether to store
    /// theirs. A browser stores them by itself.
    fn keeps_passwords(&self) -> bool {
        false
    }
    /// Sends a command to the networks' side.
    fn command(&self, command: AppCommand);
    /// The batches of updates, at most about twenty per second. Returned only once.
    fn updates(&self) -> Option<UnboundedReceiver<Vec<Update>>>;
    /// The text that was saved under this key.
    fn load(&self, key: &str) -> Option<String>;
    /// Saves a small text under a key immediately, for the next start; `None` deletes it.
    fn save(&self, key: &str, value: Option<&str>);
    /// The person's preferences.
    fn preferences(&self) -> Preferences {
        Preferences::load(&|key| self.load(key))
    }
    /// Saves the person's preferences.
    fn save_preferences(&self, preferences: &Preferences) {
        self.save(preferences::KEY, preferences.to_saved().as_deref());
        for before in preferences::KEYS_BEFORE {
            if self.load(before).is_some() {
                self.save(before, None);
            }
        }
    }
    /// The time by the person's clock.
    fn now(&self) -> Timestamp;
    /// The person's time zone at that moment, in seconds east of UTC.
    fn utc_offset_seconds(&self, at: Timestamp) -> i32;
    /// Opens a web page outside the app. Only `http` and `https`; anything else does nothing.
    fn open_link(&self, href: &str);
    /// Shows a notification, if that is allowed.
    fn notify(&self, notification: &Notification);
    /// Withdraws the notification with this tag, if it is still shown.
    fn withdraw(&self, tag: &str);
    /// Whether notifications can be shown.
    fn leave_to_notify(&self) -> Leave;
    /// Asks the person for permission, in the system's own words. Only possible in answer to a click; the
    /// result is a [`PlatformEvent::Answered`].
    fn ask_leave_to_notify(&self);
    /// The address at which the app starts.
    fn start(&self) -> Start;
    /// The address of the page without the part that names a conversation, for links; `None` if there is no
    /// page that others can open.
    fn page_address(&self) -> Option<String>;
    /// Changes or walks the history of what the person has seen.
    fn history(&self, act: HistoryAct);
    /// The events from outside the components. Returned only once.
    fn events(&self) -> Option<UnboundedReceiver<PlatformEvent>>;
    /// Carries out an action on the page.
    fn page(&self, act: PageAct);
    /// The languages that the person reads, according to the browser or the system, the preferred one first:
    /// `it-IT`, `en`.
    fn languages(&self) -> Vec<String>;
    /// Loads the sentences of a language; `None` if they cannot be loaded. The future always ends after some
    /// time.
    fn load_words(&self, language: Language) -> Pin<Box<dyn Future<Output = Option<Words>>>>;
    /// The app uses this language from now on, which concerns screen readers and what the shell says itself.
    fn speak(&self, words: Words);
    /// Sets the title of the window or tab.
    fn set_title(&self, title: &str);
    /// Waits for this time.
    fn sleep(&self, millis: u32) -> Pin<Box<dyn Future<Output = ()>>>;
}

/// The platform as a Dioxus context.
#[derive(Clone)]
pub struct Here(pub Rc<dyn Platform>);
