//! Rooms and people have addresses: Back and Forward move through what was seen, and a link opens a room.

use serde_json::json;

use crate::rig::{Key, Width, Window, visit};

impl Window {
    /// Waits until the address of the page ends with this.
    async fn is_at(&self, fragment: &str) {
        let what = format!("the address {fragment}");
        self.until(&what, "return location.hash === arguments[0]", &[json!(fragment)]).await;
    }

    async fn goes_back(&self) {
        self.run("history.back()", &[]).await;
    }

    async fn goes_on(&self) {
        self.run("history.forward()", &[]).await;
    }

    /// Opens an address in the running app, as a person does who types it.
    async fn follows(&self, fragment: &str) {
        self.run("location.hash = arguments[0]", &[json!(fragment)]).await;
    }
}

#[test]
fn back_and_forward_lead_through_what_was_seen() {
    visit(async |browser| {
        let _bob = browser.person("bob");
        let window = browser.open(Width::Wide).await;
        for (width, nick) in [(Width::Wide, "alice"), (Width::Narrow, "anna")] {
            window.starts_over(width).await;
            window.join_as(nick).await;
            window.is_at("#/room/room").await;
            for (wish, name, fragment) in [
                ("/join ##c", "##c", "#/room/%23%23c"),
                ("/join #ü", "#ü", "#/room/%C3%BC"),
                ("/msg bob", "bob", "#/person/bob"),
            ] {
                window.say(wish).await;
                window.is_in(name).await;
                window.is_at(fragment).await;
            }
            window.goes_back().await;
            window.is_in("#ü").await;
            window.goes_back().await;
            window.is_in("##c").await;
            window.goes_on().await;
            window.is_in("#ü").await;
            window.is_at("#/room/%C3%BC").await;
            // After a reload, the person is where they were, and the history of pages still works.
            window.reload().await;
            window.is_in("#ü").await;
            window.is_at("#/room/%C3%BC").await;
            window.goes_back().await;
            window.is_in("##c").await;
            window.goes_on().await;
            window.is_in("#ü").await;
            // Rooms that were left are skipped.
            window.enter("bob").await;
            window.opens_the_list().await;
            window.clicks("Leave #ü").await;
            window.sees("You left #ü.").await;
            window.enter("bob").await;
            window.goes_back().await;
            window.is_in("##c").await;
            window.say("/part").await;
            window.say("/part").await;
        }
    });
}

#[test]
fn back_closes_what_lies_over_the_conversation() {
    visit(async |browser| {
        let window = browser.open(Width::Narrow).await;
        window.join_as("alice").await;
        window.say("/join #tea").await;
        window.is_in("#tea").await;
        window.is_at("#/room/tea").await;
        window.clicks("Show rooms").await;
        window.finds(".frame.side-rooms").await;
        window.clicks("You are alice").await;
        window.finds("[role=dialog]").await;
        window.goes_back().await;
        window.finds_no("[role=dialog]").await;
        window.finds(".frame.side-rooms").await;
        window.goes_back().await;
        window.finds_no(".frame.side-rooms").await;
        window.is_in("#tea").await;
        // A dialog that was closed in another way is not a step in the history.
        window.clicks("Show rooms").await;
        window.finds(".frame.side-rooms").await;
        window.hits(Key::Escape).await;
        window.finds_no(".frame.side-rooms").await;
        window.goes_back().await;
        window.is_in("#room").await;
        // What was chosen in the list follows the page before the list.
        window.clicks("Show rooms").await;
        window.enter("#tea").await;
        window.is_at("#/room/tea").await;
        window.goes_back().await;
        window.is_in("#room").await;
        window.is_at("#/room/room").await;
    });
}

#[test]
fn a_link_leads_to_a_room_through_the_first_screen() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        bob.send("JOIN #chess");
        for (width, nick) in [(Width::Wide, "alice"), (Width::Narrow, "anna")] {
            let window = browser.open_at(width, "/#/room/chess").await;
            window.sees("Choose a name, and you are in #chess.").await;
            window.is_accessible().await;
            window.join_as(nick).await;
            window.is_in("#chess").await;
            window.is_at("#/room/chess").await;
            bob.until(|line| line.starts_with(&format!(":{nick}!")) && line.contains("JOIN #chess"));
        }
    });
}

#[test]
fn a_link_is_copied_and_followed_in_the_running_app() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        bob.send("JOIN #secret,#tea");
        bob.send("MODE #secret +i");
        bob.sync();
        let window = browser.open(Width::Wide).await;
        for (width, nick) in [(Width::Wide, "alice"), (Width::Narrow, "anna")] {
            window.starts_over(width).await;
            window.run("window.copied = []; navigator.clipboard.writeText = async text => void copied.push(text)", &[]).await;
            window.join_as(nick).await;
            window.clicks("Copy link").await;
            window.sees("The link is copied.").await;
            let link = browser.address("/#/room/room");
            window.until("the link", "return copied.at(-1) === arguments[0]", &[json!(link)]).await;

            window.follows("#/room/tea").await;
            window.is_in("#tea").await;
            window.follows("#/person/bob").await;
            window.is_in("bob").await;
            window.clicks("Copy link").await;
            let link = browser.address("/#/person/bob");
            window.until("the link", "return copied.at(-1) === arguments[0]", &[json!(link)]).await;
            window.goes_back().await;
            window.is_in("#tea").await;
            window.goes_back().await;
            window.is_in("#room").await;

            // If somebody may not enter, they are told why and stay where they were.
            window.follows("#/room/secret").await;
            window.sees("You need an invitation to #secret.").await;
            window.is_in("#room").await;
            window.is_at("#/room/room").await;
            window.opens_the_list().await;
            let gone = "return ![...document.querySelectorAll('.room-name')].some(name => name.textContent === '#secret')";
            window.until("the list without the room", gone, &[]).await;
            window.enter("#room").await;

            // Anything that is not an address has no effect.
            for fragment in ["#composer", "#/room/a%0D%0AQUIT%20:x", "#javascript:alert(1)", "#/room/%00"] {
                window.follows(fragment).await;
                window.is_at("#/room/room").await;
                window.is_in("#room").await;
            }
            let endless = "location.hash = '#/room/' + 'x'.repeat(1_000_000)";
            window.run(endless, &[]).await;
            window.is_at("#/room/room").await;
            assert_eq!(window.draft().await, "");
            window.say("/part #tea").await;
        }
    });
}
