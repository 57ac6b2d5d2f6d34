//! Numerics, by what they are about. Those that nobody here knows go to the server's own page.

use std::sync::Arc;

use parla_proto::{Numeric, Timestamp};

use super::{Incoming, away, invite, list, metadata, mode, names, refusal, who, whois};
use crate::{
    client::Client,
    registration::{self, sign_in},
    state::State,
    text::{Text, shown_name},
    turn::Turn,
    view::Topic,
};

pub(super) fn receive(client: &mut Client, numeric: Numeric, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    match numeric {
        Numeric::Welcome => registration::welcome(client, incoming.message, turn),
        Numeric::ISupport => registration::support(&mut client.state, incoming.message),
        Numeric::EndOfMotd | Numeric::NoMotd => {
            registration::greeted(client, turn);
        }
        Numeric::Away if !client.state.people.is_asked(&client.state.session, incoming.param(1)) => {
            away::told(&mut client.state, incoming);
        }
        numeric if whois::is_part(numeric) => whois::receive(&mut client.state, numeric, incoming),
        Numeric::EndOfWhois => whois::end(&mut client.state, incoming.param(1)),
        Numeric::UnAway => away::own(&mut client.state, false),
        Numeric::NowAway => away::own(&mut client.state, true),
        Numeric::List => list::receive(&mut client.state, incoming, turn.now),
        Numeric::TryAgain => list::refused(&mut client.state, incoming),
        Numeric::ListEnd => list::end(&mut client.state),
        Numeric::ChannelModeIs => mode::is(&mut client.state, incoming, turn),
        numeric if let Some(list) = mode::ListNumeric::of(numeric) => {
            list.receive(&mut client.state, incoming);
        }
        Numeric::WhoReply => who::receive(&mut client.state, incoming),
        Numeric::EndOfWho => who::end(&mut client.state, incoming, turn),
        Numeric::Topic => topic(&mut client.state, incoming, true),
        Numeric::NoTopic => topic(&mut client.state, incoming, false),
        Numeric::TopicWhoTime => topic_by(&mut client.state, incoming),
        Numeric::Inviting => invite::done(&mut client.state, incoming),
        Numeric::Names => names::receive(&mut client.state, incoming),
        Numeric::WhoisKeyValue | Numeric::KeyValue => metadata::value(&mut client.state, incoming, true),
        Numeric::KeyNotSet => metadata::value(&mut client.state, incoming, false),
        Numeric::MetadataSyncLater => metadata::later(&mut client.state, incoming, turn.now),
        Numeric::NickLocked | Numeric::SaslFailed | Numeric::SaslTooLong | Numeric::SaslAborted => {
            let details = incoming.message.params.last().copied().unwrap_or_default();
            if !sign_in::failed(client, numeric, details, turn) {
                note(&mut client.state, incoming);
            }
        }
        Numeric::SaslSuccess | Numeric::SaslAlready => sign_in::succeeded(client, turn),
        Numeric::SaslMechanisms => client.state.session.sign_in.list(incoming.param(1)),
        Numeric::LoggedIn | Numeric::LoggedOut => {
            client.state.session.is_logged_in = numeric == Numeric::LoggedIn;
            note(&mut client.state, incoming);
        }
        Numeric::VisibleHost => host(&mut client.state, incoming),
        Numeric::MonitorOffline => offline(&mut client.state, incoming),
        Numeric::MonitorListFull => client.state.regain.cannot_watch(turn.now),
        numeric if is_said_elsewhere(numeric) => {}
        numeric if is_for_reading(numeric) => note(&mut client.state, incoming),
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
pub(super) fn note(state: &mut State, incoming: &Incoming<'_>) {
    let words: Vec<&str> = incoming.message.params.iter().skip(1).copied().collect();
    state.note_server(incoming.at, None, &words.join(" "));
}

/// RPL_VISIBLEHOST: one's own host, or `user@host`.
fn host(state: &mut State, incoming: &Incoming<'_>) {
    let told = incoming.param(1);
    if told.contains('@') {
        state.session.userhost = Some(told.to_owned());
    } else if let Some((user, _)) = state.session.userhost.as_deref().and_then(|it| it.split_once('@')) {
        state.session.userhost = Some(format!("{user}@{told}"));
    }
    note(state, incoming);
}

/// RPL_MONOFFLINE: people who are not there, or no longer.
fn offline(state: &mut State, incoming: &Incoming<'_>) {
    for who in incoming.param(1).split(',') {
        state.regain.freed(&state.session, who.split('!').next().unwrap_or(who));
    }
}

/// RPL_TOPIC and RPL_NOTOPIC.
fn topic(state: &mut State, incoming: &Incoming<'_>, is_set: bool) {
    let Some(id) = state.buffers.room(&state.session, incoming.param(1)) else { return };
    let Some(buffer) = state.buffers.get_mut(id) else { return };
    buffer.topic =
        is_set.then(|| Arc::new(Topic { text: Text::parse(incoming.param(2)), by: None, at: None }));
    state.changes.buffer(id);
}

/// RPL_TOPICWHOTIME.
fn topic_by(state: &mut State, incoming: &Incoming<'_>) {
    let Some(id) = state.buffers.room(&state.session, incoming.param(1)) else { return };
    let Some(buffer) = state.buffers.get_mut(id) else { return };
    if let Some(topic) = &mut buffer.topic {
        let seconds = incoming.param(3).parse::<i64>().ok().and_then(|seconds| seconds.checked_mul(1000));
        let topic = Arc::make_mut(topic);
        topic.by = Some(shown_name(incoming.param(2).split('!').next().unwrap_or_default()));
        topic.at = seconds.map(Timestamp::from_millis);
    }
    state.changes.buffer(id);
}
