//! What every way to sign in has in common: who may, and what their account is owed then.

use std::time::Duration;

use crate::network::{
    Network, UserId,
    account::{AccountChange, AccountState},
    audit::Audit,
    channel::Channel,
    device::Proved,
    effects::Effects,
    entry::Meta,
    event::Event,
    grant::OperatorGrant,
    refusal::{
        Refusal,
        account::{AccountFault, AnswerBy},
    },
};

/// Checks that somebody who has proved that an account is theirs may sign in to it.
pub(crate) fn may_sign_in(account: &AccountState, way: AnswerBy) -> Result<(), Refusal> {
    match account.suspended.clone() {
        Some(why) => Err(AccountFault::Suspended(why).of(way, account.name.as_str())),
        None => Ok(()),
    }
}

/// Checks that what somebody signed in with still signs in: an app password may have been taken back meanwhile.
pub(crate) fn is_still_right(account: &AccountState, proved: &Proved, way: AnswerBy) -> Result<(), Refusal> {
    match proved.app_password {
        Some(id) if account.app_password(id).is_none() => {
            Err(AccountFault::WrongPassword.of(way, account.name.as_str()))
        }
        _ => Ok(()),
    }
}

/// How often it is written down that an app password is in use.
const USE_NOTED_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// Has stored that somebody uses an app password, at most once a day, so that a program that connects all the time
/// does not write all the time.
pub(crate) fn note_use(network: &mut Network, user: UserId, meta: &Meta, effects: &mut Effects) {
    let used = network.device_of(user, meta).and_then(|device| device.proved.app_password);
    let account = network.account_id_of(user).and_then(|id| network.account_by_id(id));
    let Some((account, used)) = account.zip(used) else { return };
    let before = account.app_password(used).and_then(|known| known.used_at);
    if before.is_none_or(|before| meta.at.since(before) >= USE_NOTED_EVERY) {
        network.change_account(account.id, AccountChange::AppPasswordUsed(used, meta.at), effects);
    }
}

/// Checks that a session may become one of a user who is signed in to the same account already.
pub(crate) fn may_join(network: &Network, user: UserId, way: AnswerBy) -> Result<(), Refusal> {
    let is_alone = network.user(user).is_some_and(|user| user.sessions().is_empty());
    if network.settings.several_sessions() || is_alone {
        Ok(())
    } else {
        Err(AccountFault::PresentElsewhere.of(way, ""))
    }
}

/// Gives a user who has just signed in what their account is owed: the rights of the server's owner, and the
/// channels that they were invited to.
pub(crate) fn settle(network: &mut Network, meta: &Meta, id: UserId, effects: &mut Effects) {
    recognize_owner(network, id, effects);
    enter(network, meta, id, effects);
}

/// Brings a user into the channels that their account was invited to, whatever the modes of these say.
fn enter(network: &mut Network, meta: &Meta, user_id: UserId, effects: &mut Effects) {
    let account = network.account_id_of(user_id).and_then(|id| network.account_by_id(id));
    let Some(account) = account.filter(|account| !account.invited_to.is_empty()) else { return };
    let (id, channels) = (account.id, account.invited_to.clone());
    network.has_arrived(id, effects);
    let most = network.settings.limits.channels_per_client;
    for channel_id in channels {
        let count = network.user(user_id).map_or(most, |user| user.channels.len());
        let is_open = |channel: &Channel| network.closure(channel.name()).is_none();
        let may_enter = network.channel(channel_id).is_some_and(is_open);
        let channel = network.channel_mut(channel_id).filter(|channel| !channel.is_member(user_id));
        let Some(channel) = channel.filter(|_| may_enter && count < most) else { continue };
        let remembered = channel.remembered(id).unwrap_or_default();
        channel.returning_entrant(user_id, remembered).enter(meta.seq);
        network.came_in(user_id, channel_id, effects);
    }
}

/// Makes a user an operator if their account owns the server, and takes that away again if it does not, or not
/// any more.
pub(crate) fn recognize_owner(network: &mut Network, id: UserId, effects: &mut Effects) {
    let Some(user) = network.user(id) else { return };
    let account = network.account_id_of(id).and_then(|id| network.account_by_id(id));
    let owned = account.filter(|account| account.is_server_owner);
    let grant = owned.map(|account| OperatorGrant::of_owner(&account.name));
    let had = user.operator();
    let is_by_oper = had.is_some_and(|grant| !grant.is_by_account);
    if is_by_oper || had == grant.as_ref() {
        return;
    }
    let (who, granted) = (user.called(), grant.as_ref().map(|grant| grant.name.clone()));
    let before = network.set_operator(id, grant);
    if let Some(whom) = granted {
        effects.audits.push(Audit { who, action: "OWNER", whom, why: "granted".to_owned() });
        effects.events.push(Event::BecameOperator(id));
    }
    effects.events.push(Event::UserModesChanged { user: id, before });
}
