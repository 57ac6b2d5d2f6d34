//! What the interface needs of the place it runs in: a browser's page or a window on the desktop.
//!
//! The one seam between the components and the two shells. Nothing here waits: what takes time comes back as an update.

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
    visits::{Arrival, Entry, HistoryAct},
    words::{Language, Words},
};

/// Where the interface runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A page that a server handed out; it talks to that server and no other.
    Browser,
    /// A window; it talks to any server.
    Desktop,
}

/// What the interface wants of the networks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Be on a network, under a number that the interface has not used before.
    Connect {
        /// The number.
        network: NetworkId,
        /// `host`, `host:port` or `[address]:port`; in a browser empty: the server that handed out the page.
        address: String,
        /// The name to have there.
        nick: String,
        /// The person has agreed to a connection that others on the way can read.
        unencrypted: bool,
        /// What the person shows to be let in. A password that comes later is an [`Intent::SignIn`].
        credentials: Credentials,
    },
    /// Change where or how a network is reached, and connect there. Its conversations stay.
    Change(NetworkId, Change),
    /// Leave a network and forget it, and everything that was kept of it.
    Forget(NetworkId),
    /// Something for the client of a network.
    Intent(NetworkId, Intent),
    /// Save a small text as [`Platform::save`] does, but only when the commands before this one have been carried out: what
    /// was written is forgotten as a draft only after it is kept as a message.
    Save {
        /// Under which key.
        key: String,
        /// None removes it.
        value: Option<String>,
    },
}

/// What can be changed about a network. Only on the desktop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// It is at this address. What the person agreed to at the one before does not count there.
    Address(String),
    /// The person agrees to a connection that others on the way can read.
    Unencrypted,
    /// The person trusts the certificate with this fingerprint, and no other.
    Trust(Arc<str>),
    /// The person is known there by the certificate in this PEM file, or by none.
    Identity(Option<String>),
}

/// Something to do to the page itself, which no component can express. Done by `assets/page.js` in both places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageAct {
    /// Put this text into the composer, with the caret behind `caret` UTF-16 units.
    SetComposer {
        /// The text.
        text: String,
        /// Where the caret goes.
        caret: usize,
        /// What it takes the place of. What the person has written into that meanwhile is kept.
        over: String,
    },
    /// The same as if the person had written it: they can undo it.
    EditComposer {
        /// The text.
        text: String,
        /// Where the caret goes.
        caret: usize,
        /// What it takes the place of.
        over: String,
    },
    /// Give the element of this id the focus. It may come into the page only a moment later: look again for some frames.
    Focus(String),
    /// Scroll the log to its end, and stay there.
    ScrollToEnd,
    /// Scroll the log so that the row is near its top.
    ScrollToRow(RowId),
    /// Put this text on the clipboard.
    Copy(String),
    /// Scroll the list around the element of this id so that it is in view.
    Reveal(String),
}

/// At which address the app starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// At none.
    Anywhere,
    /// At one that somebody wrote: what follows the address of the page.
    Link(String),
    /// At an entry of its history at which it was before: the page was loaded again.
    Again(Entry),
}

/// What the system is to show, so that somebody who looks elsewhere sees it. There is one for each conversation: a newer one
/// takes the place of the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// The conversation that a click opens.
    pub about: BufferKey,
    /// The conversation's name for the system: the same for it in each tab, and after the next start.
    pub tag: String,
    /// Who wrote, and where.
    pub title: String,
    /// What they wrote.
    pub body: String,
}

/// Whether notifications can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// They can.
    Given,
    /// The person has forbidden them, and only the settings of the browser change that.
    Refused,
    /// The person has to be asked.
    NotAsked,
    /// Not here, whatever the person wants: the browser has none, or not for pages that are not encrypted.
    Impossible,
}

/// What happens outside of the components.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// The person was taken to an address.
    Arrived(Arrival),
    /// The person chose the notification about this conversation; the window is in front.
    Chosen(BufferKey),
    /// The person has answered whether notifications may be shown.
    Answered(Leave),
    /// Something that the person wrote could not be saved. It may be told each time.
    NotSaved,
}

/// What a shell offers.
pub trait Platform {
    /// Where this is.
    fn place(&self) -> Place;
    /// Whether networks are remembered and on their way; then the first screen is not asked for.
    fn is_returning(&self) -> bool;
    /// Whether the system has a safe place for passwords, so that the person can be asked whether to keep theirs. A browser keeps
    /// them by itself.
    fn keeps_passwords(&self) -> bool {
        false
    }
    /// Hands a command to the networks' side.
    fn command(&self, command: Command);
    /// The batches of updates, at most some twenty a second. Given once.
    fn updates(&self) -> Option<UnboundedReceiver<Vec<Update>>>;
    /// What was saved under this key.
    fn load(&self, key: &str) -> Option<String>;
    /// Saves a small text under a key at once, for the next start; none removes it.
    fn save(&self, key: &str, value: Option<&str>);
    /// How the person wants the app.
    fn preferences(&self) -> Preferences {
        Preferences::load(&|key| self.load(key))
    }
    /// Saves how the person wants the app.
    fn save_preferences(&self, preferences: &Preferences) {
        self.save(preferences::KEY, preferences.to_saved().as_deref());
        for before in preferences::KEYS_BEFORE {
            if self.load(before).is_some() {
                self.save(before, None);
            }
        }
    }
    /// The time.
    fn now(&self) -> Timestamp;
    /// The person's clock at that moment: seconds east of UTC.
    fn utc_offset_seconds(&self, at: Timestamp) -> i32;
    /// Opens a page outside of the app. `http` and `https` only; anything else does nothing.
    fn open_link(&self, href: &str);
    /// Shows a notification, if that is allowed.
    fn notify(&self, notification: &Notification);
    /// Takes the notification with this tag away, if it is still there.
    fn withdraw(&self, tag: &str);
    /// Whether notifications can be shown.
    fn leave_to_notify(&self) -> Leave;
    /// Asks the person for leave, in the system's own words. Only in answer to a click; comes back as [`Happening::Answered`].
    fn ask_leave_to_notify(&self);
    /// At which address the app starts.
    fn start(&self) -> Start;
    /// The address of the page without what follows it, for links; none if there is no page that others can open.
    fn page_address(&self) -> Option<String>;
    /// Does something to the history of what the person has seen.
    fn history(&self, act: HistoryAct);
    /// What happens outside of the components. Given once.
    fn happenings(&self) -> Option<UnboundedReceiver<Happening>>;
    /// Does something to the page.
    fn page(&self, act: PageAct);
    /// The languages that the person reads, as the browser or the system says, the best first: `it-IT`, `en`.
    fn languages(&self) -> Vec<String>;
    /// Loads the sentences of a language from wherever they are kept; none if they cannot be had. Ends after some time in any case.
    fn load_words(&self, language: Language) -> Pin<Box<dyn Future<Output = Option<Words>>>>;
    /// From now on the app speaks like this: for those who read the page aloud, and for what the shell says itself.
    fn speak(&self, words: Words);
    /// Says in the window's or the tab's title what is new.
    fn set_title(&self, title: &str);
    /// Is over after that time.
    fn sleep(&self, millis: u32) -> Pin<Box<dyn Future<Output = ()>>>;
}

/// The platform as a Dioxus context.
#[derive(Clone)]
pub struct Here(pub Rc<dyn Platform>);
