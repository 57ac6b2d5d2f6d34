//! TIME. <https://modern.ircdocs.horse/#time-message>

use parla_proto::command::Time;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, time: &Time<'_>) -> Result<(), Refusal> {
    let _ = (context, time);
    Err(Refusal::UnknownCommand("TIME"))
}
