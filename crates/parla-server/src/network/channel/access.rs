//! Permissions in a channel. Every check returns the right that it grants: only a [`Speaker`] can send, only
//! an [`Entrant`] can enter, and only an [`Eviction`] can remove a member.

use parla_proto::{extban::Reach, name::Casemapping};

use super::{Act, Channel, Flags, ListEntry, Rank};
use crate::{
    base::formatting,
    network::{
        UserId, UserRef,
        account::AccountId,
        entry::Verb,
        operator::Oversight,
        refusal::{Refusal, Silenced},
        user::User,
    },
};

/// The right to send to the channel.
#[derive(Debug)]
pub(crate) struct Speaker<'a> {
    pub(crate) channel: &'a Channel,
    /// The lowest rank that gets the message; `None` sends it to all members.
    pub(crate) heard_from: Option<Rank>,
}

/// The right to become a member.
#[derive(Debug)]
pub(crate) struct Entrant<'a> {
    channel: &'a mut Channel,
    id: UserId,
    remembered: Remembered,
}

/// What a channel remembers of somebody who enters.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Remembered {
    /// Their ranks.
    pub(crate) rank: Rank,
    /// Since which entry they have been a member; `None` if they have not been one.
    pub(crate) since: Option<u64>,
}

/// Somebody who wants to enter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Comer<'a> {
    pub(crate) id: UserId,
    pub(crate) user: &'a User,
    /// The account that they are signed in to.
    pub(crate) account: Option<AccountId>,
}

/// The right to give a member a rank or take it away.
#[derive(Debug)]
pub(crate) struct Promotion<'a> {
    channel: &'a mut Channel,
    member: UserId,
    rank: Rank,
    set: bool,
}

/// A rank to be given or taken away.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RankChange<'a> {
    pub(crate) member: UserId,
    /// The member's nick as it stood in the command, for the refusal.
    pub(crate) nick: &'a str,
    pub(crate) rank: Rank,
    /// Whether it is given.
    pub(crate) set: bool,
}

/// The right to remove a member.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Eviction {
    pub(crate) member: UserId,
}

impl Channel {
    /// The rank of a member.
    pub(crate) fn rank(&self, user: UserId) -> Result<Rank, Refusal> {
        self.members.get(&user).copied().ok_or_else(|| Refusal::NotOnChannel(self.name().clone()))
    }

    /// Checks that a member may do this.
    pub(crate) fn allows(&self, user: UserId, act: Act) -> Result<(), Refusal> {
        if self.rank(user)?.may(act) {
            Ok(())
        } else {
            Err(Refusal::RankNeeded { channel: self.name().clone(), rank: act.least() })
        }
    }

    /// Checks that a member may do this, and returns the channel to be changed.
    pub(crate) fn may(&mut self, user: UserId, act: Act) -> Result<&mut Self, Refusal> {
        self.allows(user, act).map(|()| self)
    }

    /// Checks that a member is an operator, and returns the channel to be changed.
    pub(crate) fn operator(&mut self, user: UserId) -> Result<&mut Self, Refusal> {
        self.may(user, Act::ChangeModes)
    }

    /// Checks that a member may give a rank to another, or take it away.
    ///
    /// Anybody may give up a rank of their own. Nobody can take a rank from somebody above them.
    pub(crate) fn promotion(&mut self, by: UserId, wanted: RankChange<'_>) -> Result<Promotion<'_>, Refusal> {
        let RankChange { member, nick, rank, set } = wanted;
        let own = self.rank(by)?;
        let name = self.name().clone();
        let target = self.members.get(&member).copied();
        let gives_up = by == member && !set && own.contains(rank);
        if !gives_up && !own.may(Act::Promote(rank)) {
            return Err(Refusal::RankNeeded { channel: name, rank: Act::Promote(rank).least() });
        }
        let target = target
            .ok_or_else(|| Refusal::UserNotInChannel { nick: nick.to_owned(), channel: name.clone() })?;
        if !set && by != member && !own.outranks(target) && !target.is_empty() {
            return Err(Refusal::Outranked(name));
        }
        Ok(Promotion { channel: self, member, rank, set })
    }

    /// Allows somebody who oversees channels to give a member a rank or take it away.
    pub(crate) fn overseen_promotion(
        &mut self,
        _: &Oversight,
        wanted: RankChange<'_>,
    ) -> Result<Promotion<'_>, Refusal> {
        let RankChange { member, nick, rank, set } = wanted;
        if self.is_member(member) {
            Ok(Promotion { channel: self, member, rank, set })
        } else {
            Err(Refusal::UserNotInChannel { nick: nick.to_owned(), channel: self.name().clone() })
        }
    }

    /// Checks that a member may set the topic: without `+t`, whoever may speak to all members may set it.
    pub(crate) fn topic(&mut self, by: UserRef<'_>, casemapping: Casemapping) -> Result<&mut Self, Refusal> {
        self.rank(by.id)?;
        let needs_rank =
            self.has(Flags::TOPIC_LOCK) || self.speaker(by, None, casemapping)?.heard_from.is_some();
        if needs_rank { self.may(by.id, Act::ChangeTopic) } else { Ok(self) }
    }

    /// Whether a ban or a mute applies to a member without voice. They cannot change their nick, because
    /// others would be told the new one, and they cannot invite anybody.
    pub(crate) fn holds_back(&self, of: UserRef<'_>, casemapping: Casemapping) -> bool {
        let speaks_always = self.rank(of.id).is_ok_and(|rank| rank.may(Act::SpeakAlways));
        !speaks_always
            && [Reach::Whole, Reach::Speech]
                .into_iter()
                .any(|reach| self.is_banned(of.user, reach, casemapping))
    }

    /// Checks that a member may remove another, or themselves.
    pub(crate) fn eviction(&mut self, by: UserId, member: UserId, nick: &str) -> Result<Eviction, Refusal> {
        let own = self.may(by, Act::Kick)?.rank(by)?;
        let name = || self.name().clone();
        let Some(other) = self.members.get(&member) else {
            return Err(Refusal::UserNotInChannel { nick: nick.to_owned(), channel: name() });
        };
        if by != member && !own.outranks(*other) {
            return Err(Refusal::Outranked(name()));
        }
        Ok(Eviction { member })
    }

    /// Checks that a user may speak. With voice or a higher rank, they always may. Otherwise they may not if
    /// they are outside a `+n` channel, if it is moderated (`+m`), if they have no account and it needs one
    /// (`+M`), or if they are banned or muted.
    ///
    /// `heard_from` is the lowest rank that the user wants to reach.
    pub(crate) fn speaker(
        &self,
        UserRef { id, user }: UserRef<'_>,
        heard_from: Option<Rank>,
        casemapping: Casemapping,
    ) -> Result<Speaker<'_>, Refusal> {
        let rank = self.members.get(&id).copied();
        let speaks_always = rank.is_some_and(|rank| rank.may(Act::SpeakAlways));
        let why = match rank {
            _ if speaks_always => None,
            None if self.has(Flags::NO_EXTERNAL) => Some(Silenced::NotMember),
            _ if self.has(Flags::MODERATED) => Some(Silenced::Moderated),
            _ if self.has(Flags::REGISTERED_SPEAK) && user.account().is_none() => {
                Some(Silenced::AccountNeeded)
            }
            _ if self.is_banned(user, Reach::Whole, casemapping) => Some(Silenced::Banned),
            _ if self.is_banned(user, Reach::Speech, casemapping) => Some(Silenced::Muted),
            _ => None,
        };
        if let Some(why) = why {
            return Err(Refusal::CannotSend { channel: self.name().clone(), why });
        }
        let moderated = self.has(Flags::OPERATOR_MODERATED) && !speaks_always;
        let heard_from = heard_from.max(moderated.then_some(Act::HearModerated.least()));
        Ok(Speaker { channel: self, heard_from })
    }

    /// Checks that a member may delete another's message; `seq` is the number of the entry that it came with.
    pub(crate) fn redactor(&self, user: UserId, seq: u64) -> Result<(), NoRedactor> {
        match self.redactors.get(&user) {
            Some(since) if *since < seq => Ok(()),
            Some(_) => Err(NoRedactor::Newer),
            None => Err(NoRedactor::NoRank),
        }
    }

    /// Checks that a user may enter. An invitation overrides bans and every mode; an invite exception (`+I`)
    /// overrides only `+i`. Nothing stops the user who creates the channel.
    pub(crate) fn entrant(
        &mut self,
        comer: Comer<'_>,
        key: Option<&str>,
        casemapping: Casemapping,
    ) -> Result<Entrant<'_>, Refusal> {
        let Comer { id, user, account } = comer;
        let name = || self.name().clone();
        let full = |limit: u32| self.members.len() >= limit as usize;
        let remembered = account.and_then(|account| self.remembered(account));
        let entrant = |channel| Ok(Entrant { channel, id, remembered: remembered.unwrap_or_default() });
        if self.invited.contains(&id) || self.is_empty_and_unkept() {
            return entrant(self);
        }
        let rank = remembered.unwrap_or_default().rank;
        if self.keeps_out(user, rank, casemapping) {
            return Err(Refusal::Banned(name()));
        }
        if remembered.is_some() {
            return entrant(self);
        }
        if self.has(Flags::REGISTERED_ONLY) && user.account().is_none() {
            return Err(Refusal::AccountNeeded(name()));
        }
        if self.has(Flags::INVITE_ONLY)
            && !holds(&self.state.invite_exceptions, user, Reach::Whole, casemapping)
        {
            return Err(Refusal::InviteOnly(name()));
        }
        if self.state.key.as_deref().is_some_and(|wanted| key != Some(wanted)) {
            return Err(Refusal::BadKey(name()));
        }
        if self.state.limit.is_some_and(full) {
            return Err(Refusal::ChannelIsFull(name()));
        }
        entrant(self)
    }

    /// Allows a user in whatever the modes say, on behalf of somebody who oversees channels.
    pub(crate) fn overseen_entrant(
        &mut self,
        _: &Oversight,
        id: UserId,
        account: Option<AccountId>,
    ) -> Entrant<'_> {
        let remembered = account.and_then(|account| self.remembered(account)).unwrap_or_default();
        Entrant { channel: self, id, remembered }
    }

    /// Lets a user in again who was a member before, and of whom this is remembered.
    pub(crate) const fn returning_entrant(&mut self, id: UserId, remembered: Remembered) -> Entrant<'_> {
        Entrant { channel: self, id, remembered }
    }

    /// What the channel remembers of an account; `None` if it does not remember it.
    pub(crate) fn remembered(&self, account: AccountId) -> Option<Remembered> {
        let rank = *self.state.access.get(&account)?;
        Some(Remembered { rank, since: self.state.member_since.get(&account).copied() })
    }

    /// Whether a ban keeps somebody out of whom these ranks are remembered. Whoever may lift a ban is not kept out
    /// by one.
    pub(crate) fn keeps_out(&self, user: &User, remembered: Rank, casemapping: Casemapping) -> bool {
        self.is_banned(user, Reach::Whole, casemapping) && !remembered.may(Act::ChangeLists)
    }

    /// Whether a ban of this reach applies to a user. An ordinary exception lifts bans and mutes; one with
    /// `m:` lifts mutes only.
    fn is_banned(&self, user: &User, reach: Reach, casemapping: Casemapping) -> bool {
        let exceptions = &self.state.ban_exceptions;
        holds(&self.state.bans, user, reach, casemapping)
            && !holds(exceptions, user, Reach::Whole, casemapping)
            && !(reach == Reach::Speech && holds(exceptions, user, Reach::Speech, casemapping))
    }
}

/// Why a member may not delete a message of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoRedactor {
    /// They do not have the rank for it.
    NoRank,
    /// They only got the rank after the message was sent.
    Newer,
}

/// Whether an entry of this reach matches the user.
fn holds(list: &[ListEntry], user: &User, reach: Reach, casemapping: Casemapping) -> bool {
    list.iter().any(|entry| {
        entry.mask.reach() == reach && entry.mask.matches(user.source(), user.account(), casemapping)
    })
}

impl Speaker<'_> {
    /// The text as the members get it.
    ///
    /// # Errors
    /// `+C` forbids it, or `+S` leaves nothing of it.
    pub(crate) fn text(&self, verb: Verb, text: String) -> Result<String, Refusal> {
        let channel = self.channel;
        if channel.has(Flags::NO_CTCP) && formatting::is_ctcp_but_action(&text) {
            return Err(Refusal::CannotSend { channel: channel.name().clone(), why: Silenced::NoCtcp });
        }
        if !channel.has(Flags::STRIP_FORMATTING) {
            return Ok(text);
        }
        let text = formatting::strip(&text);
        if text.is_empty() && verb != Verb::Tagmsg { Err(Refusal::NoTextToSend) } else { Ok(text) }
    }
}

impl Entrant<'_> {
    /// Makes the user a member. Whoever creates a channel becomes its operator; a kept channel gives the ranks
    /// that it remembers and no other, even to the first who enters after it was empty.
    ///
    /// `seq` is the number of the entry: a rank lets nobody delete what others said before.
    pub(crate) fn enter(self, seq: u64) {
        let Self { channel, id, remembered: Remembered { rank, since } } = self;
        let rank = if channel.is_empty_and_unkept() { Rank::OPERATOR } else { rank };
        channel.set_rank(id, rank, seq);
        channel.member_since.insert(id, since.unwrap_or(seq));
        channel.forget_invitation(id);
    }
}

impl Promotion<'_> {
    /// Gives or takes the rank, by the entry with this number. Returns whether that changed anything.
    pub(crate) fn carry_out(self, seq: u64) -> bool {
        let Self { channel, member, rank, set } = self;
        let before = channel.members.get(&member).copied().unwrap_or_default();
        let mut after = before;
        after.set(rank, set);
        channel.set_rank(member, after, seq);
        before != after
    }
}

#[cfg(test)]
mod tests {
    use parla_proto::{AccountName, ChannelName, Nick, Timestamp, extban::ListMask};

    use super::*;
    use crate::{
        base::settings::NetworkSettings,
        network::{
            ChannelId,
            entry::{Meta, Register},
        },
    };

    const ASCII: Casemapping = Casemapping::Ascii;

    /// A channel with these modes, and a user outside it who is logged in to this account.
    fn scene(flags: &str, lists: &[(char, &str)], account: Option<&str>) -> (Channel, UserId, User) {
        let rules = NetworkSettings::named("a.b").name_rules();
        let name = ChannelName::parse("#rust", &rules).unwrap();
        let mut channel = Channel::new(
            ChannelId::from_number(1),
            name,
            Timestamp::default(),
            Flags::from_letters(flags).unwrap(),
        );
        for (letter, mask) in lists {
            let mode = parla_proto::mode::ChannelMode::from_letter(*letter).unwrap().mode;
            channel.state.list_mut(mode).unwrap().push(ListEntry {
                mask: ListMask::parse(mask).unwrap(),
                setter: "a!b@c".to_owned(),
                at: Timestamp::default(),
            });
        }
        let (other, id) = (UserId(1), UserId(2));
        channel.members.insert(other, Rank::OPERATOR);
        let user = User::new(
            Register {
                nick: Nick::parse("bob", &rules).unwrap(),
                user: "b".to_owned(),
                host: "host".to_owned(),
                address: std::net::IpAddr::from([127, 0, 0, 1]),
                modes: parla_proto::mode::UserModes::empty(),
                realname: "Bob".to_owned(),
                account: None,
                proved: Default::default(),
                invitation: None,
                metadata: Default::default(),
                is_exempt: false,
            },
            account.map(|account| AccountName::parse(account, &rules).unwrap()),
            &Meta::from_nobody(1),
        );
        (channel, id, user)
    }

    /// Checks whether somebody with this account may enter, and whether they may speak once inside.
    fn check(flags: &str, lists: &[(char, &str)], account: Option<&str>, expected: (bool, bool)) {
        let (mut channel, id, user) = scene(flags, lists, account);
        let enters = channel
            .entrant(Comer { id, user: &user, account: None }, None, ASCII)
            .map(|entrant| entrant.enter(1))
            .is_ok();
        channel.members.insert(id, Rank::empty());
        let speaks = channel.speaker(UserRef { id, user: &user }, None, ASCII).is_ok();
        assert_eq!((enters, speaks), expected, "+{flags} {lists:?} {account:?}");
    }

    #[test]
    fn an_account_opens_doors_and_closes_them() {
        check("", &[], None, (true, true));
        check("R", &[], None, (false, true));
        check("R", &[], Some("bob"), (true, true));
        check("M", &[], None, (true, false));
        check("M", &[], Some("bob"), (true, true));
        check("", &[('b', "a:bob")], Some("Bob"), (false, false));
        check("", &[('b', "a:bob")], Some("carol"), (true, true));
        check("", &[('b', "a:*")], Some("carol"), (false, false));
        check("", &[('b', "m:a:bob")], Some("bob"), (true, false));
        check("", &[('b', "!a:*")], None, (false, false));
        check("", &[('b', "!a:*")], Some("bob"), (true, true));
        check("", &[('b', "*"), ('e', "a:bob")], Some("bob"), (true, true));
        check("", &[('b', "*"), ('e', "a:bob")], None, (false, false));
        check("", &[('b', "*"), ('e', "m:a:bob")], Some("bob"), (false, false));
        check("", &[('b', "m:*"), ('e', "m:a:bob")], Some("bob"), (true, true));
        check("i", &[('I', "a:bob")], Some("bob"), (true, true));
        check("i", &[('I', "a:bob")], None, (false, true));
        check("i", &[('b', "bob"), ('I', "bob")], None, (false, false));
    }

    #[test]
    fn an_invitation_opens_every_door_once() {
        let (mut channel, id, user) = scene("iR", &[('b', "*")], None);
        channel.state.key = Some("word".to_owned());
        channel.state.limit = Some(1);
        assert!(channel.entrant(Comer { id, user: &user, account: None }, None, ASCII).is_err());
        channel.invite(id);
        channel.entrant(Comer { id, user: &user, account: None }, None, ASCII).unwrap().enter(1);
        channel.remove(id);
        assert!(channel.entrant(Comer { id, user: &user, account: None }, None, ASCII).is_err());
    }

    #[test]
    fn only_who_makes_a_channel_gets_a_rank_by_entering() {
        // The modes that a new channel starts with do not keep its creator out.
        for (flags, kept, rank) in [
            ("nt", false, Some(Rank::OPERATOR)),
            ("iR", false, Some(Rank::OPERATOR)),
            ("nt", true, Some(Rank::empty())),
            ("i", true, None),
        ] {
            let (mut channel, id, user) = scene(flags, &[], None);
            channel.members.clear();
            channel.kept = kept;
            let entered = channel
                .entrant(Comer { id, user: &user, account: None }, None, ASCII)
                .map(|entrant| entrant.enter(1));
            assert_eq!(entered.and_then(|()| channel.rank(id)).ok(), rank, "+{flags} {kept}");
        }
    }

    #[test]
    fn what_others_said_is_redacted_by_a_rank_that_was_held_then() {
        let (mut channel, id, _) = scene("", &[], None);
        let founder = *channel.members.keys().next().unwrap();
        channel.members.insert(founder, Rank::FOUNDER);
        channel.members.insert(id, Rank::empty());
        let mut give = |rank, set, seq| {
            channel
                .promotion(founder, RankChange { member: id, nick: "bob", rank, set })
                .unwrap()
                .carry_out(seq);
            [seq - 1, seq + 1].map(|message| channel.redactor(id, message))
        };
        let (newer, no_rank) = (Err(NoRedactor::Newer), Err(NoRedactor::NoRank));
        assert_eq!(give(Rank::HALF_OPERATOR, true, 10), [no_rank, no_rank]);
        assert_eq!(give(Rank::OPERATOR, true, 20), [newer, Ok(())]);
        // Somebody who exchanges one such rank for another keeps the earlier date.
        assert_eq!(give(Rank::FOUNDER, true, 30), [Ok(()), Ok(())]);
        assert_eq!(give(Rank::OPERATOR, false, 40), [Ok(()), Ok(())]);
        assert_eq!(give(Rank::FOUNDER, false, 50), [no_rank, no_rank]);
        assert_eq!(give(Rank::OPERATOR, true, 60), [newer, Ok(())]);
        channel.remove(id);
        assert_eq!(channel.redactor(id, 61), no_rank);
    }

    #[test]
    fn the_highest_are_safe_from_the_lower() {
        let (mut channel, id, _) = scene("", &[], None);
        let operator = *channel.members.keys().next().unwrap();
        for (ranks, safe) in [
            (Rank::empty(), false),
            (Rank::OPERATOR, false),
            (Rank::PROTECTED, true),
            (Rank::FOUNDER | Rank::OPERATOR, true),
        ] {
            channel.members.insert(id, ranks);
            assert_eq!(channel.eviction(operator, id, "bob").is_err(), safe, "{ranks:?}");
            let taken = channel
                .promotion(operator, RankChange { member: id, nick: "bob", rank: Rank::OPERATOR, set: false })
                .is_err();
            assert_eq!(taken, safe, "{ranks:?}");
            // Giving a rank to a superior is allowed.
            assert!(
                channel
                    .promotion(operator, RankChange { member: id, nick: "bob", rank: Rank::VOICE, set: true })
                    .is_ok()
            );
            assert!(channel.eviction(id, operator, "alice").is_ok() == ranks.is_at_least(Rank::OPERATOR));
        }
    }
}
