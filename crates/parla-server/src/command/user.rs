//! USER, and with it the end of registration: a connection becomes a user.
//! <https://modern.ircdocs.horse/#connection-registration>

use parla_proto::{CommandName, Reply, command, line::fitting, mode};

use super::{isupport, lusers, metadata, mode::ModeLetters, monitor, motd};
use crate::{
    base::formatting::is_stray_control,
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
    session::UserNames,
};

pub(crate) fn run(context: &mut Context<'_>, user: &command::User<'_>) -> Result<(), Refusal> {
    let limits = &context.settings.limits;
    let registration = context.session.registration().ok_or(Refusal::AlreadyRegistered)?;
    let realname: String = user.realname.chars().filter(|char| !is_stray_control(*char)).collect();
    if user.user.is_empty() || realname.is_empty() {
        return Err(Refusal::NeedMoreParams(CommandName::User));
    }
    let plain = |char: &char| char.is_ascii_alphanumeric() || "-_.[]{}\\`^|~".contains(*char);
    let name: String = user.user.chars().filter(plain).take(limits.user_bytes).collect();
    let name = if name.is_empty() { "user".to_owned() } else { name };
    let realname = fitting(&realname, limits.realname_bytes).to_owned();
    registration.user = Some(UserNames { user: name, realname });
    Ok(())
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    register: Register,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let session = meta.origin.session_ref().ok_or(Refusal::Gone)?;
    network.free_nick(&register.nick, None)?;
    let metadata = metadata::admissible(&network.settings, register.metadata);
    let mut user = User::new(Register { metadata, ..register }, meta);
    user.modes |= network.settings.user_modes;
    let id = network.add_user(meta.seq, user);
    network.begin_session(id, session);
    effects.events.push(Event::Registered(id));
    Ok(())
}

/// Welcomes a new user, and tells those who watch their nick that they are online.
pub(crate) fn publish(publisher: &mut Publisher<'_>, id: UserId) {
    welcome(publisher, id);
    if let Some(user) = publisher.network.user(id) {
        monitor::tell_online(publisher, user);
    }
}

/// Sends 001 to 005, the user counts and the message of the day.
fn welcome(publisher: &mut Publisher<'_>, id: UserId) {
    let network = publisher.network;
    let (Some(user), Some(origin)) = (network.user(id), publisher.origin) else { return };
    let settings = &network.settings;
    let (name, nick) = (&settings.name, user.nick().as_str());
    let started_at = publisher.started_at.to_string();
    let channel_modes = ModeLetters::known();
    let (version, user_modes) = (&publisher.machine.version, mode::user_letters(mode::UserModes::all()));
    let mut replies = vec![
        Reply::Welcome { network: &settings.network_name, source: user.source() },
        Reply::YourHost { server: name, version },
        Reply::Created { at: &started_at },
        Reply::MyInfo {
            server: name,
            version,
            user_modes: &user_modes,
            channel_modes: &channel_modes.all,
            param_modes: &channel_modes.with_param,
        },
    ];
    for reply in replies.drain(..) {
        publisher.answer(reply.encode(name, nick));
    }
    isupport::tell(publisher, origin);
    replies.extend(lusers::replies(network, publisher.sessions.unregistered()));
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
