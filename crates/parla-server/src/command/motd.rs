//! MOTD: the message of the day. <https://modern.ircdocs.horse/#motd-message>

use parla_proto::{Reply, command::Motd};

use crate::{context::Context, refusal::Refusal, settings::Settings};

pub(crate) fn run(context: &mut Context<'_>, motd: &Motd<'_>) -> Result<(), Refusal> {
    check_server(context.settings, motd.server)?;
    for reply in replies(context.settings) {
        context.reply(reply);
    }
    Ok(())
}

pub(crate) fn replies(settings: &Settings) -> Vec<Reply<'_>> {
    if settings.motd.is_empty() {
        return vec![Reply::NoMotd {}];
    }
    let lines = settings.motd.iter().map(|line| Reply::Motd { line });
    let start = Reply::MotdStart { server: &settings.name };
    [start].into_iter().chain(lines).chain([Reply::EndOfMotd {}]).collect()
}

/// There is one server: this one.
pub(crate) fn check_server(settings: &Settings, server: Option<&str>) -> Result<(), Refusal> {
    match server {
        Some(server) if !server.is_empty() && !server.eq_ignore_ascii_case(&settings.name) => {
            Err(Refusal::NoSuchServer(server.to_owned()))
        }
        _ => Ok(()),
    }
}
