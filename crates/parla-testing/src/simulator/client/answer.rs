//! Everything that belongs to one line of a client: its label, its batches, its echoes, and the history that
//! it asked for.

use std::{collections::BTreeMap, sync::Arc};

use parla_proto::{Capabilities, Message, name::is_channel};
use parla_server::{QueryResult, Spoken};

use super::{Client, Scene};
use crate::simulator::{
    checkers::{Checked, Finding, ensure},
    store::lines,
};

/// The answer so far to the line that is being handled.
#[derive(Debug)]
pub(super) struct Answer {
    line: Vec<u8>,
    /// The label that the answer must carry, and how often it has.
    label: Option<(String, usize)>,
    echo: bool,
    /// The client's own messages: target, text, and whether the echo carried the label.
    own: Vec<(String, String, bool)>,
    pub(super) history: Option<QueryResult>,
}

impl Answer {
    pub(super) fn to(line: Vec<u8>, capabilities: Capabilities) -> Self {
        let needed = Capabilities::LABELED_RESPONSE | Capabilities::BATCH;
        // Even a line that is not a message may have a label.
        let tags = Message::parse(&line).map_or_else(|_| Message::tags_of(&line), |message| message.tags);
        let label = tags.get("label").map(|label| label.into_owned());
        let counts = |label: &String| {
            !label.is_empty()
                && label.len() <= parla_proto::limits::LABEL_BYTES_MAX
                && capabilities.contains(needed)
        };
        Self {
            label: label.filter(counts).map(|label| (label, 0)),
            line,
            echo: capabilities.contains(Capabilities::ECHO_MESSAGE),
            own: Vec::new(),
            history: None,
        }
    }

    /// The line that is being answered.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.line).into_owned()
    }

    pub(super) fn is_to(&self, command: &str) -> bool {
        Message::parse(&self.line).is_ok_and(|message| message.command.eq_ignore_ascii_case(command))
    }

    /// A label whose answer comes later, which is that of a batch that was opened.
    pub(super) fn deferred_label(&self) -> Option<&str> {
        let message = Message::parse(&self.line).ok()?;
        let opens = self.is_to("BATCH") && message.param(0).is_some_and(|name| name.starts_with('+'));
        self.label.as_ref().filter(|(_, count)| opens && *count == 0).map(|(label, _)| label.as_str())
    }

    /// Notes a label. Returns false if it is not the expected one.
    pub(super) fn hear_label(&mut self, label: &str) -> bool {
        match &mut self.label {
            Some((wanted, count)) if wanted == label => {
                *count += 1;
                true
            }
            _ => false,
        }
    }

    pub(super) fn hear_own(&mut self, target: &str, text: &str, labelled: bool) {
        self.own.push((target.to_owned(), text.to_owned(), labelled));
    }

    /// Checks that a labelled line has exactly one labelled answer.
    pub(super) fn is_labelled_once(&self) -> Checked {
        ensure(self.label.as_ref().is_none_or(|(_, count)| *count == 1), "label", || {
            format!("{:?} answers to {}", self.label, self.line.escape_ascii())
        })
    }

    /// Checks that the client's own message came back once for each target that got it, with the label if
    /// there is one.
    pub(super) fn echoes_fit(&self, client: &Client, scene: &Scene) -> Checked {
        let Ok(message) = Message::parse(&self.line) else { return Ok(()) };
        let is_said = ["PRIVMSG", "NOTICE"].iter().any(|word| message.command.eq_ignore_ascii_case(word));
        let (Some(targets), Some(text)) = (message.param(0), message.param(1)) else { return Ok(()) };
        let waits = message.tags.get("batch").is_some();
        if !is_said || waits || !scene.settings.network.history {
            return Ok(());
        }
        let distinct: std::collections::BTreeSet<String> =
            targets.split(',').map(|target| scene.fold(target)).collect();
        if distinct.len() != targets.split(',').count() {
            return Ok(());
        }
        let me = client.folded_nick(scene);
        let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
        for target in targets.split(',') {
            let target = scene.fold(target);
            let came_to_others = scene.private.contains(&(text.to_owned(), target.clone()));
            let count = match &target {
                room if is_channel(room) => {
                    usize::from(self.echo) * scene.store.count(room, &client.source, text)
                }
                nick if *nick == me => continue,
                _ if came_to_others => usize::from(self.echo),
                _ => continue,
            };
            wanted.insert(target, count);
        }
        for (target, count) in wanted {
            let own = self.own.iter().filter(|(to, said, _)| *to == target && said == text);
            let labelled = own.clone().filter(|(_, _, labelled)| *labelled).count();
            let (came, owed) = (own.count(), if self.label.is_some() { count } else { 0 });
            ensure(came == count && labelled == owed, "echo", || {
                format!(
                    "{} to {target} came back {came} times instead of {count}, {labelled} with the label: {}",
                    client.name(),
                    self.line.escape_ascii()
                )
            })?;
        }
        Ok(())
    }
}

/// An open batch.
#[derive(Debug)]
pub(super) struct Batch {
    kind: String,
    pub(super) labelled: bool,
    /// The batch that contains it.
    pub(super) outer: Option<String>,
    /// The tags of its opening line that apply to its contents.
    pub(super) tags: String,
    /// The room, for a batch of history.
    room: Option<String>,
    lines: Vec<Line>,
    /// The number of lines from other batches that do not belong to the purpose of this one.
    strays: usize,
}

/// The tags of a line without those that depend on its position.
fn own_tags(message: &Message<'_>) -> String {
    let of_place = |piece: &&str| !piece.starts_with("batch=") && !piece.starts_with("label=");
    message.tags.as_str().split(';').filter(of_place).collect::<Vec<_>>().join(";")
}

/// A line in a batch of history.
#[derive(Debug)]
struct Line {
    source: String,
    words: Vec<String>,
    id: Option<String>,
    time: Option<String>,
    tags: String,
}

impl Batch {
    pub(super) fn new(message: &Message<'_>, labelled: bool) -> Self {
        Self {
            kind: message.param(1).unwrap_or_default().to_owned(),
            labelled,
            outer: message.tags.get("batch").map(|outer| outer.into_owned()),
            tags: own_tags(message),
            room: message.param(2).map(str::to_owned),
            lines: Vec::new(),
            strays: 0,
        }
    }

    pub(super) fn is_history(&self) -> bool {
        self.kind.contains("chathistory")
    }

    /// Whether its lines form one message.
    pub(super) fn is_message(&self) -> bool {
        self.kind == "draft/multiline"
    }

    /// Its lines in the form for clients without batches: blank ones are left out, and only the first has the
    /// id.
    pub(super) fn one_by_one(&self) -> Vec<Vec<u8>> {
        let without_id =
            self.tags.split(';').filter(|piece| !piece.starts_with("msgid=")).collect::<Vec<_>>();
        let mut tags = self.tags.clone();
        let mut lines = Vec::new();
        for line in &self.lines {
            let [verb, target, text] = line.words.as_slice() else { continue };
            if !text.is_empty() {
                let written = parla_proto::Line::tagged(&tags).source(&line.source).command(verb);
                lines.push(written.param(target).text(text).finish());
                tags = without_id.join(";");
            }
        }
        lines
    }

    /// The rooms that the batch lists.
    pub(super) fn rooms(&self) -> impl Iterator<Item = &str> {
        let targets =
            self.lines.iter().filter(|line| line.words.first().is_some_and(|word| word == "CHATHISTORY"));
        self.room
            .as_deref()
            .filter(|_| self.is_history())
            .into_iter()
            .chain(targets.filter_map(|line| line.words.get(2).map(String::as_str)))
    }

    /// Takes a line of history. Other lines are treated as if they were not in the batch.
    pub(super) fn collect(&mut self, message: &Message<'_>) -> bool {
        if self.is_history() || self.is_message() {
            let words = [message.command].into_iter().chain(message.params.iter().copied());
            self.lines.push(Line {
                source: message.source.map(|source| source.to_string()).unwrap_or_default(),
                words: words.map(str::to_owned).collect(),
                id: message.tags.get("msgid").map(|id| id.into_owned()),
                time: message.tags.get("time").map(|time| time.into_owned()),
                tags: super::room::client_only(message),
            });
        }
        self.strays += usize::from(self.kind == "draft/isupport" && message.command != "005");
        self.is_history() || self.is_message()
    }

    /// Checks that the whole batch is what the store has answered.
    pub(super) fn is_what_was_asked(
        &self,
        answer: &mut Answer,
        capabilities: Capabilities,
        scene: &Scene,
    ) -> Checked {
        match self.kind.as_str() {
            "labeled-response" => ensure(self.labelled, "label", || "a response to no label".to_owned()),
            "draft/isupport" => ensure(self.strays == 0, "batch", || "not all lines are 005".to_owned()),
            // The lines in it are checked one by one.
            "metadata" | "parla.chat/invitations" => Ok(()),
            "metadata-subs" => ensure(answer.is_to("METADATA"), "metadata", || "unasked".to_owned()),
            "chathistory" => match answer.history.take() {
                Some(QueryResult::History(messages)) => self.has(&messages, capabilities, scene),
                other => Err(Finding::new("history", format!("messages where the store gave {other:?}"))),
            },
            "draft/chathistory-targets" => match answer.history.take() {
                Some(QueryResult::LatestTimes(times)) => self.has_targets(&times, scene),
                other => Err(Finding::new("history", format!("targets where the store gave {other:?}"))),
            },
            _ => Err(Finding::new("batch", format!("unknown kind {}", self.kind))),
        }
    }

    fn has(&self, messages: &[Arc<Spoken>], capabilities: Capabilities, scene: &Scene) -> Checked {
        let wanted: Vec<(usize, &str, &Arc<Spoken>)> = messages
            .iter()
            .flat_map(|spoken| lines(spoken).enumerate().map(move |(index, text)| (index, text, spoken)))
            .collect();
        ensure(self.lines.len() == wanted.len(), "history", || {
            format!("{} lines instead of {}", self.lines.len(), wanted.len())
        })?;
        let tagged = capabilities.contains(Capabilities::MESSAGE_TAGS);
        let timed = capabilities.contains(Capabilities::SERVER_TIME);
        for (line, (index, text, spoken)) in self.lines.iter().zip(wanted) {
            let room = self.room.as_deref().unwrap_or_default();
            // Between people, it says to whom it was sent.
            let to = line.words.get(1).filter(|_| !is_channel(room)).map_or(room, String::as_str);
            let same = line.source == spoken.source
                && line.words == [spoken.verb.as_str(), to, text]
                && line.id == (tagged && index == 0).then(|| scene.store.ids.encode(spoken.seq).to_string())
                && line.time == timed.then(|| spoken.at.to_string())
                && line.tags == if tagged { spoken.tags.as_str() } else { "" };
            ensure(same, "history", || format!("{line:?} where the store gave {spoken:?}"))?;
        }
        Ok(())
    }

    fn has_targets(&self, times: &[Option<parla_proto::Timestamp>], scene: &Scene) -> Checked {
        for line in &self.lines {
            let [command, word, room, time] = line.words.as_slice() else {
                return Err(Finding::new("history", format!("{line:?} is no target")));
            };
            let known = times.iter().flatten().any(|at| at.to_string() == *time);
            let kept = scene.store.was_named(&scene.fold(room));
            ensure(command == "CHATHISTORY" && word == "TARGETS" && known && kept, "history", || {
                format!("{line:?} where the store gave {times:?}")
            })?;
        }
        Ok(())
    }
}
