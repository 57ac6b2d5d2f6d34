//! A message that serves as a position when a server is asked for others.
//! <https://ircv3.net/specs/extensions/chathistory>

use std::{ops::RangeInclusive, sync::Arc};

use parla_proto::Timestamp;

use crate::view::RowId;

/// How far requests by time overlap with what is known, in milliseconds.
const OVERLAP_MS: i64 = 1000;

/// A message from which the server can be asked for earlier or later ones: by msgid if the server gave one,
/// otherwise by time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Anchor {
    pub(crate) msgid: Option<Arc<str>>,
    pub(crate) at: Timestamp,
    /// Its row, if it is here.
    pub(crate) row: Option<RowId>,
}

impl Anchor {
    /// The CHATHISTORY selector for what came after it. By time, some known messages come again: others may
    /// have been sent in the same moment, and some servers store only seconds.
    pub(crate) fn after(&self, by_msgid: bool) -> String {
        self.selector(by_msgid, -OVERLAP_MS)
    }

    /// Whether a message of this time and msgid may come after it. Some servers give only seconds, and some
    /// no msgids.
    pub(crate) fn may_be_before(&self, at: Timestamp, msgid: Option<&str>) -> bool {
        at >= self.at && (msgid.is_none() || msgid != self.msgid.as_deref())
    }

    /// The CHATHISTORY selector for what came before it.
    pub(crate) fn before(&self, by_msgid: bool) -> String {
        self.selector(by_msgid, OVERLAP_MS)
    }

    fn selector(&self, by_msgid: bool, milliseconds: i64) -> String {
        match &self.msgid {
            Some(msgid) if by_msgid => format!("msgid={msgid}"),
            _ => format!("timestamp={}", Timestamp::from_millis(self.at.as_millis() + milliseconds)),
        }
    }

    /// The milliseconds whose messages come again when the server is asked by time.
    pub(super) fn milliseconds_around(&self) -> RangeInclusive<i64> {
        self.at.as_millis() - OVERLAP_MS..=self.at.as_millis() + OVERLAP_MS
    }
}
