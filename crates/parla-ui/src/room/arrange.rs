//! How the rows of a chunk are shown: with separators, in groups, and with joins and leaves combined in one
//! line.
//!
//! A pure function from rows to items, which the components draw. It depends only on the chunk and the row
//! before it, so that a chunk is arranged again only if it changes.

use std::{ops::Range, time::Duration};

use parla_client::view::{BufferEvent, Chunk, Content, Manner, MessageView, Row, RowId};
use parla_proto::{
    Timestamp,
    civil::{Date, DateTime},
};

/// After this time the nick is shown again.
const GROUP_WITHIN: Duration = Duration::from_secs(5 * 60);

/// An item of the list. Indices are those of the chunk's rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// A new day begins above this row; an earlier one, if the server's clock was set back.
    Day(Date, RowId),
    /// The unread messages begin here, at this time.
    New(DateTime),
    /// A message.
    Message {
        /// The index of its row.
        index: usize,
        /// Whether nick and time are shown, which is not so if the row continues the one above.
        lead: Lead,
    },
    /// Several people joined, left or changed their nicks.
    Run {
        /// The first row, which identifies the run when it is expanded.
        id: RowId,
        /// The indices of its rows.
        rows: Range<usize>,
        /// Whether each row is shown.
        open: bool,
    },
    /// Any other row, by its index.
    Other(usize),
}

/// Whether a message shows its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lead {
    /// It shows its sender.
    Named,
    /// It continues the one above.
    Continued,
}

/// What the arrangement depends on besides the chunk.
pub(crate) struct Setting<'a> {
    /// The row before the chunk's first.
    pub(crate) previous: Option<&'a Row>,
    /// The row above which the unread messages begin.
    pub(crate) divider: Option<RowId>,
    /// The runs that are expanded.
    pub(crate) open: &'a [RowId],
    /// The person's local time at a moment.
    pub(crate) local: &'a dyn Fn(Timestamp) -> DateTime,
}

/// Arranges the rows of a chunk.
pub(crate) fn arrange(chunk: &Chunk, setting: &Setting<'_>) -> Vec<Item> {
    let mut items = Vec::with_capacity(chunk.rows.len());
    let mut previous = setting.previous;
    for (index, row) in chunk.rows.iter().enumerate() {
        let broken = separate(row, previous, setting, &mut items);
        let above = if broken { None } else { previous };
        match &row.content {
            Content::Message(message) => {
                let lead = if continues(row, message, above) { Lead::Continued } else { Lead::Named };
                items.push(Item::Message { index, lead });
            }
            Content::Event(event) if comes_or_goes(event) => run(row.id, index, broken, setting, &mut items),
            Content::Event(_) | Content::Server(_) | Content::Gap(_) => items.push(Item::Other(index)),
        }
        previous = Some(row);
    }
    for item in &mut items {
        if let Item::Run { rows, .. } = item
            && rows.len() == 1
        {
            *item = Item::Other(rows.start);
        }
    }
    items
}

/// Adds the separators between two rows. Returns whether there are any.
fn separate(row: &Row, previous: Option<&Row>, setting: &Setting<'_>, items: &mut Vec<Item>) -> bool {
    let time = (setting.local)(row.at);
    let before = items.len();
    if previous.is_none_or(|previous| (setting.local)(previous.at).date != time.date) {
        items.push(Item::Day(time.date, row.id));
    }
    if setting.divider == Some(row.id) {
        items.push(Item::New(time));
    }
    items.len() > before
}

/// Whether the row does not need its own nick.
fn continues(row: &Row, message: &MessageView, above: Option<&Row>) -> bool {
    let Some(above) = above else { return false };
    let Content::Message(other) = &above.content else { return false };
    message.manner == Manner::Message
        && other.manner == Manner::Message
        && message.author == other.author
        && message.audience == other.audience
        // An answer shows the answered message above it, and its sender above that.
        && message.reply.is_none()
        && row.at.since(above.at) <= GROUP_WITHIN
        && above.at.since(row.at) <= GROUP_WITHIN
}

fn comes_or_goes(event: &BufferEvent) -> bool {
    match event {
        BufferEvent::Joined { .. }
        | BufferEvent::Left { .. }
        | BufferEvent::Quit { .. }
        | BufferEvent::Renamed { .. } => true,
        BufferEvent::Kicked { .. }
        | BufferEvent::TopicSet { .. }
        | BufferEvent::TopicCleared { .. }
        | BufferEvent::ModeSet { .. }
        | BufferEvent::Invited { .. }
        | BufferEvent::RoomRenamed { .. } => false,
    }
}

/// Adds a row to the run above it, or begins a new run.
fn run(id: RowId, index: usize, broken: bool, setting: &Setting<'_>, items: &mut Vec<Item>) {
    if let Some(Item::Run { rows, .. }) = items.last_mut()
        && !broken
    {
        rows.end = index + 1;
        return;
    }
    items.push(Item::Run { id, rows: index..index + 1, open: setting.open.contains(&id) });
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use expect_test::{Expect, expect};
    use parla_client::{
        text::Text,
        view::{Author, Gap, GapState},
    };

    use super::*;

    /// One row per word: `alice@10:02` is a message, `+alice@…` joins, `-alice@…` leaves, `*alice@…` is an
    /// action, `?@…` is a gap; days are `23T10:02`.
    fn rows(words: &str) -> Vec<Row> {
        words.split_whitespace().enumerate().map(|(n, word)| row(n, word)).collect()
    }

    fn row(n: usize, word: &str) -> Row {
        let (who, time) = word.split_once('@').unwrap();
        let (day, time) = time.split_once('T').unwrap_or(("23", time));
        let at: Timestamp = format!("2026-11-{day}T{time}:00Z").parse().unwrap();
        let message_from = |from: &str, manner| {
            Content::Message(Arc::new(MessageView::new(manner, from, Text::parse("hi"))))
        };
        let content = match who.split_at(1) {
            ("+", who) => Content::Event(BufferEvent::Joined { who: who.into() }),
            ("-", who) => Content::Event(BufferEvent::Quit { who: who.into(), reason: None }),
            ("*", who) => message_from(who, Manner::Action),
            ("?", _) => Content::Gap(Gap { from: None, to: at, state: GapState::Loadable }),
            _ => message_from(who, Manner::Message),
        };
        Row { id: RowId(u64::try_from(n).unwrap()), at, content }
    }

    fn check_with(words: &str, previous: Option<&str>, divider: Option<u64>, expected: Expect) {
        let previous = previous.map(|word| row(99, word));
        let chunk = Chunk { id: 1, rows: rows(words) };
        let setting = Setting {
            previous: previous.as_ref(),
            divider: divider.map(RowId),
            open: &[RowId(4)],
            local: &|at| at.civil(3600),
        };
        let shown: Vec<String> = arrange(&chunk, &setting).iter().map(describe).collect();
        expected.assert_eq(&shown.join(" "));
    }

    fn check(words: &str, expected: Expect) {
        check_with(words, None, None, expected);
    }

    fn describe(item: &Item) -> String {
        match item {
            Item::Day(date, _) => format!("[{}]", date.day),
            Item::New(time) => format!("[new {}]", crate::words::Words::english().hour_minute(*time)),
            Item::Message { index, lead: Lead::Named } => format!("{index}!"),
            Item::Message { index, lead: Lead::Continued } => format!("{index}"),
            Item::Run { rows, open, .. } => format!("{rows:?}{}", if *open { " open" } else { "" }),
            Item::Other(index) => format!("({index})"),
        }
    }

    #[test]
    fn one_person_in_a_row_is_named_once() {
        check("alice@10:02 alice@10:03 bob@10:03 alice@10:04", expect!["[23] 0! 1 2! 3!"]);
        check("alice@10:02 alice@10:07 alice@10:13", expect!["[23] 0! 1 2!"]);
        check("alice@10:02 *alice@10:02 alice@10:02", expect!["[23] 0! 1! 2!"]);
        check("alice@10:02 +bob@10:02 alice@10:02", expect!["[23] 0! (1) 2!"]);
    }

    #[test]
    fn a_nick_of_another_account_is_named_again() {
        let with = |account: Option<&str>| {
            let author = Author { account: account.map(Into::into), ..Author::new("alice") };
            MessageView::by(author, Manner::Message, Text::parse("hi"))
        };
        let above =
            Row { content: Content::Message(Arc::new(with(Some("Alicia")))), ..row(0, "alice@10:02") };
        let below = row(1, "alice@10:02");
        assert!(continues(&below, &with(Some("Alicia")), Some(&above)));
        assert!(!continues(&below, &with(Some("Mallory")), Some(&above)));
        assert!(!continues(&below, &with(None), Some(&above)));
    }

    #[test]
    fn the_row_before_the_chunk_counts() {
        check_with("alice@10:02", Some("alice@10:01"), None, expect!["0"]);
        check_with(
            "alice@10:02",
            Some("22T10:01".replace("22T", "alice@22T").as_str()),
            None,
            expect!["[23] 0!"],
        );
    }

    #[test]
    fn days_are_those_of_the_person() {
        check("alice@22:58 alice@22:59 alice@23:01 alice@24T22:00", expect!["[23] 0! 1 [24] 2! 3!"]);
    }

    #[test]
    fn a_clock_may_be_set_back() {
        check(
            "alice@22:58 alice@24T00:30 alice@22:59 alice@24T00:31",
            expect!["[23] 0! [24] 1! [23] 2! [24] 3!"],
        );
        check("alice@10:30 alice@10:02 alice@10:01", expect!["[23] 0! 1! 2"]);
    }

    #[test]
    fn comings_and_goings_are_collapsed() {
        check("+a@10:00 -b@10:01 +c@10:01 d@10:02 +e@10:03 -f@10:04", expect!["[23] 0..3 3! 4..6 open"]);
        check("+a@10:00 d@10:02", expect!["[23] (0) 1!"]);
    }

    #[test]
    fn the_divider_breaks_groups() {
        check_with(
            "a@10:00 a@10:00 +x@10:01 +y@10:01 +z@10:02",
            None,
            Some(1),
            expect!["[23] 0! [new 11:00] 1! 2..5"],
        );
        check_with(
            "+a@10:00 +b@10:00 +c@10:00 +d@10:00",
            None,
            Some(2),
            expect!["[23] 0..2 [new 11:00] 2..4"],
        );
    }

    #[test]
    fn a_gap_stands_alone() {
        check("a@10:00 ?@10:01 a@10:02", expect!["[23] 0! (1) 2!"]);
    }
}
