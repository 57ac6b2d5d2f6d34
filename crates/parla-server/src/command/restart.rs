//! RESTART: an operator stops the server and starts it again. <https://modern.ircdocs.horse/#restart-message>

use crate::{
    base::settings::Privileges,
    context::Context,
    contract::question::Question,
    network::{audit::Audit, refusal::Refusal},
    session::pause::Exchange,
};

pub(crate) fn run(context: &mut Context<'_>) -> Result<(), Refusal> {
    let who = context.me()?.1.privileged(Privileges::DIE)?.who();
    context.audit(Audit { who, action: "RESTART", whom: String::new(), why: String::new() });
    context.ask(Question::Restart, Exchange::Configuration);
    Ok(())
}
