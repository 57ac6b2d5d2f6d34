//! Signing out: a device of its own accord, which stays connected as a guest; or devices that another one, or
//! whoever looks after accounts, wants gone.

use parla_proto::{Line, Reply, mode::UserModes};

use super::{monitor, quit, sign_in};
use crate::{
    network::{
        Network, UserId,
        app_password::AppPasswordId,
        device::Device,
        effects::Effects,
        entry::{EndReason, Meta, Register, SessionRef, SignOut, WhichDevices},
        event::{Event, SessionsEnded, SignedOut},
        refusal::{Refusal, account::AccountFault},
        user::User,
    },
    publish::Publisher,
};

/// Signs devices out. Their user goes on with the others, or stays alone if they are always on.
pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    out: SignOut,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let SignOut { asker, account: name, which } = out;
    let right = sign_in::right(network, meta, asker)?;
    let fault = |fault: AccountFault| fault.of(asker, name.as_str());
    network.account(&name).ok_or_else(|| fault(AccountFault::NoSuchAccount))?;
    let is_own = right.who.is_none();
    if is_own && network.actor(meta)?.1.account() != Some(&name) {
        return Err(fault(AccountFault::NotSignedIn));
    }
    let this = meta.origin.session_ref().filter(|_| is_own);
    let present = network.user_of_account(&name);
    let takes_guests = network.settings.accounts.as_ref().is_none_or(|accounts| !accounts.required);
    if let (WhichDevices::This, Some(user), Some(session), true) = (which, present, this, takes_guests) {
        return become_guest(network, meta, Leaving { user, session }, effects);
    }
    let is_meant = |device: &Device| match which {
        WhichDevices::This => Some(device.session) == this,
        WhichDevices::One(number) => device.number == number,
        WhichDevices::Others => Some(device.session) != this,
        WhichDevices::All => true,
    };
    let devices = present.and_then(|id| network.user(id)).map(User::devices).unwrap_or_default();
    let gone: Vec<SessionRef> =
        devices.iter().filter(|device| is_meant(device)).map(|device| device.session).collect();
    let is_this_alone = this.is_some_and(|this| gone == [this]);
    if is_own && !is_this_alone && network.is_by_app_password(meta) {
        return Err(fault(AccountFault::OnlyByPassword));
    }
    if gone.is_empty() && !matches!(which, WhichDevices::Others | WhichDevices::All) {
        return Err(fault(AccountFault::NoSuchDevice));
    }
    let done = match gone.len() {
        0 => "nothing else was signed in".to_owned(),
        1 => "1 device is signed out".to_owned(),
        count => format!("{count} devices are signed out"),
    };
    let by = if is_own { "you" } else { "an administrator" };
    if let Some(user) = present {
        end(network, user, Ending { sessions: gone, error: format!("Signed out by {by}") }, effects);
    }
    right.record("SIGN OUT", &name, String::new(), effects);
    effects.events.push(Event::AccountEdited { asker, done: format!("{name}: {done}") });
    Ok(())
}

/// Sessions that end, with what they are told.
struct Ending {
    sessions: Vec<SessionRef>,
    error: String,
}

/// Ends sessions of a user, who is gone if nothing else keeps them.
fn end(network: &mut Network, id: UserId, ending: Ending, effects: &mut Effects) {
    let Some(user) = network.user(id).filter(|_| !ending.sessions.is_empty()) else { return };
    let Ending { sessions, error } = ending;
    let nick = user.called();
    let is_over = network.end_sessions(id, |session| sessions.contains(session));
    effects.events.push(Event::SessionsEnded(SessionsEnded { nick, sessions, error }));
    leave_behind(network, id, is_over, effects);
}

/// What becomes of a user who has lost a session.
fn leave_behind(network: &mut Network, id: UserId, is_over: bool, effects: &mut Effects) {
    if is_over {
        quit::remove(network, id, EndReason::Servers("Signed out".to_owned()), effects);
    } else {
        network.left_alone(id, effects);
    }
}

/// Ends the devices that signed in with an app password, which does not sign in any more.
pub(crate) fn end_those_with(
    network: &mut Network,
    user: Option<UserId>,
    app_password: AppPasswordId,
    effects: &mut Effects,
) {
    let Some(id) = user else { return };
    let devices = network.user(id).map(User::devices).unwrap_or_default();
    let is_of_it = |device: &&Device| device.proved.app_password == Some(app_password);
    let sessions = devices.iter().filter(is_of_it).map(|device| device.session).collect();
    end(network, id, Ending { sessions, error: "This app password was revoked".to_owned() }, effects);
}

/// Ends all sessions of a user but the one that acts: what they were signed in to is gone.
pub(super) fn end_others(network: &mut Network, meta: &Meta, id: UserId, effects: &mut Effects) {
    let this = meta.origin.session_ref();
    let sessions = network.user(id).map(User::sessions).unwrap_or_default();
    let sessions = sessions.iter().copied().filter(|session| Some(*session) != this).collect();
    end(network, id, Ending { sessions, error: "This account is deleted".to_owned() }, effects);
}

/// A session that leaves its user.
#[derive(Clone, Copy)]
struct Leaving {
    user: UserId,
    session: SessionRef,
}

/// Makes a session a guest in no channel: what it could see and do there belongs to the account.
fn become_guest(
    network: &mut Network,
    meta: &Meta,
    Leaving { user: id, session }: Leaving,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let address = network.device_of(id, meta).map(|device| device.address);
    let user = network.user(id).ok_or(Refusal::Gone)?;
    let nick = sign_in::guest_nick(network, meta).ok_or(Refusal::Gone)?;
    let guest = Register {
        nick,
        user: user.user().to_owned(),
        host: user.host().to_owned(),
        address: address.unwrap_or_else(|| user.address()),
        modes: user.modes & UserModes::SECURE | network.settings.user_modes,
        realname: user.realname.to_string(),
        account: None,
        proved: Default::default(),
        invitation: None,
        metadata: Default::default(),
        // The limits of another address are not this one's.
        is_exempt: user.is_exempt && address.is_none_or(|address| address == user.address()),
    };
    let old_source = user.source().to_owned();
    let channels = user.channels.iter().filter_map(|channel| network.channel(*channel));
    let channels = channels.map(|channel| channel.name().clone()).collect();
    let is_over = network.end_sessions(id, |other| *other == session);
    let guest = network.add_user(meta.seq, User::new(guest, None, meta));
    network.begin_session(guest, session);
    effects.events.push(Event::SignedOut(Box::new(SignedOut { user: guest, old_source, channels })));
    leave_behind(network, id, is_over, effects);
    Ok(())
}

/// Tells a session that it is a guest now: its client leaves its channels and gets another nick. Those who watch
/// that nick hear of it, too.
pub(crate) fn publish(publisher: &mut Publisher<'_>, out: &SignedOut) {
    let network = publisher.network;
    let Some(user) = network.user(out.user) else { return };
    for channel in &out.channels {
        let part = Line::from(&out.old_source).command("PART").param(channel).text("Signed out");
        publisher.answer(part.finish());
    }
    publisher.answer(Line::from(&out.old_source).command("NICK").text(user.nick()).finish());
    let told = Reply::LoggedOut { source: user.source() };
    publisher.answer(told.encode(&network.settings.name, user.nick().as_str()));
    monitor::tell_online(publisher, user);
}
