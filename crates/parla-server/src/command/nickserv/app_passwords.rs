//! What people ask of NickServ about app passwords: to make one, to see which there are, to take one back.

use parla_proto::Timestamp;

use super::{not_understood, own_account, tell};
use crate::{
    command::account,
    context::Context,
    contract::question::Question,
    network::{
        account::{AccountChange, AccountState},
        app_password::{AppPassword, device_name},
        entry::{AccountAsker, AccountEdit, ChangeAccount, EntryCommand},
        refusal::{
            Refusal,
            account::{AccountFault, AnswerBy},
        },
    },
    publish::Publisher,
    session::pause::{AccountExchange, Exchange},
};

/// APPPASS: `CREATE <name>`, `LIST` or `REVOKE <name>`.
pub(super) fn run(context: &mut Context<'_>, words: &[&str]) -> Result<(), Refusal> {
    let own = own_account(context)?;
    let (command, words) = words.split_first().map_or(("LIST", words), |(command, words)| (*command, words));
    match (command.to_ascii_uppercase().as_str(), words) {
        ("CREATE" | "ADD", [name]) => create(context, own, name),
        ("REVOKE" | "DEL" | "REMOVE", [name]) => {
            let known = own.app_passwords.iter().find(|known| known.name == *name);
            let known = known.ok_or_else(|| AccountFault::NoSuchAppPassword.of(AnswerBy::Service, ""))?;
            let edit = AccountEdit::Change(AccountChange::AppPasswordRemoved(known.id));
            let change = ChangeAccount { asker: AccountAsker::Person, name: own.name.clone(), edit };
            context.propose(EntryCommand::ChangeAccount(Box::new(change)));
            Ok(())
        }
        ("LIST", []) => {
            for known in &own.app_passwords {
                tell(context, &row(known));
            }
            tell(context, &format!("app passwords of {}: {}", own.name, own.app_passwords.len()));
            Ok(())
        }
        _ => {
            not_understood(context);
            Ok(())
        }
    }
}

fn row(known: &AppPassword) -> String {
    let AppPassword { name, created_at, used_at, .. } = known;
    let day = |at: &Timestamp| at.to_string().chars().take(10).collect::<String>();
    let used =
        used_at.as_ref().map_or_else(|| "never used".to_owned(), |at| format!("last used {}", day(at)));
    format!("{name}: created {}, {used}", day(created_at))
}

/// Has an app password made. What the commit checks is checked here, too, so that none is made in vain.
fn create(context: &mut Context<'_>, own: &AccountState, name: &str) -> Result<(), Refusal> {
    let Some(name) = device_name(name) else {
        not_understood(context);
        return Ok(());
    };
    let is_there = own.app_passwords.iter().any(|known| known.name == name);
    if is_there {
        return Err(AccountFault::AppPasswordExists.of(AnswerBy::Service, ""));
    }
    let exchange = AccountExchange::AppPassword { id: own.id, name };
    context.ask(Question::AppPassword, Exchange::Account(Box::new(exchange)));
    Ok(())
}

/// Shows a client the app password that was made for it. Nothing else ever says it.
pub(crate) fn publish(publisher: &mut Publisher<'_>) {
    let session = publisher.origin.and_then(|origin| publisher.sessions.get(origin));
    let secret = session.and_then(|session| session.new_app_password.as_deref().cloned());
    if let Some(secret) = secret {
        let text = format!("The app password is {} and will not be shown again", secret.reveal());
        account::publish_edit(publisher, &text);
    }
}
