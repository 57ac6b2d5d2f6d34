//! INFO: what software this is. <https://modern.ircdocs.horse/#info-message>

use parla_proto::{Reply, command::Info};

use super::{motd::check_server, time::readable};
use crate::{context::Context, network::refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, info: &Info<'_>) -> Result<(), Refusal> {
    check_server(context, info.server)?;
    let (settings, version) = (context.settings, &context.machine.version);
    let lines = [
        format!("{} is a server of {}: {}", settings.name, settings.network_name, settings.description),
        format!("It runs {version}, a chat server that speaks IRC with the extensions of IRCv3."),
        "parla is free software under the MIT or the Apache 2.0 license, at your option.".to_owned(),
        format!("Running since {}", readable(context.statistics.started_at)),
        "HELP lists the commands; ADMIN says who runs this server.".to_owned(),
    ];
    for line in &lines {
        context.reply(Reply::Info { line });
    }
    context.reply(Reply::EndOfInfo {});
    Ok(())
}
