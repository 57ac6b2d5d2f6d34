//! Which language the app uses: the one that the person chose, otherwise the first one that they read.

use dioxus::{
    core::spawn_forever,
    prelude::{ReadableExt as _, WritableExt as _},
};
use futures_util::{FutureExt as _, future::select};
use parla_client::view::NetworkId;

use super::{Language, Words};
use crate::{
    hooks::{use_context, use_effect, use_hook},
    platform::Here,
    preferences,
    state::State,
    toasts::ToastKind,
};

/// The longest time for which the first rendering waits for its language, in milliseconds.
const FIRST_WAIT_MS: u32 = 3_000;

/// The sentences, for a component: it is redrawn when the language changes.
pub(crate) fn use_words() -> Words {
    use_context::<State>().words()
}

/// Loads the language that the person wants before the app is drawn, so that it is used from the first
/// rendering on. If that fails, the app itself says so.
pub async fn load_first(here: &Here) {
    let language = preferred(here);
    if language != Language::English {
        let (loading, patience) = (here.0.load_words(language), here.0.sleep(FIRST_WAIT_MS));
        drop(select(loading, patience).await);
    }
}

/// The language that the person chose, otherwise the first one that they read.
fn preferred(here: &Here) -> Language {
    let chosen = here.0.preferences().language;
    let read = || here.0.languages().iter().find_map(|code| Language::of_code(code));
    chosen.or_else(read).unwrap_or_default()
}

/// Makes the app use the language that the person wants.
pub(crate) fn use_language(state: State, here: &Here) {
    use_hook(|| speak(state, here, preferred(here)));
    let here = here.clone();
    use_effect(move || here.0.speak(state.words()));
}

/// Takes the person's choice of a language.
pub(crate) fn choose(state: State, here: &Here, language: Language) {
    state.prefer(here, &|preferences| preferences.language = Some(language));
    speak(state, here, language);
}

/// Another tab of the browser has saved something, possibly the choice of a language. An empty key stands for
/// anything.
pub(crate) fn follow_choice(state: State, here: &Here, key: &str) {
    let may_be_it = key.is_empty() || key.ends_with(&format!("/{}", preferences::KEY));
    // Where nothing can be stored, a choice concerns only this tab.
    if may_be_it && here.0.preferences().language.is_some() {
        speak(state, here, preferred(here));
    }
}

fn speak(mut state: State, here: &Here, language: Language) {
    if *state.language.peek() == language {
        return;
    }
    state.language.set(language);
    let here = here.clone();
    let mut loading = Box::pin(async move {
        if language == Language::English { Some(Words::english()) } else { here.0.load_words(language).await }
    });
    // If it is available at once, nothing is drawn twice.
    match (&mut loading).now_or_never() {
        Some(words) => loaded(state, language, words),
        None => drop(spawn_forever(async move { loaded(state, language, loading.await) })),
    }
}

fn loaded(mut state: State, language: Language, words: Option<Words>) {
    // The person may have chosen another language in the meantime.
    if *state.language.peek() != language {
        return;
    }
    match words {
        Some(words) => {
            state.words.set(words);
            state.withdraw(&ToastKind::LanguageMissing(language));
        }
        None => {
            let speaks = state.words.peek().language();
            state.language.set(speaks);
            state.toast(NetworkId(0), None, ToastKind::LanguageMissing(language));
        }
    }
}
