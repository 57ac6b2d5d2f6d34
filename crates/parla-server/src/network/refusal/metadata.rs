//! Why a METADATA command is refused, as either version of the specification words it.

use parla_proto::{
    CommandName, FailCode, Reply,
    reply::{Severity, StandardReply},
};

use super::Refusal;
use crate::base::metadata::{Dialect, Reader};

/// Why a METADATA command, or a part of it, was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MetadataFailure {
    InvalidKey(String),
    InvalidParams {
        subcommand: String,
        why: &'static str,
    },
    InvalidTarget {
        target: String,
        why: &'static str,
    },
    InvalidValue {
        key: String,
        bytes_max: usize,
    },
    /// The key; `*` for all keys.
    NoPermission {
        target: String,
        key: String,
    },
    /// For draft/metadata-2 only: the key to be removed had no value.
    KeyNotSet {
        target: String,
        key: String,
    },
    KeysFull {
        target: String,
        most: usize,
    },
    SubscriptionsFull {
        key: String,
        most: usize,
    },
    RateLimited {
        seconds: u64,
        target: String,
        /// The subcommand that can be retried.
        subcommand: &'static str,
        /// Its parameters in their wire form.
        params: String,
    },
}

impl From<MetadataFailure> for Refusal {
    fn from(failure: MetadataFailure) -> Self {
        Self::Metadata(Box::new(failure))
    }
}

impl MetadataFailure {
    /// The target does not exist.
    pub(crate) fn nobody(target: &str) -> Self {
        Self::InvalidTarget { target: target.to_owned(), why: "There is nobody and no channel of this name" }
    }

    /// The line for the client: a warning if the rest of the command continues, which only draft/metadata-3
    /// distinguishes.
    pub(crate) fn encode(&self, reader: Reader<'_>, severity: Severity) -> Vec<u8> {
        match (reader.dialect, self) {
            (Dialect::Third, Self::RateLimited { seconds, target, subcommand, params }) => {
                Reply::MetadataRateLimit { seconds: *seconds, target, subcommand, params }
                    .encode(reader.server, reader.client)
            }
            (Dialect::Third, _) => self.encode_third(reader.server, severity),
            (Dialect::Second, _) => self.encode_second(reader.server),
        }
    }

    fn encode_third(&self, server: &str, severity: Severity) -> Vec<u8> {
        let (mut number, all) = (String::new(), self.sentence());
        let (code, context): (_, Vec<&str>) = match self {
            Self::InvalidKey(key) => (FailCode::InvalidKey, vec![key]),
            Self::InvalidParams { subcommand, .. } => (FailCode::InvalidParams, vec![subcommand]),
            Self::InvalidTarget { target, .. } => (FailCode::InvalidTarget, vec![target]),
            Self::InvalidValue { key, .. } => (FailCode::InvalidValue, vec![key]),
            Self::NoPermission { target, key } => (FailCode::KeyNoPermission, vec![target, key]),
            Self::KeyNotSet { key, .. } => (FailCode::InvalidKey, vec![key]),
            Self::KeysFull { target, most } => {
                number.push_str(&most.to_string());
                (FailCode::LimitReached, vec!["SET", target, &number])
            }
            Self::SubscriptionsFull { key, most } => {
                number.push_str(&most.to_string());
                (FailCode::LimitReached, vec!["SUB", key, &number])
            }
            Self::RateLimited { target, .. } => (FailCode::KeyNoPermission, vec![target, "*"]),
        };
        reply(severity, code, &context, &all).encode(server)
    }

    fn encode_second(&self, server: &str) -> Vec<u8> {
        let (mut number, all) = (String::new(), self.sentence());
        let (code, context): (_, Vec<&str>) = match self {
            Self::InvalidKey(key) => (FailCode::KeyInvalid, vec![key]),
            Self::InvalidParams { subcommand, .. } => (FailCode::SubcommandInvalid, vec![subcommand]),
            Self::InvalidTarget { target, .. } => (FailCode::InvalidTarget, vec![target]),
            Self::InvalidValue { .. } => (FailCode::ValueInvalid, vec![]),
            Self::NoPermission { target, key } => (FailCode::KeyNoPermission, vec![target, key]),
            Self::KeyNotSet { target, key } => (FailCode::KeyNotSet, vec![target, key]),
            Self::KeysFull { target, .. } => (FailCode::LimitReached, vec![target]),
            Self::SubscriptionsFull { key, .. } => (FailCode::TooManySubs, vec![key]),
            Self::RateLimited { seconds, target, params, .. } => {
                number.push_str(&seconds.to_string());
                let key = params.split(' ').next().filter(|key| !key.is_empty()).unwrap_or("*");
                (FailCode::RateLimited, vec![target, key, &number])
            }
        };
        reply(Severity::Fail, code, &context, &all).encode(server)
    }

    /// The sentence that people read.
    fn sentence(&self) -> String {
        match self {
            Self::InvalidKey(_) => "A key has only a-z, 0-9 and _./-, and is not too long".to_owned(),
            Self::InvalidParams { why, .. } | Self::InvalidTarget { why, .. } => (*why).to_owned(),
            Self::InvalidValue { bytes_max, .. } => format!("A value has no more than {bytes_max} bytes"),
            Self::NoPermission { .. } => "You may not do that".to_owned(),
            Self::KeyNotSet { .. } => "The key has no value".to_owned(),
            Self::KeysFull { most, .. } => {
                format!("There is room for {most} keys and no more")
            }
            Self::SubscriptionsFull { most, .. } => {
                format!("There is room for {most} subscriptions and no more")
            }
            Self::RateLimited { seconds, .. } => format!("Too many changes; try again in {seconds} s"),
        }
    }
}

fn reply<'a>(
    severity: Severity,
    code: FailCode,
    context: &'a [&'a str],
    description: &'a str,
) -> StandardReply<'a> {
    StandardReply { severity, command: CommandName::Metadata.as_str(), code, context, description }
}
