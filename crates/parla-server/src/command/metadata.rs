//! METADATA. <https://ircv3.net/specs/extensions/metadata>

use parla_proto::command::Metadata;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, metadata: &Metadata<'_>) -> Result<(), Refusal> {
    let _ = (context, metadata);
    Err(Refusal::UnknownCommand("METADATA"))
}
