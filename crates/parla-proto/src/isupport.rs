//! The tokens of RPL_ISUPPORT: the limits and features that a server announces.
//!
//! <https://modern.ircdocs.horse/#rplisupport-005>

use std::fmt::Write as _;

use crate::limits::{ISUPPORT_BYTES_PER_LINE, ISUPPORT_TOKENS_PER_LINE};

/// One token, as a client receives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// The name, in upper case.
    pub name: &'a str,
    /// The unescaped value; empty if there is none.
    pub value: String,
    /// Whether the token withdraws an earlier one: `-NAME`.
    pub negated: bool,
}

impl<'a> Token<'a> {
    /// Parses one token.
    pub fn parse(text: &'a str) -> Self {
        let (negated, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        Self { name, value: unescape(value), negated }
    }
}

/// Every token that parlad can send, in alphabetical order, with its meaning for the manual.
pub const TOKENS: [(&str, &str); 34] = [
    ("ACCOUNTEXTBAN", "the extended ban that matches accounts"),
    ("AWAYLEN", "bytes of the reason in AWAY"),
    ("BOT", "the user mode of bots, and their flag in WHO"),
    ("CASEMAPPING", "which names count as the same"),
    ("CHANLIMIT", "how many channels one client may be in, by prefix"),
    (
        "CHANMODES",
        "the modes of channels: lists, modes with a parameter, modes with a parameter only when set, flags",
    ),
    ("CHANNELLEN", "bytes of the name of a channel"),
    ("CHANTYPES", "what names of channels start with"),
    (
        "CHATHISTORY",
        "the most messages in one answer of CHATHISTORY; the token is missing if no history is kept",
    ),
    ("CLIENTTAGDENY", "the tags of clients that are not passed on"),
    ("ELIST", "conditions of LIST: C creation, M mask, N not mask, T topic, U users"),
    ("EXCEPTS", "the mode of exceptions from bans"),
    ("EXTBAN", "the prefix and the letters of extended bans"),
    ("HOSTLEN", "bytes of a host"),
    ("INVEX", "the mode of exceptions from `+i`"),
    ("KEYLEN", "bytes of the key of a channel"),
    ("KICKLEN", "bytes of the reason in KICK"),
    ("LINELEN", "bytes of a line without its tags"),
    ("MAXLIST", "entries in each list of a channel"),
    ("MAXTARGETS", "targets of PRIVMSG, NOTICE and TAGMSG"),
    ("MODES", "modes with a parameter in one MODE"),
    ("MONITOR", "nicks on the list of MONITOR"),
    ("MSGREFTYPES", "what CHATHISTORY accepts as a bound"),
    ("NAMELEN", "bytes of a real name"),
    ("NETWORK", "the name of the network"),
    ("NICKLEN", "bytes of a nick"),
    ("PREFIX", "the ranks of members with their signs, from the highest"),
    ("SAFELIST", "LIST never ends the connection, however many channels there are"),
    ("STATUSMSG", "signs before the name of a channel that send a message only to those ranks and higher"),
    ("TARGMAX", "how many targets each command may have; nothing after the colon means as many as fit"),
    ("TOPICLEN", "bytes of a topic"),
    ("USERLEN", "bytes of a user name"),
    ("UTF8ONLY", "text is UTF-8 and nothing else"),
    ("WHOX", "WHO accepts a list of fields"),
];

/// Writes `NAME` or `NAME=value`, with the value escaped.
pub fn token(name: &str, value: &str) -> String {
    let mut token = name.to_owned();
    if value.is_empty() {
        return token;
    }
    token.push('=');
    for char in value.chars() {
        match char {
            ' ' | '=' | '\\' => {
                let _ = write!(token, "\\x{:02X}", u32::from(char));
            }
            _ => token.push(char),
        }
    }
    token
}

/// Distributes the tokens over lines, separated by spaces.
pub fn lines(tokens: &[String]) -> Vec<String> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for token in tokens {
        match lines.last_mut() {
            Some((count, line))
                if *count < ISUPPORT_TOKENS_PER_LINE
                    && line.len() + token.len() < ISUPPORT_BYTES_PER_LINE =>
            {
                *count += 1;
                line.push(' ');
                line.push_str(token);
            }
            _ => lines.push((1, token.clone())),
        }
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("\\x") {
        out.push_str(before);
        // A number may begin with `+`, and the code of an escape may not.
        let digits = after.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code {
            Some(code) => {
                out.push(char::from(code));
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                out.push_str("\\x");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for value in ["", "abc", "My Network", "a=b", "back\\slash", "\\x", "(ov)@+"] {
            let written = token("NAME", value);
            assert!(!written.contains(' ') && written.matches('=').count() <= 1, "{written}");
            assert_eq!(Token::parse(&written).value, value);
        }
        assert!(Token::parse("-EXCEPTS").negated);
    }

    #[test]
    fn a_broken_escape_stays_as_it_is() {
        for (written, value) in [
            ("a\\x20b", "a b"),
            ("a\\x2", "a\\x2"),
            ("\\x", "\\x"),
            ("\\xzz\\x41", "\\xzzA"),
            ("\\x+5", "\\x+5"),
            ("\\xé", "\\xé"),
        ] {
            assert_eq!(Token::parse(&format!("NAME={written}")).value, value, "{written}");
        }
    }

    #[test]
    fn a_line_has_thirteen_tokens() {
        let tokens: Vec<String> = (0..30).map(|n| n.to_string()).collect();
        let counts: Vec<usize> = lines(&tokens).iter().map(|line| line.split(' ').count()).collect();
        assert_eq!(counts, [13, 13, 4]);
    }

    #[test]
    fn long_tokens_are_not_cut() {
        let tokens: Vec<String> = ["a", "b", "c"].map(|letter| letter.repeat(150)).to_vec();
        let lengths: Vec<usize> = lines(&tokens).iter().map(String::len).collect();
        assert_eq!(lengths, [301, 150]);
    }
}
