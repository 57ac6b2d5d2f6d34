//! What each rank of a member may do, implemented independently of the server.

use std::collections::BTreeSet;

use parla_proto::{
    mode::{ChannelMode, MEMBER_MODES, ModeKind, ModeStep},
    name::is_channel,
};

use parla_server::Rank;

use super::checkers::{Checked, ensure};

/// Signs from the lowest to the highest.
const SIGNS: &str = "+%@&~";

/// The signs of a member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signs(BTreeSet<char>);

impl Signs {
    pub(super) fn of(signs: &str) -> Self {
        Self(signs.chars().collect())
    }

    /// The signs of ranks, as the server knows them.
    pub(crate) fn of_rank(rank: Rank) -> Self {
        let letters = rank.letters();
        let own = MEMBER_MODES.iter().filter(|(mode, _)| letters.contains(mode.letter()));
        Self(own.map(|(_, sign)| *sign).collect())
    }

    pub(super) fn set(&mut self, sign: char, set: bool) {
        if set {
            self.0.insert(sign);
        } else {
            self.0.remove(&sign);
        }
    }

    /// Only the highest sign, which is all that some clients are shown.
    pub(super) fn highest(&self) -> Self {
        Self(self.0.iter().copied().max_by_key(|sign| height(*sign)).into_iter().collect())
    }

    pub(super) fn add(&mut self, others: &Self) {
        self.0.extend(&others.0);
    }

    /// Whether these are among them.
    pub(super) fn has_all(&self, others: &Self) -> bool {
        others.0.is_subset(&self.0)
    }

    /// From 0 for none to 5 for an owner.
    fn height(&self) -> usize {
        self.0.iter().map(|sign| height(*sign)).max().unwrap_or_default()
    }
}

fn height(sign: char) -> usize {
    SIGNS.find(sign).map_or(0, |place| place + 1)
}

pub(super) fn is_sign(char: char) -> bool {
    SIGNS.contains(char)
}

/// The sign that a mode gives.
pub(super) fn sign_of(mode: ChannelMode) -> Option<char> {
    MEMBER_MODES.iter().find(|(known, _)| *known == mode).map(|(_, sign)| *sign)
}

/// The signs before a channel, and the channel; without signs if it is not a channel.
pub(super) fn status_target(target: &str) -> (&str, &str) {
    let (signs, name) = target.split_at(target.len() - target.trim_start_matches(is_sign).len());
    if is_channel(name) { (signs, name) } else { ("", target) }
}

/// Whether a member with these signs has this one or a higher one.
pub(super) fn is_at_least(own: &Signs, sign: char) -> bool {
    own.height() >= height(sign)
}

/// Whether a member may remove another: one of lower rank and, from operator upward, one of the same rank.
pub(super) fn may_kick(own: &Signs, other: &Signs) -> bool {
    let (own, other) = (own.height(), other.height());
    own >= height('%') && (own > other || (own == other && own >= height('@')))
}

/// Checks that a member may perform a step.
pub(super) fn may_change(own: &Signs, step: &ModeStep<'_>, to_oneself: bool) -> Checked {
    let is_list =
        ChannelMode::from_letter(step.mode.letter()).is_some_and(|facts| facts.kind == ModeKind::List);
    let needed = match sign_of(step.mode) {
        Some('+') => '%',
        Some('%') => '@',
        Some(sign) => sign,
        None if is_list => '%',
        None => '@',
    };
    let gives_up = to_oneself && !step.set && sign_of(step.mode).is_some_and(|sign| own.0.contains(&sign));
    ensure(gives_up || is_at_least(own, needed), "rank", || format!("{own:?} takes the step {step:?}"))
}
