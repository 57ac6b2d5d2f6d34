//! OPER. <https://modern.ircdocs.horse/#oper-message>

use parla_proto::command::Oper;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, oper: &Oper<'_>) -> Result<(), Refusal> {
    let _ = (context, oper);
    Err(Refusal::UnknownCommand("OPER"))
}
