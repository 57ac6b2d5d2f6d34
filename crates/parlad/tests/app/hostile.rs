//! Malicious servers and people: the app stays usable, and its layout stays intact.

use serde_json::json;

use crate::rig::{Browser, Forger, Key, Peer, Width, Window, visit};

/// A window that a forger has brought into `#room`.
async fn lured(browser: &Browser, forger: &Forger) -> (Window, Peer) {
    let alice = browser.open_elsewhere(Width::Wide, forger.address()).await;
    alice.finds("#name").await;
    alice.presses("alice").await;
    alice.hits(Key::Enter).await;
    let mut peer = forger.lets_in();
    peer.seats_in("#room");
    alice.finds("#composer").await;
    (alice, peer)
}

async fn is_in_one_piece(window: &Window) {
    for width in [Width::Wide, Width::Narrow] {
        window.resize(width).await;
        window.next_frames().await;
        let wide = "return [document.scrollingElement.scrollWidth - innerWidth,
            ...[...document.querySelectorAll('.log, .rooms-scroll, .members-scroll')].map(part => part.scrollWidth - part.clientWidth)]
            .every(excess => excess <= 0)";
        assert_eq!(window.run(wide, &[]).await, json!(true), "something is too wide for {width:?}");
        window.finds("#composer").await;
    }
    window.resize(Width::Wide).await;
}

#[test]
fn a_server_that_forges_breaks_nothing() {
    visit(async |browser| {
        let forger = Forger::start(browser.http());
        let (alice, mut peer) = lured(browser, &forger).await;
        let long = "x".repeat(10_000);
        for line in [
            // Empty, endless and meaningless lines.
            String::new(),
            ":".to_owned(),
            "@;;;=;= :: :::".to_owned(),
            format!("@{} PRIVMSG", "a=b;".repeat(2_000)),
            format!(":bob PRIVMSG #room :{}", "y".repeat(100_000)),
            "\0\0\0".to_owned(),
            ":irc.example.net 999999 alice :what".to_owned(),
            ":irc.example.net 353".to_owned(),
            "BATCH".to_owned(),
            // Names that are endless or written from right to left.
            format!(":{long}!u@h JOIN #room"),
            format!(":{long}!u@h PRIVMSG #room :from someone with a long name"),
            ":\u{202e}ecila!u@h PRIVMSG #room :from someone who is turned around".to_owned(),
            ":مرحبا!u@h PRIVMSG #room :from right to left (ok) 123".to_owned(),
            format!(":bob!u@h JOIN #{long}"),
            format!(":bob!u@h INVITE alice #{long}"),
            format!(":bob!u@h TOPIC #room :{}", "topic ".repeat(1_000)),
            format!(":bob!u@h NICK {long}"),
            // Messages in somebody else's name, and for somebody else.
            ":alice!u@h PRIVMSG #room :that is not what alice said".to_owned(),
            ":irc.example.net PRIVMSG alice :from the server".to_owned(),
            ":carol!u@h PRIVMSG dave :for someone else".to_owned(),
            ":dave!u@h KICK #room nobody :out".to_owned(),
            // Links that seem to lead elsewhere.
            ":bob!u@h PRIVMSG #room :https://bank.example\u{202e}/moc.live\u{202c} https://\u{200b}x.example/ https://ex\u{ad}ample.org".to_owned(),
            ":bob!u@h PRIVMSG #room :JaVaScRiPt:alert(1) https:javascript:alert(1) http://a\tb \u{1}VERSION\u{1}".to_owned(),
            ":bob!u@h PRIVMSG #room :the last of it".to_owned(),
        ] {
            peer.says(&line);
        }
        alice.hears("the last of it").await;
        is_in_one_piece(&alice).await;
        let text = alice.text().await;
        assert!(!text.contains('\u{202e}'), "nothing is turned around");
        assert!(!text.contains(&"x".repeat(70)), "no name is longer than a line");
        let links =
            "return [...document.querySelectorAll('.body a')].every(link => /^https?:$/.test(link.protocol))";
        assert_eq!(alice.run(links, &[]).await, json!(true));

        // The app can still be used to talk.
        alice.say("is anyone there?").await;
        assert_eq!(peer.until("PRIVMSG"), "PRIVMSG #room :is anyone there?");
        let foreign = "return performance.getEntriesByType('resource').map(entry => entry.name)
            .filter(name => !name.startsWith(location.origin))";
        assert_eq!(alice.run(foreign, &[]).await, json!([]));
    });
}

/// Types a letter into what has the focus, and returns the milliseconds until its effect was drawn.
async fn key_to_frame(window: &Window, letter: &str) -> f64 {
    let script = "window.took = null;
        const field = document.activeElement;
        field.addEventListener('input', () => {
            const from = performance.now();
            requestAnimationFrame(() => {
                const behind = new MessageChannel();
                behind.port1.onmessage = () => { window.took = performance.now() - from; };
                behind.port2.postMessage(null);
            });
        }, { once: true, capture: true })";
    window.run(script, &[]).await;
    window.presses(letter).await;
    window.eventually("a frame", async || window.run("return window.took", &[]).await.as_f64()).await
}

#[test]
fn twenty_thousand_rooms_are_searched_as_one_types() {
    visit(async |browser| {
        let forger = Forger::start(browser.http());
        let (alice, mut peer) = lured(browser, &forger).await;
        alice.clicks("Browse rooms").await;
        peer.until("LIST");
        let rooms = (0..20_000).map(|n| {
            peer.numeric("322", &format!("#room-{n:05} {} :topic of the room {n}, and more", n % 977))
        });
        let rooms: Vec<String> = rooms.collect();
        peer.says_all(rooms);
        peer.answers("323", ":End of LIST");
        alice.sees("20000 rooms").await;
        let drawn = alice.run("return document.querySelectorAll('.room-line').length", &[]).await;
        assert!(drawn.as_u64().unwrap() < 100, "{drawn} rows are in the page");
        let mut worst: f64 = 0.0;
        for letter in ["r", "o", "o", "m", " ", "1", "2", "3", "4"] {
            let took = key_to_frame(&alice, letter).await;
            println!("`{letter}`: {took:.1} ms from the key to the frame");
            worst = worst.max(took);
        }
        alice.sees("11 rooms").await;
        println!("the longest of 9 keys took {worst:.1} ms among 20,000 rooms");
        // The limit is generous, for a machine with other load.
        assert!(worst < 200.0, "{worst} ms for a key");
        alice.hits(Key::Escape).await;
        alice.finds_no("[role=dialog]").await;
    });
}
