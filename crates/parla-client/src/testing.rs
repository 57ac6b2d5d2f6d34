//! What tests beside the code have in place of a shell.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use parla_proto::Casemapping;

use crate::{naming, text::Letters};

/// Where only ASCII has cases.
pub(crate) const ASCII: Letters = Letters { casemapping: Casemapping::Ascii, compose: composed };

pub(crate) fn composed(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

pub(crate) fn plain(name: &str) -> String {
    naming::without_accents(&DecomposingNormalizerBorrowed::new_nfd().normalize(name))
}
