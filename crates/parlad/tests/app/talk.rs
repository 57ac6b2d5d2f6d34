//! Two people talk: which messages arrive, which are new, and how they are shown.

use serde_json::json;

use crate::rig::{Key, Width, visit};

#[test]
fn two_people_talk() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let window = browser.open(Width::Wide).await;
        for (width, nick, room) in [(Width::Wide, "alice", "#tea"), (Width::Narrow, "anna", "#garden")] {
            window.starts_over(width).await;
            window.join_as(nick).await;
            window.say(&format!("/join {room}")).await;
            window.is_in(room).await;
            window.sees("No messages yet. Say hello.").await;
            bob.send(&format!("JOIN {room}"));
            window.hears("bob joined").await;

            window.say("hello bob").await;
            bob.until(|line| line.ends_with(&format!("PRIVMSG {room} :hello bob")));
            for text in ["hi", "how are you?", "I am well"] {
                bob.send(&format!("PRIVMSG {room} :{text}"));
                window.hears(text).await;
            }
            window.finds_no(".pending").await;
            assert_eq!(window.texts(".row .nick").await, [nick, "bob"], "a person is named once");
            assert_eq!(window.texts(".day").await, ["Today"]);
            let colours = "return [...document.querySelectorAll('.nick bdi')].map(nick => getComputedStyle(nick).color)";
            let colours = window.run(colours, &[]).await;
            assert_ne!(colours[0], colours[1], "each has a colour");

            for line in [&format!("JOIN {room}"), &format!("PART {room}"), &format!("JOIN {room}")] {
                bob.sync();
                bob.send(line.replacen("JOIN", "PART", 1).as_str());
                bob.send(line);
            }
            bob.send(&format!("JOIN {room}"));
            window.hears("bob left and came back").await;
            bob.send(&format!("PRIVMSG {room} :so much for that"));
            window.hears("so much for that").await;
            let before = window.rows().await.len();
            window.clicks("bob left and came back").await;
            window
                .until("each of them", "return document.querySelectorAll('.run-rows li').length >= 4", &[])
                .await;
            assert_eq!(window.rows().await.len(), before);
            bob.send(&format!("PART {room}"));
        }
    });
}

#[test]
fn what_is_new_is_marked_and_counted() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let window = browser.open(Width::Wide).await;
        for (width, nick, room) in [(Width::Wide, "alice", "#tea"), (Width::Narrow, "anna", "#garden")] {
            window.starts_over(width).await;
            window.join_as(nick).await;
            window.say(&format!("/join {room}")).await;
            window.is_in(room).await;
            window.sees("No messages yet. Say hello.").await;
            bob.send(&format!("JOIN {room}"));
            bob.send(&format!("PRIVMSG {room} :the kettle is on"));
            window.hears("the kettle is on").await;
            window.enter("#room").await;

            bob.send(&format!("PRIVMSG {room} :anyone?"));
            window.opens_the_list().await;
            window.finds_noted(room, "1 new").await;
            window.finds_no(".room-row .badge").await;
            bob.send(&format!("PRIVMSG {room} :{nick}: tea is ready"));
            window.finds_noted(room, "1 mention, 2 new").await;
            bob.send(&format!("PRIVMSG {nick} :psst"));
            window.finds_noted("bob", "1 direct message").await;
            assert_eq!(window.texts(".room-row .badge").await, ["1", "1"]);
            window.until("the title", "return document.title === '(2) #room – parla'", &[]).await;

            window.enter(room).await;
            window.hears("tea is ready").await;
            let mention = window.texts(".row.mention").await;
            assert!(mention.len() == 1 && mention[0].contains("tea is ready"), "{mention:?}");
            assert_eq!(window.texts(".row.mention .named").await, [nick]);
            let divider = window.texts(".new").await;
            assert!(divider.len() == 1 && divider[0].starts_with("New"), "{divider:?}");
            let first_new =
                "return document.querySelector('.new').nextElementSibling.innerText.includes('anyone?')";
            assert_eq!(window.run(first_new, &[]).await, json!(true), "the line is above what is new");
            window.finds_noted(room, "").await;
            // It stays until the person has said something, or leaves.
            window.say("coming").await;
            window.finds_no(".new").await;

            window.enter("bob").await;
            window.hears("psst").await;
            window.is_in("bob").await;
            window.say("yes?").await;
            bob.until(|line| line.ends_with("PRIVMSG bob :yes?"));
            bob.send(&format!("PART {room}"));
        }
    });
}

#[test]
fn text_is_text_and_nothing_else() {
    visit(async |browser| {
        let mut mallory = browser.person("mallory");
        let alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        for text in [
            "<img src=x onerror=alert(1)> <script>alert(2)</script> &lt;b&gt; <a href='javascript:alert(3)'>x</a>",
            "javascript:alert(4) data:text/html,<script>alert(5)</script> vbscript:x file:///etc/passwd",
            "bell \x07, escape \x1b[31m, delete \x7f, tab\tend",
            "\x02bold\x02 \x1ditalic\x1d \x1funder\x1f \x1estruck\x1e \x11mono\x11 \x0304red\x03 \x16turned\x16 plain",
            "see https://example.org/a?b=c. and #tea",
            "https://good.example@evil.example/x",
            "https://раypal.com/login",
            "http://user:secret@127.0.0.1:1/",
            "\u{202e}txet desrever\u{202c} and on, with שלום עולם (hi) 123",
            "end of it",
        ] {
            mallory.send(&format!("PRIVMSG #room :{text}"));
        }
        alice.hears("end of it").await;
        alice.sees("<img src=x onerror=alert(1)> <script>alert(2)</script> &lt;b&gt;").await;
        assert_eq!(alice.texts(".body img, .body script, .body iframe").await, [""; 0]);
        for (look, text) in [
            (".bold", "bold"),
            (".italic", "italic"),
            (".underline", "under"),
            (".struck", "struck"),
            (".body code", "mono"),
            (".body [style*=color]:not([style*=background])", "red"),
            (".body [style*=background]", "turned"),
        ] {
            assert_eq!(alice.texts(look).await, [text], "{look}");
        }

        let links = "return [...document.querySelectorAll('.body a')].map(link =>
            [link.innerText, link.href, link.rel, link.target, link.parentElement.querySelector('.real-host')?.innerText.trim() ?? ''])";
        let safe = ["noopener noreferrer", "_blank"];
        let expected = [
            ["https://example.org/a?b=c", "https://example.org/a?b=c", ""],
            ["https://good.example@evil.example/x", "https://evil.example/x", "(evil.example)"],
            ["https://раypal.com/login", "https://xn--ypal-43d9g.com/login", "(xn--ypal-43d9g.com)"],
            ["http://user:secret@127.0.0.1:1/", "http://127.0.0.1:1/", "(127.0.0.1)"],
        ];
        let expected = expected.map(|[text, href, host]| [text, href, safe[0], safe[1], host]);
        assert_eq!(alice.run(links, &[]).await, json!(expected));
        assert_eq!(alice.texts(".body button.link").await, ["#tea"]);

        // Each text and each name has its own direction.
        let isolated =
            "return [...document.querySelectorAll('.row .body, .row .nick bdi, .room-name bdi')].every(
            text => getComputedStyle(text).unicodeBidi.includes('isolate'))";
        assert_eq!(alice.run(isolated, &[]).await, json!(true));
        assert!(!alice.text().await.contains('\u{202e}'), "nothing is turned around");

        // Only the server was asked for anything, and nothing was executed.
        let foreign = "return performance.getEntriesByType('resource').map(entry => entry.name)
            .filter(name => !name.startsWith(location.origin))";
        assert_eq!(alice.run(foreign, &[]).await, json!([]));
        alice.hits(Key::Escape).await;
    });
}
