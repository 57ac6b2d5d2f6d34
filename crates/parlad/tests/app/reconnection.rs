//! The server goes away and comes back: nothing is lost or sent twice, and nobody has to click.

use std::time::Instant;

use crate::{
    rig::{Browser, Key, Width, Window, visit},
    support::Client,
};

/// The server's history of the room, in the form `alice: hello`.
fn told_in_room(browser: &Browser) -> Vec<String> {
    let mut reader = browser.person_with("reader", "batch message-tags server-time draft/chathistory");
    reader.send("CHATHISTORY LATEST #room * 100");
    let lines = reader.until(|line| line.contains(" BATCH -"));
    let heard = lines.iter().filter_map(|line| crate::support::client::ReceivedMessage::parse(line));
    heard.map(|heard| format!("{}: {}", heard.sender, heard.text)).collect()
}

fn tells(bob: &mut Client, numbers: std::ops::RangeInclusive<u32>) {
    let lines: String = numbers.map(|number| format!("PRIVMSG #room :missed {number}.\r\n")).collect();
    bob.send_bytes(lines.as_bytes());
    bob.sync();
}

async fn is_back(window: &Window) {
    window.finds_no(".banner").await;
    window.sees_no("Waits for the connection").await;
    window.finds_no(".pending").await;
}

#[test]
fn a_server_that_falls_over_is_waited_for() {
    visit(async |browser| {
        let window = browser.open(Width::Wide).await;
        for (width, nick) in [(Width::Wide, "alice"), (Width::Narrow, "anna")] {
            window.starts_over(width).await;
            window.join_as(nick).await;
            window.say(&format!("{nick} before")).await;
            window.finds_no(".pending").await;

            browser.kill_server();
            window.sees("The connection is lost.").await;
            window.sees("Trying again").await;
            window.sees("What you write is sent when the connection is back.").await;
            window.say(&format!("{nick} in the dark")).await;
            window.say(&format!("{nick} still in the dark")).await;
            let both = "return document.querySelectorAll('.row.pending').length === 2";
            window.until("both messages in wait", both, &[]).await;
            window.sees("Waits for the connection").await;

            browser.start_server();
            is_back(&window).await;
            let expected =
                ["before", "in the dark", "still in the dark"].map(|text| format!("{nick}: {nick} {text}"));
            let told = told_in_room(browser);
            let mine: Vec<_> = told.iter().filter(|line| line.starts_with(nick)).collect();
            assert_eq!(mine, expected.iter().collect::<Vec<_>>(), "each arrived once");
            let shown = window.reads_all().await;
            let mine: Vec<_> = shown.iter().filter(|line| line.starts_with(nick)).collect();
            assert_eq!(mine.len(), 3, "{shown:#?}");
        }
    });
}

#[test]
fn what_was_said_meanwhile_is_fetched() {
    visit(async |browser| {
        let alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        alice.say("see you").await;
        alice.finds_no(".pending").await;

        browser.kill_server();
        alice.sees("The connection is lost.").await;
        waits_long(&alice).await;
        browser.start_server();
        let mut bob = browser.person("bob");
        tells(&mut bob, 1..=20);
        alice.clicks("Try now").await;
        is_back(&alice).await;
        alice.hears("missed 20.").await;
        alice.finds_no(".row.gap").await;
        let expected = (1..=20).map(|number| format!("bob: missed {number}."));
        let expected: Vec<_> = ["alice: see you".to_owned()].into_iter().chain(expected).collect();
        assert_eq!(alice.reads_all().await, expected);

        // If more was missed than is fetched at once, a line says so, and fetches it.
        drop(bob);
        browser.kill_server();
        alice.sees("The connection is lost.").await;
        waits_long(&alice).await;
        browser.start_server();
        let mut bob = browser.person("bob");
        tells(&mut bob, 21..=350);
        alice.clicks("Try now").await;
        is_back(&alice).await;
        let gap = alice.eventually("the gap", async || find_gap(&alice).await).await;
        assert!(gap.starts_with("Messages ") && gap.contains(" are missing."), "{gap}");
        alice.clicks("Load").await;
        alice.finds_no(".row.gap").await;
        let mut shown = alice.reads_all().await;
        let number = |row: &String| row.split(['.', ' ']).nth(2).and_then(|word| word.parse::<u32>().ok());
        shown.sort_by_key(number);
        let numbers: Vec<_> = shown.iter().filter_map(number).collect();
        assert_eq!(numbers, (1..=350).collect::<Vec<_>>(), "each is there once");
    });
}

/// Messages that were missed in the open room are new until the end has been seen, and not after that.
#[test]
fn what_was_missed_in_the_open_room_is_read_at_its_end() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let alice = browser.open(Width::Wide).await;
        alice.expects_in_console("ERR_INTERNET_DISCONNECTED");
        alice.set_offline(false).await;
        alice.join_as("alice").await;
        alice.say("before").await;
        alice.finds_no(".pending").await;
        // This works every time, not only the first.
        for missed in [1..=40, 41..=80] {
            let last = format!("missed {}.", missed.end());
            alice.set_offline(true).await;
            alice.sees("This device is offline.").await;
            tells(&mut bob, missed);
            alice.set_offline(false).await;
            is_back(&alice).await;
            alice.finds_noted("#room", "40 new").await;
            alice.sees("40 new").await;
            alice.hits(Key::Escape).await;
            alice.is_at_the_end().await;
            alice.hears(&last).await;
            alice.finds_noted("#room", "").await;
        }
    });
}

#[test]
fn a_device_without_a_network_is_said_at_once() {
    visit(async |browser| {
        let alice = browser.open(Width::Wide).await;
        alice.expects_in_console("ERR_INTERNET_DISCONNECTED");
        alice.set_offline(false).await;
        alice.join_as("alice").await;
        alice.say("before").await;
        alice.finds_no(".pending").await;

        let begin = Instant::now();
        alice.set_offline(true).await;
        alice.sees("This device is offline.").await;
        println!("said {} ms after the network was gone", begin.elapsed().as_millis());
        alice.sees_no("Trying again").await;
        alice.is_accessible().await;
        alice.say("in the tunnel").await;
        alice.sees("Waits for the connection").await;

        alice.set_offline(false).await;
        is_back(&alice).await;
        assert_eq!(told_in_room(browser), ["alice: before", "alice: in the tunnel"]);
    });
}

/// Lets attempts fail until the next one is seconds away.
async fn waits_long(window: &Window) {
    let script = "const banner = document.querySelector('.banner');
        const seconds = Number(banner?.innerText.match(/again in (\\d+) s/)?.[1] ?? 0);
        if (seconds >= 5) return true;
        [...(banner?.querySelectorAll('button') ?? [])].find(button => button.innerText === 'Try now')?.click();
        return false";
    window.until("a long wait", script, &[]).await;
}

/// Scrolls up until the row that reports missing messages is there.
async fn find_gap(window: &Window) -> Option<String> {
    let script = "const log = document.getElementById('log');
        const gap = log.querySelector('.row.gap');
        if (!gap) log.scrollTop -= log.clientHeight / 2;
        gap?.scrollIntoView({ block: 'center' });
        return gap?.querySelector('button') ? gap.innerText : null";
    window.run(script, &[]).await.as_str().map(str::to_owned)
}
