//! The ranks of a room, as people name them, and the signs that stand for them.

use serde::{Deserialize, Serialize};

/// What a member may do, the mightiest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Rank {
    /// `~`
    Founder,
    /// `&`
    Admin,
    /// `@`
    Operator,
    /// `%`
    HalfOperator,
    /// `+`
    Voiced,
    /// No prefix.
    #[default]
    Member,
}

impl Rank {
    /// What the sign before a nick means. Signs that nobody knows mean nothing.
    pub(crate) const fn of_sign(sign: char) -> Self {
        match sign {
            '~' => Self::Founder,
            '&' => Self::Admin,
            '@' => Self::Operator,
            '%' => Self::HalfOperator,
            '+' => Self::Voiced,
            _ => Self::Member,
        }
    }

    /// Its place in [`crate::view::Member::ranks`].
    pub const fn bit(self) -> u8 {
        1 << self as u8
    }
}
