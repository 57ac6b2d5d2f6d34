//! METADATA GET and LIST: the values of one target, some or all.

use std::collections::BTreeMap;

use parla_proto::{metadata::Key, reply::Severity};

use super::{find, is_readable, values};
use crate::{
    base::metadata::Reader,
    context::Context,
    network::{
        Network,
        refusal::{Refusal, metadata::MetadataFailure},
    },
};

pub(super) fn get(context: &mut Context<'_>, target: &str, keys: &[&str]) -> Result<(), Refusal> {
    let (name, values) = readable(context, target)?;
    context.metadata_batch(name, |reader| match values {
        Some(values) => get_lines(reader, (name, values), keys),
        None => keys.iter().map(|key| hidden(reader, name, key)).collect(),
    });
    Ok(())
}

pub(super) fn list(context: &mut Context<'_>, target: &str) -> Result<(), Refusal> {
    let (name, values) = readable(context, target)?;
    context.metadata_batch(name, |reader| match values {
        Some(values) => list_lines(reader, (name, values)),
        None => vec![hidden(reader, name, "*")],
    });
    Ok(())
}

/// The name of a target and its values; none if the client may not read them.
#[expect(clippy::type_complexity, reason = "a name and, if they may be read, values")]
fn readable<'a>(
    context: &Context<'a>,
    target: &str,
) -> Result<(&'a str, Option<&'a BTreeMap<Key, String>>), Refusal> {
    let (me, _) = context.me()?;
    let network: &'a Network = context.network;
    let found = find(network, me, target)?;
    let (name, values) = values(network, found).ok_or_else(|| MetadataFailure::nobody(target))?;
    Ok((name, Some(values).filter(|_| is_readable(network, me, found))))
}

pub(super) fn get_lines(
    reader: Reader<'_>,
    (target, values): (&str, &BTreeMap<Key, String>),
    keys: &[&str],
) -> Vec<Vec<u8>> {
    let line = |text: &&str| match super::key(text) {
        Ok(key) => reader.value(target, key.as_str(), values.get(&key).map(String::as_str)),
        Err(failure) => failure.encode(reader, Severity::Warn),
    };
    keys.iter().map(line).collect()
}

pub(super) fn list_lines(
    reader: Reader<'_>,
    (target, values): (&str, &BTreeMap<Key, String>),
) -> Vec<Vec<u8>> {
    values.iter().map(|(key, value)| reader.value(target, key.as_str(), Some(value))).collect()
}

/// What is there is not for this client.
pub(super) fn hidden(reader: Reader<'_>, target: &str, key: &str) -> Vec<u8> {
    let (target, key) = (target.to_owned(), key.to_owned());
    MetadataFailure::NoPermission { target, key }.encode(reader, Severity::Warn)
}
