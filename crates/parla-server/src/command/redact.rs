//! REDACT. <https://ircv3.net/specs/extensions/message-redaction>

use parla_proto::command::Redact;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, redact: &Redact<'_>) -> Result<(), Refusal> {
    let _ = (context, redact);
    Err(Refusal::UnknownCommand("REDACT"))
}
