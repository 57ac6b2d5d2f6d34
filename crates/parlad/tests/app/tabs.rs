//! Several tabs of one browser are one person: they show the same, none undoes what another does, and when
//! the tab with the connection goes, another takes over.

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use crate::{
    rig::{Browser, Key, Width, Window, visit},
    support::Client,
};

/// Nobody ever saw a second alice: those who watch the room only read this name.
fn was_one_person(bob: &mut Client) {
    let lines = bob.sync();
    let other = lines.iter().find(|line| line.contains("alice_") || line.contains("alice1"));
    assert_eq!(other, None, "a tab was another person");
    bob.send("NAMES #room");
    let names = bob.until(|line| line.contains(" 366 "));
    let names: String = names.into_iter().filter(|line| line.contains(" 353 ")).collect();
    assert_eq!(names.matches("alice").count(), 1, "{names}");
}

/// Alice's messages in `#room`, as the server has them.
fn said(browser: &Browser) -> Vec<String> {
    said_by(browser, |nick| nick == "alice")
}

fn said_by(browser: &Browser, is_sender: impl Fn(&str) -> bool) -> Vec<String> {
    let mut reader = browser.person_with("reader", "batch message-tags server-time draft/chathistory");
    reader.send("CHATHISTORY LATEST #room * 100");
    let lines = reader.until(|line| line.contains(" BATCH -"));
    let heard = lines.iter().filter_map(|line| crate::support::client::ReceivedMessage::parse(line));
    heard.filter(|heard| is_sender(&heard.sender)).map(|heard| heard.text).collect()
}

/// Longer than it takes until another tab misses the leader and has a connection of its own.
const BUSY: Duration = Duration::from_secs(6);

/// Keeps `one` so busy that it hears of nothing, and turns to `two` meanwhile. Before `one` hears of anything,
/// these lines are sent in it.
async fn is_busy_and_sends(one: &Window, lines: &[&str], two: &Window) {
    let script = "const [millis, lines] = arguments;
        setTimeout(() => {
            localStorage.setItem('busy', '1');
            const end = Date.now() + millis;
            while (Date.now() < end);
            const composer = document.querySelector('#composer');
            for (const line of lines) {
                composer.value = line;
                composer.dispatchEvent(new Event('input', { bubbles: true }));
                composer.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
            }
        }, 2000);";
    one.comes_to_front().await;
    one.run(script, &[json!(BUSY.as_millis() as u64), json!(lines)]).await;
    two.comes_to_front().await;
    two.until("the other tab to be busy", "return localStorage.busy === '1'", &[]).await;
}

async fn has_rooms(window: &Window, rooms: &[&str]) {
    window
        .eventually(&format!("the rooms {rooms:?}"), async || {
            let lines = window.rooms().await;
            rooms.iter().all(|room| lines.iter().any(|line| line == room)).then_some(())
        })
        .await;
}

async fn has_left(window: &Window, room: &str) {
    let is_gone = async || (!window.rooms().await.iter().any(|line| line == room)).then_some(());
    window.eventually(&format!("the end of {room}"), is_gone).await;
}

async fn drafts(window: &Window, text: &str) {
    let script = "return document.querySelector('#composer')?.value === arguments[0]";
    window.until(&format!("the draft `{text}`"), script, &[json!(text)]).await;
}

async fn two_tabs(browser: &Browser) -> (Window, Window) {
    let window = browser.open(Width::Wide).await;
    window.join_as("alice").await;
    window.is_in("#room").await;
    // A tab that is left while it connects gives up its connection.
    window.expects_in_console("WebSocket is closed before the connection is established");
    let (one, two) = window.opens_tab(&browser.address("/")).await;
    two.is_in("#room").await;
    (one, two)
}

#[test]
fn what_one_tab_does_no_other_undoes() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        bob.send("JOIN #room");
        let (one, two) = two_tabs(browser).await;
        one.comes_to_front().await;
        one.say("/join #only-in-one").await;
        one.is_in("#only-in-one").await;
        one.write("a draft in one").await;

        two.comes_to_front().await;
        // A person who is invited elsewhere in one tab is not moved in the other.
        two.is_in("#room").await;
        two.say("/join #only-in-two").await;
        two.is_in("#only-in-two").await;
        two.write("a draft in two").await;
        has_rooms(&two, &["#room", "#only-in-one", "#only-in-two"]).await;

        one.comes_to_front().await;
        one.is_in("#only-in-one").await;
        for _ in 0..2 {
            one.reload().await;
            one.is_in("#only-in-one").await;
            drafts(&one, "a draft in one").await;
            has_rooms(&one, &["#room", "#only-in-one", "#only-in-two"]).await;
        }
        one.enter("#only-in-two").await;
        drafts(&one, "a draft in two").await;
        two.comes_to_front().await;
        two.reload().await;
        two.is_in("#only-in-two").await;
        drafts(&two, "a draft in two").await;
        has_rooms(&two, &["#room", "#only-in-one", "#only-in-two"]).await;
        was_one_person(&mut bob);
    });
}

#[test]
fn what_is_said_and_read_in_one_tab_is_said_and_read_in_the_other() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let (one, two) = two_tabs(browser).await;
        two.say("/join #other").await;
        two.is_in("#other").await;
        two.finds_no(".pending").await;
        bob.send("JOIN #other");
        two.say("from the second").await;
        two.hears("from the second").await;
        one.comes_to_front().await;
        one.enter("#other").await;
        one.hears("from the second").await;
        one.say("from the first").await;
        one.hears("from the first").await;
        one.enter("#room").await;
        two.comes_to_front().await;
        two.hears("from the first").await;
        two.enter("#room").await;

        bob.send("PRIVMSG #other :alice: are you there?");
        two.finds_noted("#other", "1 mention, 1 new").await;
        two.until("the number in the title", "return document.title.startsWith('(1)')", &[]).await;
        one.comes_to_front().await;
        one.finds_noted("#other", "1 mention, 1 new").await;
        one.enter("#other").await;
        one.hears("are you there?").await;
        one.finds_noted("#other", "").await;
        two.comes_to_front().await;
        two.finds_noted("#other", "").await;

        // A draft that was changed in another tab is the newer one.
        two.enter("#other").await;
        two.write("half a sen").await;
        one.comes_to_front().await;
        drafts(&one, "half a sen").await;
        one.write("tence").await;
        one.hits(Key::Enter).await;
        one.hears("half a sentence").await;
        two.comes_to_front().await;
        drafts(&two, "").await;
        two.hears("half a sentence").await;

        // Leaving a room in one tab leaves it in all.
        two.say("/part").await;
        one.comes_to_front().await;
        has_left(&one, "#other").await;
        was_one_person(&mut bob);
    });
}

#[test]
fn a_tab_that_goes_hands_over() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        bob.send("JOIN #room");
        let (one, two) = two_tabs(browser).await;
        let mut expected = Vec::new();
        // The first tab has the connection. What is written while it changes hands is neither lost nor sent
        // twice.
        two.say("before").await;
        expected.push("before".to_owned());
        one.comes_to_front().await;
        one.closes_for(&two).await;
        for number in 1..=5 {
            let text = format!("while it changes hands {number}");
            two.say(&text).await;
            expected.push(text);
        }
        two.finds_no(".pending").await;
        two.hears("changes hands 5").await;
        assert_eq!(said(browser), expected);
        // The next tab follows, and takes over in its turn.
        let (two, three) = two.opens_tab(&browser.address("/")).await;
        three.is_in("#room").await;
        three.hears("changes hands 5").await;
        two.comes_to_front().await;
        two.reload().await;
        two.hears("changes hands 5").await;
        three.comes_to_front().await;
        three.say("after").await;
        three.finds_no(".pending").await;
        expected.push("after".to_owned());
        two.comes_to_front().await;
        two.hears("after").await;
        assert_eq!(said(browser), expected);
        was_one_person(&mut bob);
    });
}

#[test]
fn a_room_that_is_asked_for_while_the_lead_changes_is_shown() {
    visit(async |browser| {
        let (one, mut two) = two_tabs(browser).await;
        two.say("/join #there").await;
        two.is_in("#there").await;
        two.enter("#room").await;
        // Which of the two leaders is asked is a matter of milliseconds. The result is shown in any case,
        // whether the person was in the room or not.
        let mut leader = one;
        for room in ["#there", "#new", "#there"] {
            two.say(&format!("/join {room}")).await;
            leader.comes_to_front().await;
            leader.closes_for(&two).await;
            two.is_in(room).await;
            two.enter("#room").await;
            let (before, after) = two.opens_tab(&browser.address("/")).await;
            after.is_in("#room").await;
            (leader, two) = (before, after);
        }
    });
}

/// Sends a line some times while the lead changes to this tab: from before the new leader begins until after it
/// has a connection.
const INVITES: &str = "
    const channel = new BroadcastChannel('parla/tabs');
    channel.onmessage = ({ data }) => {
        if (!data.includes('Leave')) return;
        for (const millis of [0, 90, 105, 110, 120, 140, 170, 250]) setTimeout(() => {
            const composer = document.querySelector('#composer');
            composer.value = '/invite bob';
            composer.dispatchEvent(new Event('input', { bubbles: true }));
            composer.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
        }, millis);
    };";

/// The next leader connects first. Nobody is told that they are offline, because nobody sees it.
#[test]
fn a_command_waits_until_the_next_tab_has_a_connection() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let (one, two) = two_tabs(browser).await;
        two.say("/join #chess").await;
        two.is_in("#chess").await;
        two.run(INVITES, &[]).await;
        one.comes_to_front().await;
        one.run("setTimeout(() => location.replace('about:blank'), 1500)", &[]).await;
        two.comes_to_front().await;
        for _ in 0..8 {
            bob.until(|line| line.contains(" INVITE bob "));
        }
    });
}

#[test]
fn what_a_closed_tab_has_sent_does_not_go_when_it_is_written_again() {
    visit(async |browser| {
        let (one, two) = two_tabs(browser).await;
        two.say("/join #chess").await;
        two.is_in("#chess").await;
        two.enter("#room").await;
        two.say("/part #chess").await;
        has_left(&two, "#chess").await;
        let is_sent = "return !Object.keys(localStorage).some(key => key.includes('draft'))";
        two.until("the end of the draft", is_sent, &[]).await;
        // The first tab leads. It would have deleted the draft if the second had been closed earlier.
        two.closes_for(&one).await;
        one.say("/join #chess").await;
        one.is_in("#chess").await;
        one.enter("#room").await;
        one.write("/part #chess").await;
        sleep(Duration::from_millis(300)).await;
        drafts(&one, "/part #chess").await;
        one.hits(Key::Enter).await;
        has_left(&one, "#chess").await;
    });
}

#[test]
fn nothing_moves_what_is_read_while_the_lead_changes() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        bob.send("JOIN #room");
        let tells = |bob: &mut Client, numbers: std::ops::RangeInclusive<u32>| {
            let lines = numbers.map(|number| format!("PRIVMSG #room :{number}. What there is to read.\r\n"));
            bob.send_bytes(lines.collect::<String>().as_bytes());
            bob.sync();
        };
        tells(&mut bob, 1..=150);
        let (one, two) = two_tabs(browser).await;
        two.hears("150. ").await;
        // The next client starts with these messages, and has them in other chunks.
        tells(&mut bob, 151..=180);
        two.hears("180. ").await;
        let script = "const log = document.getElementById('log'); return Math.round(log.scrollHeight - log.clientHeight - 500)";
        let top = two.run(script, &[]).await.as_u64().unwrap();
        two.scrolls_to(top).await;
        two.keeps_an_eye().await;
        one.comes_to_front().await;
        one.closes_for(&two).await;
        bob.until(|line| line.contains(" QUIT "));
        bob.until(|line| line.contains(" JOIN "));
        bob.send("PRIVMSG #room :alice: are you still there?");
        two.until("the newest", "return document.title.startsWith('(1)')", &[]).await;
        two.has_not_moved("another tab leads").await;
    });
}

#[test]
fn a_tab_that_was_frozen_learns_who_leads() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        bob.send("JOIN #room");
        let (one, two) = two_tabs(browser).await;
        one.comes_to_front().await;
        one.set_lifecycle("frozen").await;
        two.comes_to_front().await;
        two.say("while the first is frozen").await;
        two.hears("while the first is frozen").await;
        two.finds_no(".pending").await;
        one.comes_to_front().await;
        one.set_lifecycle("active").await;
        one.hears("while the first is frozen").await;
        one.say("awake again").await;
        one.hears("awake again").await;
        two.comes_to_front().await;
        two.hears("awake again").await;
        assert_eq!(said(browser), ["while the first is frozen", "awake again"]);
        was_one_person(&mut bob);
    });
}

/// The first tab does not hear in time that another one leads.
#[test]
fn what_a_leader_does_too_late_is_not_undone() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        bob.send("JOIN #chess");
        let (one, two) = two_tabs(browser).await;
        one.comes_to_front().await;
        one.say("/join #chess").await;
        one.is_in("#chess").await;
        one.enter("#room").await;
        is_busy_and_sends(&one, &["late, but once", "/part #chess"], &two).await;
        two.say("meanwhile").await;
        two.hears("late, but once").await;
        has_left(&two, "#chess").await;
        two.say("after").await;
        two.hears("after").await;
        two.finds_no(".pending").await;
        assert_eq!(said_by(browser, |_| true), ["meanwhile", "late, but once", "after"]);
        bob.send("NAMES #chess");
        let names = bob.until(|line| line.contains(" 366 "));
        assert!(!names.iter().any(|line| line.contains(" 353 ") && line.contains("alice")), "{names:?}");
    });
}

/// The leader hears of nothing, so nobody leads for a moment.
#[test]
fn what_was_sent_is_no_draft_any_more_although_nobody_leads() {
    visit(async |browser| {
        let (one, two) = two_tabs(browser).await;
        is_busy_and_sends(&one, &[], &two).await;
        two.say("only once").await;
        let is_gone = "return !Object.keys(localStorage).some(key => key.includes('draft'))";
        two.until("the end of the draft", is_gone, &[]).await;
        let has_no_leader = "return Object.keys(localStorage).some(key => key.includes('command '))";
        assert_eq!(two.run(has_no_leader, &[]).await, json!(true), "the leader was too fast for this test");
        let (two, three) = two.opens_tab(&browser.address("/")).await;
        three.is_in("#room").await;
        assert_eq!(three.draft().await, "");
        three.hears("only once").await;
        two.comes_to_front().await;
        two.finds_no(".pending").await;
        // The tab that is busy may still have the name.
        assert_eq!(said_by(browser, |_| true), ["only once"]);
    });
}

/// The leader never hears of it, because the browser crashes. The command is stored until some tab leads.
#[test]
fn what_a_following_tab_wanted_is_carried_out_by_the_next_leader() {
    visit(async |browser| {
        let (one, two) = two_tabs(browser).await;
        two.say("/join #chess").await;
        two.is_in("#chess").await;
        two.enter("#room").await;
        is_busy_and_sends(&one, &[], &two).await;
        two.say("left behind").await;
        two.say("/topic #left").await;
        let is_stored =
            "return Object.keys(localStorage).filter(key => key.includes('command ')).length >= 2";
        two.until("both commands to be stored", is_stored, &[]).await;
        // The browser writes its storage with a delay.
        sleep(Duration::from_millis(300)).await;
        let next = browser.crashes(two).await;
        next.visit(&browser.address("/")).await;
        next.is_in("#room").await;
        next.hears("left behind").await;
        next.finds_no(".pending").await;
        assert_eq!(next.draft().await, "");
        // What was asked of the room may not be wanted any more, so it is only shown.
        next.sees("Set the topic to “#left”.").await;
        next.reload().await;
        next.hears("left behind").await;
        assert_eq!(said(browser), ["left behind"]);
    });
}

#[test]
fn a_tab_of_another_build_is_not_believed() {
    visit(async |browser| {
        let (one, two) = two_tabs(browser).await;
        // This is what an older page would send. The server still serves our version, so ours leads.
        let script = "const channel = new BroadcastChannel('parla/tabs');
            const letter = message => channel.postMessage(JSON.stringify({ build: 'older', from: 7, to: null })
                + '\\n' + JSON.stringify(message));
            letter({ Told: { words: 'of another meaning' } });
            letter({ Ballot: { Lead: { number: 1000, leader: 7 } } });";
        two.run(script, &[]).await;
        two.say("still here").await;
        two.hears("still here").await;
        two.finds_no(".pending").await;
        one.comes_to_front().await;
        one.hears("still here").await;
        assert_eq!(said(browser), ["still here"]);
    });
}
