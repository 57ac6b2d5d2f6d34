//! LINKS: the servers of the network. It shows only one, however many machines the network has.
//!
//! <https://modern.ircdocs.horse/#links-message>

use parla_proto::{Reply, command::Links, mask::glob};

use super::motd::check_server;
use crate::{context::Context, network::refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, links: &Links<'_>) -> Result<(), Refusal> {
    check_server(context, links.server)?;
    let settings = context.settings;
    let mask = links.mask.unwrap_or("*");
    if glob(mask, &settings.name, settings.casemapping) {
        context.reply(Reply::Links { server: &settings.name, description: &settings.description });
    }
    context.reply(Reply::EndOfLinks { mask });
    Ok(())
}
