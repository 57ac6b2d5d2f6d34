//! RESTART: an operator stops the server and starts it again. <https://modern.ircdocs.horse/#restart-message>

use crate::{
    audit::Audit, context::Context, output::Output, refusal::Refusal, session::Until, settings::Privileges,
};

pub(crate) fn run(context: &mut Context<'_>) -> Result<(), Refusal> {
    let who = context.me()?.1.privileged(Privileges::DIE)?.who();
    context.audit(Audit { who, action: "RESTART", whom: String::new(), why: String::new() });
    context.out.outputs.push(Output::Restart { connection: context.session.connection });
    context.session.wait_for_us(Until::Reconfigured, context.now);
    Ok(())
}
