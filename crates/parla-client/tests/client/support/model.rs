//! What an interface knows: the latest view of everything, and the events. Checks each view as it arrives.

use std::collections::{BTreeMap, BTreeSet};

use parla_client::{
    Client,
    limits::{BUFFERS_MAX, CHUNK_ROWS_MAX, MEMBERS_MAX, OUTBOX_MAX, TIMELINE_ROWS_MAX},
    view::{
        BufferId, BufferKind, BufferView, Content, Delivery, DirectoryView, NetworkView, Person, Row,
        UNCONFIRMED_CHUNK, Update,
    },
};

use super::shown;

/// The latest view of everything.
#[derive(Default)]
pub(crate) struct Model {
    pub(crate) network: Option<NetworkView>,
    pub(crate) buffers: BTreeMap<BufferId, BufferView>,
    pub(crate) directory: Option<DirectoryView>,
    pub(crate) people: Vec<Person>,
    /// The events, in short.
    pub(crate) said: Vec<String>,
    closed: BTreeSet<BufferId>,
}

impl Model {
    /// Takes the client's updates.
    pub(crate) fn take(&mut self, client: &mut Client) {
        let updates = client.take_updates();
        assert!(updates.len() <= 2 * BUFFERS_MAX + 300, "{} updates at once", updates.len());
        for update in updates {
            self.apply(update);
        }
    }

    fn apply(&mut self, update: Update) {
        match update {
            Update::Network(view) => self.network = Some(view),
            Update::Buffer(_, view) => {
                assert!(!self.closed.contains(&view.id), "an id is used twice");
                check(&view);
                self.buffers.insert(view.id, view);
                assert!(self.buffers.len() <= BUFFERS_MAX + 1);
            }
            Update::BufferClosed(_, id) => {
                self.closed.insert(id);
                self.buffers.remove(&id);
            }
            Update::NetworkForgotten(_) => panic!("a client forgets nothing"),
            Update::Conversations(..) => panic!("a client is never another one"),
            Update::Certificate(..) => panic!("a client sees no certificate"),
            Update::Directory(_, view) => self.directory = Some(view),
            Update::Person(_, person) => self.people.push(Person::clone(&person)),
            Update::Announcement(_, buffer, announcement) => {
                let place = buffer.and_then(|id| self.buffers.get(&id)).map(|view| view.name.to_string());
                self.said.push(shown::announcement(place.as_deref(), &announcement));
            }
            Update::Show(_, id) => {
                let name = self.buffers.get(&id).map_or("?", |view| &*view.name);
                self.said.push(format!("show {name}"));
            }
            Update::Alert(_, id, alert) => {
                assert!(self.buffers.contains_key(&id));
                let room = alert.room.map_or_else(String::new, |room| format!(" in {room}"));
                self.said.push(format!("alert <{}> {}{room}", alert.from, alert.text));
            }
        }
    }

    /// The conversation of this name; the server's own has an empty one.
    pub(crate) fn find(&self, name: &str) -> Option<&BufferView> {
        self.buffers.values().find(|view| &*view.name == name)
    }

    pub(crate) fn buffer(&self, name: &str) -> &BufferView {
        self.find(name).unwrap_or_else(|| panic!("no conversation {name:?}"))
    }
}

/// Checks what must be true of every view.
pub(crate) fn check(view: &BufferView) {
    let chunks = &view.timeline.chunks;
    assert!(chunks.iter().all(|chunk| !chunk.0.rows.is_empty()), "an empty chunk");
    let is_last = |index: usize| index + 1 == chunks.len();
    for (index, chunk) in chunks.iter().enumerate() {
        let is_unconfirmed = chunk.0.id == UNCONFIRMED_CHUNK;
        assert!(!is_unconfirmed || is_last(index), "what is unconfirmed comes last");
        let most = if is_unconfirmed { OUTBOX_MAX } else { CHUNK_ROWS_MAX };
        assert!(chunk.0.rows.len() <= most, "{} rows in a chunk", chunk.0.rows.len());
    }
    let ids: BTreeSet<u64> = chunks.iter().map(|chunk| chunk.0.id).collect();
    assert_eq!(ids.len(), chunks.len(), "two chunks of one id");
    assert_eq!(view.timeline.rows().count(), view.timeline.len);
    assert!(view.timeline.len <= TIMELINE_ROWS_MAX + OUTBOX_MAX);
    let confirmed = chunks.iter().filter(|chunk| chunk.0.id != UNCONFIRMED_CHUNK);
    assert!(
        confirmed.flat_map(|chunk| &chunk.0.rows).all(|row| !is_pending(row)),
        "a confirmed row is pending"
    );
    assert!(view.mentions <= view.unread);
    assert!(view.unread == 0 || view.divider.is_some() || view.timeline.len >= TIMELINE_ROWS_MAX / 2);
    if let Some(divider) = view.divider {
        assert!(view.timeline.rows().any(|row| row.id == divider), "the divider stands nowhere");
    }
    assert!(view.members.0.len() <= MEMBERS_MAX);
    let order = |index: usize| view.members.0[index].rank;
    assert!((1..view.members.0.len()).all(|index| order(index - 1) <= order(index)));
    assert!(view.kind == BufferKind::Room || view.members.0.is_empty());
    assert!(view.kind == BufferKind::Room || view.topic.is_none());
}

fn is_pending(row: &Row) -> bool {
    matches!(&row.content, Content::Message(said) if said.delivery != Delivery::Done)
}
