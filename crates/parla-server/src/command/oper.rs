//! OPER: a user becomes an operator of the server. <https://modern.ircdocs.horse/#oper-message>
//!
//! Comparing the password is slow work that the daemon does. If no operator may log in from the client's
//! address, the password is not compared, and every name gets the same answer. Otherwise, the password for an
//! unknown name is compared like any other. So neither an answer nor its timing reveals which names exist.

use std::net::IpAddr;

use parla_proto::{Reply, Source, command::Oper, name::Casemapping, source::address_text};

use crate::{
    base::{
        limits::OPER_FAILURES_MAX,
        secret::Secret,
        settings::{self, NetworkSettings},
    },
    context::Context,
    contract::question::{PasswordOf, Question},
    network::{
        Network, UserId, audit::Audit, effects::Effects, entry::Meta, event::Event, grant::OperatorGrant,
        refusal::Refusal, user::User,
    },
    publish::Publisher,
    session::{Session, pause::Exchange},
};

/// Somebody who wants to become an operator.
#[derive(Clone, Copy)]
pub(crate) struct Applicant<'a> {
    pub(crate) user: &'a User,
    /// Their real address; the visible host does not count.
    pub(crate) address: IpAddr,
}

pub(crate) fn run(context: &mut Context<'_>, oper: &Oper<'_>) -> Result<(), Refusal> {
    let (_, user) = context.me()?;
    let applicant = Applicant { user, address: context.session.peer.address };
    let casemapping = context.settings.casemapping;
    let may_come = |operator| applicant.may_be(operator, casemapping);
    if !context.settings.operators.iter().any(may_come) {
        context.audit(refused(applicant, oper.name, &Refusal::NoOperHost));
        context.refuse(&Refusal::NoOperHost);
        *context.close = count_failure(context.session).map(str::to_owned);
        return Ok(());
    }
    let name = oper.name.to_owned();
    let password = Secret::new(oper.password.to_owned());
    let question = Question::Password { of: PasswordOf::Operator(name.clone()), password };
    context.ask(question, Exchange::Operator { name });
    Ok(())
}

/// The record of a failed attempt.
pub(crate) fn refused(applicant: Applicant<'_>, name: &str, refusal: &Refusal) -> Audit {
    let why = match refusal {
        Refusal::NoOperHost => "refused: not from this address".to_owned(),
        Refusal::PasswordNotCompared(why) => format!("refused: {why}"),
        _ => "refused: wrong name or password".to_owned(),
    };
    let who = format!("{} at {}", applicant.user.source(), applicant.address);
    Audit { who, action: "OPER", whom: name.to_owned(), why }
}

/// Counts a failed attempt. Returns the text for the client if that was one too many.
pub(crate) fn count_failure(session: &mut Session) -> Option<&'static str> {
    session.oper_failures = session.oper_failures.saturating_add(1);
    (session.oper_failures >= OPER_FAILURES_MAX).then_some("Too many failed attempts to become an operator")
}

/// The grant for somebody who knew the password of this name.
///
/// The configuration may have changed while the password was compared, so everything else is checked now.
pub(crate) fn grant(
    settings: &NetworkSettings,
    applicant: Applicant<'_>,
    name: &str,
) -> Result<OperatorGrant, Refusal> {
    let operator = settings.operators.iter().find(|operator| operator.name == name);
    let operator = operator.ok_or(Refusal::PasswordMismatch)?;
    if !applicant.may_be(operator, settings.casemapping) {
        return Err(Refusal::NoOperHost);
    }
    Ok(OperatorGrant::from(operator))
}

impl Applicant<'_> {
    /// Whether this operator may log in from where the applicant is.
    fn may_be(self, operator: &settings::Operator, casemapping: Casemapping) -> bool {
        let (nick, address) = (self.user.nick(), address_text(self.address));
        let source = Source::of_user(nick.as_str(), self.user.user(), &address).to_string();
        operator.hosts.iter().any(|mask| mask.matches(&source, casemapping))
    }
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    grant: OperatorGrant,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (id, _) = network.actor(meta)?;
    let name = grant.name.clone();
    let before = network.set_operator(id, Some(grant));
    let who = network.actor(meta)?.1.as_operator()?.who();
    effects.audits.push(Audit { who, action: "OPER", whom: name, why: "granted".to_owned() });
    effects.events.push(Event::BecameOperator(id));
    effects.events.push(Event::UserModesChanged { user: id, before });
    Ok(())
}

pub(crate) fn publish(publisher: &mut Publisher<'_>, id: UserId) {
    let network = publisher.network;
    let Some(user) = network.user(id) else { return };
    publisher.answer(Reply::YouAreOper {}.encode(&network.settings.name, user.nick().as_str()));
}
