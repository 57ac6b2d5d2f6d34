//! Moderating a room without knowing the protocol: its settings, who is kept out, and who may do what.

use serde_json::json;

use crate::{
    rig::{Browser, Forger, Key, Width, Window, visit},
    support::Client,
};

/// Turns a setting on or off.
async fn ticks(window: &Window, setting: &str) {
    window.clicks(setting).await;
}

/// Waits until this setting's checkbox has the wanted state.
async fn is_ticked(window: &Window, setting: &str, wanted: bool) {
    let script = "const labels = [...document.querySelectorAll('[role=dialog] label')];
        const label = labels.find(label => label.textContent.trim() === arguments[0]);
        return label?.control?.checked === arguments[1]";
    window.until(&format!("`{setting}` to be {wanted}"), script, &[json!(setting), json!(wanted)]).await;
}

/// Replaces the text in the field with this label.
async fn fills(window: &Window, label: &str, text: &str) {
    let script = "const label = [...document.querySelectorAll('[role=dialog] label')].find(label => label.textContent === arguments[0]);
        return label?.htmlFor ?? null";
    let field = window.eventually(label, async || {
        Some(format!("#{}", window.run(script, &[json!(label)]).await.as_str()?))
    });
    let field = field.await;
    window.empties(&field).await;
    window.types(&field, text).await;
}

/// The server's answer to somebody who tries to enter.
fn knocks(bob: &mut Client, room: &str, key: &str) -> String {
    bob.send(&format!("JOIN {room} {key}"));
    let answers = |line: &str| line.contains(room) && (line.contains(" JOIN ") || line.contains(" 47"));
    bob.until(answers).pop().unwrap()
}

#[test]
fn a_room_is_set_up_in_words() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let window = browser.open(Width::Wide).await;
        for (width, nick, room) in [(Width::Wide, "alice", "#tea"), (Width::Narrow, "anna", "#chess")] {
            window.starts_over(width).await;
            window.join_as(nick).await;
            window.say(&format!("/join {room}")).await;
            window.is_in(room).await;
            window.sees("No messages yet. Say hello.").await;

            window.clicks("Settings of the room").await;
            is_ticked(&window, "Only people who were invited", false).await;
            is_ticked(&window, "Only operators can set the topic", true).await;
            ticks(&window, "Only people who were invited").await;
            ticks(&window, "Only operators can set the topic").await;
            fills(&window, "Only with this key", "sesame").await;
            window.clicks("Save").await;
            window.finds_no("[role=dialog]").await;
            window.hears("turned on “Only people who were invited”").await;
            window.hears("turned off “Only operators can set the topic”").await;
            window.hears("set “Only with this key” to sesame").await;
            assert!(knocks(&mut bob, room, "sesame").contains(" 473 "));

            window.clicks("Settings of the room").await;
            is_ticked(&window, "Only people who were invited", true).await;
            is_ticked(&window, "Only operators can set the topic", false).await;
            ticks(&window, "Only people who were invited").await;
            window.clicks("Save").await;
            window.hears("turned off “Only people who were invited”").await;
            assert!(knocks(&mut bob, room, "").contains(" 475 "));
            assert!(knocks(&mut bob, room, "sesame").contains(" JOIN "));

            // Without a rank, people see the settings, and may do what everyone may.
            bob.send(&format!("PART {room}\r\nPRIVMSG {nick} :gone"));
            window.hears("bob came and left").await;
            window.say(&format!("/join {room}2")).await;
            window.is_in(&format!("{room}2")).await;
            bob.send(&format!("JOIN {room}3\r\nMODE {room}3 -t+il 20\r\nINVITE {nick} {room}3"));
            window.sees(&format!("bob invites you to {room}3.")).await;
            window.clicks("Join").await;
            window.is_in(&format!("{room}3")).await;
            window.sees("Add a topic").await;
            window.clicks("Settings of the room").await;
            window.sees("At most this many people: 20").await;
            window.sees("Only people who were invited").await;
            assert_eq!(window.texts("[role=dialog] input").await, [""; 0]);
            window.hits(Key::Escape).await;
            window.finds_no("[role=dialog]").await;
            bob.send(&format!("PART {room}3"));
        }
    });
}

#[test]
fn a_ban_is_made_and_lifted_in_words() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let window = browser.open(Width::Wide).await;
        for (width, nick, room) in [(Width::Wide, "alice", "#tea"), (Width::Narrow, "anna", "#chess")] {
            window.starts_over(width).await;
            window.join_as(nick).await;
            window.say(&format!("/join {room}")).await;
            window.is_in(room).await;
            assert!(knocks(&mut bob, room, "").contains(" JOIN "));
            window.hears("bob joined").await;

            window.picks("bob").await;
            window.clicks("Make operator").await;
            window.sees(&format!("Operator of {room}")).await;
            window.clicks("No longer operator").await;
            window.sees("Make operator").await;
            window.clicks("Ban…").await;
            window.types("#kick-reason", "no dice here").await;
            window.clicks(&format!("Ban from {room}")).await;
            bob.until(|line| line.contains(" KICK ") && line.ends_with(":no dice here"));
            window.hears("added to the list “Banned”: bob").await;
            assert!(knocks(&mut bob, room, "").contains(" 474 "));

            window.finds_no("[role=dialog]").await;
            window
                .run(
                    "document.querySelector('.side-members') && document.querySelector('.scrim').click()",
                    &[],
                )
                .await;
            window.clicks("Settings of the room").await;
            window.sees(&format!("by {nick}")).await;
            window.clicks("Remove from “Banned”: bob").await;
            window.finds_no(".masks li").await;
            assert!(knocks(&mut bob, room, "").contains(" JOIN "));

            // By name or by address, from the list.
            fills(&window, "Name or address", "dave").await;
            window.clicks("Add").await;
            window.sees("dave").await;
            fills(&window, "Name or address", "bad.example").await;
            window
                .run(
                    "const by = document.getElementById('mask-by'); by.value = 'host';
                by.dispatchEvent(new Event('change', { bubbles: true }))",
                    &[],
                )
                .await;
            window.clicks("Add").await;
            window.sees("Everyone from bad.example").await;
            window.hits(Key::Escape).await;
            window.finds_no("[role=dialog]").await;
            bob.send(&format!("PART {room}"));
        }
    });
}

#[test]
fn who_is_away_or_a_bot_is_seen() {
    visit(async |browser: &Browser| {
        let mut bob = browser.person("bob");
        let alice = browser.open(Width::Wide).await;
        bob.send("AWAY :gone fishing");
        bob.sync();
        alice.join_as("alice").await;
        // Somebody who was away before the person came is shown as away now.
        alice
            .until(
                "bob to be away",
                "return document.querySelector('#member-bob')?.innerText.includes('away')",
                &[],
            )
            .await;
        alice.say("/msg bob any fish?").await;
        alice.is_in("bob").await;
        alice.sees("Away: gone fishing").await;
        bob.send("AWAY");
        alice.sees_no("Away: gone fishing").await;

        let forger = Forger::start(browser.http());
        let carol = browser.open_elsewhere(Width::Wide, forger.address()).await;
        carol.finds("#name").await;
        carol.presses("carol").await;
        carol.hits(Key::Enter).await;
        let mut peer = forger.lets_in();
        peer.answers("005", "BOT=B :are supported");
        peer.seats_in("#room");
        peer.answers("324", "#room +nt");
        peer.until("WHO #room");
        peer.answers("352", "#room b host s bob HB@ :0 Bob");
        peer.answers("315", "#room :End");
        peer.says("@bot :bob!b@host PRIVMSG #room :beep");
        carol.hears("beep").await;
        assert_eq!(carol.texts(".member .bot, .nick .bot").await, ["bot", "bot"]);
        carol.picks("bob").await;
        peer.until("WHOIS bob");
        peer.answers("311", "bob b host * :Bob");
        peer.answers("335", "bob :is a bot");
        peer.answers("318", "bob :End");
        carol.sees("A bot: a program, not a person").await;
    });
}

#[test]
fn axe_finds_nothing_wrong_with_moderation() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let window = browser.open(Width::Wide).await;
        window.join_as("alice").await;
        window.say("/join #tea").await;
        window.is_in("#tea").await;
        bob.send("JOIN #tea\r\nAWAY :lunch\r\nJOIN #chess\r\nINVITE alice #chess");
        window.hears("bob joined").await;
        window.sees("bob invites you to #chess.").await;
        for scheme in ["light", "dark"] {
            window.prefers("prefers-color-scheme", scheme).await;
            for width in [Width::Wide, Width::Narrow] {
                window.resize(width).await;
                window.sees("bob invites you to #chess.").await;
                window.is_accessible().await;
                window.clicks("Settings of the room").await;
                window.sees("Who may enter").await;
                window.sees("Nobody.").await;
                window.is_accessible().await;
                window.hits(Key::Escape).await;
                window.finds_no("[role=dialog]").await;
                window.picks("bob").await;
                window.clicks("Ban…").await;
                window.sees("Remove from the room, too").await;
                window.is_accessible().await;
                window.hits(Key::Escape).await;
                window.finds_no("[role=dialog]").await;
                window.hits(Key::Escape).await;
            }
        }
    });
}
