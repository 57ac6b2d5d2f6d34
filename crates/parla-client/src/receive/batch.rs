//! BATCH: lines that belong together. A page of history is kept until it is whole; of other batches the lines count at once.
//!
//! <https://ircv3.net/specs/extensions/batch>, <https://ircv3.net/specs/extensions/chathistory>

use std::borrow::Cow;

use parla_proto::Message;

use super::{Incoming, privmsg, said, said_at};
use crate::{
    batches::{Batch, Collected, Lines, Multiline, Part, joined},
    client::Client,
    history::{Heard, Page},
    state::State,
    timeline::{Neighbours, next_known},
    turn::Turn,
    view::BufferId,
};

/// Keeps a line for its batch. False if it counts at once.
pub(super) fn collect(
    client: &mut Client,
    reference: &str,
    (message, line): (&Message<'_>, &[u8]),
    turn: &mut Turn<'_>,
) -> bool {
    match client.batches.collect(reference, message, line) {
        Collected::No => false,
        Collected::Kept => true,
        Collected::Ended(ended) => {
            close(client, &ended, turn);
            true
        }
    }
}

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    if let Some(closed) = incoming.param(0).strip_prefix('-') {
        if !client.batches.close_part(closed) {
            close(client, closed, turn);
        }
        return;
    }
    let Some(reference) = incoming.param(0).strip_prefix('+') else { return };
    // A name that is given again: what came under it until now is no whole page.
    cut_short(client, reference, turn);
    // Of a server that closes none of its batches, each is taken as far as it has come.
    if client.batches.is_full() {
        client.batches.references().iter().for_each(|open| cut_short(client, open, turn));
    }
    let label = incoming.label.as_deref().map(str::to_owned);
    match (incoming.param(1), label) {
        ("chathistory" | "draft/chathistory" | "znc.in/playback", label) => {
            let page = Lines::new(incoming.param(2).to_owned(), label);
            client.batches.open(reference, Batch::History(page));
        }
        (_, label) if let Some(said) = Multiline::opened_by(incoming.message) => {
            client.batches.open(reference, Batch::Message(said, label));
        }
        (_, Some(label)) => client.batches.open(reference, Batch::Answer(label)),
        (_, None) => {}
    }
}

/// A page is whole: its messages find their places, and the question is answered.
fn close(client: &mut Client, reference: &str, turn: &mut Turn<'_>) {
    let Some((page, id)) = take(client, reference, turn) else { return };
    let (heard, lines) = place(client, id, &page, turn);
    let page = Page { heard: &heard, lines, label: page.label.as_deref() };
    let is_news = heard.iter().any(|heard| heard.is_new);
    let known = client.history.answered(&mut client.state, id, &page);
    client.settle(id, known);
    // What came by itself in the meantime was before the person's eyes, if they looked; what was missed is yet to be shown.
    let is_all_live = client
        .state
        .buffers
        .get(id)
        .is_some_and(|buffer| buffer.divider.is_none_or(|row| buffer.timeline.is_live(row)));
    if !is_news && is_all_live {
        client.state.seen(id);
    }
}

/// A page will never be whole. Its messages are welcome; what is missing in it nobody knows.
fn cut_short(client: &mut Client, reference: &str, turn: &mut Turn<'_>) {
    let Some((page, id)) = take(client, reference, turn) else { return };
    place(client, id, &page, turn);
}

/// Takes a batch out. If it is a page it is given back; if it is a message, that is said.
fn take(client: &mut Client, reference: &str, turn: &mut Turn<'_>) -> Option<(Lines, BufferId)> {
    match client.batches.take(reference)? {
        Batch::History(page) => {
            let id = target(&mut client.state, &page)?;
            Some((page, id))
        }
        Batch::Message(said, label) => {
            say(client, &said, label, turn);
            None
        }
        Batch::Within(_) | Batch::Answer(_) => None,
    }
}

/// A message of several lines is whole.
fn say(client: &mut Client, said: &Multiline, label: Option<String>, turn: &mut Turn<'_>) {
    if let Some(message) = said.message() {
        let mut incoming = Incoming::new(&message, turn.now);
        incoming.label = label.map(Cow::Owned);
        privmsg::receive(client, &incoming, turn);
    }
}

/// Each message goes where the page has it among those that are known. Gives them, and how many there are in the page with
/// those that are none; a message of several lines is one.
fn place(client: &mut Client, id: BufferId, page: &Lines, turn: &mut Turn<'_>) -> (Vec<Heard>, usize) {
    let parts = joined(&page.lines);
    let messages: Vec<Message<'_>> = parts.iter().filter_map(Part::message).collect();
    let known = said::recognize(&client.state, id, &messages);
    let first = messages.first().map(|message| said_at(message, turn.now));
    let mut neighbours =
        Neighbours::new(client.history.wished_spot(&client.state, id, (page.label.as_deref(), first)));
    let mut heard: Vec<Heard> = Vec::new();
    for (message, after) in messages.iter().zip(next_known(known)) {
        neighbours.after = after;
        let Some(one) = said::replayed(client, (id, &neighbours), message, turn) else { continue };
        if let Some(buffer) = client.state.buffers.get(id) {
            neighbours.passed(&buffer.timeline, one.row);
        }
        heard.push(one);
    }
    client.state.changes.buffer(id);
    (heard, messages.len())
}

/// The conversation of a page. A server that sends pages of rooms that nobody is in does not make rooms of them.
fn target(state: &mut State, page: &Lines) -> Option<BufferId> {
    if state.session.is_room(&page.target) {
        return state.buffers.room(&state.session, &page.target);
    }
    if page.lines.is_empty() || state.session.is_own(&page.target) {
        return state.buffers.direct(&state.session, &page.target);
    }
    state.changes.memory = true;
    state.buffers.open_unasked(&state.session, &page.target)
}
