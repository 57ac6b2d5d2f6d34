//! Reading is not disturbed: the messages in view stay where they are, whatever is added above or below them.

use crate::{
    rig::{Browser, Key, Width, Window, visit},
    support::Client,
};

const SENTENCE: &str =
    "A sentence that is long enough to need a second line in a window that is not very wide";

/// Bob, who has written this many messages in `room`.
fn told(browser: &Browser, room: &str, count: u32) -> Client {
    let mut bob = browser.person("bob");
    bob.send(&format!("JOIN {room}"));
    tells(&mut bob, room, 1..=count);
    bob
}

fn tells(bob: &mut Client, room: &str, numbers: std::ops::RangeInclusive<u32>) {
    let lines = numbers.map(|number| {
        let text = if number % 3 == 0 { SENTENCE } else { "Short" };
        format!("PRIVMSG {room} :{number}. {text}.\r\n")
    });
    bob.send_bytes(lines.collect::<String>().as_bytes());
    bob.sync();
}

#[test]
fn what_is_read_stays_where_it_is() {
    visit(async |browser| {
        let mut bob = told(browser, "#room", 300);
        let window = browser.open(Width::Wide).await;
        for (width, nick) in [(Width::Wide, "alice"), (Width::Narrow, "anna")] {
            window.starts_over(width).await;
            window.join_as(nick).await;
            window.is_at_the_end().await;

            // Close to the first message that is loaded, earlier ones are fetched and added above.
            window.scrolls_to(500).await;
            let eye = window.keeps_an_eye().await;
            let rows = window.rows().await.len();
            println!("{width:?}: reads `{}` among {rows} rows", eye.replace('\n', " "));
            let more = "return document.getElementById('log').scrollTop > 1000";
            window.until("earlier messages", more, &[]).await;
            window.has_not_moved("earlier messages come").await;

            window.keeps_an_eye().await;
            for number in 0..20 {
                bob.send(&format!("PRIVMSG #room :{nick} does not see {number} yet"));
            }
            window.sees("↓ 20 new").await;
            window.has_not_moved("new messages come").await;

            let (x, y) = width.pixels();
            window.measure(x, y).await;
            for cut in ["Short", SENTENCE] {
                window.cuts_off(cut).await;
                window.keeps_an_eye().await;
                for (x, y) in [(x - 60, y - 200), (x, y)] {
                    window.measure(x, y).await;
                    window.until("the size", &format!("return innerHeight === {y}"), &[]).await;
                    window.has_not_moved(&format!("the window gets another size behind `{cut}`")).await;
                }
            }

            window.hits(Key::Escape).await;
            window.is_at_the_end().await;
            window.hears(&format!("{nick} does not see 19 yet")).await;
            window.wheels("#log", -900.0).await;
            window.clicks("↓ To the newest").await;
            window.is_at_the_end().await;
        }
    });
}

#[test]
fn reading_up_to_the_beginning_misses_nothing() {
    visit(async |browser| {
        let _bob = told(browser, "#room", 300);
        let alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        alice.is_at_the_end().await;
        let mut all = alice.reads_all().await;
        all.sort_by_key(|row| row.split(['.', ' ']).nth(1).unwrap().parse::<u32>().unwrap());
        let expected: Vec<_> = (1..=300).map(|number| format!("bob: {number}.")).collect();
        let begins = |(row, begin): (&String, &String)| row.starts_with(begin.as_str());
        assert_eq!(all.len(), 300);
        assert!(all.iter().zip(&expected).all(begins), "{all:#?}");
        alice.sees("This is the beginning of #room.").await;
    });
}

#[test]
fn a_room_opens_where_reading_begins() {
    visit(async |browser| {
        let mut bob = told(browser, "#tea", 30);
        let window = browser.open(Width::Wide).await;
        for (width, nick) in [(Width::Wide, "alice"), (Width::Narrow, "anna")] {
            window.starts_over(width).await;
            window.join_as(nick).await;
            window.say("/join #tea").await;
            window.hears("30. ").await;
            window.is_at_the_end().await;

            // Messages that came while the person was in another room.
            window.enter("#room").await;
            tells(&mut bob, "#tea", 31..=100);
            window.opens_the_list().await;
            window.finds_noted("#tea", "70 new").await;
            window.enter("#tea").await;
            lands_on(&window, "31. ").await;
            window.hits(Key::Escape).await;
            window.is_at_the_end().await;

            // Messages that came while the window was closed.
            window.visit("about:blank").await;
            tells(&mut bob, "#tea", 201..=240);
            window.visit(&browser.address("/")).await;
            lands_on(&window, "201. ").await;
            window.hits(Key::Escape).await;
            window.finds_noted("#tea", "").await;

            // The position at which the person left the room.
            window.scrolls_to(300).await;
            let eye = window.keeps_an_eye().await;
            window.enter("#room").await;
            window.enter("#tea").await;
            let place = "the place where one was";
            window.eventually(place, async || (window.keeps_an_eye().await == eye).then_some(())).await;
        }
    });
}

/// Checks that the line "New" is in view, right above the row with this text.
async fn lands_on(window: &Window, text: &str) {
    let script = "const line = document.querySelector('.new');
        const log = document.getElementById('log');
        if (!line) return false;
        const from = line.getBoundingClientRect().top - log.getBoundingClientRect().top;
        const next = line.nextElementSibling ?? line.closest('.chunk').nextElementSibling?.firstElementChild;
        return from >= 0 && from < log.clientHeight / 2 && next.innerText.includes(arguments[0])";
    window.until("the line in view", script, &[text.into()]).await;
}

#[test]
fn several_messages_are_copied_with_times_and_names() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        for line in ["first of all", "\x01ACTION waves\x01", "some \x02bold\x02 text", "the end"] {
            bob.send(&format!("PRIVMSG #room :{line}"));
        }
        bob.send("NOTICE #room :noted");
        alice.hears("noted").await;
        alice.say("mine").await;
        alice.hears("mine").await;
        alice.finds_no(".pending").await;
        let select = "const rows = [...document.querySelectorAll('[data-row][data-nick] .body')];
            getSelection().setBaseAndExtent(rows[0], 0, rows.at(-1), rows.at(-1).childNodes.length)";
        alice.run(select, &[]).await;
        alice.next_frames().await;
        alice.copies().await;
        alice.finds("#composer").await.click().await.unwrap();
        alice.pastes().await;
        alice.until("what was copied", "return document.getElementById('composer').value !== ''", &[]).await;
        let copied = alice.draft().await;
        let lines: Vec<&str> =
            copied.lines().map(|line| line.split_once("] ").map_or(line, |(_, text)| text)).collect();
        let expected = [
            "<bob> first of all",
            "* bob waves",
            "<bob> some bold text",
            "<bob> the end",
            "-bob- noted",
            "<alice> mine",
        ];
        assert_eq!(lines, expected);
        let is_time =
            |line: &str| line.len() > 7 && line.starts_with('[') && &line[3..4] == ":" && &line[6..7] == "]";
        assert!(copied.lines().all(is_time), "{copied}");

        // Part of a single message is copied literally.
        let select = "const row = document.querySelector('[data-row][data-nick] .body').firstChild;
            getSelection().setBaseAndExtent(row, 0, row, 5)";
        alice.empties("#composer").await;
        alice.run(select, &[]).await;
        alice.copies().await;
        alice.finds("#composer").await.click().await.unwrap();
        alice.pastes().await;
        alice.until("a part", "return document.getElementById('composer').value === 'first'", &[]).await;
    });
}
