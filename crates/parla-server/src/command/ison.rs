//! ISON. <https://datatracker.ietf.org/doc/html/rfc1459#section-5.8>

use parla_proto::command::Ison;

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, ison: &Ison<'_>) -> Result<(), Refusal> {
    let _ = (context, ison);
    Err(Refusal::UnknownCommand("ISON"))
}
