//! Commands: what a message asks for, one file each. Every layer has a file of the same name.
//!
//! A shape checks how many parameters there are and nothing else; what they mean is for whoever acts on it.

use arrayvec::ArrayString;

use crate::message::{Message, Params};

pub mod away;
pub mod cap;
pub mod chathistory;
pub mod error;
pub mod invite;
pub mod join;
pub mod kick;
pub mod list;
pub mod lusers;
pub mod mode;
pub mod motd;
pub mod names;
pub mod nick;
pub mod notice;
pub mod part;
pub mod pass;
pub mod ping;
pub mod pong;
pub mod privmsg;
pub mod quit;
pub mod tagmsg;
pub mod topic;
pub mod user;
pub mod version;
pub mod who;
pub mod whois;

pub use away::Away;
pub use cap::Cap;
pub use chathistory::Chathistory;
pub use error::Error;
pub use invite::Invite;
pub use join::Join;
pub use kick::Kick;
pub use list::List;
pub use lusers::Lusers;
pub use mode::Mode;
pub use motd::Motd;
pub use names::Names;
pub use nick::Nick;
pub use notice::Notice;
pub use part::Part;
pub use pass::Pass;
pub use ping::Ping;
pub use pong::Pong;
pub use privmsg::Privmsg;
pub use quit::Quit;
pub use tagmsg::Tagmsg;
pub use topic::Topic;
pub use user::User;
pub use version::Version;
pub use who::Who;
pub use whois::Whois;

/// What is to be known of a command, for checks, help and the manual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The word on the wire.
    pub name: &'static str,
    /// With fewer parameters the answer is ERR_NEEDMOREPARAMS. Zero where a command has an error of its own for that.
    pub params_min: usize,
    /// Whether a client may send it before it is registered.
    pub before_registration: bool,
    /// The parameters, for help.
    pub syntax: &'static str,
    /// One or two sentences, for help.
    pub help: &'static str,
}

/// A command with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is documented by its type")]
pub enum Command<'a> {
    Away(Away<'a>),
    Cap(Cap<'a>),
    Chathistory(Chathistory<'a>),
    Error(Error),
    Invite(Invite<'a>),
    Join(Join<'a>),
    Kick(Kick<'a>),
    List(List<'a>),
    Lusers(Lusers),
    Mode(Mode<'a>),
    Motd(Motd<'a>),
    Names(Names<'a>),
    Nick(Nick<'a>),
    Notice(Notice<'a>),
    Part(Part<'a>),
    Pass(Pass<'a>),
    Ping(Ping<'a>),
    Pong(Pong<'a>),
    Privmsg(Privmsg<'a>),
    Quit(Quit<'a>),
    Tagmsg(Tagmsg<'a>),
    Topic(Topic<'a>),
    User(User<'a>),
    Version(Version<'a>),
    Who(Who<'a>),
    Whois(Whois<'a>),
}

/// Why a message is no command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadCommand<'a> {
    /// Nobody knows this word.
    Unknown(&'a str),
    /// Something is missing after the word.
    TooFewParams(&'static Facts),
}

/// Every command, in the order of the alphabet.
pub const ALL: [&Facts; 26] = [
    &away::FACTS,
    &cap::FACTS,
    &chathistory::FACTS,
    &error::FACTS,
    &invite::FACTS,
    &join::FACTS,
    &kick::FACTS,
    &list::FACTS,
    &lusers::FACTS,
    &mode::FACTS,
    &motd::FACTS,
    &names::FACTS,
    &nick::FACTS,
    &notice::FACTS,
    &part::FACTS,
    &pass::FACTS,
    &ping::FACTS,
    &pong::FACTS,
    &privmsg::FACTS,
    &quit::FACTS,
    &tagmsg::FACTS,
    &topic::FACTS,
    &user::FACTS,
    &version::FACTS,
    &who::FACTS,
    &whois::FACTS,
];

/// The longest word that can be a command.
const NAME_BYTES_MAX: usize = 16;

impl<'a> Command<'a> {
    /// Reads the command of a message.
    ///
    /// # Errors
    /// The word is unknown, or has too few parameters.
    pub fn parse(message: &Message<'a>) -> Result<Self, BadCommand<'a>> {
        let unknown = BadCommand::Unknown(message.command);
        let mut name = ArrayString::<NAME_BYTES_MAX>::new();
        name.try_push_str(message.command).map_err(|_| unknown)?;
        name.make_ascii_uppercase();
        let params = &message.params;
        Ok(match name.as_str() {
            away::NAME => Self::Away(shape(&away::FACTS, params)?),
            cap::NAME => Self::Cap(shape(&cap::FACTS, params)?),
            chathistory::NAME => Self::Chathistory(shape(&chathistory::FACTS, params)?),
            error::NAME => Self::Error(shape(&error::FACTS, params)?),
            invite::NAME => Self::Invite(shape(&invite::FACTS, params)?),
            join::NAME => Self::Join(shape(&join::FACTS, params)?),
            kick::NAME => Self::Kick(shape(&kick::FACTS, params)?),
            list::NAME => Self::List(shape(&list::FACTS, params)?),
            lusers::NAME => Self::Lusers(shape(&lusers::FACTS, params)?),
            mode::NAME => Self::Mode(shape(&mode::FACTS, params)?),
            motd::NAME => Self::Motd(shape(&motd::FACTS, params)?),
            names::NAME => Self::Names(shape(&names::FACTS, params)?),
            nick::NAME => Self::Nick(shape(&nick::FACTS, params)?),
            notice::NAME => Self::Notice(shape(&notice::FACTS, params)?),
            part::NAME => Self::Part(shape(&part::FACTS, params)?),
            pass::NAME => Self::Pass(shape(&pass::FACTS, params)?),
            ping::NAME => Self::Ping(shape(&ping::FACTS, params)?),
            pong::NAME => Self::Pong(shape(&pong::FACTS, params)?),
            privmsg::NAME => Self::Privmsg(shape(&privmsg::FACTS, params)?),
            quit::NAME => Self::Quit(shape(&quit::FACTS, params)?),
            tagmsg::NAME => Self::Tagmsg(shape(&tagmsg::FACTS, params)?),
            topic::NAME => Self::Topic(shape(&topic::FACTS, params)?),
            user::NAME => Self::User(shape(&user::FACTS, params)?),
            version::NAME => Self::Version(shape(&version::FACTS, params)?),
            who::NAME => Self::Who(shape(&who::FACTS, params)?),
            whois::NAME => Self::Whois(shape(&whois::FACTS, params)?),
            _ => return Err(unknown),
        })
    }

    /// The facts of this command.
    pub const fn facts(&self) -> &'static Facts {
        match self {
            Self::Away(_) => &away::FACTS,
            Self::Cap(_) => &cap::FACTS,
            Self::Chathistory(_) => &chathistory::FACTS,
            Self::Error(_) => &error::FACTS,
            Self::Invite(_) => &invite::FACTS,
            Self::Join(_) => &join::FACTS,
            Self::Kick(_) => &kick::FACTS,
            Self::List(_) => &list::FACTS,
            Self::Lusers(_) => &lusers::FACTS,
            Self::Mode(_) => &mode::FACTS,
            Self::Motd(_) => &motd::FACTS,
            Self::Names(_) => &names::FACTS,
            Self::Nick(_) => &nick::FACTS,
            Self::Notice(_) => &notice::FACTS,
            Self::Part(_) => &part::FACTS,
            Self::Pass(_) => &pass::FACTS,
            Self::Ping(_) => &ping::FACTS,
            Self::Pong(_) => &pong::FACTS,
            Self::Privmsg(_) => &privmsg::FACTS,
            Self::Quit(_) => &quit::FACTS,
            Self::Tagmsg(_) => &tagmsg::FACTS,
            Self::Topic(_) => &topic::FACTS,
            Self::User(_) => &user::FACTS,
            Self::Version(_) => &version::FACTS,
            Self::Who(_) => &who::FACTS,
            Self::Whois(_) => &whois::FACTS,
        }
    }
}

fn shape<'a, T: for<'p> From<&'p Params<'a>>>(
    facts: &'static Facts,
    params: &Params<'a>,
) -> Result<T, BadCommand<'a>> {
    if params.len() < facts.params_min { Err(BadCommand::TooFewParams(facts)) } else { Ok(T::from(params)) }
}

/// A parameter that [`Facts::params_min`] promises.
fn at<'a>(params: &Params<'a>, index: usize) -> &'a str {
    params.get(index).copied().unwrap_or_default()
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
                    matches!(error, BadCommand::TooFewParams(found) if found.name == facts.name),
                    "{line}"
                );
            }
        }
    }

    #[test]
    fn unknown_words_are_given_back() {
        assert_eq!(parse("frob x"), Err(BadCommand::Unknown("frob")));
        assert_eq!(parse("averyveryverylongword"), Err(BadCommand::Unknown("averyveryverylongword")));
    }
}
