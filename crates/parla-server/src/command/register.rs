//! REGISTER: a client creates an account. <https://ircv3.net/specs/extensions/account-registration>

use parla_proto::{AccountName, CommandName, command::Register};

use crate::{
    base::{secret::Secret, settings::AccountSettings},
    context::Context,
    contract::question::Question,
    network::{
        entry::AccountAsker,
        refusal::{Refusal, account::AccountFault},
    },
    session::{
        Password,
        pause::{AccountExchange, Exchange},
    },
};

pub(crate) fn run(context: &mut Context<'_>, register: &Register<'_>) -> Result<(), Refusal> {
    let settings = context.settings.accounts.as_ref();
    let settings = settings.ok_or(Refusal::UnknownCommand(CommandName::Register))?;
    let fault = |fault: AccountFault| fault.of(AccountAsker::Command, register.account);
    let registration = settings.registration.ok_or_else(|| fault(AccountFault::RegistrationClosed))?;
    if let Some(early) = context.session.registration() {
        if !registration.before_connect {
            return Err(fault(AccountFault::NotConnectedYet));
        }
        if early.nick.is_none() {
            let is_taken = early.nick_in_use.is_some();
            return Err(fault(if is_taken { AccountFault::NickInUse } else { AccountFault::NoNick }));
        }
        if context.machine.password_required && early.password != Password::Good {
            return Err(fault(AccountFault::ServerPasswordFirst));
        }
    }
    let name = own_name(context)?;
    if register.account != "*" && context.network.canonical(register.account) != name.folded() {
        return Err(fault(AccountFault::NotTheNick));
    }
    if registration.email_required && !register.email.contains('@') {
        return Err(fault(AccountFault::EmailNeeded));
    }
    begin(context, settings, Wanted { name, password: register.password, asker: AccountAsker::Command })
}

/// An account to be created.
pub(crate) struct Wanted<'a> {
    pub(crate) name: AccountName,
    pub(crate) password: &'a str,
    pub(crate) asker: AccountAsker,
}

/// The name of the account that a client may create: its nick.
pub(crate) fn own_name(context: &mut Context<'_>) -> Result<AccountName, Refusal> {
    let network = context.network;
    let (nick, account) = match context.session.registration() {
        Some(registration) => {
            let account = registration.account.and_then(|id| network.account_by_id(id));
            (registration.nick.clone(), account.map(|account| account.name.clone()))
        }
        None => {
            let (_, me) = context.me()?;
            (Some(me.nick().clone()), me.account().cloned())
        }
    };
    let nick = nick.map(|nick| nick.to_string()).unwrap_or_default();
    let fault = |fault: AccountFault| fault.of(AccountAsker::Command, nick.as_str());
    if let Some(account) = account {
        return Err(fault(AccountFault::SignedIn(account.to_string())));
    }
    let name = AccountName::kept(&nick).map_err(|_| fault(AccountFault::NoNick))?;
    if network.account(&name).is_some() {
        return Err(fault(AccountFault::Exists));
    }
    Ok(name)
}

/// Checks the password of a new account, and has what is to be kept of it made.
pub(crate) fn begin(
    context: &mut Context<'_>,
    settings: &AccountSettings,
    wanted: Wanted<'_>,
) -> Result<(), Refusal> {
    let Wanted { name, password, asker } = wanted;
    settings.check_password(password).map_err(|why| AccountFault::from(why).of(asker, name.as_str()))?;
    let question = Question::NewPassword(Secret::new(password.to_owned()));
    context.ask(question, Exchange::Account(Box::new(AccountExchange::Create { name, asker })));
    Ok(())
}
