//! The ranks of a channel, as people name them, and their prefixes.

use serde::{Deserialize, Serialize};

/// What a member may do, from the highest rank to the lowest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Rank {
    /// The owner of the channel; prefix `~`.
    Founder,
    /// Protected from other operators; prefix `&`.
    Protected,
    /// An operator of the channel; prefix `@`.
    Operator,
    /// A half-operator, who has some of an operator's rights; prefix `%`.
    HalfOperator,
    /// May speak in a moderated channel; prefix `+`.
    Voice,
    /// Has no rank, and no prefix.
    #[default]
    Member,
}

impl Rank {
    /// The rank of the prefix before a nick. Unknown prefixes mean a plain member.
    pub(crate) const fn of_sign(sign: char) -> Self {
        match sign {
            '~' => Self::Founder,
            '&' => Self::Protected,
            '@' => Self::Operator,
            '%' => Self::HalfOperator,
            '+' => Self::Voice,
            _ => Self::Member,
        }
    }

    /// Its bit in [`crate::view::Member::ranks`].
    pub const fn bit(self) -> u8 {
        1 << self as u8
    }
}
