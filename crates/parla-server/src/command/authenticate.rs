//! AUTHENTICATE: logging in with SASL, which this server does not offer.
//! <https://ircv3.net/specs/extensions/sasl-3.1>

use parla_proto::{Reply, command::Authenticate};

use crate::{context::Context, network::refusal::Refusal};

/// Fails at once. A client that tries although SASL was not offered would otherwise wait for an answer before
/// it continues.
#[expect(clippy::unnecessary_wraps, reason = "every command has the same form")]
pub(crate) fn run(context: &mut Context<'_>, _authenticate: &Authenticate<'_>) -> Result<(), Refusal> {
    context.reply(Reply::SaslFailed { why: "SASL authentication failed: this server has no accounts" });
    Ok(())
}
