//! WALLOPS. <https://modern.ircdocs.horse/#wallops-message>

use parla_proto::command::Wallops;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, wallops: &Wallops<'_>) -> Result<(), Refusal> {
    let _ = (context, wallops);
    Err(Refusal::UnknownCommand("WALLOPS"))
}
