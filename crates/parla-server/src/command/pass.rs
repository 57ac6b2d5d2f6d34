//! PASS: the server's password, which is kept only until it is checked, and never shown; or the code of an
//! invitation.
//! <https://modern.ircdocs.horse/#pass-message>

use parla_proto::command::Pass;

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
    let (network, now) = (context.network, context.now);
    context.session.registration().ok_or(Refusal::AlreadyRegistered)?;
    if let Some(code) = pass.password.strip_prefix(INVITATION) {
        let refused = |why: AccountFault| why.of(AnswerBy::Invitation, "");
        let is_meant = network.settings.accounts.is_some();
        return match network.usable_invitation(code, now).map(|invitation| invitation.id) {
            Ok(id) if is_meant => {
                context.session.invitation = Some(id);
                Ok(())
            }
            Ok(_) => Err(refused(AccountFault::NoSuchInvitation)),
            Err(why) => {
                *context.close = context.session.count_sign_in_failure().map(str::to_owned);
                Err(refused(why))
            }
        };
    }
    let registration = context.session.registration().ok_or(Refusal::AlreadyRegistered)?;
    if registration.password != Password::Good {
        registration.password = Password::Given(Secret::new(pass.password.to_owned()));
    }
    Ok(())
}
