//! The messages between tabs, as texts: one line with the sender and the recipient, and one with the content.
//!
//! Tabs of different builds may be open at the same time, after the server was upgraded. Of each other they
//! understand only the first line and a [`Ballot`], so these are JSON. Everything else passes only between
//! tabs of the same build. It is packed in the postcard format, which has no field names: the code for
//! reading all these types from JSON made the first load of the page 36 KB larger.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use parla_proto::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Ballot, Delivery, ForwardedCommand, Look, TabId};
use crate::credentials::Credentials;

/// The first line: sender and recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The build of the app that the sender runs.
    pub build: String,
    /// The tab that sends it.
    pub from: TabId,
    /// The tab that it is for; `None` means all.
    pub to: Option<TabId>,
}

/// The second line: the content.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum TabMessage {
    /// About which tab leads.
    Ballot(Ballot),
    /// The sender is closing and did not lead.
    Bye {
        /// The number of its last command that it knows to be carried out.
        done: u64,
    },

    // To the leader.
    /// Requests what is new since the delivery with this serial number; 0 requests everything.
    Pull {
        /// The number of the leader's term, because the leader may have another client since.
        term: u64,
        /// The serial number of the last delivery that arrived.
        had: u64,
    },
    /// Requests that a command be carried out, which is confirmed in a [`Delivery`].
    Do {
        /// The number of the leader's term, on which the conversation ids in the command depend.
        term: u64,
        /// The command.
        request: ForwardedCommand,
    },
    /// What the person is looking at in the sender's tab.
    Look {
        /// The number of the leader's term.
        term: u64,
        /// The network, the conversation and whether its end is in view.
        look: Look,
    },
    /// The person has returned, or the network has.
    Awake,
    /// The sender led until it heard that the recipient does. It carried out a command at this time, so what
    /// the recipient read from the storage before that is out of date.
    Superseded {
        /// When the last command was carried out.
        acted_at: Timestamp,
    },

    // From the leader.
    /// There is something new to request.
    News,
    /// The answer to a pull.
    Told {
        /// Everything that is new.
        delivery: Delivery,
        /// When the leader must be woken by a request, because its own timers may be slow.
        due: Option<Timestamp>,
    },
    /// The credentials that the person entered, so that the next leader can use them. They are held in memory
    /// only.
    Credentials(Credentials),
}

/// The second line as it is written.
#[derive(Serialize, Deserialize)]
enum SecondLine {
    Ballot(Ballot),
    /// Any other message, packed by [`pack`], in base64.
    Packed(String),
}

impl Letter {
    /// This letter with a message, as text. `None` if it cannot be written, which does not happen with our
    /// messages.
    pub fn write(&self, message: &TabMessage) -> Option<String> {
        let line = match message {
            TabMessage::Ballot(ballot) => SecondLine::Ballot(*ballot),
            message => SecondLine::Packed(STANDARD.encode(pack(message)?)),
        };
        Some(format!("{}\n{}", serde_json::to_string(self).ok()?, serde_json::to_string(&line).ok()?))
    }

    /// Parses the first line of a text, and returns the second with it.
    pub fn open(text: &str) -> Option<(Self, &str)> {
        let (first, second) = text.split_once('\n')?;
        Some((serde_json::from_str(first).ok()?, second))
    }
}

impl TabMessage {
    /// Parses the second line of a text.
    pub fn parse(line: &str) -> Option<Self> {
        match serde_json::from_str(line).ok()? {
            SecondLine::Ballot(ballot) => Some(Self::Ballot(ballot)),
            SecondLine::Packed(packed) => unpack(&STANDARD.decode(packed).ok()?),
        }
    }
}

/// Packs a value into bytes that another tab of this build understands. `None` if it cannot be written, which
/// does not happen with our types.
pub fn pack(value: &impl Serialize) -> Option<Vec<u8>> {
    postcard::to_allocvec(value).ok()
}

/// Unpacks a value that [`pack`] packed; `None` if the bytes are something else.
pub fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}
