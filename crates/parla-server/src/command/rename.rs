//! RENAME. <https://ircv3.net/specs/extensions/channel-rename>

use parla_proto::command::Rename;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, rename: &Rename<'_>) -> Result<(), Refusal> {
    let _ = (context, rename);
    Err(Refusal::UnknownCommand("RENAME"))
}
