//! DIE. <https://modern.ircdocs.horse/#operator-messages>

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>) -> Result<(), Refusal> {
    let _ = context;
    Err(Refusal::UnknownCommand("DIE"))
}
