//! Commands: what a message asks for, one file each. Every layer has a file of the same name.
//!
//! A shape checks how many parameters there are and nothing else; what they mean is for whoever acts on it.

use arrayvec::ArrayString;

use crate::{
    message::{Message, Params},
    name::is_channel,
};

pub mod admin;
pub mod authenticate;
pub mod away;
pub mod batch;
pub mod cap;
pub mod chathistory;
pub mod chghost;
pub mod die;
pub mod error;
pub mod help;
pub mod info;
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
pub mod notice;
pub mod oper;
pub mod part;
pub mod pass;
pub mod ping;
pub mod pong;
pub mod privmsg;
pub mod quit;
pub mod redact;
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

pub use admin::Admin;
pub use authenticate::Authenticate;
pub use away::Away;
pub use batch::Batch;
pub use cap::Cap;
pub use chathistory::Chathistory;
pub use chghost::Chghost;
pub use die::Die;
pub use error::Error;
pub use help::Help;
pub use info::Info;
pub use invite::Invite;
pub use ison::Ison;
pub use isupport::Isupport;
pub use join::Join;
pub use kick::Kick;
pub use kill::Kill;
pub use links::Links;
pub use list::List;
pub use lusers::Lusers;
pub use markread::Markread;
pub use metadata::Metadata;
pub use mode::Mode;
pub use monitor::Monitor;
pub use motd::Motd;
pub use names::Names;
pub use nick::Nick;
pub use notice::Notice;
pub use oper::Oper;
pub use part::Part;
pub use pass::Pass;
pub use ping::Ping;
pub use pong::Pong;
pub use privmsg::Privmsg;
pub use quit::Quit;
pub use redact::Redact;
pub use rehash::Rehash;
pub use rename::Rename;
pub use restart::Restart;
pub use room::Room;
pub use sajoin::Sajoin;
pub use samode::Samode;
pub use sapart::Sapart;
pub use setname::Setname;
pub use stats::Stats;
pub use tagmsg::Tagmsg;
pub use time::Time;
pub use topic::Topic;
pub use user::User;
pub use userhost::Userhost;
pub use version::Version;
pub use wallops::Wallops;
pub use webirc::Webirc;
pub use who::Who;
pub use whois::Whois;
pub use whowas::Whowas;

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
    Admin(Admin<'a>),
    Authenticate(Authenticate<'a>),
    Away(Away<'a>),
    Batch(Batch<'a>),
    Cap(Cap<'a>),
    Chathistory(Chathistory<'a>),
    Chghost(Chghost<'a>),
    Die(Die),
    Error(Error),
    Help(Help<'a>),
    Info(Info<'a>),
    Invite(Invite<'a>),
    Ison(Ison<'a>),
    Isupport(Isupport),
    Join(Join<'a>),
    Kick(Kick<'a>),
    Kill(Kill<'a>),
    Links(Links<'a>),
    List(List<'a>),
    Lusers(Lusers),
    Markread(Markread<'a>),
    Metadata(Metadata<'a>),
    Mode(Mode<'a>),
    Monitor(Monitor<'a>),
    Motd(Motd<'a>),
    Names(Names<'a>),
    Nick(Nick<'a>),
    Notice(Notice<'a>),
    Oper(Oper<'a>),
    Part(Part<'a>),
    Pass(Pass<'a>),
    Ping(Ping<'a>),
    Pong(Pong<'a>),
    Privmsg(Privmsg<'a>),
    Quit(Quit<'a>),
    Redact(Redact<'a>),
    Rehash(Rehash),
    Rename(Rename<'a>),
    Restart(Restart),
    Room(Room<'a>),
    Sajoin(Sajoin<'a>),
    Samode(Samode<'a>),
    Sapart(Sapart<'a>),
    Setname(Setname<'a>),
    Stats(Stats<'a>),
    Tagmsg(Tagmsg<'a>),
    Time(Time<'a>),
    Topic(Topic<'a>),
    User(User<'a>),
    Userhost(Userhost<'a>),
    Version(Version<'a>),
    Wallops(Wallops<'a>),
    Webirc(Webirc<'a>),
    Who(Who<'a>),
    Whois(Whois<'a>),
    Whowas(Whowas<'a>),
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
pub const ALL: [&Facts; 56] = [
    &admin::FACTS,
    &authenticate::FACTS,
    &away::FACTS,
    &batch::FACTS,
    &cap::FACTS,
    &chathistory::FACTS,
    &chghost::FACTS,
    &die::FACTS,
    &error::FACTS,
    &help::FACTS,
    &info::FACTS,
    &invite::FACTS,
    &ison::FACTS,
    &isupport::FACTS,
    &join::FACTS,
    &kick::FACTS,
    &kill::FACTS,
    &links::FACTS,
    &list::FACTS,
    &lusers::FACTS,
    &markread::FACTS,
    &metadata::FACTS,
    &mode::FACTS,
    &monitor::FACTS,
    &motd::FACTS,
    &names::FACTS,
    &nick::FACTS,
    &notice::FACTS,
    &oper::FACTS,
    &part::FACTS,
    &pass::FACTS,
    &ping::FACTS,
    &pong::FACTS,
    &privmsg::FACTS,
    &quit::FACTS,
    &redact::FACTS,
    &rehash::FACTS,
    &rename::FACTS,
    &restart::FACTS,
    &room::FACTS,
    &sajoin::FACTS,
    &samode::FACTS,
    &sapart::FACTS,
    &setname::FACTS,
    &stats::FACTS,
    &tagmsg::FACTS,
    &time::FACTS,
    &topic::FACTS,
    &user::FACTS,
    &userhost::FACTS,
    &version::FACTS,
    &wallops::FACTS,
    &webirc::FACTS,
    &who::FACTS,
    &whois::FACTS,
    &whowas::FACTS,
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
            admin::NAME => Self::Admin(shape(&admin::FACTS, params)?),
            authenticate::NAME => Self::Authenticate(shape(&authenticate::FACTS, params)?),
            away::NAME => Self::Away(shape(&away::FACTS, params)?),
            batch::NAME => Self::Batch(shape(&batch::FACTS, params)?),
            cap::NAME => Self::Cap(shape(&cap::FACTS, params)?),
            chathistory::NAME => Self::Chathistory(shape(&chathistory::FACTS, params)?),
            chghost::NAME => Self::Chghost(shape(&chghost::FACTS, params)?),
            die::NAME => Self::Die(shape(&die::FACTS, params)?),
            error::NAME => Self::Error(shape(&error::FACTS, params)?),
            help::NAME | help::ALIAS => Self::Help(shape(&help::FACTS, params)?),
            info::NAME => Self::Info(shape(&info::FACTS, params)?),
            invite::NAME => Self::Invite(shape(&invite::FACTS, params)?),
            ison::NAME => Self::Ison(shape(&ison::FACTS, params)?),
            isupport::NAME => Self::Isupport(shape(&isupport::FACTS, params)?),
            join::NAME => Self::Join(shape(&join::FACTS, params)?),
            kick::NAME => Self::Kick(shape(&kick::FACTS, params)?),
            kill::NAME => Self::Kill(shape(&kill::FACTS, params)?),
            links::NAME => Self::Links(shape(&links::FACTS, params)?),
            list::NAME => Self::List(shape(&list::FACTS, params)?),
            lusers::NAME => Self::Lusers(shape(&lusers::FACTS, params)?),
            markread::NAME => Self::Markread(shape(&markread::FACTS, params)?),
            metadata::NAME => Self::Metadata(shape(&metadata::FACTS, params)?),
            mode::NAME => Self::Mode(shape(&mode::FACTS, params)?),
            monitor::NAME => Self::Monitor(shape(&monitor::FACTS, params)?),
            motd::NAME => Self::Motd(shape(&motd::FACTS, params)?),
            names::NAME => Self::Names(shape(&names::FACTS, params)?),
            nick::NAME => Self::Nick(shape(&nick::FACTS, params)?),
            notice::NAME => Self::Notice(shape(&notice::FACTS, params)?),
            oper::NAME => Self::Oper(shape(&oper::FACTS, params)?),
            part::NAME => Self::Part(shape(&part::FACTS, params)?),
            pass::NAME => Self::Pass(shape(&pass::FACTS, params)?),
            ping::NAME => Self::Ping(shape(&ping::FACTS, params)?),
            pong::NAME => Self::Pong(shape(&pong::FACTS, params)?),
            privmsg::NAME => Self::Privmsg(shape(&privmsg::FACTS, params)?),
            quit::NAME => Self::Quit(shape(&quit::FACTS, params)?),
            redact::NAME => Self::Redact(shape(&redact::FACTS, params)?),
            rehash::NAME => Self::Rehash(shape(&rehash::FACTS, params)?),
            rename::NAME => Self::Rename(shape(&rename::FACTS, params)?),
            restart::NAME => Self::Restart(shape(&restart::FACTS, params)?),
            room::NAME => Self::Room(shape(&room::FACTS, params)?),
            sajoin::NAME => Self::Sajoin(shape(&sajoin::FACTS, params)?),
            samode::NAME => Self::Samode(shape(&samode::FACTS, params)?),
            sapart::NAME => Self::Sapart(shape(&sapart::FACTS, params)?),
            setname::NAME => Self::Setname(shape(&setname::FACTS, params)?),
            stats::NAME => Self::Stats(shape(&stats::FACTS, params)?),
            tagmsg::NAME => Self::Tagmsg(shape(&tagmsg::FACTS, params)?),
            time::NAME => Self::Time(shape(&time::FACTS, params)?),
            topic::NAME => Self::Topic(shape(&topic::FACTS, params)?),
            user::NAME => Self::User(shape(&user::FACTS, params)?),
            userhost::NAME => Self::Userhost(shape(&userhost::FACTS, params)?),
            version::NAME => Self::Version(shape(&version::FACTS, params)?),
            wallops::NAME => Self::Wallops(shape(&wallops::FACTS, params)?),
            webirc::NAME => Self::Webirc(shape(&webirc::FACTS, params)?),
            who::NAME => Self::Who(shape(&who::FACTS, params)?),
            whois::NAME => Self::Whois(shape(&whois::FACTS, params)?),
            whowas::NAME => Self::Whowas(shape(&whowas::FACTS, params)?),
            _ => return Err(unknown),
        })
    }

    /// The facts of this command.
    pub const fn facts(&self) -> &'static Facts {
        match self {
            Self::Admin(_) => &admin::FACTS,
            Self::Authenticate(_) => &authenticate::FACTS,
            Self::Away(_) => &away::FACTS,
            Self::Batch(_) => &batch::FACTS,
            Self::Cap(_) => &cap::FACTS,
            Self::Chathistory(_) => &chathistory::FACTS,
            Self::Chghost(_) => &chghost::FACTS,
            Self::Die(_) => &die::FACTS,
            Self::Error(_) => &error::FACTS,
            Self::Help(_) => &help::FACTS,
            Self::Info(_) => &info::FACTS,
            Self::Invite(_) => &invite::FACTS,
            Self::Ison(_) => &ison::FACTS,
            Self::Isupport(_) => &isupport::FACTS,
            Self::Join(_) => &join::FACTS,
            Self::Kick(_) => &kick::FACTS,
            Self::Kill(_) => &kill::FACTS,
            Self::Links(_) => &links::FACTS,
            Self::List(_) => &list::FACTS,
            Self::Lusers(_) => &lusers::FACTS,
            Self::Markread(_) => &markread::FACTS,
            Self::Metadata(_) => &metadata::FACTS,
            Self::Mode(_) => &mode::FACTS,
            Self::Monitor(_) => &monitor::FACTS,
            Self::Motd(_) => &motd::FACTS,
            Self::Names(_) => &names::FACTS,
            Self::Nick(_) => &nick::FACTS,
            Self::Notice(_) => &notice::FACTS,
            Self::Oper(_) => &oper::FACTS,
            Self::Part(_) => &part::FACTS,
            Self::Pass(_) => &pass::FACTS,
            Self::Ping(_) => &ping::FACTS,
            Self::Pong(_) => &pong::FACTS,
            Self::Privmsg(_) => &privmsg::FACTS,
            Self::Quit(_) => &quit::FACTS,
            Self::Redact(_) => &redact::FACTS,
            Self::Rehash(_) => &rehash::FACTS,
            Self::Rename(_) => &rename::FACTS,
            Self::Restart(_) => &restart::FACTS,
            Self::Room(_) => &room::FACTS,
            Self::Sajoin(_) => &sajoin::FACTS,
            Self::Samode(_) => &samode::FACTS,
            Self::Sapart(_) => &sapart::FACTS,
            Self::Setname(_) => &setname::FACTS,
            Self::Stats(_) => &stats::FACTS,
            Self::Tagmsg(_) => &tagmsg::FACTS,
            Self::Time(_) => &time::FACTS,
            Self::Topic(_) => &topic::FACTS,
            Self::User(_) => &user::FACTS,
            Self::Userhost(_) => &userhost::FACTS,
            Self::Version(_) => &version::FACTS,
            Self::Wallops(_) => &wallops::FACTS,
            Self::Webirc(_) => &webirc::FACTS,
            Self::Who(_) => &who::FACTS,
            Self::Whois(_) => &whois::FACTS,
            Self::Whowas(_) => &whowas::FACTS,
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

/// Whom a command of operators means, which channels, and what comes after them. The nick can be left out.
fn meant<'a>(params: &Params<'a>) -> (Option<&'a str>, &'a str, Option<&'a str>) {
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
