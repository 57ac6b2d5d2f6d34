//! The sentences, for components.

use super::Words;
use crate::{hooks::use_context, state::State};

/// The sentences, for a component: it is drawn anew in another language.
pub(crate) fn use_words() -> Words {
    use_context::<State>().words()
}
