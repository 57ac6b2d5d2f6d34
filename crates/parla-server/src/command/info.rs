//! INFO. <https://modern.ircdocs.horse/#info-message>

use parla_proto::command::Info;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, info: &Info<'_>) -> Result<(), Refusal> {
    let _ = (context, info);
    Err(Refusal::UnknownCommand("INFO"))
}
