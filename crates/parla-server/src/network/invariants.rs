//! The invariants that hold between the parts of the network after every entry.
//!
//! Debug builds check the cheap ones after each entry; simulators check all of them.

use parla_proto::mode::UserModes;

use super::{
    ChannelId, Network, UserCounts, UserId, channel::Channel, entry::SessionRef, rank::Act, user::User,
};

impl Network {
    /// Asserts, in debug builds, that the indexes have the right sizes, and that both sides agree on the
    /// memberships of whoever acted.
    pub(crate) fn debug_assert_sound(&self, actor: Option<UserId>) {
        debug_assert_eq!(self.nicks.len(), self.users.len(), "every user has one nick");
        debug_assert_eq!(self.names.len(), self.channels.len(), "every channel has one name");
        debug_assert!(self.occupied <= self.channels.len(), "only channels that are there have members");
        debug_assert!(self.skeletons.len() <= self.nicks.len(), "only nicks in use look like something");
        if cfg!(debug_assertions)
            && let Some((id, user)) = actor.and_then(|id| self.user(id).map(|user| (id, user)))
        {
            debug_assert_eq!(self.check_user(id, user), Ok(()));
        }
    }

    /// Checks all invariants.
    ///
    /// # Errors
    /// The first violation, as a sentence for whoever has to investigate it.
    pub(crate) fn check(&self) -> Result<(), String> {
        self.users.iter().try_for_each(|(id, user)| self.check_user(*id, user))?;
        self.channels.iter().try_for_each(|(id, channel)| self.check_channel(*id, channel))?;
        self.check_sessions()?;
        self.check_accounts()?;
        self.check_invitations()?;
        ensure(self.nicks.len() == self.users.len(), || "a nick belongs to nobody".to_owned())?;
        ensure(self.names.len() == self.channels.len(), || "a name leads to no channel".to_owned())?;
        let gone = self.skeletons.values().find(|id| self.user(**id).is_none());
        ensure(gone.is_none(), || format!("{gone:?} is gone, and still others may not look like them"))?;
        let gone = self.read_markers.keys().find(|id| self.user(**id).is_none());
        ensure(gone.is_none(), || format!("{gone:?} is gone, and their read markers are still there"))?;
        let occupied = self.channels.values().filter(|channel| !channel.members.is_empty()).count();
        ensure(occupied == self.occupied, || {
            format!("{occupied} channels have members, not {}", self.occupied)
        })?;
        let mut counts = UserCounts { most: self.counts.most, ..UserCounts::default() };
        self.users.values().for_each(|user| counts.count(UserModes::empty(), user.modes));
        ensure(counts == self.counts, || {
            format!("users were counted as {:?}, and are {counts:?}", self.counts)
        })?;
        ensure(self.users.len() <= self.counts.most, || {
            "there are more users than there ever were".to_owned()
        })
    }

    fn check_user(&self, id: UserId, user: &User) -> Result<(), String> {
        let nick = user.nick();
        ensure(self.nicks.get(nick) == Some(&id), || format!("the nick {nick} leads to somebody else"))?;
        for channel_id in &user.channels {
            let channel = self.channel(*channel_id);
            let is_member = channel.is_some_and(|channel| channel.is_member(id));
            ensure(is_member, || format!("{nick} is in {channel:?}, which does not know them"))?;
        }
        let mut channels = user.channels.clone();
        channels.sort_unstable();
        channels.dedup();
        ensure(channels.len() == user.channels.len(), || format!("{nick} is in a channel twice"))?;
        ensure(user.account().is_none() || user.guest_values().is_empty(), || {
            format!("{nick} is signed in, and says something about themselves as a guest")
        })?;
        let devices: Vec<SessionRef> = user.devices().iter().map(|device| device.session).collect();
        let expected = if user.account().is_some() { user.sessions() } else { &[] };
        ensure(devices == expected, || format!("the devices of {nick} are {devices:?}, not {expected:?}"))?;
        ensure(!user.is_over(), || format!("nothing keeps {nick} here"))
    }

    fn check_sessions(&self) -> Result<(), String> {
        let all = self.users.values().flat_map(User::sessions);
        let of_the_dead = all.clone().find(|session| self.nodes.up(session.node).is_none());
        ensure(of_the_dead.is_none(), || format!("{of_the_dead:?} is on a machine that is not up"))?;
        let mut sessions: Vec<SessionRef> = all.copied().collect();
        let count = sessions.len();
        sessions.sort_unstable();
        sessions.dedup();
        ensure(sessions.len() == count, || "a session belongs to two users, or twice to one".to_owned())
    }

    fn check_channel(&self, id: ChannelId, channel: &Channel) -> Result<(), String> {
        let name = channel.name();
        ensure(self.names.get(name) == Some(&id), || format!("the name {name} leads to another channel"))?;
        ensure(!channel.is_empty_and_unkept(), || {
            format!("{name} is empty, is not kept, and is still there")
        })?;
        for member in channel.members.keys() {
            let knows = self.user(*member).is_some_and(|user| user.channels.contains(&id));
            ensure(knows, || format!("{member:?} is a member of {name} and does not know of it"))?;
        }
        channel.check().map_err(|fault| format!("in {name}, {fault}"))
    }
}

impl Channel {
    /// Checks that the ranks agree with what is derived from them.
    fn check(&self) -> Result<(), String> {
        let may_redact = self.members.iter().filter(|(_, rank)| rank.may(Act::Redact)).map(|(id, _)| id);
        let all_known = may_redact.clone().all(|id| self.redactors().any(|redactor| redactor == id));
        ensure(all_known && may_redact.count() == self.redactors().count(), || {
            "those who may take back what others say are not those of that rank".to_owned()
        })
    }
}

fn ensure(holds: bool, fault: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(fault()) }
}
