//! VERSION: what the server is, and what it can. <https://modern.ircdocs.horse/#version-message>

use parla_proto::{Reply, command::Version};

use super::{motd::check_server, user::isupport_lines};
use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, version: &Version<'_>) -> Result<(), Refusal> {
    let settings = context.settings;
    check_server(settings, version.server)?;
    let (version, server) = (settings.version.as_str(), settings.name.as_str());
    context.reply(Reply::Version { version, server, comments: "https://ircv3.net" });
    for tokens in isupport_lines(settings) {
        context.reply(Reply::ISupport { tokens: &tokens });
    }
    Ok(())
}
