//! MARKREAD. <https://ircv3.net/specs/extensions/read-marker>

use parla_proto::command::Markread;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, markread: &Markread<'_>) -> Result<(), Refusal> {
    let _ = (context, markread);
    Err(Refusal::UnknownCommand("MARKREAD"))
}
