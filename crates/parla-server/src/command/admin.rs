//! ADMIN. <https://modern.ircdocs.horse/#admin-message>

use parla_proto::command::Admin;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, admin: &Admin<'_>) -> Result<(), Refusal> {
    let _ = (context, admin);
    Err(Refusal::UnknownCommand("ADMIN"))
}
