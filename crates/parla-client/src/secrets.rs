//! What must not be stored or shown although a person wrote it: passwords and codes in messages to services
//! and in commands.
//!
//! A network's services (NickServ and others) take passwords as messages. The rules are broad: hiding a
//! harmless line costs little; showing a password on the screen, in an archive or in a draft costs much.

use std::borrow::Cow;

/// Replaces what is hidden, with the same length for every password.
const DOTS: &str = "••••••";

/// Programs that take passwords, besides everybody whose nick ends in `serv`.
const SERVICES: [&str; 5] = ["q", "x", "root", "&bitlbee", "l"];

/// The first words of messages to them after which a password can follow.
const COMMANDS: [&str; 27] = [
    "account",
    "auth",
    "confirm",
    "drop",
    "ghost",
    "group",
    "id",
    "identify",
    "link",
    "login",
    "newpass",
    "opass",
    "pass",
    "passwd",
    "password",
    "reclaim",
    "recover",
    "regain",
    "register",
    "release",
    "resetpass",
    "saregister",
    "setpass",
    "sidentify",
    "unregister",
    "update",
    "verify",
];

/// Whether a message to `target` contains a password, as far as anyone can tell.
pub fn hides(target: &str, text: &str) -> bool {
    text.split('\n').any(|line| cut(target, line).is_some())
}

/// The message as it may be shown and stored: dots replace a password and the rest of its line.
pub fn shown<'a>(target: &str, text: &'a str) -> Cow<'a, str> {
    if text.contains('\n') {
        let lines: Vec<_> = text.split('\n').map(|line| shown(target, line)).collect();
        return Cow::Owned(lines.join("\n"));
    }
    match cut(target, text) {
        Some(end) => Cow::Owned(format!("{} {DOTS}", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

/// Whether the text in the composer of this conversation contains a password: a message, or a command with
/// one.
pub fn hides_input(conversation: &str, input: &str) -> bool {
    input.lines().any(|line| match line.trim_start().strip_prefix('/') {
        Some(command) if !command.starts_with('/') => command_hides(command),
        Some(_) | None => hides(conversation, line),
    })
}

fn command_hides(command: &str) -> bool {
    let (name, rest) = split(command);
    let has_words = !rest.is_empty();
    match &*name.to_ascii_lowercase() {
        "msg" | "query" | "m" | "q" | "privmsg" | "notice" | "squery" => {
            let (target, text) = split(rest);
            hides(target, last_parameter(text))
        }
        "ns" => hides("nickserv", last_parameter(rest)),
        "cs" => hides("chanserv", last_parameter(rest)),
        "us" => hides("userserv", last_parameter(rest)),
        "os" => hides("operserv", last_parameter(rest)),
        // Other programs send what follows these as it is.
        "quote" | "raw" => command_hides(without_prefix(rest)),
        "oper" | "authenticate" => has_words,
        // INVITATION ACCEPT code.
        "invitation" => {
            let (what, code) = split(rest);
            what.eq_ignore_ascii_case("accept") && !code.is_empty()
        }
        service if is_service(service) => hides(service, last_parameter(rest)),
        name => has_words && COMMANDS.contains(&name),
    }
}

/// Where the words end that may be shown, if something after them must not be.
fn cut(target: &str, text: &str) -> Option<usize> {
    let mut targets = target.split(',').map(|target| {
        let nick = target.split('@').next().unwrap_or(target);
        nick.to_ascii_lowercase()
    });
    let target = targets.find(|target| is_service(target) || is_module(target))?;
    let is_module = is_module(&target);
    let mut words = WordScanner { text, at: 0 };
    let first = words.next()?.to_ascii_lowercase();
    let end = words.at;
    if first == "set" || first == "saset" {
        // SET PASSWORD x, SET #room PASSWORD x, SASET alice PASSWORD x; in ZNC's modules: Set user password.
        let is_password = |word: &str| matches!(&*word.to_ascii_lowercase(), "password" | "pass");
        for _ in 0..3 {
            let is_found = is_password(words.next()?);
            let end = words.at;
            if is_found || (is_module && target != "*status") {
                return words.next().map(|_| end);
            }
        }
        return None;
    }
    if !COMMANDS.contains(&&*first) {
        return None;
    }
    words.next().map(|_| end)
}

fn is_service(name: &str) -> bool {
    name.ends_with("serv") || SERVICES.contains(&name)
}

/// Whether it is a module of ZNC.
fn is_module(name: &str) -> bool {
    name.starts_with('*')
}

/// A line of IRC without its tags and its source.
fn without_prefix(line: &str) -> &str {
    let mut line = line;
    // There is one of each, in this order.
    for sign in ['@', ':'] {
        let (word, rest) = split(line);
        if word.starts_with(sign) {
            line = rest;
        }
    }
    line
}

/// The words without the colon that a line of IRC has in front of its last parameter.
fn last_parameter(text: &str) -> &str {
    text.strip_prefix(':').unwrap_or(text)
}

/// The first word, and what follows it.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim_start())
}

/// The words of a text, with the position where the last one ended.
struct WordScanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for WordScanner<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.text.get(self.at..)?;
        let start = self.at + rest.find(|char: char| !char.is_whitespace())?;
        let word = self.text.get(start..)?.split(char::is_whitespace).next()?;
        self.at = start + word.len();
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_to_services_become_dots() {
        for (target, text, expected) in [
            ("NickServ", "IDENTIFY hunter2", "IDENTIFY ••••••"),
            ("nickserv", "identify alice hunter2", "identify ••••••"),
            ("NickServ@services.example.org", "ghost alice hunter2", "ghost ••••••"),
            ("NickServ", "REGISTER hunter2 a@example.org", "REGISTER ••••••"),
            ("NickServ", "REGAIN alice hunter2", "REGAIN ••••••"),
            ("NickServ", "RECOVER alice hunter2", "RECOVER ••••••"),
            ("NickServ", "SET PASSWORD hunter2", "SET PASSWORD ••••••"),
            ("ChanServ", "set #room password hunter2", "set #room password ••••••"),
            ("X@channels.undernet.org", "login alice hunter2", "login ••••••"),
            ("Q@CServe.quakenet.org", "AUTH alice hunter2", "AUTH ••••••"),
            ("AuthServ", "auth alice hunter2", "auth ••••••"),
            ("*sasl", "set alice hunter2", "set alice ••••••"),
            ("NickServ", "PASSWD hunter2 hunter3", "PASSWD ••••••"),
            ("NickServ", "SAREGISTER alice hunter2", "SAREGISTER ••••••"),
            ("NickServ", "unregister hunter2", "unregister ••••••"),
            ("NickServ", "DROP hunter2", "DROP ••••••"),
            ("NickServ,bob", "IDENTIFY hunter2", "IDENTIFY ••••••"),
            ("NickServ", "CERT ADD", "CERT ADD"),
            ("NickServ", "SET ALWAYS-ON on", "SET ALWAYS-ON on"),
            ("NickServ", "HELP IDENTIFY", "HELP IDENTIFY"),
            ("NickServ", "IDENTIFY", "IDENTIFY"),
            ("NickServ", "SET EMAIL a@example.org x", "SET EMAIL a@example.org x"),
            ("bob", "identify yourself", "identify yourself"),
            ("#room", "register now", "register now"),
            ("NickServ", "HELP\nIDENTIFY hunter2\nHELP", "HELP\nIDENTIFY ••••••\nHELP"),
        ] {
            assert_eq!(shown(target, text), expected, "to {target}");
        }
    }

    #[test]
    fn commands_with_passwords_are_known() {
        for input in [
            "/msg NickServ IDENTIFY hunter2",
            "/MSG nickserv identify hunter2",
            "hello\n/msg NickServ IDENTIFY hunter2",
            "/ns identify hunter2",
            "/nickserv ghost alice hunter2",
            "/identify hunter2",
            "/oper alice hunter2",
            "/pass hunter2",
            "/quote PASS hunter2",
            "/raw PRIVMSG NickServ :IDENTIFY hunter2",
            "/msg NickServ PASSWD hunter2 hunter3",
            "/nickserv passwd hunter2 hunter3",
            "/quote NS PASSWD hunter2 hunter3",
            "/quote NICKSERV :PASSWD hunter2 hunter3",
            "/quote @label=1 :alice NS SAREGISTER alice hunter2",
            "/ns unregister hunter2",
            "/ns drop hunter2",
            "/quote INVITATION ACCEPT 7cd2",
            "/quote invitation accept :7cd2",
            "/quote PASS invite:7cd2",
        ] {
            assert!(hides_input("#room", input), "{input}");
        }
        assert!(hides_input("NickServ", "identify hunter2"));
        assert!(hides_input("NickServ", "passwd hunter2 hunter3"));
        for input in [
            "/msg bob identify yourself",
            "identify hunter2",
            "/join #room",
            "/pass",
            "//pass hunter2",
            "/quote INVITATION LIST",
        ] {
            assert!(!hides_input("#room", input), "{input}");
        }
    }
}
