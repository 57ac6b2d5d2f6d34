//! What moderators of a room can do with a person there: give and take ranks, remove them, ban them.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    Intent,
    settings::{ListKind, RoomSettings},
    view::{BufferKind, Member, NetworkId, Rank, Rights},
};

use super::{
    room_settings::{by, choose_by},
    written,
};
use crate::{
    platform::Here,
    state::{BufferKey, State, wish},
};

/// The room that is shown, and the person in it.
struct PersonInRoom {
    at: BufferKey,
    room: Arc<str>,
    rights: Rights,
    settings: Arc<RoomSettings>,
    /// The person as a member; `None` if they are not there.
    member: Option<Member>,
    is_own: bool,
}

impl PersonInRoom {
    fn of(state: State, network: NetworkId, nick: &str) -> Option<Self> {
        let at = (*state.open.current.read()).filter(|at| at.network == network)?;
        let view = state.views.buffers.read(at).filter(|view| view.kind == BufferKind::Room)?;
        let mut members = view.members.0.iter();
        let networks = state.views.networks.read();
        Some(Self {
            at,
            room: Arc::clone(&view.name),
            rights: view.rights,
            settings: Arc::clone(&view.settings),
            member: members.find(|member| *member.name == *nick || *member.nick == *nick).cloned(),
            is_own: networks.get(&network).is_some_and(|network| *network.nick == *nick),
        })
    }

    fn may_remove(&self) -> bool {
        let rank = self.member.as_ref().map_or(Rank::Member, |member| member.rank);
        !self.is_own && self.rights.may_remove(rank)
    }

    /// The ranks that can be given (true) or taken (false).
    fn ranks(&self) -> Vec<(Rank, bool)> {
        let Some(member) = &self.member else { return Vec::new() };
        let ranks = self.settings.ranks.iter().filter(|rank| {
            // People can always give up their own rank.
            self.rights.may_give(**rank)
                && (self.is_own || self.rights.may_remove(member.rank) || !member.has(**rank))
                || (self.is_own && member.has(**rank))
        });
        ranks.map(|rank| (*rank, !member.has(*rank))).collect()
    }
}

/// Something that can be done with the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Kick,
    Ban,
    Mute,
}

/// What can be done, if anything.
pub(super) fn moderation(
    here: &Here,
    state: State,
    (network, nick): (NetworkId, Arc<str>),
    mut act: Signal<Option<Act>>,
) -> Element {
    let words = state.words();
    let Some(person) = PersonInRoom::of(state, network, &nick) else { return rsx! {} };
    let rank = person.member.as_ref().map(|member| member.rank).filter(|rank| *rank != Rank::Member);
    let mut acts = Vec::new();
    if person.may_remove() {
        if person.member.is_some() {
            acts.push((Act::Kick, words.dialog_kick()));
        }
        acts.push((Act::Ban, words.moderation_ban()));
        if person.settings.offers(ListKind::Mutes) {
            acts.push((Act::Mute, words.moderation_mute()));
        }
    }
    let at = person.at;
    rsx! {
        if let Some(rank) = rank {
            p { class: "person-rank", {words.is_in(rank, &person.room)} }
        }
        div { class: "buttons",
            for (rank, is_given) in person.ranks() {
                button {
                    key: "{rank as u8}",
                    r#type: "button",
                    class: "plain",
                    onclick: {
                        let (here, nick) = (here.clone(), Arc::clone(&nick));
                        move |_| {
                            let nick = Arc::clone(&nick);
                            wish(&here, at.network, Intent::SetRank { buffer: at.buffer, nick, rank, is_given });
                        }
                    },
                    {words.set_rank(rank, is_given)}
                }
            }
            for (one, label) in acts {
                button {
                    key: "{label}",
                    r#type: "button",
                    class: "plain danger",
                    "aria-expanded": if act() == Some(one) { "true" } else { "false" },
                    onclick: move |_| act.set(Some(one).filter(|_| *act.peek() != Some(one))),
                    {label}
                }
            }
        }
        if let Some(act) = act() {
            {act_form(here.clone(), state, &person, (nick, act))}
        }
    }
}

fn act_form(here: Here, mut state: State, person: &PersonInRoom, (nick, act): (Arc<str>, Act)) -> Element {
    let words = state.words();
    let (at, room, is_there) = (person.at, &person.room, person.member.is_some());
    let label = match act {
        Act::Kick => words.dialog_kick_from(room),
        Act::Ban => words.ban_from(room),
        Act::Mute => words.mute_in(room),
    };
    rsx! {
        form {
            class: "one-line",
            onsubmit: move |event| {
                event.prevent_default();
                let buffer = at.buffer;
                if act != Act::Kick {
                    let list = if act == Act::Mute { ListKind::Mutes } else { ListKind::Bans };
                    let (who, by) = (Arc::clone(&nick), by(&event));
                    wish(&here, at.network, Intent::AddMask { buffer, list, who, by });
                }
                if act == Act::Kick || !written(&event, "kick").is_empty() {
                    let (nick, reason) = (Arc::clone(&nick), written(&event, "reason").into());
                    wish(&here, at.network, Intent::Kick { buffer, nick, reason });
                }
                state.close_dialog();
            },
            if act != Act::Kick {
                {choose_by(words)}
            }
            if act == Act::Ban && is_there {
                div { class: "check",
                    label { r#for: "kick-too", {words.moderation_remove_too()} }
                    input { id: "kick-too", name: "kick", r#type: "checkbox", initial_checked: true }
                }
            }
            if act != Act::Mute && is_there {
                div { class: "field",
                    label { r#for: "kick-reason", {words.dialog_kick_reason()} }
                    input { id: "kick-reason", name: "reason", r#type: "text", autocomplete: "off", dir: "auto" }
                }
            }
            button { r#type: "submit", class: "primary danger", bdi { "{label}" } }
        }
    }
}
