//! What every way to sign in has in common: who may, and what their account is owed then.

use std::time::Duration;

use parla_proto::{AccountName, Nick};

use crate::base::settings::Privileges;
use crate::network::{
    Network, UserId,
    account::{AccountChange, AccountState},
    app_password::Proved,
    audit::Audit,
    channel::Channel,
    effects::Effects,
    entry::{AccountAsker, Meta},
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

/// The right to do something with an account, and who has it.
pub(crate) struct Right {
    /// Who acted, for the record; `None` for the account's own person.
    pub(crate) who: Option<String>,
}

pub(crate) fn right(network: &Network, meta: &Meta, asker: AccountAsker) -> Result<Right, Refusal> {
    let who = match asker {
        AccountAsker::Command | AccountAsker::Person | AccountAsker::Visitor(_) => None,
        AccountAsker::Operator => {
            let who = network.actor(meta)?.1.privileged(Privileges::ACCOUNTS)?.who();
            if network.is_by_app_password(meta) {
                return Err(AccountFault::OnlyByPassword.of(asker, ""));
            }
            Some(who)
        }
        AccountAsker::Administrator(_) => Some(network.administrator().who),
    };
    Ok(Right { who })
}

impl Right {
    pub(crate) fn record(
        self,
        action: &'static str,
        account: &AccountName,
        why: String,
        effects: &mut Effects,
    ) {
        let whom = account.to_string();
        effects.audits.extend(self.who.map(|who| Audit { who, action, whom, why }));
    }
}

/// How many nicks are tried for somebody whose own belongs to a new account.
const UNSEAT_TRIES: u64 = 1_000;

/// A nick that nobody has, and that belongs to this account or to nobody.
pub(crate) fn free_name(network: &Network, name: &str, owner: Option<&AccountName>) -> Option<Nick> {
    let nick = Nick::parse(name, &network.settings.name_rules()).ok()?;
    let is_unused = network.free_nick(&nick, None).is_ok();
    let has_owner = network.owner_of_nick(&nick).map(|owner| &owner.name) == owner;
    (is_unused && has_owner).then_some(nick)
}

/// A nick for somebody who has none of their own.
pub(crate) fn guest_nick(network: &Network, meta: &Meta) -> Option<Nick> {
    let most = network.settings.name_rules().nick_bytes_max;
    // Where nicks are short, the numbers are cut off. The name must not be that of any account.
    let named = |number: u64| {
        let name: String = format!("Guest{}", number % 100_000).chars().take(most).collect();
        free_name(network, &name, None)
    };
    (meta.seq..meta.seq.saturating_add(UNSEAT_TRIES)).find_map(named)
}
