//! MODE with letters, as a person typed it: the changes that it asks for, and what makes no sense.

use parla_proto::{
    ChannelName,
    extban::{ListMask, Reach},
    mode::{BadModeStep, ChannelMode, ModeStep, steps},
};

use crate::{
    base::{flags::Flags, limits::MODES_PER_COMMAND_MAX},
    network::{
        Network,
        channel::{Act, Channel, Rank},
        entry,
        refusal::Refusal,
    },
};

/// What the letters and their parameters ask for.
#[derive(Debug, Default)]
pub(crate) struct AskedModes {
    /// The changes, in order.
    pub(crate) steps: Vec<entry::ModeStep>,
    /// The lists to show, without duplicates.
    pub(crate) lists: Vec<ChannelMode>,
    /// Refusals for unknown letters, and for letters without the parameter that they need.
    pub(crate) refusals: Vec<Refusal>,
    /// Invalid parameters.
    pub(crate) bad_params: Vec<BadParam>,
}

/// An invalid parameter.
#[derive(Debug)]
pub(crate) struct BadParam {
    /// The action that it was meant for. Somebody who may not do that is told so instead.
    pub(crate) act: Act,
    pub(crate) refusal: Refusal,
}

impl AskedModes {
    pub(crate) fn parse<'a>(
        network: &Network,
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
                Ok(step) => match parse_step(network, channel.name(), step) {
                    Ok(step) => asked.steps.push(step),
                    Err(refusal) => {
                        asked.bad_params.push(BadParam { act: Act::change(step.mode), refusal });
                    }
                },
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

/// Parses the parameter of one step.
fn parse_step(
    network: &Network,
    channel: &ChannelName,
    step: ModeStep<'_>,
) -> Result<entry::ModeStep, Refusal> {
    let ModeStep { set, mode, param } = step;
    let param = param.unwrap_or_default();
    let invalid = |why| Refusal::InvalidModeParam {
        target: channel.to_string(),
        letter: mode.letter(),
        // Do not repeat a key, even an invalid one, where others could read it.
        param: if mode == ChannelMode::Key { "*" } else { param }.to_owned(),
        why,
    };
    if let Some(rank) = Rank::of_mode(mode) {
        return Ok(entry::ModeStep::Rank { rank, nick: network.read_nick(param)?, set });
    }
    if let Some(flag) = Flags::of_mode(mode) {
        return Ok(entry::ModeStep::Flag { flag, set });
    }
    Ok(match mode {
        ChannelMode::Key if !set => entry::ModeStep::Key(None),
        ChannelMode::Key => {
            let is_too_long = param.len() > network.settings.limits.key_bytes;
            if param.is_empty() || param.contains([',', ' ', ':']) || is_too_long {
                return Err(invalid("A key has no space, comma or colon, and is not too long"));
            }
            entry::ModeStep::Key(Some(param.to_owned()))
        }
        ChannelMode::Limit if !set => entry::ModeStep::Limit(None),
        ChannelMode::Limit => {
            let limit = param.parse().ok().filter(|limit| *limit > 0);
            entry::ModeStep::Limit(Some(limit.ok_or_else(|| invalid("A limit is a number above 0"))?))
        }
        ChannelMode::Forward if !set => entry::ModeStep::Forward(None),
        ChannelMode::Forward => {
            let name = network.read_channel_name(param).map_err(|_| invalid(NOWHERE))?;
            entry::ModeStep::Forward(Some(name))
        }
        list => {
            let mask = ListMask::parse(param).map_err(|bad| invalid(bad.why()))?;
            if list == ChannelMode::InviteException && mask.reach() == Reach::Speech {
                return Err(invalid("An m: means nothing in the list of those who need no invitation"));
            }
            // Bans that match hidden addresses would allow people to find out somebody's address step by
            // step.
            if set && network.settings.addresses_hidden && mask.is_over_addresses() {
                return Err(invalid(
                    "Addresses are hidden here; ban the host that others see, as WHOIS shows it",
                ));
            }
            entry::ModeStep::List { mode: list, mask, set }
        }
    })
}

/// Why a channel cannot forward to one that does not exist or that the actor may not see.
pub(super) const NOWHERE: &str = "There is no such channel to forward to";
