//! ADMIN: who runs the server. <https://modern.ircdocs.horse/#admin-message>

use parla_proto::{Reply, command::Admin};

use super::motd::check_server;
use crate::{context::Context, network::refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, admin: &Admin<'_>) -> Result<(), Refusal> {
    check_server(context, admin.server)?;
    let settings = context.settings;
    let server = &settings.name;
    let Some(admin) = &settings.admin else {
        context.reply(Reply::NoAdminInfo { server });
        return Ok(());
    };
    context.reply(Reply::AdminMe { server });
    context.reply(Reply::AdminLocation { location: &admin.location });
    context.reply(Reply::AdminOrganization { organization: &admin.organization });
    context.reply(Reply::AdminEmail { email: &admin.email });
    Ok(())
}
