//! Somebody writes, and their browser is killed again and again.

use std::time::Duration;

use serde_json::json;
use tokio::time::{sleep, timeout};

use super::{Messages, Steps, number, random};
use crate::rig::{Width, Window, visit};

/// How long a browser lives at most once the page can be written to.
const LIFE_MS_MAX: u64 = 1_500;
/// How long a person waits at most between two messages.
const PAUSE_MS_MAX: u64 = 200;
/// Many messages are sent at a pace that servers accept.
const PACE_MAX: Duration = Duration::from_secs(120);

/// A message is accepted as soon as its author sees it in the conversation. Accepted messages all arrive,
/// those that were interrupted before may, and none arrives twice.
#[test]
#[ignore = "takes minutes; see CONTRIBUTING"]
fn nothing_written_is_lost_when_the_page_is_killed() {
    let rounds = number("ROUNDS", 50);
    let random = random();
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let mut alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        let mut scene = Scene { random, messages: Messages::default(), steps: Steps::default() };
        for round in 1..=rounds {
            alice.finds("#composer").await;
            let life = Duration::from_millis(scene.random.u64(..LIFE_MS_MAX));
            let until = Messages::due(round, rounds);
            let _ = timeout(life, async {
                scene.writes(&alice, until).await;
                std::future::pending::<()>().await;
            })
            .await;
            scene.steps.take("kill", &format!("after {} ms", life.as_millis()));
            alice = browser.crashes(alice).await;
            alice.visit(&browser.address("/")).await;
            scene.messages.listen(&mut bob);
        }
        alice.finds("#composer").await;
        scene.writes(&alice, Messages::COUNT).await;
        let is_through = "return !document.querySelector('.row.pending')
            && !Object.keys(localStorage).some(key => key.includes('record out'))";
        let is_through = async || alice.run(is_through, &[]).await.as_bool()?.then_some(());
        alice.eventually_within(PACE_MAX, "an end of what waits", is_through).await;
        scene.messages.listen(&mut bob);
        println!("{}", scene.steps);
        scene.messages.are_whole();
    });
}

struct Scene {
    random: fastrand::Rng,
    messages: Messages,
    steps: Steps,
}

impl Scene {
    /// Writes all messages up to this one.
    async fn writes(&mut self, alice: &Window, last: u64) {
        let is_there = "const rows = [...document.querySelectorAll('.row')];
            return rows.some(row => row.innerText.includes(arguments[0]))";
        while self.messages.written < last {
            sleep(Duration::from_millis(self.random.u64(..PAUSE_MS_MAX))).await;
            let number = self.messages.next();
            let text = Messages::text(number);
            self.steps.take("write", &text);
            alice.pours(std::slice::from_ref(&text)).await;
            alice.until("the message", is_there, &[json!(text)]).await;
            self.messages.accepted.push(number);
        }
    }
}
