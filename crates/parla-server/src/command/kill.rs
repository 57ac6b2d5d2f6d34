//! KILL. <https://modern.ircdocs.horse/#kill-message>

use parla_proto::command::Kill;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, kill: &Kill<'_>) -> Result<(), Refusal> {
    let _ = (context, kill);
    Err(Refusal::UnknownCommand("KILL"))
}
