//! What a line from the server changes, one file per command; numerics are grouped by subject.

use parla_proto::{CommandName, Message, Numeric};

use super::Client;
use crate::{
    batches::Collected, contract::ClientSettings, incoming::Incoming, problem::Problem, stranger, turn::Turn,
};

pub(super) use self::rename::RoomLeft;

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
mod privmsg;
mod quit;
mod react;
mod redact;
mod refusal;
mod rename;
mod topic;
mod who;
mod whois;

impl Client {
    /// Processes one line.
    pub(super) fn line(&mut self, bytes: &[u8], turn: &mut Turn<'_>) {
        self.link.note_activity(turn.now);
        // Old servers still pass on other encodings; a byte that cannot be decoded is shown as a replacement
        // character.
        let text = String::from_utf8_lossy(bytes);
        if !self.session.is_registered()
            && let Some(kind) = stranger::of(bytes)
        {
            return self.stop(Some(Problem::new(kind, "", &text)), None, turn);
        }
        let Ok(message) = Message::parse(text.as_bytes()) else { return };
        let mut incoming = Incoming::new(&message, turn.now);
        if let Some(reference) = message.tags.get("batch") {
            match self.batches.collect(&reference, &message, text.as_bytes()) {
                Collected::No => {}
                Collected::Kept => return,
                Collected::Ended(ended) => return self.close_batch(&ended, turn),
            }
            incoming.label = incoming.label.or_else(|| self.batches.label(&reference).map(Into::into));
        }
        self.notice_room_moved(&incoming, turn);
        self.session.learn_time(&incoming, turn.now);
        // A message from the past may be from somebody who had the nick then.
        if !self.session.is_long_ago(incoming.at, turn.now) {
            self.session.note_holder(message.source, turn);
        }
        match Numeric::parse(message.command) {
            Some(numeric) => self.numeric(numeric, &incoming, turn),
            None => self.command(&incoming, turn),
        }
        self.requests.answered(&incoming);
    }

    /// Does what a command calls for.
    #[expect(clippy::too_many_lines, reason = "a table, by command")]
    fn command(&mut self, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        let Some(command) = incoming.command else { return };
        let Self { session, buffers, settings: ClientSettings { credentials, .. }, .. } = self;
        match command {
            CommandName::Privmsg | CommandName::Notice => self.privmsg(incoming, turn),
            CommandName::Ack => self.outbox.acknowledged(buffers, self.looking.now(), incoming, turn),
            CommandName::Authenticate => session.challenged(credentials, incoming.param(0), turn),
            CommandName::Away => buffers.away(session, incoming),
            CommandName::Batch => self.batch(incoming, turn),
            CommandName::Cap => self.cap(incoming, turn),
            CommandName::Chghost => session.chghost(incoming),
            CommandName::Error => self.link.error(session, incoming),
            CommandName::Fail => self.fail(incoming, turn),
            CommandName::Invite => buffers.invite(session, incoming, turn),
            CommandName::Join => self.join(incoming, turn),
            CommandName::Kick => self.kick(incoming, turn),
            CommandName::Markread => self.markers.markread(buffers, session, incoming, turn.now),
            CommandName::Metadata => self.metadata(incoming),
            CommandName::Mode => buffers.mode(session, incoming),
            CommandName::Nick => self.nick(incoming, turn),
            CommandName::Part => self.part(incoming, turn),
            CommandName::Ping => incoming.pong(turn),
            CommandName::Pong => self.pong(incoming, turn),
            CommandName::Quit => self.quit(incoming),
            CommandName::Redact => {
                if let Some(id) = buffers.conversation(session, incoming)
                    && let Some(buffer) = buffers.get_mut(id)
                {
                    buffer.redact(session, incoming, turn);
                }
            }
            CommandName::Rename => self.rename(incoming, turn),
            CommandName::Tagmsg => buffers.tagmsg(session, incoming),
            CommandName::Topic => self.topic(incoming),
            CommandName::Note | CommandName::Wallops | CommandName::Warn => buffers.noted(session, incoming),
            // Nothing that the person sees depends on these.
            CommandName::Account | CommandName::Register | CommandName::Setname => {}
            // Only clients send these. Servers answer them with numerics, and KILL with an ERROR.
            CommandName::Accept
            | CommandName::Access
            | CommandName::Admin
            | CommandName::Chanserv
            | CommandName::Chathistory
            | CommandName::Die
            | CommandName::Help
            | CommandName::Info
            | CommandName::Invitation
            | CommandName::Ison
            | CommandName::Isupport
            | CommandName::Kill
            | CommandName::Links
            | CommandName::List
            | CommandName::Lusers
            | CommandName::Monitor
            | CommandName::Motd
            | CommandName::Names
            | CommandName::Nickserv
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
}
