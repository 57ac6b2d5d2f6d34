//! One channel: who is in it, what holds in it, and who may do what.
//!
//! A check gives out the right it grants: only a [`Speaker`] can send, only an [`Entrant`] can enter.

use bitflags::bitflags;
use indexmap::IndexMap;
use parla_proto::{ChannelName, Mask, Timestamp, mode::ChannelMode, name::Casemapping};
use rustc_hash::FxBuildHasher;

use super::{UserId, user::User};
use crate::{limits::INVITATIONS_MAX, refusal::Refusal, refusal::Silenced};

bitflags! {
    /// The modes of a channel that have no parameter.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Flags: u16 {
        /// `u`: people see only themselves and those with a rank; the crowd is not shown.
        const AUDITORIUM = 1 << 0;
        /// `i`: only people who were invited may enter.
        const INVITE_ONLY = 1 << 1;
        /// `m`: only people with a rank, and voiced members, may speak.
        const MODERATED = 1 << 2;
        /// `C`: no CTCP other than actions (`/me`).
        const NO_CTCP = 1 << 3;
        /// `n`: only members may send messages.
        const NO_EXTERNAL = 1 << 4;
        /// `R`: only people who are logged in to an account may enter.
        const REGISTERED_ONLY = 1 << 5;
        /// `M`: only people with voice, or logged in to an account, may speak.
        const REGISTERED_SPEAK = 1 << 6;
        /// `s`: people outside do not see that the channel is there.
        const SECRET = 1 << 7;
        /// `S`: colours and other formatting are taken out of what is said.
        const STRIP_FORMATTING = 1 << 8;
        /// `t`: only operators may change the topic.
        const TOPIC_LOCK = 1 << 9;
    }

    /// The ranks of a member. A higher rank is a greater number.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
    pub struct Rank: u8 {
        /// `v`, shown as `+`.
        const VOICE = 1 << 0;
        /// `h`, shown as `%`.
        const HALF_OPERATOR = 1 << 1;
        /// `o`, shown as `@`.
        const OPERATOR = 1 << 2;
        /// `a`, shown as `&`.
        const PROTECTED = 1 << 3;
        /// `q`, shown as `~`.
        const FOUNDER = 1 << 4;
    }
}

impl Flags {
    /// Each flag with its mode, in the order of the letters.
    const MODES: [(Self, ChannelMode); 10] = [
        (Self::AUDITORIUM, ChannelMode::Auditorium),
        (Self::INVITE_ONLY, ChannelMode::InviteOnly),
        (Self::MODERATED, ChannelMode::Moderated),
        (Self::NO_CTCP, ChannelMode::NoCtcp),
        (Self::NO_EXTERNAL, ChannelMode::NoExternal),
        (Self::REGISTERED_ONLY, ChannelMode::RegisteredOnly),
        (Self::REGISTERED_SPEAK, ChannelMode::RegisteredSpeak),
        (Self::SECRET, ChannelMode::Secret),
        (Self::STRIP_FORMATTING, ChannelMode::StripFormatting),
        (Self::TOPIC_LOCK, ChannelMode::TopicLock),
    ];

    /// The flag of a mode, if the mode is one.
    pub fn of_mode(mode: ChannelMode) -> Option<Self> {
        Self::MODES.iter().find(|(_, known)| *known == mode).map(|(flag, _)| *flag)
    }

    /// The letters of the flags, without a sign.
    pub fn letters(self) -> String {
        Self::MODES.iter().filter(|(flag, _)| self.contains(*flag)).map(|(_, mode)| mode.letter()).collect()
    }

    /// Reads letters such as `+nt`; `None` if one is no flag.
    pub fn from_letters(letters: &str) -> Option<Self> {
        letters.chars().filter(|letter| *letter != '+').try_fold(Self::empty(), |flags, letter| {
            Some(flags | Self::of_mode(ChannelMode::from_letter(letter)?.mode)?)
        })
    }
}

impl Rank {
    /// Each rank with its mode and its sign, from the highest; as [`parla_proto::mode::MEMBER_MODES`].
    pub(crate) const MODES: [(Self, ChannelMode, char); 5] = [
        (Self::FOUNDER, ChannelMode::Founder, '~'),
        (Self::PROTECTED, ChannelMode::Protected, '&'),
        (Self::OPERATOR, ChannelMode::Operator, '@'),
        (Self::HALF_OPERATOR, ChannelMode::HalfOperator, '%'),
        (Self::VOICE, ChannelMode::Voice, '+'),
    ];

    /// The rank that a mode gives, if it gives one.
    pub(crate) fn of_mode(mode: ChannelMode) -> Option<Self> {
        Self::MODES.iter().find(|(_, known, _)| *known == mode).map(|(rank, _, _)| *rank)
    }

    /// The signs before a nick: all of them, or the highest.
    pub(crate) fn signs(self, all: bool) -> String {
        let count = if all { Self::MODES.len() } else { 1 };
        Self::MODES
            .iter()
            .filter(|(rank, _, _)| self.contains(*rank))
            .map(|(_, _, sign)| *sign)
            .take(count)
            .collect()
    }
}

/// The topic, and who set it when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Never empty.
    pub text: String,
    /// `nick!user@host`.
    pub setter: String,
    /// When.
    pub at: Timestamp,
}

/// One entry of a list mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListEntry {
    /// Whom it matches.
    pub mask: Mask,
    /// `nick!user@host`.
    pub setter: String,
    /// When.
    pub at: Timestamp,
}

/// What a restart must not lose of a channel. Members are not part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelState {
    /// The number under which its messages are kept: that of the entry that made it.
    pub record: u64,
    /// As its maker wrote it.
    pub name: ChannelName,
    /// When it was made.
    pub created_at: Timestamp,
    /// What it is about.
    pub topic: Option<Topic>,
    /// Modes without a parameter.
    pub flags: Flags,
    /// Mode `k`.
    pub key: Option<String>,
    /// Mode `l`.
    pub limit: Option<u32>,
    /// Mode `b`.
    pub bans: Vec<ListEntry>,
    /// Who may come back into an empty invite-only channel: its last member, or who entered it first or made it
    /// invite-only.
    pub keeper: Option<Mask>,
}

type Members = IndexMap<UserId, Rank, FxBuildHasher>;

/// A channel with its members.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    pub(crate) state: ChannelState,
    /// In the order of joining.
    pub(crate) members: Members,
    /// Who may enter past `+i`, from the oldest invitation.
    invited: Vec<UserId>,
    /// Whether it stays when it is empty, and over a restart: it has a history, or everyone is put into it.
    pub(crate) kept: bool,
}

/// The right to send to the channel.
#[derive(Debug)]
pub(crate) struct Speaker<'a> {
    pub(crate) channel: &'a Channel,
}

/// The right to become a member.
#[derive(Debug)]
pub(crate) struct Entrant<'a> {
    channel: &'a mut Channel,
    id: UserId,
    user: &'a User,
}

impl Channel {
    pub(crate) fn new(record: u64, name: ChannelName, at: Timestamp, flags: Flags) -> Self {
        Self::restore(ChannelState {
            record,
            name,
            created_at: at,
            topic: None,
            flags,
            key: None,
            limit: None,
            bans: Vec::new(),
            keeper: None,
        })
    }

    /// A channel as it was kept, without members.
    pub(crate) fn restore(state: ChannelState) -> Self {
        Self { state, members: Members::default(), invited: Vec::new(), kept: false }
    }

    pub(crate) const fn name(&self) -> &ChannelName {
        &self.state.name
    }

    pub(crate) fn has(&self, flag: Flags) -> bool {
        self.state.flags.contains(flag)
    }

    pub(crate) fn is_member(&self, user: UserId) -> bool {
        self.members.contains_key(&user)
    }

    /// Whether people outside may know that the channel is there and who is in it.
    pub(crate) fn is_visible_to(&self, user: Option<UserId>) -> bool {
        !self.has(Flags::SECRET) || user.is_some_and(|user| self.is_member(user))
    }

    /// The rank of a member.
    pub(crate) fn rank(&self, user: UserId) -> Result<Rank, Refusal> {
        self.members.get(&user).copied().ok_or_else(|| Refusal::NotOnChannel(self.name().clone()))
    }

    /// Lets a user speak: with voice or rank always, otherwise unless moderated, banned or outside of `+n`.
    pub(crate) fn speaker(
        &self,
        id: UserId,
        user: &User,
        casemapping: Casemapping,
    ) -> Result<Speaker<'_>, Refusal> {
        let rank = self.members.get(&id).copied();
        let why = match rank {
            Some(rank) if !rank.is_empty() => None,
            None if self.has(Flags::NO_EXTERNAL) => Some(Silenced::NotMember),
            _ if self.has(Flags::MODERATED) => Some(Silenced::Moderated),
            _ if self.bans(user, casemapping) => Some(Silenced::Banned),
            _ => None,
        };
        match why {
            None => Ok(Speaker { channel: self }),
            Some(why) => Err(Refusal::CannotSend(self.name().clone(), why)),
        }
    }

    /// Lets an operator change the channel: what comes back is the channel to change.
    pub(crate) fn operator(&mut self, user: UserId) -> Result<&mut Self, Refusal> {
        if self.rank(user)? >= Rank::OPERATOR {
            Ok(self)
        } else {
            Err(Refusal::OperatorNeeded(self.name().clone()))
        }
    }

    /// Lets a user in. An invitation is good for `+i` only; a ban, the key and the limit hold for everyone.
    pub(crate) fn entrant<'a>(
        &'a mut self,
        id: UserId,
        user: &'a User,
        key: Option<&str>,
        casemapping: Casemapping,
    ) -> Result<Entrant<'a>, Refusal> {
        let name = || self.name().clone();
        let full = |limit: u32| self.members.len() >= limit as usize;
        if self.bans(user, casemapping) {
            return Err(Refusal::Banned(name()));
        }
        if self.has(Flags::INVITE_ONLY) && !self.invited.contains(&id) && !self.may_return(user, casemapping)
        {
            return Err(Refusal::InviteOnly(name()));
        }
        if self.state.key.as_deref().is_some_and(|wanted| key != Some(wanted)) {
            return Err(Refusal::BadKey(name()));
        }
        if self.state.limit.is_some_and(full) {
            return Err(Refusal::ChannelIsFull(name()));
        }
        Ok(Entrant { channel: self, id, user })
    }

    /// Takes a member away, and remembers the last one of an invite-only channel so that it can be entered again.
    pub(crate) fn remove(&mut self, id: UserId, user: &User) {
        self.members.shift_remove(&id);
        self.invited.retain(|invited| *invited != id);
        if self.members.is_empty() && self.has(Flags::INVITE_ONLY) {
            self.state.keeper = Some(user.as_mask());
        }
    }

    pub(crate) fn invite(&mut self, user: UserId) {
        if self.invited.contains(&user) {
            return;
        }
        if self.invited.len() >= INVITATIONS_MAX {
            self.invited.remove(0);
        }
        self.invited.push(user);
    }

    pub(crate) fn forget_invitation(&mut self, user: UserId) {
        self.invited.retain(|invited| *invited != user);
    }

    /// Whether the channel should be forgotten.
    pub(crate) fn is_over(&self) -> bool {
        self.members.is_empty() && !self.kept
    }

    /// The modes with their parameters, such as `+klnt key 5`; the key only for members.
    pub(crate) fn modes(&self, for_member: bool) -> String {
        let mut letters = "+".to_owned();
        let mut params = String::new();
        if let Some(key) = &self.state.key {
            letters.push('k');
            params.push(' ');
            params.push_str(if for_member { key } else { "*" });
        }
        if let Some(limit) = self.state.limit {
            letters.push('l');
            params.push_str(&format!(" {limit}"));
        }
        letters.push_str(&self.state.flags.letters());
        letters + &params
    }

    fn bans(&self, user: &User, casemapping: Casemapping) -> bool {
        self.state.bans.iter().any(|ban| ban.mask.matches(user.source(), casemapping))
    }

    fn may_return(&self, user: &User, casemapping: Casemapping) -> bool {
        let keeper = self.state.keeper.as_ref();
        self.members.is_empty() && keeper.is_some_and(|keeper| keeper.matches(user.source(), casemapping))
    }
}

impl Entrant<'_> {
    /// Makes the user a member; the first one is an operator, and may come back into an invite-only channel.
    pub(crate) fn enter(self) {
        let Self { channel, id, user } = self;
        let mut rank = Rank::empty();
        if channel.members.is_empty() {
            rank = Rank::OPERATOR;
            channel.state.keeper = channel.has(Flags::INVITE_ONLY).then(|| user.as_mask());
        }
        channel.members.insert(id, rank);
        channel.forget_invitation(id);
    }
}
