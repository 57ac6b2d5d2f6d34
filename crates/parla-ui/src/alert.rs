//! Notifies a person who is looking elsewhere that somebody wants them, and asks once whether they want
//! notifications.

use dioxus::prelude::*;
use parla_client::view::Alert;

use crate::{
    hooks::use_context,
    platform::{Here, Leave, Notification},
    state::{BufferKey, State},
    toasts::ToastKind,
    words::use_words,
};

/// Shows a system notification. If it is not known whether the person wants them, they are asked when they
/// are back.
pub(crate) fn tell(mut state: State, (key, alert): (BufferKey, &Alert), here: &Here) {
    let words = state.words();
    match here.0.leave_to_notify() {
        Leave::Given => {}
        Leave::NotAsked => {
            if !*state.page.attentive.peek() && !here.0.preferences().was_asked_to_notify {
                state.announced.offers_to_notify.set(true);
            }
            return;
        }
        Leave::Refused | Leave::Impossible => return,
    }
    let shell = here.0.shell_kind();
    let tag =
        state.views.buffers.peek_list().get(&key).map(|listed| listed.address(key, shell).to_fragment());
    let Some(tag) = tag else { return };
    let network = {
        let networks = state.views.networks.peek();
        networks.get(&key.network).filter(|_| networks.len() > 1).map(|view| view.name.clone())
    };
    state.announced.notified.write().insert(key, tag.clone());
    here.0.notify(&Notification {
        about: key,
        tag,
        title: words.alert_from(&alert.from, alert.room.as_deref(), network.as_deref()),
        body: alert.text.to_string(),
    });
}

/// Withdraws the notifications of conversations that have been read in the meantime, or are gone.
pub(crate) fn withdraw_read(mut state: State, here: &Here) {
    let read: Vec<(BufferKey, String)> = {
        let is_read = |key: &BufferKey| state.views.buffers.peek(*key).is_none_or(|view| view.mentions == 0);
        let notified = state.announced.notified.peek();
        notified.iter().filter(|(key, _)| is_read(key)).map(|(key, tag)| (*key, tag.clone())).collect()
    };
    for (key, tag) in read {
        state.announced.notified.write().remove(&key);
        here.0.withdraw(&tag);
    }
}

/// Takes the person's answer to the browser's question.
pub(crate) fn answered(mut state: State, leave: Leave, here: &Here) {
    settle(state, here);
    state.withdraw(&ToastKind::NotificationsRefused);
    if leave == Leave::Refused {
        let network = state.views.networks.peek().keys().next().copied();
        if let Some(network) = network {
            state.toast(network, None, ToastKind::NotificationsRefused);
        }
    }
}

/// Notes that the person was asked, so that they are not asked again.
fn settle(mut state: State, here: &Here) {
    state.prefer(here, &|preferences| preferences.was_asked_to_notify = true);
    if *state.announced.offers_to_notify.peek() {
        state.announced.offers_to_notify.set(false);
    }
}

/// Asks whether the person wants notifications.
#[component]
pub(crate) fn Offer() -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let state = use_context::<State>();
    if !*state.announced.offers_to_notify.read() {
        return rsx! {};
    }
    let later = here.clone();
    rsx! {
        div { class: "banner", role: "group", "aria-labelledby": "offer-to-notify",
            p { id: "offer-to-notify", class: "banner-words", role: "status", {words.alert_offer()} }
            div { class: "buttons",
                button {
                    r#type: "button",
                    class: "primary",
                    onclick: move |_| here.0.ask_leave_to_notify(),
                    {words.alert_allow()}
                }
                button { r#type: "button", class: "plain", onclick: move |_| settle(state, &later), {words.alert_not_now()} }
            }
        }
    }
}

/// Says whether notifications are shown, and how to turn them on.
#[component]
pub(crate) fn Standing() -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let state = use_context::<State>();
    // An answer changes what is shown here.
    let _ = (state.announced.offers_to_notify.read(), state.announced.toasts.read());
    let leave = here.0.leave_to_notify();
    let sentence = match leave {
        Leave::Given => words.alert_given(),
        Leave::Refused => words.alert_refused(),
        Leave::NotAsked => words.alert_not_asked(),
        Leave::Impossible => words.alert_impossible(),
    };
    rsx! {
        h3 { {words.alert_title()} }
        p { class: "hint", {sentence} }
        if leave == Leave::NotAsked {
            button {
                r#type: "button",
                class: "plain",
                onclick: move |_| here.0.ask_leave_to_notify(),
                {words.alert_allow()}
            }
        }
    }
}
