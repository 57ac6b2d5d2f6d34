//! BATCH. <https://ircv3.net/specs/extensions/client-batch>

use parla_proto::command::Batch;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, batch: &Batch<'_>) -> Result<(), Refusal> {
    let _ = (context, batch);
    Err(Refusal::UnknownCommand("BATCH"))
}
