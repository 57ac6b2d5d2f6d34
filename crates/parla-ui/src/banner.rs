//! The banner over the conversation while its network cannot be talked to. Never in the way of reading.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    Intent, Problem, ProblemKind,
    view::{LinkState, NetworkId, NetworkView},
};

use crate::{
    forget::Forget,
    hooks::{use_context, use_memo},
    platform::{Here, Place},
    problem_words::{Countdown, ProblemWords, RawWords},
    remedies::Remedies,
    state::{Dialog, State, wish},
    words::{self, banner as said},
};

/// The banner for the network of the conversation that is shown; without one, for the first that is not connected.
#[component]
pub(crate) fn Banner() -> Element {
    let state = use_context::<State>();
    let network = use_memo(move || {
        let networks = state.networks.read();
        match *state.current.read() {
            Some(key) => networks.get(&key.network).filter(|view| view.link != LinkState::Online).cloned(),
            None => networks.values().find(|view| view.link != LinkState::Online).cloned(),
        }
    });
    let others = use_memo(move || {
        let networks = state.networks.read();
        let shown = network.read().as_ref().map(|view| view.id);
        let others = networks.values().filter(|view| Some(view.id) != shown);
        let stopped = others.filter_map(|view| match &view.link {
            LinkState::Stopped { why: Some(why), .. } => Some((view.clone(), Arc::clone(why))),
            _ => None,
        });
        stopped.collect::<Vec<_>>()
    });
    let is_starting = use_memo(move || state.networks.read().is_empty());
    let Some(network) = network.get() else {
        return rsx! {
            if is_starting.get() {
                div { class: "banner", p { role: "status", {said::STARTING} } }
            }
            for (other, why) in others.get() {
                Stopped { key: "{other.id.0}", network: other, why, is_other: true }
            }
        };
    };
    let current = match network.link.clone() {
        LinkState::Online => rsx! {},
        LinkState::Connecting(stage) => {
            let words = words::connecting(&network, stage);
            rsx! { div { class: "banner", p { role: "status", bdi { "{words}" } } } }
        }
        LinkState::Waiting { until, why, .. } => rsx! { Waiting { network: network.id, until, why } },
        LinkState::Offline => rsx! { Offline { network: network.id } },
        LinkState::Stopped { why: None, .. } => rsx! { Disconnected { network: network.id } },
        LinkState::Stopped { why: Some(why), .. } => rsx! { Stopped { network: network.clone(), why } },
    };
    rsx! {
        {current}
        for (other, why) in others.get() {
            Stopped { key: "{other.id.0}", network: other, why, is_other: true }
        }
    }
}

#[component]
fn Waiting(network: NetworkId, until: parla_proto::Timestamp, why: Arc<Problem>) -> Element {
    let here = use_context::<Here>();
    let told = words::problem(&why);
    let kind = why.kind;
    rsx! {
        div { class: "banner warn",
            div { class: "banner-words",
                p { role: "status", bdi { "{told.title}" } }
                Countdown { until }
                RawWords { raw: Arc::clone(&why.details) }
                if kind.is_about_certificate() {
                    Remedies { network, kind }
                }
            }
            button {
                r#type: "button",
                class: "plain",
                onclick: move |_| wish(&here, network, Intent::Reconnect),
                {said::NOW}
            }
        }
    }
}

#[component]
fn Offline(network: NetworkId) -> Element {
    let here = use_context::<Here>();
    rsx! {
        div { class: "banner warn",
            div { class: "banner-words", role: "status",
                p { {said::OFFLINE} }
                p { class: "dim", {said::OFFLINE_MEANING} }
            }
            button {
                r#type: "button",
                class: "plain",
                onclick: move |_| wish(&here, network, Intent::Reconnect),
                {said::NOW}
            }
        }
    }
}

#[component]
fn Disconnected(network: NetworkId) -> Element {
    let here = use_context::<Here>();
    rsx! {
        div { class: "banner",
            div { class: "banner-words",
                p { role: "status", {said::DISCONNECTED} }
                p { class: "dim", {said::DISCONNECTED_MEANING} }
            }
            button {
                r#type: "button",
                class: "primary",
                onclick: move |_| wish(&here, network, Intent::Reconnect),
                {said::CONNECT}
            }
        }
    }
}

/// A network that needs the person. One that they are not looking at says which it is.
#[component]
fn Stopped(network: NetworkView, why: Arc<Problem>, #[props(default)] is_other: bool) -> Element {
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let (id, kind) = (network.id, why.kind);
    let by_name = matches!(kind, ProblemKind::NickTaken | ProblemKind::NickInvalid);
    let on_desktop = here.0.place() == Place::Desktop;
    let (name_id, address_id) = (format!("banner-name-{}", id.0), format!("banner-address-{}", id.0));
    let (name_back, address_back) = (name_id.clone(), address_id.clone());
    let (retry, later) = (here.clone(), here);
    rsx! {
        div { class: "banner problem",
            div { class: "banner-words", role: "status",
                if is_other {
                    p { class: "dim", bdi { "{words::network::about(&network.name)}" } }
                }
                ProblemWords { problem: why }
                if kind.is_about_certificate() {
                    Remedies { network: id, kind }
                }
            }
            div { class: "buttons",
                if by_name {
                    button {
                        id: "{name_id}",
                        r#type: "button",
                        class: "primary",
                        onclick: move |_| state.open_dialog(Dialog::Nick(id), &name_back),
                        {said::OTHER_NAME}
                    }
                } else {
                    button {
                        r#type: "button",
                        class: "primary",
                        onclick: move |_| wish(&retry, id, Intent::Reconnect),
                        {words::first::AGAIN}
                    }
                }
                if kind.is_about_encryption() {
                    Remedies { network: id, kind }
                }
                if on_desktop {
                    button {
                        id: "{address_id}",
                        r#type: "button",
                        class: "plain",
                        onclick: move |_| state.open_dialog(Dialog::Address(id), &address_back),
                        {words::network::CHANGE_ADDRESS}
                    }
                    Forget { network: id }
                }
                if is_other {
                    button {
                        r#type: "button",
                        class: "plain",
                        onclick: move |_| wish(&later, id, Intent::Disconnect { reason: "".into() }),
                        {words::network::NOT_NOW}
                    }
                }
            }
        }
    }
}
