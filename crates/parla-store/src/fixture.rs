//! A message for tests.

use std::sync::Arc;

use parla_proto::Timestamp;
use parla_server::{Change, Conversation, Spoken, Verb};

/// Somebody says `xylophone`, by the entry of this number and at that millisecond.
pub(crate) fn said(seq: u64, conversation: Conversation) -> Change {
    Change::Message(Arc::new(Spoken {
        seq,
        at: Timestamp::from_millis(seq.cast_signed()),
        verb: Verb::Privmsg,
        source: "a!b@c".to_owned(),
        account: None,
        conversation: Some(conversation),
        target: "#rust".to_owned(),
        text: "xylophone".to_owned(),
        tags: String::new(),
        cuts: Vec::new(),
        refers_to: None,
    }))
}
