//! Who somebody is, and what the person can do about them. The server is asked when the dialog opens.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    Intent,
    view::{NetworkId, Person, Rank, RoomOf},
};

use super::{DialogBox, FocusFirst, person_acts::PersonActs};
use crate::{
    hooks::{use_context, use_hook, use_memo},
    platform::Here,
    problem_words::RawWords,
    room::text::Sentence,
    state::{State, wish},
    words::{self, use_words},
};

/// The card of a person.
#[component]
pub(crate) fn PersonCard(network: NetworkId, nick: Arc<str>) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let state = use_context::<State>();
    use_hook(|| wish(&here, network, Intent::Whois { nick: Arc::clone(&nick) }));
    let person = use_memo(use_reactive!(|nick| {
        let person = state.views.person.read();
        let known = person.as_ref().filter(|(of, person)| *of == network && is_same(person, &nick));
        known.map(|(_, person)| Arc::clone(person))
    }));
    let person = person.get();
    let title = person.as_ref().map_or_else(|| nick.to_string(), |person| person.nick.to_string());
    rsx! {
        DialogBox { title, focus: FocusFirst::Title, class: "person",
            match person {
                None => rsx! { p { class: "dim", role: "status", {words.dialog_person_loading()} } },
                Some(person) if person.missing => {
                    let missing = words.dialog_person_missing(&person.nick);
                    rsx! { p { class: "person-missing", role: "status", bdi { "{missing}" } } }
                }
                Some(person) => rsx! { Facts { network, person } },
            }
            PersonActs { network, nick }
        }
    }
}

/// Whether this is the person who was asked about; the server may write their nick with other capitals.
fn is_same(person: &Person, nick: &str) -> bool {
    person.name.to_lowercase() == nick.to_lowercase() || *person.nick == *nick
}

#[component]
fn Facts(network: NetworkId, person: Arc<Person>) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let since = person.since.map(|at| words.moment_of(at, here.0.utc_offset_seconds(at)));
    // Without an account nothing is said: many servers have none, and "guest" would be a rank that nobody has
    // there.
    let account = person.account.as_ref().map(ToString::to_string);
    let facts = [
        (words.person_called(), person.called.as_deref().map(str::to_owned)),
        (words.person_realname(), some(&person.realname)),
        (words.person_away(), person.away.as_deref().map(str::to_owned)),
        (words.person_account(), account),
        (words.person_idle(), person.idle_seconds.map(|seconds| words.ago(seconds))),
        (words.person_since(), since),
    ];
    rsx! {
        if person.bot {
            p { class: "person-operator", {words.moderation_is_bot()} }
        }
        if person.operator {
            p { class: "person-operator", {words.person_operator()} }
        }
        dl { class: "facts",
            for (term, fact) in facts.into_iter().filter_map(|(term, fact)| Some((term, fact?))) {
                div { key: "{term}",
                    dt { {term} }
                    dd { dir: "auto", "{fact}" }
                }
            }
        }
        if !person.rooms.is_empty() {
            Rooms { network, rooms: person.rooms.clone() }
        }
        if !person.complete {
            p { class: "dim", role: "status", {words.dialog_person_loading()} }
        }
        RawWords { raw: Arc::clone(&person.host) }
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

#[component]
fn Rooms(network: NetworkId, rooms: Vec<RoomOf>) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    rsx! {
        h3 { {words.person_rooms()} }
        ul { class: "chips",
            for RoomOf { shown, name, rank } in rooms {
                li { key: "{name}",
                    button {
                        r#type: "button",
                        class: "chip",
                        title: "{shown}",
                        onclick: {
                            let (here, name) = (here.clone(), Arc::clone(&name));
                            move |_| {
                                wish(&here, network, Intent::Join { room: Arc::clone(&name), key: None });
                                state.close_dialog();
                            }
                        },
                        if rank == Rank::Member {
                            bdi { "{shown}" }
                        } else {
                            Sentence { words: words.is_in(rank, &words::name(&shown)) }
                        }
                    }
                }
            }
        }
    }
}
