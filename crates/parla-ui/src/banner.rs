//! The banner above the conversation while its network is not connected, or while the person has another nick
//! than theirs. It never gets in the way of reading.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    Intent, Problem, ProblemKind,
    view::{LinkState, NetworkId, NetworkView, NickHolder},
};

use crate::{
    forget::Forget,
    hooks::{use_context, use_memo},
    password::{self, PasswordFields},
    platform::{Here, ShellKind},
    problem_words::{Countdown, ProblemWords, RawWords},
    remedies::Remedies,
    room::text::Sentence,
    state::{Dialog, State, wish},
    words::{self, use_words},
};

/// The banner for the network of the conversation that is shown; without a conversation, for the first
/// network that is not connected.
#[component]
pub(crate) fn Banner() -> Element {
    let words = use_words();
    let state = use_context::<State>();
    let network = use_memo(move || {
        let networks = state.views.networks.read();
        match *state.open.current.read() {
            Some(key) => networks.get(&key.network).filter(|view| has_banner(view)).cloned(),
            None => networks.values().find(|view| has_banner(view)).cloned(),
        }
    });
    let others = use_memo(move || {
        let networks = state.views.networks.read();
        let shown = network.read().as_ref().map(|view| view.id);
        let others = networks.values().filter(|view| Some(view.id) != shown);
        let stopped = others.filter_map(|view| match &view.link {
            LinkState::Stopped { why: Some(why), .. } => Some((view.clone(), Arc::clone(why))),
            _ => None,
        });
        stopped.collect::<Vec<_>>()
    });
    let is_starting = use_memo(move || state.views.networks.read().is_empty());
    let Some(network) = network.get() else {
        return rsx! {
            if is_starting.get() {
                div { class: "banner", p { role: "status", {words.banner_starting()} } }
            }
            Others { stopped: others.get() }
        };
    };
    let current = match network.link.clone() {
        LinkState::Online => rsx! { StandIn { network } },
        LinkState::Connecting(stage) => {
            let sentence = words.connecting_to(&network, stage);
            rsx! { div { class: "banner", p { role: "status", bdi { "{sentence}" } } } }
        }
        LinkState::Waiting { until, why, .. } => rsx! { Waiting { network: network.id, until, why } },
        LinkState::Offline => rsx! { Offline { network: network.id } },
        LinkState::Stopped { why: None, .. } => rsx! { Disconnected { network: network.id } },
        LinkState::Stopped { why: Some(why), .. } => rsx! { Stopped { network, why } },
    };
    rsx! {
        {current}
        Others { stopped: others.get() }
    }
}

/// Networks that need the person while another one is shown. Several share one line that can be expanded, so
/// that the conversation is not buried under them.
#[component]
fn Others(stopped: Vec<(NetworkView, Arc<Problem>)>) -> Element {
    let words = use_words();
    let banners = rsx! {
        for (other, why) in stopped.clone() {
            Stopped { key: "{other.id.0}", network: other, why, is_other: true }
        }
    };
    if stopped.len() < 2 {
        return banners;
    }
    let names: Vec<&str> = stopped.iter().map(|(other, _)| &*other.name).collect();
    let sentence = words.network_several_stopped(names.len(), &names.join(", "));
    rsx! {
        details { class: "banner-others",
            summary { class: "banner problem", bdi { "{sentence}" } }
            {banners}
        }
    }
}

/// Whether there is something to say about a network.
fn has_banner(network: &NetworkView) -> bool {
    network.link != LinkState::Online || network.nick_wanted.is_some()
}

/// Says that the person has another nick for now.
#[component]
fn StandIn(network: NetworkView) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let Some(wanted) = &network.nick_wanted else { return rsx! {} };
    let (id, nick) = (network.id, Arc::clone(&network.nick));
    let (own, other) = (words::name(&nick), words::name(&wanted.nick));
    let why = match wanted.holder {
        NickHolder::LostConnection => words.banner_stand_in(&own, &other),
        NickHolder::SomebodyElse => words.banner_stand_in_other(&own, &other),
    };
    let keep = words.banner_keep_name(&nick);
    rsx! {
        div { class: "banner",
            div { class: "banner-words",
                p { role: "status", Sentence { words: why } }
            }
            button {
                r#type: "button",
                class: "plain",
                onclick: move |_| wish(&here, id, Intent::ChangeNick { nick: Arc::clone(&nick) }),
                bdi { "{keep}" }
            }
        }
    }
}

#[component]
fn Waiting(network: NetworkId, until: parla_proto::Timestamp, why: Arc<Problem>) -> Element {
    let words = use_words();
    let told = words.problem(&why);
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
            Reconnect { network, class: "plain", label: words.banner_now() }
        }
    }
}

#[component]
fn Offline(network: NetworkId) -> Element {
    let words = use_words();
    rsx! {
        div { class: "banner warn",
            div { class: "banner-words", role: "status",
                p { {words.banner_offline()} }
                p { class: "dim", {words.banner_offline_meaning()} }
            }
            Reconnect { network, class: "plain", label: words.banner_now() }
        }
    }
}

/// The button that connects without waiting any longer.
#[component]
fn Reconnect(network: NetworkId, class: &'static str, label: &'static str) -> Element {
    let here = use_context::<Here>();
    rsx! {
        button { r#type: "button", class, onclick: move |_| wish(&here, network, Intent::Reconnect), {label} }
    }
}

#[component]
fn Disconnected(network: NetworkId) -> Element {
    let words = use_words();
    rsx! {
        div { class: "banner",
            div { class: "banner-words",
                p { role: "status", {words.banner_disconnected()} }
                p { class: "dim", {words.banner_disconnected_meaning()} }
            }
            Reconnect { network, class: "primary", label: words.banner_connect() }
        }
    }
}

/// A network that needs the person. If it is not the one that is shown, its name is given.
#[component]
fn Stopped(network: NetworkView, why: Arc<Problem>, #[props(default)] is_other: bool) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let (id, kind) = (network.id, why.kind);
    let by_name = kind.is_about_nick();
    let is_readable = kind == ProblemKind::PasswordReadable;
    let by_password = kind.is_about_password() && !is_readable;
    let username = password::username(Some(&why), &network.nick);
    let (signer, sender) = (here.clone(), here.clone());
    let on_desktop = here.0.shell_kind() == ShellKind::Desktop;
    let (name_id, address_id) = (format!("banner-name-{}", id.0), format!("banner-address-{}", id.0));
    let (name_back, address_back) = (name_id.clone(), address_id.clone());
    let (retry, later) = (here.clone(), here);
    rsx! {
        div { class: "banner problem",
            div { class: "banner-words", role: "status",
                if is_other {
                    p { class: "dim", bdi { "{words.network_about(&network.name)}" } }
                }
                ProblemWords { problem: why }
                if kind.is_about_certificate() {
                    Remedies { network: id, kind }
                }
            }
            if by_password {
                form {
                    class: "banner-form",
                    onsubmit: move |event| {
                        event.prevent_default();
                        if let Some(credentials) = password::credentials(&event) {
                            wish(&signer, id, Intent::SignIn { credentials });
                        }
                    },
                    PasswordFields { id: "banner-{id.0}", why: Some(kind), username }
                    button { r#type: "submit", class: "primary", {words.password_sign_in()} }
                }
            }
            div { class: "buttons",
                if is_readable {
                    button {
                        r#type: "button",
                        class: "plain",
                        onclick: move |_| wish(&sender, id, Intent::SignIn { credentials: password::readable() }),
                        {words.password_send_readable()}
                    }
                }
                if by_name {
                    button {
                        id: "{name_id}",
                        r#type: "button",
                        class: "primary",
                        onclick: move |_| state.open_dialog(Dialog::Nick(id), &name_back),
                        {words.banner_other_name()}
                    }
                } else {
                    button {
                        r#type: "button",
                        class: if by_password { "plain" } else { "primary" },
                        onclick: move |_| wish(&retry, id, Intent::Reconnect),
                        {words.first_again()}
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
                        {words.network_change_address()}
                    }
                    Forget { network: id }
                }
                if is_other {
                    button {
                        r#type: "button",
                        class: "plain",
                        onclick: move |_| wish(&later, id, Intent::Disconnect { reason: "".into() }),
                        {words.network_not_now()}
                    }
                }
            }
        }
    }
}
