//! METADATA SUB, UNSUB and SUBS: the keys whose changes a session is sent. Only the session knows them.

use std::collections::BTreeSet;

use parla_proto::{Reply, metadata::Key};

use super::{find_self, key, sync};
use crate::{
    base::limits::METADATA_KEYS_PER_LINE,
    context::Context,
    network::refusal::{Refusal, metadata::MetadataFailure},
    session::server_batch::BatchHead,
};

pub(super) fn add(context: &mut Context<'_>, target: &str, keys: &[&str]) -> Result<(), Refusal> {
    find_self(context, target)?;
    let most = context.settings.metadata.map_or(0, |bounds| bounds.subs_max);
    let subscriptions = &mut context.session.metadata(context.now).subscriptions;
    let (mut subscribed, mut new, mut failures) = (Vec::new(), BTreeSet::new(), Vec::new());
    for text in keys {
        match key(text) {
            Err(failure) => failures.push(failure),
            Ok(key) if subscriptions.contains(&key) => subscribed.push(key),
            Ok(key) if subscriptions.len() < most => {
                subscriptions.insert(key.clone());
                new.insert(key.clone());
                subscribed.push(key);
            }
            Ok(key) => {
                failures.push(MetadataFailure::SubscriptionsFull { key: key.to_string(), most });
                break;
            }
        }
    }
    for keys in lines(&subscribed) {
        context.reply(Reply::MetadataSubOk { keys: &keys });
    }
    tell(context, failures);
    if context.session.user().is_some() && !new.is_empty() {
        sync::on_subscribe(context, &new)?;
    }
    Ok(())
}

pub(super) fn remove(context: &mut Context<'_>, target: &str, keys: &[&str]) -> Result<(), Refusal> {
    find_self(context, target)?;
    let subscriptions = &mut context.session.metadata(context.now).subscriptions;
    let (mut removed, mut failures) = (Vec::new(), Vec::new());
    for text in keys {
        match key(text) {
            Err(failure) => failures.push(failure),
            Ok(key) => {
                subscriptions.remove(&key);
                removed.push(key);
            }
        }
    }
    for keys in lines(&removed) {
        context.reply(Reply::MetadataUnsubOk { keys: &keys });
    }
    tell(context, failures);
    Ok(())
}

pub(super) fn list(context: &mut Context<'_>, target: &str) -> Result<(), Refusal> {
    find_self(context, target)?;
    let subscriptions = context.session.metadata.as_ref().map(|metadata| &metadata.subscriptions);
    let keys: Vec<Key> = subscriptions.into_iter().flatten().cloned().collect();
    let (server, client) = (&context.settings.name, context.target());
    let line = |keys: String| Reply::MetadataSubs { keys: &keys }.encode(server, &client).into();
    let lines = lines(&keys).map(line).collect();
    let head = BatchHead { kind: "metadata-subs", about: None };
    context.session.send_as_batch(server, head, lines, context.out);
    Ok(())
}

/// A key that cannot be subscribed to does not affect the others, but reaching the limit ends the command.
fn tell(context: &mut Context<'_>, failures: Vec<MetadataFailure>) {
    for failure in failures {
        match failure {
            MetadataFailure::InvalidKey(_) => context.metadata_warning(&failure),
            failure => context.refuse(&failure.into()),
        }
    }
}

/// Distributes keys over as many lines as needed. A line ends at 12 keys, and also by its length, because 12
/// keys of 64 bytes with the names would not fit.
fn lines(keys: &[Key]) -> impl Iterator<Item = String> {
    const KEYS_BYTES_MAX: usize = 256;
    let mut lines: Vec<(usize, String)> = Vec::new();
    for key in keys.iter().map(Key::as_str) {
        match lines.last_mut() {
            Some((count, line))
                if *count < METADATA_KEYS_PER_LINE && line.len() + key.len() < KEYS_BYTES_MAX =>
            {
                *count += 1;
                line.push(' ');
                line.push_str(key);
            }
            _ => lines.push((1, key.to_owned())),
        }
    }
    lines.into_iter().map(|(_, line)| line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_break_into_lines() {
        let keys: Vec<Key> = (0..14).map(|number| Key::parse(&format!("k{number}")).unwrap()).collect();
        let lines: Vec<String> = lines(&keys).collect();
        assert_eq!(lines, ["k0 k1 k2 k3 k4 k5 k6 k7 k8 k9 k10 k11", "k12 k13"]);
    }

    #[test]
    fn long_keys_break_earlier() {
        let key = Key::parse(&"k".repeat(64)).unwrap();
        let lines: Vec<usize> = lines(&vec![key; 5]).map(|line| line.len()).collect();
        assert_eq!(lines, [64 * 3 + 2, 64 * 2 + 1]);
    }
}
