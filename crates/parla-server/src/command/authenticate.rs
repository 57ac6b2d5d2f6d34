//! AUTHENTICATE. <https://ircv3.net/specs/extensions/sasl-3.1>

use parla_proto::command::Authenticate;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, authenticate: &Authenticate<'_>) -> Result<(), Refusal> {
    let _ = (context, authenticate);
    Err(Refusal::UnknownCommand("AUTHENTICATE"))
}
