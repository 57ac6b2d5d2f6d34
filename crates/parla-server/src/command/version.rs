//! VERSION: the software and the features of the server. <https://modern.ircdocs.horse/#version-message>

use parla_proto::{Reply, command::Version};

use super::{isupport, motd::check_server};
use crate::{context::Context, network::refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, version: &Version<'_>) -> Result<(), Refusal> {
    check_server(context, version.server)?;
    let (version, server) = (context.machine.version.as_str(), context.settings.name.as_str());
    context.reply(Reply::Version { version, server, comments: "https://ircv3.net" });
    isupport::answer(context);
    Ok(())
}
