//! ISON: which of these nicks are online. <https://datatracker.ietf.org/doc/html/rfc1459#section-5.8>

use parla_proto::{Reply, command::Ison, limits::LINE_BYTES_MAX, line::packed};

use crate::{context::Context, network::refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, ison: &Ison<'_>) -> Result<(), Refusal> {
    context.me()?;
    let network = context.network;
    let asked = ison.nicks.iter().flat_map(|nicks| nicks.split(' '));
    let here = asked.filter_map(|nick| network.find_user(nick).ok()).map(|(_, user)| user.nick().as_str());
    let mut lines = packed(here, LINE_BYTES_MAX / 2);
    if lines.is_empty() {
        lines.push(String::new());
    }
    for nicks in &lines {
        context.reply(Reply::Ison { nicks });
    }
    Ok(())
}
