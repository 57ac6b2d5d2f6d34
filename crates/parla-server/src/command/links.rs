//! LINKS. <https://modern.ircdocs.horse/#links-message>

use parla_proto::command::Links;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, links: &Links<'_>) -> Result<(), Refusal> {
    let _ = (context, links);
    Err(Refusal::UnknownCommand("LINKS"))
}
