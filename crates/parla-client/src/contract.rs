//! What goes into a client and what comes out of it. The shell that owns the sockets does the rest.

use std::sync::Arc;

use parla_proto::Timestamp;

use crate::{
    credentials::Credentials,
    intent::Intent,
    problem::Problem,
    text::{Compose, Transliterate},
    view::{Audience, BufferKind, Manner, NetworkId, Stage},
};

/// Who and where; fixed for the life of a client.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which network this is, in every update.
    pub network: NetworkId,
    /// Where, as the person gave it; shown until the network says its name.
    pub address: Arc<str>,
    /// The nick the person wants.
    pub nick: Arc<str>,
    /// Gives the composed form (NFC) of a text. A browser has the tables for that itself.
    pub compose: Compose,
    /// Writes a name in plain letters, for servers that take no others. A shell that has no tables for that uses
    /// [`crate::naming::without_accents`].
    pub transliterate: Transliterate,
    /// What the person shows to be let in; [`Intent::SignIn`] adds to it.
    pub credentials: Credentials,
    /// Whether what is sent can be read on the way: not if it is encrypted or stays on this machine.
    pub private: bool,
    /// Which messages the shell keeps and can be asked for: [`Output::Keep`] and [`Output::Recall`].
    pub archive: Archive,
    /// Makes pauses between attempts differ from client to client.
    pub seed: u64,
}

/// Which messages a shell keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Archive {
    /// None.
    Nothing,
    /// Those of direct conversations, which servers without accounts keep for nobody.
    Direct,
    /// All.
    All,
}

impl Archive {
    /// Whether it has the messages of such a conversation.
    pub const fn keeps(self, kind: BufferKind) -> bool {
        match self {
            Self::Nothing => false,
            Self::Direct => matches!(kind, BufferKind::Direct),
            Self::All => true,
        }
    }
}

/// What happens to a client.
#[derive(Debug)]
pub enum Input<'a> {
    /// The person wants to be connected.
    Start,
    /// How far the connection has come.
    Progress(Stage),
    /// The connection is there; lines can go out.
    Opened,
    /// A line came, without its end.
    Line(&'a [u8]),
    /// A line came that was too long and was thrown away.
    LineTooLong,
    /// The connection could not be made, or is over.
    Closed(Problem),
    /// The time that [`crate::Client::next_deadline`] said has come.
    Deadline,
    /// The device has no network any more, as far as the shell knows.
    Offline,
    /// The device has a network, which may be another one than before.
    Online,
    /// The person is back, and the device has a network, as far as the shell knows: what seemed well may be long gone.
    Awake,
    /// The person wants something.
    Intent(Intent),
    /// The person wanted this of an earlier client, which has done it and perhaps could not show what came of it. This one shows
    /// that, and does nothing a second time.
    Again(Intent),
    /// The person has changed where or how the server is reached. The client connects there.
    Moved {
        /// Where, as the person gave it.
        address: Arc<str>,
        /// As [`Settings::private`].
        private: bool,
    },
    /// The answer to [`Output::Recall`], or what was kept of a conversation before the start; oldest first.
    Recalled {
        /// Of which conversation.
        kind: BufferKind,
        /// Its name, as the server knows it.
        name: Arc<str>,
        /// What was kept.
        messages: Vec<Kept>,
        /// Whether older ones are kept too.
        more: bool,
    },
}

/// What a client wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Make a connection. Any earlier one is to be dropped.
    Connect,
    /// Send these bytes: one line with its end.
    Send(Vec<u8>),
    /// End the connection, once everything is sent.
    Disconnect,
    /// Keep this text under this key of the network, in place of what was there, before any later output is carried out: a
    /// message that is sent must be found again if the program ends a moment later. None: forget the key.
    ///
    /// [`crate::Client::new`] gets everything that was kept. What the keys and texts say is the client's business.
    Store {
        /// The key; different things have different keys.
        key: String,
        /// The text.
        value: Option<String>,
    },
    /// Keep a message.
    Keep(Kept),
    /// Keep this message no longer: it was taken back.
    Unkeep {
        /// In which conversation.
        kind: BufferKind,
        /// Its name, as the server knows it.
        name: Arc<str>,
        /// The server's id of the message.
        msgid: Arc<str>,
    },
    /// A conversation has another name from now on: what was kept under the one before is to be found under this one. If there is
    /// something under it already, that stays, in its place by time.
    Rename {
        /// What kind of conversation.
        kind: BufferKind,
        /// Its name until now, as the server knew it.
        from: Arc<str>,
        /// Its name from now on. It may differ in case alone.
        to: Arc<str>,
    },
    /// Look for messages of this conversation that are older than `before`; for the newest if it does not say.
    Recall {
        /// Of which conversation.
        kind: BufferKind,
        /// Its name, as the server knows it.
        name: Arc<str>,
        /// Only older ones.
        before: Option<Timestamp>,
        /// At most so many, the newest of them.
        limit: usize,
    },
}

/// A message, as an archive keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What kind of conversation.
    pub kind: BufferKind,
    /// The conversation's name, as the server knows it.
    pub buffer: Arc<str>,
    /// The server's id of it.
    pub msgid: Option<Arc<str>>,
    /// When it was said.
    pub at: Timestamp,
    /// `nick!user@host` of who said it.
    pub source: Arc<str>,
    /// The account of who said it, as the server knows it.
    pub account: Option<Arc<str>>,
    /// How it was said.
    pub manner: Manner,
    /// What was said, with formatting codes; several lines have line feeds between them.
    pub text: Arc<str>,
    /// By the person himself.
    pub own: bool,
    /// Which people of the room it was for, if not all.
    pub audience: Option<Audience>,
}
