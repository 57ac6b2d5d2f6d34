//! Lines of a session: accepted when the session is ready, then parsed and carried out.

use parla_proto::{
    Capabilities, Command, CommandName, FailCode, Message, Reply, command::BadCommand, limits,
    message::ParseError, mode::UserModes, reply, tag::Tags,
};

use super::Server;
use crate::{
    base::{
        connection::{ConnectionId, Disconnect},
        limits::BAD_LINES_MAX,
    },
    command,
    context::Context,
    contract::{
        output::{Output, Outputs},
        question::{PasswordOf, QueryResult, Question},
    },
    network::{
        entry::{EntryCommand, Proposer},
        refusal::Refusal,
    },
    session::{
        Password, State, UserNames,
        long_answer::{self, Moment},
        pause::{Asking, Exchange, Until, WaitingLine},
        response::Response,
    },
};

impl Server {
    /// Handles a line that arrived, or keeps it if the session is waiting.
    pub(super) fn receive(&mut self, connection: ConnectionId, line: WaitingLine, out: &mut Outputs) {
        let now = self.now;
        let Some(session) = self.sessions.get_mut(connection) else { return };
        session.heard_at = now;
        session.pinged_at = None;
        match &mut session.pause {
            Some(pause) => pause.lines.push_back(line),
            None => self.handle_if_allowed(connection, line, out),
        }
    }

    /// Handles waiting lines after a pause, until the next one.
    pub(super) fn resume(&mut self, connection: ConnectionId, out: &mut Outputs) {
        let Some(session) = self.sessions.get_mut(connection) else { return };
        // The rest of a long answer comes first, because it was requested before these lines.
        session.wait_if_behind(self.machine.portion_bytes, out);
        if session.waits_until_sent() {
            return self.set_timers(connection);
        }
        let Some(mut pause) = session.pause.take() else { return };
        while let Some(line) = pause.lines.pop_front() {
            self.handle_if_allowed(connection, line, out);
            let Some(session) = self.sessions.get_mut(connection) else { return };
            if let Some(next) = &mut session.pause {
                next.lines.append(&mut pause.lines);
                break;
            }
        }
        // The time-outs of a session that waited for us were suspended.
        self.set_timers(connection);
    }

    /// The client has been sent everything, so it gets the next portion of its long answer, or its next line
    /// is handled.
    pub(super) fn sent(&mut self, connection: ConnectionId, out: &mut Outputs) {
        let now = self.now;
        let Some(session) = self.sessions.get_mut(connection) else { return };
        if !session.waits_until_sent() {
            return;
        }
        if let Some(asking) = session.take_asking(now) {
            return self.ask_if_still_allowed(connection, *asking, out);
        }
        if let Err(ready_at) = session.pay(now) {
            session.pause(Until::Time(ready_at));
            return self.set_timers(connection);
        }
        let moment = Moment { network: &self.network, machine: &self.machine, now };
        long_answer::go_on(moment, session, out);
        if !session.owes_answers() {
            self.go_on(connection, out);
        }
    }

    /// Asks the store now that the client has been sent everything. The client may have left the channel that
    /// it asked about.
    fn ask_if_still_allowed(&mut self, connection: ConnectionId, asking: Asking, out: &mut Outputs) {
        let Some(session) = self.sessions.get_mut(connection) else { return };
        if let Exchange::Redaction { conversation, redaction } = &asking.exchange
            && let Err(refusal) =
                command::redact::still_allowed(&self.network, session.user(), conversation, redaction)
        {
            self.refuse(connection, &refusal, out);
            return self.go_on(connection, out);
        }
        match command::chathistory::still_allowed(session, (&self.network, self.now), asking) {
            Ok(asking) => self.ask(connection, asking, out),
            Err(question) => {
                let nothing = Some(QueryResult::History(Vec::new()));
                let moment = Moment { network: &self.network, machine: &self.machine, now: self.now };
                command::chathistory::answer(session, moment, question, nothing, out);
                self.go_on(connection, out);
            }
        }
    }

    /// Continues after an answer, unless the session must wait for another one, or for its own proposals to
    /// come back from the log.
    pub(super) fn go_on(&mut self, connection: ConnectionId, out: &mut Outputs) {
        self.finish_response(connection, out);
        let Some(session) = self.sessions.get(connection) else { return };
        if !session.waits_for_us() {
            self.resume(connection, out);
        }
    }

    /// Handles a line if the session's allowance has room for it.
    fn handle_if_allowed(&mut self, connection: ConnectionId, line: WaitingLine, out: &mut Outputs) {
        let now = self.now;
        let Some(session) = self.sessions.get_mut(connection) else { return };
        if matches!(line, WaitingLine::End) {
            return self.end(connection, None, Some(Disconnect::Closed.reason()), out);
        }
        if let Err(ready_at) = session.take_line(&line, now) {
            session.pause(Until::Time(ready_at));
            if let Some(pause) = &mut session.pause {
                pause.lines.push_front(line);
            }
            self.set_timers(connection);
            return;
        }
        let bytes = if let WaitingLine::Line(line) = &line { line.len() } else { 0 };
        out.outputs.push(Output::LineTaken { connection, bytes });
        match line {
            WaitingLine::Line(line) => self.handle_line(connection, &line, out),
            WaitingLine::TooLong => {
                self.reply(connection, Reply::InputTooLong {}, out);
                self.spoil_batch(connection, out);
            }
            WaitingLine::Endless => self.end(connection, Some("ReadQ exceeded"), None, out),
            // It has cost as much as a line, and there is nothing to do for it.
            WaitingLine::Blank | WaitingLine::End => {}
        }
        if let Some(session) = self.sessions.get_mut(connection) {
            session.wait_if_behind(self.machine.portion_bytes, out);
        }
    }

    fn handle_line(&mut self, connection: ConnectionId, line: &[u8], out: &mut Outputs) {
        let message = match Message::parse(line) {
            Ok(message) => message,
            Err(error) => return self.bad_line(connection, line, error, out),
        };
        if is_http(message.command) && self.is_registering(connection) {
            return self.end(connection, Some("This is IRC, not HTTP"), None, out);
        }
        self.open_response(connection, message.tags);
        if is_too_long(line, &message) {
            self.reply(connection, Reply::InputTooLong {}, out);
            self.spoil_batch(connection, out);
            return self.finish_response(connection, out);
        }
        let close = match Command::parse(&message) {
            Ok(command) => self.carry_out(connection, &command, &message, out),
            Err(BadCommand::TooFewParams(command)) => {
                self.refuse(connection, &Refusal::NeedMoreParams(command), out);
                None
            }
            Err(BadCommand::Unknown(command)) => {
                self.reply(connection, Reply::UnknownCommand { command }, out);
                self.count_bad_line(connection)
            }
        };
        if let Some(error) = close {
            if CommandName::of(&message) == Some(CommandName::Quit) {
                return self.quit(connection, &error, out);
            }
            return self.end(connection, Some(&error), None, out);
        }
        self.register_if_complete(connection, out);
        self.finish_response(connection, out);
    }

    /// Runs a command and submits its proposals. Returns the text for the client if the connection must end.
    fn carry_out(
        &mut self,
        connection: ConnectionId,
        command: &Command<'_>,
        message: &Message<'_>,
        out: &mut Outputs,
    ) -> Option<String> {
        self.statistics.count(command.facts());
        let unregistered = self.sessions.unregistered();
        let session = self.sessions.get_mut(connection)?;
        session.new_app_password = None;
        let capabilities = session.capabilities;
        let actor = session.user();
        let (mut proposals, mut close) = (Vec::new(), None);
        let mut context = Context {
            now: self.now,
            unregistered,
            statistics: &self.statistics,
            settings: &self.network.settings,
            machine: &self.machine,
            network: &self.network,
            session,
            watchers: &mut self.watchers,
            questions: &mut self.questions,
            out,
            proposals: &mut proposals,
            close: &mut close,
        };
        let result = if actor.is_none() && !command.facts().before_registration {
            Err(Refusal::NotRegistered)
        } else {
            command::run(&mut context, command, message)
        };
        if let Err(refusal) = result {
            context.refuse(&refusal);
        }
        let has_batch = context.session.batch.is_some();
        if context.session.capabilities != capabilities {
            self.sessions.refresh(connection);
        }
        if has_batch {
            self.set_timers(connection);
        }
        let by = Proposer { session: Some(connection), actor };
        proposals.retain(|proposal| {
            let refusal = self.refusal_for_full_disk(by, proposal);
            refusal.iter().for_each(|refusal| self.refuse(connection, refusal, out));
            refusal.is_none()
        });
        self.submit_all(by, proposals, out);
        close
    }

    /// Registers a session that has sent everything it must.
    pub(super) fn register_if_complete(&mut self, connection: ConnectionId, out: &mut Outputs) {
        let password_required = self.machine.password_required;
        let Some(session) = self.sessions.get_mut(connection) else { return };
        let (host, address, is_exempt) =
            (session.peer.host(), session.peer.address, session.peer.unthrottled);
        let modes = if session.peer.secure { UserModes::SECURE } else { UserModes::empty() };
        let Some(registration) = session.registration().filter(|registration| registration.is_complete())
        else {
            return;
        };
        match &registration.password {
            Password::Given(password) if password_required => {
                let question = Question::Password { of: PasswordOf::Server, password: password.clone() };
                return self.ask(connection, Asking { question, exchange: Exchange::ServerPassword }, out);
            }
            Password::NotGiven if password_required => return self.refuse_password(connection, out),
            _ => {}
        }
        let (Some(nick), Some(names)) = (registration.nick.clone(), registration.user.clone()) else {
            return;
        };
        let (account, proved) = (registration.account, registration.proved.clone());
        if account.is_none()
            && self.network.settings.accounts.as_ref().is_some_and(|accounts| accounts.required)
        {
            return self.require_account(connection, out);
        }
        let UserNames { user, realname } = names;
        registration.submitted = true;
        if session.sasl.take().is_some() {
            let aborted = Reply::SaslAborted {}.encode(&self.network.settings.name, nick.as_str());
            session.send(aborted.into(), out);
        }
        let metadata = session.metadata.as_ref().map(|metadata| metadata.early.clone()).unwrap_or_default();
        // Whoever has no account yet may still create one with it.
        let invitation = if account.is_some() { session.invitation.take() } else { None };
        let register = crate::network::entry::Register {
            nick,
            user,
            host,
            address,
            modes,
            realname,
            account,
            proved,
            invitation,
            metadata,
            is_exempt,
        };
        let by = Proposer { session: Some(connection), actor: None };
        self.submit(by, EntryCommand::Register(Box::new(register)), out);
    }

    /// Starts to collect the answer if the line has a label.
    fn open_response(&mut self, connection: ConnectionId, tags: Tags<'_>) {
        if tags.is_empty() {
            return;
        }
        let needed = Capabilities::LABELED_RESPONSE | Capabilities::BATCH;
        let Some(session) = self.sessions.get_mut(connection) else { return };
        let label = tags.get("label").filter(|label| !label.is_empty());
        if let Some(label) = label.filter(|label| label.len() <= limits::LABEL_BYTES_MAX)
            && session.capabilities.contains(needed)
        {
            session.response = Some(Box::new(Response::new(&label)));
        }
    }

    /// Sends the collected answer, unless a part of it is still to come.
    pub(super) fn finish_response(&mut self, connection: ConnectionId, out: &mut Outputs) {
        let Some(session) = self.sessions.get_mut(connection) else { return };
        let waits = !matches!(session.waits_until(), None | Some(Until::Time(_)));
        if !waits && !session.owes_answers() {
            session.send_response(&self.network.settings.name, out);
        }
    }

    pub(super) fn reply(&mut self, connection: ConnectionId, reply: Reply<'_>, out: &mut Outputs) {
        let Some(session) = self.sessions.get_mut(connection) else { return };
        let line = reply.encode(&self.network.settings.name, &session.target(&self.network));
        session.send(line.into(), out);
    }

    pub(super) fn refuse(&mut self, connection: ConnectionId, refusal: &Refusal, out: &mut Outputs) {
        if let Some(session) = self.sessions.get_mut(connection) {
            session.refuse(&self.network, refusal, out);
        }
    }

    /// Answers a line that cannot be parsed.
    fn bad_line(&mut self, connection: ConnectionId, line: &[u8], error: ParseError, out: &mut Outputs) {
        self.open_response(connection, Message::tags_of(line));
        match error {
            ParseError::NotUtf8 => {
                let reply = reply::StandardReply {
                    severity: reply::Severity::Fail,
                    command: &command_word(line),
                    code: FailCode::InvalidUtf8,
                    context: &[],
                    description: "Message rejected: it is not UTF-8. Set your client to UTF-8.",
                };
                let line = reply.encode(&self.network.settings.name);
                self.sessions.send(connection, line.into(), out);
            }
            ParseError::ControlCharacter | ParseError::NoCommand => {
                self.reply(connection, Reply::UnknownError { command: "*", why: &error.to_string() }, out);
            }
        }
        self.spoil_batch(connection, out);
        self.finish_response(connection, out);
        if let Some(error) = self.count_bad_line(connection) {
            self.end(connection, Some(&error), None, out);
        }
    }

    /// Refuses the open batch, because a line was lost that may have been part of it.
    fn spoil_batch(&mut self, connection: ConnectionId, out: &mut Outputs) {
        if let Some(session) = self.sessions.get_mut(connection) {
            command::batch::spoil(session, &self.network.settings.name, out);
        }
    }

    fn is_registering(&self, connection: ConnectionId) -> bool {
        self.sessions.get(connection).is_some_and(|session| session.user().is_none())
    }

    /// Counts an invalid line. Before registration, too many of them end the connection, with the returned
    /// text.
    fn count_bad_line(&mut self, connection: ConnectionId) -> Option<String> {
        let session = self.sessions.get_mut(connection)?;
        let State::Registering(registration) = &mut session.state else { return None };
        registration.bad_lines = registration.bad_lines.saturating_add(1);
        (registration.bad_lines >= BAD_LINES_MAX).then(|| "This does not look like IRC".to_owned())
    }
}

/// Whether a line with this first word belongs to an HTTP request: as its first line, or as a header field.
///
/// Any web page can make its visitor's browser send a request to this port with lines of IRC in the body. But
/// the browser chooses the first word, and it sends `Host:` before anything that the page controls, even if
/// the first line is too long to be read.
fn is_http(word: &str) -> bool {
    word.ends_with(':') || HTTP_METHODS.iter().any(|method| word.eq_ignore_ascii_case(method))
}

/// The methods that a request may start with. None is an IRC command that is allowed before registration.
const HTTP_METHODS: [&str; 10] =
    ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PRI", "PUT", "TRACE"];

/// Whether the tags or the rest of the line exceed what a client may send.
fn is_too_long(line: &[u8], message: &Message<'_>) -> bool {
    let tags = if message.tags.is_empty() { 0 } else { message.tags.as_str().len() + 2 };
    let rest = line.len().saturating_sub(tags) + 2;
    tags > limits::CLIENT_TAGS_BYTES_MAX || rest > limits::LINE_BYTES_MAX
}

/// The command of a line that is not valid UTF-8, as far as it can be told.
fn command_word(line: &[u8]) -> String {
    let mut words = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let command = words.find(|word| !word.starts_with(b"@") && !word.starts_with(b":"));
    let command = command.unwrap_or_default();
    let plain = !command.is_empty() && command.len() <= 16 && command.iter().all(u8::is_ascii_alphanumeric);
    if plain { String::from_utf8_lossy(command).to_ascii_uppercase() } else { "*".to_owned() }
}
