//! What each command does, and its parameters.

use parla_client::slash::{Spec, Word};

use super::Words;

impl Words {
    /// What a command does, in one sentence; `None` for one that has no description yet.
    pub fn command(self, name: &str) -> Option<&'static str> {
        let words = match name {
            "join" => self.command_join(),
            "part" => self.command_part(),
            "nick" => self.command_nick(),
            "topic" => self.command_topic(),
            "msg" => self.command_msg(),
            "me" => self.command_me(),
            "kick" => self.command_kick(),
            "invite" => self.command_invite(),
            "away" => self.command_away(),
            "back" => self.command_back(),
            "whois" => self.command_whois(),
            "help" => self.command_help(),
            "quit" => self.command_quit(),
            "list" => self.command_list(),
            _ => return None,
        };
        Some(words)
    }
    /// The parameters of a command: `<needed> [optional]`.
    pub fn written_behind(self, spec: &Spec) -> String {
        let needed = spec.needed.iter().map(|word| format!("<{}>", self.written(*word)));
        let optional = spec.optional.iter().map(|word| format!("[{}]", self.written(*word)));
        needed.chain(optional).collect::<Vec<_>>().join(" ")
    }

    fn written(self, word: Word) -> &'static str {
        match word {
            Word::Action => self.word_action(),
            Word::Command => self.word_command(),
            Word::Key => self.word_key(),
            Word::Message => self.word_message(),
            Word::Name => self.word_name(),
            Word::Reason => self.word_reason(),
            Word::Room => self.word_room(),
            Word::Topic => self.word_topic(),
        }
    }
}
