//! How a room is set up: what may be changed, by those who may; for all others, what holds. And who is on its lists.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    Intent,
    settings::{ListKind, Mask, MaskBy, RoomSettings, Set, Setting},
};

use super::{DialogBox, FocusFirst};
use crate::{
    hooks::{use_context, use_hook, use_memo, use_signal},
    platform::Here,
    state::{BufferKey, State, wish},
    words::{self, moderation as said},
};

/// The dialog. Asks for the lists when it opens.
#[component]
pub(crate) fn Settings(at: BufferKey) -> Element {
    let here = use_context::<Here>();
    let state = use_context::<State>();
    use_hook(|| wish(&here, at.network, Intent::AskLists { buffer: at.buffer }));
    let view = use_memo(move || {
        let buffers = state.buffers.read();
        buffers.get(&at).map(|view| (view.name.to_string(), view.rights.kick, Arc::clone(&view.settings)))
    });
    let Some((room, may, settings)) = view() else { return rsx! {} };
    rsx! {
        DialogBox { title: said::settings_title(&room), focus: FocusFirst::Close, class: "settings",
            if !settings.is_known {
                p { class: "dim", role: "status", {said::LOADING} }
            } else if may {
                Form { at, settings: settings.clone() }
            } else {
                {facts(&settings)}
            }
            {lists(&here, at, may, &settings)}
            if may && !settings.lists.is_empty() {
                AddForm { at, kinds: settings.lists.iter().map(|list| list.kind).collect::<Vec<_>>() }
            }
        }
    }
}

/// Those of one part.
fn part(settings: &RoomSettings, group: usize) -> Vec<Set> {
    settings.settings.iter().filter(|(setting, _)| said::group(*setting) == group).cloned().collect()
}

/// What holds, as sentences.
fn facts(settings: &RoomSettings) -> Element {
    let parts = said::GROUPS.iter().enumerate().map(|(group, title)| {
        let set = part(settings, group).into_iter().filter_map(|(setting, value)| {
            let value = value?;
            let words = said::setting(setting);
            Some(if value.is_empty() { words.to_owned() } else { format!("{words}: {value}") })
        });
        let set: Vec<String> = set.collect();
        let nothing = said::NOTHING_SET.get(group).copied().unwrap_or_default();
        (*title, if set.is_empty() { vec![nothing.to_owned()] } else { set })
    });
    rsx! {
        dl { class: "facts",
            for (title, set) in parts {
                div { key: "{title}",
                    dt { {title} }
                    dd {
                        for words in set {
                            p { key: "{words}", "{words}" }
                        }
                    }
                }
            }
        }
    }
}

/// What may be changed. As it was when it was opened: what the server tells meanwhile moves nothing under the person's hands.
#[component]
fn Form(at: BufferKey, settings: Arc<RoomSettings>) -> Element {
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let before = use_hook(|| settings);
    let wanted = use_signal(|| before.settings.clone());
    let known = Arc::clone(&before);
    rsx! {
        form {
            onsubmit: move |event| {
                event.prevent_default();
                let wanted = wanted.peek();
                let changed: Vec<Set> = wanted.iter().filter(|set| !known.settings.contains(set)).cloned().collect();
                if !changed.is_empty() {
                    wish(&here, at.network, Intent::Configure { buffer: at.buffer, settings: changed });
                }
                state.close_dialog();
            },
            for (group, title) in said::GROUPS.iter().enumerate() {
                fieldset { key: "{title}",
                    legend { {*title} }
                    for (setting, value) in part(&before, group) {
                        {control(setting, value, wanted)}
                    }
                }
            }
            div { class: "buttons end",
                button { r#type: "button", class: "plain", onclick: move |_| state.close_dialog(), {words::CANCEL} }
                button { r#type: "submit", class: "primary", {said::SAVE} }
            }
        }
    }
}

fn control(setting: Setting, value: Option<Arc<str>>, mut wanted: Signal<Vec<Set>>) -> Element {
    let mut change = move |value: Option<Arc<str>>| {
        if let Some((_, wanted)) = wanted.write().iter_mut().find(|(of, _)| *of == setting) {
            *wanted = value;
        }
    };
    let (id, label) = (format!("set-{}", setting as u8), said::setting(setting));
    if !setting.has_value() {
        let is_on = value.is_some();
        return rsx! {
            label { key: "{id}", class: "check",
                input {
                    id: "{id}",
                    r#type: "checkbox",
                    initial_checked: is_on,
                    onchange: move |event| change(event.checked().then(|| "".into())),
                }
                {label}
            }
        };
    }
    let is_number = setting == Setting::Limit;
    rsx! {
        div { key: "{id}", class: "check value",
            label { r#for: "{id}", {label} }
            input {
                id: "{id}",
                r#type: if is_number { "number" } else { "text" },
                min: is_number.then_some("1"),
                pattern: (!is_number).then_some("[^ ,]*"),
                autocomplete: "off",
                autocapitalize: "off",
                spellcheck: "false",
                initial_value: value.as_deref().unwrap_or_default().to_owned(),
                oninput: move |event| {
                    let value = event.value();
                    change(Some(value.trim()).filter(|value| !value.is_empty()).map(Arc::from));
                },
            }
        }
    }
}

/// Who is on the lists.
fn lists(here: &Here, at: BufferKey, may: bool, settings: &RoomSettings) -> Element {
    rsx! {
        for list in settings.lists.iter().filter(|list| may || !list.masks.is_empty()).cloned() {
            section { key: "{list.kind as u8}", class: "masks",
                h3 { {said::list(list.kind)} }
                if list.masks.is_empty() {
                    p { class: "dim", {if list.is_complete { said::NOBODY } else { said::LOADING }} }
                }
                ul {
                    for mask in list.masks {
                        {entry(here, at, may, (list.kind, mask))}
                    }
                }
            }
        }
    }
}

fn entry(here: &Here, at: BufferKey, may: bool, (list, entry): (ListKind, Mask)) -> Element {
    let moment = entry.at.map(|at| words::moment(at, here.0.utc_offset_seconds(at)));
    let whom = said::whom(&entry.whom);
    let label = said::unlist(&whom, list);
    let (here, mask) = (here.clone(), entry.mask);
    rsx! {
        li { key: "{mask}",
            span { class: "mask-whom", title: "{mask}", bdi { "{whom}" } }
            span { class: "dim", {said::listed(entry.by.as_deref(), moment.as_deref())} }
            if may {
                button {
                    r#type: "button",
                    class: "quiet icon",
                    "aria-label": "{label}",
                    title: "{label}",
                    onclick: {
                        let mask = mask.clone();
                        move |_| {
                            let mask = mask.clone();
                            wish(&here, at.network, Intent::RemoveMask { buffer: at.buffer, list, mask });
                        }
                    },
                    span { "aria-hidden": "true", "×" }
                }
            }
        }
    }
}

/// Puts somebody on a list.
#[component]
fn AddForm(at: BufferKey, kinds: Vec<ListKind>) -> Element {
    let here = use_context::<Here>();
    let mut who = use_signal(String::new);
    let (mut list, by) = (use_signal(|| 0_usize), use_signal(MaskBy::default));
    let offered = kinds.clone();
    rsx! {
        form {
            class: "one-line",
            onsubmit: move |event| {
                event.prevent_default();
                let who = who.peek().trim().to_owned();
                if let Some(list) = offered.get(*list.peek()).filter(|_| !who.is_empty()) {
                    let (list, who, by) = (*list, who.into(), *by.peek());
                    wish(&here, at.network, Intent::AddMask { buffer: at.buffer, list, who, by });
                }
            },
            div { class: "field",
                label { r#for: "mask-list", {said::ADD_LIST} }
                select {
                    id: "mask-list",
                    onchange: move |event| list.set(event.value().parse().unwrap_or_default()),
                    for (n, kind) in kinds.into_iter().enumerate() {
                        option { key: "{n}", value: "{n}", {said::list(kind)} }
                    }
                }
            }
            div { class: "field",
                label { r#for: "mask-who", {said::ADD_WHO} }
                input {
                    id: "mask-who",
                    r#type: "text",
                    autocomplete: "off",
                    autocapitalize: "off",
                    spellcheck: "false",
                    dir: "auto",
                    oninput: move |event| who.set(event.value()),
                }
            }
            {choose_by(by)}
            button { r#type: "submit", class: "plain", {said::ADD} }
        }
    }
}

/// By the name, or by the address.
pub(super) fn choose_by(mut by: Signal<MaskBy>) -> Element {
    rsx! {
        div { class: "field",
            label { r#for: "mask-by", {said::BY} }
            select {
                id: "mask-by",
                onchange: move |event| by.set(if event.value() == "host" { MaskBy::Host } else { MaskBy::Nick }),
                option { value: "nick", {said::by(MaskBy::Nick)} }
                option { value: "host", {said::by(MaskBy::Host)} }
            }
        }
    }
}
