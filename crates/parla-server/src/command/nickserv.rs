//! NICKSERV, and messages to NickServ: what people and programs that know no newer way ask of the service for
//! accounts. Its commands become the same proposals as all others.

pub(crate) mod app_passwords;
mod devices;

use parla_proto::{AccountName, CommandName};

use super::{
    authenticate::{self, Given},
    register::{self, Wanted},
};
use crate::{
    base::{
        secret::Secret,
        service,
        settings::{AccountSettings, Privileges},
    },
    context::Context,
    contract::question::{PasswordOf, Question},
    network::{
        account::{AccountChange, AccountState, Fingerprint},
        device,
        entry::{AccountAsker, AccountEdit, ChangeAccount, EntryCommand},
        refusal::{
            Refusal,
            account::{AccountFault, AnswerBy},
        },
    },
    session::pause::{AccountExchange, Confirmed, Exchange},
};

/// The commands, with what they do.
const HELP: [(&str, &str); 21] = [
    ("REGISTER <password>", "creates an account with your nickname as its name"),
    ("IDENTIFY [<account>] <password>", "signs you in; without a name, to the account of your nickname"),
    ("PASSWD <password> <new password>", "changes the password of your account"),
    ("LOGOUT", "signs this device out; it stays connected, as a guest"),
    ("DEVICES [LIST]", "lists the devices that are signed in to your account"),
    ("DEVICES LOGOUT <number, others or all>", "signs devices out and ends their connections"),
    ("APPPASS CREATE <name>", "makes a password for one program, and shows it this one time"),
    ("APPPASS LIST", "lists these passwords by their names"),
    ("APPPASS REVOKE <name>", "takes one back, and signs out whoever used it"),
    (
        "GHOST",
        "not needed: the name of your account is yours on all your devices, and nobody else can take it",
    ),
    ("INFO [<account>]", "tells about an account, or about yours"),
    ("CERT ADD", "lets the certificate that you use now sign in to your account"),
    ("CERT DEL <fingerprint>", "takes that away from a certificate"),
    ("CERT LIST", "lists the certificates of your account"),
    ("SET ALWAYS-ON <on, off or default>", "lets you stay present when your last connection ends, or not"),
    ("DROP <password>", "deletes your account"),
    ("SAREGISTER <account> <password>", "for operators: creates an account for somebody"),
    ("SUSPEND <account> [<reason>]", "for operators: lets nobody sign in to an account"),
    ("UNSUSPEND <account>", "for operators: lets its person sign in again"),
    ("SADROP <account>", "for operators: deletes an account"),
    ("HELP", "lists these commands"),
];

/// Handles the words of a command to the service.
pub(crate) fn run(context: &mut Context<'_>, words: &[&str]) -> Result<(), Refusal> {
    let settings = context.settings.accounts.as_ref();
    let settings = settings.ok_or(Refusal::UnknownCommand(CommandName::Nickserv))?;
    context.me()?;
    let (command, words) = words.split_first().map_or(("HELP", words), |(command, words)| (*command, words));
    match (command.to_ascii_uppercase().as_str(), words) {
        ("HELP", _) => help(context),
        ("REGISTER", [password]) => register(context, settings, password),
        ("IDENTIFY" | "LOGIN" | "ID", [password]) => identify(context, None, password),
        ("IDENTIFY" | "LOGIN" | "ID", [account, password]) => identify(context, Some(account), password),
        ("LOGOUT", _) => devices::log_out(context),
        ("DEVICES" | "SESSIONS" | "CLIENTS", words) => devices::run(context, words),
        ("APPPASS" | "APPPASSWORD", words) => app_passwords::run(context, words),
        ("GHOST" | "RECOVER" | "RELEASE" | "REGAIN", words) => devices::take_back(context, words),
        ("PASSWD", [password, new]) => set_password(context, settings, password, new),
        ("SET", [what, password, new]) if what.eq_ignore_ascii_case("PASSWORD") => {
            set_password(context, settings, password, new)
        }
        ("SET", [what, ..]) if what.eq_ignore_ascii_case("PASSWORD") => {
            tell(context, "Say the password of your account first: SET PASSWORD <password> <new password>");
            Ok(())
        }
        ("DROP" | "UNREGISTER", [password]) => {
            let own = own_account(context)?;
            confirm(context, own, password, Confirmed::Delete);
            Ok(())
        }
        ("SET", [name, value]) if name.eq_ignore_ascii_case("ALWAYS-ON") => {
            let wish = match value.to_ascii_lowercase().as_str() {
                "on" | "true" | "yes" => Some(true),
                "off" | "false" | "no" => Some(false),
                "default" => None,
                _ => {
                    tell(context, "SET ALWAYS-ON takes on, off or default");
                    return Ok(());
                }
            };
            let own = own_account(context)?;
            let edit = AccountEdit::Change(AccountChange::AlwaysOn(wish));
            let change = ChangeAccount { asker: AccountAsker::Person, name: own.name.clone(), edit };
            context.propose(EntryCommand::ChangeAccount(Box::new(change)));
            Ok(())
        }
        ("INFO", words) => info(context, words.first().copied()),
        ("CERT", words) => certificates(context, words),
        ("SAREGISTER", [account, password]) => {
            context.me()?.1.privileged(Privileges::ACCOUNTS)?;
            let name = context.network.new_account_name(account);
            let name = name.ok_or_else(|| AccountFault::BadName.of(AnswerBy::Service, *account))?;
            register::begin(context, settings, Wanted { name, password, asker: AccountAsker::Operator })
        }
        ("SUSPEND", [account, why @ ..]) => {
            by_operator(context, account, AccountEdit::Change(AccountChange::Suspended(Some(why.join(" ")))))
        }
        ("UNSUSPEND", [account]) => {
            by_operator(context, account, AccountEdit::Change(AccountChange::Suspended(None)))
        }
        ("SADROP", [account]) => by_operator(context, account, AccountEdit::Delete),
        _ => {
            // Not the words themselves: a password may be among them.
            not_understood(context);
            Ok(())
        }
    }
}

fn not_understood(context: &mut Context<'_>) {
    tell(
        context,
        "NickServ does not understand that, or a word is missing or too many; NICKSERV HELP lists what it can do",
    );
}

fn tell(context: &mut Context<'_>, text: &str) {
    let line = service::notice(service::NICKSERV, &context.settings.name, &context.target(), text);
    context.line(line);
}

#[expect(clippy::unnecessary_wraps, reason = "every command has the same form")]
fn help(context: &mut Context<'_>) -> Result<(), Refusal> {
    tell(context, "NickServ takes these commands, as NICKSERV <command> or as a message:");
    for (syntax, help) in HELP {
        tell(context, &format!("{syntax}: {help}"));
    }
    Ok(())
}

fn register(context: &mut Context<'_>, settings: &AccountSettings, password: &str) -> Result<(), Refusal> {
    let (_, me) = context.me()?;
    let nick = me.nick().as_str();
    let fault = |fault: AccountFault| fault.of(AccountAsker::Person, nick);
    let registration = settings.registration.ok_or_else(|| fault(AccountFault::RegistrationClosed))?;
    if registration.email_required {
        return Err(fault(AccountFault::EmailNeeded));
    }
    if let Some(account) = me.account() {
        return Err(fault(AccountFault::SignedIn(account.to_string())));
    }
    let name = AccountName::kept(nick).map_err(|_| fault(AccountFault::BadName))?;
    register::begin(context, settings, Wanted { name, password, asker: AccountAsker::Person })
}

fn identify(context: &mut Context<'_>, account: Option<&str>, password: &str) -> Result<(), Refusal> {
    let (_, me) = context.me()?;
    let (account, device) = device::split(account.unwrap_or(me.nick().as_str()));
    let given = Given { account, device, password, or_servers: None };
    authenticate::compare(context, given, AnswerBy::Service)
}

fn set_password(
    context: &mut Context<'_>,
    settings: &AccountSettings,
    password: &str,
    new: &str,
) -> Result<(), Refusal> {
    let own = own_account(context)?;
    let checked = settings.check_password(new);
    checked.map_err(|why| AccountFault::from(why).of(AnswerBy::Service, ""))?;
    confirm(context, own, password, Confirmed::NewPassword(Secret::new(new.to_owned())));
    Ok(())
}

/// The account that the sender is signed in to.
fn own_account<'n>(context: &Context<'n>) -> Result<&'n AccountState, Refusal> {
    let (_, me) = context.me()?;
    let account = me.account().and_then(|account| context.network.account(account));
    account.ok_or_else(|| AccountFault::NotSignedIn.of(AnswerBy::Service, ""))
}

/// Has the password of the sender's account compared before something that only its person may do.
fn confirm(context: &mut Context<'_>, own: &AccountState, password: &str, then: Confirmed) {
    let question = Question::Password {
        of: PasswordOf::Account {
            name: own.name.to_string(),
            hash: own.password.as_ref().map(|proof| proof.hash.clone()),
        },
        password: Secret::new(password.to_owned()),
    };
    context.ask(question, Exchange::Account(Box::new(AccountExchange::Confirm { id: own.id, then })));
}

fn info(context: &mut Context<'_>, account: Option<&str>) -> Result<(), Refusal> {
    let account = match account {
        Some(name) => context.network.account_called(name),
        None => Some(own_account(context)?),
    };
    let account = account.ok_or_else(|| AccountFault::NoSuchAccount.of(AnswerBy::Service, ""))?;
    let (_, me) = context.me()?;
    let is_own = me.account() == Some(&account.name);
    let sees_all = is_own || (me.has_privilege(Privileges::ACCOUNTS) && !context.has_app_password());
    tell(context, &format!("{} was created at {}", account.name, account.created_at));
    let user = context.network.user_of_account(&account.name).and_then(|id| context.network.user(id));
    if let Some(user) = user.filter(|user| sees_all || !user.is_invisible()) {
        tell(context, &format!("{} is signed in as {}", account.name, user.nick()));
    }
    if sees_all {
        let sessions = user.map_or(0, |user| user.sessions().len());
        let password = if account.password.is_some() { "a password" } else { "no password" };
        let (certificates, app_passwords) = (account.certificates.len(), account.app_passwords.len());
        let text = format!(
            "{password}, app passwords: {app_passwords}, certificates: {certificates}, connections now: {sessions}"
        );
        tell(context, &text);
        if let Some(why) = &account.suspended {
            tell(context, &format!("suspended: {why}"));
        }
    }
    Ok(())
}

fn certificates(context: &mut Context<'_>, words: &[&str]) -> Result<(), Refusal> {
    let own = own_account(context)?;
    let (command, given) = (words.first().copied().unwrap_or("LIST"), words.get(1).copied());
    let parse = |text: &str| {
        Fingerprint::parse(text).ok_or_else(|| AccountFault::BadFingerprint.of(AnswerBy::Service, ""))
    };
    let change = match (command.to_ascii_uppercase().as_str(), given) {
        ("ADD", given) => {
            let shown = context.session.peer.certificate.as_deref().copied().map(Fingerprint);
            // Only whoever has its key can show it, so nobody can claim the certificate of another.
            let certificate = shown.filter(|shown| given.is_none_or(|given| parse(given) == Ok(*shown)));
            let certificate =
                certificate.ok_or_else(|| AccountFault::NoCertificate.of(AnswerBy::Service, ""))?;
            AccountChange::CertificateAdded(certificate)
        }
        ("DEL" | "REMOVE", Some(text)) => AccountChange::CertificateRemoved(parse(text)?),
        _ => {
            for certificate in &own.certificates {
                tell(context, &certificate.to_string());
            }
            tell(context, &format!("certificates of {}: {}", own.name, own.certificates.len()));
            return Ok(());
        }
    };
    let (asker, edit) = (AccountAsker::Person, AccountEdit::Change(change));
    let change = ChangeAccount { asker, name: own.name.clone(), edit };
    context.propose(EntryCommand::ChangeAccount(Box::new(change)));
    Ok(())
}

fn by_operator(context: &mut Context<'_>, account: &str, edit: AccountEdit) -> Result<(), Refusal> {
    context.me()?.1.privileged(Privileges::ACCOUNTS)?;
    let account = context.network.account_called(account);
    let account = account.ok_or_else(|| AccountFault::NoSuchAccount.of(AnswerBy::Service, ""))?;
    let change = ChangeAccount { asker: AccountAsker::Operator, name: account.name.clone(), edit };
    context.propose(EntryCommand::ChangeAccount(Box::new(change)));
    Ok(())
}
