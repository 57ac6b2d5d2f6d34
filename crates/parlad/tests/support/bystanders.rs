//! Two people who talk in `#room` while something bad happens, and must not notice.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use super::{Client, client::ReceivedMessage};

/// How many messages they exchange when everything is over.
const LAST_WORDS: u32 = 20;

/// Two members of `#room`, each of whom answers the other.
pub(crate) struct Bystanders {
    stop: Arc<AtomicBool>,
    talk: Option<JoinHandle<()>>,
}

impl Bystanders {
    pub(crate) fn start(address: SocketAddr) -> Self {
        let mut pair = [Client::register(address, "alice", ""), Client::register(address, "bob", "")];
        exchange(&mut pair, 0);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let talk = thread::spawn(move || {
            let (mut said, mut after) = (1, 0);
            while after < LAST_WORDS {
                after += u32::from(stopped.load(Ordering::Acquire));
                exchange(&mut pair, said);
                said += 1;
                thread::sleep(Duration::from_millis(1));
            }
        });
        Self { stop, talk: Some(talk) }
    }

    /// Ends the talk and checks that nothing of it was lost.
    pub(crate) fn finish(mut self) {
        self.stop.store(true, Ordering::Release);
        let talk = self.talk.take().unwrap();
        talk.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause));
    }
}

impl Drop for Bystanders {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        // Something else has failed, which is what should be shown.
        let _ = self.talk.take().map(JoinHandle::join);
    }
}

/// Each sends a message, and the other reads it as the next one from them.
fn exchange([alice, bob]: &mut [Client; 2], number: u32) {
    hears(alice, "alice", bob, number);
    hears(bob, "bob", alice, number);
}

fn hears(speaker: &mut Client, name: &str, listener: &mut Client, number: u32) {
    let text = format!("{name} {number}");
    speaker.send(&format!("PRIVMSG #room :{text}"));
    let lines = listener.until(|line| ReceivedMessage::parse(line).is_some_and(|heard| heard.sender == name));
    let heard = lines.last().and_then(|line| ReceivedMessage::parse(line)).unwrap();
    assert_eq!(heard.text, text, "a message was lost or came twice");
}
