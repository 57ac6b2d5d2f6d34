//! What the person wants, as the interface hands it to a client.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    credentials::Credentials,
    ids::{BufferId, RowId},
    rank::Rank,
    settings::{ListKind, MaskBy, Set},
};

/// Something that the person wants to do. Names are as the server knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Intent {
    /// Send what was written in the composer: a command if it starts with a single `/`, otherwise a message.
    /// Several lines may become several messages.
    Submit {
        /// The conversation that it was written in.
        buffer: BufferId,
        /// The text as written.
        input: Arc<str>,
    },
    /// Join a room. A missing `#` is added.
    Join {
        /// The name of the room.
        room: Arc<str>,
        /// The room's key, if the person gave one.
        key: Option<Arc<str>>,
    },
    /// Leave a room and remove it from the list, or close a direct conversation.
    Leave {
        /// The conversation to leave.
        buffer: BufferId,
    },
    /// Open the direct conversation with a person.
    OpenDirect {
        /// The nick of the person.
        nick: Arc<str>,
    },
    /// Set or remove the topic of a room.
    SetTopic {
        /// The room whose topic changes.
        buffer: BufferId,
        /// The new topic; empty to remove it.
        topic: Arc<str>,
    },
    /// Invite somebody to a room.
    Invite {
        /// The room that they are invited to.
        buffer: BufferId,
        /// The nick of the person to invite.
        nick: Arc<str>,
    },
    /// Remove somebody from a room.
    Kick {
        /// The room that they are removed from.
        buffer: BufferId,
        /// The nick of the person to remove.
        nick: Arc<str>,
        /// The reason that others see; empty for none.
        reason: Arc<str>,
    },
    /// Change settings of a room.
    Configure {
        /// The room whose settings change.
        buffer: BufferId,
        /// The settings to change; all others stay.
        settings: Vec<Set>,
    },
    /// Give a member a rank, or take it away.
    SetRank {
        /// The room in which the rank counts.
        buffer: BufferId,
        /// The nick of the member.
        nick: Arc<str>,
        /// The rank to give or to take away.
        rank: Rank,
        /// Whether to give the rank; otherwise it is taken away.
        is_given: bool,
    },
    /// Fetch the lists of a room, such as its bans.
    AskLists {
        /// The room whose lists are requested.
        buffer: BufferId,
    },
    /// Add somebody to a list of a room.
    AddMask {
        /// The room that the list belongs to.
        buffer: BufferId,
        /// The list, such as the bans.
        list: ListKind,
        /// A nick, an address or a mask, as the person wrote it.
        who: Arc<str>,
        /// What to match if `who` is a nick.
        by: MaskBy,
    },
    /// Remove a mask from a list of a room.
    RemoveMask {
        /// The room that the list belongs to.
        buffer: BufferId,
        /// The list, such as the bans.
        list: ListKind,
        /// The mask as the server knows it.
        mask: Arc<str>,
    },
    /// Change the nick. Before registration, try again with this one.
    ChangeNick {
        /// The nick that the person wants.
        nick: Arc<str>,
    },
    /// Mark the person as away, or as back.
    Away {
        /// The reason for being away; `None` to be back.
        reason: Option<Arc<str>>,
    },
    /// Ask who somebody is.
    Whois {
        /// The nick of the person.
        nick: Arc<str>,
    },
    /// Fetch the list of rooms.
    ListRooms,
    /// Load messages from before the first row of a conversation.
    LoadEarlier {
        /// The conversation whose earlier messages are requested.
        buffer: BufferId,
    },
    /// Fill a gap in a conversation.
    LoadGap {
        /// The conversation with the gap.
        buffer: BufferId,
        /// The row of the gap.
        row: RowId,
    },
    /// What the person is looking at, sent whenever that changes.
    Look {
        /// The conversation in view; `None` if the window is hidden or not in front.
        buffer: Option<BufferId>,
        /// Whether its newest row is in view.
        at_end: bool,
    },
    /// Send a failed message again, or repeat a request that was not done.
    Retry {
        /// The conversation of the message or request.
        buffer: BufferId,
        /// The row of the message or request.
        row: RowId,
    },
    /// Discard a failed or queued message, or a request that was not done.
    Discard {
        /// The conversation of the message or request.
        buffer: BufferId,
        /// The row of the message or request.
        row: RowId,
    },
    /// Discard all messages of a conversation that have not been sent yet, but none that failed.
    DiscardQueued {
        /// The conversation whose waiting messages are discarded.
        buffer: BufferId,
    },
    /// Use these credentials, and reconnect with them. The shell also learns of them here, for its keyring.
    SignIn {
        /// The passwords and the certificate that the person entered.
        credentials: Credentials,
    },
    /// Connect now instead of later.
    Reconnect,
    /// Disconnect until the person wants to connect again.
    Disconnect {
        /// The reason that others see; empty for none.
        reason: Arc<str>,
    },
}

impl Intent {
    /// The conversation that the intent is about, so that its id can be replaced.
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
            | Self::Discard { buffer, .. }
            | Self::DiscardQueued { buffer } => Some(buffer),
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
