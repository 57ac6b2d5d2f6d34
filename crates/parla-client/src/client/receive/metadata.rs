//! METADATA: what people publish about themselves. Only the display name is used.
//!
//! <https://ircv3.net/specs/extensions/metadata>, <https://github.com/ircv3/ircv3-specifications/pull/613>

use parla_proto::Timestamp;

use crate::{client::Client, display_names::DISPLAY_NAME, incoming::Incoming};

/// A value that is known of somebody, or no longer is.
struct Value<'a> {
    nick: &'a str,
    key: &'a str,
    value: Option<&'a str>,
}

impl Client {
    /// `METADATA <target> <key> <visibility> [:<value>]`.
    pub(super) fn metadata(&mut self, incoming: &Incoming<'_>) {
        let (nick, key) = (incoming.param(0), incoming.param(1));
        self.set_value(&Value { nick, key, value: incoming.message.param(3) });
    }

    /// RPL_KEYVALUE and RPL_WHOISKEYVALUE.
    pub(super) fn metadata_value(&mut self, incoming: &Incoming<'_>) {
        let (nick, key) = (incoming.param(1), incoming.param(2));
        self.set_value(&Value { nick, key, value: incoming.message.param(4) });
    }

    /// RPL_KEYNOTSET: the key has no value.
    pub(super) fn metadata_not_set(&mut self, incoming: &Incoming<'_>) {
        self.set_value(&Value { nick: incoming.param(1), key: incoming.param(2), value: None });
    }

    /// ERR_METADATASYNCLATER: the server does not want to send all values now.
    pub(super) fn metadata_later(&mut self, incoming: &Incoming<'_>, now: Timestamp) {
        let target = incoming.param(1);
        let is_target = matches!(target, "*" | "*ALL") || self.buffers.room(&self.session, target).is_some();
        if is_target {
            self.display_names.put_off(&self.session, target, incoming.param(2).parse().ok(), now);
        }
    }

    fn set_value(&mut self, told: &Value<'_>) {
        let Self { session, buffers, display_names, .. } = self;
        let Value { nick, key, value } = *told;
        if key != DISPLAY_NAME || !session.is_nick(nick) {
            return;
        }
        display_names.set(session, nick, value);
        let called = display_names.of(session, nick);
        for buffer in buffers.iter_mut() {
            buffer.members_mut().set_called(session, nick, called.clone());
        }
        if session.is_own(nick) {
            session.set_called(called);
        }
    }
}
