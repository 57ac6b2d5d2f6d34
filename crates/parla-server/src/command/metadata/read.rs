//! METADATA GET and LIST: some or all values of one target.

use parla_proto::reply::Severity;

use super::{Values, find, is_readable, values};
use crate::{
    base::metadata::Reader,
    context::Context,
    network::{
        Network,
        refusal::{Refusal, metadata::MetadataFailure},
    },
};

pub(super) fn get(context: &mut Context<'_>, target: &str, keys: &[&str]) -> Result<(), Refusal> {
    let Found { values, is_readable } = found(context, target)?;
    context.metadata_batch(values.of, |reader| {
        if is_readable {
            get_lines(reader, values, keys)
        } else {
            keys.iter().map(|key| hidden(reader, values.of, key)).collect()
        }
    });
    Ok(())
}

pub(super) fn list(context: &mut Context<'_>, target: &str) -> Result<(), Refusal> {
    let Found { values, is_readable } = found(context, target)?;
    context.metadata_batch(values.of, |reader| {
        if is_readable { list_lines(reader, values) } else { vec![hidden(reader, values.of, "*")] }
    });
    Ok(())
}

/// The values of the target that a client named.
struct Found<'a> {
    values: Values<'a>,
    /// Whether the client may read them.
    is_readable: bool,
}

fn found<'a>(context: &Context<'a>, target: &str) -> Result<Found<'a>, Refusal> {
    let (me, _) = context.me()?;
    let network: &'a Network = context.network;
    let found = find(network, me, target)?;
    let values = values(network, found).ok_or_else(|| MetadataFailure::nobody(target))?;
    Ok(Found { values, is_readable: is_readable(network, me, found) })
}

pub(super) fn get_lines(reader: Reader<'_>, values: Values<'_>, keys: &[&str]) -> Vec<Vec<u8>> {
    let Values { of, values } = values;
    let line = |text: &&str| match super::key(text) {
        Ok(key) => reader.value(of, key.as_str(), values.get(&key).map(String::as_str)),
        Err(failure) => failure.encode(reader, Severity::Warn),
    };
    keys.iter().map(line).collect()
}

pub(super) fn list_lines(reader: Reader<'_>, values: Values<'_>) -> Vec<Vec<u8>> {
    let Values { of, values } = values;
    values.iter().map(|(key, value)| reader.value(of, key.as_str(), Some(value))).collect()
}

/// The line for a value that this client may not see.
pub(super) fn hidden(reader: Reader<'_>, target: &str, key: &str) -> Vec<u8> {
    let (target, key) = (target.to_owned(), key.to_owned());
    MetadataFailure::NoPermission { target, key }.encode(reader, Severity::Warn)
}
