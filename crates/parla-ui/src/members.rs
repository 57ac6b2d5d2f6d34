//! The list on the right: the members of the room, by rank.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::view::{BufferView, Member, Members as List, NetworkId, Presence, Rank};

use crate::{
    hooks::{use_context, use_memo, use_signal},
    icon::{Icon, Picture},
    room::colour,
    state::{Dialog, Side, State},
    windowed_list::{View, follow, space, visible},
    words::use_words,
};

/// The height of a row in pixels; the stylesheet has the same number.
const ROW_PX: f64 = 32.0;
/// The number of members from which there is a search field.
const SEARCH_FROM: usize = 20;

/// The number of members of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberCount {
    /// The room has this many members.
    Known(usize),
    /// Not known, because the person is not in the room and is not told.
    Unknown,
}

impl MemberCount {
    pub(crate) fn of(view: &BufferView) -> Self {
        match view.presence {
            Presence::Present => Self::Known(view.members.0.len()),
            Presence::Joining | Presence::Absent(_) => Self::Unknown,
        }
    }
}

/// The list for the conversation that is shown.
#[component]
pub(crate) fn Members() -> Element {
    let words = use_words();
    let mut state = use_context::<State>();
    let list = use_memo(move || {
        let key = (*state.open.current.read())?;
        let view = state.views.buffers.read(key)?;
        let is_online = state.is_online(key.network);
        let unknown = match &view.presence {
            Presence::Present => None,
            Presence::Joining if is_online => Some(state.words().members_loading()),
            Presence::Joining => Some(state.words().members_offline()),
            Presence::Absent(_) => Some(state.words().members_unknown()),
        };
        Some((key, view.members.clone(), MemberCount::of(&view), unknown))
    });
    let Some((key, members, count, unknown)) = list.get() else { return rsx! {} };
    let title = match count {
        MemberCount::Known(count) => words.member_count(count),
        MemberCount::Unknown => words.members_label().to_owned(),
    };
    rsx! {
        div { class: "members-head",
            h2 { {title} }
            button {
                r#type: "button",
                class: "quiet icon narrow-only",
                "aria-label": words.members_close(),
                onclick: move |_| state.open.side.set(Side::None),
                span { "aria-hidden": "true", "×" }
            }
        }
        if let Some(unknown) = unknown {
            p { class: "dim members-none", {unknown} }
        }
        // For another room the search starts empty and the list at the top.
        for key in [key] {
            Found { key: "{key.network.0}-{key.buffer.0}", network: key.network, members: members.clone() }
        }
    }
}

/// A line of the list.
#[derive(Clone, PartialEq)]
enum Line {
    Heading(Rank, usize),
    One(usize),
}

#[component]
fn Found(network: NetworkId, members: List) -> Element {
    let words = use_words();
    let mut needle = use_signal(String::new);
    let view = use_signal(View::default);
    let lines = use_memo(use_reactive!(|members| lines(&members.0, &needle.read())));
    let lines = lines.read();
    let range = visible(*view.read(), ROW_PX, lines.len());
    let before = range.start;
    let after = lines.len().saturating_sub(range.end);
    rsx! {
        if members.0.len() >= SEARCH_FROM {
            div { class: "members-search",
                label { r#for: "member-search", class: "sr-only", {words.members_search()} }
                input {
                    id: "member-search",
                    r#type: "search",
                    placeholder: words.members_search(),
                    autocomplete: "off",
                    spellcheck: "false",
                    oninput: move |event| needle.set(event.value()),
                }
            }
        }
        if lines.is_empty() && !needle.read().is_empty() {
            p { class: "dim members-none", role: "status", {words.members_nobody()} }
        }
        div { class: "members-scroll", onscroll: move |event| follow(view, &event, ROW_PX),
            ul {
                padding_top: space(before, ROW_PX),
                padding_bottom: space(after, ROW_PX),
                for line in lines.get(range).unwrap_or_default().iter().filter_map(|line| drawn(line, &members)) {
                    LineRow { key: "{line.name()}", network, line }
                }
            }
        }
    }
}

/// A line and its content.
#[derive(Clone, PartialEq)]
enum Drawn {
    Heading(Rank, usize),
    One(Member),
}

impl Drawn {
    /// The key that distinguishes it from the others. No nick contains a space.
    fn name(&self) -> String {
        match self {
            Self::Heading(rank, _) => format!("rank {}", *rank as u8),
            Self::One(member) => member.name.to_string(),
        }
    }
}

fn drawn(line: &Line, members: &List) -> Option<Drawn> {
    match line {
        Line::Heading(rank, count) => Some(Drawn::Heading(*rank, *count)),
        Line::One(at) => members.0.get(*at).cloned().map(Drawn::One),
    }
}

#[component]
fn LineRow(network: NetworkId, line: Drawn) -> Element {
    let words = use_words();
    match line {
        Drawn::Heading(rank, count) => rsx! {
            li { class: "rank",
                h3 { {words.ranks(rank)} " " span { class: "count", "{count}" } }
            }
        },
        Drawn::One(member) => rsx! { MemberRow { network, member } },
    }
}

#[component]
fn MemberRow(network: NetworkId, member: Member) -> Element {
    let words = use_words();
    let mut state = use_context::<State>();
    let Member { nick, name, called, rank, away, bot, hue, .. } = member;
    let id = format!("member-{name}");
    let back = id.clone();
    rsx! {
        li { class: if away { "member-row away" } else { "member-row" },
            button {
                id: "{id}",
                r#type: "button",
                class: "member",
                title: "{nick}",
                onclick: move |_| state.open_dialog(Dialog::Person(network, Arc::clone(&name)), &back),
                span {
                    class: "member-name",
                    color: colour::nick(hue),
                    if let Some(picture) = Picture::of(rank) {
                        Icon { picture }
                    }
                    if let Some(called) = called {
                        bdi { "{called}" }
                        " "
                        bdi { class: "true-nick", "{nick}" }
                    } else {
                        bdi { "{nick}" }
                    }
                }
                if bot {
                    span { class: "bot", {words.moderation_bot()} }
                }
                if away {
                    span { class: "member-away", {words.members_away()} }
                }
            }
        }
    }
}

/// Whether the nick or the display name contains this text.
fn is_called(member: &Member, needle: &str) -> bool {
    let names = [Some(&member.nick), member.called.as_ref()];
    names.into_iter().flatten().any(|name| name.to_lowercase().contains(needle))
}

/// The members who match, under headings.
fn lines(members: &[Member], needle: &str) -> Vec<Line> {
    let needle = needle.trim().to_lowercase();
    let found: Vec<(usize, Rank)> = members
        .iter()
        .enumerate()
        .filter(|(_, member)| needle.is_empty() || is_called(member, &needle))
        .map(|(at, member)| (at, member.rank))
        .collect();
    let mut lines = Vec::with_capacity(found.len() + 6);
    for group in found.chunk_by(|(_, a), (_, b)| a == b) {
        if let Some((_, rank)) = group.first() {
            lines.push(Line::Heading(*rank, group.len()));
        }
        lines.extend(group.iter().map(|(at, _)| Line::One(*at)));
    }
    lines
}
