//! WEBIRC. <https://ircv3.net/specs/extensions/webirc>

use parla_proto::command::Webirc;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, webirc: &Webirc<'_>) -> Result<(), Refusal> {
    let _ = (context, webirc);
    Err(Refusal::UnknownCommand("WEBIRC"))
}
