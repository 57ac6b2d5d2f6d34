//! A problem as it is shown everywhere: what happened, what it means, what to do, and the server's own words
//! on demand.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::Problem;
use parla_proto::Timestamp;

use crate::{
    hooks::{use_context, use_future, use_signal},
    {platform::Here, words::use_words},
};

/// The sentences about a problem.
#[component]
pub(crate) fn ProblemWords(problem: Arc<Problem>) -> Element {
    let words = use_words();
    let told = words.problem(&problem);
    rsx! {
        p { class: "problem-title", bdi { "{told.title}" } }
        p { class: "problem-meaning", "{told.meaning} {told.remedy}" }
        // The other sentences are the same as before, so that nothing else would show that anything happened.
        if problem.tries > 1 {
            p { class: "problem-meaning", {words.problem_tries(problem.tries)} }
        }
        RawWords { raw: Arc::clone(&problem.details) }
    }
}

/// The original line, collapsed.
#[component]
pub(crate) fn RawWords(raw: Arc<str>) -> Element {
    let words = use_words();
    if raw.is_empty() {
        return rsx! {};
    }
    rsx! {
        details { class: "raw",
            summary { {words.details()} }
            code { dir: "auto", "{raw}" }
        }
    }
}

/// Counts down to a time. It exists, and ticks, only while it is shown.
#[component]
pub(crate) fn Countdown(until: Timestamp) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let mut now = use_signal(|| here.0.now());
    use_future(move || {
        let here = here.clone();
        async move {
            loop {
                here.0.sleep(1_000).await;
                now.set(here.0.now());
            }
        }
    });
    let left = until.since(now());
    let seconds = left.as_millis().div_ceil(1_000);
    let sentence = words.trying_again(u64::try_from(seconds).unwrap_or(u64::MAX));
    // This is not in a live region, because nobody wants to hear it every second.
    rsx! { span { class: "countdown", "{sentence}" } }
}
