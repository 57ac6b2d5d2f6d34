//! Screenshots for the documents. `cargo nextest run -p parlad --test app --run-ignored only screenshots`

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    rig::{Browser, Width, Window, visit_with},
    support::Client,
};

const CONFIG: &str = "[server]\nname = \"chat.example.org\"\nnetwork = \"Example\"\ndata_dir = \"data\"\n\
    [[listen]]\naddress = \"127.0.0.1:0\"\n[channels]\nautojoin = [\"#lobby\"]\n\
    [connections]\nexempt_from_limits = [\"127.0.0.1/32\"]\n[[http]]\naddress = \"127.0.0.1:0\"\n\
    [flood]\nburst = 10000\nrate = 1000\n";

/// The rooms, with their members and topics.
const ROOMS: [(&str, &[&str], &str); 7] = [
    ("#garden", &["hanna", "ines", "tom"], "What grows, what does not, and what the snails left"),
    ("#rust", &["hanna", "jun", "milo", "priya", "tom"], "Rust, the language. Show your error message"),
    ("#books", &["ines", "priya"], "This month: The Left Hand of Darkness"),
    ("#music", &["jun", "milo"], "What are you listening to?"),
    ("#bicycles", &["tom"], "Repairs, routes, Sunday rides at nine"),
    ("#kitchen", &["hanna", "jun", "tom", "ines"], "Bread on Saturdays"),
    ("#chess", &["milo", "priya", "jun"], "Correspondence games; no hints, please"),
];

const TALK: [(&str, &str); 13] = [
    ("jun", "the nightly build is green again"),
    ("jun", "it was the cache after all, as always"),
    ("priya", "of course it was the cache :)"),
    ("priya", "two hard things in computing…"),
    ("tom", "Can someone look at the parser today? I would like to merge before lunch."),
    ("tom", "https://git.example.org/parser/pull/214"),
    ("milo", "I can. Is it the one with the \x02borrowed\x02 input, or the one before?"),
    ("tom", "the one with the borrowed input. \x11Message<'a>\x11 instead of \x11String\x11 everywhere"),
    ("milo", "nice. 40 % fewer allocations in the benchmark"),
    ("hanna", "\x01ACTION brings coffee\x01"),
    ("priya", "hanna is the best of us"),
    ("tom", "nora: you wrote the first version, would you mind a second look?"),
    ("milo", "no hurry, it can wait until after the walk in #garden"),
];

fn images() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().join("docs/images")
}

async fn takes(window: &Window, name: &str) {
    window.points_nowhere().await;
    window.next_frames().await;
    window.screenshot(&images().join(name).with_extension("png")).await;
}

#[test]
#[ignore = "it writes into docs/images"]
fn screenshots() {
    fs::create_dir_all(images()).unwrap();
    visit_with(CONFIG, async |browser| {
        let mut people = come_in(browser);
        let nora = browser.open(Width::Wide).await;
        nora.finds("#name").await;
        nora.presses("nora").await;
        takes(&nora, "first-screen").await;
        nora.hits(crate::rig::Key::Enter).await;
        nora.finds("#composer").await;
        for room in ["#garden", "#rust"] {
            nora.say(&format!("/join {room}")).await;
            nora.is_in(room).await;
        }
        talk(&mut people, &nora).await;
        takes(&nora, "room-light").await;
        nora.prefers("prefers-color-scheme", "dark").await;
        takes(&nora, "room-dark").await;
        nora.prefers("prefers-color-scheme", "light").await;
        nora.clicks("Browse rooms").await;
        nora.sees("8 rooms").await;
        takes(&nora, "browse").await;
        nora.hits(crate::rig::Key::Escape).await;
        nora.finds_no("[role=dialog]").await;
        nora.resize(Width::Narrow).await;
        nora.is_at_the_end().await;
        takes(&nora, "narrow").await;
        nora.resize(Width::Wide).await;
        for line in
            ["MODE #rust +o nora", "MODE #rust +b *!*@spam.example", "MODE #rust +b m:*!*@loud.example"]
        {
            person(&mut people, "hanna").send(line);
        }
        nora.hears("operator").await;
        nora.clicks("Settings of the room").await;
        nora.sees("spam.example").await;
        takes(&nora, "settings").await;
    });
}

/// Lets everybody enter; returns them by name.
fn come_in(browser: &Browser) -> Vec<(&'static str, Client)> {
    let mut people: Vec<_> = ["hanna", "ines", "jun", "milo", "priya", "tom"]
        .map(|nick| (nick, browser.person(nick)))
        .into_iter()
        .collect();
    for (room, members, topic) in ROOMS {
        for member in members {
            let person = person(&mut people, member);
            person.send(&format!("JOIN {room}"));
            person.sync();
        }
        person(&mut people, members[0]).send(&format!("TOPIC {room} :{topic}"));
    }
    people
}

fn person<'a>(people: &'a mut [(&'static str, Client)], nick: &str) -> &'a mut Client {
    people.iter_mut().find(|(name, _)| *name == nick).map(|(_, client)| client).unwrap()
}

async fn talk(people: &mut [(&'static str, Client)], nora: &Window) {
    for (number, (nick, text)) in TALK.into_iter().enumerate() {
        let client = person(people, nick);
        client.send(&format!("PRIVMSG #rust :{text}"));
        client.sync();
        if number == 8 {
            nora.hears("fewer allocations").await;
            nora.say("it was about time. The old one was written in a hurry, on a train").await;
            nora.finds_no(".pending").await;
        }
    }
    nora.hears("after the walk").await;
    for (nick, line) in [
        ("ines", "PRIVMSG #garden :the first tomatoes are out!"),
        ("tom", "PRIVMSG #garden :and the snails know it"),
        ("ines", "PRIVMSG nora :are you coming on Sunday?"),
        ("jun", "AWAY :lunch"),
    ] {
        person(people, nick).send(line);
    }
    nora.finds_noted("ines", "1 direct message").await;
    nora.finds_noted("#garden", "2 new").await;
}
