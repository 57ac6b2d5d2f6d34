//! SETNAME: a user changes their real name. <https://ircv3.net/specs/extensions/setname>

use parla_proto::{Capabilities, CommandName, FailCode, Line, command::Setname};

use crate::{
    base::formatting::is_stray_control,
    context::Context,
    network::{
        Network, UserId,
        effects::Effects,
        entry::{EntryCommand, Meta},
        event::Event,
        refusal::{Failure, Refusal},
    },
    publish::Publisher,
};

pub(crate) fn run(context: &mut Context<'_>, setname: &Setname<'_>) -> Result<(), Refusal> {
    context.me()?;
    let most = context.settings.limits.realname_bytes;
    let refused = |why| Err(Failure::of(CommandName::Setname, FailCode::InvalidRealname, &[], why));
    if setname.realname.is_empty() {
        return refused("A real name must not be empty".to_owned());
    }
    if setname.realname.len() > most {
        return refused(format!("A real name has {most} bytes at most"));
    }
    if setname.realname.contains(is_stray_control) {
        return refused("A real name has no control characters but those of formatting".to_owned());
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
    network.note_changed(id);
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
