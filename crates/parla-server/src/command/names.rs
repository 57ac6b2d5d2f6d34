//! NAMES: the members of a channel. <https://modern.ircdocs.horse/#names-message>

use parla_proto::{Capabilities, Reply, command::Names, limits::LINE_BYTES_MAX};

use crate::{
    context::Context,
    network::{
        ChannelId,
        channel::{Act, Channel, Flags, MemberCursor},
        refusal::Refusal,
    },
    session::long_answer::{LongAnswer, Portion},
};

/// What is still to be sent of an answer to NAMES.
#[derive(Debug)]
pub(crate) struct Rest {
    /// The channels that are still to be answered, with the next one last.
    asked: Vec<String>,
    current: Option<(ChannelId, MemberCursor)>,
    /// The names of all channels that were answered, for RPL_ENDOFNAMES.
    answered: Vec<String>,
}

pub(crate) fn run(context: &mut Context<'_>, names: &Names<'_>) -> Result<(), Refusal> {
    context.me()?;
    let Some(channels) = names.channels else {
        context.reply(Reply::EndOfNames { channel: "*" });
        return Ok(());
    };
    let names = context.list(channels, usize::MAX);
    let asked = names.into_iter().rev().map(str::to_owned).collect();
    context.answer(Box::new(Rest { asked, current: None, answered: Vec::new() }));
    Ok(())
}

impl Rest {
    /// The members of one channel, as after a JOIN.
    pub(crate) fn of_channel(id: ChannelId, channel: &Channel) -> Self {
        let current = Some((id, MemberCursor::default()));
        Self { asked: Vec::new(), current, answered: vec![channel.name().to_string()] }
    }
}

impl LongAnswer for Rest {
    fn go_on(&mut self, portion: &mut Portion<'_>) -> bool {
        let network = portion.network;
        let Some(me) = portion.session.user() else { return true };
        while !portion.is_full() {
            if let Some((id, cursor)) = &mut self.current {
                let channel = network.channel(*id).filter(|channel| network.sees(me, channel));
                if channel.is_none_or(|channel| tell(portion, channel, cursor)) {
                    self.current = None;
                }
                continue;
            }
            let Some(name) = self.asked.pop() else { break };
            match network.visible_channel(me, &name) {
                Ok((id, channel)) => {
                    self.answered.push(channel.name().to_string());
                    self.current = Some((id, MemberCursor::default()));
                }
                Err(_) => self.answered.push(name),
            }
        }
        let is_over = !portion.is_full();
        if is_over {
            for channel in ends(&self.answered) {
                portion.reply(Reply::EndOfNames { channel: &channel });
            }
        }
        is_over
    }
}

/// The parameters of RPL_ENDOFNAMES: all names that were asked for, because one command has one answer; in
/// several pieces if they are too long.
fn ends(names: &[String]) -> Vec<String> {
    let mut ends: Vec<String> = Vec::new();
    for name in names {
        match ends.last_mut().filter(|end| end.len() + name.len() < LINE_BYTES_MAX / 2) {
            Some(end) => {
                end.push(',');
                end.push_str(name);
            }
            None => ends.push((*name).to_owned()),
        }
    }
    if ends.is_empty() { vec!["*".to_owned()] } else { ends }
}

/// Sends RPL_NAMREPLY as often as needed, while the portion has room. Returns whether the channel is
/// complete.
fn tell(portion: &mut Portion<'_>, channel: &Channel, cursor: &mut MemberCursor) -> bool {
    let network = portion.network;
    let (asker, capabilities) = (portion.session.user(), portion.session.capabilities);
    let symbol = if channel.has(Flags::SECRET) { '@' } else { '=' };
    let name = channel.name().as_str();
    let head = Reply::Names { symbol, channel: name, names: "" };
    let head = head.encode(&network.settings.name, &portion.session.target(network)).len();
    let bytes_max = LINE_BYTES_MAX.saturating_sub(head);
    let sees_crowd = asker.is_some_and(|asker| channel.rank(asker).is_ok_and(|rank| rank.may(Act::SeeCrowd)));
    let inside = asker.is_some_and(|asker| channel.is_member(asker));

    let mut names = String::new();
    for (place, member, rank) in channel.members_from(*cursor) {
        // Members who are not shown take time as well, so a portion can end before there is anything to send.
        if portion.is_full() {
            if !names.is_empty() {
                portion.reply(Reply::Names { symbol, channel: name, names: &names });
            }
            *cursor = place;
            return false;
        }
        portion.count_steps(1);
        let Some(user) = network.user(member) else { continue };
        // In a `+u` channel, members without a rank do not even see themselves in the list, as in Ergo.
        let is_crowd = channel.has(Flags::AUDITORIUM) && !rank.may(Act::SeeCrowd);
        if (is_crowd && !sees_crowd) || (user.is_invisible() && !inside) {
            continue;
        }
        let signs = rank.signs_for(capabilities);
        let full = capabilities.contains(Capabilities::USERHOST_IN_NAMES);
        let shown = if full { user.source() } else { user.nick().as_str() };
        if !names.is_empty() && names.len() + signs.len() + shown.len() + 1 > bytes_max {
            portion.reply(Reply::Names { symbol, channel: name, names: &names });
            names.clear();
            if portion.is_full() {
                *cursor = place;
                return false;
            }
        }
        if !names.is_empty() {
            names.push(' ');
        }
        names.push_str(&signs);
        names.push_str(shown);
    }
    if !names.is_empty() {
        portion.reply(Reply::Names { symbol, channel: name, names: &names });
    }
    true
}
