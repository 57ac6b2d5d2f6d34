//! WALLOPS: an operator addresses everyone who wants to receive such messages.
//! <https://modern.ircdocs.horse/#wallops-message>

use parla_proto::{CommandName, Line, command::Wallops, limits::LINE_BYTES_MAX, mode::UserModes};

use crate::{
    context::Context,
    network::{
        Network,
        audit::Audit,
        effects::Effects,
        entry::{EntryCommand, Meta},
        event::Event,
        refusal::Refusal,
    },
    publish::Publisher,
};

pub(crate) fn run(context: &mut Context<'_>, wallops: &Wallops<'_>) -> Result<(), Refusal> {
    let (_, me) = context.me()?;
    if wallops.text.is_empty() {
        return Err(Refusal::NeedMoreParams(CommandName::Wallops));
    }
    // A text that does not fit into the line that others get is refused rather than cut.
    if me.source().len() + wallops.text.len() + ": WALLOPS :\r\n".len() > LINE_BYTES_MAX {
        return Err(Refusal::InputTooLong);
    }
    context.propose(EntryCommand::Wallops(wallops.text.to_owned()));
    Ok(())
}

pub(crate) fn commit(
    network: &Network,
    meta: &Meta,
    text: String,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let operator = network.actor(meta)?.1.as_operator()?;
    let by = operator.source().to_owned();
    effects.audits.push(Audit {
        who: operator.who(),
        action: "WALLOPS",
        whom: String::new(),
        why: text.clone(),
    });
    effects.events.push(Event::Wallops { by, text });
    Ok(())
}

pub(crate) fn publish(publisher: &mut Publisher<'_>, by: &str, text: &str) {
    let line = Line::from(&by).command("WALLOPS").text(text).finish();
    let users = publisher.network.users();
    let hearers = users.filter(|(_, user)| user.modes.contains(UserModes::WALLOPS)).map(|(id, _)| id);
    publisher.announce(hearers, line);
}
