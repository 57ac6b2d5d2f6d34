//! USER, and with it the end of registration: a connection becomes a user.
//! <https://modern.ircdocs.horse/#connection-registration>

use parla_proto::{
    CommandName, Reply, command,
    line::fitting,
    mode::{self, UserModes},
};

use super::{isupport, join, lusers, metadata, mode::ModeLetters, monitor, motd, sign_in};
use crate::{
    base::formatting::is_stray_control,
    context::Context,
    network::{
        ChannelId, Network, UserId, UserRef,
        effects::Effects,
        entry::{Meta, Register, SessionRef},
        event::Event,
        invitation::InvitationId,
        refusal::{
            Refusal,
            account::{AccountFault, AnswerBy},
        },
        user::User,
    },
    publish::Publisher,
    session::{UserNames, sessions::Receiver},
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
    let mut signed_in = None;
    if let Some(id) = register.account.filter(|_| network.settings.accounts.is_some()) {
        let way = AnswerBy::Sasl;
        let found = network.account_by_id(id).ok_or_else(|| AccountFault::NoSuchAccount.of(way, ""))?;
        sign_in::may_sign_in(found, way)?;
        sign_in::is_still_right(found, &register.proved, way)?;
        let name = found.name.clone();
        if let Some(user) = network.user_of_account(&name) {
            sign_in::may_join(network, user, way)?;
            let metadata = metadata::admissible(&network.settings, register.metadata);
            let news = network.say_of_themselves(user, metadata, effects);
            effects.events.extend(news);
            if let Some(present) = network.user_mut(user) {
                // Whoever was brought back after a restart came from nowhere, so nothing was known of them.
                present.is_exempt |= register.is_exempt;
            }
            another_session(network, NewSession { session, user }, register.modes, effects)?;
            network.identify_device(user, meta, register.proved, register.address);
            sign_in::note_use(network, user, meta, effects);
            accept(network, user, register.invitation, effects);
            sign_in::settle(network, meta, user, effects);
            return Ok(());
        }
        signed_in = Some(name);
    }
    let (invitation, proved, address) = (register.invitation, register.proved.clone(), register.address);
    network.free_nick(&register.nick, None)?;
    network.permitted_nick(&register.nick, signed_in.as_ref())?;
    let metadata = metadata::admissible(&network.settings, register.metadata);
    let mut user = User::new(Register { metadata, ..register }, signed_in, meta);
    user.modes |= network.settings.user_modes;
    let id = network.add_user(meta.seq, user);
    network.bring_values(id, effects);
    network.begin_session(id, session);
    network.identify_device(id, meta, proved, address);
    sign_in::note_use(network, id, meta, effects);
    effects.events.push(Event::Registered(id));
    accept(network, id, invitation, effects);
    sign_in::settle(network, meta, id, effects);
    Ok(())
}

/// Uses the invitation that a user has brought along. If nobody can use it any more by now, they are here all the
/// same.
fn accept(network: &mut Network, user: UserId, invitation: Option<InvitationId>, effects: &mut Effects) {
    if let Some((invitation, account)) = invitation.zip(network.account_id_of(user)) {
        drop(network.use_invitation(invitation, account, effects));
    }
}

/// A session that becomes one of a user who is present already.
#[derive(Clone, Copy)]
pub(crate) struct NewSession {
    pub(crate) session: SessionRef,
    pub(crate) user: UserId,
}

/// Adds a session to a user who is signed in to the same account.
fn another_session(
    network: &mut Network,
    new: NewSession,
    modes: UserModes,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    begin_another(network, new, modes, effects)?;
    let channels = network.user(new.user).map(|user| user.channels.clone()).unwrap_or_default();
    effects.events.push(Event::SessionBegan { user: new.user, channels });
    network.has_company(new.user, effects);
    Ok(())
}

/// Adds a session, from which a user with these modes came, to another user.
pub(crate) fn begin_another(
    network: &mut Network,
    NewSession { session, user: id }: NewSession,
    modes: UserModes,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let before = network.user(id).ok_or(Refusal::Gone)?.modes;
    let was_alone = network.user(id).is_some_and(|user| user.sessions().is_empty());
    network.begin_session(id, session);
    if was_alone && modes.contains(UserModes::SECURE) && !before.contains(UserModes::SECURE) {
        network.set_user_modes(id, before | UserModes::SECURE);
        effects.events.push(Event::UserModesChanged { user: id, before });
    }
    // Others rely on this mode to know that nobody can read what they write to the user.
    if before.contains(UserModes::SECURE) && !modes.contains(UserModes::SECURE) {
        network.set_user_modes(id, before - UserModes::SECURE);
        effects.events.push(Event::UserModesChanged { user: id, before });
    }
    Ok(())
}

/// Welcomes a session that has joined a user who was here already in these channels.
pub(crate) fn publish_session(publisher: &mut Publisher<'_>, id: UserId, channels: &[ChannelId]) {
    welcome(publisher, id);
    tell_channels(publisher, id, channels);
}

/// Tells the origin's session that its user is in these channels.
pub(crate) fn tell_channels(publisher: &mut Publisher<'_>, id: UserId, channels: &[ChannelId]) {
    let network = publisher.network;
    let Some(user) = network.user(id) else { return };
    let Some(session) = publisher.origin.and_then(|origin| publisher.sessions.get(origin)) else { return };
    let receiver = Receiver::of(session);
    for channel in channels {
        join::tell_session(publisher, receiver, UserRef { id, user }, *channel);
    }
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
    let (version, user_modes) = (&publisher.machine.version, mode::user_letters(UserModes::all()));
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
