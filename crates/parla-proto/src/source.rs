//! The sender of a message: the part after the first `:`.
//!
//! <https://modern.ircdocs.horse/#source>

use std::{fmt, net::IpAddr};

/// `nick!user@host`, the name of a server, or anything in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source<'a> {
    /// The nick, or the server's name.
    pub name: &'a str,
    /// The part between `!` and `@`.
    pub user: Option<&'a str>,
    /// The part after the last `@`.
    pub host: Option<&'a str>,
}

impl<'a> Source<'a> {
    /// Splits any text; no source is invalid.
    pub fn parse(text: &'a str) -> Self {
        let (rest, host) = match text.rsplit_once('@') {
            Some((rest, host)) => (rest, Some(host)),
            None => (text, None),
        };
        let (name, user) = match rest.split_once('!') {
            Some((name, user)) => (name, Some(user)),
            None => (rest, None),
        };
        Self { name, user, host }
    }

    /// A user's full source.
    pub const fn of_user(nick: &'a str, user: &'a str, host: &'a str) -> Self {
        Self { name: nick, user: Some(user), host: Some(host) }
    }
}

impl fmt::Display for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        if let Some(user) = self.user {
            write!(f, "!{user}")?;
        }
        if let Some(host) = self.host {
            write!(f, "@{host}")?;
        }
        Ok(())
    }
}

/// An address in the form for a source or a parameter, which must not start with a colon.
pub fn address_text(address: IpAddr) -> String {
    let text = address.to_canonical().to_string();
    if text.starts_with(':') { format!("0{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_taken_apart_and_put_together() {
        for text in
            ["irc.example.org", "nick", "nick!user@host", "nick@host", "nick!user", "a!b@c@d", "", "!@"]
        {
            assert_eq!(Source::parse(text).to_string(), text);
        }
        assert_eq!(Source::parse("n!u@h"), Source::of_user("n", "u", "h"));
    }
}
