//! What one user may see of another. Everything that asks about users asks here.

use super::{Network, UserId, channel::Channel, user::User};
use crate::settings::Privileges;

impl Network {
    /// A channel that a user shares with the one who looks, who sees it there.
    pub(crate) fn shared_channel(&self, viewer: UserId, (id, user): (UserId, &User)) -> Option<&Channel> {
        let mut channels = user.channels.iter().filter_map(|channel| self.channel(*channel));
        channels.find(|channel| channel.is_member(viewer) && channel.shows(Some(viewer), id))
    }

    /// Whether a user is listed for someone who does not know its nick: it does not hide, or they share a channel, or the
    /// one who looks is an operator of the server.
    pub(crate) fn lists(&self, viewer: UserId, (id, user): (UserId, &User)) -> bool {
        !user.is_invisible()
            || id == viewer
            || self.user(viewer).is_some_and(User::is_operator)
            || self.shared_channel(viewer, (id, user)).is_some()
    }

    /// Whether someone may know what is not public of a user, its real address and its modes: the user itself, and
    /// operators with the privilege.
    pub(crate) fn sees_through(&self, viewer: UserId, user: UserId) -> bool {
        viewer == user || self.user(viewer).is_some_and(|viewer| viewer.has_privilege(Privileges::HOSTS))
    }
}
