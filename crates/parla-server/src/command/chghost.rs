//! CHGHOST: an operator gives a user another host to show. <https://ircv3.net/specs/extensions/chghost>

use parla_proto::{Capabilities, Line, Reply, command::Chghost};

use super::join::{self, Entered};
use crate::{
    base::{limits::HOST_BYTES_MAX, settings::Privileges},
    context::Context,
    network::{
        Network, UserId, UserRef,
        audit::Audit,
        channel::{Channel, Rank},
        effects::Effects,
        entry::{self, EntryCommand, Meta},
        event::Event,
        refusal::Refusal,
    },
    publish::Publisher,
};

pub(crate) fn run(context: &mut Context<'_>, chghost: &Chghost<'_>) -> Result<(), Refusal> {
    let (_, me) = context.me()?;
    let nick = context.network.read_nick(chghost.nick);
    // Somebody who may not change hosts at all is told that first.
    let nick = nick.map_err(|refusal| me.privileged(Privileges::HOSTS).err().unwrap_or(refusal))?;
    let host = chghost.host.to_owned();
    context.propose(EntryCommand::Chghost(entry::Chghost { nick, host }));
    Ok(())
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    chghost: &entry::Chghost,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let who = network.actor(meta)?.1.privileged(Privileges::HOSTS)?.who();
    let (id, user) = network.user_named(&chghost.nick)?;
    if !is_host(&chghost.host) {
        return Err(Refusal::BadHost);
    }
    if user.host() == chghost.host {
        return Ok(());
    }
    let old_source = user.source().to_owned();
    effects.audits.push(Audit {
        who,
        action: "CHGHOST",
        whom: old_source.clone(),
        why: chghost.host.clone(),
    });
    if let Some(user) = network.user_mut(id) {
        user.set_host(&chghost.host);
    }
    network.note_changed(id);
    effects.events.push(Event::HostChanged { user: id, old_source });
    Ok(())
}

/// Whether a text can follow the `@` of a source and be a parameter of any line.
fn is_host(text: &str) -> bool {
    let allowed = |char: char| char.is_ascii_alphanumeric() || "-.:/_".contains(char);
    !text.is_empty() && text.len() <= HOST_BYTES_MAX && !text.starts_with(':') && text.chars().all(allowed)
}

pub(crate) fn publish(publisher: &mut Publisher<'_>, id: UserId, old_source: &str) {
    let network = publisher.network;
    let Some(user) = network.user(id) else { return };
    let reply = Reply::VisibleHost { host: user.host() };
    publisher.tell_user(id, reply.encode(&network.settings.name, user.nick().as_str()));
    let line = Line::from(&old_source).command("CHGHOST").param(user.user()).param(user.host());
    let told = publisher.interested_in(id, Capabilities::CHGHOST);
    publisher.announce_to(told.into_iter(), line.finish());
    publisher.left_out = Capabilities::CHGHOST;
    show_reconnection(publisher, UserRef { id, user }, old_source);
    publisher.left_out = Capabilities::empty();
}

/// Makes the user appear to leave and come back, with their ranks, to clients that do not know CHGHOST.
fn show_reconnection(publisher: &mut Publisher<'_>, of: UserRef<'_>, old_source: &str) {
    let UserRef { id, user } = of;
    let network = publisher.network;
    let line = Line::from(&old_source).command("QUIT").text("Changing host").finish();
    publisher.announce(network.peers(id, user).into_iter(), line);
    for channel in user.channels.iter().filter_map(|channel| network.channel(*channel)) {
        let audience = channel.audience(channel.rank(id).unwrap_or_default());
        let here: Vec<UserId> = audience.filter(|member| *member != id).collect();
        join::announce(publisher, Entered { user: of, channel, msgid: None }, &here);
        if let Some(line) = ranks(network, of, channel) {
            publisher.announce(here.into_iter(), line);
        }
    }
}

/// The line that gives a member their ranks back; `None` if they have none.
fn ranks(network: &Network, of: UserRef<'_>, channel: &Channel) -> Option<Vec<u8>> {
    let rank = channel.members.get(&of.id).copied().filter(|rank| !rank.is_empty())?;
    let had = Rank::MODES.iter().filter(|(each, _, _)| rank.contains(*each));
    let letters: String = had.map(|(_, mode, _)| mode.letter()).collect();
    let line = Line::from(&network.settings.name).command("MODE").param(channel.name());
    let line = line.param(format_args!("+{letters}"));
    Some(letters.chars().fold(line, |line, _| line.param(of.user.nick())).finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for (text, is_good) in [
            ("example.org", true),
            ("user/alice_1", true),
            ("2001:db8::1", true),
            ("", false),
            (":1", false),
            ("a b", false),
            ("a@b", false),
            ("a!b", false),
            ("*", false),
            ("h\u{f6}st", false),
        ] {
            assert_eq!(is_host(text), is_good, "{text}");
        }
        assert!(is_host(&"h".repeat(HOST_BYTES_MAX)) && !is_host(&"h".repeat(HOST_BYTES_MAX + 1)));
    }
}
