//! ISUPPORT. <https://ircv3.net/specs/extensions/extended-isupport>

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>) -> Result<(), Refusal> {
    let _ = context;
    Err(Refusal::UnknownCommand("ISUPPORT"))
}
