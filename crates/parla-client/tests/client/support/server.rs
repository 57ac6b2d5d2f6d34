//! The real server without its daemon: connections are numbers, and the disk is a list.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::Duration,
};

use parla_proto::Timestamp;
use parla_server::{
    Answer, Change, ChannelId, ChannelState, ConnectionId, Conversation, Disconnect, Floor, Input, Kept,
    NodeId, Output, Outputs, Page, Peer, Position, Query, QueryResult, Question, Server, Settings, Spoken,
    Start,
};

/// A server in memory.
pub(crate) struct Memory {
    server: Server,
    settings: Settings,
    /// The stored messages, which survive a restart.
    kept: Vec<Arc<Spoken>>,
    channels: BTreeMap<ChannelId, ChannelState>,
    now: Timestamp,
    connections: u64,
    lines: BTreeMap<ConnectionId, VecDeque<Vec<u8>>>,
    closed: BTreeSet<ConnectionId>,
    starts: u64,
    /// Whether no two lines arrive at the same moment.
    pub(crate) is_ticking: bool,
}

impl Memory {
    pub(crate) fn new(settings: Settings, now: Timestamp) -> Self {
        Self {
            server: Server::new(NodeId::ALONE, settings.clone(), Start::alone(1), now),
            settings,
            kept: Vec::new(),
            channels: BTreeMap::new(),
            now,
            connections: 0,
            lines: BTreeMap::new(),
            closed: BTreeSet::new(),
            starts: 1,
            is_ticking: false,
        }
    }

    /// A client connects.
    pub(crate) fn open(&mut self) -> ConnectionId {
        self.connections += 1;
        let connection = ConnectionId::from_number(self.connections);
        self.lines.insert(connection, VecDeque::new());
        let peer = Peer::at(IpAddr::V4(Ipv4Addr::LOCALHOST));
        self.feed(Input::Connected { connection, peer });
        connection
    }

    /// A line arrives, without its line break.
    pub(crate) fn line(&mut self, connection: ConnectionId, line: &[u8]) {
        if self.is_open(connection) {
            if self.is_ticking {
                self.now = self.now + Duration::from_millis(1);
            }
            self.feed(Input::Line { connection, line: line.into() });
        }
    }

    /// A connection was lost.
    pub(crate) fn lost(&mut self, connection: ConnectionId) {
        if self.is_open(connection) {
            self.feed(Input::Disconnected { connection, why: Disconnect::Reset });
            self.closed.insert(connection);
        }
        self.lines.remove(&connection);
    }

    /// A client has sent its last line. Lines that wait are still processed.
    pub(crate) fn closed(&mut self, connection: ConnectionId) {
        if self.is_open(connection) {
            self.feed(Input::Disconnected { connection, why: Disconnect::Closed });
        }
    }

    pub(crate) fn is_open(&self, connection: ConnectionId) -> bool {
        self.lines.contains_key(&connection) && !self.closed.contains(&connection)
    }

    /// The next line for a connection, with its line break.
    pub(crate) fn next_line(&mut self, connection: ConnectionId) -> Option<Vec<u8>> {
        self.lines.get_mut(&connection)?.pop_front()
    }

    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.server.next_deadline()
    }

    /// Tells the server the time.
    pub(crate) fn wake(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
        if self.server.next_deadline().is_some_and(|deadline| deadline <= self.now) {
            self.feed(Input::Deadline);
        }
    }

    /// The server stops and starts again, with what it has stored.
    pub(crate) fn restart(&mut self) {
        self.feed(Input::ShuttingDown);
        self.closed.extend(self.lines.keys().copied());
        self.starts += 1;
        let kept = Kept::of_channels(self.channels.values().cloned().collect());
        let start = Start::Alone { next_seq: self.starts * 1_000_000, kept };
        self.server = Server::new(NodeId::ALONE, self.settings.clone(), start, self.now);
    }

    /// What was said in a channel: sender and text.
    pub(crate) fn said(&self, room: &str) -> Vec<(String, String)> {
        let inside = self.kept.iter().filter(|spoken| spoken.target == room);
        let nick = |spoken: &Spoken| spoken.source.split('!').next().unwrap().to_owned();
        inside.map(|spoken| (nick(spoken), spoken.text.clone())).collect()
    }

    fn feed(&mut self, input: Input) {
        let mut waiting = VecDeque::from([input]);
        while let Some(input) = waiting.pop_front() {
            let mut out = Outputs::default();
            self.server.handle(self.now, input, &mut out);
            for change in out.changes {
                match change {
                    Change::Message(spoken) => self.kept.push(spoken),
                    Change::Channel(state) => drop(self.channels.insert(state.id, *state)),
                    Change::ChannelChanged { channel, change } => {
                        if let Some(state) = self.channels.get_mut(&channel) {
                            state.apply(change);
                        }
                    }
                    Change::ChannelForgotten { channel } => {
                        self.channels.remove(&channel);
                        let gone = Conversation::Channel(channel);
                        self.kept.retain(|spoken| spoken.conversation.as_ref() != Some(&gone));
                    }
                    Change::Account(_)
                    | Change::AccountChanged { .. }
                    | Change::AccountDeleted { .. }
                    | Change::Invitation(_)
                    | Change::InvitationRevoked { .. }
                    | Change::Access(_) => panic!("nobody has an account here"),
                    Change::Closure { .. } | Change::Expired { .. } => panic!("nobody here does that"),
                    Change::Redacted { seq, .. } => self.kept.retain(|spoken| spoken.seq != seq),
                }
            }
            for output in out.outputs {
                waiting.extend(self.carry_out(output));
            }
        }
    }

    fn carry_out(&mut self, output: Output) -> Option<Input> {
        match output {
            Output::Deliver { to, line } => {
                for connection in to {
                    if let Some(lines) = self.lines.get_mut(&connection) {
                        lines.push_back(line.to_vec());
                    }
                }
            }
            Output::Close { connection } => drop(self.closed.insert(connection)),
            Output::LineTaken { .. } | Output::Audit(_) | Output::Note(_) => {}
            Output::TellWhenSent { connection } => return Some(Input::Sent { connection }),
            Output::Question { id, question: Question::Store(query), .. } => {
                return Some(Input::Answer { id, answer: Answer::Store(Some(self.answer(&query))) });
            }
            Output::Forget(_) => {}
            Output::Question { .. } | Output::Shutdown | Output::Administered { .. } | Output::Propose(_) => {
                panic!("not on this server")
            }
        }
        None
    }

    fn answer(&self, query: &Query) -> QueryResult {
        let Query::History { conversation, page, limit, floor } = query else {
            panic!("nobody asks for {query:?}")
        };
        assert_eq!(*floor, Floor::default(), "everybody may read everything here");
        let all = self.kept.iter().filter(|spoken| spoken.conversation.as_ref() == Some(conversation));
        let part = |from: Option<Position>, to: Option<Position>| -> Vec<Arc<Spoken>> {
            let is_inside = |spoken: &&Arc<Spoken>| {
                from.is_none_or(|from| is_after(spoken, from)) && to.is_none_or(|to| is_before(spoken, to))
            };
            all.clone().filter(is_inside).cloned().collect()
        };
        QueryResult::History(match *page {
            Page::Latest(after) => last(part(after, None), *limit),
            Page::Before(to) => last(part(None, Some(to)), *limit),
            // The client asks from newer to older.
            Page::Between(from, to) => last(part(Some(to), Some(from)), *limit),
            Page::After(_) | Page::Around(_) => panic!("nobody asks for {page:?}"),
        })
    }
}

fn is_before(spoken: &Spoken, position: Position) -> bool {
    match position {
        Position::Message(seq) => spoken.seq < seq,
        Position::Time(time) => spoken.at < time,
    }
}

fn is_after(spoken: &Spoken, position: Position) -> bool {
    match position {
        Position::Message(seq) => spoken.seq > seq,
        Position::Time(time) => spoken.at > time,
    }
}

fn last<T>(mut list: Vec<T>, limit: usize) -> Vec<T> {
    list.split_off(list.len().saturating_sub(limit))
}
