//! USERHOST. <https://modern.ircdocs.horse/#userhost-message>

use parla_proto::command::Userhost;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, userhost: &Userhost<'_>) -> Result<(), Refusal> {
    let _ = (context, userhost);
    Err(Refusal::UnknownCommand("USERHOST"))
}
