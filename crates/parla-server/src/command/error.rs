//! ERROR: only servers send this; a client that does gets no answer.

use crate::{context::Context, network::refusal::Refusal};

#[expect(clippy::unnecessary_wraps, reason = "every command has the same form")]
pub(crate) const fn run(_context: &mut Context<'_>) -> Result<(), Refusal> {
    Ok(())
}
