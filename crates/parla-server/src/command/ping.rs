//! PING: answered at once, registered or not. <https://modern.ircdocs.horse/#ping-message>

use parla_proto::{Line, command::Ping};

use crate::{context::Context, network::refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, ping: &Ping<'_>) -> Result<(), Refusal> {
    let token = ping.token.filter(|token| !token.is_empty()).ok_or(Refusal::NoOrigin)?;
    let name = &context.settings.name;
    context.line(Line::from(name).command("PONG").param(name).text(token).finish());
    Ok(())
}
