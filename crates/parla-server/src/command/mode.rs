//! MODE: what holds in a channel, and for a user. <https://modern.ircdocs.horse/#mode-message>

use parla_proto::{
    Line, Mask, Reply,
    command::Mode,
    limits::LINE_BYTES_MAX,
    mode::{
        BadModeStep, ChannelMode, ModeKind, UserModeFacts, UserModeSetter, UserModes, steps, user_letters,
    },
    name::{self, Casemapping},
};

use crate::{
    context::Context,
    effects::Effects,
    entry::{self, EntryCommand, Meta, ModeStep},
    event::Event,
    limits::MODES_PER_COMMAND_MAX,
    network::{
        ChannelId, Network, UserId,
        channel::{Channel, Flags, ListEntry, Rank},
    },
    publish::Publisher,
    refusal::Refusal,
};

pub(crate) fn run(context: &mut Context<'_>, mode: &Mode<'_>) -> Result<(), Refusal> {
    if !name::is_channel(mode.target) {
        return run_user(context, mode);
    }
    let (me, _) = context.me()?;
    let (_, channel) = context.network.find_channel(mode.target)?;
    if !channel.is_visible_to(Some(me)) {
        return Err(Refusal::NotOnChannel(channel.name().clone()));
    }
    let Some(letters) = mode.modes.filter(|letters| !letters.is_empty()) else {
        let name = channel.name().as_str();
        context.reply(Reply::ChannelModeIs { channel: name, modes: &channel.modes(channel.is_member(me)) });
        context.reply(Reply::CreationTime { channel: name, at: channel.state.created_at.as_secs() });
        return Ok(());
    };
    let mut wanted = Vec::new();
    let mut lists_shown = false;
    for step in steps(letters, mode.params.iter().copied()).take(MODES_PER_COMMAND_MAX) {
        match step {
            Ok(step) if step.mode == ChannelMode::Ban && step.param.is_none() => {
                if !std::mem::replace(&mut lists_shown, true) {
                    show_bans(context, channel);
                }
            }
            Ok(step) => {
                wanted.push(ModeStep {
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

fn show_bans(context: &mut Context<'_>, channel: &Channel) {
    let name = channel.name().as_str();
    for ban in &channel.state.bans {
        let (mask, setter, at) = (ban.mask.as_str(), ban.setter.as_str(), ban.at.as_secs());
        context.reply(Reply::BanList { channel: name, mask, setter, at });
    }
    context.reply(Reply::EndOfBanList { channel: name });
}

fn run_user(context: &mut Context<'_>, mode: &Mode<'_>) -> Result<(), Refusal> {
    let (me, user) = context.me()?;
    let (asked, _) = context.network.find_user(mode.target)?;
    if asked != me {
        return Err(Refusal::UsersDontMatch);
    }
    let Some(letters) = mode.modes else {
        context.reply(Reply::UserModeIs { modes: &format!("+{}", user_letters(user.modes)) });
        return Ok(());
    };
    let (mut sign, mut wanted, mut unknown) = (true, user.modes, false);
    for letter in letters.chars() {
        match letter {
            '+' => sign = true,
            '-' => sign = false,
            _ => match UserModeFacts::of_letter(letter) {
                None => unknown = true,
                // What the server alone may change is left as it is without a word, as every server does.
                Some(facts) => match facts.setter {
                    UserModeSetter::User => wanted.set(facts.mode, sign),
                    UserModeSetter::ServerGives if !sign => wanted.remove(facts.mode),
                    UserModeSetter::ServerGives | UserModeSetter::Server => {}
                },
            },
        }
    }
    if wanted != user.modes {
        let (set, unset) = (wanted - user.modes, user.modes - wanted);
        context.propose(EntryCommand::UserMode(entry::UserMode { set, unset }));
    }
    if unknown { Err(Refusal::UnknownUserMode) } else { Ok(()) }
}

pub(crate) fn commit_user(
    network: &mut Network,
    meta: &Meta,
    mode: entry::UserMode,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (id, user) = network.actor(meta)?;
    let modes = (user.modes | mode.set) - mode.unset;
    let before = network.set_user_modes(id, modes);
    effects.events.push(Event::UserModesChanged { user: id, before });
    Ok(())
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    mode: &entry::Mode,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (actor, user) = network.actor(meta)?;
    let by = user.source().to_owned();
    let (channel_id, _) = network.find_channel(&mode.channel)?;
    let Some(channel) = network.channel_mut(channel_id) else { return Err(Refusal::Gone) };
    let before = channel.operator(actor)?.state.clone();
    let mut done = Vec::new();
    for step in &mode.steps {
        match apply(network, channel_id, step, (meta, &by)) {
            Ok(Some(param)) => done.push((step.set, step.mode.letter(), param)),
            Ok(None) => {}
            Err(refusal) => effects.refusals.push(refusal),
        }
    }
    if let Some(channel) = network.channel(channel_id).filter(|channel| channel.state != before) {
        effects.keep(channel);
    }
    if !done.is_empty() {
        effects.events.push(Event::ModesChanged { by, channel: channel_id, steps: done });
    }
    Ok(())
}

/// Takes one step. Gives its parameter as others see it, or nothing if the step changes nothing.
fn apply(
    network: &mut Network,
    channel_id: ChannelId,
    step: &ModeStep,
    (meta, by): (&Meta, &str),
) -> Result<Option<Option<String>>, Refusal> {
    if let Some(rank) = Rank::of_mode(step.mode) {
        return apply_rank(network, channel_id, step, rank);
    }
    let (limits, casemapping) = (network.settings.limits.clone(), network.casemapping());
    let Some(channel) = network.channel_mut(channel_id) else { return Err(Refusal::Gone) };
    let state = &mut channel.state;
    let param = step.param.as_deref().unwrap_or_default();
    let invalid = |why| Refusal::InvalidModeParam {
        target: state.name.to_string(),
        letter: step.mode.letter(),
        // A key is nobody else's business, even a bad one.
        param: if step.mode == ChannelMode::Key { "*" } else { param }.to_owned(),
        why,
    };
    if let Some(flag) = Flags::of_mode(step.mode) {
        let changes = state.flags.contains(flag) != step.set;
        state.flags.set(flag, step.set);
        if flag == Flags::INVITE_ONLY && changes {
            state.keeper = step.set.then(|| Mask::exact(&parla_proto::Source::parse(by)));
        }
        return Ok(changes.then_some(None));
    }
    match step.mode {
        ChannelMode::Key if step.set => {
            let bad = param.is_empty() || param.contains([',', ' ', ':']) || param.len() > limits.key_bytes;
            if bad {
                return Err(invalid("A key has no space, comma or colon, and is not too long"));
            }
            let changes = state.key.as_deref() != Some(param);
            state.key = Some(param.to_owned());
            Ok(changes.then(|| Some(param.to_owned())))
        }
        ChannelMode::Key => Ok(state.key.take().map(|_| Some("*".to_owned()))),
        ChannelMode::Limit if step.set => {
            let limit = param.parse::<u32>().ok().filter(|limit| *limit > 0);
            let limit = limit.ok_or_else(|| invalid("A limit is a number above 0"))?;
            let changes = state.limit.replace(limit) != Some(limit);
            Ok(changes.then(|| Some(limit.to_string())))
        }
        ChannelMode::Limit => Ok(state.limit.take().map(|_| None)),
        ChannelMode::Ban => apply_ban(channel, step, (limits.list_modes, casemapping), (meta, by)),
        _ => Ok(None),
    }
}

fn apply_ban(
    channel: &mut Channel,
    step: &ModeStep,
    (most, casemapping): (usize, Casemapping),
    (meta, by): (&Meta, &str),
) -> Result<Option<Option<String>>, Refusal> {
    let mask = Mask::parse(step.param.as_deref().unwrap_or_default());
    let shown = Some(Some(mask.to_string()));
    let bans = &mut channel.state.bans;
    let known = bans.iter().position(|ban| ban.mask.is_same(&mask, casemapping));
    match (step.set, known) {
        (true, Some(_)) | (false, None) => Ok(None),
        (false, Some(index)) => {
            let removed = bans.remove(index);
            Ok(Some(Some(removed.mask.to_string())))
        }
        (true, None) if bans.len() >= most => {
            Err(Refusal::BanListFull(channel.state.name.clone(), mask.to_string()))
        }
        (true, None) => {
            bans.push(ListEntry { mask, setter: by.to_owned(), at: meta.at });
            Ok(shown)
        }
    }
}

fn apply_rank(
    network: &mut Network,
    channel_id: ChannelId,
    step: &ModeStep,
    rank: Rank,
) -> Result<Option<Option<String>>, Refusal> {
    let (user_id, user) = network.find_user(step.param.as_deref().unwrap_or_default())?;
    let nick = user.nick().to_string();
    let Some(channel) = network.channel_mut(channel_id) else { return Err(Refusal::Gone) };
    let name = channel.name().clone();
    let Some(member) = channel.members.get_mut(&user_id) else {
        return Err(Refusal::UserNotInChannel(nick, name));
    };
    let changes = member.contains(rank) != step.set;
    member.set(rank, step.set);
    Ok(changes.then_some(Some(nick)))
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

/// Tells a user how its own modes changed.
pub(crate) fn publish_user(publisher: &mut Publisher<'_>, user_id: UserId, before: UserModes) {
    let Some(user) = publisher.network.user(user_id) else { return };
    let mut changes = String::new();
    for (sign, modes) in [('+', user.modes - before), ('-', before - user.modes)] {
        if !modes.is_empty() {
            changes.push(sign);
            changes.push_str(&user_letters(modes));
        }
    }
    if changes.is_empty() {
        return;
    }
    let line = Line::from(&user.source()).command("MODE").param(user.nick()).text(&changes).finish();
    publisher.announce([user_id].into_iter(), line);
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
