//! What a line from the server changes. One file a command; numerics by what they are about.

use std::borrow::Cow;

use parla_proto::{CommandName, Message, Numeric, Timestamp};

use crate::{
    client::Client,
    registration::{self, sign_in},
    state::State,
    stranger,
    turn::Turn,
    view::BufferId,
};

mod away;
mod batch;
mod chghost;
mod error;
mod fail;
mod invite;
mod join;
mod kick;
mod list;
mod markread;
mod metadata;
mod mode;
mod names;
mod nick;
mod numeric;
mod part;
mod ping;
mod pong;
mod privmsg;
mod quit;
mod react;
mod redact;
mod refusal;
mod rename;
mod said;
mod silenced;
mod topic;
mod who;
mod whois;

/// A line, with what every command asks of it.
pub(crate) struct Incoming<'a> {
    pub(crate) message: &'a Message<'a>,
    /// What the message asks for or tells; none if it is a numeric, or a word that nobody knows.
    pub(crate) command: Option<CommandName>,
    /// By the server's clock if it says, else now.
    pub(crate) at: Timestamp,
    /// The nick or the server it comes from; empty if it does not say.
    pub(crate) from: &'a str,
    /// The request that it answers.
    pub(crate) label: Option<Cow<'a, str>>,
}

impl<'a> Incoming<'a> {
    fn new(message: &'a Message<'a>, now: Timestamp) -> Self {
        Self {
            message,
            command: CommandName::of(message),
            at: said_at(message, now),
            from: message.source.map_or("", |source| source.name),
            label: message.tags.get("label"),
        }
    }

    /// Whether a person sent it, and not a server.
    pub(crate) fn is_from_person(&self) -> bool {
        self.message.source.is_some_and(|source| source.user.is_some())
    }

    /// The conversation that the line is about, if there is one: the room, also if only its operators or voiced are meant
    /// (`@#room`), or the other person.
    pub(crate) fn conversation(&self, state: &State) -> Option<BufferId> {
        let target = self.param(0);
        if let Some((room, _)) = state.session.audience(target) {
            return state.buffers.room(&state.session, room);
        }
        let other = if state.session.is_own(self.from) { target } else { self.from };
        state.buffers.direct(&state.session, other)
    }

    /// The parameter at `index`, or nothing.
    pub(crate) fn param(&self, index: usize) -> &'a str {
        self.message.param(index).unwrap_or_default()
    }

    /// The last parameter of at least `least`, if there is something in it.
    pub(crate) fn reason(&self, least: usize) -> Option<&'a str> {
        let last = self.message.params.last().copied()?;
        (self.message.params.len() >= least && !last.is_empty()).then_some(last)
    }
}

/// Ids are short; a longer one is not kept whole.
const MSGID_BYTES_MAX: usize = 256;

/// A clock that is so much ahead is wrong.
const AHEAD_MAX: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

/// When a message was said. A clock that is a day ahead is wrong, and would put everything else above it.
pub(crate) fn said_at(message: &Message<'_>, now: Timestamp) -> Timestamp {
    let told = message.tags.get("time").and_then(|time| time.parse::<Timestamp>().ok());
    told.filter(|at| *at <= now + AHEAD_MAX).unwrap_or(now)
}

/// Takes in one line.
pub(crate) fn line(client: &mut Client, bytes: &[u8], turn: &mut Turn<'_>) {
    client.state.link.heard(turn.now);
    if !client.state.session.is_registered
        && let Some(kind) = stranger::of(bytes)
    {
        let why = client.state.problem(kind, "", &String::from_utf8_lossy(bytes));
        return client.stop(Some(why), None, turn);
    }
    // Old servers still pass on other encodings; what cannot be read is shown as such.
    let text = String::from_utf8_lossy(bytes);
    let Ok(message) = Message::parse(text.as_bytes()) else { return };
    let mut incoming = Incoming::new(&message, turn.now);
    if let Some(reference) = message.tags.get("batch") {
        if batch::collect(client, &reference, (&message, text.as_bytes()), turn) {
            return;
        }
        incoming.label = incoming.label.or_else(|| client.batches.label(&reference).map(Cow::Owned));
    }
    let left = client.state.left.take();
    if let Some((room, at)) = left
        && incoming.command == Some(CommandName::Join)
        && client.state.session.is_own(incoming.from)
        && at.since(incoming.at) <= rename::AT_ONCE
        && incoming.at.since(at) <= rename::AT_ONCE
    {
        rename::moved(client, room, &incoming, turn);
    }
    // Messages may be repeated, and a bouncer repeats the greeting of long ago; anything else happens now, and tells what time
    // it is there.
    let is_repeatable = match incoming.command {
        Some(CommandName::Privmsg | CommandName::Notice | CommandName::Tagmsg) => true,
        command => !client.state.session.is_greeted && command != Some(CommandName::Cap),
    };
    if !is_repeatable && message.tags.get("time").is_some() {
        client.state.session.heard_time(incoming.at, turn.now);
    }
    dispatch(client, &incoming, turn);
}

fn dispatch(client: &mut Client, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    if let Some(numeric) = Numeric::parse(incoming.message.command) {
        return numeric::receive(client, numeric, incoming, turn);
    }
    let Some(command) = incoming.command else { return };
    match command {
        CommandName::Ack => {
            let label = incoming.label.as_deref().unwrap_or_default();
            client.outbox.acknowledged(&mut client.state, (label, incoming.at), turn);
        }
        CommandName::Authenticate => sign_in::challenged(&mut client.state, incoming.param(0), turn),
        CommandName::Away => away::receive(&mut client.state, incoming),
        CommandName::Batch => batch::receive(client, incoming, turn),
        CommandName::Cap => registration::cap(client, incoming.message, turn),
        CommandName::Chghost => chghost::receive(&mut client.state, incoming),
        CommandName::Error => error::receive(&mut client.state, incoming),
        CommandName::Fail => fail::receive(client, incoming, turn),
        CommandName::Invite => invite::receive(&mut client.state, incoming),
        CommandName::Join => join::receive(client, incoming, turn),
        CommandName::Kick => kick::receive(client, incoming),
        CommandName::Markread => markread::receive(&mut client.state, incoming, turn),
        CommandName::Metadata => metadata::receive(&mut client.state, incoming),
        CommandName::Mode => mode::receive(&mut client.state, incoming),
        CommandName::Nick => nick::receive(client, incoming, turn),
        CommandName::Notice | CommandName::Privmsg => privmsg::receive(client, incoming, turn),
        CommandName::Part => part::receive(client, incoming),
        CommandName::Ping => ping::receive(incoming, turn),
        CommandName::Pong => pong::receive(client, incoming, turn),
        CommandName::Quit => quit::receive(&mut client.state, incoming),
        CommandName::Redact => redact::receive(&mut client.state, incoming, turn),
        CommandName::Rename => rename::receive(client, incoming, turn),
        CommandName::Tagmsg => react::receive(&mut client.state, incoming),
        CommandName::Topic => topic::receive(&mut client.state, incoming),
        CommandName::Note | CommandName::Wallops | CommandName::Warn => {
            fail::noted(&mut client.state, incoming);
        }
        // Nothing that the person sees follows from these.
        CommandName::Account | CommandName::Setname => {}
        // Only clients send these. Servers answer them with numerics, and KILL with an ERROR.
        CommandName::Admin
        | CommandName::Chathistory
        | CommandName::Die
        | CommandName::Help
        | CommandName::Info
        | CommandName::Ison
        | CommandName::Isupport
        | CommandName::Kill
        | CommandName::Links
        | CommandName::List
        | CommandName::Lusers
        | CommandName::Monitor
        | CommandName::Motd
        | CommandName::Names
        | CommandName::Oper
        | CommandName::Pass
        | CommandName::Rehash
        | CommandName::Restart
        | CommandName::Room
        | CommandName::Sajoin
        | CommandName::Samode
        | CommandName::Sapart
        | CommandName::Stats
        | CommandName::Time
        | CommandName::User
        | CommandName::Userhost
        | CommandName::Version
        | CommandName::Webirc
        | CommandName::Who
        | CommandName::Whois
        | CommandName::Whowas => {}
    }
}
