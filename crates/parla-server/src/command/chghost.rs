//! CHGHOST. <https://ircv3.net/specs/extensions/chghost>

use parla_proto::command::Chghost;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, chghost: &Chghost<'_>) -> Result<(), Refusal> {
    let _ = (context, chghost);
    Err(Refusal::UnknownCommand("CHGHOST"))
}
