//! The two texts of the specification, draft/metadata-2 and draft/metadata-3, and how each says the same.
//!
//! They differ in what a client is told unasked (METADATA there, numerics here), in the codes of failures, and in what must
//! be told after SUB. The commands are the same.

use parla_proto::{Capabilities, Line, Reply};

/// The capabilities of those who know METADATA, either of them.
pub(crate) const EITHER: Capabilities = Capabilities::METADATA.union(Capabilities::METADATA_2);

/// The type of a batch of values.
pub(crate) const METADATA_BATCH: &str = "metadata";

/// Which of the two a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// draft/metadata-2.
    Second,
    /// draft/metadata-3, and those who asked for neither.
    Third,
}

impl Dialect {
    pub(crate) const fn of(capabilities: Capabilities) -> Self {
        if capabilities.contains(Capabilities::METADATA_2) { Self::Second } else { Self::Third }
    }
}

/// What must be known of a client to write a line for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    pub(crate) server: &'a str,
    /// Its nick, or `*`.
    pub(crate) client: &'a str,
    pub(crate) dialect: Dialect,
}

impl Reader<'_> {
    /// A value that was asked for, or set.
    pub(crate) fn value(&self, target: &str, key: &str, value: Option<&str>) -> Vec<u8> {
        let reply = match value {
            Some(value) => Reply::KeyValue { target, key, value },
            None => Reply::KeyNotSet { target, key },
        };
        reply.encode(self.server, self.client)
    }

    /// A value that is news to the client.
    pub(crate) fn news(&self, target: &str, key: &str, value: Option<&str>) -> Vec<u8> {
        match self.dialect {
            Dialect::Third => self.value(target, key, value),
            Dialect::Second => {
                let line = Line::from(&self.server).command("METADATA").param(target).param(key).param("*");
                value.iter().fold(line, |line, value| line.text(value)).finish()
            }
        }
    }
}

/// Whether a client hears of METADATA without asking.
pub(crate) fn is_aware(capabilities: Capabilities) -> bool {
    capabilities.intersects(EITHER) && capabilities.contains(Capabilities::BATCH)
}
