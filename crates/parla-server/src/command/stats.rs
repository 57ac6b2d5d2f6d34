//! STATS. <https://modern.ircdocs.horse/#stats-message>

use parla_proto::command::Stats;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, stats: &Stats<'_>) -> Result<(), Refusal> {
    let _ = (context, stats);
    Err(Refusal::UnknownCommand("STATS"))
}
