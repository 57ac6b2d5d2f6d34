//! OPER: a user becomes an operator of the server. <https://modern.ircdocs.horse/#oper-message>
//!
//! Checking the password is slow work and the daemon's. A name that nobody has is checked like any other, so that nobody
//! learns from an answer, or from how long it took, which names there are.

use std::net::IpAddr;

use parla_proto::{Reply, Source, command::Oper, name::Casemapping, source::address_text};

use crate::{
    Secret,
    audit::Audit,
    context::Context,
    effects::Effects,
    entry::Meta,
    event::Event,
    network::{Network, UserId, operator::OperatorGrant, user::User},
    output::{Output, PasswordOf},
    publish::Publisher,
    refusal::Refusal,
    session::Until,
    settings::{self, Settings},
};

pub(crate) fn run(context: &mut Context<'_>, oper: &Oper<'_>) -> Result<(), Refusal> {
    context.me()?;
    let of = PasswordOf::Operator(oper.name.to_owned());
    context.out.outputs.push(Output::VerifyPassword {
        connection: context.session.connection,
        of: of.clone(),
        password: Secret::new(oper.password.to_owned()),
    });
    context.session.pause(Until::PasswordVerified(of));
    Ok(())
}

/// What a name gives to a user at an address who knew its password.
///
/// The configuration may have changed while the password was checked, so everything else is looked at now.
pub(crate) fn grant(
    settings: &Settings,
    (user, address): (&User, IpAddr),
    name: &str,
) -> Result<OperatorGrant, Refusal> {
    let operator = settings.operators.iter().find(|operator| operator.name == name);
    let operator = operator.ok_or(Refusal::PasswordMismatch)?;
    if !comes_from(operator, (user, address), settings.casemapping) {
        return Err(Refusal::NoOperHost);
    }
    Ok(OperatorGrant::from(operator))
}

/// Whether a user at an address is one of those who may try; what others see of the address does not count.
fn comes_from(
    operator: &settings::Operator,
    (user, address): (&User, IpAddr),
    casemapping: Casemapping,
) -> bool {
    let source = Source::of_user(user.nick().as_str(), user.user(), &address_text(address)).to_string();
    operator.hosts.iter().any(|mask| mask.matches(&source, casemapping))
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
