//! ACCEPT: who may write to a user in spite of mode `R`. <https://modern.ircdocs.horse/#rplacceptlist-281>
//!
//! The list lasts as long as its user is present. Writing to somebody puts them on it, too.

use parla_proto::{Reply, command::Accept};

use crate::{
    context::Context,
    network::{
        Network,
        effects::Effects,
        entry::{self, EntryCommand, Meta},
        refusal::Refusal,
    },
};

pub(crate) fn run(context: &mut Context<'_>, accept: &Accept<'_>) -> Result<(), Refusal> {
    let (_, me) = context.me()?;
    if accept.nicks == "*" {
        for other in me.accepted() {
            if let Some(other) = context.network.user(*other) {
                context.reply(Reply::AcceptList { nick: other.nick().as_str() });
            }
        }
        context.reply(Reply::EndOfAccept {});
        return Ok(());
    }
    for word in context.list(accept.nicks, usize::MAX) {
        let (is_accepted, nick) = word.strip_prefix('-').map_or((true, word), |nick| (false, nick));
        match context.network.find_user(nick) {
            Ok((_, other)) => {
                let accept = entry::Accept { nick: other.nick().clone(), is_accepted };
                context.propose(EntryCommand::Accept(accept));
            }
            Err(refusal) => context.refuse(&refusal),
        }
    }
    Ok(())
}

/// Changes the list. What is so already is refused, as the numerics for it want.
pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    accept: &entry::Accept,
    _: &mut Effects,
) -> Result<(), Refusal> {
    let (id, me) = network.actor(meta)?;
    let (other, found) = network.user_named(&accept.nick)?;
    let nick = found.nick().to_string();
    let is_on_list = me.accepted().contains(&other);
    match (accept.is_accepted, is_on_list) {
        (true, true) => Err(Refusal::AcceptedAlready(nick)),
        (false, false) => Err(Refusal::NotAccepted(nick)),
        (is_accepted, _) => {
            if let Some(user) = network.user_mut(id) {
                if is_accepted { user.accept(other) } else { user.stop_accepting(other) }
            }
            Ok(())
        }
    }
}
