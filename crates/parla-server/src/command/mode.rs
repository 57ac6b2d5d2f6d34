//! MODE: what holds in a channel, and for a user. <https://modern.ircdocs.horse/#mode-message>

mod change;
pub(crate) mod user;

use parla_proto::{
    Line, Reply,
    command::Mode,
    limits::LINE_BYTES_MAX,
    mode::{BadModeStep, ChannelMode, ModeKind, ModeStep, steps},
    name,
};

pub(crate) use self::change::commit;
use crate::{
    context::Context,
    entry::{self, EntryCommand},
    limits::MODES_PER_COMMAND_MAX,
    network::{
        ChannelId,
        channel::{Act, Channel},
    },
    publish::Publisher,
    refusal::Refusal,
};

pub(crate) fn run(context: &mut Context<'_>, mode: &Mode<'_>) -> Result<(), Refusal> {
    if !name::is_channel(mode.target) {
        return user::run(context, mode);
    }
    let (me, _) = context.me()?;
    let (_, channel) = context.network.visible_channel(me, mode.target)?;
    let Some(letters) = mode.modes.filter(|letters| !letters.is_empty()) else {
        let name = channel.name().as_str();
        context.reply(Reply::ChannelModeIs { channel: name, modes: &channel.modes(me) });
        context.reply(Reply::CreationTime { channel: name, at: channel.state.created_at.as_secs() });
        return Ok(());
    };
    let mut wanted = Vec::new();
    let mut lists_shown = Vec::new();
    for step in steps(letters, mode.params.iter().copied()).take(MODES_PER_COMMAND_MAX) {
        match step {
            Ok(ModeStep { mode, param: None, .. }) if mode.is_list() => {
                if !lists_shown.contains(&mode) {
                    lists_shown.push(mode);
                    show_list(context, channel, mode)?;
                }
            }
            Ok(step) => {
                wanted.push(entry::ModeStep {
                    set: step.set,
                    mode: step.mode,
                    param: step.param.map(str::to_owned),
                });
            }
            Err(BadModeStep::Unknown(letter)) => context.refuse(&Refusal::UnknownMode(letter)),
            Err(BadModeStep::NoParam(letter)) => context.refuse(&Refusal::InvalidModeParam {
                target: channel.name().to_string(),
                letter,
                param: "*".to_owned(),
                why: "This mode needs a parameter",
            }),
        }
    }
    if !wanted.is_empty() {
        context.propose(EntryCommand::Mode(entry::Mode { channel: mode.target.to_owned(), steps: wanted }));
    }
    Ok(())
}

/// Shows a list: bans to everyone who may see the channel, exceptions to those who may change them.
fn show_list(context: &mut Context<'_>, channel: &Channel, mode: ChannelMode) -> Result<(), Refusal> {
    let (me, _) = context.me()?;
    let name = channel.name().as_str();
    let act = Act::change(mode);
    if mode != ChannelMode::Ban && !channel.rank(me)?.may(act) {
        context.refuse(&Refusal::RankNeeded(channel.name().clone(), act.least()));
        return Ok(());
    }
    let lists = channel.state.lists();
    let entries = lists.iter().find(|(list, _)| *list == mode).map_or(&[][..], |(_, entries)| *entries);
    for entry in entries {
        let (mask, setter, at) = (&*entry.mask.to_string(), entry.setter.as_str(), entry.at.as_secs());
        context.reply(match mode {
            ChannelMode::BanException => Reply::BanExceptionList { channel: name, mask, setter, at },
            ChannelMode::InviteException => Reply::InviteExceptionList { channel: name, mask, setter, at },
            _ => Reply::BanList { channel: name, mask, setter, at },
        });
    }
    context.reply(match mode {
        ChannelMode::BanException => Reply::EndOfBanExceptionList { channel: name },
        ChannelMode::InviteException => Reply::EndOfInviteExceptionList { channel: name },
        _ => Reply::EndOfBanList { channel: name },
    });
    Ok(())
}

pub(crate) fn publish(
    publisher: &mut Publisher<'_>,
    by: &str,
    channel_id: ChannelId,
    steps: &[(bool, char, Option<String>)],
) {
    let network = publisher.network;
    let Some(channel) = network.channel(channel_id) else { return };
    let room =
        LINE_BYTES_MAX.saturating_sub(by.len() + channel.name().as_str().len() + ":  MODE  \r\n".len());
    for words in lines(steps, room) {
        let line = Line::from(&by).command("MODE").param(channel.name()).params(&words).finish();
        publisher.announce(channel.members.keys().copied(), line);
    }
}

/// Letters and parameters of the steps, in as many lines as they need.
fn lines(steps: &[(bool, char, Option<String>)], bytes_max: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut letters, mut params, mut sign) = (String::new(), String::new(), None);
    for (set, letter, param) in steps {
        let param_bytes = param.as_ref().map_or(0, |param| param.len() + 1);
        if !letters.is_empty() && letters.len() + params.len() + param_bytes + 2 > bytes_max {
            lines.push(std::mem::take(&mut letters) + &std::mem::take(&mut params));
            sign = None;
        }
        if sign != Some(*set) {
            letters.push(if *set { '+' } else { '-' });
            sign = Some(*set);
        }
        letters.push(*letter);
        if let Some(param) = param {
            params.push(' ');
            params.push_str(param);
        }
    }
    if !letters.is_empty() {
        lines.push(letters + &params);
    }
    lines
}

/// The kinds of modes that exist, for MYINFO: all letters, and those with a parameter.
pub(crate) fn letters() -> (String, String) {
    let facts = parla_proto::mode::CHANNEL_MODES;
    let all = facts.iter().map(|facts| facts.letter).collect();
    let with_param =
        facts.iter().filter(|facts| facts.kind != ModeKind::Flag).map(|facts| facts.letter).collect();
    (all, with_param)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_share_signs_and_break_into_lines() {
        let steps =
            [(true, 'o', Some("alice".to_owned())), (true, 'm', None), (false, 'v', Some("bob".to_owned()))];
        assert_eq!(lines(&steps, 100), ["+om-v alice bob"]);
        assert_eq!(lines(&steps, 10), ["+om alice", "-v bob"]);
        assert_eq!(lines(&[], 100), Vec::<String>::new());
    }
}
