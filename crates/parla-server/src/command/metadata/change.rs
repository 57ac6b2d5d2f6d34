//! METADATA SET and CLEAR: values change, and sessions that subscribed to their keys are told.

use std::collections::BTreeMap;

use parla_proto::{CommandName, metadata::Key};

use super::{Subcommand, Values, called, find_named, read_target, sync, value_bytes_max, values};
use crate::{
    base::{
        metadata::{Dialect, Reader, is_aware},
        settings::NetworkSettings,
    },
    context::Context,
    contract::output::Recipients,
    network::{
        Network, Target, UserId, UserRef,
        channel::ChannelChange,
        effects::Effects,
        entry::{self, EntryCommand, Meta, MetadataChange},
        event::{Event, MetadataTold},
        refusal::{Refusal, metadata::MetadataFailure},
    },
    publish::{Publisher, publication::Publication, timed},
    session::sessions::Receiver,
};

pub(super) fn propose(
    context: &mut Context<'_>,
    target: &str,
    subcommand: Subcommand<'_>,
) -> Result<(), Refusal> {
    let (change, subcommand, params) = match subcommand {
        Subcommand::Set(key, value) => {
            let value = value.map(str::to_owned);
            let params = value.as_ref().map_or(key.to_string(), |value| format!("{key} :{value}"));
            (MetadataChange::Set(key, value), "SET", params)
        }
        _ => (MetadataChange::Clear, "CLEAR", String::new()),
    };
    let now = context.now;
    if !context.session.peer.unthrottled
        && let Err(ready_at) = context.session.metadata(now).changes.take(now)
    {
        let seconds = ready_at.since(now).as_millis().div_ceil(1000);
        let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
        let target = target.to_owned();
        return Err(MetadataFailure::RateLimited { seconds, target, subcommand, params }.into());
    }
    let target = read_target(context.network, target)?;
    context.propose(EntryCommand::Metadata(Box::new(entry::Metadata { target, change })));
    Ok(())
}

/// Refuses a value that is empty or does not fit into a line.
pub(super) fn check_value(settings: &NetworkSettings, key: &Key, value: &str) -> Result<(), MetadataFailure> {
    let bytes_max = value_bytes_max(settings);
    if value.is_empty() || value.len() > bytes_max {
        return Err(MetadataFailure::InvalidValue { key: key.to_string(), bytes_max });
    }
    Ok(())
}

/// Those of the values sent before registration that the new user may have.
pub(crate) fn admissible(settings: &NetworkSettings, values: BTreeMap<Key, String>) -> BTreeMap<Key, String> {
    let most = settings.metadata.map_or(0, |bounds| bounds.keys_max);
    let good = values.into_iter().filter(|(key, value)| check_value(settings, key, value).is_ok());
    good.take(most).collect()
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    metadata: entry::Metadata,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let settings = std::sync::Arc::clone(&network.settings);
    let bounds = settings.metadata.ok_or(Refusal::UnknownCommand(CommandName::Metadata))?;
    let (actor, _) = network.actor(meta)?;
    let target = find_named(network, actor, metadata.target.as_ref())?;
    let name = || called(metadata.target.as_ref()).to_owned();
    let no_permission = |key: &str| MetadataFailure::NoPermission { target: name(), key: key.to_owned() };
    let told = match metadata.change {
        MetadataChange::Set(key, value) => {
            let values = writable(network, actor, target).ok_or_else(|| no_permission(key.as_str()))?;
            if let Some(value) = &value {
                check_value(&settings, &key, value)?;
                if values.len() >= bounds.keys_max && !values.contains_key(&key) {
                    return Err(MetadataFailure::KeysFull { target: name(), most: bounds.keys_max }.into());
                }
            }
            let changes = values.get(&key) != value.as_ref();
            if changes {
                target.set(network, effects, key.clone(), value.clone());
            }
            MetadataTold::Set { key, value, changes }
        }
        MetadataChange::Clear => {
            let values = writable(network, actor, target).ok_or_else(|| no_permission("*"))?;
            let cleared: Vec<Key> = values.keys().cloned().collect();
            for key in &cleared {
                target.set(network, effects, key.clone(), None);
            }
            MetadataTold::Cleared(cleared)
        }
    };
    effects.events.push(Event::MetadataChanged { target, told });
    Ok(())
}

/// The target's values, if the actor may change them: their own, and those of channels where they are an
/// operator.
fn writable(network: &mut Network, actor: UserId, target: Target) -> Option<&BTreeMap<Key, String>> {
    match target {
        Target::User(id) if id == actor => Some(network.values_of(id)),
        Target::User(_) => None,
        Target::Channel(id) => {
            network.channel_mut(id)?.operator(actor).ok().map(|channel| &channel.state.metadata)
        }
    }
}

impl Target {
    /// Sets a key to a value, or removes it.
    fn set(self, network: &mut Network, effects: &mut Effects, key: Key, value: Option<String>) {
        match self {
            Self::Channel(id) => {
                if let Some(channel) = network.channel_mut(id) {
                    effects.change(channel, ChannelChange::Metadata { key, value });
                }
            }
            Self::User(id) => network.set_value_of(id, key, value, effects),
        }
    }
}

/// Answers the origin, and tells the subscribers.
pub(crate) fn publish(publisher: &mut Publisher<'_>, target: Target, told: &MetadataTold) {
    let Some(Values { of: name, .. }) = values(publisher.network, target) else { return };
    match told {
        MetadataTold::Others(news) => sync::signed(publisher, target, news),
        told => answer(publisher, name, told),
    }
    let news: Vec<(&Key, Option<&str>)> = match told {
        MetadataTold::Set { changes: false, .. } => return,
        MetadataTold::Set { key, value, .. } => vec![(key, value.as_deref())],
        MetadataTold::Cleared(keys) => keys.iter().map(|key| (key, None)).collect(),
        MetadataTold::Others(news) => news.iter().map(|(key, value)| (key, value.as_deref())).collect(),
    };
    let value = news.iter().find_map(|(_, value)| *value);
    for receiver in audience(publisher, target, value) {
        tell(publisher, receiver, name, &news);
    }
}

fn answer(publisher: &mut Publisher<'_>, target: &str, told: &MetadataTold) {
    let (network, meta) = (publisher.network, publisher.meta);
    let Some(origin) = publisher.origin else { return };
    let Some(session) = publisher.sessions.get(origin) else { return };
    let client = meta.actor.and_then(|actor| network.user(actor));
    let client = client.map_or("*", |user| user.nick().as_str());
    let server = &network.settings.name;
    let reader = Reader { server, client, dialect: Dialect::of(session.capabilities) };
    match told {
        MetadataTold::Set { key, value: None, changes: false } if reader.dialect == Dialect::Second => {
            let failure = MetadataFailure::KeyNotSet { target: target.to_owned(), key: key.to_string() };
            publisher.tell(origin, failure.encode(reader, parla_proto::reply::Severity::Fail));
        }
        MetadataTold::Set { key, value, .. } => {
            publisher.tell(origin, reader.value(target, key.as_str(), value.as_deref()));
        }
        MetadataTold::Cleared(keys) => {
            let lines = keys.iter().map(|key| reader.value(target, key.as_str(), None).into()).collect();
            publisher.tell_metadata(origin, target, lines);
        }
        MetadataTold::Others(_) => {}
    }
}

/// The sessions that are told if they subscribed: of a channel, those of its members; of a user, their own,
/// those that watch them, and those of everyone who shares a channel where the user's texts are heard.
/// Removing a value is not filtered in this way, because it contains no text.
fn audience(publisher: &Publisher<'_>, target: Target, value: Option<&str>) -> Vec<Receiver> {
    let network = publisher.network;
    match target {
        Target::Channel(id) => {
            let members = network.channel(id).into_iter().flat_map(|channel| channel.members.keys().copied());
            publisher.receivers(members).collect()
        }
        Target::User(id) => {
            let Some(user) = network.user(id) else { return Vec::new() };
            let mut users: Vec<UserId> = match value {
                Some(value) => network.own_text(UserRef { id, user }, value.to_owned()).hearers().collect(),
                None => network.peers(id, user),
            };
            users.push(id);
            let mut audience: Vec<Receiver> = publisher.receivers(users.into_iter()).collect();
            audience.extend(publisher.watchers_of(user.nick()));
            audience.sort_unstable_by_key(|receiver| receiver.connection);
            audience.dedup();
            audience
        }
    }
}

/// Tells one session about the keys it subscribed to. The session that made the change has its answer
/// already.
fn tell(
    publisher: &mut Publisher<'_>,
    Receiver { connection, capabilities }: Receiver,
    target: &str,
    news: &[(&Key, Option<&str>)],
) {
    let network = publisher.network;
    if publisher.origin == Some(connection) || !is_aware(capabilities) {
        return;
    }
    let Some(session) = publisher.sessions.get(connection) else { return };
    let Some(metadata) = &session.metadata else { return };
    let client = session.target(network);
    let reader =
        Reader { server: &network.settings.name, client: &client, dialect: Dialect::of(capabilities) };
    for (key, value) in news.iter().filter(|(key, _)| metadata.subscriptions.contains(*key)) {
        let line = reader.news(target, key.as_str(), *value).into();
        let line = timed(&line, publisher.meta.at, capabilities);
        let to = Recipients::from_slice(&[connection]);
        publisher.publications.push(Publication::Line { to, line });
    }
}
