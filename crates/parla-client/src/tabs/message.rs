//! What tabs say to each other, as texts: a line that says from whom and to whom, and a line with the message.
//!
//! Tabs of different builds may be open at the same time, after the server was replaced. They understand no more of each other
//! than the first line and a [`Ballot`], so these are JSON. Everything else passes between tabs of one build only. It is packed in
//! postcard's format, which names no fields: the code that reads JSON for all these types was a seventh of the app.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use parla_proto::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Ballot, Delivery, Look, TabId};
use crate::credentials::Credentials;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Which build of the app the sender runs.
    pub build: String,
    /// Which tab sends it.
    pub from: TabId,
    /// For which tab it is; none: for all.
    pub to: Option<TabId>,
}

/// The second line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Message {
    /// Who leads.
    Ballot(Ballot),
    /// The sender is gone; it did not lead.
    Bye,

    // To the leader.
    /// What is new since the delivery of this number? Zero: send everything.
    Pull {
        /// The number of the leader's term: it may have another client since.
        term: u64,
        /// The last delivery that came.
        had: u64,
    },
    /// Carry this out, and say in a [`Delivery`] that it is done.
    Do {
        /// The number of the leader's term, on which the numbers of conversations in the command depend.
        term: u64,
        /// Counts the commands of a tab.
        number: u64,
        /// What, in the words of the interface, as [`pack`] gives it.
        command: Vec<u8>,
    },
    /// What the person looks at in the sender's tab.
    Look {
        /// The number of the leader's term.
        term: u64,
        /// What.
        look: Look,
    },
    /// The person, or the network, is back.
    Awake,

    // From the leader.
    /// There is something to be pulled.
    News,
    /// The answer to a pull.
    Told {
        /// What is new.
        delivery: Delivery,
        /// When the leader is to be woken, by a pull: its own timers may be slow.
        due: Option<Timestamp>,
    },
    /// What the person showed to be let in: whoever leads next shows it, too. It is nowhere but in memory.
    Credentials(Credentials),
}

/// The second line as it is written.
#[derive(Serialize, Deserialize)]
enum Line {
    Ballot(Ballot),
    /// Any other message, as [`pack`] gives it, in base64.
    Packed(String),
}

impl Letter {
    /// The text of this letter with this message. None if it cannot be written, which no message of ours is.
    pub fn write(&self, message: &Message) -> Option<String> {
        let line = match message {
            Message::Ballot(ballot) => Line::Ballot(*ballot),
            message => Line::Packed(STANDARD.encode(pack(message)?)),
        };
        Some(format!("{}\n{}", serde_json::to_string(self).ok()?, serde_json::to_string(&line).ok()?))
    }

    /// Reads the first line of a text, and gives the second.
    pub fn open(text: &str) -> Option<(Self, &str)> {
        let (first, second) = text.split_once('\n')?;
        Some((serde_json::from_str(first).ok()?, second))
    }
}

impl Message {
    /// Reads the second line of a text.
    pub fn read(line: &str) -> Option<Self> {
        match serde_json::from_str(line).ok()? {
            Line::Ballot(ballot) => Some(Self::Ballot(ballot)),
            Line::Packed(packed) => unpack(&STANDARD.decode(packed).ok()?),
        }
    }
}

/// A value in bytes that another tab of this build understands. None if the value cannot be written, which none of ours is.
pub fn pack(value: &impl Serialize) -> Option<Vec<u8>> {
    postcard::to_allocvec(value).ok()
}

/// The value of such bytes.
pub fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}
