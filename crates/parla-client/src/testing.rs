//! Replaces the shell in unit tests.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use parla_proto::Casemapping;

use crate::{naming, text::Letters};

/// Case is folded for ASCII only.
pub(crate) const ASCII: Letters = Letters { casemapping: Casemapping::Ascii, compose: composed };

pub(crate) fn composed(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

pub(crate) fn plain(name: &str) -> String {
    naming::without_accents(&DecomposingNormalizerBorrowed::new_nfd().normalize(name))
}
