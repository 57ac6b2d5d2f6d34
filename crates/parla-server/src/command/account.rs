//! Logging in and out: what it changes, and who is told. Whether somebody may is decided before the entry is
//! proposed.
//!
//! <https://ircv3.net/specs/extensions/account-notify>

use parla_proto::{AccountName, Capabilities, Line, Reply};

use crate::{
    network::{Network, UserId, effects::Effects, entry::Meta, event::Event, refusal::Refusal},
    publish::Publisher,
};

/// Stands in for the account of a user who has none.
const NO_ACCOUNT: &str = "*";

/// Logs the actor in to an account or out of it.
pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    account: Option<AccountName>,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (id, before) = network.actor(meta)?;
    let changes = before.account() != account.as_ref();
    if let Some(user) = network.user_mut(id) {
        user.set_account(account);
    }
    effects.events.push(Event::AccountChanged { user: id, changes });
    Ok(())
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
