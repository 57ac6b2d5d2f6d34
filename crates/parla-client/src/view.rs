//! What an interface sees of a client: snapshots that are cheap to clone, to send to another thread and to compare.
//!
//! Big parts stand behind `Arc`s that are shared until something in them changes; two equal pointers are equal views. Holds
//! no sentence in any language: what went wrong is a [`Problem`], and the interface has the words.

mod message;
mod people;

use std::sync::Arc;

use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    problem::Problem,
    settings::{ListKind, RoomSettings, Setting, Whom},
    text::Text,
};

pub use crate::rank::Rank;
pub use message::{
    Audience, Author, Carries, Deleted, Delivery, Manner, Quoted, Reaction, Reply, Said, Several,
};
pub use people::{Member, Members, Person, Rights, RoomOf};

/// One network that the person is on, or wants to be. Chosen by the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NetworkId(pub u32);

/// One conversation of a network. Never used twice by one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BufferId(pub u32);

/// One row of a conversation. Never used twice in it; says nothing about order. Another client of the person has the same
/// for a message that the server has a name for, and never the same for a different row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowId(pub u64);

/// What has changed, for the interface. Each replaces what it said before of the same thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Update {
    /// The network is new, or something about it changed.
    Network(NetworkView),
    /// The conversation is new, or something in it changed.
    Buffer(NetworkId, BufferView),
    /// The conversation is over and gone from the list.
    BufferClosed(NetworkId, BufferId),
    /// These are all conversations of the network; what else was known of it is gone without a word.
    Conversations(NetworkId, Vec<BufferId>),
    /// The network is forgotten, with all its conversations.
    NetworkForgotten(NetworkId),
    /// The rooms there are, as far as they have come in.
    Directory(NetworkId, DirectoryView),
    /// What the server tells of a person, as far as it has come in.
    Person(NetworkId, Arc<Person>),
    /// Something to say once, and where it belongs.
    Notice(NetworkId, Option<BufferId>, Notice),
    /// Take the person to this conversation: he asked to join it, or to talk to someone.
    Show(NetworkId, BufferId),
    /// The server shows this certificate, and it is not believed. Told by the shell before the problem is.
    Certificate(NetworkId, Arc<Certificate>),
    /// Someone mentioned the person or wrote to him alone, and he was not looking.
    Alert(NetworkId, BufferId, Alert),
}

/// What can be looked at of a server's certificate. Anybody can write anything into one, but for the fingerprint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The names and addresses that it is for.
    pub names: Vec<Arc<str>>,
    /// Who vouches for it; none if only the server itself does.
    pub issuer: Option<Arc<str>>,
    /// From when it is valid.
    pub valid_from: Timestamp,
    /// Until when it is valid.
    pub valid_until: Timestamp,
    /// Its SHA-256, as `AB:CD:…`.
    pub fingerprint: Arc<str>,
    /// The fingerprint that the person trusts there instead, if they do.
    pub trusted: Option<Arc<str>>,
}

/// The state of one network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkView {
    /// Which one.
    pub id: NetworkId,
    /// What it calls itself; before that is known, its address.
    pub name: Arc<str>,
    /// The address as the person gave it.
    pub address: Arc<str>,
    /// The person's nick there, now or wanted.
    pub nick: Arc<str>,
    /// The nick that they want and get back as soon as it is free: it is still taken by their own lost connection.
    pub nick_wanted: Option<Arc<str>>,
    /// The account that the person signs in to, as they wrote it.
    pub login: Option<Arc<str>>,
    /// Why the person is away, if they are.
    pub away: Option<Arc<str>>,
    /// Whether it can be talked to.
    pub link: LinkState,
    /// What the server can do.
    pub features: Features,
}

/// Whether a network can be talked to, and what happens next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LinkState {
    /// On its way.
    Connecting(Stage),
    /// Registered; what is said goes out.
    Online,
    /// The connection was lost. It is tried again at `until`.
    Waiting {
        /// When it is tried again.
        until: Timestamp,
        /// The how-manyth try that will be, from 1.
        attempt: u32,
        /// What ended the last one.
        why: Arc<Problem>,
    },
    /// The device has no network. Tried again as soon as it has one.
    Offline,
    /// It needs the person: another name, a password, his consent. Not tried again by itself.
    Stopped {
        /// What is in the way; none if the person wanted it so.
        why: Option<Arc<Problem>>,
        /// A name that may be free, if the name was the problem.
        suggestion: Option<Arc<str>>,
    },
}

/// How far connecting has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Stage {
    /// Looking for the server.
    Finding,
    /// Making the connection secret.
    Securing,
    /// Telling the server who one is.
    SigningIn,
}

/// What the server can do, as far as the interface must know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Features {
    /// Earlier messages can be asked for.
    pub history: bool,
    /// The connection is encrypted, or does not leave this machine.
    pub private: bool,
}

/// What a conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum BufferKind {
    /// What the server says about itself.
    Server,
    /// A room; a channel of IRC.
    Room,
    /// One other person.
    Direct,
}

/// One conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BufferView {
    /// Which one.
    pub id: BufferId,
    /// What it is.
    pub kind: BufferKind,
    /// The room's or the person's name as it is shown: without invisible or reordering characters, and not too long.
    pub name: Arc<str>,
    /// The name as the server knows it, by which the conversation is addressed; empty for what the server says.
    pub target: Arc<str>,
    /// Whether the person is in it.
    pub presence: Presence,
    /// What the room is about.
    pub topic: Option<Arc<Topic>>,
    /// What was said. Travels apart from the rest, and only what is new of it: [`crate::tabs::Mirror`].
    #[serde(skip)]
    pub timeline: Timeline,
    /// Who is there; empty in a direct conversation. Travels apart.
    #[serde(skip)]
    pub members: Members,
    /// Messages not yet seen.
    pub unread: u32,
    /// Those of them that are for the person: mentions, and all of a direct conversation.
    pub mentions: u32,
    /// Whether these two numbers are all there are.
    pub counted: Counted,
    /// Above this row the line "New" stands.
    pub divider: Option<RowId>,
    /// Whether there is more before the first row.
    pub earlier: Earlier,
    /// What the person may do here.
    pub rights: Rights,
    /// How the room is set up. Travels apart.
    #[serde(skip)]
    pub settings: Arc<RoomSettings>,
    /// Why the other person is away, if he is; empty if he did not say. Only in a direct conversation.
    pub away: Option<Arc<str>>,
    /// What one message may hold here.
    pub carries: Carries,
}

/// Whether all messages that were not seen are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Counted {
    /// All.
    #[default]
    All,
    /// More of them are missing here than were fetched.
    InPart,
}

/// Whether the person is in a room. A direct conversation is always `Present`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Presence {
    /// Asked for; the server has not answered.
    Joining,
    /// In it.
    Present,
    /// Not in it, and why if it was not his wish.
    Absent(Option<Arc<Problem>>),
}

/// What a room is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Topic {
    /// The words.
    pub text: Text,
    /// Who set it, if known.
    pub by: Option<Arc<str>>,
    /// When, if known.
    pub at: Option<Timestamp>,
}

/// Whether there are messages before the first row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Earlier {
    /// There may be; they can be asked for.
    Possible,
    /// They are on their way.
    Loading,
    /// The first row is the first message there is.
    None,
    /// The server keeps none.
    Unavailable,
}

/// The rows of a conversation, oldest first, in chunks that are shared until they change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    /// None of them is empty.
    pub chunks: Vec<ChunkRef>,
    /// Rows in all chunks.
    pub len: usize,
}

/// The chunk of one's own unconfirmed messages has this id, and no other. It comes last.
pub const UNCONFIRMED_CHUNK: u64 = u64::MAX;

/// Some consecutive rows. Equal if it is the same allocation.
#[derive(Clone, Debug)]
pub struct ChunkRef(pub Arc<Chunk>);

/// What a [`ChunkRef`] points to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Chunk {
    /// Stays the same while rows are added to it and taken from it.
    pub id: u64,
    /// Oldest first, at most [`crate::limits::CHUNK_ROWS_MAX`]; of the unconfirmed, all that wait.
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

/// One row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Which one; stays while it is edited or delivered.
    pub id: RowId,
    /// When it happened, by the server's clock if it says. To be shown; says nothing about order, and may go back.
    pub at: Timestamp,
    /// What it is.
    pub content: Content,
}

/// What a row shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Content {
    /// Somebody said something.
    Said(Arc<Said>),
    /// Something happened.
    Event(Event),
    /// The server says something.
    Server(Text),
    /// What was said between these times is not here.
    Gap(Gap),
}

/// Something that happened in a room or to someone in it. All names as they are shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it, in the words of IRC")]
pub enum Event {
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

/// One change of how a room is set up, or of what somebody may do there. All names as they are shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ModeChange {
    /// Somebody has a rank, or has it no longer.
    Rank {
        /// Who.
        who: Arc<str>,
        /// Which.
        rank: Rank,
        /// He has it now.
        is_given: bool,
    },
    /// A setting is so now.
    Setting(Setting, Option<Arc<str>>),
    /// Somebody is on a list, or no longer.
    Listed {
        /// On which.
        list: ListKind,
        /// Who.
        whom: Whom,
        /// He is on it now.
        is_added: bool,
    },
    /// Something that has no words here: sign, letter and parameter.
    Other(Arc<str>),
}

/// A hole in what is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The last thing known before it; none if nothing is.
    pub from: Option<Timestamp>,
    /// The first thing known after it.
    pub to: Timestamp,
    /// Whether it can be filled.
    pub state: GapState,
}

/// Whether a gap can be filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GapState {
    /// By asking the server.
    Loadable,
    /// Asked; not answered yet.
    Loading,
    /// The server keeps no history: what was said there is not to be had.
    Lost,
}

/// The rooms there are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DirectoryView {
    /// By people, most first, then by name.
    pub rooms: Directory,
    /// Whether all have come in.
    pub complete: bool,
    /// There are more than the client keeps.
    pub cut: bool,
}

/// Equal if it is the same allocation.
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
    /// How many are in it.
    pub people: u32,
    /// What it is about, without formatting.
    pub topic: Arc<str>,
}

/// Something to say once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Notice {
    /// It did not work.
    Problem(Arc<Problem>),
    /// Someone asks the person into a room.
    Invitation {
        /// Who.
        from: Arc<str>,
        /// Into which room, as the server knows it.
        room: Arc<str>,
    },
    /// The person was sent on to another room than he asked for.
    Forwarded {
        /// Which he asked for.
        from: Arc<str>,
        /// Where he is now.
        to: Arc<str>,
    },
    /// Someone was invited, as the person wished.
    Invited {
        /// Who.
        who: Arc<str>,
        /// Into which room.
        room: Arc<str>,
    },
    /// The name is another now.
    NickChanged(Arc<str>),
    /// Another nick that the person asked for is not to be had.
    NickRefused {
        /// Why.
        problem: Arc<Problem>,
        /// One that may be had.
        suggestion: Arc<str>,
    },
    /// Marked as away, or no longer.
    Away(bool),
    /// An answer to `/help`: the commands are to be shown.
    Help,
}

/// What a notification says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Who wrote, as shown.
    pub from: Arc<str>,
    /// The room; none for a direct message.
    pub room: Option<Arc<str>>,
    /// What was said, without formatting.
    pub text: Arc<str>,
    /// The row that says it.
    pub row: RowId,
}
