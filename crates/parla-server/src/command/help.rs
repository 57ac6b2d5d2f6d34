//! HELP. <https://modern.ircdocs.horse/#help-message>

use parla_proto::command::Help;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, help: &Help<'_>) -> Result<(), Refusal> {
    let _ = (context, help);
    Err(Refusal::UnknownCommand("HELP"))
}
