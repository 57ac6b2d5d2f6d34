//! SETNAME: a user changes its real name. <https://ircv3.net/specs/extensions/setname>

use parla_proto::{
    Capabilities, CommandName, FailCode, Line,
    command::Setname,
    reply::{Severity, StandardReply},
};

use crate::{
    context::Context,
    network::{
        Network, UserId,
        effects::Effects,
        entry::{EntryCommand, Meta},
        event::Event,
        refusal::Refusal,
    },
    publish::Publisher,
};

pub(crate) fn run(context: &mut Context<'_>, setname: &Setname<'_>) -> Result<(), Refusal> {
    context.me()?;
    let most = context.settings.limits.realname_bytes;
    let refused = |context: &mut Context<'_>, description: &str| {
        let (severity, command, code) =
            (Severity::Fail, CommandName::Setname.as_str(), FailCode::InvalidRealname);
        context.standard(StandardReply { severity, command, code, context: &[], description });
        Ok(())
    };
    if setname.realname.is_empty() {
        return refused(context, "A real name must not be empty");
    }
    if setname.realname.len() > most {
        return refused(context, &format!("A real name has {most} bytes at most"));
    }
    context.propose(EntryCommand::Setname(setname.realname.to_owned()));
    Ok(())
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    realname: String,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (id, _) = network.actor(meta)?;
    if let Some(user) = network.user_mut(id) {
        user.realname = realname.into_boxed_str();
    }
    effects.events.push(Event::RealnameChanged { user: id });
    Ok(())
}

pub(crate) fn publish(publisher: &mut Publisher<'_>, id: UserId) {
    let Some(user) = publisher.network.user(id) else { return };
    let realname = publisher.own_text(id, Capabilities::SETNAME, &user.realname);
    publisher.relay_to(&realname, |realname| {
        Some(Line::from(&user.source()).command("SETNAME").text(realname?).finish())
    });
}
