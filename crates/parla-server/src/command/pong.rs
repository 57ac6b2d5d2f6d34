//! PONG: shows that the client is alive, as any line does. <https://modern.ircdocs.horse/#pong-message>

use crate::{context::Context, network::refusal::Refusal};

#[expect(clippy::unnecessary_wraps, reason = "every command has the same form")]
pub(crate) const fn run(_context: &mut Context<'_>) -> Result<(), Refusal> {
    Ok(())
}
