//! The settings of a room, which can be changed by those who may and read by all others; and its lists.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    Intent,
    settings::{ListKind, ListedMask, MaskBy, RoomSettings, Set, Setting},
};

use super::{DialogBox, FocusFirst, written};
use crate::{
    hooks::{use_context, use_hook, use_memo},
    platform::Here,
    state::{BufferKey, State, wish},
    words::{Group, Words, use_words},
};

/// The dialog. It requests the lists when it opens.
#[component]
pub(crate) fn Settings(at: BufferKey) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let state = use_context::<State>();
    use_hook(|| wish(&here, at.network, Intent::AskLists { buffer: at.buffer }));
    let view = use_memo(move || {
        let view = state.views.buffers.read(at)?;
        Some((Arc::clone(&view.name), view.rights.kick, Arc::clone(&view.settings)))
    });
    let Some((room, may, settings)) = view.get() else { return rsx! {} };
    rsx! {
        DialogBox { title: words.moderation_settings_title(&room), focus: FocusFirst::Title, class: "settings",
            if !settings.is_known {
                p { class: "dim", role: "status", {words.moderation_loading()} }
            } else if may {
                {form(&here, state, at, &settings)}
            } else {
                {facts(words, &settings)}
            }
            {lists(&here, state, (at, may), &settings)}
            if may && !settings.lists.is_empty() {
                {add_form(here, state, at, &settings)}
            }
        }
    }
}

/// The settings of one group.
fn part(settings: &RoomSettings, group: Group) -> Vec<Set> {
    settings.settings.iter().filter(|(setting, _)| Group::of(*setting) == group).cloned().collect()
}

/// The settings as sentences.
fn facts(words: Words, settings: &RoomSettings) -> Element {
    let parts = Group::ALL.into_iter().map(|group| {
        let (title, nothing_set) = words.group(group);
        let set = part(settings, group).into_iter().filter_map(|(setting, value)| {
            let value = value?;
            let sentence = words.setting(setting);
            Some(if value.is_empty() { sentence.to_owned() } else { format!("{sentence}: {value}") })
        });
        let set: Vec<String> = set.collect();
        (title, if set.is_empty() { vec![nothing_set.to_owned()] } else { set })
    });
    rsx! {
        dl { class: "facts",
            for (title, set) in parts {
                div { key: "{title}",
                    dt { {title} }
                    dd {
                        for sentence in set {
                            p { key: "{sentence}", "{sentence}" }
                        }
                    }
                }
            }
        }
    }
}

/// The form for changing the settings. Changes by others appear here too, unless the person has touched the
/// field.
fn form(here: &Here, mut state: State, at: BufferKey, settings: &Arc<RoomSettings>) -> Element {
    let words = state.words();
    let (here, known) = (here.clone(), Arc::clone(settings));
    rsx! {
        form {
            onsubmit: move |event| {
                event.prevent_default();
                let settings = changed(&known, &event);
                if !settings.is_empty() {
                    wish(&here, at.network, Intent::Configure { buffer: at.buffer, settings });
                }
                state.close_dialog();
            },
            for group in Group::ALL {
                fieldset { key: "{group as u8}",
                    legend { {words.group(group).0} }
                    for (setting, value) in part(settings, group) {
                        {control(words, setting, value)}
                    }
                }
            }
            div { class: "buttons end",
                button { r#type: "button", class: "plain", onclick: move |_| state.close_dialog(), {words.cancel()} }
                button { r#type: "submit", class: "primary", {words.dialog_save()} }
            }
        }
    }
}

/// The settings that the person has changed in the form.
fn changed(known: &RoomSettings, event: &FormEvent) -> Vec<Set> {
    let mut changed = Vec::new();
    for (setting, before) in &known.settings {
        let written = written(event, &name(*setting));
        let value = match (setting.has_value(), written.is_empty()) {
            (_, true) => None,
            (true, false) => Some(written.as_str().into()),
            (false, false) => Some("".into()),
        };
        if value != *before {
            changed.push((*setting, value));
        }
    }
    changed
}

/// The id and the name of the field for a setting.
fn name(setting: Setting) -> String {
    format!("set-{}", setting as u8)
}

fn control(words: Words, setting: Setting, value: Option<Arc<str>>) -> Element {
    let (id, label) = (name(setting), words.setting(setting));
    let (kind, class) = match setting {
        Setting::Limit => ("number", "check value"),
        Setting::Key | Setting::Forward => ("text", "check value"),
        _ => ("checkbox", "check"),
    };
    rsx! {
        div { key: "{id}", class,
            label { r#for: "{id}", {label} }
            input {
                id: "{id}",
                name: "{id}",
                r#type: kind,
                min: "1",
                pattern: "[^ ,]*",
                autocomplete: "off",
                autocapitalize: "off",
                spellcheck: "false",
                initial_checked: !setting.has_value() && value.is_some(),
                initial_value: value.filter(|_| setting.has_value()).as_deref().map(str::to_owned),
            }
        }
    }
}

/// The entries of the lists.
fn lists(here: &Here, state: State, (at, may): (BufferKey, bool), settings: &RoomSettings) -> Element {
    let words = state.words();
    rsx! {
        for list in settings.lists.iter().filter(|list| may || !list.masks.is_empty()).cloned() {
            section { key: "{list.kind as u8}", class: "masks",
                h3 { {words.list_of(list.kind)} }
                if list.masks.is_empty() {
                    p { class: "dim", {if list.is_complete { words.moderation_nobody() } else { words.moderation_loading() }} }
                }
                ul {
                    for mask in list.masks {
                        {entry(here, state, (at, may), (list.kind, mask))}
                    }
                }
            }
        }
    }
}

fn entry(
    here: &Here,
    state: State,
    (at, may): (BufferKey, bool),
    (list, entry): (ListKind, ListedMask),
) -> Element {
    let words = state.words();
    let moment = entry.at.map(|at| words.moment_of(at, here.0.utc_offset_seconds(at)));
    let whom = words.whom(&entry.whom);
    let label = words.unlist(words.list_of(list), &whom);
    let (here, mask) = (here.clone(), entry.mask);
    rsx! {
        li { key: "{mask}",
            span { class: "mask-whom", title: "{mask}", bdi { "{whom}" } }
            span { class: "dim", {words.listed(entry.by.as_deref(), moment.as_deref())} }
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

/// The form that adds somebody to a list.
fn add_form(here: Here, state: State, at: BufferKey, settings: &RoomSettings) -> Element {
    let words = state.words();
    let kinds: Vec<ListKind> = settings.lists.iter().map(|list| list.kind).collect();
    let offered = kinds.clone();
    rsx! {
        form {
            class: "one-line",
            onsubmit: move |event| {
                event.prevent_default();
                let list = written(&event, "list").parse().ok().and_then(|n: usize| offered.get(n));
                let who = written(&event, "who");
                if let Some(list) = list.filter(|_| !who.is_empty()) {
                    let (list, who, by) = (*list, who.into(), by(&event));
                    wish(&here, at.network, Intent::AddMask { buffer: at.buffer, list, who, by });
                }
            },
            div { class: "field",
                label { r#for: "mask-list", {words.moderation_add_list()} }
                select { id: "mask-list", name: "list",
                    for (n, kind) in kinds.into_iter().enumerate() {
                        option { key: "{n}", value: "{n}", {words.list_of(kind)} }
                    }
                }
            }
            div { class: "field",
                label { r#for: "mask-who", {words.moderation_add_who()} }
                input {
                    id: "mask-who",
                    name: "who",
                    r#type: "text",
                    autocomplete: "off",
                    autocapitalize: "off",
                    spellcheck: "false",
                    dir: "auto",
                }
            }
            {choose_by(words)}
            button { r#type: "submit", class: "plain", {words.moderation_add()} }
        }
    }
}

/// The choice between matching by nick and by host.
pub(super) fn choose_by(words: Words) -> Element {
    rsx! {
        div { class: "field",
            label { r#for: "mask-by", {words.moderation_by()} }
            select { id: "mask-by", name: "by",
                option { value: "", {words.by(MaskBy::Nick)} }
                option { value: "host", {words.by(MaskBy::Host)} }
            }
        }
    }
}

/// The choice that was made there.
pub(super) fn by(event: &FormEvent) -> MaskBy {
    if written(event, "by").is_empty() { MaskBy::Nick } else { MaskBy::Host }
}
