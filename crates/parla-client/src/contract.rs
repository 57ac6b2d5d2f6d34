//! The inputs and outputs of a client. The shell that owns the sockets does the rest.

use std::sync::Arc;

use parla_proto::Timestamp;

use crate::{
    credentials::Credentials,
    intent::Intent,
    problem::Problem,
    text::{Compose, Transliterate},
    view::{Audience, BufferKind, Manner, NetworkId, Stage},
};

/// Who connects, and where, when the client is made. [`Intent::ChangeNick`], [`Intent::SignIn`] and
/// [`Input::Moved`] change it later.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// The id of the network, which every update carries.
    pub network: NetworkId,
    /// The address as the person gave it; shown until the network announces its name.
    pub address: Arc<str>,
    /// The nick that the person wants.
    pub nick: Arc<str>,
    /// Converts a text to its composed form (NFC). It is a parameter because a browser already has the tables
    /// for that.
    pub compose: Compose,
    /// Writes a name in plain letters, for servers that accept no others. Shells without tables for that use
    /// [`crate::naming::without_accents`].
    pub transliterate: Transliterate,
    /// The person's passwords and certificate; [`Intent::SignIn`] adds to them.
    pub credentials: Credentials,
    /// Whether nobody can read the connection on the way: it is encrypted or stays on this machine.
    pub private: bool,
    /// Which messages the shell stores ([`Output::Keep`]) and can return ([`Output::Recall`]).
    pub archive: ArchiveScope,
    /// Whether an earlier client of the person ended without closing its connection, so that the server may
    /// believe in it for a while.
    pub may_have_ghost: bool,
    /// The seed for the random part of the pauses between attempts, so that clients differ.
    pub seed: u64,
}

/// Which messages a shell stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveScope {
    /// The shell stores no messages.
    Nothing,
    /// Only direct messages, because a server does not store those of people without an account.
    Direct,
    /// The shell stores all messages.
    All,
}

impl ArchiveScope {
    /// Whether the messages of conversations of this kind are stored.
    pub const fn keeps(self, kind: BufferKind) -> bool {
        match self {
            Self::Nothing => false,
            Self::Direct => matches!(kind, BufferKind::Direct),
            Self::All => true,
        }
    }
}

/// Everything that can happen to a client.
#[derive(Debug)]
pub enum Input<'a> {
    /// The person wants to be connected.
    Start,
    /// The connection attempt has reached this stage.
    Progress(Stage),
    /// The connection is open; lines can be sent.
    Opened,
    /// A line has arrived; it comes without its line break.
    Line(&'a [u8]),
    /// A line has arrived that was too long and was discarded.
    LineTooLong,
    /// The connection could not be made, or has ended.
    Closed(Problem),
    /// The time of [`crate::Client::next_deadline`] has come.
    Deadline,
    /// As far as the shell knows, the device no longer has a network.
    Offline,
    /// The device has a network, possibly another one than before.
    Online,
    /// The person is back and the device has a network, as far as the shell knows. A connection that seems
    /// fine may have been dead for a long time.
    Awake,
    /// The person wants something.
    Intent(Intent),
    /// The person gave this intent to an earlier client, which carried it out but perhaps could not show the
    /// result. This client shows the result, and asks again only for what it needs for that.
    Again(Intent),
    /// The person wanted this in a tab that was closed, some time ago, and no client has carried it out.
    /// Messages are sent. What they asked of a channel is shown to them instead, because they may not want it
    /// any more.
    Late(Intent),
    /// The person has changed where or how the server is reached. The client connects there.
    Moved {
        /// The new address, as the person gave it.
        address: Arc<str>,
        /// The new value of [`ClientSettings::private`].
        private: bool,
    },
    /// The answer to [`Output::Recall`], or what was stored of a conversation before the start.
    Recalled {
        /// The kind of the conversation.
        kind: BufferKind,
        /// Its name, as the server knows it.
        name: Arc<str>,
        /// The stored messages, oldest first.
        messages: Vec<ArchivedMessage>,
        /// Whether older ones are stored too.
        more: bool,
    },
}

/// Everything that a client can ask the shell to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Open a connection, and drop any earlier one.
    Connect,
    /// Send these bytes: one line with its line break.
    Send(Vec<u8>),
    /// Close the connection once everything has been sent.
    Disconnect,
    /// Store this text under this key of the network, replacing any earlier text, before any later output is
    /// carried out: a message that is sent must be found again even if the program ends a moment later.
    ///
    /// [`crate::Client::new`] receives everything that was stored. The format of keys and texts is the
    /// client's own.
    Store {
        /// The key; each thing that is stored has its own.
        key: String,
        /// The text; `None` deletes the key.
        value: Option<String>,
    },
    /// Store a message in the archive.
    Keep(ArchivedMessage),
    /// Remove this message from the archive, because it was deleted.
    Unkeep {
        /// The kind of the conversation.
        kind: BufferKind,
        /// Its name, as the server knows it.
        name: Arc<str>,
        /// The server's id of the message.
        msgid: Arc<str>,
    },
    /// A conversation has a new name: its stored messages must be found under it from now on. Messages that
    /// are already stored under the new name stay, and all are ordered by time.
    Rename {
        /// The kind of the conversation.
        kind: BufferKind,
        /// The previous name, as the server knew it.
        from: Arc<str>,
        /// The new name, which may differ only in case.
        to: Arc<str>,
    },
    /// Look for stored messages of this conversation, and answer with [`Input::Recalled`].
    Recall {
        /// The kind of the conversation.
        kind: BufferKind,
        /// Its name, as the server knows it.
        name: Arc<str>,
        /// Return only messages older than this; `None` asks for the newest.
        before: Option<Timestamp>,
        /// Return at most this many, the newest of them.
        limit: usize,
    },
}

/// A message as an archive stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchivedMessage {
    /// The kind of the conversation.
    pub kind: BufferKind,
    /// The conversation's name, as the server knows it.
    pub buffer: Arc<str>,
    /// The msgid, if the server gave it one.
    pub msgid: Option<Arc<str>>,
    /// When it was sent.
    pub at: Timestamp,
    /// The sender as `nick!user@host`.
    pub source: Arc<str>,
    /// The sender's account, as the server knows it.
    pub account: Option<Arc<str>>,
    /// Whether it was a message, a notice or an action.
    pub manner: Manner,
    /// The text, with formatting codes; lines are separated by line feeds.
    pub text: Arc<str>,
    /// Whether the person sent it themselves.
    pub own: bool,
    /// Which members of the channel it was for, if not for all.
    pub audience: Option<Audience>,
}
