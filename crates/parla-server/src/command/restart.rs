//! RESTART: an operator stops the server and starts it again. <https://modern.ircdocs.horse/#restart-message>

use crate::{
    base::settings::Privileges,
    context::Context,
    contract::output::Output,
    network::{audit::Audit, refusal::Refusal},
    session::Until,
};

pub(crate) fn run(context: &mut Context<'_>) -> Result<(), Refusal> {
    let who = context.me()?.1.privileged(Privileges::DIE)?.who();
    context.audit(Audit { who, action: "RESTART", whom: String::new(), why: String::new() });
    context.out.outputs.push(Output::Restart { connection: context.session.connection });
    context.session.wait_for_us(Until::Reconfigured, context.now);
    Ok(())
}
