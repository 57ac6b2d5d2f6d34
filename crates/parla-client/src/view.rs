//! What an interface sees of a client: snapshots that are cheap to clone, to send to another thread and to
//! compare.
//!
//! Large parts are behind `Arc`s that are shared until something in them changes; two equal pointers are
//! equal views. There are no sentences in any language here: a failure is a [`Problem`], and the interface
//! has the words.

mod message;
mod people;

use std::sync::Arc;

use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    intent::Intent,
    problem::Problem,
    settings::{ListKind, RoomSettings, Setting, Whom},
    text::Text,
};

pub use crate::{
    ids::{BufferId, NetworkId, RowId},
    rank::Rank,
};
pub use message::{
    Audience, Author, Capacity, Deleted, Delivery, Manner, MessageView, Quoted, Reaction, Reply, Several,
};
pub use people::{Member, Members, NickHolder, Person, Rights, RoomOf, WantedNick};

/// A change, for the interface. It replaces what was known before of the same thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Update {
    /// The network is new, or something about it changed.
    Network(NetworkView),
    /// The conversation is new, or something in it changed.
    Buffer(NetworkId, BufferView),
    /// The conversation was closed and removed from the list.
    BufferClosed(NetworkId, BufferId),
    /// These are all conversations of the network; any others that were known are gone without further
    /// notice.
    Conversations(NetworkId, Vec<BufferId>),
    /// The network was removed, with all its conversations.
    NetworkForgotten(NetworkId),
    /// The directory of rooms, as far as it has arrived.
    Directory(NetworkId, DirectoryView),
    /// The server's information about a person, as far as it has arrived.
    Person(NetworkId, Arc<Person>),
    /// An announcement to show once, and the conversation that it belongs to.
    Announcement(NetworkId, Option<BufferId>, Announcement),
    /// Show this conversation to the person: they asked to join it, or to talk to somebody.
    Show(NetworkId, BufferId),
    /// The server presents this certificate, which is not trusted. The shell sends this before the problem.
    Certificate(NetworkId, Arc<Certificate>),
    /// Somebody mentioned the person or sent them a direct message while they were not looking.
    Alert(NetworkId, BufferId, Alert),
}

/// The details of a server's certificate. Anybody can put anything into a certificate; only the fingerprint
/// is certain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The names and addresses that it is valid for.
    pub names: Vec<Arc<str>>,
    /// Who vouches for it; `None` if the server signed it itself.
    pub issuer: Option<Arc<str>>,
    /// The beginning of its validity.
    pub valid_from: Timestamp,
    /// The end of its validity.
    pub valid_until: Timestamp,
    /// The SHA-256 fingerprint, as `AB:CD:…`.
    pub fingerprint: Arc<str>,
    /// The fingerprint of the certificate that the person trusts for this server instead, if they do.
    pub trusted: Option<Arc<str>>,
}

/// The state of one network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkView {
    /// The id of the network.
    pub id: NetworkId,
    /// The network's own name, or its address until that is known.
    pub name: Arc<str>,
    /// The address as the person gave it.
    pub address: Arc<str>,
    /// The nick that the person has there, or wants.
    pub nick: Arc<str>,
    /// The nick that the person wants and gets as soon as it is free.
    pub nick_wanted: Option<WantedNick>,
    /// The account that the person signs in to, as they wrote it.
    pub login: Option<Arc<str>>,
    /// The reason why the person is away, if they are.
    pub away: Option<Arc<str>>,
    /// The state of the connection.
    pub link: LinkState,
    /// What the server supports.
    pub features: Features,
}

/// The state of a connection, and what happens next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LinkState {
    /// Connecting, at this stage.
    Connecting(Stage),
    /// Registered; messages can be sent.
    Online,
    /// The connection was lost and will be tried again.
    Waiting {
        /// When the next attempt is made.
        until: Timestamp,
        /// The number of that attempt, counted from 1.
        attempt: u32,
        /// What ended the last connection or attempt.
        why: Arc<Problem>,
    },
    /// The device has no network. The next attempt is made as soon as it has one.
    Offline,
    /// The person must act: choose another nick, enter a password, or give consent. No attempt is made by
    /// itself.
    Stopped {
        /// What prevents a connection; `None` if the person disconnected.
        why: Option<Arc<Problem>>,
        /// A nick that may be free, if the nick was the problem.
        suggestion: Option<Arc<str>>,
    },
}

/// The stages of connecting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Stage {
    /// Looking for the server.
    Finding,
    /// Encrypting the connection.
    Securing,
    /// Registering with the server, which may include signing in.
    SigningIn,
}

/// What the server supports, as far as it matters to the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Features {
    /// Whether earlier messages can be requested.
    pub history: bool,
    /// Whether the connection is encrypted or does not leave this machine.
    pub private: bool,
}

/// The kinds of conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum BufferKind {
    /// The messages of the server itself.
    Server,
    /// A room (an IRC channel).
    Room,
    /// One other person.
    Direct,
}

/// One conversation, as the interface sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BufferView {
    /// The id of the conversation.
    pub id: BufferId,
    /// Whether it is a room, a person or the server.
    pub kind: BufferKind,
    /// The name of the room or person as it is shown: without invisible or reordering characters, and not too
    /// long.
    pub name: Arc<str>,
    /// The name as the server knows it, by which the conversation is addressed; empty for the server's own
    /// conversation.
    pub target: Arc<str>,
    /// Whether the person is in the room.
    pub presence: Presence,
    /// The topic of the room, if it has one.
    pub topic: Option<Arc<Topic>>,
    /// The messages and other rows. They are sent separately, and only as far as they are new:
    /// [`crate::tabs::Mirror`].
    #[serde(skip)]
    pub timeline: Timeline,
    /// The members; empty in a direct conversation. They are sent separately.
    #[serde(skip)]
    pub members: Members,
    /// The number of unread messages.
    pub unread: u32,
    /// The number of those that are for the person: mentions, and everything in a direct conversation.
    pub mentions: u32,
    /// Whether these two numbers are complete.
    pub counted: Counted,
    /// The row above which the line "New" is shown.
    pub divider: Option<RowId>,
    /// Whether there are messages before the first row.
    pub earlier: Earlier,
    /// What the person may do here.
    pub rights: Rights,
    /// The settings of the room. They are sent separately.
    #[serde(skip)]
    pub settings: Arc<RoomSettings>,
    /// The reason why the other person is away, if they are; empty if they gave none. Only in a direct
    /// conversation.
    pub away: Option<Arc<str>>,
    /// How much one message can hold here.
    pub capacity: Capacity,
    /// What the person has asked of the room and was not done, or perhaps not, oldest first.
    pub undone: Arc<[UndoneRequest]>,
    /// The nicks of people who could invite the person, while they cannot join for want of an invitation.
    pub can_invite: Arc<[Arc<str>]>,
}

/// Something that the person has asked of a room while the connection was broken or about to break. It stays
/// until they repeat it ([`Intent::Retry`]) or discard it ([`Intent::Discard`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoneRequest {
    /// Its id, which no row and no other request of the conversation has.
    pub row: RowId,
    /// What they asked for.
    pub intent: Intent,
    /// Whether it reached the server perhaps; otherwise it was not sent.
    pub may_be_done: bool,
}

/// Whether all unread messages are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Counted {
    /// All are counted.
    #[default]
    All,
    /// Some are not, because not all missing messages were fetched.
    InPart,
}

/// Whether the person is in a room. In a direct conversation this is always `Present`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Presence {
    /// The person has asked to join; the server has not answered.
    Joining,
    /// The person is in the room.
    Present,
    /// The person is not in the room; the problem says why, if it was not their wish.
    Absent(Option<Arc<Problem>>),
}

/// The topic of a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Topic {
    /// The text of the topic, with its formatting.
    pub text: Text,
    /// Who set it, if known.
    pub by: Option<Arc<str>>,
    /// When it was set, if known.
    pub at: Option<Timestamp>,
}

/// Whether there are messages before the first row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Earlier {
    /// There may be some, which can be requested.
    Possible,
    /// They are being fetched.
    Loading,
    /// There are none: the first row is the first message.
    None,
    /// The server does not store any.
    Unavailable,
}

/// The rows of a conversation, oldest first, in chunks that are shared until they change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    /// The chunks, none of which is empty.
    pub chunks: Vec<ChunkRef>,
    /// The number of rows in all chunks.
    pub len: usize,
}

/// The id of the chunk with the person's own unconfirmed messages. No other chunk has it; that chunk is the
/// last.
pub const UNCONFIRMED_CHUNK: u64 = u64::MAX;

/// Some consecutive rows. Two are equal if they are the same allocation.
#[derive(Clone, Debug)]
pub struct ChunkRef(pub Arc<Chunk>);

/// The rows that a [`ChunkRef`] points to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Chunk {
    /// The chunk's id, which stays the same while rows are added or removed.
    pub id: u64,
    /// The rows, oldest first: at most [`crate::limits::CHUNK_ROWS_MAX`], except for unconfirmed messages,
    /// which are all in one chunk.
    pub rows: Vec<Row>,
}

impl PartialEq for ChunkRef {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Timeline {
    /// The rows, oldest first.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &Row> {
        self.chunks.iter().flat_map(|chunk| &chunk.0.rows)
    }
}

/// One row of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The row's id, which stays while the row is changed or its message delivered.
    pub id: RowId,
    /// When it happened, by the server's clock if known. It is for display; it says nothing about order and
    /// may go backwards.
    pub at: Timestamp,
    /// What the row shows.
    pub content: Content,
}

/// The kinds of rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Content {
    /// A message.
    Message(Arc<MessageView>),
    /// An event in the conversation.
    Event(BufferEvent),
    /// A text from the server.
    Server(Text),
    /// A gap: messages between these times are missing.
    Gap(Gap),
}

/// Something that happened in a room or to one of its members. All names are as they are shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it, in the words of IRC")]
pub enum BufferEvent {
    Joined { who: Arc<str> },
    Left { who: Arc<str>, reason: Option<Text> },
    Quit { who: Arc<str>, reason: Option<Text> },
    Kicked { who: Arc<str>, by: Arc<str>, reason: Option<Text> },
    Renamed { from: Arc<str>, to: Arc<str> },
    TopicSet { by: Arc<str>, topic: Text },
    TopicCleared { by: Arc<str> },
    ModeSet { by: Arc<str>, changes: Arc<[ModeChange]> },
    Invited { by: Arc<str>, who: Arc<str> },
    RoomRenamed { by: Option<Arc<str>>, from: Arc<str>, to: Arc<str>, reason: Option<Text> },
}

/// One change of a room's settings, or of what somebody may do there. All names are as they are shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ModeChange {
    /// A member was given a rank, or lost it.
    Rank {
        /// The nick of the member, as it is shown.
        who: Arc<str>,
        /// The rank that was given or taken away.
        rank: Rank,
        /// Whether they have it now.
        is_given: bool,
    },
    /// A setting has changed to this value.
    Setting(Setting, Option<Arc<str>>),
    /// Somebody was added to a list, or removed from it.
    Listed {
        /// The list that was changed.
        list: ListKind,
        /// The people whom the entry matches.
        whom: Whom,
        /// Whether they are on it now.
        is_added: bool,
    },
    /// A change that the interface has no words for: sign, letter and parameter.
    Other(Arc<str>),
}

/// A gap in the known messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The time of the last known message before it; `None` if there is none.
    pub from: Option<Timestamp>,
    /// The time of the first known message after it.
    pub to: Timestamp,
    /// Whether the gap can be filled.
    pub state: GapState,
}

/// Whether and how a gap can be filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GapState {
    /// It can be filled by asking the server.
    Loadable,
    /// The server has been asked and has not answered yet.
    Loading,
    /// The server stores no history, so these messages cannot be had.
    Lost,
}

/// The directory of rooms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DirectoryView {
    /// The rooms by number of people, highest first, then by name.
    pub rooms: Directory,
    /// Whether all rooms have arrived.
    pub complete: bool,
    /// Whether there are more rooms than the client keeps.
    pub cut: bool,
    /// Why the rest does not arrive; the person can request the list again ([`Intent::ListRooms`]).
    pub trouble: Option<Arc<Problem>>,
}

/// The list of rooms. Two are equal if they are the same allocation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Directory(pub Arc<Vec<DirectoryRoom>>);

impl PartialEq for Directory {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// One room in the directory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DirectoryRoom {
    /// The name as it is shown.
    pub shown: Arc<str>,
    /// The name as the server knows it.
    pub name: Arc<str>,
    /// The number of people in it.
    pub people: u32,
    /// The topic, without formatting.
    pub topic: Arc<str>,
}

/// Something to tell the person once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Announcement {
    /// Something failed; the problem says what.
    Problem(Arc<Problem>),
    /// Somebody invites the person to a room.
    Invitation {
        /// The nick of the person who invites.
        from: Arc<str>,
        /// The room, as the server knows it.
        room: Arc<str>,
    },
    /// The person was forwarded to another room than the one they asked for.
    Forwarded {
        /// The room that they asked for.
        from: Arc<str>,
        /// The room that they are in now.
        to: Arc<str>,
    },
    /// Somebody was invited, as the person wished.
    Invited {
        /// The nick of the person who was invited.
        who: Arc<str>,
        /// The room that they were invited to.
        room: Arc<str>,
    },
    /// The person's nick has changed to this one.
    NickChanged(Arc<str>),
    /// Another nick that the person asked for was refused.
    NickRefused {
        /// Why it was refused.
        problem: Arc<Problem>,
        /// A nick that may be free.
        suggestion: Arc<str>,
    },
    /// The person was marked as away, or as back.
    Away(bool),
    /// The answer to `/help`: the list of commands should be shown.
    Help,
}

/// The content of a notification.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// The sender's nick as it is shown.
    pub from: Arc<str>,
    /// The room; `None` for a direct message.
    pub room: Option<Arc<str>>,
    /// The text, without formatting.
    pub text: Arc<str>,
    /// The row of the message.
    pub row: RowId,
}
