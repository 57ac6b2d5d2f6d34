//! REHASH. <https://modern.ircdocs.horse/#rehash-message>

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>) -> Result<(), Refusal> {
    let _ = context;
    Err(Refusal::UnknownCommand("REHASH"))
}
