//! What each command does: one file each, of the same name in every layer.
//!
//! Those that read answer at once from `&Network`. Those that change it propose an entry, and have a `commit` that gets `&mut
//! Network` when the log gives the entry, and checks everything there and then.

pub(crate) mod away;
pub(crate) mod cap;
pub(crate) mod chathistory;
pub(crate) mod error;
pub(crate) mod invite;
pub(crate) mod join;
pub(crate) mod kick;
pub(crate) mod list;
pub(crate) mod lusers;
pub(crate) mod mode;
pub(crate) mod motd;
pub(crate) mod names;
pub(crate) mod nick;
pub(crate) mod notice;
pub(crate) mod part;
pub(crate) mod pass;
pub(crate) mod ping;
pub(crate) mod pong;
pub(crate) mod privmsg;
pub(crate) mod quit;
pub(crate) mod tagmsg;
pub(crate) mod topic;
pub(crate) mod user;
pub(crate) mod version;
pub(crate) mod who;
pub(crate) mod whois;

use parla_proto::{Command, Message};

use crate::{context::Context, refusal::Refusal};

/// Runs a command of a session.
pub(crate) fn dispatch(
    context: &mut Context<'_>,
    command: &Command<'_>,
    message: &Message<'_>,
) -> Result<(), Refusal> {
    match command {
        Command::Away(away) => away::run(context, away),
        Command::Cap(cap) => cap::run(context, cap),
        Command::Chathistory(chathistory) => chathistory::run(context, chathistory),
        Command::Error(_) => error::run(context),
        Command::Invite(invite) => invite::run(context, invite),
        Command::Join(join) => join::run(context, join),
        Command::Kick(kick) => kick::run(context, kick),
        Command::List(list) => list::run(context, list),
        Command::Lusers(_) => lusers::run(context),
        Command::Mode(mode) => mode::run(context, mode),
        Command::Motd(motd) => motd::run(context, motd),
        Command::Names(names) => names::run(context, names),
        Command::Nick(nick) => nick::run(context, nick),
        Command::Notice(notice) => notice::run(context, notice, message.tags),
        Command::Part(part) => part::run(context, part),
        Command::Pass(pass) => pass::run(context, pass),
        Command::Ping(ping) => ping::run(context, ping),
        Command::Pong(_) => pong::run(context),
        Command::Privmsg(privmsg) => privmsg::run(context, privmsg, message.tags),
        Command::Quit(quit) => quit::run(context, quit),
        Command::Tagmsg(tagmsg) => tagmsg::run(context, tagmsg, message.tags),
        Command::Topic(topic) => topic::run(context, topic),
        Command::User(user) => user::run(context, user),
        Command::Version(version) => version::run(context, version),
        Command::Who(who) => who::run(context, who),
        Command::Whois(whois) => whois::run(context, whois),
    }
}
