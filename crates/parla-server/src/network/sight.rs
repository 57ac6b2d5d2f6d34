//! What one user may see of another. Everything that looks up users asks here.

use parla_proto::ChannelName;

use super::{ChannelId, Network, UserId, UserRef, channel::Channel, user::User};
use crate::{base::settings::Privileges, network::refusal::Refusal};

impl Network {
    /// Finds a channel by a name that a person typed, if they may know that it exists.
    ///
    /// # Errors
    /// It does not exist, or it is secret: both are refused in the same words, so that nobody learns which.
    pub(crate) fn visible_channel(
        &self,
        viewer: UserId,
        name: &str,
    ) -> Result<(ChannelId, &Channel), Refusal> {
        let found = self.visible_channel_named(viewer, &self.read_channel_name(name)?);
        found.map_err(|_| Refusal::NoSuchChannel(name.to_owned()))
    }

    /// Like [`Self::visible_channel`], with a name that was parsed before.
    ///
    /// # Errors
    /// See [`Self::visible_channel`].
    pub(crate) fn visible_channel_named(
        &self,
        viewer: UserId,
        name: &ChannelName,
    ) -> Result<(ChannelId, &Channel), Refusal> {
        let found = self.channel_named(name)?;
        if self.sees(viewer, found.1) { Ok(found) } else { Err(Refusal::NoSuchChannel(name.to_string())) }
    }

    /// Whether somebody may know that a channel exists: for a secret one, its members and operators who
    /// oversee channels.
    pub(crate) fn sees(&self, viewer: UserId, channel: &Channel) -> bool {
        let looks_after = |user: &User| user.has_privilege(Privileges::CHANNELS);
        channel.is_visible_to(Some(viewer)) || self.user(viewer).is_some_and(looks_after)
    }

    /// A channel that a user shares with the viewer, and where the viewer can see them.
    pub(crate) fn shared_channel(&self, viewer: UserId, of: UserRef<'_>) -> Option<&Channel> {
        let mut channels = of.user.channels.iter().filter_map(|channel| self.channel(*channel));
        channels.find(|channel| channel.is_member(viewer) && channel.shows(Some(viewer), of.id))
    }

    /// Whether a user is listed for a viewer who does not know their nick: if they are not invisible, if they
    /// share a channel, or if the viewer is an operator of the server.
    pub(crate) fn lists(&self, viewer: UserId, found: UserRef<'_>) -> bool {
        !found.user.is_invisible()
            || found.id == viewer
            || self.user(viewer).is_some_and(User::is_operator)
            || self.shared_channel(viewer, found).is_some()
    }

    /// Whether a viewer may see what is not public about a user, such as their real address and modes: the
    /// user themselves may, and operators with the privilege.
    pub(crate) fn sees_through(&self, viewer: UserId, user: UserId) -> bool {
        viewer == user || self.user(viewer).is_some_and(|viewer| viewer.has_privilege(Privileges::HOSTS))
    }
}
