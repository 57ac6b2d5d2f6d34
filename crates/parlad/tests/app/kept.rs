//! Whatever the app accepted from a person is still there after the page was left, at any moment.

use crate::rig::{Browser, Width, Window, visit};

/// The server's history of the room by this nick.
fn told(browser: &Browser, nick: &str) -> Vec<String> {
    let mut reader = browser.person_with("reader", "batch message-tags server-time draft/chathistory");
    reader.send("CHATHISTORY LATEST #room * 100");
    let lines = reader.until(|line| line.contains(" BATCH -"));
    let heard = lines.iter().filter_map(|line| crate::support::client::ReceivedMessage::parse(line));
    heard.filter(|heard| heard.sender == nick).map(|heard| heard.text).collect()
}

/// Waits until everything that was written has arrived, as far as the page knows.
async fn is_through(window: &Window) {
    let none = "return document.querySelector('#composer') && !document.querySelector('.row.pending')
        && !Object.keys(localStorage).some((key) => key.includes('record out'))";
    window.until("nothing waits any more", none, &[]).await;
}

/// Many messages are sent at a pace that servers accept, and the page is reloaded again and again meanwhile.
#[test]
fn what_waits_for_its_turn_survives_reloads() {
    visit(async |browser| {
        let alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        let lines: Vec<String> = (1..=24).map(|number| format!("line {number}")).collect();
        alice.pours(&lines).await;
        for _ in 0..4 {
            alice.reload().await;
            alice.finds("#composer").await;
        }
        is_through(&alice).await;
        assert_eq!(told(browser, "alice"), lines);
    });
}

#[test]
fn what_is_written_without_a_connection_survives_a_reload() {
    visit(async |browser| {
        let alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        alice.say("before").await;
        is_through(&alice).await;
        browser.kill_server();
        alice.sees("The connection is lost.").await;
        alice.say("in the dark").await;
        alice.say("/msg bob for you alone").await;
        browser.start_server();
        let mut bob = browser.person("bob");
        alice.reload().await;
        bob.until(|line| line.contains("PRIVMSG bob") && line.ends_with(":for you alone"));
        is_through(&alice).await;
        assert_eq!(told(browser, "alice"), ["before", "in the dark"]);
    });
}

/// A change is stored at the moment the page learns of it.
#[test]
fn a_draft_is_kept_with_each_change() {
    visit(async |browser| {
        let alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        let write_and_leave =
            "const composer = document.querySelector('#composer'); composer.value = 'half a thought';
            composer.dispatchEvent(new Event('input', { bubbles: true })); location.reload()";
        alice.run(write_and_leave, &[]).await;
        let there = "return document.querySelector('#composer')?.value === 'half a thought'";
        alice.until("the draft", there, &[]).await;
    });
}

/// Browsers write their storage to disk only after some seconds, and so they do with what they recovered
/// after a crash.
#[test]
fn what_survived_a_crash_survives_another_one() {
    visit(async |browser| {
        let mut alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        alice.say("before the crash").await;
        is_through(&alice).await;
        for (hours, text) in [(1, "after one crash"), (2, "after two crashes")] {
            alice = browser.crashes(alice).await;
            let later = format!("const now = Date.now; Date.now = () => now() + {hours} * 3_600_000");
            alice.begins_with(&later).await;
            alice.visit(&browser.address("/")).await;
            alice.finds("#composer").await;
            alice.hears("before the crash").await;
            // A browser that is killed may not have written yet that a draft was sent; what it had is a draft again.
            alice.empties("#composer").await;
            alice.say(text).await;
            is_through(&alice).await;
        }
        assert_eq!(told(browser, "alice"), ["before the crash", "after one crash", "after two crashes"]);
    });
}

/// If the browser cannot store anything, the app is only less safe than usual.
#[test]
fn a_browser_without_room_is_said_once_and_what_is_written_goes_out() {
    visit(async |browser| {
        let alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        alice.say("before").await;
        is_through(&alice).await;
        let fill = "for (let size = 1 << 20; size > 0; size >>= 1) {
            try { for (let n = 0; ; n += 1) { localStorage.setItem(`filler ${size} ${n}`, 'x'.repeat(size)); } } catch {}
        }";
        alice.run(fill, &[]).await;
        for words in ["one that is long enough", "another one that is long enough"] {
            alice.say(words).await;
        }
        alice.sees("What you write cannot be saved in this browser.").await;
        is_through(&alice).await;
        assert_eq!(
            told(browser, "alice"),
            ["before", "one that is long enough", "another one that is long enough"]
        );
        let count = "return document.body.innerText.split('cannot be saved in this browser').length === 2";
        alice.until("it once", count, &[]).await;
    });
}

/// A server without accounts stores no direct messages, so the page does; unread ones stay unread.
#[test]
fn direct_messages_are_there_after_a_reload() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        alice.say("/msg bob hello bob").await;
        bob.until(|line| line.ends_with(":hello bob"));
        bob.send("PRIVMSG alice :hello alice");
        alice.hears("hello alice").await;
        alice.enter("#room").await;
        let mut carol = browser.person("carol");
        carol.send("PRIVMSG alice :psst");
        alice.finds_noted("carol", "1 direct message").await;
        alice.reload().await;
        alice.finds_noted("carol", "1 direct message").await;
        alice.enter("bob").await;
        alice.hears("hello bob").await;
        alice.hears("hello alice").await;
        alice.enter("carol").await;
        alice.hears("psst").await;
    });
}
