//! AUTHENTICATE: logging in by SASL, which this server does not offer. <https://ircv3.net/specs/extensions/sasl-3.1>

use parla_proto::{Reply, command::Authenticate};

use crate::{context::Context, network::refusal::Refusal};

/// Says at once that it failed: a client that asks without being offered would wait for a word of SASL before it goes on.
#[expect(clippy::unnecessary_wraps, reason = "every command has the same form")]
pub(crate) fn run(context: &mut Context<'_>, _authenticate: &Authenticate<'_>) -> Result<(), Refusal> {
    context.reply(Reply::SaslFailed { why: "SASL authentication failed: this server has no accounts" });
    Ok(())
}
