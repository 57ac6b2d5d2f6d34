//! DIE: an operator stops the server. <https://modern.ircdocs.horse/#operator-messages>

use crate::{
    base::settings::Privileges,
    context::Context,
    contract::output::Output,
    network::{audit::Audit, refusal::Refusal},
};

pub(crate) fn run(context: &mut Context<'_>) -> Result<(), Refusal> {
    let who = context.me()?.1.privileged(Privileges::DIE)?.who();
    context.audit(Audit { who, action: "DIE", whom: String::new(), why: String::new() });
    context.out.outputs.push(Output::Shutdown);
    Ok(())
}
