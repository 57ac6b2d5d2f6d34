//! KILL: an operator disconnects other users. <https://modern.ircdocs.horse/#kill-message>

use parla_proto::{CommandName, Line, command::Kill, line::fitting};

use super::quit;
use crate::{
    base::{limits::REASON_BYTES_MAX, settings::Privileges},
    context::Context,
    network::{
        Network,
        audit::Audit,
        effects::Effects,
        entry::{self, EndReason, EntryCommand, Meta},
        event::{Event, Killed},
        refusal::Refusal,
    },
    publish::Publisher,
};

pub(crate) fn run(context: &mut Context<'_>, kill: &Kill<'_>) -> Result<(), Refusal> {
    let (_, me) = context.me()?;
    let reason = kill.reason.filter(|reason| !reason.is_empty()).unwrap_or("No reason given");
    let reason = fitting(reason, REASON_BYTES_MAX).to_owned();
    let asked = context.names(kill.nicks, CommandName::Kill)?;
    let mut nicks = Vec::new();
    for nick in asked {
        match context.network.read_nick(nick) {
            Ok(nick) => nicks.push(nick),
            Err(refusal) => {
                // Somebody without the privilege is told so, and nothing else.
                me.privileged(Privileges::KILL)?;
                context.refuse(&refusal);
            }
        }
    }
    if !nicks.is_empty() {
        context.propose(EntryCommand::Kill(entry::Kill { nicks, reason }));
    }
    Ok(())
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    kill: &entry::Kill,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let killer = network.actor(meta)?.1.privileged(Privileges::KILL)?;
    // Operators who kill themselves are gone when the next nick of the list is looked at.
    let (by, who) = (killer.source().to_owned(), killer.who());
    let reason = format!("Killed ({} ({}))", killer.nick(), kill.reason);
    for nick in &kill.nicks {
        match network.user_named(nick) {
            Ok((victim, user)) => {
                let nick = user.nick().to_string();
                effects.audits.push(Audit {
                    who: who.clone(),
                    action: "KILL",
                    whom: user.source().to_owned(),
                    why: kill.reason.clone(),
                });
                let (by, comment, error) = (by.clone(), kill.reason.clone(), reason.clone());
                effects.events.push(Event::Killed(Killed { user: victim, by, nick, comment, error }));
                quit::remove(network, victim, EndReason::Servers(reason.clone()), effects);
            }
            Err(refusal) => effects.refusals.push(refusal),
        }
    }
    Ok(())
}

/// Tells the disconnected user in every session; others see it in the QUIT.
pub(crate) fn publish(publisher: &mut Publisher<'_>, killed: &Killed) {
    let line = Line::from(&killed.by).command("KILL").param(&killed.nick).text(&killed.comment).finish();
    publisher.announce([killed.user].into_iter(), line);
}
