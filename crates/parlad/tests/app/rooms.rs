//! Finding rooms, joining and leaving them, and what people can do with the others there.

use crate::{
    rig::{Key, Width, visit},
    support::Client,
};

#[test]
fn rooms_are_found_joined_left_and_joined_again() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let mut carol = browser.person("carol");
        bob.send("JOIN #tea,#chess,#weather");
        carol.send("JOIN #tea");
        bob.send("TOPIC #tea :green, black and white");
        bob.send("TOPIC #chess :no talking during games");
        bob.sync();
        carol.sync();
        let window = browser.open(Width::Wide).await;
        for (width, nick) in [(Width::Wide, "alice"), (Width::Narrow, "anna")] {
            window.starts_over(width).await;
            if nick == "anna" {
                bob.until(|line| line.starts_with(":alice!") && line.contains(" QUIT "));
            }
            window.join_as(nick).await;
            window.opens_the_list().await;
            window.clicks("Browse rooms").await;
            window.sees("4 rooms").await;
            let lines = window.texts(".room-line").await;
            let lines: Vec<String> = lines.iter().map(|line| line.replace('\n', " ")).collect();
            let expected = [
                "#room ✓ joined 3 people No topic",
                "#tea 2 people green, black and white",
                "#chess 1 person no talking during games",
                "#weather 1 person No topic",
            ];
            assert_eq!(lines, expected, "most people first");
            window.presses("games").await;
            window.sees("1 room").await;
            assert!(window.texts(".room-line").await[0].starts_with("#chess"));
            window.empties("#dialog-focus").await;
            window.presses("TEA").await;
            window.sees("1 room").await;
            window.hits(Key::Enter).await;
            window.finds_no("[role=dialog]").await;
            window.is_in("#tea").await;
            if width == Width::Wide {
                window.sees("green, black and white").await;
                assert_eq!(window.focus().await, "textarea#composer \"Message #tea\"");
            }

            // A name that no room has creates a new one.
            window.opens_the_list().await;
            window.clicks("Browse rooms").await;
            window.sees("rooms").await;
            window.presses(&format!("{nick}s")).await;
            window.clicks(&format!("Open a new room named #{nick}s")).await;
            window.is_in(&format!("#{nick}s")).await;
            window.sees("No messages yet. Say hello.").await;

            // By typing its name.
            window.opens_the_list().await;
            window.clicks("Join or message…").await;
            window.until("the field", "return document.activeElement.id.startsWith('new-name')", &[]).await;
            window.presses("weather").await;
            window.hits(Key::Enter).await;
            window.is_in("#weather").await;
            window.until("the composer", "return document.activeElement.id === 'composer'", &[]).await;

            window.opens_the_list().await;
            window.clicks("Leave #weather").await;
            window.sees("You left #weather.").await;
            bob.until(|line| line.contains(nick) && line.contains("PART #weather"));
            window.until("another room", "return document.title !== '#weather – parla'", &[]).await;
            window.clicks("Rejoin").await;
            window.is_in("#weather").await;
            window.sees_no("You left #weather.").await;
            for room in ["#tea", "#weather"] {
                window.say(&format!("/leave {room}")).await;
            }
            bob.until(|line| line.contains(nick) && line.contains("PART #weather"));
        }
    });
}

#[test]
fn an_invitation_is_a_card_with_two_answers() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        bob.send("JOIN #tea,#chess");
        let window = browser.open(Width::Wide).await;
        for (width, nick) in [(Width::Wide, "alice"), (Width::Narrow, "anna")] {
            window.starts_over(width).await;
            window.join_as(nick).await;
            bob.send(&format!("INVITE {nick} #chess"));
            window.sees("bob invites you to #chess.").await;
            window.clicks("Ignore").await;
            window.sees_no("bob invites you").await;
            bob.send(&format!("INVITE {nick} #tea"));
            window.sees("bob invites you to #tea.").await;
            window.clicks("Join").await;
            window.is_in("#tea").await;
            window.sees_no("bob invites you").await;
        }
    });
}

/// The next line of this kind that bob receives.
fn hears(bob: &mut Client, word: &str) -> String {
    bob.until(|line| line.contains(word)).pop().unwrap()
}

#[test]
fn a_persons_card_says_who_it_is_and_what_to_do() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let window = browser.open(Width::Wide).await;
        for (width, nick, room) in [(Width::Wide, "alice", "#tea"), (Width::Narrow, "anna", "#chess")] {
            window.starts_over(width).await;
            window.join_as(nick).await;
            window.say(&format!("/join {room}")).await;
            window.is_in(room).await;
            window.sees("No messages yet. Say hello.").await;
            bob.send(&format!("JOIN {room}"));
            bob.send("AWAY :gone fishing");
            window.hears("bob joined").await;

            window.clicks("Add a topic").await;
            window.finds("#dialog-focus").await;
            window.presses("all of this").await;
            window.clicks("Save").await;
            assert!(hears(&mut bob, " TOPIC ").ends_with(&format!("TOPIC {room} :all of this")));
            window.finds_no("[role=dialog]").await;

            window.picks("bob").await;
            window.sees("gone fishing").await;
            window.sees("In the rooms").await;
            assert!(window.texts(".chip").await.iter().any(|chip| chip.ends_with(room)), "{room}");
            window.clicks("Invite to…").await;
            window.clicks("Invite to #room").await;
            window.sees("They are already in #room.").await;
            window.clicks("Dismiss").await;

            window.picks("bob").await;
            window.clicks("Message").await;
            window.is_in("bob").await;
            window.sees("Only you and bob can read this conversation.").await;
            window.say("are they biting?").await;
            assert!(hears(&mut bob, "biting").ends_with("PRIVMSG bob :are they biting?"));

            window.enter(room).await;
            window.picks("bob").await;
            window.clicks("Remove from room").await;
            window.types("#kick-reason", "no fishing here").await;
            window.clicks(&format!("Remove from {room}")).await;
            assert!(hears(&mut bob, " KICK ").ends_with(":no fishing here"));
            window.hears(&format!("bob was removed by {nick} (no fishing here)")).await;
            bob.send("AWAY");

            // The person's own name, and being away.
            window.opens_the_list().await;
            window.clicks(&format!("You are {nick}")).await;
            window.types("#away-reason", "fishing too").await;
            window.clicks("Set as away").await;
            window.sees("You are marked as away.").await;
            window.opens_the_list().await;
            window.clicks(&format!("You are {nick} (away)")).await;
            window.clicks("I am back").await;
            window.sees("You are no longer marked as away.").await;
        }
    });
}
