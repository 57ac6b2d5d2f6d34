//! The whole history of a conversation, page by page.

use super::{Client, client::ReceivedMessage};

const PAGE: usize = 1000;

/// The history of a room or of a conversation with somebody: all of it, or `known` and everything after it.
pub(crate) fn history(client: &mut Client, target: &str, known: &[ReceivedMessage]) -> Vec<ReceivedMessage> {
    let last = known.last().map(|last| last.msgid.clone());
    let mut pages = Vec::new();
    client.send(&format!("CHATHISTORY LATEST {target} * {PAGE}"));
    loop {
        let lines = client.until(|line| line.contains(" BATCH -"));
        let page: Vec<ReceivedMessage> =
            lines.iter().filter_map(|line| ReceivedMessage::parse(line)).collect();
        assert!(page.len() <= PAGE, "a page is longer than was asked for");
        let Some(first) = page.first() else { break };
        client.send(&format!("CHATHISTORY BEFORE {target} msgid={} {PAGE}", first.msgid));
        let reached = last.as_ref().and_then(|last| page.iter().position(|heard| heard.msgid == *last));
        if let Some(at) = reached {
            pages.push(page[at + 1..].to_vec());
            pages.push(known.to_vec());
            client.until(|line| line.contains(" BATCH -"));
            break;
        }
        pages.push(page);
    }
    pages.into_iter().rev().flatten().collect()
}
