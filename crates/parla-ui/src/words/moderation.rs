//! Moderation of a room: its settings, its bans and its ranks.

use parla_client::{
    Intent,
    settings::{ListKind, MaskBy, Setting, Whom},
    view::{ModeChange, Rank},
};

use super::{Words, room::name};

/// The groups of a room's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Settings about who may enter.
    Enter,
    /// Settings about who may write.
    Write,
    /// All other settings.
    Room,
}

impl Group {
    /// All groups, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Enter, Self::Write, Self::Room];

    /// The group that a setting belongs to.
    pub fn of(setting: Setting) -> Self {
        match setting {
            Setting::InvitedOnly
            | Setting::AccountsOnly
            | Setting::Key
            | Setting::Limit
            | Setting::Forward => Self::Enter,
            Setting::VoicedSpeak | Setting::AccountsSpeak | Setting::NoOutsiders | Setting::PlainText => {
                Self::Write
            }
            Setting::TopicLocked | Setting::Hidden => Self::Room,
        }
    }
}

/// The key by which the sentences refer to a rank.
pub(super) fn rank_key(rank: Rank) -> &'static str {
    match rank {
        Rank::Founder => "owner",
        Rank::Protected => "admin",
        Rank::Operator => "operator",
        Rank::HalfOperator => "helper",
        Rank::Voice => "speaker",
        Rank::Member => "member",
    }
}

impl Words {
    /// The heading of a group of settings, and the sentence for when none of them is set.
    pub fn group(self, group: Group) -> (&'static str, &'static str) {
        match group {
            Group::Enter => (self.moderation_group_enter(), self.moderation_group_enter_nothing_set()),
            Group::Write => (self.moderation_group_write(), self.moderation_group_write_nothing_set()),
            Group::Room => (self.moderation_group_room(), self.moderation_group_room_nothing_set()),
        }
    }

    /// What is true while it is set; for a setting with a value, what the value is.
    pub fn setting(self, setting: Setting) -> &'static str {
        match setting {
            Setting::InvitedOnly => self.setting_invited_only(),
            Setting::AccountsOnly => self.setting_accounts_only(),
            Setting::Key => self.setting_key(),
            Setting::Limit => self.setting_limit(),
            Setting::Forward => self.setting_forward(),
            Setting::VoicedSpeak => self.setting_voiced_speak(),
            Setting::AccountsSpeak => self.setting_accounts_speak(),
            Setting::NoOutsiders => self.setting_no_outsiders(),
            Setting::PlainText => self.setting_plain_text(),
            Setting::TopicLocked => self.setting_topic_locked(),
            Setting::Hidden => self.setting_hidden(),
        }
    }

    /// The heading of a list of a room.
    pub fn list_of(self, kind: ListKind) -> &'static str {
        match kind {
            ListKind::Bans => self.list_bans(),
            ListKind::Mutes => self.list_mutes(),
            ListKind::Exceptions => self.list_exceptions(),
            ListKind::Invited => self.list_invited(),
        }
    }

    /// What the person has asked of a room; empty for other intents.
    pub fn request(self, intent: &Intent) -> String {
        match intent {
            Intent::SetTopic { topic, .. } => self.request_topic(topic),
            Intent::Invite { nick, .. } => self.request_invite(&name(nick)),
            Intent::Kick { nick, reason, .. } => self.request_kick(&name(nick), reason),
            Intent::Configure { .. } => self.request_settings().to_owned(),
            Intent::SetRank { nick, .. } => self.request_rank(&name(nick)),
            Intent::AddMask { list, who, .. } => self.request_mask_added(self.list_of(*list), who),
            Intent::RemoveMask { list, mask, .. } => self.request_mask_removed(self.list_of(*list), mask),
            _ => String::new(),
        }
    }

    /// The people whom an entry of a list matches.
    pub fn whom(self, whom: &Whom) -> String {
        match whom {
            Whom::Everyone => self.whom_everyone().to_owned(),
            Whom::Nick(nick) => nick.to_string(),
            Whom::Host(host) => self.whom_host(host),
            Whom::Account(account) => self.whom_account(account),
            Whom::Other(mask) => self.whom_other(mask),
        }
    }

    /// What somebody changed about a room, without their name.
    pub(super) fn change(self, change: &ModeChange) -> String {
        match change {
            ModeChange::Rank { who, rank, is_given: true } => {
                self.change_rank_given(rank_key(*rank), &name(who))
            }
            ModeChange::Rank { who, rank, .. } => self.change_rank_taken(rank_key(*rank), &name(who)),
            ModeChange::Setting(of, None) => self.change_turned_off(self.setting(*of)),
            ModeChange::Setting(of, Some(value)) if value.is_empty() => {
                self.change_turned_on(self.setting(*of))
            }
            ModeChange::Setting(of, Some(value)) => self.change_set(self.setting(*of), &name(value)),
            ModeChange::Listed { list, whom, is_added: true } => {
                self.change_listed(self.list_of(*list), &name(&self.whom(whom)))
            }
            ModeChange::Listed { list, whom, .. } => {
                self.change_unlisted(self.list_of(*list), &name(&self.whom(whom)))
            }
            ModeChange::Other(letters) => self.change_other(&name(letters)),
        }
    }

    /// Who added an entry, and when.
    pub fn listed(self, by: Option<&str>, at: Option<&str>) -> String {
        match (by, at) {
            (Some(by), Some(at)) => self.listed_by_at(at, by),
            (Some(by), None) => self.listed_by(by),
            (None, at) => at.unwrap_or_default().to_owned(),
        }
    }

    /// How somebody is matched.
    pub fn by(self, by: MaskBy) -> &'static str {
        match by {
            MaskBy::Nick => self.by_nick(),
            MaskBy::Host => self.by_host(),
        }
    }

    /// Somebody's rank in a room.
    pub fn is_in(self, rank: Rank, room: &str) -> String {
        self.rank_in(rank_key(rank), room)
    }

    /// The button that gives a rank or takes it away.
    pub fn set_rank(self, rank: Rank, is_given: bool) -> String {
        let rank = rank_key(rank);
        if is_given { self.give_rank(rank) } else { self.take_rank(rank) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{NAME, NAME_END};

    #[test]
    fn changes_are_sentences() {
        let sentence = |one: ModeChange| Words::english().change(&one).replace([NAME, NAME_END], "");
        let rank = |rank, is_given| ModeChange::Rank { who: "bob".into(), rank, is_given };
        let listed = |is_added| ModeChange::Listed {
            list: ListKind::Bans,
            whom: Whom::Host("bad.host".into()),
            is_added,
        };
        assert_eq!(sentence(rank(Rank::Operator, true)), "made bob an operator");
        assert_eq!(sentence(rank(Rank::Voice, false)), "removed bob as a speaker");
        let set = |value: Option<&str>| ModeChange::Setting(Setting::Limit, value.map(Into::into));
        assert_eq!(sentence(set(Some("20"))), "set “At most this many people” to 20");
        assert_eq!(sentence(set(None)), "turned off “At most this many people”");
        let hidden = ModeChange::Setting(Setting::Hidden, Some("".into()));
        assert_eq!(sentence(hidden), "turned on “Not in the list of rooms”");
        assert_eq!(sentence(listed(true)), "added to the list “Banned”: Everyone from bad.host");
        assert_eq!(sentence(listed(false)), "removed from the list “Banned”: Everyone from bad.host");
        assert_eq!(sentence(ModeChange::Other("+x".into())), "changed the settings of the room (+x)");
    }
}
