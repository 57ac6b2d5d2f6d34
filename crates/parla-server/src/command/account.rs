//! Accounts: signing in and out, creating, changing and deleting, and who is told. Whether somebody has proved
//! that an account is theirs is decided before the entry is proposed; everything else is checked here.
//!
//! <https://ircv3.net/specs/extensions/account-notify>

use parla_proto::{AccountName, Capabilities, Line, Reply};

use super::{
    chanserv, metadata, mode, quit, sign_in, sign_out,
    user::{self, NewSession},
};
use crate::{
    base::{
        limits::{ACCOUNTS_MAX, APP_PASSWORDS_MAX, CERTIFICATES_MAX},
        names, service,
    },
    context::Context,
    network::{
        ChannelId, Network, UserId,
        account::{AccountChange, AccountId, AccountState},
        app_password::{AppPasswordId, Proved},
        channel::Remembered,
        effects::Effects,
        entry::{
            AccountAsker, AccountEdit, ChangeAccount, CreateAccount, EndReason, EntryCommand, Meta, SignIn,
        },
        event::{Event, Killed, Renamed, SessionMoved},
        refusal::{
            Refusal,
            account::{AccountFault, AnswerBy},
        },
        user::User,
    },
    publish::Publisher,
};

/// Stands in for the account of a user who has none.
const NO_ACCOUNT: &str = "*";

/// Proposes to sign a registered user in to an account that they have proved to be theirs.
pub(crate) fn propose(context: &mut Context<'_>, account: AccountId, proved: Proved, way: AnswerBy) {
    let by_sasl = way == AnswerBy::Sasl;
    context.propose(EntryCommand::Account(Box::new(SignIn { account, by_sasl, proved })));
}

/// Signs the actor in to an account.
pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    sign_in: SignIn,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let SignIn { account, by_sasl, proved } = sign_in;
    let (id, before) = network.actor(meta)?;
    let way = if by_sasl { AnswerBy::Sasl } else { AnswerBy::Service };
    let found = network.account_by_id(account);
    let found = found.ok_or_else(|| AccountFault::NoSuchAccount.of(way, ""))?;
    sign_in::may_sign_in(found, way)?;
    sign_in::is_still_right(found, &proved, way)?;
    let name = found.name.clone();
    // What one account has in rooms does not become another's.
    if before.account().is_some_and(|own| *own != name) && network.is_by_app_password(meta) {
        return Err(AccountFault::OnlyByPassword.of(way, ""));
    }
    let address = network.device_of(id, meta).map_or_else(|| before.address(), |device| device.address);
    if let Some(to) = network.user_of_account(&name).filter(|other| *other != id) {
        sign_in::may_join(network, to, way)?;
        move_session(network, meta, Move { from: id, to, by_sasl }, effects)?;
        network.identify_device(to, meta, proved, address);
        sign_in::note_use(network, to, meta, effects);
        return Ok(());
    }
    let changes = before.account() != Some(&name);
    // Only this session has proved that the account is theirs.
    if changes && before.sessions().len() > 1 {
        return Err(AccountFault::HereTwice.of(way, ""));
    }
    let mut news = None;
    if changes {
        network.forget_presence(id, effects);
        news = network.set_account(id, Some(name), effects);
    }
    network.identify_device(id, meta, proved, address);
    sign_in::note_use(network, id, meta, effects);
    // The name of the account that they were signed in to before is not theirs any more. They learn of their new
    // nick before they get an answer to it.
    let holds_anothers = |user: &User| network.permitted_nick(user.nick(), user.account()).is_err();
    if network.user(id).is_some_and(holds_anothers) {
        unseat(network, meta, id, effects);
    }
    effects.events.push(Event::AccountChanged { user: id, changes, by_sasl });
    effects.events.extend(news);
    chanserv::recognize(network, meta, id, effects)?;
    sign_in::settle(network, meta, id, effects);
    Ok(())
}

/// A session that goes from one user to another.
#[derive(Clone, Copy)]
struct Move {
    from: UserId,
    to: UserId,
    by_sasl: bool,
}

/// Makes the session one of the user who is signed in to the account already. The user that it was is gone with
/// their last session.
fn move_session(network: &mut Network, meta: &Meta, go: Move, effects: &mut Effects) -> Result<(), Refusal> {
    let Move { from, to, by_sasl } = go;
    let session = meta.origin.session_ref().ok_or(Refusal::Gone)?;
    let (_, before) = network.actor(meta)?;
    let old_source = before.source().to_owned();
    let modes = before.modes;
    let before = before.channels.clone();
    let channels = before.iter().filter_map(|channel| network.channel(*channel));
    let channels = channels.map(|channel| channel.name().clone()).collect();
    bring_along(network, go, &before, effects);
    let news = network.bring_values_along(from, to, effects);
    effects.events.extend(news);
    let is_over = network.end_sessions(from, |other| *other == session);
    if is_over {
        quit::remove(network, from, EndReason::Servers("Signed in".to_owned()), effects);
    }
    user::begin_another(network, NewSession { session, user: to }, modes, effects)?;
    effects.events.push(Event::SessionMoved(Box::new(SessionMoved {
        user: to,
        old_source,
        channels,
        now_in: network.user(to).map(|user| user.channels.clone()).unwrap_or_default(),
        modes,
        by_sasl,
    })));
    // What becomes of the user that it was does not concern the session any more.
    if !is_over {
        network.left_alone(from, effects);
    }
    network.has_company(to, effects);
    sign_in::settle(network, meta, to, effects);
    Ok(())
}

/// Lets the person enter the channels that the session was in, with the ranks that it had there and those that the
/// channels remember.
fn bring_along(network: &mut Network, go: Move, channels: &[ChannelId], effects: &mut Effects) {
    let most = network.settings.limits.channels_per_client;
    let (seq, account, casemapping) =
        (network.next_seq(), network.account_id_of(go.to), network.casemapping());
    for channel_id in channels {
        let Ok((user, channel)) = network.user_at_channel(go.to, *channel_id) else { continue };
        if channel.is_member(go.to) {
            continue;
        }
        if user.channels.len() >= most {
            return;
        }
        let known = account.and_then(|account| channel.remembered(account)).unwrap_or_default();
        // A ban that would keep the account out is not evaded by a guest who is inside already.
        if channel.keeps_out(user, known.rank, casemapping) {
            continue;
        }
        let rank = known.rank | channel.rank(go.from).unwrap_or_default();
        let since = known.since.or_else(|| channel.member_since(go.from));
        channel.returning_entrant(go.to, Remembered { rank, since }).enter(seq);
        network.came_in(go.to, *channel_id, effects);
    }
}

/// Tells a session that it is one of another user from now on: its client leaves its channels, gets the other
/// nick and modes, and enters the other's channels.
pub(crate) fn publish_move(publisher: &mut Publisher<'_>, moved: &SessionMoved) {
    let network = publisher.network;
    let SessionMoved { user: id, old_source, channels, now_in, modes, by_sasl } = moved;
    let Some(user) = network.user(*id) else { return };
    for channel in channels {
        publisher.answer(Line::from(old_source).command("PART").param(channel).text("Signed in").finish());
    }
    publisher.answer(Line::from(old_source).command("NICK").text(user.nick()).finish());
    if let Some(line) = mode::user::change(user, *modes) {
        publisher.answer(line);
    }
    user::tell_channels(publisher, *id, now_in);
    metadata::welcome(publisher, *id);
    let (server, nick) = (&network.settings.name, user.nick().as_str());
    let account = user.account().map_or(NO_ACCOUNT, AccountName::as_str);
    publisher.answer(Reply::LoggedIn { source: user.source(), account }.encode(server, nick));
    if *by_sasl {
        publisher.answer(Reply::SaslSuccess {}.encode(server, nick));
    }
}

/// Creates an account. Its person, if they asked for it, is signed in to it.
pub(crate) fn commit_creation(
    network: &mut Network,
    meta: &Meta,
    create: CreateAccount,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let CreateAccount { asker, name, password, invitation, address } = create;
    let right = sign_in::right(network, meta, asker)?;
    let fault = |fault: AccountFault| fault.of(asker, name.as_str());
    let person = meta.actor.filter(|_| right.who.is_none());
    let signed_in = person.and_then(|id| network.user(id)).and_then(|user| user.account());
    if let Some(account) = signed_in {
        return Err(fault(AccountFault::SignedIn(account.to_string())));
    }
    // Only this session has given the password.
    if person.and_then(|id| network.user(id)).is_some_and(|user| user.sessions().len() > 1) {
        return Err(fault(AccountFault::HereTwice));
    }
    let registration = network.settings.accounts.as_ref().and_then(|accounts| accounts.registration);
    if let Some(why) = invitation.and_then(|id| network.invitation_fault(id)) {
        return Err(fault(why));
    }
    if right.who.is_none() && invitation.is_none() {
        let registration = registration.ok_or_else(|| fault(AccountFault::RegistrationClosed))?;
        if registration.by_invitation {
            return Err(fault(AccountFault::InvitationNeeded));
        }
    }
    let nick = network.read_nick(name.as_str()).map_err(|_| fault(AccountFault::BadName))?;
    if names::is_service(&nick, network.casemapping()) || nick.as_str() != name.as_str() {
        return Err(fault(AccountFault::BadName));
    }
    if let Some(owner) = network.owner_of_nick(&nick) {
        let is_same = owner.name == name;
        return Err(fault(if is_same { AccountFault::Exists } else { AccountFault::Confusable }));
    }
    if network.account_count() >= ACCOUNTS_MAX {
        return Err(fault(AccountFault::Full));
    }
    let mut holders = network.holders_of_name(&name);
    holders.retain(|holder| Some(*holder) != person);
    if !holders.is_empty() && right.who.is_none() {
        return Err(fault(AccountFault::NickInUse));
    }
    // An invitation is for so many people, wherever they are.
    if let (Some(address), Some(registration), None) = (address, registration, invitation)
        && !network.count_new_account(address, registration.per_hour)
    {
        return Err(fault(AccountFault::TooManyFromAddress));
    }
    for holder in holders {
        unseat(network, meta, holder, effects);
    }
    let mut account = AccountState::new(AccountId::from_number(meta.seq), name.clone(), meta.at);
    account.password = Some(password);
    let account_id = account.id;
    network.create_account(account, effects);
    if let Some(invitation) = invitation {
        network.use_invitation(invitation, account_id, effects).map_err(fault)?;
    }
    right.record("ACCOUNT CREATE", &name, String::new(), effects);
    effects.events.push(Event::AccountCreated { name: name.clone(), asker });
    if let Some(id) = person {
        let news = network.set_account(id, Some(name), effects);
        effects.events.push(Event::AccountChanged { user: id, changes: true, by_sasl: false });
        effects.events.extend(news);
        chanserv::recognize(network, meta, id, effects)?;
        sign_in::settle(network, meta, id, effects);
    }
    Ok(())
}

/// Gives somebody another nick, because theirs belongs to an account that is not theirs: the name of their own
/// account, or one that belongs to nobody.
fn unseat(network: &mut Network, meta: &Meta, id: UserId, effects: &mut Effects) {
    let Some(user) = network.user(id) else { return };
    let own = user.account().and_then(|account| sign_in::free_name(network, account.as_str(), Some(account)));
    let Some(nick) = own.or_else(|| sign_in::guest_nick(network, meta)) else { return };
    let (old_nick, old_source) = (user.nick().clone(), user.source().to_owned());
    network.rename_user(id, nick);
    effects.events.push(Event::Renamed(Renamed { user: id, old_nick, old_source }));
}

/// Changes an account or deletes it.
pub(crate) fn commit_edit(
    network: &mut Network,
    meta: &Meta,
    change: ChangeAccount,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let ChangeAccount { asker, name, edit } = change;
    let right = sign_in::right(network, meta, asker)?;
    let is_own = right.who.is_none();
    let fault = |fault: AccountFault| fault.of(asker, name.as_str());
    let account = network.account(&name).ok_or_else(|| fault(AccountFault::NoSuchAccount))?;
    if is_own && network.actor(meta)?.1.account() != Some(&name) {
        return Err(fault(AccountFault::NotSignedIn));
    }
    // What an app password must not do: more than to be there.
    let is_harmless = matches!(edit, AccountEdit::Change(AccountChange::AlwaysOn(_)));
    if is_own && !is_harmless && network.is_by_app_password(meta) {
        return Err(fault(AccountFault::OnlyByPassword));
    }
    let is_for_others =
        matches!(edit, AccountEdit::Change(AccountChange::Suspended(_) | AccountChange::ServerOwner(_)));
    if is_own && is_for_others {
        return Err(Refusal::NoPrivileges);
    }
    let Possible { action, done } = possible(network, account, &edit).map_err(fault)?;
    let (id, name) = (account.id, account.name.clone());
    let why = match &edit {
        AccountEdit::Change(AccountChange::Suspended(Some(why))) => why.clone(),
        _ => String::new(),
    };
    let ends = matches!(edit, AccountEdit::Delete | AccountEdit::Change(AccountChange::Suspended(Some(_))));
    let has_secret = matches!(edit, AccountEdit::Change(AccountChange::AppPasswordAdded(_)));
    let present = network.user_of_account(&name);
    if let Some(user) = present.filter(|_| ends) {
        network.forget_presence(user, effects);
        let news = network.set_account(user, None, effects);
        effects.events.push(Event::AccountChanged { user, changes: true, by_sasl: false });
        effects.events.extend(news);
        // Whoever deletes their own account stays as a guest where there are guests, without their other devices.
        let stays = is_own && network.settings.accounts.as_ref().is_none_or(|accounts| !accounts.required);
        if stays {
            sign_out::end_others(network, meta, user, effects);
        } else {
            let why = if why.is_empty() { String::new() } else { format!(": {why}") };
            disconnect(network, user, format!("This account {done}{why}"), effects);
        }
    }
    match edit {
        AccountEdit::Change(AccountChange::AppPasswordAdded(mut added)) => {
            (added.id, added.created_at) = (AppPasswordId::from_number(meta.seq), meta.at);
            network.change_account(id, AccountChange::AppPasswordAdded(added), effects);
        }
        AccountEdit::Change(AccountChange::AppPasswordRemoved(removed)) => {
            sign_out::end_those_with(network, present, removed, effects);
            network.change_account(id, AccountChange::AppPasswordRemoved(removed), effects);
        }
        AccountEdit::Change(change) => network.change_account(id, change, effects),
        AccountEdit::Delete => network.delete_account(id, effects),
    }
    if let Some(user) = present {
        sign_in::recognize_owner(network, user, effects);
        network.update_stay(user);
        if network.user(user).is_some_and(User::is_over) {
            quit::remove(network, user, EndReason::Servers("Not connected".to_owned()), effects);
        }
    }
    right.record(action, &name, why, effects);
    effects.events.extend(has_secret.then_some(Event::AppPasswordCreated));
    effects.events.push(Event::AccountEdited { asker, done: format!("{name} {done}") });
    Ok(())
}

/// How an edit that is possible is recorded, and what whoever asked for it is told.
struct Possible {
    action: &'static str,
    /// Follows the account's name.
    done: &'static str,
}

/// Whether an account can be changed like this.
fn possible(network: &Network, account: &AccountState, edit: &AccountEdit) -> Result<Possible, AccountFault> {
    let (action, done) = match edit {
        AccountEdit::Change(AccountChange::Password(Some(_))) => ("PASSWORD", "has a new password"),
        AccountEdit::Change(AccountChange::Password(None)) => ("PASSWORD", "has no password now"),
        AccountEdit::Change(AccountChange::CertificateAdded(certificate)) => {
            if network.account_of_certificate(certificate).is_some() {
                return Err(AccountFault::CertificateTaken);
            }
            if account.certificates.len() >= CERTIFICATES_MAX {
                return Err(AccountFault::TooManyCertificates);
            }
            ("CERTIFICATE", "has a new certificate")
        }
        AccountEdit::Change(AccountChange::CertificateRemoved(certificate)) => {
            if !account.certificates.contains(certificate) {
                return Err(AccountFault::NoSuchCertificate);
            }
            ("CERTIFICATE", "does not have that certificate any more")
        }
        AccountEdit::Change(AccountChange::AppPasswordAdded(added)) => {
            if account.app_passwords.len() >= APP_PASSWORDS_MAX {
                return Err(AccountFault::TooManyAppPasswords);
            }
            if account.app_passwords.iter().any(|known| known.name == added.name) {
                return Err(AccountFault::AppPasswordExists);
            }
            ("APP PASSWORD", "has another app password")
        }
        AccountEdit::Change(AccountChange::AppPasswordRemoved(id)) => {
            account.app_password(*id).ok_or(AccountFault::NoSuchAppPassword)?;
            ("APP PASSWORD", "does not have that app password any more")
        }
        AccountEdit::Change(AccountChange::AlwaysOn(wish)) => {
            let policy = network.settings.accounts.as_ref().map(|accounts| accounts.always_on);
            let stays = policy.is_some_and(|policy| policy.applies(*wish));
            let done =
                if stays { "stays present without a connection" } else { "is present while connected" };
            ("ALWAYS-ON", done)
        }
        AccountEdit::Change(AccountChange::ServerOwner(true)) => ("OWNER", "owns this server now"),
        AccountEdit::Change(AccountChange::ServerOwner(false)) => ("OWNER", "does not own this server now"),
        // These follow from what the user does, and from invitations.
        AccountEdit::Change(
            AccountChange::InvitedTo(_)
            | AccountChange::Presence(_)
            | AccountChange::PresentAs(_)
            | AccountChange::Read { .. }
            | AccountChange::Metadata { .. }
            | AccountChange::AppPasswordUsed(..),
        ) => return Err(AccountFault::BadMessage),
        AccountEdit::Change(AccountChange::Suspended(Some(_))) => ("SUSPEND", "is suspended"),
        AccountEdit::Change(AccountChange::Suspended(None)) => ("RESUME", "is not suspended any more"),
        AccountEdit::Delete => ("DELETE", "is deleted"),
    };
    Ok(Possible { action, done })
}

/// Ends every connection of a user, who is gone with them.
fn disconnect(network: &mut Network, id: UserId, why: String, effects: &mut Effects) {
    let Some(user) = network.user(id) else { return };
    let (by, nick) = (network.settings.name.clone(), user.nick().to_string());
    let killed = Killed { user: id, by, nick, comment: why.clone(), error: why.clone() };
    effects.events.push(Event::Killed(killed));
    quit::remove(network, id, EndReason::Servers(why), effects);
}

/// Tells the user and, if anything changed, everyone who wants to know.
pub(crate) fn publish(publisher: &mut Publisher<'_>, id: UserId, changes: bool) {
    let network = publisher.network;
    let Some(user) = network.user(id) else { return };
    let source = user.source();
    let account = user.account().map(AccountName::as_str);
    let told = account.map_or(Reply::LoggedOut { source }, |account| Reply::LoggedIn { source, account });
    publisher.tell_user(id, told.encode(&network.settings.name, user.nick().as_str()));
    if changes {
        let line = Line::from(&source).command("ACCOUNT").param(account.unwrap_or(NO_ACCOUNT)).finish();
        let readers = publisher.interested_in(id, Capabilities::ACCOUNT_NOTIFY);
        publisher.announce_to(readers.into_iter(), line);
    }
}

/// Tells a client that its SASL exchange has succeeded.
pub(crate) fn end_sasl(publisher: &mut Publisher<'_>, id: UserId) {
    let network = publisher.network;
    let Some(user) = network.user(id) else { return };
    publisher.answer(Reply::SaslSuccess {}.encode(&network.settings.name, user.nick().as_str()));
}

/// Tells whoever asked for it that an account was created.
pub(crate) fn publish_creation(publisher: &mut Publisher<'_>, name: &AccountName, asker: AccountAsker) {
    let server = &publisher.network.settings.name;
    match asker {
        AccountAsker::Command => {
            let line = Line::from(server).command("REGISTER").param("SUCCESS").param(name);
            publisher.answer(line.text("Your account is created, and you are signed in to it").finish());
            // A registered user is told with everybody else.
            if publisher.meta.actor.is_none()
                && let Some(session) = publisher.origin.and_then(|origin| publisher.sessions.get(origin))
            {
                let (source, target) = (session.source(publisher.network), session.target(publisher.network));
                let reply = Reply::LoggedIn { source: &source, account: name.as_str() };
                publisher.answer(reply.encode(server, &target));
            }
        }
        AccountAsker::Person => {
            publish_edit(publisher, "Your account is created, and you are signed in to it");
        }
        AccountAsker::Operator => publish_edit(publisher, &format!("{name} is created")),
        AccountAsker::Administrator(_) | AccountAsker::Visitor(_) => {}
    }
}

/// Tells whoever asked NickServ that it is done.
pub(crate) fn publish_edit(publisher: &mut Publisher<'_>, done: &str) {
    let network = publisher.network;
    let Some(user) = publisher.meta.actor.and_then(|actor| network.user(actor)) else { return };
    publisher.answer(service::notice(service::NICKSERV, &network.settings.name, user.nick().as_str(), done));
}
