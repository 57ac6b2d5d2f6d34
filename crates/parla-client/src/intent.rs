//! What the person wants, as the interface hands it to a client.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    credentials::Credentials,
    settings::{ListKind, MaskBy, Set},
    view::{BufferId, Rank, RowId},
};

/// A wish. Names are as the server knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Intent {
    /// What was written in the composer: a command if it starts with one `/`, else a message; several lines are several messages.
    Submit {
        /// Where.
        buffer: BufferId,
        /// As written.
        input: Arc<str>,
    },
    /// Be in a room. A missing `#` is added.
    Join {
        /// Its name.
        room: Arc<str>,
        /// What opens it.
        key: Option<Arc<str>>,
    },
    /// Leave a room and take it from the list, or close a direct conversation.
    Leave {
        /// Which.
        buffer: BufferId,
    },
    /// Talk to one person.
    OpenDirect {
        /// Who.
        nick: Arc<str>,
    },
    /// Say what a room is about; empty: nothing.
    SetTopic {
        /// Which room.
        buffer: BufferId,
        /// What.
        topic: Arc<str>,
    },
    /// Ask someone in.
    Invite {
        /// Into which room.
        buffer: BufferId,
        /// Whom.
        nick: Arc<str>,
    },
    /// Send someone out.
    Kick {
        /// Out of which room.
        buffer: BufferId,
        /// Whom.
        nick: Arc<str>,
        /// Why; empty: no reason.
        reason: Arc<str>,
    },
    /// Set a room up otherwise.
    Configure {
        /// Which room.
        buffer: BufferId,
        /// What is to change; all else stays.
        settings: Vec<Set>,
    },
    /// Give someone a rank, or take it.
    SetRank {
        /// In which room.
        buffer: BufferId,
        /// Whom.
        nick: Arc<str>,
        /// Which.
        rank: Rank,
        /// To give it.
        is_given: bool,
    },
    /// Know who is on the lists of a room.
    AskLists {
        /// Which room.
        buffer: BufferId,
    },
    /// Put someone on a list of a room.
    AddMask {
        /// Of which room.
        buffer: BufferId,
        /// On which list.
        list: ListKind,
        /// A name, an address or a mask, as the person wrote it.
        who: Arc<str>,
        /// By what, if it is a name.
        by: MaskBy,
    },
    /// Take someone from a list of a room.
    RemoveMask {
        /// Of which room.
        buffer: BufferId,
        /// From which list.
        list: ListKind,
        /// As the server knows it.
        mask: Arc<str>,
    },
    /// Have another name. Before registration: try again with this one.
    ChangeNick {
        /// Which.
        nick: Arc<str>,
    },
    /// Be away, for this reason; none: be back.
    Away {
        /// Why.
        reason: Option<Arc<str>>,
    },
    /// Know about someone.
    Whois {
        /// Whom.
        nick: Arc<str>,
    },
    /// Know which rooms there are.
    ListRooms,
    /// Have earlier messages.
    LoadEarlier {
        /// Of which conversation.
        buffer: BufferId,
    },
    /// Fill a gap.
    LoadGap {
        /// In which conversation.
        buffer: BufferId,
        /// The row of the gap.
        row: RowId,
    },
    /// What the person is looking at, said whenever that changes. None: the window is hidden or not in front.
    Look {
        /// The conversation in view.
        buffer: Option<BufferId>,
        /// Whether its newest row is in view.
        at_end: bool,
    },
    /// Send a failed message again.
    Retry {
        /// In which conversation.
        buffer: BufferId,
        /// Its row.
        row: RowId,
    },
    /// Forget a failed or queued message.
    Discard {
        /// In which conversation.
        buffer: BufferId,
        /// Its row.
        row: RowId,
    },
    /// Show this to be let in, and connect again with it. The shell hears of it here too, if it has a keyring.
    SignIn {
        /// What the person wrote.
        credentials: Credentials,
    },
    /// Connect now instead of later.
    Reconnect,
    /// Be disconnected until further notice.
    Disconnect {
        /// What others read; empty: nothing.
        reason: Arc<str>,
    },
}

impl Intent {
    /// The conversation that it is about, to be named otherwise.
    pub const fn buffer_mut(&mut self) -> Option<&mut BufferId> {
        match self {
            Self::Submit { buffer, .. }
            | Self::Leave { buffer }
            | Self::SetTopic { buffer, .. }
            | Self::Invite { buffer, .. }
            | Self::Kick { buffer, .. }
            | Self::Configure { buffer, .. }
            | Self::SetRank { buffer, .. }
            | Self::AskLists { buffer }
            | Self::AddMask { buffer, .. }
            | Self::RemoveMask { buffer, .. }
            | Self::LoadEarlier { buffer }
            | Self::LoadGap { buffer, .. }
            | Self::Retry { buffer, .. }
            | Self::Discard { buffer, .. } => Some(buffer),
            Self::Look { buffer, .. } => buffer.as_mut(),
            Self::Join { .. }
            | Self::OpenDirect { .. }
            | Self::ChangeNick { .. }
            | Self::Away { .. }
            | Self::Whois { .. }
            | Self::ListRooms
            | Self::Reconnect
            | Self::SignIn { .. }
            | Self::Disconnect { .. } => None,
        }
    }
}
