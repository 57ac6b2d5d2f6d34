//! SETNAME. <https://ircv3.net/specs/extensions/setname>

use parla_proto::command::Setname;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, setname: &Setname<'_>) -> Result<(), Refusal> {
    let _ = (context, setname);
    Err(Refusal::UnknownCommand("SETNAME"))
}
