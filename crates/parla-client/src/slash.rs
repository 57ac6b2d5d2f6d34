//! What a person writes in the composer: a message, or a command after `/`.
//!
//! A mistyped command is never sent as a message, because it may contain a password. A message that begins
//! with a slash is written with two.

mod split;

pub use split::split_text;

use crate::limits::SHOWN_NAME_CHARS_MAX;

/// The meaning of the text that was submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submission {
    /// A message, line by line. Empty lines occur only between others; there are no lines at all if nothing
    /// was written.
    Message(Vec<String>),
    /// A command to carry out.
    Command(Slash),
    /// There is no such command, or several were written at once; this is the text after the slash.
    Unknown(String),
    /// The command needs more words.
    Missing {
        /// The command that was written.
        command: &'static Spec,
    },
}

/// A command as it was written: names have not been checked, and a room may lack its `#`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it, in the words of IRC")]
pub enum Slash {
    /// The rooms, each with its key if one was given.
    Join {
        rooms: Vec<(String, Option<String>)>,
    },
    /// Without a room it means the current one.
    Part {
        room: Option<String>,
        reason: Option<String>,
    },
    Nick {
        nick: String,
    },
    /// Without a text the topic is shown.
    Topic {
        text: Option<String>,
    },
    /// Without lines the conversation is opened and nothing is sent.
    Msg {
        nick: String,
        lines: Vec<String>,
    },
    Me {
        lines: Vec<String>,
    },
    Kick {
        nick: String,
        reason: Option<String>,
    },
    /// Without a room it means the current one.
    Invite {
        nick: String,
        room: Option<String>,
    },
    Away {
        reason: Option<String>,
    },
    Back,
    Whois {
        nick: String,
    },
    Help {
        command: Option<String>,
    },
    Quit {
        reason: Option<String>,
    },
    List,
}

/// The description of a command. The interface has the text that says what it does.
#[derive(Debug, PartialEq, Eq)]
pub struct Spec {
    /// The command's name, as it is written after the slash.
    pub name: &'static str,
    /// Other names for the same command.
    pub aliases: &'static [&'static str],
    /// The words that must follow.
    pub needed: &'static [Word],
    /// The words that may follow after those.
    pub optional: &'static [Word],
    verb: Verb,
}

/// The parameters of commands. The interface has their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Word {
    Action,
    Command,
    Key,
    Message,
    Name,
    Reason,
    Room,
    Topic,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Away,
    Back,
    Help,
    Invite,
    Join,
    Kick,
    List,
    Me,
    Msg,
    Nick,
    Part,
    Quit,
    Topic,
    Whois,
}

/// All commands, the most useful first.
#[rustfmt::skip]
pub static SPECS: &[Spec] = {
    use Word::{Action, Command, Key, Message, Name, Reason, Room, Topic};
    &[
        Spec { name: "join", aliases: &[], needed: &[Room], optional: &[Key], verb: Verb::Join },
        Spec {
            name: "part", aliases: &["leave", "close"], needed: &[], optional: &[Room, Reason], verb: Verb::Part,
        },
        Spec { name: "msg", aliases: &["query"], needed: &[Name], optional: &[Message], verb: Verb::Msg },
        Spec { name: "me", aliases: &[], needed: &[Action], optional: &[], verb: Verb::Me },
        Spec { name: "nick", aliases: &[], needed: &[Name], optional: &[], verb: Verb::Nick },
        Spec { name: "list", aliases: &["browse"], needed: &[], optional: &[], verb: Verb::List },
        Spec { name: "topic", aliases: &[], needed: &[], optional: &[Topic], verb: Verb::Topic },
        Spec { name: "invite", aliases: &[], needed: &[Name], optional: &[Room], verb: Verb::Invite },
        Spec { name: "kick", aliases: &[], needed: &[Name], optional: &[Reason], verb: Verb::Kick },
        Spec { name: "whois", aliases: &[], needed: &[Name], optional: &[], verb: Verb::Whois },
        Spec { name: "away", aliases: &[], needed: &[], optional: &[Reason], verb: Verb::Away },
        Spec { name: "back", aliases: &[], needed: &[], optional: &[], verb: Verb::Back },
        Spec { name: "help", aliases: &[], needed: &[], optional: &[Command], verb: Verb::Help },
        Spec { name: "quit", aliases: &[], needed: &[], optional: &[Reason], verb: Verb::Quit },
    ]
};

impl Spec {
    /// The command with this name, ignoring case.
    pub fn find(name: &str) -> Option<&'static Self> {
        SPECS.iter().find(|spec| spec.names().any(|known| known.eq_ignore_ascii_case(name)))
    }

    /// Whether the command takes any words.
    pub const fn takes_words(&self) -> bool {
        !self.needed.is_empty() || !self.optional.is_empty()
    }

    /// The name, followed by its aliases.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        [self.name].into_iter().chain(self.aliases.iter().copied())
    }
}

/// Parses what was submitted.
pub fn parse(input: &str) -> Submission {
    let mut lines = lines(input);
    let Some(first) = lines.first_mut() else { return Submission::Message(lines) };
    match Opening::of(first) {
        Opening::Message => Submission::Message(lines),
        Opening::Escaped => {
            first.remove(0);
            Submission::Message(lines)
        }
        Opening::Command(command) => parse_words(command, &lines),
        Opening::Unknown(word) => Submission::Unknown(shortened(word)),
    }
}

/// The lines from the first non-empty one to the last. NUL is removed, because IRC cannot carry it.
fn lines(input: &str) -> Vec<String> {
    let lines = input.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'));
    let mut lines: Vec<String> = lines
        .map(|line| line.replace('\0', ""))
        .map(|line| if line.trim().is_empty() { String::new() } else { line })
        .skip_while(String::is_empty)
        .collect();
    while lines.pop_if(|line| line.is_empty()).is_some() {}
    lines
}

/// How the first line begins.
enum Opening<'a> {
    Message,
    /// With two slashes, which stand for one at the start of a message.
    Escaped,
    Command(&'static Spec),
    Unknown(&'a str),
}

impl<'a> Opening<'a> {
    fn of(line: &'a str) -> Self {
        let Some(command) = line.strip_prefix('/') else {
            // A space before the slash is a typing error if a command follows.
            let indented =
                line.trim_start().strip_prefix('/').and_then(|command| Spec::find(first_word(command)));
            return indented.map_or(Self::Message, Self::Command);
        };
        if command.starts_with('/') {
            return Self::Escaped;
        }
        let word = first_word(command);
        Spec::find(word).map_or(Self::Unknown(word), Self::Command)
    }
}

/// The start of an unknown command, long enough for its author to recognise it.
fn shortened(text: &str) -> String {
    text.chars().take(SHOWN_NAME_CHARS_MAX).collect()
}

fn first_word(text: &str) -> &str {
    text.split(char::is_whitespace).next().unwrap_or_default()
}

/// Parses the words of a command.
fn parse_words(command: &'static Spec, lines: &[String]) -> Submission {
    let Some((first, more)) = lines.split_first() else { return Submission::Missing { command } };
    // It would be wrong to carry out one of several commands and say the others aloud, whichever it is.
    if more.iter().any(|line| matches!(Opening::of(line), Opening::Command(_))) {
        return Submission::Unknown(shortened(lines.join(" ").trim().trim_start_matches('/')));
    }
    let mut arguments = Arguments { first, more };
    arguments.word();
    arguments.command(command.verb).map_or(Submission::Missing { command }, Submission::Command)
}

/// The text after a command, word by word.
#[derive(Clone, Copy)]
struct Arguments<'a> {
    first: &'a str,
    more: &'a [String],
}

impl<'a> Arguments<'a> {
    /// The parsed command; `None` if words are missing.
    fn command(mut self, verb: Verb) -> Option<Slash> {
        Some(match verb {
            Verb::Away => Slash::Away { reason: self.text() },
            Verb::Back => Slash::Back,
            Verb::Help => {
                Slash::Help { command: self.word().map(|word| word.trim_start_matches('/').to_owned()) }
            }
            Verb::Invite => {
                Slash::Invite { nick: self.word()?.to_owned(), room: self.word().map(str::to_owned) }
            }
            Verb::Join => Slash::Join { rooms: self.rooms()? },
            Verb::Kick => Slash::Kick { nick: self.word()?.to_owned(), reason: self.text() },
            Verb::List => Slash::List,
            Verb::Me => Slash::Me { lines: self.lines()? },
            Verb::Msg => {
                Slash::Msg { nick: self.word()?.to_owned(), lines: self.lines().unwrap_or_default() }
            }
            // With a space in it, it is not a nick, and its first word alone would be one that was not
            // wanted.
            Verb::Nick => Slash::Nick { nick: self.text()? },
            Verb::Part => Slash::Part { room: self.room(), reason: self.text() },
            Verb::Quit => Slash::Quit { reason: self.text() },
            Verb::Topic => Slash::Topic { text: self.text() },
            Verb::Whois => Slash::Whois { nick: self.word()?.to_owned() },
        })
    }

    fn word(&mut self) -> Option<&'a str> {
        let mut text = self.first.trim_start();
        while text.is_empty() {
            let (next, more) = self.more.split_first()?;
            (text, self.more) = (next.trim_start(), more);
        }
        let (word, rest) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
        self.first = rest;
        (!word.is_empty()).then_some(word)
    }

    /// The next word, if it is a room.
    fn room(&mut self) -> Option<String> {
        let mut ahead = *self;
        let room = ahead.word().filter(|word| is_room(word))?;
        *self = ahead;
        Some(room.to_owned())
    }

    /// Parses `#a,#b key-of-a,key-of-b`, or `#a #b`.
    fn rooms(mut self) -> Option<Vec<(String, Option<String>)>> {
        let mut names: Vec<&str> = listed(self.word()?).collect();
        let mut keys = Vec::new();
        while let Some(word) = self.word() {
            if is_room(word) { &mut names } else { &mut keys }.extend(listed(word));
        }
        let mut keys = keys.into_iter();
        let rooms = names.into_iter().map(|name| (name.to_owned(), keys.next().map(str::to_owned)));
        Some(rooms.collect()).filter(|rooms: &Vec<_>| !rooms.is_empty())
    }

    /// The rest as one line.
    fn text(self) -> Option<String> {
        let lines = self.lines()?.into_iter().filter(|line| !line.is_empty());
        Some(lines.collect::<Vec<_>>().join(" "))
    }

    /// The rest, line by line.
    fn lines(self) -> Option<Vec<String>> {
        let first = Some(self.first.trim().to_owned());
        let lines = first.into_iter().chain(self.more.iter().cloned());
        let lines: Vec<_> = lines.skip_while(String::is_empty).collect();
        (!lines.is_empty()).then_some(lines)
    }
}

fn is_room(word: &str) -> bool {
    word.starts_with(['#', '&'])
}

fn listed(words: &str) -> impl Iterator<Item = &str> {
    words.split(',').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "expect! makes a value")]
    fn check(input: &str, expected: Expect) {
        let shown = match parse(input) {
            Submission::Missing { command: Spec { name, needed, optional, .. } } => {
                format!("Missing /{name} {needed:?} {optional:?}")
            }
            Submission::Command(slash) => format!("{slash:?}"),
            other => format!("{other:?}"),
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn messages() {
        check("hello", expect![[r#"Message(["hello"])"#]]);
        check("", expect!["Message([])"]);
        check(" \n\n", expect!["Message([])"]);
        check("  code\r\n\r\n\tmore \n \n", expect![[r#"Message(["  code", "", "\tmore "])"#]]);
        check("\n \nold\rmac\n", expect![[r#"Message(["old", "mac"])"#]]);
        check("and/or 1/2", expect![[r#"Message(["and/or 1/2"])"#]]);
        check("//etc/hosts", expect![[r#"Message(["/etc/hosts"])"#]]);
        check("//\n//", expect![[r#"Message(["/", "//"])"#]]);
        check("one\n/two", expect![[r#"Message(["one", "/two"])"#]]);
        check("  /* a comment", expect![[r#"Message(["  /* a comment"])"#]]);
        check("nul\0 \0", expect![[r#"Message(["nul "])"#]]);
    }

    #[test]
    fn what_is_no_command_is_not_sent() {
        check("/jion #rust", expect![[r#"Unknown("jion")"#]]);
        check("/usr/bin/env", expect![[r#"Unknown("usr/bin/env")"#]]);
        check("/s/one/two/\nmore", expect![[r#"Unknown("s/one/two/")"#]]);
        check("/", expect![[r#"Unknown("")"#]]);
        check("/ msg alice secret", expect![[r#"Unknown("")"#]]);
        check(" /msg alice secret", expect![[r#"Msg { nick: "alice", lines: ["secret"] }"#]]);
    }

    #[test]
    fn rooms() {
        check("/join #rust", expect![[r##"Join { rooms: [("#rust", None)] }"##]]);
        check("/JOIN  rust secret ", expect![[r#"Join { rooms: [("rust", Some("secret"))] }"#]]);
        check(
            "/join #a,#b,,#c one,two",
            expect![[r##"Join { rooms: [("#a", Some("one")), ("#b", Some("two")), ("#c", None)] }"##]],
        );
        check("/join #a #b", expect![[r##"Join { rooms: [("#a", None), ("#b", None)] }"##]]);
        check("/join\u{a0}#a", expect![[r##"Join { rooms: [("#a", None)] }"##]]);
        check("/join", expect!["Missing /join [Room] [Key]"]);
        check("/join ,", expect!["Missing /join [Room] [Key]"]);
        check("/join #a\n/join #b", expect![[r#"Unknown("join #a /join #b")"#]]);
        check("/part", expect!["Part { room: None, reason: None }"]);
        check(
            "/leave #rust good bye",
            expect![[r##"Part { room: Some("#rust"), reason: Some("good bye") }"##]],
        );
        check("/close good bye", expect![[r#"Part { room: None, reason: Some("good bye") }"#]]);
        check("/topic", expect!["Topic { text: None }"]);
        check("/topic  All about  Rust ", expect![[r#"Topic { text: Some("All about  Rust") }"#]]);
        check("/topic one\ntwo", expect![[r#"Topic { text: Some("one two") }"#]]);
        check("/join #a\n#b", expect![[r##"Join { rooms: [("#a", None), ("#b", None)] }"##]]);
        check("/list please", expect!["List"]);
        check("/browse", expect!["List"]);
    }

    #[test]
    fn people() {
        check(
            "/msg alice hello  you\n  and you",
            expect![[r#"Msg { nick: "alice", lines: ["hello  you", "  and you"] }"#]],
        );
        check("/msg alice", expect![[r#"Msg { nick: "alice", lines: [] }"#]]);
        check("/query alice", expect![[r#"Msg { nick: "alice", lines: [] }"#]]);
        check("/query alice hello", expect![[r#"Msg { nick: "alice", lines: ["hello"] }"#]]);
        check("/msg alice\nhello", expect![[r#"Msg { nick: "alice", lines: ["hello"] }"#]]);
        check("/msg", expect!["Missing /msg [Name] [Message]"]);
        check("/me waves\nsmiles\n\n", expect![[r#"Me { lines: ["waves", "smiles"] }"#]]);
        check("/me", expect!["Missing /me [Action] []"]);
        check("/me\nwaves", expect![[r#"Me { lines: ["waves"] }"#]]);
        check("/me waves\n/usr/bin", expect![[r#"Me { lines: ["waves", "/usr/bin"] }"#]]);
        check(
            "/quit\n/msg nickserv identify secret",
            expect![[r#"Unknown("quit /msg nickserv identify secret")"#]],
        );
        check("/kick mallory", expect![[r#"Kick { nick: "mallory", reason: None }"#]]);
        check("/kick mallory go away", expect![[r#"Kick { nick: "mallory", reason: Some("go away") }"#]]);
        check("/kick", expect!["Missing /kick [Name] [Reason]"]);
        check("/invite bob", expect![[r#"Invite { nick: "bob", room: None }"#]]);
        check("/invite bob #rust", expect![[r##"Invite { nick: "bob", room: Some("#rust") }"##]]);
        check("/whois bob", expect![[r#"Whois { nick: "bob" }"#]]);
        check("/whois", expect!["Missing /whois [Name] []"]);
    }

    #[test]
    fn oneself() {
        check("/nick alice", expect![[r#"Nick { nick: "alice" }"#]]);
        check("/nick alice smith", expect![[r#"Nick { nick: "alice smith" }"#]]);
        check("/nick", expect!["Missing /nick [Name] []"]);
        check("/away", expect!["Away { reason: None }"]);
        check("/away at lunch\n", expect![[r#"Away { reason: Some("at lunch") }"#]]);
        check("/back", expect!["Back"]);
        check("/help", expect!["Help { command: None }"]);
        check("/help /join", expect![[r#"Help { command: Some("join") }"#]]);
        check("/quit", expect!["Quit { reason: None }"]);
        check("/quit good night", expect![[r#"Quit { reason: Some("good night") }"#]]);
    }

    #[test]
    fn every_name_means_one_command() {
        let mut names: Vec<_> = SPECS.iter().flat_map(Spec::names).collect();
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase())));
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    }

    proptest! {
        /// Whatever is written, a message for the room has lines, and its first line is not a command.
        #[test]
        fn no_command_is_said_aloud(input in "[ \t\u{a0}]{0,2}/?/?(join|msg|me|jion|topic)?([ \n\ra#,]|\\PC){0,20}") {
            match parse(&input) {
                Submission::Message(lines) => {
                    for line in &lines {
                        prop_assert!(!line.contains(['\n', '\r', '\0']));
                    }
                    prop_assert!(lines.first().is_none_or(|line| !line.is_empty()));
                    prop_assert!(lines.last().is_none_or(|line| !line.is_empty()));
                    prop_assert!(!input.starts_with('/') || input.starts_with("//"));
                }
                Submission::Command(Slash::Msg { lines, .. } | Slash::Me { lines }) => {
                    prop_assert!(!lines.iter().skip(1).any(|line| matches!(Opening::of(line), Opening::Command(_))));
                }
                _ => {}
            }
        }
    }
}
