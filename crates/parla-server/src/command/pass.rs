//! PASS: the server's password, which is kept only until it is checked, and never shown; or the name and password of
//! an account, for clients that know no other way to sign in; or the code of an invitation.
//! <https://modern.ircdocs.horse/#pass-message>

use parla_proto::{AccountName, CommandName, command::Pass};

use super::authenticate::{self, Given};

use crate::{
    base::secret::Secret,
    context::Context,
    network::{
        device,
        refusal::{
            Refusal,
            account::{AccountFault, AnswerBy},
        },
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
    let is_good = registration.password == Password::Good;
    if let Some(given) = of_account(context, pass.password, is_good) {
        return authenticate::compare(context, given, AnswerBy::Pass);
    }
    if let Some(registration) = context.session.registration().filter(|_| !is_good) {
        registration.password = Password::Given(Secret::new(pass.password.to_owned()));
    }
    Ok(())
}

/// What signs in to an account, if that is what a client gave: `account:password`, or `account@device:password`.
///
/// On a server with a password of its own, that password may have a colon in it, too. So only the name of an account
/// that exists counts there, and what turns out to be wrong may still be the server's password.
fn of_account<'p>(context: &Context<'_>, text: &'p str, is_good: bool) -> Option<Given<'p>> {
    context.settings.accounts.as_ref()?;
    let (name, password) = text.split_once(':')?;
    let (account, device) = device::split(name);
    let needs_servers = context.machine.password_required && !is_good;
    let is_name = AccountName::kept(account).is_ok() && !password.is_empty();
    let counts = is_name && (!needs_servers || context.network.account_called(account).is_some());
    let or_servers = needs_servers.then(|| Secret::new(text.to_owned()));
    counts.then_some(Given { account, device, password, or_servers })
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
