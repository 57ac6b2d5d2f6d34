//! MODE with letters, as a person wrote it: which changes it asks for, and what cannot be meant.

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

/// What letters and their parameters ask for.
#[derive(Debug, Default)]
pub(crate) struct AskedModes {
    /// Changes.
    pub(crate) steps: Vec<entry::ModeStep>,
    /// Lists to show, each once.
    pub(crate) lists: Vec<ChannelMode>,
    /// Letters that mean nothing, and those without the parameter that they need.
    pub(crate) refusals: Vec<Refusal>,
    /// Parameters that mean nothing.
    pub(crate) bad_params: Vec<BadParam>,
}

/// A parameter that means nothing.
#[derive(Debug)]
pub(crate) struct BadParam {
    /// What it was meant for. Whoever may not do that hears of it instead.
    pub(crate) act: Act,
    pub(crate) refusal: Refusal,
}

impl AskedModes {
    pub(crate) fn read<'a>(
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
                Ok(step) => match read(network, channel.name(), step) {
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

/// Reads the parameter of one step.
fn read(network: &Network, channel: &ChannelName, step: ModeStep<'_>) -> Result<entry::ModeStep, Refusal> {
    let ModeStep { set, mode, param } = step;
    let param = param.unwrap_or_default();
    let invalid = |why| Refusal::InvalidModeParam {
        target: channel.to_string(),
        letter: mode.letter(),
        // A key is nobody else's business, even a bad one.
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
            // To match what is hidden would tell, step by step, where somebody is.
            if set && network.settings.addresses_hidden && mask.is_over_addresses() {
                return Err(invalid(
                    "Addresses are hidden here; ban the host that others see, as WHOIS shows it",
                ));
            }
            entry::ModeStep::List { mode: list, mask, set }
        }
    })
}

/// Why a channel cannot forward to another that is not there, or that nobody may know of.
pub(super) const NOWHERE: &str = "There is no such channel to forward to";
