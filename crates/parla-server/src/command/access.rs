//! ACCESS: who may come in. The owner of the server decides it, unless the configuration says so.

use parla_proto::{CommandName, FailCode, Line, command::Access};

use crate::{
    base::settings::AccessPolicy,
    context::Context,
    network::{
        Network,
        account::AccountState,
        audit::Audit,
        effects::Effects,
        entry::{self, AccountAsker, EntryCommand, Meta},
        event::Event,
        refusal::{
            Failure, Refusal,
            account::{AccountFault, AnswerBy},
        },
    },
    publish::Publisher,
};

pub(crate) fn run(context: &mut Context<'_>, access: &Access<'_>) -> Result<(), Refusal> {
    context.me()?;
    let Some(word) = access.policy else {
        let network = context.network;
        let text = sentence(network);
        let line = Line::from(&context.settings.name).command("NOTICE").param(context.target()).text(text);
        context.line(line.finish());
        return Ok(());
    };
    let policy = AccessPolicy::named(word).ok_or_else(|| {
        let why = "It is ACCESS open, ACCESS accounts or ACCESS invite";
        Failure::of(CommandName::Access, FailCode::InvalidParams, &[word], why)
    })?;
    context.propose(EntryCommand::Access(entry::Access { asker: AccountAsker::Person, policy }));
    Ok(())
}

/// What is so, as a sentence.
pub(crate) fn sentence(network: &Network) -> String {
    let policy = network.access_policy();
    let what = match policy {
        AccessPolicy::Open => "everybody may come in, with or without an account",
        AccessPolicy::Accounts => "everybody signs in, and anybody may create an account",
        AccessPolicy::Invite => "everybody signs in, and an invitation is needed to create an account",
    };
    let by = if network.settings.access_in_file.is_some() { "; the configuration file says so" } else { "" };
    format!("Access is {}: {what}{by}", policy.word())
}

/// Decides who may come in. Those who are here stay.
pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    access: entry::Access,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let entry::Access { asker, policy } = access;
    let fault = |fault: AccountFault| fault.of(AnswerBy::Fail(CommandName::Access), policy.word());
    let who = match asker {
        AccountAsker::Administrator(_) => network.administrator().who,
        _ => {
            let (actor, user) = network.actor(meta)?;
            let account = network.account_id_of(actor).and_then(|id| network.account_by_id(id));
            if !account.is_some_and(|account: &AccountState| account.is_server_owner) {
                return Err(fault(AccountFault::NotServerOwner));
            }
            user.for_record()
        }
    };
    if network.settings.access_in_file.is_some() {
        return Err(fault(AccountFault::InFile));
    }
    if network.settings.accounts.is_none() {
        return Err(fault(AccountFault::NoAccounts));
    }
    let before = network.decide_access(policy, effects);
    effects.audits.push(Audit { who, action: "ACCESS", whom: policy.word().to_owned(), why: String::new() });
    effects.events.push(Event::Reconfigured { before });
    effects.events.push(Event::AccessDecided);
    Ok(())
}

/// Tells whoever decided it what is so now.
pub(crate) fn publish(publisher: &mut Publisher<'_>) {
    let network = publisher.network;
    let Some(user) = publisher.meta.actor.and_then(|actor| network.user(actor)) else { return };
    let line =
        Line::from(&network.settings.name).command("NOTICE").param(user.nick()).text(sentence(network));
    publisher.answer(line.finish());
}
