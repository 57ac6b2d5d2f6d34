//! What the server supports, and its limits: ISUPPORT. <https://modern.ircdocs.horse/#rplisupport-parameters>

use parla_proto::{Casemapping, isupport::Token};

use super::{MemberMode, Session};
use crate::{mode_letters::ModeLetters, text::shown_name};

/// The number of modes in one line if the server sets no limit.
const MODES_UNLIMITED: usize = 12;

impl Session {
    /// Takes one token of ISUPPORT.
    pub(crate) fn support(&mut self, token: &Token<'_>) {
        let value = token.value.as_str();
        match token.name {
            "CASEMAPPING" => {
                // Some servers call names of all scripts by the number of the standard.
                let is_number = matches!(value, "rfc8265" | "rfc7613" | "rfc7700" | "rfc3454");
                let named =
                    if is_number { Some(Casemapping::Precis) } else { Casemapping::from_token(value) };
                self.casemapping = named.unwrap_or_default();
            }
            "STATUSMSG" => value.clone_into(&mut self.audience_signs),
            "CHANTYPES" if !value.is_empty() => self.channel_prefixes = value.to_owned(),
            "NETWORK" if !value.is_empty() => self.network = Some(shown_name(value)),
            "CHATHISTORY" => self.history_max = value.parse().unwrap_or_default(),
            "MSGREFTYPES" => self.finds_by_msgid = value.split(',').any(|kind| kind == "msgid"),
            "MONITOR" => self.monitors = true,
            "NICKLEN" => self.nick_bytes_max = value.parse().ok(),
            "PREFIX" => {
                if let Some((modes, signs)) = value.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
                    let pairs = signs.chars().zip(modes.chars());
                    self.member_modes = pairs.map(|(sign, letter)| MemberMode { sign, letter }).collect();
                }
            }
            "CHANMODES" => {
                self.modes = ModeLetters::parse(value);
            }
            // Without a number, only the length of a line is a limit.
            "MODES" => self.modes_max = value.parse().unwrap_or(MODES_UNLIMITED),
            "EXTBAN" => {
                let (begin, kinds) = value.split_once(',').unwrap_or(("", ""));
                self.mute_prefix = kinds.contains('m').then(|| format!("{begin}m:"));
            }
            "BOT" => self.bot_flag = value.chars().next(),
            _ => {}
        }
    }
}
