//! Sample views: a network, rooms, members, as a client would send them.
#![allow(dead_code, unreachable_pub, reason = "each test file uses another part, as if of a library")]

use std::sync::Arc;

use parla_client::{
    Problem, ProblemKind,
    text::{Hue, Text},
    view::{
        BufferId, BufferKind, BufferView, Capacity, Counted, Directory, DirectoryRoom, DirectoryView,
        Earlier, Features, LinkState, Member, Members, NetworkId, NetworkView, Presence, Rank, Rights,
        Timeline, Topic, Update,
    },
};

/// The network of the samples.
pub const NET: NetworkId = NetworkId(1);

/// A network in this state.
pub fn network(link: LinkState) -> NetworkView {
    NetworkView {
        id: NET,
        name: "Parla".into(),
        address: "".into(),
        nick: "anna".into(),
        nick_wanted: None,
        login: None,
        away: None,
        link,
        features: Features::default(),
    }
}

/// A network in this state, as an update.
pub fn linked(link: LinkState) -> Update {
    Update::Network(network(link))
}

/// A conversation without messages.
pub fn conversation(id: u32, kind: BufferKind, name: &str) -> BufferView {
    BufferView {
        id: BufferId(id),
        kind,
        name: name.into(),
        target: name.into(),
        presence: Presence::Present,
        topic: None,
        timeline: Timeline::default(),
        members: Members::default(),
        unread: 0,
        mentions: 0,
        counted: Counted::All,
        divider: None,
        earlier: Earlier::None,
        rights: Rights::default(),
        settings: Arc::default(),
        away: None,
        capacity: Capacity { line_bytes: 400, several: None },
        undone: Arc::default(),
        can_invite: Arc::default(),
    }
}

/// A room with this id and name.
pub fn room(id: u32, name: &str) -> BufferView {
    conversation(id, BufferKind::Room, name)
}

/// A view as an update.
pub fn shown(view: BufferView) -> Update {
    Update::Buffer(NET, view)
}

/// A topic with this text.
pub fn topic(words: &str) -> Option<Arc<Topic>> {
    Some(Arc::new(Topic { text: Text::parse(words), by: None, at: None }))
}

/// Members with these ranks and nicks, sorted as a client sorts them.
pub fn members(names: &[(Rank, &str)]) -> Members {
    let member = |(rank, name): &(Rank, &str)| Member {
        nick: (*name).into(),
        name: (*name).into(),
        called: None,
        rank: *rank,
        ranks: rank.bit(),
        away: false,
        bot: false,
        hue: Hue(120),
    };
    Members(Arc::new(names.iter().map(member).collect()))
}

/// This many plain members.
pub fn crowd(count: usize) -> Members {
    let names: Vec<String> = (0..count).map(|n| format!("user{n:05}")).collect();
    members(&names.iter().map(|name| (Rank::Member, name.as_str())).collect::<Vec<_>>())
}

/// A problem.
pub fn problem(kind: ProblemKind, about: &str) -> Arc<Problem> {
    Arc::new(Problem::new(kind, about, ":server 999 raw words"))
}

/// A directory of rooms: name, number of people, topic.
pub fn directory(rooms: &[(&str, u32, &str)]) -> DirectoryView {
    let rooms = rooms.iter().map(|(name, people, topic)| DirectoryRoom {
        shown: (*name).into(),
        name: (*name).into(),
        people: *people,
        topic: (*topic).into(),
    });
    DirectoryView { rooms: Directory(Arc::new(rooms.collect())), complete: true, cut: false, trouble: None }
}
