//! The banner over the conversation while its network cannot be talked to. Never in the way of reading.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    Credentials, Intent, Problem, ProblemKind,
    view::{LinkState, NetworkId, NetworkView},
};

use crate::{
    hooks::{use_context, use_memo},
    platform::{Command, Here},
    problem_words::{Countdown, ProblemWords, RawWords},
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
    let is_starting = use_memo(move || state.networks.read().is_empty());
    let Some(network) = network.get() else {
        return rsx! {
            if is_starting.get() {
                div { class: "banner", p { role: "status", {said::STARTING} } }
            }
        };
    };
    match network.link.clone() {
        LinkState::Online => rsx! {},
        LinkState::Connecting(stage) => {
            let words = words::connecting(&network, stage);
            rsx! { div { class: "banner", p { role: "status", bdi { "{words}" } } } }
        }
        LinkState::Waiting { until, why, .. } => rsx! { Waiting { network: network.id, until, why } },
        LinkState::Stopped { why: None, .. } => rsx! { Disconnected { network: network.id } },
        LinkState::Stopped { why: Some(why), .. } => rsx! { Stopped { network, why } },
    }
}

#[component]
fn Waiting(network: NetworkId, until: parla_proto::Timestamp, why: Arc<Problem>) -> Element {
    let here = use_context::<Here>();
    let told = words::problem(&why);
    rsx! {
        div { class: "banner warn",
            div { class: "banner-words",
                p { role: "status", bdi { "{told.title}" } }
                Countdown { until }
                RawWords { raw: Arc::clone(&why.details) }
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

#[component]
fn Stopped(network: NetworkView, why: Arc<Problem>) -> Element {
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let id = network.id;
    let by_name = matches!(why.kind, ProblemKind::NickTaken | ProblemKind::NickInvalid);
    let by_encryption = why.kind == ProblemKind::NotEncrypted;
    let (retry, open) = (here.clone(), here);
    rsx! {
        div { class: "banner problem",
            div { class: "banner-words", role: "status",
                ProblemWords { problem: why }
            }
            div { class: "buttons",
                if by_name {
                    button {
                        id: "banner-name",
                        r#type: "button",
                        class: "primary",
                        onclick: move |_| state.open_dialog(Dialog::Nick(id), "banner-name"),
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
                if by_encryption {
                    button {
                        r#type: "button",
                        class: "plain",
                        onclick: move |_| connect_unencrypted(state, &open, &network),
                        {words::first::UNENCRYPTED}
                    }
                }
            }
        }
    }
}

fn connect_unencrypted(mut state: State, here: &Here, network: &NetworkView) {
    here.0.command(Command::Forget(network.id));
    here.0.command(Command::Connect {
        network: state.next_network(),
        address: (*network.address).to_owned(),
        nick: (*network.nick).to_owned(),
        unencrypted: true,
        credentials: Credentials::default(),
    });
}
