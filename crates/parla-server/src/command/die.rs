//! DIE: an operator stops the server. <https://modern.ircdocs.horse/#operator-messages>

use crate::{audit::Audit, context::Context, output::Output, refusal::Refusal, settings::Privileges};

pub(crate) fn run(context: &mut Context<'_>) -> Result<(), Refusal> {
    let who = context.me()?.1.privileged(Privileges::DIE)?.who();
    context.audit(Audit { who, action: "DIE", whom: String::new(), why: String::new() });
    context.out.outputs.push(Output::Shutdown);
    Ok(())
}
