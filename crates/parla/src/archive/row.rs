//! Converts between the client's messages and the rows of the history.
//!
//! The history requires ids to be ordered by time within a conversation, which msgids need not be. So a row's
//! id is made of its time and a counter within that millisecond. The msgid, and whatever else only the client
//! knows, is stored among the tags under names of our own. No message from outside can set them, because its
//! tags are not stored.

use std::sync::Arc;

use parla_client::{
    ArchivedMessage,
    view::{Audience, BufferKind, Manner},
};
use parla_history::{ConversationId, Kind, Message, MessageNumber};
use parla_proto::{
    Timestamp,
    tag::{Tags, escape},
};

const MSGID: &str = "+parla.chat/msgid";
const ACTION: &str = "+parla.chat/action";
const OWN: &str = "+parla.chat/own";
/// The prefix of the rank that it was addressed to, if it was not for all members.
const SIGN: &str = "+parla.chat/sign";

/// The bits of an id that count the messages of one millisecond; the 42 bits above them last until the year
/// 2109.
const COUNT_BITS: u32 = 21;
const COUNT_MAX: i64 = (1 << COUNT_BITS) - 2;
const AT_MAX: i64 = (1 << 42) - 1;

/// The time under which a message is stored. A time before 1970 or after 2109 comes from an unusable clock.
pub(crate) fn kept_at(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.as_millis().clamp(0, AT_MAX))
}

/// The first id of a millisecond.
pub(crate) fn first_id(at: Timestamp) -> i64 {
    kept_at(at).as_millis() << COUNT_BITS
}

/// The last id of a millisecond.
pub(crate) fn last_id(at: Timestamp) -> i64 {
    first_id(at) + COUNT_MAX
}

/// The row of a message. The id must be one of its millisecond.
pub(crate) fn message(kept: &ArchivedMessage, conversation: ConversationId, id: i64) -> Message {
    Message {
        id: MessageNumber(id.unsigned_abs()),
        conversation,
        at: kept_at(kept.at),
        kind: kind(kept.manner),
        source: kept.source.as_ref().to_owned(),
        account: kept.account.as_deref().map(str::to_owned),
        text: kept.text.as_ref().to_owned(),
        tags: tags(kept),
        cuts: Vec::new(),
        refers_to: None,
        edited: None,
    }
}

/// The command by which it was sent.
pub(crate) const fn kind(manner: Manner) -> Kind {
    match manner {
        Manner::Notice => Kind::Notice,
        Manner::Message | Manner::Action => Kind::Privmsg,
    }
}

/// The message of a row, in the conversation that was asked for.
pub(crate) fn kept(message: Message, kind: BufferKind, buffer: &Arc<str>) -> ArchivedMessage {
    let tags = message.tags.unwrap_or_default();
    let tags = Tags::new(&tags);
    let manner = match message.kind {
        Kind::Notice => Manner::Notice,
        Kind::Privmsg if tags.get(ACTION).is_some() => Manner::Action,
        Kind::Privmsg => Manner::Message,
    };
    ArchivedMessage {
        kind,
        buffer: Arc::clone(buffer),
        msgid: tags.get(MSGID).map(Arc::from),
        at: message.at,
        source: message.source.into(),
        account: message.account.map(Arc::from),
        manner,
        text: message.text.into(),
        own: tags.get(OWN).is_some(),
        audience: tags.get(SIGN).and_then(|sign| sign.chars().next()).map(Audience::of),
    }
}

fn tags(kept: &ArchivedMessage) -> Option<String> {
    let msgid = kept.msgid.as_ref().map(|msgid| format!("{MSGID}={}", escape(msgid)));
    let action = (kept.manner == Manner::Action).then(|| ACTION.to_owned());
    let own = kept.own.then(|| OWN.to_owned());
    let sign = kept.audience.map(|audience| format!("{SIGN}={}", escape(&audience.sign.to_string())));
    let tags: Vec<String> = [msgid, action, own, sign].into_iter().flatten().collect();
    (!tags.is_empty()).then(|| tags.join(";"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said() -> ArchivedMessage {
        ArchivedMessage {
            kind: BufferKind::Room,
            buffer: "#tea".into(),
            msgid: None,
            at: Timestamp::from_millis(1_700_000_000_123),
            source: "alice!a@host".into(),
            account: None,
            manner: Manner::Message,
            text: "hello \u{3}04red".into(),
            own: false,
            audience: None,
        }
    }

    #[test]
    fn a_message_comes_back_as_it_was() {
        for manner in [Manner::Message, Manner::Notice, Manner::Action] {
            for own in [false, true] {
                for msgid in [None, Some("a;b \\=+parla.chat/own".into())] {
                    let audience = own.then(|| Audience::of('@'));
                    let account = own.then(|| "Alice".into());
                    let before = ArchivedMessage { manner, own, msgid, account, audience, ..said() };
                    let row = message(&before, ConversationId(1), first_id(before.at));
                    assert_eq!(kept(row, before.kind, &before.buffer), before);
                }
            }
        }
    }

    #[test]
    fn ids_follow_time_and_fit() {
        let at = Timestamp::from_millis;
        assert!(last_id(at(7)) < first_id(at(8)));
        assert_eq!(first_id(at(-5)), 0);
        assert!(last_id(at(i64::MAX)) < i64::MAX, "the history keeps that one for itself");
        assert_eq!(kept_at(at(i64::MAX)).as_millis(), AT_MAX);
    }
}
