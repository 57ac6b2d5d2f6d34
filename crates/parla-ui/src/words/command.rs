//! What each command does.

use super::Words;

impl Words {
    /// What a command does, in a sentence; none for one that has no words yet.
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
}
