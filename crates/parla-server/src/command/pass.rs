//! PASS: the server's password, which is kept only until it is checked, and never shown; or the code of an
//! invitation.
//! <https://modern.ircdocs.horse/#pass-message>

use parla_proto::{CommandName, command::Pass};

use crate::{
    base::secret::Secret,
    context::Context,
    network::refusal::{
        Refusal,
        account::{AccountFault, AnswerBy},
    },
    session::Password,
};

/// The start of a PASS that has the code of an invitation in place of the server's password.
const INVITATION: &str = "invite:";

pub(crate) fn run(context: &mut Context<'_>, pass: &Pass<'_>) -> Result<(), Refusal> {
    let registration = context.session.registration().ok_or(Refusal::AlreadyRegistered)?;
    if let Some(code) = pass.password.strip_prefix(INVITATION) {
        return bring_invitation(context, code);
    }
    if registration.password != Password::Good {
        registration.password = Password::Given(Secret::new(pass.password.to_owned()));
    }
    Ok(())
}

/// Notes that a client has the code of an invitation.
fn bring_invitation(context: &mut Context<'_>, code: &str) -> Result<(), Refusal> {
    let refused = |why: AccountFault| why.of(AnswerBy::Fail(CommandName::Invitation), "");
    let found = context.network.usable_invitation(code, context.now).map(|invitation| invitation.id);
    let id = found.map_err(|why| {
        *context.close = context.session.count_sign_in_failure().map(str::to_owned);
        refused(why)
    })?;
    if context.settings.accounts.is_none() {
        return Err(refused(AccountFault::NoSuchInvitation));
    }
    context.session.invitation = Some(id);
    Ok(())
}
