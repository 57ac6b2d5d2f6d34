//! Commands: what a message asks for. Each command has a file, and every layer has a file of the same name
//! for it.
//!
//! One table generates the names, the types and the parser. Both sides match on them without a wildcard, so a
//! new row does not compile until the server, the client and the tests handle it. A command's type only
//! checks the number of parameters; whoever carries it out interprets them.

use std::fmt;

use arrayvec::ArrayString;

use crate::{
    message::{Message, Params},
    name::is_channel,
};

// The table could generate these lines too, but then rustfmt would not find the files.
pub mod accept;
pub mod access;
pub mod admin;
pub mod authenticate;
pub mod away;
pub mod batch;
pub mod cap;
pub mod chanserv;
pub mod chathistory;
pub mod chghost;
pub mod die;
pub mod error;
pub mod help;
pub mod info;
pub mod invitation;
pub mod invite;
pub mod ison;
pub mod isupport;
pub mod join;
pub mod kick;
pub mod kill;
pub mod links;
pub mod list;
pub mod lusers;
pub mod markread;
pub mod metadata;
pub mod mode;
pub mod monitor;
pub mod motd;
pub mod names;
pub mod nick;
pub mod nickserv;
pub mod notice;
pub mod oper;
pub mod part;
pub mod pass;
pub mod ping;
pub mod pong;
pub mod privmsg;
pub mod quit;
pub mod redact;
pub mod register;
pub mod rehash;
pub mod rename;
pub mod restart;
pub mod room;
pub mod sajoin;
pub mod samode;
pub mod sapart;
pub mod setname;
pub mod stats;
pub mod tagmsg;
pub mod time;
pub mod topic;
pub mod user;
pub mod userhost;
pub mod version;
pub mod wallops;
pub mod webirc;
pub mod who;
pub mod whois;
pub mod whowas;

/// The facts of a command, for checks, HELP and the manual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The command's word on the wire.
    pub name: &'static str,
    /// The minimum number of parameters; with fewer, the answer is ERR_NEEDMOREPARAMS. It is zero if the
    /// command has its own error for that.
    pub params_min: usize,
    /// Whether a client may send it before registration.
    pub before_registration: bool,
    /// The parameters, for HELP and the manual.
    pub syntax: &'static str,
    /// One or two sentences, for HELP and the manual.
    pub help: &'static str,
}

/// Why a message is not a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadCommand<'a> {
    /// There is no such command.
    Unknown(&'a str),
    /// Parameters are missing.
    TooFewParams(CommandName),
}

/// The length of the longest command word, in bytes.
const NAME_BYTES_MAX: usize = 16;

macro_rules! commands {
    (
        clients { $($module:ident $(| $alias:path)? => $name:ident $(<$lifetime:lifetime>)?,)* }
        servers { $($server:ident = $word:literal,)* }
    ) => {
        $(pub use $module::$name;)*

        /// The name of a command, whichever side sends it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum CommandName {
            $(#[doc = concat!("What a client asks for by [`", stringify!($name), "`].")] $name,)*
            $(#[doc = concat!($word, ", which only servers send.")] $server,)*
        }

        impl CommandName {
            /// Parses the word of a command, in either case. `None` if no layer knows it.
            pub fn parse(word: &str) -> Option<Self> {
                let mut name = ArrayString::<NAME_BYTES_MAX>::new();
                name.try_push_str(word).ok()?;
                name.make_ascii_uppercase();
                Some(match name.as_str() {
                    $($module::NAME $(| $alias)? => Self::$name,)*
                    $($word => Self::$server,)*
                    _ => return None,
                })
            }

            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $module::NAME,)*
                    $(Self::$server => $word,)*
                }
            }

            /// The facts of the command; `None` if only servers send it.
            pub const fn facts(self) -> Option<&'static Facts> {
                match self {
                    $(Self::$name => Some(&$module::FACTS),)*
                    $(Self::$server)|* => None,
                }
            }
        }

        /// A command from a client, with its parameters.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each variant is documented by its type")]
        pub enum Command<'a> {
            $($name($name $(<$lifetime>)?),)*
        }

        /// Every command that clients may send, in alphabetical order.
        pub const ALL: &[&Facts] = &[$(&$module::FACTS),*];

        impl<'a> Command<'a> {
            /// Parses the command of a message.
            ///
            /// # Errors
            /// The word is unknown, or parameters are missing.
            pub fn parse(message: &Message<'a>) -> Result<Self, BadCommand<'a>> {
                let unknown = BadCommand::Unknown(message.command);
                Ok(match CommandName::of(message).ok_or(unknown)? {
                    $(CommandName::$name => Self::$name(shape(CommandName::$name, &message.params)?),)*
                    $(CommandName::$server)|* => return Err(unknown),
                })
            }

            /// The name of this command.
            pub const fn name(&self) -> CommandName {
                match self {
                    $(Self::$name(_) => CommandName::$name,)*
                }
            }

            /// The facts of this command.
            pub const fn facts(&self) -> &'static Facts {
                match self {
                    $(Self::$name(_) => &$module::FACTS,)*
                }
            }
        }
    };
}

commands! {
    clients {
        accept => Accept<'a>,
        access => Access<'a>,
        admin => Admin<'a>,
        authenticate => Authenticate<'a>,
        away => Away<'a>,
        batch => Batch<'a>,
        cap => Cap<'a>,
        chanserv | chanserv::ALIAS => Chanserv<'a>,
        chathistory => Chathistory<'a>,
        chghost => Chghost<'a>,
        die => Die,
        error => Error,
        help | help::ALIAS => Help<'a>,
        info => Info<'a>,
        invitation => Invitation<'a>,
        invite => Invite<'a>,
        ison => Ison<'a>,
        isupport => Isupport,
        join => Join<'a>,
        kick => Kick<'a>,
        kill => Kill<'a>,
        links => Links<'a>,
        list => List<'a>,
        lusers => Lusers,
        markread => Markread<'a>,
        metadata => Metadata<'a>,
        mode => Mode<'a>,
        monitor => Monitor<'a>,
        motd => Motd<'a>,
        names => Names<'a>,
        nick => Nick<'a>,
        nickserv | nickserv::ALIAS => Nickserv<'a>,
        notice => Notice<'a>,
        oper => Oper<'a>,
        part => Part<'a>,
        pass => Pass<'a>,
        ping => Ping<'a>,
        pong => Pong<'a>,
        privmsg => Privmsg<'a>,
        quit => Quit<'a>,
        redact => Redact<'a>,
        register => Register<'a>,
        rehash => Rehash,
        rename => Rename<'a>,
        restart => Restart,
        room => Room<'a>,
        sajoin => Sajoin<'a>,
        samode => Samode<'a>,
        sapart => Sapart<'a>,
        setname => Setname<'a>,
        stats => Stats<'a>,
        tagmsg => Tagmsg<'a>,
        time => Time<'a>,
        topic => Topic<'a>,
        user => User<'a>,
        userhost => Userhost<'a>,
        version => Version<'a>,
        wallops => Wallops<'a>,
        webirc => Webirc<'a>,
        who => Who<'a>,
        whois => Whois<'a>,
        whowas => Whowas<'a>,
    }
    servers {
        Account = "ACCOUNT",
        Ack = "ACK",
        Fail = "FAIL",
        Note = "NOTE",
        Warn = "WARN",
    }
}

impl CommandName {
    /// The command of a message; `None` if it is a numeric or a word that no layer knows.
    pub fn of(message: &Message<'_>) -> Option<Self> {
        Self::parse(message.command)
    }
}

impl fmt::Display for CommandName {
    /// The word on the wire.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn shape<'a, T: for<'p> From<&'p Params<'a>>>(
    name: CommandName,
    params: &Params<'a>,
) -> Result<T, BadCommand<'a>> {
    let params_min = name.facts().map_or(0, |facts| facts.params_min);
    if params.len() < params_min { Err(BadCommand::TooFewParams(name)) } else { Ok(T::from(params)) }
}

/// The words in all parameters, as a service reads them.
fn words<'a>(params: &Params<'a>) -> Vec<&'a str> {
    params.iter().flat_map(|param| param.split_ascii_whitespace()).collect()
}

/// A parameter that [`Facts::params_min`] guarantees to exist.
fn at<'a>(params: &Params<'a>, index: usize) -> &'a str {
    params.get(index).copied().unwrap_or_default()
}

/// The nick, the channels and the next parameter of SAJOIN or SAPART. The nick can be left out.
fn nick_and_channels<'a>(params: &Params<'a>) -> (Option<&'a str>, &'a str, Option<&'a str>) {
    let first = at(params, 0);
    let (nick, channels) = if is_channel(first) { (None, 0) } else { (Some(first), 1) };
    (nick, at(params, channels), params.get(channels + 1).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Command<'_>, BadCommand<'_>> {
        Command::parse(&Message::parse(line.as_bytes()).unwrap())
    }

    #[test]
    fn case_does_not_matter() {
        let join = Join { channels: "#a,#b", keys: Some("x") };
        assert_eq!(parse("jOIN #a,#b x"), Ok(Command::Join(join)));
        assert_eq!(parse("helpop").map(|command| command.facts().name), Ok("HELP"));
    }

    #[test]
    fn a_nick_can_be_left_out() {
        for (line, nick, channels, reason) in [
            ("SAPART #a,#b", None, "#a,#b", None),
            ("SAPART #a :why not", None, "#a", Some("why not")),
            ("SAPART bob #a :why not", Some("bob"), "#a", Some("why not")),
            ("SAPART bob", Some("bob"), "", None),
        ] {
            assert_eq!(parse(line), Ok(Command::Sapart(Sapart { nick, channels, reason })), "{line}");
        }
    }

    #[test]
    fn every_command_is_reached_by_its_name() {
        for facts in ALL {
            let line = format!("{} a b c d", facts.name);
            assert_eq!(parse(&line).unwrap().facts().name, facts.name);
        }
    }

    #[test]
    fn too_few_parameters_are_refused() {
        for facts in ALL {
            for count in 0..facts.params_min {
                let line = format!("{}{}", facts.name, " x".repeat(count));
                let error = parse(&line).unwrap_err();
                assert!(
                    matches!(error, BadCommand::TooFewParams(found) if found.as_str() == facts.name),
                    "{line}"
                );
            }
        }
    }

    #[test]
    fn what_only_servers_send_is_known_by_name_and_refused() {
        for name in
            [CommandName::Account, CommandName::Ack, CommandName::Fail, CommandName::Note, CommandName::Warn]
        {
            assert_eq!(CommandName::parse(name.as_str()), Some(name));
            assert_eq!(name.facts(), None);
            assert_eq!(parse(name.as_str()), Err(BadCommand::Unknown(name.as_str())));
        }
    }

    #[test]
    fn the_table_is_in_the_order_of_the_alphabet() {
        assert!(ALL.is_sorted_by_key(|facts| facts.name));
    }

    #[test]
    fn unknown_words_are_given_back() {
        assert_eq!(parse("frob x"), Err(BadCommand::Unknown("frob")));
        assert_eq!(parse("averyveryverylongword"), Err(BadCommand::Unknown("averyveryverylongword")));
    }
}
