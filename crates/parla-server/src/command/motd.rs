//! MOTD: the message of the day. <https://modern.ircdocs.horse/#motd-message>

use parla_proto::{Reply, command::Motd, mask::glob};

use crate::{base::settings::NetworkSettings, context::Context, network::refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, motd: &Motd<'_>) -> Result<(), Refusal> {
    check_server(context, motd.server)?;
    for reply in replies(context.settings) {
        context.reply(reply);
    }
    Ok(())
}

pub(crate) fn replies(settings: &NetworkSettings) -> Vec<Reply<'_>> {
    if settings.motd.is_empty() {
        return vec![Reply::NoMotd {}];
    }
    let lines = settings.motd.iter().map(|line| Reply::Motd { line });
    let start = Reply::MotdStart { server: &settings.name };
    [start].into_iter().chain(lines).chain([Reply::EndOfMotd {}]).collect()
}

/// Checks that a server parameter means this server: it may be a mask that matches its name, or the nick of a
/// user.
pub(crate) fn check_server(context: &Context<'_>, server: Option<&str>) -> Result<(), Refusal> {
    let Some(server) = server.filter(|server| !server.is_empty()) else { return Ok(()) };
    let settings = context.settings;
    if glob(server, &settings.name, settings.casemapping) || context.network.find_user(server).is_ok() {
        Ok(())
    } else {
        Err(Refusal::NoSuchServer(server.to_owned()))
    }
}
