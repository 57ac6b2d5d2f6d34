//! An intent as it is stored: one flat record, whichever intent it is.
//!
//! Only what must survive a page or a program has such a form, and nothing with a password. A record that can
//! hold every intent would need much more code in the page, and could hold passwords.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    ids::BufferId,
    intent::Intent,
    rank::Rank,
    settings::{ListKind, MaskBy, Set},
};

/// What the person wants, in a conversation that is stored beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredIntent {
    act: Act,
    /// The room, nick or mask that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    about: Option<Arc<str>>,
    /// What the person wrote: the input, the topic, the reason, or the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<Arc<str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    settings: Vec<Set>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rank: Option<Rank>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    list: Option<ListKind>,
}

/// The intents that can be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Act {
    Submit,
    Join,
    Leave,
    SetTopic,
    Invite,
    Kick,
    Configure,
    GiveRank,
    TakeRank,
    AddNick,
    AddHost,
    RemoveMask,
    ChangeNick,
    Away,
}

impl Act {
    const fn alone(self) -> StoredIntent {
        StoredIntent { act: self, about: None, text: None, settings: Vec::new(), rank: None, list: None }
    }

    fn about(self, about: &Arc<str>) -> StoredIntent {
        StoredIntent { about: Some(Arc::clone(about)), ..self.alone() }
    }

    fn with_text(self, text: &Arc<str>) -> StoredIntent {
        StoredIntent { text: Some(Arc::clone(text)), ..self.alone() }
    }
}

impl StoredIntent {
    /// The stored form of an intent, if it has one.
    pub(crate) fn of(intent: &Intent) -> Option<Self> {
        Some(match intent {
            Intent::Submit { input, .. } => Act::Submit.with_text(input),
            Intent::Join { room, key } => Self { text: key.clone(), ..Act::Join.about(room) },
            Intent::Leave { .. } => Act::Leave.alone(),
            Intent::SetTopic { topic, .. } => Act::SetTopic.with_text(topic),
            Intent::Invite { nick, .. } => Act::Invite.about(nick),
            Intent::Kick { nick, reason, .. } => {
                Self { text: Some(Arc::clone(reason)), ..Act::Kick.about(nick) }
            }
            Intent::Configure { settings, .. } => {
                Self { settings: settings.clone(), ..Act::Configure.alone() }
            }
            Intent::SetRank { nick, rank, is_given, .. } => {
                let act = if *is_given { Act::GiveRank } else { Act::TakeRank };
                Self { rank: Some(*rank), ..act.about(nick) }
            }
            Intent::AddMask { list, who, by, .. } => {
                let act = match by {
                    MaskBy::Nick => Act::AddNick,
                    MaskBy::Host => Act::AddHost,
                };
                Self { list: Some(*list), ..act.about(who) }
            }
            Intent::RemoveMask { list, mask, .. } => {
                Self { list: Some(*list), ..Act::RemoveMask.about(mask) }
            }
            Intent::ChangeNick { nick } => Act::ChangeNick.about(nick),
            Intent::Away { reason } => Self { text: reason.clone(), ..Act::Away.alone() },
            // They ask for something that the closed page would have shown.
            Intent::OpenDirect { .. }
            | Intent::AskLists { .. }
            | Intent::Whois { .. }
            | Intent::ListRooms
            | Intent::LoadEarlier { .. }
            | Intent::LoadGap { .. }
            | Intent::Look { .. } => return None,
            // The failed message is still there, in the next page too.
            Intent::Retry { .. } | Intent::Discard { .. } | Intent::DiscardQueued { .. } => return None,
            // Passwords are never stored, and the others are only about the present connection.
            Intent::SignIn { .. } | Intent::Reconnect | Intent::Disconnect { .. } => return None,
        })
    }

    /// The intent, about this conversation if it is about one. `None` if a part of the record is missing.
    pub(crate) fn at(&self, buffer: BufferId) -> Option<Intent> {
        let about = || self.about.clone();
        let text = || self.text.clone();
        Some(match self.act {
            Act::Submit => Intent::Submit { buffer, input: text()? },
            Act::Join => Intent::Join { room: about()?, key: text() },
            Act::Leave => Intent::Leave { buffer },
            Act::SetTopic => Intent::SetTopic { buffer, topic: text()? },
            Act::Invite => Intent::Invite { buffer, nick: about()? },
            Act::Kick => Intent::Kick { buffer, nick: about()?, reason: text().unwrap_or_default() },
            Act::Configure => Intent::Configure { buffer, settings: self.settings.clone() },
            Act::GiveRank | Act::TakeRank => {
                let is_given = self.act == Act::GiveRank;
                Intent::SetRank { buffer, nick: about()?, rank: self.rank?, is_given }
            }
            Act::AddNick => Intent::AddMask { buffer, list: self.list?, who: about()?, by: MaskBy::Nick },
            Act::AddHost => Intent::AddMask { buffer, list: self.list?, who: about()?, by: MaskBy::Host },
            Act::RemoveMask => Intent::RemoveMask { buffer, list: self.list?, mask: about()? },
            Act::ChangeNick => Intent::ChangeNick { nick: about()? },
            Act::Away => Intent::Away { reason: text() },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Setting;

    #[test]
    fn what_is_stored_is_read_back() {
        let buffer = BufferId(7);
        let all = [
            Intent::Submit { buffer, input: "hello".into() },
            Intent::Join { room: "#a".into(), key: None },
            Intent::Join { room: "#a".into(), key: Some("sesame".into()) },
            Intent::Leave { buffer },
            Intent::SetTopic { buffer, topic: "".into() },
            Intent::Invite { buffer, nick: "bob".into() },
            Intent::Kick { buffer, nick: "bob".into(), reason: "out".into() },
            Intent::Configure {
                buffer,
                settings: vec![(Setting::Limit, Some("5".into())), (Setting::Key, None)],
            },
            Intent::SetRank { buffer, nick: "bob".into(), rank: Rank::Voice, is_given: true },
            Intent::SetRank { buffer, nick: "bob".into(), rank: Rank::Operator, is_given: false },
            Intent::AddMask { buffer, list: ListKind::Bans, who: "bob".into(), by: MaskBy::Nick },
            Intent::AddMask { buffer, list: ListKind::Mutes, who: "bob".into(), by: MaskBy::Host },
            Intent::RemoveMask { buffer, list: ListKind::Invited, mask: "b!*@*".into() },
            Intent::ChangeNick { nick: "alice".into() },
            Intent::Away { reason: Some("lunch".into()) },
            Intent::Away { reason: None },
        ];
        for intent in all {
            let stored = StoredIntent::of(&intent).unwrap();
            let text = serde_json::to_string(&stored).unwrap();
            let read: StoredIntent = serde_json::from_str(&text).unwrap();
            assert_eq!(read.at(buffer), Some(intent), "{text}");
        }
        assert_eq!(StoredIntent::of(&Intent::SignIn { credentials: crate::Credentials::default() }), None);
    }

    #[test]
    fn a_record_with_a_missing_part_is_no_intent() {
        for text in [r#"{"act":"SetTopic"}"#, r#"{"act":"GiveRank","about":"bob"}"#, r#"{"act":"Join"}"#] {
            let read: StoredIntent = serde_json::from_str(text).unwrap();
            assert_eq!(read.at(BufferId(1)), None, "{text}");
        }
    }
}
