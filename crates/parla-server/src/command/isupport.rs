//! ISUPPORT: the limits and features of the server, on request.
//! <https://ircv3.net/specs/extensions/extended-isupport>

use bytes::Bytes;
use parla_proto::{
    Capabilities, Reply, extban,
    isupport::token,
    limits,
    mode::{self, ChannelMode},
};

use super::list;
use crate::{
    base::{
        connection::ConnectionId,
        limits::{HOST_BYTES_MAX, MODES_PER_COMMAND_MAX, TARGETS_PER_COMMAND_MAX},
        settings::NetworkSettings,
    },
    context::Context,
    network::refusal::Refusal,
    publish::{Publisher, publication::Publication},
    session::server_batch::BatchHead,
};

/// The capabilities that a client needs to get the lines as a batch.
const BATCHED: Capabilities = Capabilities::BATCH.union(Capabilities::EXTENDED_ISUPPORT);

/// The batch's type.
const ISUPPORT_BATCH: &str = "draft/isupport";

pub(crate) fn run(context: &mut Context<'_>) -> Result<(), Refusal> {
    let is_early = context.session.user().is_none();
    if is_early && !context.session.capabilities.contains(Capabilities::EXTENDED_ISUPPORT) {
        return Err(Refusal::NotRegistered);
    }
    answer(context);
    Ok(())
}

/// Answers with all tokens, in a batch if the client supports it.
pub(crate) fn answer(context: &mut Context<'_>) {
    let (settings, target) = (context.settings, context.target());
    let lines = replies(&settings.name, &target, &token_lines(settings));
    if context.session.capabilities.contains(BATCHED) {
        let head = BatchHead { kind: ISUPPORT_BATCH, about: None };
        context.session.send_as_batch(&settings.name, head, lines, context.out);
    } else {
        for line in lines {
            context.session.send(line, context.out);
        }
    }
}

/// Sends a session all tokens, as on registration.
pub(crate) fn tell(publisher: &mut Publisher<'_>, connection: ConnectionId) {
    let lines = token_lines(&publisher.network.settings);
    tell_these(publisher, connection, &lines);
}

/// Sends a session lines of tokens, in a batch if it supports that.
pub(crate) fn tell_these(publisher: &mut Publisher<'_>, connection: ConnectionId, tokens: &[String]) {
    let network = publisher.network;
    let Some(session) = publisher.sessions.get(connection) else { return };
    let lines = replies(&network.settings.name, &session.target(network), tokens);
    if session.capabilities.contains(BATCHED) {
        let kind = ISUPPORT_BATCH;
        publisher.publications.push(Publication::Batch { connection, kind, about: None, lines });
    } else {
        let answers = lines.into_iter().map(|line| Publication::Answer { connection, line });
        publisher.publications.extend(answers);
    }
}

fn replies(server: &str, target: &str, tokens: &[String]) -> Vec<Bytes> {
    tokens.iter().map(|tokens| Reply::ISupport { tokens }.encode(server, target).into()).collect()
}

/// All tokens of RPL_ISUPPORT, divided into lines.
fn token_lines(settings: &NetworkSettings) -> Vec<String> {
    parla_proto::isupport::lines(&tokens(settings))
}

/// All tokens of RPL_ISUPPORT.
pub(crate) fn tokens(settings: &NetworkSettings) -> Vec<String> {
    let limits = &settings.limits;
    let number = |name: &str, value: usize| token(name, &value.to_string());
    let (targets, names) = (limits.targets, TARGETS_PER_COMMAND_MAX);
    let mut tokens = vec![
        number("AWAYLEN", limits.away_bytes),
        token("BOT", &mode::user_letters(mode::UserModes::BOT)),
        token("ACCOUNTEXTBAN", extban::ACCOUNT_EXTBAN),
        token("CASEMAPPING", settings.casemapping.token()),
        token("CHANLIMIT", &format!("#:{}", limits.channels_per_client)),
        token("CHANMODES", &mode::chanmodes()),
        number("CHANNELLEN", limits.channel_bytes),
        token("CHANTYPES", "#"),
        token("ELIST", list::ELIST),
        token("EXCEPTS", &ChannelMode::BanException.letter().to_string()),
        token("EXTBAN", extban::EXTBAN),
        number("HOSTLEN", HOST_BYTES_MAX),
        token("INVEX", &ChannelMode::InviteException.letter().to_string()),
        number("KEYLEN", limits.key_bytes),
        number("KICKLEN", limits.kick_bytes),
        number("LINELEN", limits::LINE_BYTES_MAX),
        token("MAXLIST", &format!("{}:{}", mode::letters(mode::ModeKind::List), limits.list_modes)),
        number("MAXTARGETS", targets),
        number("MODES", MODES_PER_COMMAND_MAX),
        number("MONITOR", limits.monitor_targets),
        number("NAMELEN", limits.realname_bytes),
        token("NETWORK", &settings.network_name),
        number("NICKLEN", limits.nick_bytes),
        token("PREFIX", &mode::prefix()),
        token("SAFELIST", ""),
        token("STATUSMSG", &mode::signs()),
        token(
            "TARGMAX",
            &format!(
                "NAMES:{names},LIST:{names},KICK:{names},JOIN:{names},PART:{names},WHOIS:{targets},WHOWAS:{targets},PRIVMSG:{targets},NOTICE:{targets},TAGMSG:{targets}"
            ),
        ),
        number("TOPICLEN", limits.topic_bytes),
        number("USERLEN", limits.user_bytes),
        token("UTF8ONLY", ""),
        token("WHOX", ""),
    ];
    if !settings.denied_client_tags.is_empty() {
        tokens.push(token("CLIENTTAGDENY", &settings.denied_client_tags.token_value()));
    }
    if settings.history {
        tokens.push(number("CHATHISTORY", settings.history_reply_max));
        tokens.push(token("MSGREFTYPES", "msgid,timestamp"));
    }
    tokens.sort_unstable();
    tokens
}
