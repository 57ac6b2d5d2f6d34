//! The field in which the person chooses the language of the app. Each language is listed by its own name.

use dioxus::prelude::*;

use crate::{
    hooks::use_context,
    platform::Here,
    state::State,
    words::{self, Language, use_words},
};

/// The field, with all languages as options.
#[component]
pub(crate) fn LanguageChooser() -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let state = use_context::<State>();
    let current = *state.language.read();
    rsx! {
        div { class: "language",
            label { r#for: "language", {words.language_field()} }
            select {
                id: "language",
                onchange: move |event| {
                    if let Some(language) = Language::of_code(&event.value()) {
                        words::choose(state, &here, language);
                    }
                },
                for language in Language::ALL {
                    option {
                        key: "{language.code()}",
                        value: language.code(),
                        lang: language.code(),
                        selected: language == current,
                        {language.name()}
                    }
                }
            }
        }
    }
}
