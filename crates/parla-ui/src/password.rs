//! The password fields, used wherever a server may ask for a password: on the first screen, when a network is
//! added, and in the banner.
//!
//! Their names and `autocomplete` values are those that password managers look for. The input is read from
//! the form on submission, and kept in no signal.

use dioxus::{html::FormValue, prelude::*};
use parla_client::{Credentials, Login, Problem, ProblemKind, Secret};

use crate::{hooks::use_context, platform::Here, words::use_words};

/// The fields. `why` is the problem with which the server asked for a password, if it has.
#[component]
pub(crate) fn PasswordFields(id: String, why: Option<ProblemKind>, username: String) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let can_keep = here.0.keeps_passwords();
    let is_account = why.is_some_and(|kind| kind != ProblemKind::PasswordNeeded);
    rsx! {
        div { class: "field",
            label { r#for: "{id}-username", {words.password_username()} }
            input {
                id: "{id}-username",
                name: "username",
                r#type: "text",
                autocomplete: "username",
                autocapitalize: "off",
                spellcheck: "false",
                dir: "auto",
                "aria-describedby": (!is_account).then(|| format!("{id}-username-hint")),
                initial_value: username,
            }
            if !is_account {
                p { id: "{id}-username-hint", class: "hint", {words.password_username_hint()} }
            }
        }
        div { class: "field",
            label { r#for: "{id}-password", {words.password_password()} }
            input {
                id: "{id}-password",
                name: "password",
                r#type: "password",
                autocomplete: "current-password",
                "data-takes-focus": "true",
            }
        }
        if can_keep {
            label { class: "check",
                input { r#type: "checkbox", name: "keep", value: "yes", initial_checked: true }
                {words.password_keep()}
            }
        }
    }
}

/// The initial value of the account field: the account whose password was wrong, or the person's nick where
/// only people with an account are let in.
pub(crate) fn username(why: Option<&Problem>, nick: &str) -> String {
    match why {
        Some(why) if why.kind == ProblemKind::PasswordWrong => why.about.to_string(),
        Some(why) if why.kind != ProblemKind::PasswordNeeded && why.kind.is_about_password() => {
            nick.to_owned()
        }
        _ => String::new(),
    }
}

/// The input of the fields; `None` if there is no password.
pub(crate) fn credentials(event: &FormEvent) -> Option<Credentials> {
    let text = |name: &str| match event.get_first(name) {
        Some(FormValue::Text(text)) => text,
        Some(FormValue::File(_)) | None => String::new(),
    };
    let password = Secret::new(text("password"));
    if password.is_empty() {
        return None;
    }
    let keep = !text("keep").is_empty();
    let name = text("username").trim().to_owned();
    Some(if name.is_empty() {
        Credentials { server: Some(password), keep, ..Credentials::default() }
    } else {
        Credentials { login: Some(Login { name, password }), keep, ..Credentials::default() }
    })
}

/// The credentials that record the person's consent to sending a password where others can read it.
pub(crate) fn readable() -> Credentials {
    Credentials { readable: true, ..Credentials::default() }
}
