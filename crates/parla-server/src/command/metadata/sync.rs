//! The values that a client starts from: after METADATA SYNC, and unasked when it registers or enters a
//! channel.
//!
//! Unasked, a client gets only a small amount; if there is more, it is told to ask with SYNC. Very large
//! answers come in parts with pauses between them, so that they do not fill anybody's send queue.

use std::collections::BTreeSet;

use bytes::Bytes;
use parla_proto::{Reply, metadata::Key};

use super::{Values, find, is_readable, read, values};
use crate::{
    base::{
        connection::ConnectionId,
        limits::{METADATA_SYNC_INTERVAL, METADATA_UNASKED_BYTES_MAX},
        metadata::{Dialect, Reader, is_aware},
    },
    context::Context,
    network::{ChannelId, Network, Target, UserId, refusal::Refusal, user::User},
    publish::Publisher,
    session::{Session, metadata::SyncRest},
};

/// The target that stands for everything the client can see.
const ALL: &str = "*ALL";

pub(super) fn run(context: &mut Context<'_>, target: &str) -> Result<(), Refusal> {
    let (me, user) = context.me()?;
    let network = context.network;
    let asked = if target.eq_ignore_ascii_case(ALL) { None } else { Some(find(network, me, target)?) };
    let name = asked.and_then(|asked| values(network, asked)).map_or(ALL, |values| values.of);
    if asked.is_some_and(|asked| !is_readable(network, me, asked)) {
        context.metadata_batch(name, |reader| vec![read::hidden(reader, name, "*")]);
        return Ok(());
    }
    let now = context.now;
    let settings = context.settings;
    let dialect = Dialect::of(context.session.capabilities);
    let reader = Reader { server: &settings.name, client: user.nick().as_str(), dialect };
    let watched = watched(context);
    let metadata = context.session.metadata(now);
    let targets = visible(network, me, asked, &watched);
    let rest = metadata.rest.filter(|rest| rest.asked == asked);
    let selection = Selection { targets: &targets, keys: &metadata.subscriptions };
    let small = gather(network, reader, selection, METADATA_UNASKED_BYTES_MAX);
    if small.told.is_none() && rest.is_none() {
        context.send_metadata(name, small.lines);
        return Ok(());
    }
    if now < metadata.large_sync_at {
        let seconds = metadata.large_sync_at.since(now).as_millis().div_ceil(1000);
        let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
        context.reply(Reply::MetadataSyncLater { target: name, seconds });
        return Ok(());
    }
    let targets: Vec<Target> =
        targets.into_iter().filter(|target| rest.is_none_or(|rest| *target > rest.told)).collect();
    let bytes_max = context.machine.answer_bytes_max;
    let selection = Selection { targets: &targets, keys: &metadata.subscriptions };
    let part = gather(network, reader, selection, bytes_max);
    metadata.large_sync_at = now + METADATA_SYNC_INTERVAL;
    metadata.rest = part.told.map(|told| SyncRest { asked, told });
    context.send_metadata(name, part.lines);
    if part.told.is_some() {
        context.reply(Reply::MetadataSyncLater { target: name, seconds: METADATA_SYNC_INTERVAL.as_secs() });
    }
    Ok(())
}

/// Sends a client that has subscribed to keys their values. A client that subscribes to keys one by one
/// should ask only once, when it has them all.
pub(super) fn on_subscribe(context: &mut Context<'_>, keys: &BTreeSet<Key>) -> Result<(), Refusal> {
    let capabilities = context.session.capabilities;
    if !is_aware(capabilities) {
        return Ok(());
    }
    let (me, user) = context.me()?;
    let (network, settings) = (context.network, context.settings);
    let dialect = Dialect::of(capabilities);
    if dialect == Dialect::Third {
        context.reply(Reply::MetadataSyncLater { target: ALL, seconds: 0 });
        return Ok(());
    }
    // In this version there is no target for everything, so the values themselves are sent.
    let reader = Reader { server: &settings.name, client: user.nick().as_str(), dialect };
    let targets = visible(network, me, None, &watched(context));
    let selection = Selection { targets: &targets, keys };
    let found = gather(network, reader, selection, METADATA_UNASKED_BYTES_MAX);
    if found.told.is_none() {
        found.lines.into_iter().for_each(|line| context.session.send(line, context.out));
        return Ok(());
    }
    for channel in user.channels.iter().filter_map(|id| network.channel(*id)) {
        context.reply(later(channel.name().as_str()));
    }
    Ok(())
}

const fn later(target: &str) -> Reply<'_> {
    Reply::MetadataSyncLater { target, seconds: METADATA_SYNC_INTERVAL.as_secs() }
}

/// Sends a client the values of the users that it was told are online: each in a batch of its own, up to a
/// total size.
pub(crate) fn on_online(context: &mut Context<'_>, users: &[UserId]) -> Result<(), Refusal> {
    if !is_aware(context.session.capabilities) {
        return Ok(());
    }
    let (_, me) = context.me()?;
    let (network, settings) = (context.network, context.settings);
    let dialect = Dialect::of(context.session.capabilities);
    let reader = Reader { server: &settings.name, client: me.nick().as_str(), dialect };
    let mut bytes_left = METADATA_UNASKED_BYTES_MAX;
    for user in users.iter().copied().map(Target::User) {
        let Some(Values { of: name, .. }) = values(network, user) else { continue };
        let keys = &context.session.metadata(context.now).subscriptions;
        let lines = gather(network, reader, Selection { targets: &[user], keys }, bytes_left).lines;
        let bytes: usize = lines.iter().map(Bytes::len).sum();
        if bytes > bytes_left {
            context.reply(later(name));
            continue;
        }
        bytes_left -= bytes;
        context.send_metadata(name, lines);
    }
    Ok(())
}

/// Sends a user's values to those who watch the user and have been told that they are online.
pub(crate) fn tell_of_online(publisher: &mut Publisher<'_>, user: &User) {
    let Ok((id, _)) = publisher.network.find_user(user.nick().as_str()) else { return };
    for watcher in publisher.watchers_of(user.nick()) {
        unasked(publisher, watcher.connection, Target::User(id));
    }
}

/// Sends a user who entered a channel its values and those of its members.
pub(crate) fn on_join(publisher: &mut Publisher<'_>, user: UserId, channel: ChannelId) {
    for receiver in publisher.receivers([user].into_iter()) {
        unasked(publisher, receiver.connection, Target::Channel(channel));
    }
}

fn unasked(publisher: &mut Publisher<'_>, connection: ConnectionId, asked: Target) {
    let network = publisher.network;
    let Some(Aware { user, session, reader }) = aware(publisher, connection) else { return };
    let Some(Values { of: name, .. }) = values(network, asked) else { return };
    let none = BTreeSet::new();
    let keys = session.metadata.as_ref().map_or(&none, |metadata| &metadata.subscriptions);
    let targets = if keys.is_empty() { Vec::new() } else { visible(network, user, Some(asked), &[]) };
    let found = gather(network, reader, Selection { targets: &targets, keys }, METADATA_UNASKED_BYTES_MAX);
    if found.told.is_none() {
        publisher.tell_metadata(connection, name, found.lines);
    } else {
        publisher.tell(connection, later(name).encode(reader.server, reader.client));
    }
}

/// Sends a new user all values of their own.
pub(crate) fn welcome(publisher: &mut Publisher<'_>, user: UserId) {
    let network = publisher.network;
    let Some(Values { of: name, values }) = values(network, Target::User(user)) else { return };
    let Some(connection) = publisher.origin else { return };
    let Some(Aware { reader, .. }) = aware(publisher, connection) else { return };
    let lines =
        values.iter().map(|(key, value)| reader.news(name, key.as_str(), Some(value)).into()).collect();
    publisher.tell_metadata(connection, name, lines);
}

/// Sends the session that has just signed its user in or out how their values differ now.
pub(super) fn signed(publisher: &mut Publisher<'_>, target: Target, news: &[(Key, Option<String>)]) {
    let Some(connection) = publisher.origin else { return };
    let Some(Values { of: name, .. }) = values(publisher.network, target) else { return };
    let Some(Aware { user, reader, .. }) = aware(publisher, connection) else { return };
    if target == Target::User(user) {
        let line =
            |(key, value): &(Key, Option<String>)| reader.news(name, key.as_str(), value.as_deref()).into();
        publisher.tell_metadata(connection, name, news.iter().map(line).collect());
    }
}

/// A session here that is sent METADATA unasked.
struct Aware<'a> {
    user: UserId,
    session: &'a Session,
    reader: Reader<'a>,
}

fn aware<'a>(publisher: &Publisher<'a>, connection: ConnectionId) -> Option<Aware<'a>> {
    let (network, session) = (publisher.network, publisher.sessions.get(connection)?);
    let user = session.user()?;
    let client = network.user(user)?.nick().as_str();
    let dialect = Dialect::of(session.capabilities);
    let reader = Reader { server: &network.settings.name, client, dialect };
    is_aware(session.capabilities).then_some(Aware { user, session, reader })
}

/// The users that a client watches.
fn watched(context: &Context<'_>) -> Vec<UserId> {
    let nicks = context.watchers.list(context.session.connection).iter();
    nicks.filter_map(|nick| context.network.find_user(nick.as_str()).ok()).map(|(id, _)| id).collect()
}

/// The targets that a client is told about when it asks for one or for all, in order and without duplicates.
fn visible(network: &Network, me: UserId, asked: Option<Target>, watched: &[UserId]) -> Vec<Target> {
    let (channels, mut users): (Vec<ChannelId>, Vec<UserId>) = match asked {
        Some(Target::User(id)) => return vec![Target::User(id)],
        Some(Target::Channel(id)) => (vec![id], Vec::new()),
        None => {
            let mut channels = network.user(me).map(|user| user.channels.clone()).unwrap_or_default();
            channels.sort_unstable();
            (channels, watched.iter().copied().chain([me]).collect())
        }
    };
    let inside =
        channels.iter().filter_map(|id| network.channel(*id)).filter(|channel| channel.is_member(me));
    for channel in inside {
        let shown = |member: &UserId| channel.shows(Some(me), *member);
        users.extend(channel.members.keys().copied().filter(shown));
    }
    users.sort_unstable();
    users.dedup();
    channels.into_iter().map(Target::Channel).chain(users.into_iter().map(Target::User)).collect()
}

/// Values as lines.
struct Gathered {
    lines: Vec<Bytes>,
    /// The last target that was included, if there was more than fitted.
    told: Option<Target>,
}

/// The targets and keys whose values a client is sent, in this order.
#[derive(Clone, Copy)]
struct Selection<'a> {
    targets: &'a [Target],
    keys: &'a BTreeSet<Key>,
}

/// Collects the selected values, up to a number of bytes.
fn gather(network: &Network, reader: Reader<'_>, selection: Selection<'_>, bytes_max: usize) -> Gathered {
    let Selection { targets, keys } = selection;
    let (mut lines, mut bytes, mut told) = (Vec::new(), 0, None);
    for target in targets {
        let Some(Values { of: name, values }) = values(network, *target) else { continue };
        let found: Vec<Bytes> = values
            .iter()
            .filter(|(key, _)| keys.contains(*key))
            .map(|(key, value)| reader.news(name, key.as_str(), Some(value)).into())
            .collect();
        bytes += found.iter().map(Bytes::len).sum::<usize>();
        if bytes > bytes_max && told.is_some() {
            return Gathered { lines, told };
        }
        lines.extend(found);
        told = Some(*target);
    }
    Gathered { lines, told: None }
}

#[cfg(test)]
mod tests {
    use std::{
        net::{IpAddr, Ipv4Addr},
        time::Duration,
    };

    use parla_proto::Timestamp;

    use crate::{
        ConnectionId, Input, NodeId, Output, Outputs, Server, Settings, Start,
        base::{connection::Peer, limits},
    };

    struct Rig {
        server: Server,
        now: Timestamp,
    }

    impl Rig {
        /// A server whose answers have room for the values of two people, with many people who have as many
        /// as they may.
        fn with_crowd(people: u64) -> Self {
            let mut settings = Settings::named("s.example");
            settings.machine.answer_bytes_max = 70_000;
            let now = Timestamp::default();
            let server = Server::new(NodeId::ALONE, settings, Start::alone(1), now);
            let mut rig = Self { server, now };
            for person in 1..=people {
                rig.connect(person);
                for key in 0..100 {
                    rig.say(person, &format!("METADATA * SET k{key} :{}", "v".repeat(300)));
                }
                rig.say(person, "JOIN #a");
            }
            rig
        }

        fn connect(&mut self, person: u64) {
            let connection = ConnectionId::from_number(person);
            let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
            let peer = Peer { unthrottled: true, ..Peer::at(address) };
            self.server.handle(self.now, Input::Connected { connection, peer }, &mut Outputs::default());
            self.say(person, &format!("NICK n{person}"));
            self.say(person, "CAP REQ :batch draft/metadata-3");
            self.say(person, "USER u 0 * :r");
            self.say(person, "CAP END");
        }

        /// The lines that a person receives after sending a line.
        fn say(&mut self, person: u64, line: &str) -> Vec<String> {
            let (connection, mut out) = (ConnectionId::from_number(person), Outputs::default());
            let line = line.as_bytes().into();
            self.server.handle(self.now, Input::Line { connection, line }, &mut out);
            self.server.handle(self.now, Input::Sent { connection }, &mut out);
            let lines = out.outputs.into_iter().filter_map(|output| match output {
                Output::Deliver { to, line } if to.contains(&connection) => Some(line),
                _ => None,
            });
            lines.map(|line| String::from_utf8_lossy(&line).trim_end().to_owned()).collect()
        }
    }

    /// The nicks whose values are in a batch, and how many each has.
    fn told(lines: &[String]) -> Vec<(String, usize)> {
        let mut told: Vec<(String, usize)> = Vec::new();
        for line in lines.iter().filter(|line| line.contains(" 761 ")) {
            let nick = line.split(' ').nth(4).unwrap();
            match told.last_mut().filter(|(last, _)| last == nick) {
                Some((_, count)) => *count += 1,
                None => told.push((nick.to_owned(), 1)),
            }
        }
        told
    }

    #[test]
    fn what_is_too_much_at_once_comes_in_parts() {
        let mut rig = Rig::with_crowd(3);
        rig.connect(9);
        for keys in 0..10 {
            let keys: Vec<String> = (keys * 10..keys * 10 + 10).map(|key| format!("k{key}")).collect();
            rig.say(9, &format!("METADATA * SUB {}", keys.join(" ")));
        }
        let joined = rig.say(9, "JOIN #a");
        assert!(told(&joined).is_empty());
        let wait = limits::METADATA_SYNC_INTERVAL.as_secs();
        let later = format!(":s.example 774 n9 #a {wait} :Ask for the values by METADATA SYNC");
        assert_eq!(joined.last(), Some(&later));

        let mut all = Vec::new();
        for is_last in [false, true] {
            let part = rig.say(9, "METADATA #a SYNC");
            assert_eq!(part.last() == Some(&later), !is_last);
            all.extend(told(&part));
            let refused = rig.say(9, "METADATA #a SYNC");
            assert_eq!(refused, std::slice::from_ref(&later), "not so soon again");
            rig.now = rig.now + Duration::from_secs(wait);
        }
        let wanted = |nick: &str| (nick.to_owned(), 100);
        assert_eq!(all, [wanted("n1"), wanted("n2"), wanted("n3")]);
        assert_eq!(told(&rig.say(9, "METADATA n2 SYNC")), [wanted("n2")], "little is told at any time");
    }

    #[test]
    fn a_line_is_never_cut() {
        let mut rig = Rig::with_crowd(1);
        let lines = rig.say(1, "METADATA * LIST");
        assert_eq!(lines.len(), 102);
        for line in lines.iter().filter(|line| line.contains(" 761 ")) {
            assert!(line.ends_with(&"v".repeat(300)));
        }
    }
}
