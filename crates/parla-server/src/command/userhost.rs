//! USERHOST: the hosts of up to five users, and whether they are away or operators.
//! <https://modern.ircdocs.horse/#userhost-message>

use parla_proto::{Reply, command::Userhost, limits::LINE_BYTES_MAX, line::packed};

use crate::{
    base::limits::USERHOST_NICKS_MAX,
    context::Context,
    network::{refusal::Refusal, user::User},
};

pub(crate) fn run(context: &mut Context<'_>, userhost: &Userhost<'_>) -> Result<(), Refusal> {
    context.me()?;
    let network = context.network;
    // Some clients put all nicks into a single parameter.
    let nicks = userhost.nicks.iter().flat_map(|nicks| nicks.split(' ')).filter(|nick| !nick.is_empty());
    let asked = nicks.take(USERHOST_NICKS_MAX);
    let people = asked.filter_map(|nick| network.find_user(nick).ok()).map(|(_, user)| word(user));
    // The words for five long names need more than one line.
    let mut lines = packed(people, LINE_BYTES_MAX / 2);
    if lines.is_empty() {
        lines.push(String::new());
    }
    for people in &lines {
        context.reply(Reply::Userhost { people });
    }
    Ok(())
}

/// A word such as `nick*=-user@host`.
fn word(user: &User) -> String {
    let operator = if user.is_operator() { "*" } else { "" };
    let here = if user.away.is_some() { '-' } else { '+' };
    format!("{}{operator}={here}{}@{}", user.nick(), user.user(), user.host())
}
