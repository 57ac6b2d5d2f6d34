//! STATS: figures about this server, selected by a letter. <https://modern.ircdocs.horse/#stats-message>

use parla_proto::{CommandName, Reply, command::Stats};

use super::motd::check_server;
use crate::{
    base::limits::STATS_REPLIES_MAX,
    context::{Context, rows::Rows},
    network::{refusal::Refusal, user::User},
};

pub(crate) fn run(context: &mut Context<'_>, stats: &Stats<'_>) -> Result<(), Refusal> {
    let query = stats.query.ok_or(Refusal::NeedMoreParams(CommandName::Stats))?;
    check_server(context, stats.server)?;
    let result = match query {
        "u" => {
            uptime(context);
            Ok(())
        }
        "p" => {
            operators_online(context, query);
            Ok(())
        }
        "m" => commands(context),
        "o" => operators(context),
        // An unknown letter gets an empty answer.
        _ => Ok(()),
    };
    // The end is sent in any case, because clients wait for it.
    if let Err(refusal) = result {
        context.refuse(&refusal);
    }
    context.reply(Reply::EndOfStats { query });
    Ok(())
}

fn uptime(context: &mut Context<'_>) {
    let seconds = context.now.since(context.statistics.started_at).as_secs();
    context.reply(Reply::StatsUptime { seconds });
}

/// The operators who are online, whom anybody may contact.
fn operators_online(context: &mut Context<'_>, query: &str) {
    let network = context.network;
    let mut rows = Rows::new(CommandName::Stats, STATS_REPLIES_MAX, context.machine);
    for (_, user) in network.users().filter(|(_, user)| user.is_operator()) {
        if !rows.add(context, Reply::StatsLine { query, line: user.source() }) {
            break;
        }
    }
}

fn commands(context: &mut Context<'_>) -> Result<(), Refusal> {
    operator(context)?;
    for (command, count) in context.statistics.commands() {
        context.reply(Reply::StatsCommand { command, count });
    }
    Ok(())
}

fn operators(context: &mut Context<'_>) -> Result<(), Refusal> {
    operator(context)?;
    let mut rows = Rows::new(CommandName::Stats, STATS_REPLIES_MAX, context.machine);
    for operator in &context.settings.operators {
        for mask in &operator.hosts {
            let row = Reply::StatsOperator { mask: mask.as_str(), name: &operator.name };
            if !rows.add(context, row) {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The asking user, if they are an operator of the server.
fn operator<'a>(context: &Context<'a>) -> Result<&'a User, Refusal> {
    let (_, me) = context.me()?;
    if me.is_operator() { Ok(me) } else { Err(Refusal::NoPrivileges) }
}
