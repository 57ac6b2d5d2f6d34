//! PASS: the server's password, which is kept only until it is checked, and never shown.
//! <https://modern.ircdocs.horse/#pass-message>

use parla_proto::command::Pass;

use crate::{base::secret::Secret, context::Context, network::refusal::Refusal, session::Password};

pub(crate) fn run(context: &mut Context<'_>, pass: &Pass<'_>) -> Result<(), Refusal> {
    let registration = context.session.registration().ok_or(Refusal::AlreadyRegistered)?;
    if registration.password != Password::Good {
        registration.password = Password::Given(Secret::new(pass.password.to_owned()));
    }
    Ok(())
}
