//! What a person writes is their own: nothing is lost, and nothing goes where it was not meant to go.

use std::{thread, time::Duration};

use serde_json::json;

use crate::{
    rig::{Key, Width, together, visit, visit_with},
    support::config_with_http,
};

#[test]
fn lines_are_messages() {
    let toml = config_with_http("[flood]\nburst = 10000\nrate = 1000\n[limits]\nmultiline_lines = 32\n");
    visit_with(&toml, async |browser| {
        let mut bob = browser.person("bob");
        let window = browser.open(Width::Wide).await;
        for (width, nick) in [(Width::Wide, "alice"), (Width::Narrow, "anna")] {
            window.starts_over(width).await;
            window.join_as(nick).await;
            let low = window.run("return document.getElementById('composer').clientHeight", &[]).await;
            window.write("one").await;
            window.presses(&together(&[Key::Shift, Key::Enter])).await;
            window.write("two").await;
            assert_eq!(window.draft().await, "one\ntwo");
            let high = window.run("return document.getElementById('composer').clientHeight", &[]).await;
            assert!(high.as_f64() > low.as_f64(), "the field grows");
            window.hits(Key::Enter).await;
            for text in ["one", "two"] {
                bob.until(|line| line.contains(nick) && line.ends_with(&format!(":{text}")));
            }
            assert_eq!(window.draft().await, "");

            // What fits into one message is sent at once.
            let typed = |lines: &[&str]| lines.join("\u{e008}\u{e007}\u{e000}");
            window.types("#composer", &typed(&["a", "b", "c", "d"])).await;
            window.sees("4 lines, sent as one message").await;
            window.hits(Key::Enter).await;
            bob.until(|line| line.contains(nick) && line.ends_with(":d"));
            assert_eq!(window.draft().await, "");

            // What the server accepts only as several messages is sent after a confirmation.
            let many = [["x"; 32].as_slice(), &["last"]].concat();
            window.types("#composer", &typed(&many)).await;
            window.hits(Key::Enter).await;
            window.sees("You are about to send 33 lines as 2 messages:").await;
            window.clicks("Cancel").await;
            window.sees_no("You are about to send").await;
            assert_eq!(window.draft().await, many.join("\n"));
            window.hits(Key::Enter).await;
            window.clicks("Send as 2 messages").await;
            bob.until(|line| line.contains(nick) && line.ends_with(":last"));
            assert_eq!(window.focus().await, "textarea#composer \"Message #room\"");

            // Two slashes mean one; an unknown command is not sent anywhere.
            window.say("//etc/hosts").await;
            bob.until(|line| line.ends_with("PRIVMSG #room :/etc/hosts"));
            window.say("/paswd hunter2").await;
            window.sees("There is no command paswd.").await;
            window.say("still here").await;
            let heard = bob.until(|line| line.ends_with(":still here"));
            assert!(!heard.iter().any(|line| line.contains("hunter2")), "{heard:?}");

            // Earlier messages can be recalled, and the current draft is not lost.
            window.write("half a thought").await;
            window.hits(Key::Up).await;
            assert_eq!(window.draft().await, "half a thought");
            window.empties("#composer").await;
            window.hits(Key::Up).await;
            assert_eq!(window.draft().await, "still here");
            window.hits(Key::Up).await;
            assert_eq!(window.draft().await, "/paswd hunter2");
            window.hits(Key::Down).await;
            window.hits(Key::Down).await;
            assert_eq!(window.draft().await, "");
        }
    });
}

#[test]
fn a_slash_and_a_tab_complete() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let _roberta = browser.person("roberta");
        let window = browser.open(Width::Wide).await;
        for (width, nick) in [(Width::Wide, "alice"), (Width::Narrow, "anna")] {
            window.starts_over(width).await;
            window.join_as(nick).await;
            window.write("/").await;
            window.finds("[role=listbox]").await;
            let options = window.texts("[role=option]").await;
            assert!(
                options.len() >= 14 && options[0] == "/join <room> [key] Join a room, or open a new one",
                "{options:?}"
            );
            window.write("to").await;
            window.hits(Key::Tab).await;
            assert_eq!(window.draft().await, "/topic ");
            window.finds_no("[role=listbox]").await;
            window.empties("#composer").await;

            window.write("bo").await;
            window.hits(Key::Tab).await;
            assert_eq!(window.draft().await, "bob: ");
            window.write("and ro").await;
            window.hits(Key::Tab).await;
            assert_eq!(window.draft().await, "bob: and roberta ");
            window.hits(Key::Enter).await;
            bob.until(|line| line.contains(nick) && line.contains(":bob: and roberta"));

            window.write("/me w").await;
            window.finds_no("[role=listbox]").await;
            window.write("aves").await;
            window.hits(Key::Enter).await;
            bob.until(|line| line.ends_with(":\x01ACTION waves\x01"));

            // Esc closes the list and keeps the text.
            window.write("/j").await;
            window.finds("[role=listbox]").await;
            window.hits(Key::Escape).await;
            window.finds_no("[role=listbox]").await;
            assert_eq!(window.draft().await, "/j");
        }
    });
}

#[test]
fn a_completion_can_be_undone() {
    visit(async |browser| {
        let _bob = browser.person("bob");
        let alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        alice.write("😀 hello bo").await;
        alice.hits(Key::Tab).await;
        assert_eq!(alice.draft().await, "😀 hello bob ");
        alice.undoes().await;
        assert_eq!(alice.draft().await, "😀 hello bo");
        alice.hits(Key::Tab).await;
        assert_eq!(alice.draft().await, "😀 hello bob ");
    });
}

#[test]
fn a_file_is_refused_and_nobody_leaves() {
    visit(async |browser| {
        let alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        alice.write("a picture: ").await;
        // Whether the page handled the drop; otherwise the browser would open the file in its place.
        let drop = "const data = new DataTransfer();
            if (arguments[1]) data.items.add(new File(['x'], 'x.png', { type: 'image/png' }));
            if (arguments[2]) data.setData('text/plain', arguments[2]);
            const event = new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
            return !document.querySelector(arguments[0]).dispatchEvent(event)";
        let paste = "const data = new DataTransfer();
            if (arguments[0]) data.items.add(new File(['x'], 'x.png', { type: 'image/png' }));
            if (arguments[1]) data.setData('text/plain', arguments[1]);
            const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
            return !document.querySelector('#composer').dispatchEvent(event)";
        let refusal = "Pictures and other files cannot be sent yet.";
        for place in ["#log", "#composer", "nav"] {
            let is_taken = alice.run(drop, &[json!(place), json!(true), json!("")]).await;
            assert_eq!(is_taken, json!(true), "{place}");
            alice.sees(refusal).await;
            alice.clicks("Dismiss").await;
            alice.sees_no(refusal).await;
        }
        assert_eq!(alice.run(paste, &[json!(true), json!("")]).await, json!(true));
        alice.sees(refusal).await;
        alice.clicks("Dismiss").await;
        alice.sees_no(refusal).await;
        // In a field, the browser handles text, even if a picture comes with it; elsewhere nobody does.
        assert_eq!(alice.run(paste, &[json!(true), json!("words")]).await, json!(false));
        assert_eq!(alice.run(paste, &[json!(false), json!("words")]).await, json!(false));
        assert_eq!(alice.run(drop, &[json!("#composer"), json!(false), json!("words")]).await, json!(false));
        assert_eq!(alice.run(drop, &[json!("#log"), json!(false), json!("words")]).await, json!(true));
        alice.next_frames().await;
        alice.sees_no(refusal).await;
        assert_eq!(alice.draft().await, "a picture: ");
    });
}

#[test]
fn what_is_still_going_out_can_be_cancelled() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        let lines: Vec<String> = (1..=40).map(|number| format!("line {number}")).collect();
        alice.pours(&lines).await;
        alice.sees("Waits for its turn").await;
        alice.clicks("Cancel all").await;
        alice.finds_no(".pending").await;
        alice.say("enough").await;
        let heard = bob.until(|line| line.ends_with(":enough"));
        assert!(!heard.iter().any(|line| line.ends_with(":line 40")), "{heard:?}");
    });
}

#[test]
fn drafts_stay_with_their_rooms() {
    visit(async |browser| {
        let window = browser.open(Width::Wide).await;
        for (width, nick) in [(Width::Wide, "alice"), (Width::Narrow, "anna")] {
            window.starts_over(width).await;
            window.join_as(nick).await;
            window.say("/join #tea").await;
            window.is_in("#tea").await;
            window.write("about tea").await;
            window.enter("#room").await;
            assert_eq!(window.draft().await, "");
            window.write("about rooms").await;
            window.enter("#tea").await;
            window
                .until("the draft", "return document.getElementById('composer').value === 'about tea'", &[])
                .await;
            let kept = "return Object.entries(localStorage).filter(([key, value]) => key.includes('draft')
                && ['about tea', 'about rooms'].includes(value)).length === 2";
            window.until("both drafts kept", kept, &[]).await;
            window.reload().await;
            window
                .until("the draft", "return document.getElementById('composer')?.value === 'about tea'", &[])
                .await;
            window.enter("#room").await;
            window
                .until("the draft", "return document.getElementById('composer').value === 'about rooms'", &[])
                .await;
        }
    });
}

#[test]
fn every_command_does_what_it_says() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        alice.say("/join #tea").await;
        alice.is_in("#tea").await;
        alice.say("/topic all about tea").await;
        alice.hears("alice set the topic: all about tea").await;
        alice.say("/invite bob").await;
        bob.until(|line| line.ends_with("INVITE bob #tea") || line.ends_with("INVITE bob :#tea"));
        alice.sees("bob was invited to #tea.").await;
        bob.send("JOIN #tea");
        alice.hears("bob joined").await;
        alice.say("/kick bob enough tea").await;
        bob.until(|line| line.contains("KICK #tea bob") && line.ends_with("enough tea"));
        alice.hears("bob was removed by alice (enough tea)").await;
        alice.say("/me pours").await;
        bob.send("JOIN #tea");
        alice.hears("pours").await;
        alice.say("/away back soon").await;
        alice.sees("You are marked as away.").await;
        alice.sees("You are alice (away)").await;
        alice.say("/back").await;
        alice.sees("You are no longer marked as away.").await;
        alice.say("/msg bob just you").await;
        bob.until(|line| line.ends_with("PRIVMSG bob :just you"));
        alice.is_in("bob").await;
        alice.say("/close").await;
        alice.sees("You closed the conversation with bob.").await;
        alice.say("/whois bob").await;
        alice.finds("[role=dialog]").await;
        alice.hits(Key::Escape).await;
        alice.finds_no("[role=dialog]").await;
        alice.say("/help").await;
        alice.sees("Type them where you write messages.").await;
        alice.hits(Key::Escape).await;
        alice.say("/list").await;
        alice.sees("Find a room by its name or topic, or name a new one").await;
        alice.hits(Key::Escape).await;
        alice.say("/nick alicia").await;
        alice.sees("You are called alicia now.").await;
        alice.enter("#tea").await;
        alice.say("/leave had enough").await;
        bob.until(|line| line.starts_with(":alicia!") && line.ends_with("PART #tea :had enough"));
        alice.is_in("#room").await;
        alice.say("/quit good night").await;
        bob.until(|line| {
            line.starts_with(":alicia!") && line.contains("QUIT") && line.contains("good night")
        });
        alice.sees("You are disconnected.").await;
        alice.clicks("Connect").await;
        alice.sees_no("You are disconnected.").await;
    });
}

#[test]
fn no_letter_is_lost_while_messages_pour_in() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let window = browser.open(Width::Wide).await;
        for (width, nick) in [(Width::Wide, "alice"), (Width::Narrow, "anna")] {
            window.starts_over(width).await;
            window.join_as(nick).await;
            let mut pouring = bob.twin();
            let flood = thread::spawn(move || {
                for number in 0..100 {
                    pouring.send(&format!("PRIVMSG #room :message {number} of those that pour in"));
                    thread::sleep(Duration::from_millis(20));
                }
            });
            let text: String = ('a'..='z').chain('0'..='9').cycle().take(200).collect();
            for at in (0..200).step_by(20) {
                window.presses(&text[at..at + 20]).await;
            }
            assert_eq!(window.draft().await, text, "{width:?}");
            window.hits(Key::Enter).await;
            bob.until(|line| line.contains(nick) && line.ends_with(&text));
            flood.join().unwrap();
            window.hears("message 99 of").await;
        }
    });
}

#[test]
fn what_is_typed_while_another_room_opens_belongs_there() {
    visit(async |browser| {
        let alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        alice.say("/join #tea").await;
        alice.is_in("#tea").await;
        alice.write("for tea").await;
        // A click and then letters, all before anything is drawn.
        let hurry = "const links = [...document.querySelectorAll('.room-link')];
            links.find(link => link.textContent.startsWith(arguments[0])).click();
            document.getElementById('composer').focus();
            document.execCommand('insertText', false, arguments[1]);";
        alice.run(hurry, &["#room".into(), "hel".into()]).await;
        alice.write("lo").await;
        alice.is_in("#room").await;
        assert_eq!(alice.draft().await, "hello");
        alice.run(hurry, &["#tea".into(), " and cake".into()]).await;
        alice.is_in("#tea").await;
        alice
            .until(
                "the draft",
                "return document.getElementById('composer').value === 'for tea and cake'",
                &[],
            )
            .await;
        alice.hits(Key::Enter).await;
        alice.hears("for tea and cake").await;
        alice.enter("#room").await;
        alice.until("the draft", "return document.getElementById('composer').value === 'hello'", &[]).await;
    });
}
