//! MONITOR: tells a session when people come and go. <https://ircv3.net/specs/extensions/monitor>
//!
//! The lists belong to the sessions of this machine, and end with them.

use parla_proto::{CommandName, Nick, Reply, command::Monitor, limits::LINE_BYTES_MAX};

use super::metadata;
use crate::{
    context::Context,
    network::{refusal::Refusal, user::User},
    publish::Publisher,
};

/// The nick in unasked numerics, so that all watchers can be sent the same line.
const ANYONE: &str = "*";

pub(crate) fn run(context: &mut Context<'_>, monitor: &Monitor<'_>) -> Result<(), Refusal> {
    context.me()?;
    let connection = context.session.connection;
    match monitor.subcommand {
        "+" => add(context, monitor.nicks.ok_or(Refusal::NeedMoreParams(CommandName::Monitor))?)?,
        "-" => remove(context, monitor.nicks.ok_or(Refusal::NeedMoreParams(CommandName::Monitor))?),
        "C" | "c" => context.watchers.clear(connection),
        "L" | "l" => {
            let nicks: Vec<String> = watched(context).iter().map(ToString::to_string).collect();
            tell(context, &nicks, |targets| Reply::MonitorList { targets });
            context.reply(Reply::EndOfMonitorList {});
        }
        "S" | "s" => tell_who_is_here(context, &watched(context))?,
        _ => {
            let why = "MONITOR takes + or - with nicknames, C, L or S";
            context.reply(Reply::UnknownError { command: CommandName::Monitor.as_str(), why });
        }
    }
    Ok(())
}

fn watched(context: &Context<'_>) -> Vec<Nick> {
    context.watchers.list(context.session.connection).to_vec()
}

/// Adds nicks to the list, and tells for each whether they are online, even if they were on the list before.
fn add(context: &mut Context<'_>, nicks: &str) -> Result<(), Refusal> {
    let (connection, most) = (context.session.connection, context.settings.limits.monitor_targets);
    let (mut watched, mut refused) = (Vec::new(), Vec::new());
    for text in context.distinct(nicks) {
        match context.nick(text) {
            Ok(nick) if context.watchers.add(connection, nick.clone(), most).is_ok() => watched.push(nick),
            Ok(_) => refused.push(text.to_owned()),
            // Only the numeric is sent, because the FAIL would be that of NICK.
            Err(Refusal::ErroneousNick { nick, fault }) => {
                context.reply(Reply::ErroneousNick { nick: &nick, fault });
            }
            Err(refusal) => context.refuse(&refusal),
        }
    }
    tell_who_is_here(context, &watched)?;
    tell(context, &refused, |targets| Reply::MonitorListFull { limit: most, targets });
    Ok(())
}

/// Removes nicks from the list. Nicks that are not on it, or are invalid, are silently ignored.
fn remove(context: &mut Context<'_>, nicks: &str) {
    for text in context.distinct(nicks) {
        if let Ok(nick) = context.nick(text) {
            context.watchers.remove(context.session.connection, &nick);
        }
    }
}

fn tell_who_is_here(context: &mut Context<'_>, nicks: &[Nick]) -> Result<(), Refusal> {
    let (mut here, mut gone, mut users) = (Vec::new(), Vec::new(), Vec::new());
    for nick in nicks {
        match context.network.find_user(nick.as_str()) {
            Ok((id, user)) => {
                here.push(user.source().to_owned());
                users.push(id);
            }
            Err(_) => gone.push(nick.to_string()),
        }
    }
    tell(context, &here, |targets| Reply::MonitorOnline { targets });
    tell(context, &gone, |targets| Reply::MonitorOffline { targets });
    metadata::on_online(context, &users)
}

/// Answers with targets separated by commas, in as many lines as needed.
fn tell(context: &mut Context<'_>, targets: &[String], reply: impl for<'a> Fn(&'a str) -> Reply<'a>) {
    let empty = reply("").encode(&context.settings.name, &context.target()).len();
    let bytes_max = LINE_BYTES_MAX.saturating_sub(empty);
    let mut line = String::new();
    for target in targets {
        if !line.is_empty() && line.len() + 1 + target.len() > bytes_max {
            context.reply(reply(&line));
            line.clear();
        }
        if !line.is_empty() {
            line.push(',');
        }
        line.push_str(target);
    }
    if !line.is_empty() {
        context.reply(reply(&line));
    }
}

/// Tells those who watch a user's nick that the user is online.
pub(crate) fn tell_online(publisher: &mut Publisher<'_>, user: &User) {
    let line = Reply::MonitorOnline { targets: user.source() };
    tell_watchers(publisher, user.nick(), line);
    metadata::tell_of_online(publisher, user);
}

/// Tells those who watch a nick that nobody uses it any more.
pub(crate) fn tell_offline(publisher: &mut Publisher<'_>, nick: &Nick) {
    tell_watchers(publisher, nick, Reply::MonitorOffline { targets: nick.as_str() });
}

fn tell_watchers(publisher: &mut Publisher<'_>, nick: &Nick, reply: Reply<'_>) {
    let watchers = publisher.watchers_of(nick);
    if !watchers.is_empty() {
        let line = reply.encode(&publisher.network.settings.name, ANYONE);
        publisher.announce_to(watchers.into_iter(), line);
    }
}
