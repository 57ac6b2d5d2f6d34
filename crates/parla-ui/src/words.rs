//! Every sentence of the app, in the person's language. Components contain none.
//!
//! The sentences are in `languages/*.ftl`, one file per language; from them the build generates the methods
//! of [`Words`] and the tables that they read. Anything that needs more than one sentence is put together in
//! the modules below.

mod alert;
mod command;
mod dates;
mod language;
mod moderation;
mod network;
mod problem;
mod room;
mod table;
mod use_words;

use parla_client::view::{BufferKind, Counted, LinkState, NetworkView, Rank, Stage};

pub use language::Language;
pub use moderation::Group;
pub use problem::Told;
pub(crate) use room::name;
pub use room::{NAME, NAME_END, WaitsFor};
pub use table::{Count, IDS, Words};
pub use use_words::load_first;
pub(crate) use use_words::{choose, follow_choice, use_language, use_words};

/// The name of the app.
pub const APP: &str = "parla";

/// The title of the window.
pub fn title(mentions: u32, conversation: Option<&str>) -> String {
    let name = conversation.map_or_else(|| APP.to_owned(), |name| format!("{name} – {APP}"));
    if mentions == 0 { name } else { format!("({mentions}) {name}") }
}

/// The number in a badge.
pub fn badge(mentions: u32) -> String {
    if mentions > 99 { "99+".to_owned() } else { mentions.to_string() }
}

/// How many messages are new in a conversation, or in several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct New {
    /// The number of all new messages.
    pub unread: u32,
    /// Those in rooms that mention the person.
    pub mentions: u32,
    /// Those in direct conversations.
    pub direct: u32,
}

impl New {
    /// The count for a conversation of this kind with `unread` new messages, `for_person` of which are for
    /// the person.
    pub const fn of(kind: BufferKind, unread: u32, for_person: u32) -> Self {
        match kind {
            BufferKind::Direct => Self { unread, mentions: 0, direct: for_person },
            BufferKind::Room | BufferKind::Server => Self { unread, mentions: for_person, direct: 0 },
        }
    }

    /// The sum of both.
    pub const fn and(self, other: Self) -> Self {
        Self {
            unread: self.unread.saturating_add(other.unread),
            mentions: self.mentions.saturating_add(other.mentions),
            direct: self.direct.saturating_add(other.direct),
        }
    }
}

impl Words {
    /// How many messages are new. If the number is known only in part, a round number that is certainly
    /// exceeded.
    pub fn new_count(self, new: u32, counted: Counted) -> String {
        match (new, counted) {
            (1000.., _) => self.new_messages_more_than(999_u32),
            (new, Counted::All) => self.new_messages(new),
            (new, Counted::InPart) => {
                let unit = match new {
                    101.. => 100,
                    11.. => 10,
                    _ => 1,
                };
                self.new_messages_more_than((new.saturating_sub(1) / unit * unit).max(1))
            }
        }
    }

    /// What is new, for people who do not see the badge; `None` if nothing is.
    pub fn unread(self, new: New, counted: Counted) -> Option<String> {
        let New { unread, mentions, direct } = new;
        let mut sentence = match unread.max(mentions.saturating_add(direct)) {
            0 => return None,
            // There is nothing else that is new.
            all if all == direct && counted == Counted::All => String::new(),
            all => self.new_count(all, counted),
        };
        if direct > 0 {
            sentence = match &*sentence {
                "" => self.unread_direct(direct),
                new => self.unread_direct_too(direct, new),
            };
        }
        Some(if mentions > 0 { self.unread_mentions(mentions, &sentence) } else { sentence })
    }

    /// The label of the button beside a conversation that leaves or closes it.
    pub fn leave(self, kind: BufferKind, name: &str) -> String {
        match kind {
            BufferKind::Room => self.leave_room(name),
            BufferKind::Direct | BufferKind::Server => self.close_conversation(name),
        }
    }

    /// The label of the button with the person's own nick.
    pub fn own_name(self, nick: &str, away: Option<&str>) -> String {
        match away {
            None => self.you_are(nick),
            Some(_) => self.you_are_away(nick),
        }
    }

    /// The stage of connecting.
    pub fn stage(self, stage: Stage) -> &'static str {
        match stage {
            Stage::Finding => self.stage_finding(),
            Stage::Securing => self.stage_securing(),
            Stage::SigningIn => self.stage_signing_in(),
        }
    }

    /// A network's state in two words, shown beside its name; `None` if all is well.
    pub fn link(self, link: &LinkState) -> Option<&'static str> {
        match link {
            LinkState::Online => None,
            LinkState::Connecting(_) => Some(self.link_connecting()),
            LinkState::Waiting { .. } => Some(self.link_lost()),
            LinkState::Offline => Some(self.link_offline()),
            LinkState::Stopped { .. } => Some(self.link_stopped()),
        }
    }

    /// The banner's text while connecting.
    pub fn connecting_to(self, network: &NetworkView, at: Stage) -> String {
        self.connecting(&network.name, self.stage(at))
    }

    /// The heading for members of a rank.
    pub fn ranks(self, rank: Rank) -> &'static str {
        match rank {
            Rank::Founder => self.ranks_owner(),
            Rank::Protected => self.ranks_admin(),
            Rank::Operator => self.ranks_operator(),
            Rank::HalfOperator => self.ranks_helper(),
            Rank::Voice => self.ranks_speaker(),
            Rank::Member => self.ranks_member(),
        }
    }

    /// Names in a sentence: `anna, bob and carl`.
    pub fn list(self, names: &[&str]) -> String {
        match names {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [first, last] => self.list_two(first, last),
            [first, rest @ ..] => self.list_more(first, &self.list(rest)),
        }
    }

    /// The keys and what they do, for the help dialog.
    pub fn keys(self) -> [(&'static str, &'static str); 11] {
        [
            (self.key_conversation(), self.key_conversation_does()),
            (self.key_new(), self.key_new_does()),
            (self.key_mention(), self.key_mention_does()),
            (self.key_history(), self.key_history_does()),
            (self.key_members(), self.key_members_does()),
            (self.key_help(), self.key_help_does()),
            (self.key_parts(), self.key_parts_does()),
            (self.key_close(), self.key_close_does()),
            (self.key_send(), self.key_send_does()),
            (self.key_line(), self.key_line_does()),
            (self.key_complete(), self.key_complete_does()),
        ]
    }
}
