//! CHGHOST: somebody has a new user name or host. <https://ircv3.net/specs/extensions/chghost>

use crate::{incoming::Incoming, session::Session};

impl Session {
    /// CHGHOST. Only the person's own host is of interest.
    pub(super) fn chghost(&mut self, incoming: &Incoming<'_>) {
        if self.is_own(incoming.from) && incoming.message.params.len() > 1 {
            self.set_userhost(format!("{}@{}", incoming.param(0), incoming.param(1)));
        }
    }
}
