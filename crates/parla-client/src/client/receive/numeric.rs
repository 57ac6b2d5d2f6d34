//! Numerics, grouped by subject. Unknown ones are shown in the server's own conversation.

use parla_proto::{Numeric, Source};

use super::{mode, whois};
use crate::{
    buffers::Buffers,
    client::Client,
    incoming::Incoming,
    session::{Session, SignInRefused},
    turn::Turn,
};

impl Client {
    /// Handles a numeric, or passes it to the module that does.
    pub(super) fn numeric(&mut self, numeric: Numeric, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        let Self { session, buffers, survey, .. } = self;
        match numeric {
            Numeric::Welcome => self.welcome(incoming.message, turn),
            Numeric::ISupport => self.support(incoming.message, turn),
            Numeric::EndOfMotd | Numeric::NoMotd => self.greeted(turn),
            Numeric::Away if !self.asked_people.is_asked(session, incoming.param(1)) => {
                buffers.away_told(session, incoming);
            }
            numeric if whois::is_part(numeric) => self.whois(numeric, incoming),
            Numeric::EndOfWhois => self.end_of_whois(incoming.param(1), turn),
            Numeric::UnAway => self.away.is_back(turn),
            Numeric::NowAway => self.away.is_away(turn),
            Numeric::List => self.directory.add(incoming.message, turn.now),
            Numeric::TryAgain => self.directory.try_again(incoming, turn),
            Numeric::ListStart => self.directory.started(turn.now),
            Numeric::ListEnd => self.directory.end(),
            Numeric::ChannelModeIs => buffers.modes_told(session, survey, incoming, turn),
            numeric if let Some(list) = mode::ListNumeric::of(numeric) => {
                list.receive(buffers, session, incoming);
            }
            Numeric::WhoReply => buffers.who(session, incoming),
            Numeric::EndOfWho => buffers.end_of_who(session, survey, incoming, turn),
            Numeric::Topic => self.topic_told(incoming),
            Numeric::NoTopic => buffers.no_topic_told(session, incoming),
            Numeric::TopicWhoTime => buffers.topic_by_told(session, incoming),
            Numeric::Inviting => buffers.invited(session, incoming, turn),
            Numeric::Names => buffers.names(session, &self.display_names, incoming),
            Numeric::EndOfNames => buffers.end_of_names(session, incoming),
            Numeric::WhoisKeyValue | Numeric::KeyValue => self.metadata_value(incoming),
            Numeric::KeyNotSet => self.metadata_not_set(incoming),
            Numeric::MetadataSyncLater => self.metadata_later(incoming, turn.now),
            Numeric::NickLocked | Numeric::SaslFailed | Numeric::SaslTooLong | Numeric::SaslAborted => {
                self.sign_in_failed(numeric, incoming, turn);
            }
            Numeric::SaslSuccess | Numeric::SaslAlready => {
                session.sign_in_succeeded(&self.settings.credentials, turn);
            }
            Numeric::SaslMechanisms => session.takes_mechanisms(incoming.param(1)),
            Numeric::LoggedIn => {
                session.set_account(Some(incoming.param(2)));
                buffers.rights_changed();
                buffers.note(session, incoming);
            }
            Numeric::LoggedOut => {
                session.set_account(None);
                buffers.rights_changed();
                buffers.note(session, incoming);
            }
            Numeric::VisibleHost => {
                session.visible_host(incoming.param(1));
                buffers.note(session, incoming);
            }
            Numeric::MonitorOnline => session.monitor_online(incoming.param(1), turn),
            Numeric::MonitorOffline => session.monitor_offline(incoming.param(1)),
            Numeric::MonitorListFull => session.regain_mut().cannot_watch(turn.now),
            numeric if is_said_elsewhere(numeric) => {}
            numeric if is_for_reading(numeric) => buffers.note(session, incoming),
            // All others are errors. Unknown ones are shown too, with the server's own text.
            _ => {
                debug_assert!(numeric.is_error(), "nobody has decided what {numeric:?} means to a client");
                self.refused(numeric, incoming, turn);
            }
        }
    }

    /// ERR_SASLFAIL and similar numerics.
    fn sign_in_failed(&mut self, numeric: Numeric, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        let Self { session, settings, .. } = self;
        match session.sign_in_failed(&settings.credentials, numeric, incoming.last(), turn) {
            SignInRefused::Nothing => self.buffers.note(session, incoming),
            SignInRefused::TriesAnother => {}
            SignInRefused::For(problem) if session.is_registered() => turn.complain(None, problem),
            SignInRefused::For(problem) => self.stop(Some(problem), None, turn),
        }
    }
}

impl Buffers {
    /// Shows a line that we do not understand, so that the person can read it.
    pub(super) fn note(&mut self, session: &Session, incoming: &Incoming<'_>) {
        let words: Vec<&str> = incoming.message.params.iter().skip(1).copied().collect();
        self.note_server(session, incoming.at, None, &words.join(" "));
    }
}

impl Session {
    /// RPL_VISIBLEHOST: the person's own host, or `user@host`.
    fn visible_host(&mut self, told: &str) {
        if told.contains('@') {
            self.set_userhost(told.to_owned());
        } else if let Some((user, _)) = self.userhost().and_then(|it| it.split_once('@')) {
            self.set_userhost(format!("{user}@{told}"));
        }
    }

    /// RPL_MONONLINE: people who are connected, as `nick!user@host`.
    fn monitor_online(&mut self, people: &str, turn: &mut Turn<'_>) {
        people.split(',').for_each(|who| self.note_holder(Some(Source::parse(who)), turn));
    }

    /// RPL_MONOFFLINE: people who are not connected, or no longer are.
    fn monitor_offline(&mut self, people: &str) {
        for who in people.split(',') {
            self.nick_freed(who.split('!').next().unwrap_or(who));
        }
    }
}

/// Whether a numeric can be ignored, such as the end of a list, the number of users or the age of a channel:
/// either another line has what matters, or it matters to nobody.
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
            | Numeric::CreationTime
            | Numeric::MotdStart
            | Numeric::MonitorList
            | Numeric::EndOfMonitorList
            | Numeric::MetadataSubOk
            | Numeric::MetadataUnsubOk
            | Numeric::MetadataSubs
    )
}

/// Whether a numeric answers something that only a person asks for. They read it in the server's own
/// conversation.
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
        | Numeric::AcceptList
        | Numeric::EndOfAccept
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
