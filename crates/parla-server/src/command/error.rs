//! ERROR: only servers say this; a client is not answered.

use crate::{context::Context, network::refusal::Refusal};

#[expect(clippy::unnecessary_wraps, reason = "every command has the same form")]
pub(crate) const fn run(_context: &mut Context<'_>) -> Result<(), Refusal> {
    Ok(())
}
