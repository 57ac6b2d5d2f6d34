//! How smooth the app is. This prints figures, to be measured on a quiet machine, and only checks that it
//! finishes.
//!
//! `cargo nextest run -p parlad --test app --run-ignored only --no-capture figures`

use std::{thread, time::Instant};

use crate::rig::{Forger, Key, Width, Window, visit};

/// Records the time of each frame from now on.
const WATCH: &str = "
    const mine = window.frames = [performance.now()];
    const next = time => { if (window.frames === mine) { mine.push(performance.now()); requestAnimationFrame(next); } };
    requestAnimationFrame(next);";

/// The gaps between the frames, sorted; recording stops.
const GAPS: &str = "
    const frames = window.frames;
    window.frames = null;
    return frames.slice(1).map((time, n) => time - frames[n]).sort((a, b) => a - b);";

async fn watches(window: &Window) {
    window.run(WATCH, &[]).await;
}

/// Prints a row of the table.
async fn tells(window: &Window, what: &str) {
    let gaps = window.run(GAPS, &[]).await;
    let gaps: Vec<f64> = gaps.as_array().unwrap().iter().filter_map(serde_json::Value::as_f64).collect();
    let at = |part: f64| gaps[((gaps.len() - 1) as f64 * part) as usize];
    println!("| {what} | {} | {:.1} | {:.1} | {:.1} |", gaps.len(), at(0.5), at(0.99), at(1.0));
}

#[test]
#[ignore = "figures are for a quiet machine"]
fn figures() {
    visit(async |browser| {
        let forger = Forger::start(browser.http());
        let alice = browser.open_elsewhere(Width::Wide, forger.address()).await;
        alice.finds("#name").await;
        alice.presses("alice\u{e007}").await;
        let mut peer = forger.lets_in();
        peer.seats_in("#room");
        alice.finds("#composer").await;
        println!("| what | frames | median, ms | 99 %, ms | longest, ms |");
        println!("| --- | --: | --: | --: | --: |");

        let line = |n: u32| {
            format!(":bob!u@h PRIVMSG #room :message {n} with a few words in it, and https://example.org/{n}")
        };
        watches(&alice).await;
        let begin = Instant::now();
        peer.says_all((0..50_000).map(line));
        alice.hears("message 49999 ").await;
        let took = begin.elapsed();
        tells(&alice, "50,000 messages come").await;

        watches(&alice).await;
        let burst = Instant::now();
        peer.says_all((50_000..55_000).map(line));
        alice.hears("message 54999 ").await;
        let burst = burst.elapsed();
        tells(&alice, "a burst of 5,000 more").await;

        watches(&alice).await;
        for _ in 0..60 {
            alice.wheels("#log", -700.0).await;
        }
        tells(&alice, "the wheel, upwards, 60 times").await;
        watches(&alice).await;
        for part in (0..40).rev() {
            let jump = format!(
                "const log = document.getElementById('log'); log.scrollTop = log.scrollHeight * {part} / 40"
            );
            alice.run(&jump, &[]).await;
            alice.next_frames().await;
        }
        tells(&alice, "the scroll bar, through all of it").await;
        alice.hits(Key::Escape).await;

        watches(&alice).await;
        let text = "typing while nothing comes ".repeat(4);
        alice.types("#composer", &text).await;
        tells(&alice, "typing among 55,000 messages").await;
        let writer = thread::spawn(move || {
            for n in 0..300 {
                peer.says(&line(60_000 + n));
                thread::sleep(std::time::Duration::from_millis(10));
            }
        });
        watches(&alice).await;
        alice.types("#composer", &"typing while 100 a second come ".repeat(4)).await;
        tells(&alice, "typing while 100 a second come").await;
        writer.join().unwrap();

        println!("\n50,000 messages in {:.1} s, 5,000 in {:.2} s", took.as_secs_f64(), burst.as_secs_f64());
        let drawn = alice.run("return document.querySelectorAll('.row').length", &[]).await;
        println!("{drawn} rows are in the page");
    });
}
