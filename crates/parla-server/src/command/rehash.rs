//! REHASH: reads the configuration again. <https://modern.ircdocs.horse/#rehash-message>
//!
//! The daemon reads and validates all of it. The part that concerns the network then becomes an entry, so
//! that every machine has the same settings when it commits the next one.

use std::{collections::BTreeMap, sync::Arc};

use parla_proto::Reply;

use super::{isupport, quit};
use crate::{
    base::settings::{NetworkSettings, Privileges},
    command::cap::offer,
    context::Context,
    contract::question::Question,
    network::{
        Network, UserId, audit::Audit, effects::Effects, entry::EndReason, event::Event,
        grant::OperatorGrant, refusal::Refusal, user::User,
    },
    publish::Publisher,
    session::pause::Exchange,
};

/// The reason that others read for people who stayed without a connection, where nobody does any more.
const NOT_KEPT: &str = "Not connected";

pub(crate) fn run(context: &mut Context<'_>) -> Result<(), Refusal> {
    let who = context.me()?.1.privileged(Privileges::REHASH)?.who();
    context.audit(Audit { who, action: "REHASH", whom: String::new(), why: String::new() });
    context.reply(Reply::Rehashing { file: &context.machine.file });
    context.ask(Question::Configuration, Exchange::Configuration);
    Ok(())
}

/// Replaces the settings. Operators get the rights that the new settings give them, which may be none.
pub(crate) fn commit(network: &mut Network, settings: Arc<NetworkSettings>, effects: &mut Effects) {
    let before = network.replace_settings(settings);
    network.find_empty_channels();
    for id in network.update_stays() {
        quit::remove(network, id, EndReason::Servers(NOT_KEPT.to_owned()), effects);
    }
    for (id, grant) in changed_grants(network) {
        let is_given = grant.is_some();
        let before = network.set_operator(id, grant);
        if !is_given {
            effects.events.push(Event::UserModesChanged { user: id, before });
        }
    }
    effects.events.push(Event::Reconfigured { before });
}

/// The operators whose grant has changed, each with the new one, or `None` if they lost it.
fn changed_grants(network: &Network) -> Vec<(UserId, Option<OperatorGrant>)> {
    let now = |user: &User| {
        let had = user.operator().filter(|grant| !grant.is_by_account)?;
        let operators = &network.settings.operators;
        let has = operators.iter().find(|operator| operator.name == had.name).map(OperatorGrant::from);
        (has.as_ref() != Some(had)).then_some(has)
    };
    network.users().filter_map(|(id, user)| now(user).map(|grant| (id, grant))).collect()
}

/// Tells every client of this machine what has changed since it was told on registration.
pub(crate) fn publish(publisher: &mut Publisher<'_>, before: &NetworkSettings) {
    offer::announce(publisher, before);
    let settings = Arc::clone(&publisher.network.settings);
    let changed = changed_tokens(&isupport::tokens(before), &isupport::tokens(&settings));
    if changed.is_empty() {
        return;
    }
    let tokens = parla_proto::isupport::lines(&changed);
    for connection in publisher.sessions.connections() {
        if publisher.sessions.get(connection).is_some_and(|session| session.user().is_some()) {
            isupport::tell_these(publisher, connection, &tokens);
        }
    }
}

/// The tokens that are new or have a new value, and those that are withdrawn.
fn changed_tokens(before: &[String], after: &[String]) -> Vec<String> {
    let names = |tokens: &[String]| -> BTreeMap<String, String> {
        let name = |token: &String| token.split('=').next().unwrap_or_default().to_owned();
        tokens.iter().map(|token| (name(token), token.clone())).collect()
    };
    let (had, has) = (names(before), names(after));
    let changed = has.iter().filter(|(name, token)| had.get(*name) != Some(token));
    let gone = had.keys().filter(|name| !has.contains_key(*name));
    changed.map(|(_, token)| token.clone()).chain(gone.map(|name| format!("-{name}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_told() {
        let tokens = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let before = tokens("AWAYLEN=200 BOT=B UTF8ONLY");
        let after = tokens("AWAYLEN=100 BOT=B MODES=20");
        assert_eq!(changed_tokens(&before, &after), ["AWAYLEN=100", "MODES=20", "-UTF8ONLY"]);
        assert!(changed_tokens(&before, &before).is_empty());
    }
}
