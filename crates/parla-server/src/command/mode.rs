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

pub(crate) use self::change::{Change, Hand, commit, for_record};
use crate::{
    base::limits::MODES_PER_COMMAND_MAX,
    context::Context,
    network::{
        ChannelId,
        channel::{Act, Channel},
        entry::{self, EntryCommand},
        event::ModeChange,
        refusal::Refusal,
    },
    publish::Publisher,
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
    let asked = Asked::read(channel, letters, mode.params.iter().copied());
    for list in asked.lists {
        let act = Act::change(list);
        if list == ChannelMode::Ban || channel.rank(me)?.may(act) {
            show_list(context, channel, list);
        } else {
            context.refuse(&Refusal::RankNeeded { channel: channel.name().clone(), rank: act.least() });
        }
    }
    asked.refusals.iter().for_each(|refusal| context.refuse(refusal));
    if !asked.steps.is_empty() {
        let channel = channel.name().clone();
        context.propose(EntryCommand::Mode(entry::Mode { channel, steps: asked.steps }));
    }
    Ok(())
}

/// What letters and their parameters ask for.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// Changes.
    pub(crate) steps: Vec<entry::ModeStep>,
    /// Lists to show, each once.
    pub(crate) lists: Vec<ChannelMode>,
    /// What cannot be meant.
    pub(crate) refusals: Vec<Refusal>,
}

impl Asked {
    pub(crate) fn read<'a>(
        channel: &Channel,
        letters: &'a str,
        params: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let mut asked = Self::default();
        for step in steps(letters, params).take(MODES_PER_COMMAND_MAX) {
            match step {
                Ok(ModeStep { mode, param: None, .. }) if mode.is_list() => {
                    if !asked.lists.contains(&mode) {
                        asked.lists.push(mode);
                    }
                }
                Ok(ModeStep { set, mode, param }) => {
                    asked.steps.push(entry::ModeStep { set, mode, param: param.map(str::to_owned) });
                }
                Err(BadModeStep::Unknown(letter)) => asked.refusals.push(Refusal::UnknownMode(letter)),
                Err(BadModeStep::NoParam(letter)) => asked.refusals.push(Refusal::InvalidModeParam {
                    target: channel.name().to_string(),
                    letter,
                    param: "*".to_owned(),
                    why: "This mode needs a parameter",
                }),
            }
        }
        asked
    }
}

/// Shows a list to someone who may see it.
pub(super) fn show_list(context: &mut Context<'_>, channel: &Channel, mode: ChannelMode) {
    let name = channel.name().as_str();
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
}

pub(crate) fn publish(publisher: &mut Publisher<'_>, by: &str, channel_id: ChannelId, steps: &[ModeChange]) {
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
pub(crate) fn lines(steps: &[ModeChange], bytes_max: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut letters, mut params, mut sign) = (String::new(), String::new(), None);
    for ModeChange { set, letter, param } in steps {
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

/// The letters of modes of channels, for MYINFO.
pub(crate) struct ModeLetters {
    pub(crate) all: String,
    /// Those of modes that have a parameter.
    pub(crate) with_param: String,
}

impl ModeLetters {
    /// The modes that exist.
    pub(crate) fn known() -> Self {
        let facts = parla_proto::mode::CHANNEL_MODES;
        let with_param = facts.iter().filter(|facts| facts.kind != ModeKind::Flag);
        Self {
            all: facts.iter().map(|facts| facts.letter).collect(),
            with_param: with_param.map(|facts| facts.letter).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_share_signs_and_break_into_lines() {
        let change =
            |set, letter, param: Option<&str>| ModeChange { set, letter, param: param.map(str::to_owned) };
        let steps =
            [change(true, 'o', Some("alice")), change(true, 'm', None), change(false, 'v', Some("bob"))];
        assert_eq!(lines(&steps, 100), ["+om-v alice bob"]);
        assert_eq!(lines(&steps, 10), ["+om alice", "-v bob"]);
        assert_eq!(lines(&[], 100), Vec::<String>::new());
    }
}
