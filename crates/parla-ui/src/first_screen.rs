//! The first screen: a nick and, on the desktop, a server. It stays until the person has been let in.

use std::{cell::Cell, rc::Rc, sync::Arc};

use dioxus::prelude::*;
use parla_client::{
    Credentials, Intent, Problem, ProblemKind, naming,
    text::shown_name,
    view::{LinkState, NetworkId, NetworkView, Stage},
};

use crate::{
    address::Target,
    hooks::{use_context, use_effect, use_hook, use_memo, use_signal},
    language_chooser::LanguageChooser,
    password::{self, PasswordFields},
    platform::{AppCommand, Here, PageAct, ShellKind},
    problem_words::{Countdown, ProblemWords},
    remedies::Remedies,
    room::text::Sentence as Marked,
    state::{State, wish},
    words::{self, Language, Words, use_words},
};

/// The key under which the platform stores the nick.
const KEY_NAME: &str = "name";
const NICK_CHARS_MAX: &str = "64";

/// What the person has entered, and the result.
#[derive(Clone, Copy, PartialEq)]
struct Attempt {
    name: Signal<String>,
    place: Signal<String>,
    /// What to say about the nick.
    advice: Signal<Option<Advice>>,
    /// A suggestion for a better nick.
    better: Signal<Option<String>>,
    /// A problem that no longer applies, because the person has changed the input since or is trying again.
    answered: Signal<Option<Arc<Problem>>>,
    /// The network that was requested, until it exists.
    asked: Signal<Option<NetworkId>>,
}

/// Advice about the nick.
#[derive(Clone, PartialEq)]
enum Advice {
    /// No nick was entered.
    NameEmpty,
    /// Something is wrong with it, and another one is suggested.
    OtherName(Problem),
}

impl Advice {
    fn sentence(&self, words: Words) -> String {
        match self {
            Self::NameEmpty => words.first_name_empty().to_owned(),
            Self::OtherName(problem) => words.first_other_name(&words.problem(problem).title),
        }
    }
}

/// The first screen, with its form and the state of the connection.
#[component]
pub(crate) fn FirstScreen() -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let state = use_context::<State>();
    let attempt = use_attempt(&here, words);
    let network = use_memo(move || state.views.networks.read().values().next_back().cloned());
    let network = network.get();
    let link = network.as_ref().map(|view| view.link.clone());
    let sentence = match here.0.shell_kind() {
        ShellKind::Browser => words.first_sentence_browser(),
        ShellKind::Desktop => words.first_sentence_desktop(),
    };
    // The form must not take the focus during automatic retries, because somebody may be typing.
    let retries = use_hook(|| Rc::new(Cell::new(false)));
    match &link {
        Some(LinkState::Waiting { .. }) => retries.set(true),
        Some(LinkState::Connecting(_)) => {}
        Some(LinkState::Offline | LinkState::Online | LinkState::Stopped { .. }) | None => retries.set(false),
    }
    let mut suggested = None;
    let (above, label) = match link {
        Some(LinkState::Connecting(stage)) => {
            (rsx! { Progress { stage, attempt } }, retries.get().then_some(words.first_again()))
        }
        Some(LinkState::Online) => (rsx! { Progress { stage: Stage::SigningIn, attempt } }, None),
        None if attempt.asked.read().is_some() => {
            (rsx! { Progress { stage: Stage::Finding, attempt } }, None)
        }
        None => (rsx! { Sentence { sentence } }, Some(words.first_join())),
        Some(LinkState::Waiting { until, why, .. }) => {
            let above = rsx! { Trouble { problem: why, attempt, Countdown { until } } };
            (above, Some(words.first_again()))
        }
        Some(LinkState::Offline) => {
            let above = rsx! {
                div { class: "notice problem", role: "alert",
                    p { class: "problem-title", {words.banner_offline()} }
                    p { class: "problem-meaning", {words.banner_offline_at_first()} }
                }
            };
            (above, Some(words.first_again()))
        }
        Some(LinkState::Stopped { why, suggestion }) => {
            suggested = suggestion;
            let why = why.filter(|why| !attempt.has_answered(why));
            let by_password = why.as_ref().is_some_and(|why| why.kind.is_about_password());
            let label = if by_password { words.password_sign_in() } else { words.first_join() };
            let above = rsx! {
                if let Some(problem) = why {
                    Trouble { problem, attempt }
                }
            };
            (above, Some(label))
        }
    };
    rsx! {
        main { class: "first",
            div { class: "first-card",
                h1 { {words::APP} }
                {above}
                if let Some(label) = label {
                    Forms { attempt, label, suggestion: suggested }
                }
            }
            LanguageChooser {}
        }
    }
}

/// Says what to do and, if the person came by a link, where it leads.
#[component]
fn Sentence(sentence: &'static str) -> Element {
    let words = use_words();
    let state = use_context::<State>();
    let link = state.open.deep_link.read();
    let going = link.as_ref().and_then(|link| match &link.address.target {
        Target::Room(name) => Some(words.first_sentence_room(&words::name(&shown_name(name)))),
        Target::Person(name) => Some(words.first_sentence_person(&words::name(&shown_name(name)))),
        Target::Server => None,
    });
    match going {
        Some(going) => rsx! { p { class: "first-sentence", Marked { words: going } } },
        None => rsx! { p { class: "first-sentence", {sentence} } },
    }
}

fn use_attempt(here: &Here, words: Words) -> Attempt {
    let name = use_signal(|| here.0.load(KEY_NAME).unwrap_or_default());
    let place = use_signal(|| {
        let known = here.0.preferences().place.filter(|place| !is_this_computer(place));
        known.unwrap_or_else(|| words.first_this_computer().to_owned())
    });
    let (advice, better, answered) = (use_signal(|| None), use_signal(|| None), use_signal(|| None));
    let asked = use_signal(|| None);
    Attempt { name, place, advice, better, answered, asked }
}

impl Attempt {
    /// Whether the person has reacted to this problem.
    fn has_answered(&self, problem: &Arc<Problem>) -> bool {
        self.answered.read().as_ref().is_some_and(|answered| Arc::ptr_eq(answered, problem))
    }

    /// Marks everything that was said so far as no longer applicable.
    fn answer(mut self, state: State) {
        if self.advice.peek().is_some() {
            self.advice.set(None);
        }
        let networks = state.views.networks.peek();
        if let Some(LinkState::Stopped { why: Some(why), .. }) =
            networks.values().next_back().map(|view| &view.link)
            && !self.answered.peek().as_ref().is_some_and(|answered| Arc::ptr_eq(answered, why))
        {
            self.answered.set(Some(Arc::clone(why)));
        }
    }
}

/// Creates the form anew when there is a better nick, because the value of a field is set only when it is
/// created.
#[component]
fn Forms(attempt: Attempt, label: &'static str, suggestion: Option<Arc<str>>) -> Element {
    let better = attempt.better.read().clone().or_else(|| suggestion.as_deref().map(str::to_owned));
    let is_suggested = suggestion.is_some();
    rsx! {
        for better in [better] {
            JoinForm { key: "{better.as_deref().unwrap_or_default()}", attempt, label, better, is_suggested }
        }
    }
}

#[component]
fn JoinForm(attempt: Attempt, label: &'static str, better: Option<String>, is_suggested: bool) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let state = use_context::<State>();
    let Attempt { mut name, .. } = attempt;
    let initial = use_hook(|| {
        if let Some(better) = better {
            name.set(better);
        }
        name.peek().clone()
    });
    let page = here.clone();
    let why = trouble(state).filter(|why| why.kind.is_about_password());
    let asked = why.as_ref().map(|why| why.kind);
    let asks_password = asked.is_some_and(|kind| kind != ProblemKind::PasswordReadable);
    let username = password::username(why.as_deref(), &attempt.name.peek());
    let focus = if asks_password { "first-password" } else { "name" };
    use_effect(move || page.0.page(PageAct::Focus(focus.to_owned())));
    let on_desktop = here.0.shell_kind() == ShellKind::Desktop;
    let is_answered = trouble(state).is_some_and(|why| attempt.has_answered(&why));
    let suggested = (is_suggested && !is_answered).then(|| words.first_suggested().to_owned());
    let advice = attempt.advice.read().as_ref().map(|advice| advice.sentence(words)).or(suggested);
    rsx! {
        form {
            class: "first-form",
            novalidate: true,
            onsubmit: move |event| {
                event.prevent_default();
                join(attempt, state, &here, password::credentials(&event));
            },
            div { class: "field",
                label { r#for: "name", {words.first_name()} }
                input {
                    id: "name",
                    name: "name",
                    r#type: "text",
                    autocomplete: "nickname",
                    autocapitalize: "off",
                    spellcheck: "false",
                    maxlength: NICK_CHARS_MAX,
                    dir: "auto",
                    "aria-describedby": advice.as_ref().map(|_| "name-advice"),
                    initial_value: initial,
                    oninput: move |event| {
                        name.set(event.value());
                        attempt.answer(state);
                    },
                }
                if let Some(advice) = &advice {
                    p { id: "name-advice", class: "hint", role: (!is_suggested).then_some("alert"), "{advice}" }
                }
            }
            if on_desktop {
                PlaceField { attempt }
            }
            // The server of a page asks for a password if it wants one; until then a field for one would only
            // puzzle people.
            if on_desktop || asks_password {
                details { class: "more", open: asks_password,
                    summary { {words.password_open()} }
                    PasswordFields { id: "first", why: asked, username }
                }
            }
            button { r#type: "submit", class: "primary", {label} }
        }
    }
}

/// The problem that has stopped the network, if any.
fn trouble(state: State) -> Option<Arc<Problem>> {
    match &state.views.networks.read().values().next_back()?.link {
        LinkState::Stopped { why, .. } => why.clone(),
        LinkState::Connecting(_) | LinkState::Offline | LinkState::Online | LinkState::Waiting { .. } => None,
    }
}

#[component]
fn PlaceField(attempt: Attempt) -> Element {
    let words = use_words();
    let Attempt { mut place, .. } = attempt;
    let initial = use_hook(|| place.peek().clone());
    rsx! {
        div { class: "field",
            label { r#for: "where", {words.first_where()} }
            input {
                id: "where",
                name: "where",
                r#type: "text",
                autocomplete: "off",
                autocapitalize: "off",
                spellcheck: "false",
                "aria-describedby": "where-hint",
                initial_value: initial,
                oninput: move |event| place.set(event.value()),
            }
            p { id: "where-hint", class: "hint", {words.first_where_hint()} }
        }
    }
}

/// The problem, and what to do about it.
#[component]
fn Trouble(problem: Arc<Problem>, attempt: Attempt, children: Element) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let state = use_context::<State>();
    let can_go_on = problem.kind.is_about_encryption();
    let certificate = state.views.networks.read().keys().next_back().map(|network| (*network, problem.kind));
    let certificate = certificate.filter(|(_, kind)| kind.is_about_certificate());
    let can_send = problem.kind == ProblemKind::PasswordReadable;
    let network = state.views.networks.peek().keys().next_back().copied();
    let sender = here.clone();
    rsx! {
        div { class: "notice problem", role: "alert",
            ProblemWords { problem }
        }
        {children}
        if let Some((network, kind)) = certificate {
            Remedies { network, kind }
        }
        if can_go_on {
            button {
                r#type: "button",
                class: "plain",
                onclick: move |_| connect(attempt, state, &here, (Trust::Agreed, Credentials::default())),
                {words.first_unencrypted()}
            }
        }
        if let Some(network) = network.filter(|_| can_send) {
            button {
                r#type: "button",
                class: "plain",
                onclick: move |_| {
                    attempt.answer(state);
                    wish(&sender, network, Intent::SignIn { credentials: password::readable() });
                },
                {words.password_send_readable()}
            }
        }
    }
}

/// The stage of connecting, in words.
#[component]
fn Progress(stage: Stage, attempt: Attempt) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let state = use_context::<State>();
    // The encryption step is listed only if the connection goes through it; nothing must claim encryption
    // that is not there.
    let is_secured = use_hook(|| Rc::new(Cell::new(false)));
    is_secured.set(stage == Stage::Securing || (is_secured.get() && stage != Stage::Finding));
    let stages = [Stage::Finding, Stage::Securing, Stage::SigningIn];
    let stages = stages.into_iter().filter(|one| *one != Stage::Securing || is_secured.get());
    rsx! {
        ol { class: "stages", "aria-hidden": "true",
            for one in stages {
                li {
                    key: "{one as u8}",
                    class: if one < stage { "done" } else if one == stage { "now" } else { "later" },
                    {words.stage(one)}
                }
            }
        }
        p { class: "sr-only", role: "status", {words.stage(stage)} }
        button { r#type: "button", class: "plain", onclick: move |_| cancel(attempt, state, &here), {words.cancel()} }
    }
}

/// Whether the person accepts that others can read the connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trust {
    EncryptedOnly,
    Agreed,
}

fn join(mut attempt: Attempt, state: State, here: &Here, credentials: Option<Credentials>) {
    attempt.answer(state);
    attempt.better.set(None);
    let name = attempt.name.peek().trim().to_owned();
    if name.is_empty() {
        attempt.advice.set(Some(Advice::NameEmpty));
        return;
    }
    if let Some(kind) = naming::fault(&name) {
        let problem = Problem::new(kind, &name, "");
        attempt.advice.set(Some(Advice::OtherName(problem)));
        attempt.better.set(Some(naming::mended(&name)));
        return;
    }
    here.0.save(KEY_NAME, Some(&name));
    let known = state.views.networks.peek().values().next_back().cloned();
    match known {
        Some(network) if is_same_place(attempt, here, &network) => {
            try_again(&network, name, here, credentials);
        }
        _ => connect(attempt, state, here, (Trust::EncryptedOnly, credentials.unwrap_or_default())),
    }
}

fn is_same_place(attempt: Attempt, here: &Here, network: &NetworkView) -> bool {
    match here.0.shell_kind() {
        ShellKind::Browser => true,
        ShellKind::Desktop => *network.address == *address(&attempt.place.peek()),
    }
}

fn try_again(network: &NetworkView, name: String, here: &Here, credentials: Option<Credentials>) {
    let by_name = match &network.link {
        LinkState::Stopped { why: Some(why), .. } => why.kind.is_about_nick(),
        _ => false,
    };
    let is_renamed = *network.nick != *name;
    let change = Intent::ChangeNick { nick: name.into() };
    match credentials {
        Some(credentials) => {
            wish(here, network.id, Intent::SignIn { credentials });
            if is_renamed {
                wish(here, network.id, change);
            }
        }
        None if by_name || is_renamed => wish(here, network.id, change),
        None => wish(here, network.id, Intent::Reconnect),
    }
}

fn connect(mut attempt: Attempt, mut state: State, here: &Here, (trust, credentials): (Trust, Credentials)) {
    forget_all(state, here);
    let network = state.next_network(here);
    attempt.asked.set(Some(network));
    let place = attempt.place.peek().trim().to_owned();
    let address = match here.0.shell_kind() {
        ShellKind::Browser => String::new(),
        ShellKind::Desktop => {
            // The text for this computer is not stored, because the next start may be in another language.
            let elsewhere = Some(&place).filter(|place| !is_this_computer(place));
            state.prefer(here, &|preferences| preferences.place = elsewhere.cloned());
            address(&place)
        }
    };
    let nick = attempt.name.peek().trim().to_owned();
    let unencrypted = trust == Trust::Agreed;
    here.0.command(AppCommand::Connect { network, address, nick, unencrypted, credentials });
}

fn cancel(mut attempt: Attempt, state: State, here: &Here) {
    if let Some(network) = attempt.asked.take()
        && !state.views.networks.peek().contains_key(&network)
    {
        here.0.command(AppCommand::Forget(network));
    }
    forget_all(state, here);
}

fn forget_all(state: State, here: &Here) {
    let known: Vec<NetworkId> = state.views.networks.peek().keys().copied().collect();
    for network in known {
        here.0.command(AppCommand::Forget(network));
    }
}

/// The address that the input of the field means.
pub(crate) fn address(place: &str) -> String {
    let place = place.trim();
    if place.is_empty() || is_this_computer(place) { "127.0.0.1".to_owned() } else { place.to_owned() }
}

/// Whether this is the text that the field has at first, in any language of the app.
fn is_this_computer(place: &str) -> bool {
    let mut loaded = Language::ALL.into_iter().filter_map(Words::loaded);
    loaded.any(|words| words.first_this_computer().to_lowercase() == place.to_lowercase())
}
