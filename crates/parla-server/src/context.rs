//! What a command may see and do while it runs: its own session, the network (read-only), and proposals to
//! change it.

pub(crate) mod rows;
pub(crate) mod statistics;

use std::collections::BTreeSet;

use parla_proto::{ChannelName, CommandName, Nick, Reply, Timestamp, reply::StandardReply};

use crate::{
    base::{
        limits::TARGETS_PER_COMMAND_MAX,
        names,
        settings::{MachineSettings, NetworkSettings},
    },
    context::statistics::Statistics,
    contract::{
        note::{Note, Noted},
        output::{Output, Outputs},
        question::Question,
    },
    network::{Network, UserId, audit::Audit, entry::EntryCommand, refusal::Refusal, user::User},
    session::{
        Session,
        long_answer::{self, LongAnswer, Moment},
        pause::{Asking, Exchange},
        questions::Questions,
        watchers::Watchers,
    },
};

/// Everything that one command of one session works with.
pub(crate) struct Context<'a> {
    pub(crate) now: Timestamp,
    /// How many connections of this machine have not registered yet.
    pub(crate) unregistered: usize,
    pub(crate) statistics: &'a Statistics,
    pub(crate) settings: &'a NetworkSettings,
    pub(crate) machine: &'a MachineSettings,
    pub(crate) network: &'a Network,
    pub(crate) session: &'a mut Session,
    /// The nicks that sessions of this machine watch.
    pub(crate) watchers: &'a mut Watchers,
    /// The questions to the daemon that are open.
    pub(crate) questions: &'a mut Questions,
    pub(crate) out: &'a mut Outputs,
    pub(crate) proposals: &'a mut Vec<EntryCommand>,
    /// Set by a command that ends the connection, with the text that the client is sent.
    pub(crate) close: &'a mut Option<String>,
}

impl<'a> Context<'a> {
    /// The user of this session.
    ///
    /// # Errors
    /// The session has not registered.
    pub(crate) fn me(&self) -> Result<(UserId, &'a User), Refusal> {
        let id = self.session.user().ok_or(Refusal::NotRegistered)?;
        self.network.user(id).map(|user| (id, user)).ok_or(Refusal::NotRegistered)
    }

    /// Whether the client has signed in with an app password, so that it may not do what needs more.
    pub(crate) fn has_app_password(&self) -> bool {
        let user = self.session.user();
        user.is_some_and(|user| self.network.has_app_password(user, self.session.connection))
    }

    /// The first parameter of numerics to this client: its nick, or `*`.
    pub(crate) fn target(&self) -> String {
        self.session.target(self.network)
    }

    pub(crate) fn line(&mut self, line: Vec<u8>) {
        self.session.send(line.into(), self.out);
    }

    pub(crate) fn reply(&mut self, reply: Reply<'_>) {
        let line = reply.encode(&self.settings.name, &self.target());
        self.line(line);
    }

    pub(crate) fn refuse(&mut self, refusal: &Refusal) {
        self.session.refuse(self.network, refusal, self.out);
    }

    /// Asks the daemon. The session handles no further line until the answer comes.
    pub(crate) fn ask(&mut self, question: Question, exchange: Exchange) {
        self.questions.ask(self.session, Asking { question, exchange }, self.now, self.out);
    }

    /// Begins an answer that may be long.
    pub(crate) fn answer(&mut self, answer: Box<dyn LongAnswer>) {
        let moment = Moment { network: self.network, machine: self.machine, now: self.now };
        long_answer::begin(answer, moment, self.session, self.out);
    }

    /// Sends a standard reply.
    pub(crate) fn standard(&mut self, reply: StandardReply<'_>) {
        let line = reply.encode(&self.settings.name);
        self.line(line);
    }

    /// Records what an operator does.
    pub(crate) fn audit(&mut self, audit: Audit) {
        self.out.outputs.push(Output::Audit(Box::new(audit)));
    }

    /// Notes what happened to this connection, for the administrator's log file.
    pub(crate) fn note(&mut self, noted: Noted) {
        let (connection, address) = (self.session.connection, self.session.peer.address);
        self.out.outputs.push(Output::Note(Box::new(Note { connection, address, noted })));
    }

    pub(crate) fn propose(&mut self, command: EntryCommand) {
        self.proposals.push(command);
    }

    /// The names of a comma-separated list without duplicates. Those beyond `most` are refused.
    pub(crate) fn list<'l>(&mut self, list: &'l str, most: usize) -> Vec<&'l str> {
        let mut names = self.distinct(list);
        let most = most.min(TARGETS_PER_COMMAND_MAX);
        if let Some(excess) = names.get(most) {
            self.refuse(&Refusal::TooManyTargets((*excess).to_owned()));
        }
        names.truncate(most);
        names
    }

    /// Like [`Self::list`], for a command that needs at least one name.
    ///
    /// # Errors
    /// The list is empty.
    pub(crate) fn names<'l>(&mut self, list: &'l str, command: CommandName) -> Result<Vec<&'l str>, Refusal> {
        let names = self.list(list, usize::MAX);
        if names.is_empty() { Err(Refusal::NeedMoreParams(command)) } else { Ok(names) }
    }

    /// The names of a comma-separated list without duplicates, compared as the network compares names.
    pub(crate) fn distinct<'l>(&self, list: &'l str) -> Vec<&'l str> {
        let mut seen = BTreeSet::new();
        let names = list.split(',').filter(|name| !name.is_empty());
        names.filter(|name| seen.insert(self.settings.casemapping.fold(name))).collect()
    }

    /// Parses a nick that a person typed.
    pub(crate) fn nick(&self, nick: &str) -> Result<Nick, Refusal> {
        names::nick(nick, &self.settings.name_rules()).map_err(|_| Refusal::ErroneousNick {
            nick: nick.to_owned(),
            fault: names::fault(nick, &self.settings.name_rules()),
        })
    }

    /// Parses a channel name that a person typed.
    pub(crate) fn channel_name(&self, name: &str) -> Result<ChannelName, Refusal> {
        names::channel(name, &self.settings.name_rules())
            .map_err(|_| Refusal::BadChannelName(name.to_owned()))
    }
}
