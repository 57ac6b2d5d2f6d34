//! What each command does: one file each, of the same name in every layer.
//!
//! Those that read answer at once from `&Network`. Those that change it propose an entry, and have a `commit` that gets `&mut
//! Network` when the log gives the entry, and checks everything there and then.

pub(crate) mod account;
pub(crate) mod admin;
pub(crate) mod authenticate;
pub(crate) mod away;
pub(crate) mod batch;
pub(crate) mod cap;
pub(crate) mod chathistory;
pub(crate) mod chghost;
pub(crate) mod die;
pub(crate) mod error;
pub(crate) mod help;
pub(crate) mod info;
pub(crate) mod invite;
pub(crate) mod ison;
pub(crate) mod isupport;
pub(crate) mod join;
pub(crate) mod kick;
pub(crate) mod kill;
pub(crate) mod links;
pub(crate) mod list;
pub(crate) mod lusers;
#[cfg(test)]
mod manual;
pub(crate) mod markread;
pub(crate) mod metadata;
pub(crate) mod mode;
pub(crate) mod monitor;
pub(crate) mod motd;
pub(crate) mod names;
pub(crate) mod nick;
pub(crate) mod notice;
pub(crate) mod oper;
pub(crate) mod part;
pub(crate) mod pass;
pub(crate) mod ping;
pub(crate) mod pong;
pub(crate) mod privmsg;
pub(crate) mod quit;
pub(crate) mod redact;
pub(crate) mod rehash;
pub(crate) mod rename;
pub(crate) mod restart;
pub(crate) mod room;
pub(crate) mod sajoin;
pub(crate) mod samode;
pub(crate) mod sapart;
pub(crate) mod setname;
pub(crate) mod stats;
pub(crate) mod tagmsg;
pub(crate) mod time;
pub(crate) mod topic;
pub(crate) mod user;
pub(crate) mod userhost;
pub(crate) mod version;
pub(crate) mod wallops;
pub(crate) mod webirc;
pub(crate) mod who;
pub(crate) mod whois;
pub(crate) mod whowas;

use parla_proto::{Command, Message};

use crate::{context::Context, network::refusal::Refusal};

/// Runs a command of a session.
pub(crate) fn dispatch(
    context: &mut Context<'_>,
    command: &Command<'_>,
    message: &Message<'_>,
) -> Result<(), Refusal> {
    if let Some(reference) = batch::reference_of(context, message.tags) {
        return batch::collect(context, &reference, command, message.tags);
    }
    match command {
        Command::Admin(admin) => admin::run(context, admin),
        Command::Authenticate(authenticate) => authenticate::run(context, authenticate),
        Command::Away(away) => away::run(context, away),
        Command::Batch(batch) => batch::run(context, batch, message.tags),
        Command::Cap(cap) => cap::run(context, cap),
        Command::Chathistory(chathistory) => chathistory::run(context, chathistory),
        Command::Chghost(chghost) => chghost::run(context, chghost),
        Command::Die(_) => die::run(context),
        Command::Error(_) => error::run(context),
        Command::Help(help) => help::run(context, help),
        Command::Info(info) => info::run(context, info),
        Command::Invite(invite) => invite::run(context, invite),
        Command::Ison(ison) => ison::run(context, ison),
        Command::Isupport(_) => isupport::run(context),
        Command::Join(join) => join::run(context, join),
        Command::Kick(kick) => kick::run(context, kick),
        Command::Kill(kill) => kill::run(context, kill),
        Command::Links(links) => links::run(context, links),
        Command::List(list) => list::run(context, list),
        Command::Lusers(_) => lusers::run(context),
        Command::Markread(markread) => markread::run(context, markread),
        Command::Metadata(metadata) => metadata::run(context, metadata),
        Command::Mode(mode) => mode::run(context, mode),
        Command::Monitor(monitor) => monitor::run(context, monitor),
        Command::Motd(motd) => motd::run(context, motd),
        Command::Names(names) => names::run(context, names),
        Command::Nick(nick) => nick::run(context, nick),
        Command::Notice(notice) => notice::run(context, notice, message.tags),
        Command::Oper(oper) => oper::run(context, oper),
        Command::Part(part) => part::run(context, part),
        Command::Pass(pass) => pass::run(context, pass),
        Command::Ping(ping) => ping::run(context, ping),
        Command::Pong(_) => pong::run(context),
        Command::Privmsg(privmsg) => privmsg::run(context, privmsg, message.tags),
        Command::Quit(quit) => quit::run(context, quit),
        Command::Redact(redact) => redact::run(context, redact),
        Command::Rehash(_) => rehash::run(context),
        Command::Rename(rename) => rename::run(context, rename),
        Command::Restart(_) => restart::run(context),
        Command::Room(room) => room::run(context, room),
        Command::Sajoin(sajoin) => sajoin::run(context, sajoin),
        Command::Samode(samode) => samode::run(context, samode),
        Command::Sapart(sapart) => sapart::run(context, sapart),
        Command::Setname(setname) => setname::run(context, setname),
        Command::Stats(stats) => stats::run(context, stats),
        Command::Tagmsg(tagmsg) => tagmsg::run(context, tagmsg, message.tags),
        Command::Time(time) => time::run(context, time),
        Command::Topic(topic) => topic::run(context, topic),
        Command::User(user) => user::run(context, user),
        Command::Userhost(userhost) => userhost::run(context, userhost),
        Command::Version(version) => version::run(context, version),
        Command::Wallops(wallops) => wallops::run(context, wallops),
        Command::Webirc(webirc) => webirc::run(context, webirc),
        Command::Who(who) => who::run(context, who),
        Command::Whois(whois) => whois::run(context, whois),
        Command::Whowas(whowas) => whowas::run(context, whowas),
    }
}
