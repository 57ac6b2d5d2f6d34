//! Accounts: what the daemon's answers about passwords lead to, and the administrator's requests.

use parla_proto::{
    AccountName, FailCode, Reply,
    reply::{Severity, StandardReply},
};

use super::Server;
use crate::{
    base::{connection::ConnectionId, limits::ADMIN_ACCOUNTS_MAX, secret::Secret, settings::Mechanism},
    command::{self, authenticate},
    contract::{
        administration::{AccountDetails, AccountSummary, AdminAnswer, DeviceSummary},
        note::Noted,
        output::Outputs,
        question::{Answer, NotCompared, Question, Verdict},
    },
    network::{
        account::{AccountChange, AccountId, AccountState, PasswordProof},
        app_password::{AppPassword, Proved},
        device::{self, Device},
        entry::{
            AccountAsker, AccountEdit, ChangeAccount, CreateAccount, EntryCommand, Proposer, SignIn, SignOut,
            WhichDevices,
        },
        refusal::account::{AccountFault, AnswerBy},
        user::User,
    },
    session::{
        Password,
        pause::{AccountExchange, Asking, Confirmed, Exchange},
        sasl::{self, Sasl, Step},
    },
};

/// Somebody who has given a password to sign in.
struct Comer {
    connection: ConnectionId,
    /// The account's name, as the client wrote it.
    name: String,
    /// `None` if there is no such account.
    id: Option<AccountId>,
    /// What was kept of its password when the comparison began.
    hash: Option<Box<str>>,
    way: AnswerBy,
    /// What it calls itself.
    device: Option<String>,
    or_servers: Option<Secret>,
}

/// An app password that the daemon has made.
struct NewAppPassword {
    name: String,
    password: Secret,
}

impl Server {
    /// Goes on with something about an account after the daemon's answer.
    pub(super) fn account_answered(
        &mut self,
        connection: ConnectionId,
        exchange: AccountExchange,
        answer: Answer,
        out: &mut Outputs,
    ) {
        match (exchange, answer) {
            (
                AccountExchange::SignIn { name, id, hash, way, device, or_servers },
                Answer::Password(verdict),
            ) => {
                let comer = Comer { connection, name, id, hash, way, device, or_servers };
                self.password_compared(comer, verdict, out);
            }
            (AccountExchange::Nonce(first), Answer::Nonce(Ok(nonce))) => {
                let (name, device) = device::split(&first.account);
                let account = self.network.account_called(name);
                let key = self.network.settings.message_ids.secret();
                let canonical = self.network.canonical(name);
                let proof = authenticate::scram_proof(account, &key, &canonical);
                let (account, id) = (name.to_owned(), account.map(|account| account.id));
                let (message, challenge) = first.challenge(&nonce, proof);
                let Some(session) = self.sessions.get_mut(connection) else { return };
                let step = Step::Challenged { account, device, id, challenge: Box::new(challenge) };
                session.sasl = Some(Box::new(Sasl::at(Mechanism::ScramSha256, step)));
                for line in sasl::lines(&message) {
                    session.send(line.into(), out);
                }
            }
            (AccountExchange::Nonce(_), Answer::Nonce(Err(why))) => {
                self.must_wait(connection, why, AnswerBy::Sasl, out);
            }
            (AccountExchange::Create { name, asker }, Answer::NewPassword(Ok(password))) => {
                let Some(session) = self.sessions.get(connection) else { return };
                let is_own = asker != AccountAsker::Operator;
                let invitation = session.invitation.filter(|_| is_own);
                let address = Some(session.peer.address).filter(|_| is_own && !session.peer.unthrottled);
                let by = Proposer { session: Some(connection), actor: session.user() };
                let create = CreateAccount { asker, name, password: *password, invitation, address };
                self.submit_if_kept(by, EntryCommand::CreateAccount(Box::new(create)), out);
            }
            (AccountExchange::Create { asker, .. }, Answer::NewPassword(Err(why))) => {
                self.must_wait(connection, why, asker.into(), out);
            }
            (AccountExchange::NewPassword { id }, Answer::NewPassword(Ok(password))) => {
                let edit = AccountEdit::Change(AccountChange::Password(Some(*password)));
                self.change_own(connection, id, edit, out);
            }
            (AccountExchange::NewPassword { .. }, Answer::NewPassword(Err(why))) => {
                self.must_wait(connection, why, AnswerBy::Service, out);
            }
            (AccountExchange::AppPassword { id, name }, Answer::AppPassword(Ok(password))) => {
                self.app_password_made(connection, id, NewAppPassword { name, password }, out);
            }
            (AccountExchange::AppPassword { .. }, Answer::AppPassword(Err(why))) => {
                self.must_wait(connection, why, AnswerBy::Service, out);
            }
            (AccountExchange::Confirm { id, then }, Answer::Password(verdict)) => {
                self.confirmed(connection, id, (then, verdict), out);
            }
            // This would be the daemon's mistake; the session continues as if it had not asked.
            (exchange, answer) => debug_assert!(false, "{answer:?} is no answer to {exchange:?}"),
        }
    }

    fn must_wait(&mut self, connection: ConnectionId, why: NotCompared, way: AnswerBy, out: &mut Outputs) {
        self.refuse(connection, &AccountFault::Wait(why.to_string()).of(way, ""), out);
    }

    /// Signs a session in if its password was right.
    fn password_compared(&mut self, comer: Comer, verdict: Verdict, out: &mut Outputs) {
        let Comer { connection, name, id, hash, way, device, or_servers } = comer;
        // The password may have been changed meanwhile.
        let is_current = |account: &&AccountState| {
            account.password.as_ref().map(|password| &password.hash) == hash.as_ref()
        };
        let account = match verdict {
            Verdict::Right => id.and_then(|id| self.network.account_by_id(id)).filter(is_current),
            Verdict::Wrong => None,
            Verdict::NotCompared(why) => return self.must_wait(connection, why, way, out),
        };
        let Some(account) = account else {
            let by = match way {
                AnswerBy::Sasl => Mechanism::Plain.name(),
                AnswerBy::Pass => "PASS",
                AnswerBy::Service | AnswerBy::ChanServ | AnswerBy::Fail(_) => "NICKSERV",
            };
            let account = self.network.known_account(&name);
            self.note(connection, Noted::SignInFailed { account, by, was_compared: true }, out);
            let registration = self.sessions.get_mut(connection).and_then(|session| session.registration());
            // It may be the server's own password: it is compared with that before the client is let in.
            if let Some((password, registration)) = or_servers.zip(registration) {
                registration.password = Password::Given(password);
            } else {
                self.refuse(connection, &AccountFault::WrongPassword.of(way, name), out);
            }
            return self.count_sign_in_failure(connection, out);
        };
        if let Err(refusal) = command::sign_in::may_sign_in(account, way) {
            return self.refuse(connection, &refusal, out);
        }
        let (id, account) = (account.id, account.name.clone());
        self.note(connection, Noted::SignedIn { account: account.to_string(), by_app_password: false }, out);
        let Some(session) = self.sessions.get_mut(connection) else { return };
        let actor = session.user();
        let proved = Proved { device, app_password: None };
        if let Some(registration) = session.registration() {
            (registration.account, registration.proved) = (Some(id), proved);
            let source = session.source(&self.network);
            self.reply(connection, Reply::LoggedIn { source: &source, account: account.as_str() }, out);
            if way == AnswerBy::Sasl {
                self.reply(connection, Reply::SaslSuccess {}, out);
            }
            return;
        }
        let sign_in = Box::new(SignIn { account: id, by_sasl: way == AnswerBy::Sasl, proved });
        self.submit(Proposer { session: Some(connection), actor }, EntryCommand::Account(sign_in), out);
    }

    /// Has an app password kept, of which nothing but its hash is, and shows it to whoever asked for it.
    fn app_password_made(
        &mut self,
        connection: ConnectionId,
        id: AccountId,
        NewAppPassword { name, password }: NewAppPassword,
        out: &mut Outputs,
    ) {
        let Some(hash) = AppPassword::hash(password.reveal()) else {
            debug_assert!(false, "the daemon makes app passwords as they are defined");
            return;
        };
        let Some(session) = self.sessions.get_mut(connection) else { return };
        session.new_app_password = Some(Box::new(password));
        let added = AppPassword::new(name, hash);
        self.change_own(connection, id, AccountEdit::Change(AccountChange::AppPasswordAdded(added)), out);
    }

    fn count_sign_in_failure(&mut self, connection: ConnectionId, out: &mut Outputs) {
        let session = self.sessions.get_mut(connection);
        if let Some(error) = session.and_then(|session| session.count_sign_in_failure()) {
            self.end(connection, Some(error), None, out);
        }
    }

    /// Does what a user wanted to do with their account, if the password that they gave again was right.
    fn confirmed(
        &mut self,
        connection: ConnectionId,
        id: AccountId,
        (then, verdict): (Confirmed, Verdict),
        out: &mut Outputs,
    ) {
        match (verdict, then) {
            (Verdict::Right, Confirmed::Delete) => self.change_own(connection, id, AccountEdit::Delete, out),
            (Verdict::Right, Confirmed::NewPassword(password)) => {
                let exchange = Exchange::Account(Box::new(AccountExchange::NewPassword { id }));
                self.ask(connection, Asking { question: Question::NewPassword(password), exchange }, out);
            }
            (Verdict::Wrong, _) => {
                self.refuse(connection, &AccountFault::WrongPassword.of(AnswerBy::Service, ""), out);
                self.count_sign_in_failure(connection, out);
            }
            (Verdict::NotCompared(why), _) => self.must_wait(connection, why, AnswerBy::Service, out),
        }
    }

    /// Proposes a change of the account of this session's user.
    fn change_own(&mut self, connection: ConnectionId, id: AccountId, edit: AccountEdit, out: &mut Outputs) {
        let actor = self.sessions.get(connection).and_then(|session| session.user());
        let by = Proposer { session: Some(connection), actor };
        let Some(account) = self.network.account_by_id(id) else {
            let refusal = AccountFault::NoSuchAccount.of(AnswerBy::Service, "");
            return self.refuse(connection, &refusal, out);
        };
        let change = ChangeAccount { asker: AccountAsker::Person, name: account.name.clone(), edit };
        self.submit_if_kept(by, EntryCommand::ChangeAccount(Box::new(change)), out);
    }

    /// Submits a command unless the disk is too full for what it must keep.
    fn submit_if_kept(&mut self, by: Proposer, command: EntryCommand, out: &mut Outputs) {
        match (self.refusal_for_full_disk(by, &command), by.session) {
            (Some(refusal), Some(connection)) => self.refuse(connection, &refusal, out),
            _ => self.submit(by, command, out),
        }
    }

    /// Signs a client in that has created an account before it was registered.
    pub(super) fn signed_up(&mut self, connection: ConnectionId, account: &AccountName) {
        let account = self.network.account(account).map(|account| account.id);
        let Some(session) = self.sessions.get_mut(connection) else { return };
        session.invitation = None;
        if let Some(registration) = session.registration() {
            registration.account = account;
        }
    }

    /// Ends a client that has to sign in and did not.
    pub(super) fn require_account(&mut self, connection: ConnectionId, out: &mut Outputs) {
        let why = "This server is only for people who are signed in to an account";
        let (severity, code) = (Severity::Fail, FailCode::AccountRequired);
        let reply = StandardReply { severity, command: "*", code, context: &[], description: why };
        let line = reply.encode(&self.network.settings.name);
        self.sessions.send(connection, line.into(), out);
        self.end(connection, Some(why), None, out);
    }

    pub(super) fn account_summaries(&self, after: Option<&str>) -> AdminAnswer {
        let after = after.map(AccountName::kept).transpose();
        let Ok(after) = after else {
            return AdminAnswer::Refused("No account can have the name after which to begin".to_owned());
        };
        let mut accounts = self.network.accounts_after(after.as_ref()).map(|account| self.summary(account));
        let page = accounts.by_ref().take(ADMIN_ACCOUNTS_MAX).collect();
        AdminAnswer::Accounts { accounts: page, has_more: accounts.next().is_some() }
    }

    fn summary(&self, account: &AccountState) -> AccountSummary {
        AccountSummary {
            name: account.name.to_string(),
            created_at: account.created_at,
            is_present: self.network.user_of_account(&account.name).is_some(),
            suspended: account.suspended.clone(),
        }
    }

    pub(super) fn account_details(&self, name: &str) -> AdminAnswer {
        let Some(account) = self.network.account_called(name) else {
            return AdminAnswer::Refused(format!("{name}: There is no account with this name"));
        };
        let user = self.network.user_of_account(&account.name).and_then(|id| self.network.user(id));
        let device = |device: &Device| DeviceSummary {
            number: device.number,
            name: device.name(account).map(str::to_owned),
            is_by_app_password: device.proved.app_password.is_some(),
            address: device.address,
            since: device.since,
            spoke_at: device.spoke_at,
        };
        AdminAnswer::Account(Box::new(AccountDetails {
            id: account.id,
            summary: self.summary(account),
            has_password: account.password.is_some(),
            certificates: account.certificates.clone(),
            user: user.map(|user| user.source().to_owned()),
            sessions: user.map_or(0, |user| user.sessions().len()),
            devices: user.map(User::devices).unwrap_or_default().iter().map(device).collect(),
            app_passwords: account.app_passwords.clone(),
        }))
    }

    pub(super) fn sign_out(
        &self,
        id: u64,
        name: &str,
        which: WhichDevices,
    ) -> Result<EntryCommand, AdminAnswer> {
        let Some(account) = self.network.account_called(name) else {
            return Err(AdminAnswer::Refused(format!("{name}: There is no account with this name")));
        };
        let asker = AccountAsker::Administrator(id);
        Ok(EntryCommand::SignOut(Box::new(SignOut { asker, account: account.name.clone(), which })))
    }

    pub(super) fn new_account(
        &self,
        id: u64,
        name: &str,
        password: PasswordProof,
    ) -> Result<EntryCommand, AdminAnswer> {
        let name = self.readable_name(name)?;
        let asker = AccountAsker::Administrator(id);
        let create = CreateAccount { asker, name, password, invitation: None, address: None };
        Ok(EntryCommand::CreateAccount(Box::new(create)))
    }

    pub(super) fn readable_name(&self, name: &str) -> Result<AccountName, AdminAnswer> {
        let name = self.network.new_account_name(name);
        name.ok_or_else(|| AdminAnswer::Refused("No account can have this name".to_owned()))
    }

    pub(super) fn account_edit(
        &self,
        id: u64,
        name: &str,
        edit: AccountEdit,
    ) -> Result<EntryCommand, AdminAnswer> {
        let asker = AccountAsker::Administrator(id);
        let Some(account) = self.network.account_called(name) else {
            return Err(AdminAnswer::Refused(format!("{name}: There is no account with this name")));
        };
        let change = ChangeAccount { asker, name: account.name.clone(), edit };
        Ok(EntryCommand::ChangeAccount(Box::new(change)))
    }
}
