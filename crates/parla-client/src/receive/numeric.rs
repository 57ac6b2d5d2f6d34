//! Numerics, by what they are about. Those that nobody here knows go to the server's own page.

use std::sync::Arc;

use parla_proto::{Numeric, Timestamp};

use super::{Incoming, away, invite, list, metadata, mode, names, refusal, who, whois};
use crate::{
    client::{Client, Turn},
    regain, registration, sign_in,
    text::{Text, shown_name},
    view::Topic,
};

pub(super) fn receive(client: &mut Client, numeric: Numeric, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    match numeric {
        Numeric::Welcome => registration::welcome(client, incoming.message, turn),
        Numeric::ISupport => registration::support(client, incoming.message),
        Numeric::EndOfMotd | Numeric::NoMotd => {
            registration::greeted(client, turn);
        }
        Numeric::Away if !whois::is_asked(client, incoming.param(1)) => away::told(client, incoming),
        numeric if whois::is_part(numeric) => whois::receive(client, numeric, incoming),
        Numeric::EndOfWhois => whois::end(client, incoming.param(1)),
        Numeric::UnAway => away::own(client, false),
        Numeric::NowAway => away::own(client, true),
        Numeric::List => list::receive(client, incoming, turn.now),
        Numeric::TryAgain => list::refused(client, incoming),
        Numeric::ListEnd => list::end(client),
        Numeric::ChannelModeIs => mode::is(client, incoming, turn),
        numeric if let Some(list) = mode::ListNumeric::of(numeric) => list.receive(client, incoming),
        Numeric::WhoReply => who::receive(client, incoming),
        Numeric::EndOfWho => who::end(client, incoming, turn),
        Numeric::Topic => topic(client, incoming, true),
        Numeric::NoTopic => topic(client, incoming, false),
        Numeric::TopicWhoTime => topic_by(client, incoming),
        Numeric::Inviting => invite::done(client, incoming),
        Numeric::Names => names::receive(client, incoming),
        Numeric::WhoisKeyValue | Numeric::KeyValue => metadata::value(client, incoming, true),
        Numeric::KeyNotSet => metadata::value(client, incoming, false),
        Numeric::MetadataSyncLater => metadata::later(client, incoming, turn),
        Numeric::NickLocked | Numeric::SaslFailed | Numeric::SaslTooLong | Numeric::SaslAborted => {
            let details = incoming.message.params.last().copied().unwrap_or_default();
            if !sign_in::failed(client, numeric, details, turn) {
                note(client, incoming);
            }
        }
        Numeric::SaslSuccess | Numeric::SaslAlready => sign_in::succeeded(client, turn),
        Numeric::SaslMechanisms => sign_in::listed(client, incoming.param(1)),
        Numeric::LoggedIn | Numeric::LoggedOut => {
            client.session.is_logged_in = numeric == Numeric::LoggedIn;
            note(client, incoming);
        }
        Numeric::VisibleHost => host(client, incoming),
        Numeric::MonitorOffline => offline(client, incoming),
        Numeric::MonitorListFull => client.regain.cannot_watch(turn.now),
        numeric if is_said_elsewhere(numeric) => {}
        numeric if is_for_reading(numeric) => note(client, incoming),
        // All others are errors. Those that nobody knows are shown too, with the server's own words.
        _ => {
            debug_assert!(numeric.is_error(), "nobody has decided what {numeric:?} means to a client");
            refusal::receive(client, numeric, incoming, turn);
        }
    }
}

/// The ends of lists, the numbers of users, when a room was made: another line says what matters, or it matters to nobody.
const fn is_said_elsewhere(numeric: Numeric) -> bool {
    matches!(
        numeric,
        Numeric::YourHost
            | Numeric::Created
            | Numeric::MyInfo
            | Numeric::LuserClient
            | Numeric::LuserOp
            | Numeric::LuserUnknown
            | Numeric::LuserChannels
            | Numeric::LuserMe
            | Numeric::LocalUsers
            | Numeric::GlobalUsers
            | Numeric::ListStart
            | Numeric::CreationTime
            | Numeric::EndOfNames
            | Numeric::MotdStart
            | Numeric::MonitorOnline
            | Numeric::MonitorList
            | Numeric::EndOfMonitorList
            | Numeric::MetadataSubOk
            | Numeric::MetadataUnsubOk
            | Numeric::MetadataSubs
    )
}

/// The answers to what only a person asks for, who reads them on the server's own page.
const fn is_for_reading(numeric: Numeric) -> bool {
    match numeric {
        Numeric::StatsCommand
        | Numeric::EndOfStats
        | Numeric::UserModeIs
        | Numeric::StatsUptime
        | Numeric::StatsOperator
        | Numeric::StatsLine
        | Numeric::AdminMe
        | Numeric::AdminLocation
        | Numeric::AdminOrganization
        | Numeric::AdminEmail
        | Numeric::Userhost
        | Numeric::Ison
        | Numeric::WhowasUser
        | Numeric::EndOfWhowas
        | Numeric::InviteList
        | Numeric::EndOfInviteList
        | Numeric::Version
        | Numeric::WhoSpecial
        | Numeric::Links
        | Numeric::EndOfLinks
        | Numeric::Info
        | Numeric::EndOfInfo
        | Numeric::Motd
        | Numeric::YouAreOper
        | Numeric::Rehashing
        | Numeric::Time
        | Numeric::HelpStart
        | Numeric::HelpText
        | Numeric::EndOfHelp
        | Numeric::MetadataRateLimit => true,
        Numeric::Unknown(_) => !numeric.is_error(),
        _ => false,
    }
}

/// What nobody here understands is for the person to read.
pub(super) fn note(client: &mut Client, incoming: &Incoming<'_>) {
    let words: Vec<&str> = incoming.message.params.iter().skip(1).copied().collect();
    client.note_server(incoming.at, None, &words.join(" "));
}

/// RPL_VISIBLEHOST: one's own host, or `user@host`.
fn host(client: &mut Client, incoming: &Incoming<'_>) {
    let told = incoming.param(1);
    if told.contains('@') {
        client.session.userhost = Some(told.to_owned());
    } else if let Some((user, _)) = client.session.userhost.as_deref().and_then(|it| it.split_once('@')) {
        client.session.userhost = Some(format!("{user}@{told}"));
    }
    note(client, incoming);
}

/// RPL_MONOFFLINE: people who are not there, or no longer.
fn offline(client: &mut Client, incoming: &Incoming<'_>) {
    for who in incoming.param(1).split(',') {
        regain::freed(client, who.split('!').next().unwrap_or(who));
    }
}

/// RPL_TOPIC and RPL_NOTOPIC.
fn topic(client: &mut Client, incoming: &Incoming<'_>, is_set: bool) {
    let Some(id) = client.buffers.room(&client.session, incoming.param(1)) else { return };
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    buffer.topic =
        is_set.then(|| Arc::new(Topic { text: Text::parse(incoming.param(2)), by: None, at: None }));
    client.changes.buffer(id);
}

/// RPL_TOPICWHOTIME.
fn topic_by(client: &mut Client, incoming: &Incoming<'_>) {
    let Some(id) = client.buffers.room(&client.session, incoming.param(1)) else { return };
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    if let Some(topic) = &mut buffer.topic {
        let seconds = incoming.param(3).parse::<i64>().ok().and_then(|seconds| seconds.checked_mul(1000));
        let topic = Arc::make_mut(topic);
        topic.by = Some(shown_name(incoming.param(2).split('!').next().unwrap_or_default()));
        topic.at = seconds.map(Timestamp::from_millis);
    }
    client.changes.buffer(id);
}
