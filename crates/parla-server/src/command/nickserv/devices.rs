//! What people ask of NickServ about their devices: which are signed in, and that some of them be signed out.

use std::time::Duration;

use parla_proto::{Nick, Timestamp};

use super::{identify, not_understood, own_account, tell};
use crate::{
    base::settings::Privileges,
    context::Context,
    network::{
        account::AccountState,
        device::Device,
        entry::{AccountAsker, EntryCommand, SignOut, WhichDevices},
        refusal::{
            Refusal,
            account::{AccountFault, AnswerBy},
        },
        user::User,
    },
};

/// LOGOUT: this device signs out and stays connected.
pub(super) fn log_out(context: &mut Context<'_>) -> Result<(), Refusal> {
    let own = own_account(context)?;
    propose(context, own, (AccountAsker::Person, WhichDevices::This));
    Ok(())
}

/// DEVICES, which Ergo calls CLIENTS: `[LIST [account]]`, or `LOGOUT [account] <number, others or all>`.
pub(super) fn run(context: &mut Context<'_>, words: &[&str]) -> Result<(), Refusal> {
    let (command, words) = words.split_first().map_or(("LIST", words), |(command, words)| (*command, words));
    match (command.to_ascii_uppercase().as_str(), words) {
        ("LIST", []) => {
            let own = own_account(context)?;
            list(context, own);
        }
        ("LIST", [account]) => {
            let (account, _) = meant(context, account)?;
            list(context, account);
        }
        ("LOGOUT", [which]) => {
            let own = own_account(context)?;
            log_out_some(context, own, (AccountAsker::Person, which));
        }
        ("LOGOUT", [account, which]) => {
            let (account, asker) = meant(context, account)?;
            log_out_some(context, account, (asker, which));
        }
        _ => not_understood(context),
    }
    Ok(())
}

/// The account that somebody named: their own, or any if they look after accounts.
fn meant<'n>(context: &Context<'n>, name: &str) -> Result<(&'n AccountState, AccountAsker), Refusal> {
    let (_, me) = context.me()?;
    let found = context.network.account_called(name);
    if let Some(own) = found.filter(|account| me.account() == Some(&account.name)) {
        return Ok((own, AccountAsker::Person));
    }
    me.privileged(Privileges::ACCOUNTS)?;
    if context.has_app_password() {
        return Err(AccountFault::OnlyByPassword.of(AnswerBy::Service, ""));
    }
    let account = found.ok_or_else(|| AccountFault::NoSuchAccount.of(AnswerBy::Service, ""))?;
    Ok((account, AccountAsker::Operator))
}

fn log_out_some(context: &mut Context<'_>, account: &AccountState, (asker, which): (AccountAsker, &str)) {
    let which = match which.to_ascii_lowercase().as_str() {
        "others" => Some(WhichDevices::Others),
        "all" => Some(WhichDevices::All),
        number => number.parse().ok().map(WhichDevices::One),
    };
    match which {
        Some(which) => propose(context, account, (asker, which)),
        None => tell(context, "Say the number of a device from the list, or others, or all"),
    }
}

fn propose(context: &mut Context<'_>, account: &AccountState, (asker, which): (AccountAsker, WhichDevices)) {
    let sign_out = SignOut { asker, account: account.name.clone(), which };
    context.propose(EntryCommand::SignOut(Box::new(sign_out)));
}

/// As many devices as a user may have are few, so the list is short.
fn list(context: &mut Context<'_>, account: &AccountState) {
    let user = context.network.user_of_account(&account.name).and_then(|id| context.network.user(id));
    let devices = user.map(User::devices).unwrap_or_default();
    for device in devices {
        let is_this = device.session.connection == context.session.connection
            && context.session.user() == context.network.user_of_account(&account.name);
        let text = row(device, account, context.now);
        tell(context, &if is_this { format!("{text} (this one)") } else { text });
    }
    tell(context, &format!("devices of {}: {}", account.name, devices.len()));
}

/// A device in words, for the person and for the administrator alike.
fn row(device: &Device, account: &AccountState, now: Timestamp) -> String {
    let Device { number, address, since, spoke_at, .. } = device;
    let name = device.name(account).unwrap_or("without a name");
    let app = if device.proved.app_password.is_some() { ", by an app password" } else { "" };
    let idle = ago(now.since(*spoke_at));
    format!("{number}: {name}, at {address}, since {since}{app}, last message {idle}")
}

/// How long ago something was, with as much precision as people want.
fn ago(past: Duration) -> String {
    let seconds = past.as_secs();
    let (count, unit) = match seconds {
        0..60 => return "just now".to_owned(),
        60..3600 => (seconds / 60, "minute"),
        3600..86400 => (seconds / 3600, "hour"),
        _ => (seconds / 86400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} ago")
}

/// GHOST and its like, which took a name back from a connection that was not gone yet. Here all devices share the
/// name, and nobody else gets it. So what is left to do is to sign in, and to take one's own name again.
pub(super) fn take_back(context: &mut Context<'_>, words: &[&str]) -> Result<(), Refusal> {
    let (_, me) = context.me()?;
    let name = words.first().copied().unwrap_or_else(|| me.nick().as_str());
    let own = me
        .account()
        .filter(|own| context.network.account_called(name).is_some_and(|account| account.name == **own));
    match (own, words) {
        (Some(own), _) => {
            let nick = Nick::parse(own.as_str(), &context.settings.name_rules());
            if let Some(nick) = nick.ok().filter(|nick| nick != me.nick()) {
                context.propose(EntryCommand::Nick(nick));
            }
            let text = format!("{own} is yours on all your devices, so there is nothing to take back");
            tell(context, &text);
            Ok(())
        }
        (None, [name, password]) => identify(context, Some(name), password),
        (None, _) => {
            tell(
                context,
                "Sign in to the account of that name, and it is yours: IDENTIFY <account> <password>",
            );
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_as_people_say_them() {
        let said = [59, 60, 3_599, 3_600, 7_200, 86_400, 200_000].map(|secs| ago(Duration::from_secs(secs)));
        let expected = [
            "just now",
            "1 minute ago",
            "59 minutes ago",
            "1 hour ago",
            "2 hours ago",
            "1 day ago",
            "2 days ago",
        ];
        assert_eq!(said, expected);
    }
}
