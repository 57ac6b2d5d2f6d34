//! A message of several lines: a batch whose lines are joined. <https://ircv3.net/specs/extensions/multiline>

use parla_proto::{CommandName, Message};

use crate::{
    limits::{MESSAGE_BYTES_MAX, MESSAGE_LINES_MAX},
    sorted_map::SortedMap,
};

const TYPES: [&str; 2] = ["draft/multiline", "multiline"];
const CONCAT: [&str; 2] = ["draft/multiline-concat", "multiline-concat"];

/// A message that is still arriving.
#[derive(Debug)]
pub(crate) struct Multiline {
    /// The line that opened it, without the line break; it carries the sender, the time and the target.
    opening: Vec<u8>,
    /// The command of its first line.
    command: CommandName,
    text: String,
    lines: usize,
    is_cut: bool,
}

impl Multiline {
    /// The message that this line opens, if it opens one.
    pub(crate) fn opened_by(message: &Message<'_>) -> Option<Self> {
        let is_opening = CommandName::of(message) == Some(CommandName::Batch)
            && message.param(0).is_some_and(|name| name.starts_with('+'))
            && message.param(1).is_some_and(|kind| TYPES.contains(&kind))
            && message.param(2).is_some();
        let mut opening = is_opening.then(|| message.encode())?;
        while opening.pop_if(|byte| matches!(byte, b'\r' | b'\n')).is_some() {}
        Some(Self { opening, command: CommandName::Privmsg, text: String::new(), lines: 0, is_cut: false })
    }

    /// Adds a line. Returns false if the line cannot be part of a message.
    pub(crate) fn push(&mut self, message: &Message<'_>) -> bool {
        let Some(command @ (CommandName::Privmsg | CommandName::Notice)) = CommandName::of(message) else {
            return false;
        };
        let text = message.param(1).unwrap_or_default();
        let goes_on = CONCAT.iter().any(|tag| message.tags.get(tag).is_some());
        if self.lines == 0 {
            self.command = command;
        } else if !goes_on && !self.is_cut {
            self.text.push('\n');
        }
        self.lines += 1;
        if self.lines > MESSAGE_LINES_MAX || self.text.len() + text.len() > MESSAGE_BYTES_MAX {
            if !self.is_cut {
                self.text.push('…');
            }
            self.is_cut = true;
        }
        if !self.is_cut {
            self.text.push_str(text);
        }
        true
    }

    /// The whole message, as if it had come in one line; `None` if it has no text.
    pub(crate) fn message(&self) -> Option<Message<'_>> {
        let mut message = Message::parse(&self.opening).ok()?;
        let target = message.param(2)?;
        if self.text.trim().is_empty() {
            return None;
        }
        message.command = self.command.as_str();
        message.params.clear();
        message.params.push(target);
        message.params.push(&self.text);
        Some(message)
    }
}

/// An item of a page of history.
pub(crate) enum PageItem<'a> {
    /// A line on its own.
    Line(&'a [u8]),
    /// A message of several lines, joined.
    Whole(Multiline),
}

impl PageItem<'_> {
    /// This item as one message.
    pub(crate) fn message(&self) -> Option<Message<'_>> {
        match self {
            PageItem::Line(line) => Message::parse(line).ok(),
            PageItem::Whole(multiline) => multiline.message(),
        }
    }
}

/// The lines of a page, with the lines of each multiline message joined at the place where it was opened. A
/// message that was not closed is joined as far as it has arrived.
pub(crate) fn joined(lines: &[Vec<u8>]) -> Vec<PageItem<'_>> {
    let mut open: SortedMap<String, usize> = SortedMap::default();
    let mut parts = Vec::new();
    for line in lines {
        let Ok(message) = Message::parse(line) else { continue };
        if let Some(opened) = Multiline::opened_by(&message) {
            let name = message.param(0).unwrap_or_default().trim_start_matches('+').to_owned();
            open.insert(name, parts.len());
            parts.push(PageItem::Whole(opened));
        } else if CommandName::of(&message) == Some(CommandName::Batch) {
            message.param(0).and_then(|name| name.strip_prefix('-')).and_then(|name| open.remove(name));
        } else {
            let within = message.tags.get("batch").and_then(|name| open.get(&*name).copied());
            let is_part = match within.and_then(|at| parts.get_mut(at)) {
                Some(PageItem::Whole(multiline)) => multiline.push(&message),
                Some(PageItem::Line(_)) | None => false,
            };
            if !is_part {
                parts.push(PageItem::Line(line));
            }
        }
    }
    parts
}
