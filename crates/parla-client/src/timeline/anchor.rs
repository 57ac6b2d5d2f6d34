//! A message by which a server is asked for others. <https://ircv3.net/specs/extensions/chathistory>

use std::{ops::RangeInclusive, sync::Arc};

use parla_proto::Timestamp;

use crate::view::RowId;

/// How much of what is known is asked for again by time, in milliseconds.
const OVERLAP_MS: i64 = 1000;

/// A message, to ask the server for what was before or behind it: an id if the server gave one, else a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Anchor {
    pub(crate) msgid: Option<Arc<str>>,
    pub(crate) at: Timestamp,
    /// Its row, if it is here.
    pub(crate) row: Option<RowId>,
}

impl Anchor {
    /// As a selector of CHATHISTORY for what came after it. By time, some of what is known comes again: others may have
    /// spoken in the same moment, and some servers keep only seconds.
    pub(crate) fn after(&self, by_msgid: bool) -> String {
        self.selector(by_msgid, -OVERLAP_MS)
    }

    /// Whether a message of this time and id may follow it. Some servers tell only seconds, and some give no ids.
    pub(crate) fn may_be_before(&self, at: Timestamp, msgid: Option<&str>) -> bool {
        at >= self.at && (msgid.is_none() || msgid != self.msgid.as_deref())
    }

    /// The same for what came before it.
    pub(crate) fn before(&self, by_msgid: bool) -> String {
        self.selector(by_msgid, OVERLAP_MS)
    }

    fn selector(&self, by_msgid: bool, milliseconds: i64) -> String {
        match &self.msgid {
            Some(msgid) if by_msgid => format!("msgid={msgid}"),
            _ => format!("timestamp={}", Timestamp::from_millis(self.at.as_millis() + milliseconds)),
        }
    }

    /// The milliseconds of which messages come again when the server is asked by time.
    pub(super) fn milliseconds_around(&self) -> RangeInclusive<i64> {
        self.at.as_millis() - OVERLAP_MS..=self.at.as_millis() + OVERLAP_MS
    }
}
