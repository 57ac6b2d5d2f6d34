//! USER, and with it the end of registration: a connection becomes a user. <https://modern.ircdocs.horse/#connection-registration>

use parla_proto::{
    CommandName, Reply, command, extban,
    isupport::token,
    limits,
    line::fitting,
    mode::{self, ChannelMode},
};

use super::{isupport, list, lusers, metadata, mode::letters, monitor, motd};
use crate::{
    base::{
        limits::{MODES_PER_COMMAND_MAX, TARGETS_PER_COMMAND_MAX},
        settings::Settings,
    },
    context::Context,
    network::{
        Network, UserId,
        effects::Effects,
        entry::{Meta, Register},
        event::Event,
        refusal::Refusal,
        user::User,
    },
    publish::Publisher,
};

pub(crate) fn run(context: &mut Context<'_>, user: &command::User<'_>) -> Result<(), Refusal> {
    let limits = &context.settings.limits;
    let registration = context.session.registration().ok_or(Refusal::AlreadyRegistered)?;
    if user.user.is_empty() || user.realname.is_empty() {
        return Err(Refusal::NeedMoreParams(CommandName::User));
    }
    let plain = |char: &char| char.is_ascii_alphanumeric() || "-_.[]{}\\`^|~".contains(*char);
    let name: String = user.user.chars().filter(plain).take(limits.user_bytes).collect();
    let name = if name.is_empty() { "user".to_owned() } else { name };
    registration.user = Some((name, fitting(user.realname, limits.realname_bytes).to_owned()));
    Ok(())
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    register: Register,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    network.free_nick(&register.nick, None)?;
    let metadata = metadata::admissible(&network.settings, register.metadata);
    let mut user = User::new(Register { metadata, ..register }, meta);
    user.modes |= network.settings.user_modes;
    let id = network.add_user(meta.seq, user);
    effects.events.push(Event::Registered(id));
    Ok(())
}

/// Tells a new user where it is, and those who wait for it that it is here.
pub(crate) fn publish(publisher: &mut Publisher<'_>, id: UserId) {
    welcome(publisher, id);
    if let Some(user) = publisher.network.user(id) {
        monitor::tell_online(publisher, user);
    }
}

/// 001 to 005, the counts and the message of the day.
fn welcome(publisher: &mut Publisher<'_>, id: UserId) {
    let network = publisher.network;
    let Some(user) = network.user(id).filter(|_| publisher.origin.is_some()) else { return };
    let settings = &network.settings;
    let (name, nick) = (&settings.name, user.nick().as_str());
    let started_at = publisher.started_at.to_string();
    let (channel_modes, param_modes) = letters();
    let (version, user_modes) = (&settings.version, mode::user_letters(mode::UserModes::all()));
    let mut replies = vec![
        Reply::Welcome { network: &settings.network, source: user.source() },
        Reply::YourHost { server: name, version },
        Reply::Created { at: &started_at },
        Reply::MyInfo {
            server: name,
            version,
            user_modes: &user_modes,
            channel_modes: &channel_modes,
            param_modes: &param_modes,
        },
    ];
    for reply in replies.drain(..) {
        publisher.answer(reply.encode(name, nick));
    }
    if let Some(session) = publisher.origin.and_then(|origin| publisher.sessions.get_mut(origin)) {
        for line in isupport::lines(session, settings, nick) {
            session.send(line, publisher.out);
        }
    }
    replies.extend(lusers::replies(network, publisher.sessions.counts()));
    let modes = format!("+{}", mode::user_letters(user.modes));
    replies.extend((!user.modes.is_empty()).then_some(Reply::UserModeIs { modes: &modes }));
    for reply in replies {
        publisher.answer(reply.encode(name, nick));
    }
    metadata::welcome(publisher, id);
    for reply in motd::replies(settings) {
        publisher.answer(reply.encode(name, nick));
    }
}

/// The tokens of RPL_ISUPPORT, in lines.
pub(crate) fn isupport_lines(settings: &Settings) -> Vec<String> {
    parla_proto::isupport::lines(&isupport_tokens(settings))
}

/// The tokens of RPL_ISUPPORT.
pub(crate) fn isupport_tokens(settings: &Settings) -> Vec<String> {
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
        number("HOSTLEN", crate::base::limits::HOST_BYTES_MAX),
        token("INVEX", &ChannelMode::InviteException.letter().to_string()),
        number("KEYLEN", limits.key_bytes),
        number("KICKLEN", limits.kick_bytes),
        number("LINELEN", limits::LINE_BYTES_MAX),
        token("MAXLIST", &format!("{}:{}", mode::letters(mode::ModeKind::List), limits.list_modes)),
        number("MAXTARGETS", targets),
        number("MODES", MODES_PER_COMMAND_MAX),
        number("MONITOR", limits.monitor_targets),
        number("NAMELEN", limits.realname_bytes),
        token("NETWORK", &settings.network),
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
