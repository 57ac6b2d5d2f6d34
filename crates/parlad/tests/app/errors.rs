//! Errors are explained: what happened, what it means, what to do, and the server's own words for those who
//! want them.

use serde_json::json;

use crate::rig::{Browser, Key, Width, Window, visit};

/// Waits for the three sentences, and checks the server's words behind them.
async fn is_told(window: &Window, [title, meaning, remedy]: [&str; 3], raw: &str) {
    window.sees(title).await;
    window.sees(meaning).await;
    window.sees(remedy).await;
    let script =
        "const all = [...document.querySelectorAll('details.raw')].filter(one => one.checkVisibility());
        const last = all.at(-1);
        last?.querySelector('summary').click();
        return last?.querySelector('code').innerText ?? ''";
    let shown = window.run(script, &[]).await;
    let shown = shown.as_str().unwrap();
    assert!(shown.contains(raw), "behind `{title}` stands `{shown}`, not `{raw}`");
}

/// The composer has appeared in the place of the bar with *Join*.
#[test]
fn what_is_sent_first_does_not_stay_in_the_composer() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        bob.send("JOIN #tea");
        bob.sync();
        let alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        alice.say("/join #tea").await;
        alice.is_in("#tea").await;
        bob.send("KICK #tea alice :once");
        alice.finds_no("#composer").await;
        alice.clicks("Join").await;
        alice.say("hello").await;
        alice.hears("hello").await;
        assert_eq!(alice.draft().await, "");
    });
}

#[test]
fn a_room_that_lets_nobody_in_says_why() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        bob.send("JOIN #key,#invited,#banned,#full,#quiet");
        bob.send("MODE #key +k sesame\r\nMODE #invited +i\r\nMODE #banned +b *!*@*\r\nMODE #full +l 1\r\nMODE #quiet +m");
        bob.sync();
        let window = browser.open(Width::Wide).await;
        for (width, nick) in [(Width::Wide, "alice"), (Width::Narrow, "anna")] {
            window.starts_over(width).await;
            window.join_as(nick).await;
            for (room, told, raw) in [
                (
                    "#key",
                    [
                        "#key needs a key.",
                        "Only people who know the key can join.",
                        "ask someone who is in the room",
                    ],
                    "+k",
                ),
                (
                    "#invited",
                    ["You need an invitation to #invited.", "Only people who were invited", "Ask someone"],
                    "+i",
                ),
                (
                    "#banned",
                    ["You are banned from #banned.", "do not let you in", "Write to one of them"],
                    "+b",
                ),
                ("#full", ["#full is full.", "only so many people", "Try again later."], "+l"),
            ] {
                window.say(&format!("/join {room}")).await;
                is_told(&window, told, raw).await;
                window.finds_no("#composer").await;
                window.enter("#room").await;
                window.finds("#composer").await;
            }
            // With the missing key it works, from the same place.
            window.say("/join #key sesame").await;
            window.is_in("#key").await;
            window.finds("#composer").await;
            window.say("/part").await;
            window.sees("You left #key.").await;

            window.enter("#room").await;
            window.say("/join #quiet").await;
            window.is_in("#quiet").await;
            // It is known before anybody tries.
            let cannot =
                "Only some people may write in #quiet. Ask an operator of the room to make you a speaker.";
            window.sees(cannot).await;
            bob.send(&format!("MODE #quiet +v {nick}"));
            window.sees_no(cannot).await;
            bob.send(&format!("MODE #quiet -v {nick}"));
            window.sees(cannot).await;
            window.say("may I?").await;
            is_told(
                &window,
                ["Only some people may write in #quiet.", "Everyone else reads along.", "Ask an operator"],
                "",
            )
            .await;
            window.sees("Not sent.").await;
            window.clicks("Delete").await;
            window.sees_no("may I?").await;
            window.say("/topic mine").await;
            is_told(
                &window,
                ["Only operators of #quiet may do that.", "Operators look after a room.", "Ask one of them."],
                "",
            )
            .await;
            window.clicks("Dismiss").await;
            window.say("/kick bob").await;
            is_told(&window, ["Only operators of #quiet may do that.", "Operators", "Ask"], "").await;
            window.clicks("Dismiss").await;
            bob.send(&format!("KICK #quiet {nick} :too loud"));
            window.sees(&format!("{nick} was removed by bob (too loud)")).await;
            window.sees("You are not in #quiet.").await;
            window.finds_no("#composer").await;
        }
    });
}

#[test]
fn a_wish_that_cannot_be_granted_says_why() {
    visit(async |browser: &Browser| {
        let _bob = browser.person("bob");
        let window = browser.open(Width::Wide).await;
        for (width, nick) in [(Width::Wide, "alice"), (Width::Narrow, "anna")] {
            window.starts_over(width).await;
            window.join_as(nick).await;
            for (wish, told, raw) in [
                ("/kick nobody", ["Only operators of #room may do that.", "Operators", "Ask"], ""),
                (
                    "/invite nobody",
                    ["Nobody named nobody is here.", "They may have left", "Check the name"],
                    "",
                ),
                (
                    "/part #elsewhere",
                    ["You are not in #elsewhere.", "Only those who are in it", "Join the room first."],
                    "",
                ),
                (
                    "/join",
                    [
                        "join needs something more.",
                        "A part of it is missing.",
                        "like this: /join <room> [key]",
                    ],
                    "",
                ),
                (
                    "/whatever",
                    ["There is no command whatever.", "It was not sent to anyone.", "Type / to see all"],
                    "/whatever",
                ),
            ] {
                window.say(wish).await;
                if raw.is_empty() {
                    window.sees(told[0]).await;
                    window.sees(told[1]).await;
                    window.sees(told[2]).await;
                } else {
                    is_told(&window, told, raw).await;
                }
                window.clicks("Dismiss").await;
                window.finds_no(".toast").await;
            }
            // If a name cannot be used, the dialog asks for another.
            for (wish, why) in [
                ("/nick bob", "Somebody is already called bob."),
                ("/nick 9\u{20ac}", "A name cannot contain “\u{20ac}”."),
            ] {
                window.say(wish).await;
                window.finds("[role=dialog]").await;
                window.sees(why).await;
                window.hits(Key::Escape).await;
                window.finds_no("[role=dialog]").await;
            }
            // If a message goes to somebody who is not online, an error is shown beside it.
            window.say("/msg nobody hello?").await;
            window.sees("Not sent.").await;
            window.sees("Nobody named nobody is here.").await;
            assert_eq!(window.texts(".row.failed .body").await, ["hello?"]);
            window.clicks("Delete").await;
            window.finds_no(".row.failed").await;
            window.say("/close").await;

            window.enter("#room").await;
            window.run("document.getElementById('composer').value = 'x'.repeat(66 * 1024)", &[]).await;
            window.types("#composer", "x").await;
            window.clicks("Send").await;
            window.sees("That is too much. At most 64 KB of text can be sent at once.").await;
            window.clicks("Cancel").await;
            window.empties("#composer").await;
        }
    });
}

/// Waits until this element has the focus.
async fn has_focus(window: &Window, selector: &str) {
    let script = "return document.activeElement?.matches(arguments[0]) ?? false";
    window.until(&format!("the focus on {selector}"), script, &[json!(selector)]).await;
}

#[test]
fn a_wrong_key_is_said_and_another_one_typed_without_a_mouse() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        bob.send("JOIN #key\r\nMODE #key +k sesame");
        bob.sync();
        let alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        alice.say("/join #key").await;
        alice.sees("#key needs a key.").await;
        has_focus(&alice, "#room-key").await;
        alice.presses("sesam").await;
        alice.hits(Key::Enter).await;
        alice.sees("This is not the key of #key.").await;
        alice.is_accessible().await;
        for tries in 2..=3 {
            // The wrong key is selected, so that another one takes its place.
            has_focus(&alice, "#room-key").await;
            alice.until("the whole key to be selected", SELECTED, &[]).await;
            alice.presses("guess").await;
            alice.hits(Key::Enter).await;
            alice.sees(&format!("You have tried {tries} times, and the answer is the same.")).await;
        }
        has_focus(&alice, "#room-key").await;
        alice.until("the whole key to be selected", SELECTED, &[]).await;
        alice.presses("sesame").await;
        alice.hits(Key::Enter).await;
        alice.is_in("#key").await;
        has_focus(&alice, "#composer").await;
    });
}

const SELECTED: &str = "const { selectionStart, selectionEnd, value } = document.activeElement;
    return selectionStart === 0 && selectionEnd === value.length && value !== ''";

#[test]
fn the_focus_goes_on_when_a_room_refuses_somebody() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        bob.send("JOIN #tea");
        bob.sync();
        let alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        alice.say("/join #tea").await;
        alice.is_in("#tea").await;
        bob.send("KICK #tea alice :once\r\nMODE #tea +b *!*@*");
        has_focus(&alice, ".absent button.primary").await;
        alice.hits(Key::Enter).await;
        alice.sees("You are banned from #tea.").await;
        has_focus(&alice, ".absent button.primary").await;
        alice.hits(Key::Enter).await;
        alice.sees("You have tried 2 times, and the answer is the same.").await;
        has_focus(&alice, ".absent button.primary").await;
        bob.send("MODE #tea -b *!*@*");
        bob.sync();
        alice.hits(Key::Enter).await;
        alice.is_in("#tea").await;
        has_focus(&alice, "#composer").await;
        // Whoever is somewhere else stays there.
        alice.clicks("Browse rooms").await;
        has_focus(&alice, "#dialog-focus").await;
        bob.send("KICK #tea alice :again");
        alice.finds_no("#composer").await;
        has_focus(&alice, "#dialog-focus").await;
    });
}

/// Without an account, nobody can be recognised.
#[test]
fn a_guest_who_reloads_a_private_room_is_told_whom_to_ask() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        bob.send("JOIN #tea\r\nMODE #tea +i");
        bob.sync();
        let alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        bob.send("INVITE alice #tea");
        alice.clicks("Join").await;
        alice.is_in("#tea").await;
        alice.say("here I am").await;
        alice.hears("here I am").await;
        alice.reload().await;
        alice.sees("You need a new invitation to #tea.").await;
        alice.sees("without an account the server cannot tell that it is you").await;
        alice.clicks("Ask bob").await;
        bob.until(|line| line.contains(" PRIVMSG bob :Could you invite me to #tea?"));
        alice.is_in("bob").await;
        bob.send("INVITE alice #tea");
        alice.sees("bob invites you to #tea.").await;
        alice.clicks("Join").await;
        alice.is_in("#tea").await;
        alice.say("back").await;
        alice.hears("back").await;
    });
}
