//! The two versions of the METADATA specification, draft/metadata-2 and draft/metadata-3, and how each is
//! spoken.
//!
//! They differ in what a client is sent unasked (METADATA in one, numerics in the other), in the codes of
//! failures, and in what must be sent after SUB. The commands are the same.

use parla_proto::{Capabilities, Line, Reply};

/// The capabilities of clients that understand METADATA, in either version.
pub(crate) const EITHER: Capabilities = Capabilities::METADATA.union(Capabilities::METADATA_2);

/// The type of a batch of values.
pub(crate) const METADATA_BATCH: &str = "metadata";

/// The version of the specification that a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// draft/metadata-2.
    Second,
    /// draft/metadata-3, also for clients that requested neither.
    Third,
}

impl Dialect {
    pub(crate) const fn of(capabilities: Capabilities) -> Self {
        if capabilities.contains(Capabilities::METADATA_2) { Self::Second } else { Self::Third }
    }
}

/// What a line of METADATA depends on in the client that receives it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    pub(crate) server: &'a str,
    /// The client's nick, or `*`.
    pub(crate) client: &'a str,
    pub(crate) dialect: Dialect,
}

impl Reader<'_> {
    /// The line for a value that the client asked for or set.
    pub(crate) fn value(&self, target: &str, key: &str, value: Option<&str>) -> Vec<u8> {
        let reply = match value {
            Some(value) => Reply::KeyValue { target, key, value },
            None => Reply::KeyNotSet { target, key },
        };
        reply.encode(self.server, self.client)
    }

    /// The line for a value that changed without the client's doing.
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

/// Whether a client is sent METADATA without asking.
pub(crate) fn is_aware(capabilities: Capabilities) -> bool {
    capabilities.intersects(EITHER) && capabilities.contains(Capabilities::BATCH)
}
