//! MONITOR. <https://ircv3.net/specs/extensions/monitor>

use parla_proto::command::Monitor;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, monitor: &Monitor<'_>) -> Result<(), Refusal> {
    let _ = (context, monitor);
    Err(Refusal::UnknownCommand("MONITOR"))
}
