//! WHOWAS. <https://modern.ircdocs.horse/#whowas-message>

use parla_proto::command::Whowas;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, whowas: &Whowas<'_>) -> Result<(), Refusal> {
    let _ = (context, whowas);
    Err(Refusal::UnknownCommand("WHOWAS"))
}
