//! Messages of several lines: a batch for clients that support it, single lines for the others.
//! <https://ircv3.net/specs/extensions/multiline>

use bytes::Bytes;
use parla_proto::{Capabilities, Line, MsgId};

use super::{LineTags, Publisher, TAG_CAPABILITIES, publication::Publication, spoken_line};
use crate::{
    base::{
        message_ids::MessageIds,
        multiline::{CONCAT, MULTILINE, NEEDED, pieces},
    },
    contract::output::Recipients,
    network::change::Spoken,
    session::sessions::Receiver,
};

/// One form of the message, and the sessions that get it.
struct Rendering {
    capabilities: Capabilities,
    lines: Vec<Bytes>,
    to: Recipients,
}

impl Publisher<'_> {
    /// Sends each of these sessions all lines of a message in the form for its capabilities.
    pub(super) fn say_lines(&mut self, receivers: impl Iterator<Item = Receiver>, spoken: &Spoken) {
        let ids = &self.network.settings.message_ids;
        let mut renderings: Vec<Rendering> = Vec::new();
        let collecting = self.origin.filter(|origin| self.sessions.is_collecting(*origin));
        for receiver in receivers {
            let capabilities = receiver.capabilities & (TAG_CAPABILITIES | NEEDED);
            let known = renderings.iter().position(|rendering| rendering.capabilities == capabilities);
            let index = known.unwrap_or_else(|| {
                let lines = spoken_lines(ids, spoken, None, capabilities);
                renderings.push(Rendering { capabilities, lines, to: Recipients::new() });
                renderings.len() - 1
            });
            let Some(rendering) = renderings.get_mut(index) else { continue };
            if collecting == Some(receiver.connection) {
                let lines = rendering.lines.clone();
                self.publications.push(Publication::WholeBatch { connection: receiver.connection, lines });
            } else {
                rendering.to.push(receiver.connection);
            }
        }
        for Rendering { lines, to, .. } in renderings {
            if !to.is_empty() {
                self.publications
                    .extend(lines.into_iter().map(|line| Publication::Line { to: to.clone(), line }));
            }
        }
    }
}

/// A message as lines, in the batch named `outer` if there is one. A message of one line becomes one line, or
/// none for a client that does not understand it.
pub(crate) fn spoken_lines(
    ids: &MessageIds,
    spoken: &Spoken,
    outer: Option<&str>,
    capabilities: Capabilities,
) -> Vec<Bytes> {
    if !spoken.is_multiline() {
        return spoken_line(ids, spoken, outer, capabilities).into_iter().collect();
    }
    let id = ids.encode(spoken.seq);
    let tags = LineTags {
        batch: outer,
        account: spoken.account.as_ref(),
        id: Some(id),
        at: spoken.at,
        client_only: &spoken.tags,
    };
    if capabilities.contains(NEEDED) {
        in_a_batch(spoken, id, &tags.render(capabilities))
    } else {
        one_by_one(spoken, tags, capabilities)
    }
}

fn in_a_batch(spoken: &Spoken, name: MsgId, tags: &str) -> Vec<Bytes> {
    // Unlike the batch names that sessions choose, the msgid is the same for everyone, and no other message
    // has it.
    let start = Line::tagged(tags).source(&spoken.source).command("BATCH");
    let start = start.param(format_args!("+{name}")).param(MULTILINE).param(&spoken.target).finish();
    let end = Line::from(&spoken.source).command("BATCH").param(format_args!("-{name}")).finish();
    let (first, next) = (format!("batch={name}"), format!("batch={name};{CONCAT}"));
    let lines = pieces(&spoken.text, &spoken.cuts).into_iter().map(|piece| {
        let line = Line::tagged(if piece.goes_on { &next } else { &first }).source(&spoken.source);
        line.command(spoken.verb.as_str()).param(&spoken.target).text(piece.text).finish().into()
    });
    [start.into()].into_iter().chain(lines).chain([end.into()]).collect()
}

/// Blank lines are left out. Only the first line carries the msgid.
fn one_by_one(spoken: &Spoken, mut tags: LineTags<'_>, capabilities: Capabilities) -> Vec<Bytes> {
    let mut lines = Vec::new();
    for piece in pieces(&spoken.text, &spoken.cuts).iter().filter(|piece| !piece.text.is_empty()) {
        let line = Line::tagged(&tags.render(capabilities)).source(&spoken.source);
        let line = line.command(spoken.verb.as_str()).param(&spoken.target).text(piece.text);
        lines.push(line.finish().into());
        tags.id = None;
    }
    lines
}
