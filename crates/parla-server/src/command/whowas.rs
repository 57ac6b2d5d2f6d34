//! WHOWAS: who had a nick before. <https://modern.ircdocs.horse/#whowas-message>

use parla_proto::{CommandName, Reply, command::Whowas};

use super::time::readable;
use crate::{
    base::{limits::WHOWAS_REPLIES_MAX, names, settings::Privileges},
    context::{Context, rows::Rows},
    network::{past::PastUser, refusal::Refusal, user::User},
};

pub(crate) fn run(context: &mut Context<'_>, whowas: &Whowas<'_>) -> Result<(), Refusal> {
    context.me()?;
    let nicks = whowas.nicks.ok_or(Refusal::NoNickGiven)?;
    // Anything but a positive number asks for all.
    let count = whowas.count.and_then(|count| count.parse().ok()).filter(|count| *count > 0);
    let mut rows = Rows::new(CommandName::Whowas, WHOWAS_REPLIES_MAX, context.machine);
    for nick in context.list(nicks, context.settings.limits.targets) {
        tell(context, &mut rows, nick, count.unwrap_or(usize::MAX));
        context.reply(Reply::EndOfWhowas { nick });
    }
    Ok(())
}

fn tell(context: &mut Context<'_>, rows: &mut Rows, asked: &str, most: usize) {
    let network = context.network;
    let nick = names::nick(asked, &context.settings.name_rules()).ok();
    let mut entries = nick.iter().flat_map(|nick| network.past().of_nick(nick)).take(most).peekable();
    if entries.peek().is_none() {
        return context.reply(Reply::WasNoSuchNick { nick: asked });
    }
    for entry in entries {
        if !add(context, rows, entry) {
            break;
        }
    }
}

/// Adds one remembered user; returns false if there is no room for all its rows.
fn add(context: &mut Context<'_>, rows: &mut Rows, past: &PastUser) -> bool {
    let nick = past.nick.as_str();
    let (user, host, realname) = (&past.user, &past.host, &past.realname);
    let mut replies = vec![Reply::WhowasUser { nick, user, host, realname }];
    let source = format!("{user}@{}", past.address);
    if context.me().is_ok_and(|(_, me): (_, &User)| me.has_privilege(Privileges::HOSTS)) {
        replies.push(Reply::WhoisActually { nick, source: &source, address: &past.address });
    }
    if let Some(account) = &past.account {
        replies.push(Reply::WhowasAccount { nick, account: account.as_str() });
    }
    let left_at = readable(past.left_at);
    replies.push(Reply::WhoisServer { nick, server: &context.settings.name, description: &left_at });
    replies.into_iter().all(|reply| rows.add(context, reply))
}
