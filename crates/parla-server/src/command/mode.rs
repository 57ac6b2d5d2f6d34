//! MODE: the modes of a channel or of a user. <https://modern.ircdocs.horse/#mode-message>

mod change;
mod read;
pub(crate) mod user;

use parla_proto::{
    Line, Reply,
    command::Mode,
    limits::LINE_BYTES_MAX,
    mode::{ChannelMode, ModeKind},
    name,
};

pub(crate) use self::{
    change::{Change, Hand, commit, for_record},
    read::{AskedModes, BadParam},
};
use crate::{
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
    let asked = AskedModes::parse(context.network, channel, letters, mode.params.iter().copied());
    for list in asked.lists {
        let act = Act::ChangeLists;
        if list == ChannelMode::Ban || channel.rank(me)?.may(act) {
            show_list(context, channel, list);
        } else {
            context.refuse(&Refusal::RankNeeded { channel: channel.name().clone(), rank: act.least() });
        }
    }
    asked.refusals.iter().for_each(|refusal| context.refuse(refusal));
    let mut told = Vec::new();
    for BadParam { act, refusal } in asked.bad_params {
        channel.rank(me)?;
        // Somebody who may not change the mode is told that instead, and only once.
        let refusal = channel.allows(me, act).err().unwrap_or(refusal);
        if !told.contains(&refusal) {
            context.refuse(&refusal);
            told.push(refusal);
        }
    }
    if !asked.steps.is_empty() {
        let channel = channel.name().clone();
        context.propose(EntryCommand::Mode(entry::Mode { channel, steps: asked.steps }));
    }
    Ok(())
}

/// Shows a list to somebody who may see it.
pub(super) fn show_list(context: &mut Context<'_>, channel: &Channel, mode: ChannelMode) {
    let name = channel.name().as_str();
    for entry in channel.state.list(mode) {
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
    let bytes_max =
        LINE_BYTES_MAX.saturating_sub(by.len() + channel.name().as_str().len() + ":  MODE  \r\n".len());
    for words in lines(steps, bytes_max) {
        let line = Line::from(&by).command("MODE").param(channel.name()).params(&words).finish();
        publisher.announce(channel.members.keys().copied(), line);
    }
}

/// The letters and parameters of the steps, in as many lines as needed.
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

/// The letters of channel modes, for RPL_MYINFO.
pub(crate) struct ModeLetters {
    pub(crate) all: String,
    /// The modes that have a parameter.
    pub(crate) with_param: String,
}

impl ModeLetters {
    /// The letters of all modes that exist.
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
