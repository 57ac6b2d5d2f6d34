//! What a person can do about a connection that is not encrypted, or whose server has not proved its
//! identity. Desktop only; a browser handles both itself.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    ProblemKind,
    view::{Certificate, NetworkId},
};

use crate::{
    hooks::use_context,
    platform::{AppCommand, Here, NetworkChange, ShellKind},
    state::State,
    words::use_words,
};

/// What can be done about this problem of this network; nothing for most problems.
#[component]
pub(crate) fn Remedies(network: NetworkId, kind: ProblemKind) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let state = use_context::<State>();
    if here.0.shell_kind() != ShellKind::Desktop {
        return rsx! {};
    }
    if kind.is_about_encryption() {
        return rsx! {
            button {
                r#type: "button",
                class: "plain",
                onclick: move |_| here.0.command(AppCommand::Change(network, NetworkChange::Unencrypted)),
                {words.first_unencrypted()}
            }
        };
    }
    let shown = state.views.certificates.read().get(&network).cloned();
    match shown.filter(|_| kind.is_about_certificate()) {
        Some(certificate) => rsx! { Shown { network, certificate } },
        None => rsx! {},
    }
}

#[component]
fn Shown(network: NetworkId, certificate: Arc<Certificate>) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let until = words.moment_of(certificate.valid_until, here.0.utc_offset_seconds(certificate.valid_until));
    let names = if certificate.names.is_empty() {
        words.network_no_names().to_owned()
    } else {
        certificate.names.join(", ")
    };
    let issuer = certificate.issuer.as_deref().unwrap_or(words.network_self_signed()).to_owned();
    let fingerprint = Arc::clone(&certificate.fingerprint);
    rsx! {
        div { class: "certificate",
            p { class: "problem-title", {words.network_certificate()} }
            dl {
                dt { {words.network_certificate_names()} }
                dd { bdi { "{names}" } }
                dt { {words.network_certificate_issuer()} }
                dd { bdi { "{issuer}" } }
                dt { {words.network_certificate_until()} }
                dd { "{until}" }
                dt { {words.network_certificate_fingerprint()} }
                dd { code { "{certificate.fingerprint}" } }
                if let Some(trusted) = &certificate.trusted {
                    dt { {words.network_certificate_trusted()} }
                    dd { code { "{trusted}" } }
                }
            }
            button {
                r#type: "button",
                class: "plain",
                onclick: move |_| {
                    let change = NetworkChange::Trust(Arc::clone(&fingerprint));
                    here.0.command(AppCommand::Change(network, change));
                },
                {words.network_trust()}
            }
        }
    }
}
