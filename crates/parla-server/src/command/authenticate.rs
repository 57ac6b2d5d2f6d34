//! AUTHENTICATE: signing in to an account with SASL. <https://ircv3.net/specs/extensions/sasl-3.2>
//!
//! A client may do this at any time, also when it is registered. Passwords are compared by the daemon. Neither
//! an answer nor its timing reveals which accounts exist.

use parla_proto::{AccountName, Line, Reply, command::Authenticate};

use crate::{
    base::{
        scram::{self, Challenge, ClientFirst},
        secret::Secret,
        settings::Mechanism,
    },
    context::Context,
    contract::{
        note::Noted,
        question::{PasswordOf, Question},
    },
    network::{
        Network,
        account::{AccountId, AccountState, Fingerprint},
        app_password::{AppPassword, Proved},
        device,
        refusal::{
            Refusal,
            account::{AccountFault, AnswerBy},
        },
    },
    session::{
        pause::{AccountExchange, Exchange},
        sasl::{self, Received, Sasl, Step},
    },
};

pub(crate) fn run(context: &mut Context<'_>, authenticate: &Authenticate<'_>) -> Result<(), Refusal> {
    let data = authenticate.data;
    let Some(accounts) = &context.settings.accounts else {
        context.reply(Reply::SaslFailed { why: "SASL authentication failed: this server has no accounts" });
        return Ok(());
    };
    let exchange = context.session.sasl.take();
    if data == "*" {
        context.reply(Reply::SaslAborted {});
        return Ok(());
    }
    let Some(mut sasl) = exchange else {
        let Some(mechanism) = Mechanism::named(data).filter(|known| accounts.mechanisms.contains(known))
        else {
            let names: Vec<&str> = accounts.mechanisms.iter().map(|mechanism| mechanism.name()).collect();
            context.reply(Reply::SaslMechanisms { mechanisms: &names.join(",") });
            context
                .reply(Reply::SaslFailed { why: "SASL authentication failed: there is no such mechanism" });
            return Ok(());
        };
        context.session.sasl = Some(Box::new(Sasl::new(mechanism)));
        context.line(Line::bare("AUTHENTICATE").param("+").finish());
        return Ok(());
    };
    match sasl.receive(data) {
        Received::Part => context.session.sasl = Some(sasl),
        Received::PartTooLong => context.reply(Reply::SaslTooLong {}),
        Received::Malformed => return Err(AccountFault::BadMessage.of(AnswerBy::Sasl, "")),
        Received::Whole(message) => return step(context, *sasl, &message),
    }
    Ok(())
}

/// Goes on with the exchange after a whole message of the client.
fn step(context: &mut Context<'_>, sasl: Sasl, message: &[u8]) -> Result<(), Refusal> {
    let malformed = || AccountFault::BadMessage.of(AnswerBy::Sasl, "");
    let message = std::str::from_utf8(message).map_err(|_| malformed())?;
    match (sasl.mechanism, sasl.step) {
        (Mechanism::Plain, _) => plain(context, message),
        (Mechanism::External, _) => external(context, message),
        (Mechanism::ScramSha256, Step::First) => {
            let first = ClientFirst::parse(message).ok_or_else(malformed)?;
            let (account, _) = device::split(&first.account);
            if first.acts_as.as_ref().is_some_and(|other| !is_same(other, account)) {
                return fail(context, account, Mechanism::ScramSha256);
            }
            let question = Question::Nonce { account: context.network.canonical(account) };
            context.ask(question, Exchange::Account(Box::new(AccountExchange::Nonce(first))));
            Ok(())
        }
        (Mechanism::ScramSha256, Step::Challenged { account, device, id, challenge }) => {
            let is_current = |id: &AccountId| challenged(context.network, *id, &challenge).is_some();
            let Some((id, answer)) = id.filter(is_current).zip(challenge.verify(message)) else {
                return fail(context, &account, Mechanism::ScramSha256);
            };
            let step = Step::Proved { id, device, challenge };
            context.session.sasl = Some(Box::new(Sasl::at(Mechanism::ScramSha256, step)));
            for line in sasl::lines(&answer) {
                context.line(line);
            }
            Ok(())
        }
        (Mechanism::ScramSha256, Step::Proved { id, device, challenge }) => {
            match challenged(context.network, id, &challenge) {
                Some(account) => {
                    sign_in(context, account, Proved { device, app_password: None }, AnswerBy::Sasl)
                }
                None => fail(context, "", Mechanism::ScramSha256),
            }
        }
    }
}

/// The account whose password a challenge is about, unless the password has been changed since.
fn challenged<'n>(network: &'n Network, id: AccountId, challenge: &Challenge) -> Option<&'n AccountState> {
    let account = network.account_by_id(id)?;
    account.password.as_ref().filter(|password| challenge.is_of(&password.scram)).and(Some(account))
}

/// A message of the account to act as, the account and its password, separated by NULs.
fn plain(context: &mut Context<'_>, message: &str) -> Result<(), Refusal> {
    let parts: Vec<&str> = message.split('\0').collect();
    let [acts_as, account, password] = *parts.as_slice() else {
        return Err(AccountFault::BadMessage.of(AnswerBy::Sasl, ""));
    };
    let (account, device) = device::split(account);
    if account.is_empty() || password.is_empty() || !(acts_as.is_empty() || is_same(acts_as, account)) {
        return fail(context, account, Mechanism::Plain);
    }
    compare(context, Given { account, device, password, or_servers: None }, AnswerBy::Sasl)
}

/// What a client gave to sign in.
pub(crate) struct Given<'a> {
    pub(crate) account: &'a str,
    /// What it calls itself.
    pub(crate) device: Option<String>,
    pub(crate) password: &'a str,
    /// If it may also be the server's own password: all that the client gave.
    pub(crate) or_servers: Option<Secret>,
}

/// Signs the session in if it gave an app password. Any other password is compared first, which takes time.
pub(crate) fn compare(context: &mut Context<'_>, given: Given<'_>, way: AnswerBy) -> Result<(), Refusal> {
    let Given { account, device, password, or_servers } = given;
    let found = context.network.account_called(account);
    let by_app = AppPassword::hash(password).zip(found).and_then(|(hash, account)| {
        let mut known = account.app_passwords.iter();
        // What is compared are hashes, so how long that takes says nothing of use.
        Some((account, known.find(|known| known.hash == hash)?.id))
    });
    if let Some((account, id)) = by_app {
        return sign_in(context, account, Proved { device, app_password: Some(id) }, way);
    }
    let hash = found.and_then(|account| account.password.as_ref()).map(|proof| proof.hash.clone());
    let (id, name) = (found.map(|account| account.id), context.network.canonical(account));
    let question = Question::Password {
        of: PasswordOf::Account { name: name.clone(), hash: hash.clone() },
        password: Secret::new(password.to_owned()),
    };
    let exchange = AccountExchange::SignIn { name, id, hash, way, device, or_servers };
    context.ask(question, Exchange::Account(Box::new(exchange)));
    Ok(())
}

/// The certificate says who it is; the message, if it is not empty, as whom they want to act.
fn external(context: &mut Context<'_>, acts_as: &str) -> Result<(), Refusal> {
    let certificate = context.session.peer.certificate.as_deref().copied();
    let Some(certificate) = certificate else {
        return Err(AccountFault::NoCertificate.of(AnswerBy::Sasl, ""));
    };
    let (acts_as, device) = device::split(acts_as);
    let found = context.network.account_of_certificate(&Fingerprint(certificate));
    match found.filter(|account| acts_as.is_empty() || is_same(acts_as, account.name.as_str())) {
        Some(account) => sign_in(context, account, Proved { device, app_password: None }, AnswerBy::Sasl),
        None => {
            count_failure(context, acts_as, Mechanism::External);
            Err(AccountFault::UnknownCertificate.of(AnswerBy::Sasl, ""))
        }
    }
}

/// Whether two texts name the same account.
fn is_same(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(|name| AccountName::kept(device::split(name).0));
    one.is_ok() && one == other
}

fn fail(context: &mut Context<'_>, account: &str, by: Mechanism) -> Result<(), Refusal> {
    count_failure(context, account, by);
    Err(AccountFault::WrongPassword.of(AnswerBy::Sasl, ""))
}

/// Counts a failure that the daemon does not know of. Ends the connection after many.
fn count_failure(context: &mut Context<'_>, account: &str, by: Mechanism) {
    let account = context.network.known_account(account);
    let noted = Noted::SignInFailed { account, by: by.name(), was_compared: false };
    context.note(noted);
    *context.close = context.session.count_sign_in_failure().map(str::to_owned);
}

/// Signs the session in to an account that it has proved to be its own.
fn sign_in(
    context: &mut Context<'_>,
    account: &AccountState,
    proved: Proved,
    way: AnswerBy,
) -> Result<(), Refusal> {
    super::sign_in::may_sign_in(account, way)?;
    let by_app_password = proved.app_password.is_some();
    context.note(Noted::SignedIn { account: account.name.to_string(), by_app_password });
    match context.session.registration() {
        Some(registration) => {
            (registration.account, registration.proved) = (Some(account.id), proved);
            let source = context.session.source(context.network);
            context.reply(Reply::LoggedIn { source: &source, account: account.name.as_str() });
            if way == AnswerBy::Sasl {
                context.reply(Reply::SaslSuccess {});
            }
        }
        None => super::account::propose(context, account.id, proved, way),
    }
    Ok(())
}

/// What an account has for SCRAM; if there is no such account, or it has no password, something that looks
/// the same.
pub(crate) fn scram_proof(account: Option<&AccountState>, key: &[u8], canonical: &str) -> scram::ScramProof {
    let known = account.and_then(|account| account.password.as_ref()).map(|proof| proof.scram.clone());
    known.unwrap_or_else(|| scram::pretended(key, canonical))
}
