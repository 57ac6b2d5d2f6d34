//! Pages against a model: the messages of the conversation in a plain `Vec`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that panics has failed")]

use std::{collections::BTreeMap, thread};

use parla_history::{
    Bound, ConversationId, Durability, HistoryError, Kind, Message, MessageNumber, Page, Search, Writer,
    index_pending, latest_at, message, open_reader, page, search,
};
use parla_proto::Timestamp;
use proptest::{collection::vec, prelude::*, sample::Index};
use rusqlite::Connection;

const ROOM: ConversationId = ConversationId(3);
/// Texts, each with one of its words to search for.
const TEXTS: [(&str, &str); 5] = [
    ("Green tea!", "tea"),
    ("un café", "cafe"),
    ("日本の茶", "茶"),
    ("teal", "teal"),
    ("(Nothing)", "nothing"),
];

/// Changes to a file, each in its own transaction.
#[derive(Clone, Debug)]
enum Step {
    /// New messages: their conversations, and how many ids to skip.
    Say(Vec<(i64, u64)>),
    /// A message with an id that was skipped or deleted, as when a client fetches old history.
    SayLate(i64, Index),
    Delete(Index),
    Index(usize),
    Page(Page, usize),
    Search(usize, Option<i64>, u64, usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => vec((2..=4_i64, 0..4_u64), 1..12).prop_map(Step::Say),
        2 => (2..=4_i64, any::<Index>()).prop_map(|(conversation, id)| Step::SayLate(conversation, id)),
        2 => any::<Index>().prop_map(Step::Delete),
        2 => (1..20_usize).prop_map(Step::Index),
        8 => (any_page(), 0..12_usize).prop_map(|(asked, limit)| Step::Page(asked, limit)),
        2 => (0..TEXTS.len(), prop::option::of(2..=4_i64), 0..180_u64, 0..12_usize)
            .prop_map(|(word, conversation, before, limit)| Step::Search(word, conversation, before, limit)),
    ]
}

/// A file, and its expected messages by id. Several messages are sent in the same millisecond.
struct Kept {
    _folder: tempfile::TempDir,
    writer: Connection,
    reader: Connection,
    all: BTreeMap<u64, Message>,
    last: u64,
}

impl Kept {
    fn nothing() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("parla.db");
        let mut writer = parla_history::open(&path, Durability::Os).unwrap();
        parla_history::prepare(&mut writer).unwrap();
        Self { reader: open_reader(&path).unwrap(), _folder: folder, writer, all: BTreeMap::new(), last: 0 }
    }

    /// The file after some steps, with reads in between.
    fn after(steps: &[Step]) -> Self {
        let mut kept = Self::nothing();
        for step in steps {
            kept.take(step).unwrap();
        }
        kept
    }

    fn take(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Say(said) => {
                let said: Vec<(i64, u64)> = said
                    .iter()
                    .map(|(conversation, skipped)| {
                        self.last += 1 + skipped;
                        (*conversation, self.last)
                    })
                    .collect();
                self.append(&said);
            }
            Step::SayLate(conversation, id) => {
                self.last = self.last.max(1);
                let id = 1 + id.index(usize::try_from(self.last).unwrap()) as u64;
                self.append(&[(*conversation, id)]);
            }
            Step::Delete(index) => self.delete(*index),
            Step::Index(rows) => drop(index_pending(&mut self.writer, *rows).unwrap()),
            Step::Page(asked, limit) => self.check_page(*asked, *limit)?,
            Step::Search(word, conversation, before, limit) => {
                self.check_search(TEXTS[*word].1, conversation.map(ConversationId), *before, *limit)?;
            }
        }
        Ok(())
    }

    fn append(&mut self, said: &[(i64, u64)]) {
        let transaction = self.writer.transaction().unwrap();
        let mut writer = Writer::new(&transaction).unwrap();
        for (conversation, id) in said {
            let message = Message {
                id: MessageNumber(*id),
                conversation: ConversationId(*conversation),
                at: Timestamp::from_millis(i64::try_from(*id / 2).unwrap()),
                kind: Kind::Privmsg,
                source: "alice!alice@host".to_owned(),
                account: None,
                text: TEXTS[usize::try_from(*id).unwrap() % TEXTS.len()].0.to_owned(),
                tags: None,
                cuts: Vec::new(),
                refers_to: None,
                edited: None,
            };
            let new = !self.all.contains_key(id);
            assert_eq!(writer.append(&message).unwrap(), new);
            self.all.entry(*id).or_insert(message);
        }
        drop(writer);
        transaction.commit().unwrap();
    }

    fn delete(&mut self, index: Index) {
        if self.all.is_empty() {
            return;
        }
        let id = *self.all.keys().nth(index.index(self.all.len())).unwrap();
        let gone = self.all.remove(&id).unwrap();
        let transaction = self.writer.transaction().unwrap();
        assert!(Writer::new(&transaction).unwrap().delete(gone.conversation, gone.id).unwrap());
        transaction.commit().unwrap();
        assert_eq!(message(&self.reader, gone.conversation, gone.id).unwrap(), None);
    }

    /// The messages that [`ROOM`] should still have.
    fn room(&self) -> Vec<Message> {
        self.all.values().filter(|message| message.conversation == ROOM).cloned().collect()
    }

    fn check_page(&self, asked: Page, limit: usize) -> Result<(), TestCaseError> {
        let room = self.room();
        let expected = model(&room, asked, limit);
        prop_assert_eq!(&page(&self.reader, ROOM, asked, limit).unwrap(), &expected, "{:?}", asked);
        prop_assert_eq!(&page(&self.writer, ROOM, asked, limit).unwrap(), &expected, "{:?}", asked);
        prop_assert_eq!(latest_at(&self.reader, ROOM).unwrap(), room.last().map(|message| message.at));
        if let Some(any) = expected.first() {
            prop_assert_eq!(message(&self.reader, ROOM, any.id).unwrap(), Some(any.clone()));
        }
        Ok(())
    }

    fn check_search(
        &self,
        word: &str,
        conversation: Option<ConversationId>,
        before: u64,
        limit: usize,
    ) -> Result<(), TestCaseError> {
        let words = word.to_owned();
        let asked = Search { conversation, words, before: Some(MessageNumber(before)), limit };
        let matches = |message: &&Message| {
            let in_text = TEXTS.iter().find(|(text, _)| *text == message.text).unwrap().1;
            in_text.starts_with(word)
                && message.id.0 < before
                && conversation.is_none_or(|conversation| conversation == message.conversation)
        };
        let expected: Vec<Message> = self.all.values().rev().filter(matches).take(limit).cloned().collect();
        prop_assert_eq!(search(&self.reader, &asked).unwrap(), expected, "{:?}", asked);
        Ok(())
    }
}

fn is_before(message: &Message, bound: Bound) -> bool {
    match bound {
        Bound::Id(id) => message.id < id,
        Bound::Time(at) => message.at < at,
    }
}

fn is_after(message: &Message, bound: Bound) -> bool {
    match bound {
        Bound::Id(id) => message.id > id,
        Bound::Time(at) => message.at > at,
    }
}

/// A literal implementation of the specification.
fn model(all: &[Message], asked: Page, limit: usize) -> Vec<Message> {
    let only = |wanted: &dyn Fn(&Message) -> bool| -> Vec<Message> {
        all.iter().filter(|message| wanted(message)).cloned().collect()
    };
    let first = |messages: Vec<Message>, limit| messages.into_iter().take(limit).collect::<Vec<_>>();
    let last =
        |messages: Vec<Message>, limit: usize| messages[messages.len().saturating_sub(limit)..].to_vec();
    match asked {
        Page::Latest { after: None } => last(all.to_vec(), limit),
        Page::Latest { after: Some(bound) } => last(only(&|message| is_after(message, bound)), limit),
        Page::Before(bound) => last(only(&|message| is_before(message, bound)), limit),
        Page::After(bound) => first(only(&|message| is_after(message, bound)), limit),
        Page::Around(bound) => {
            let mut around = last(only(&|message| is_before(message, bound)), limit / 2);
            around.extend(first(only(&|message| !is_before(message, bound)), limit - limit / 2));
            around
        }
        Page::Between(from, to) => {
            let onwards = only(&|message| is_after(message, from) && is_before(message, to));
            let backwards = only(&|message| is_before(message, from) && is_after(message, to));
            assert!(onwards.is_empty() || backwards.is_empty());
            if onwards.is_empty() { last(backwards, limit) } else { first(onwards, limit) }
        }
    }
}

fn bound() -> impl Strategy<Value = Bound> {
    prop_oneof![
        (0..180_u64).prop_map(|seq| Bound::Id(MessageNumber(seq))),
        (-1..90_i64).prop_map(|ms| Bound::Time(Timestamp::from_millis(ms))),
    ]
}

fn any_page() -> impl Strategy<Value = Page> {
    prop_oneof![
        Just(Page::Latest { after: None }),
        bound().prop_map(|bound| Page::Latest { after: Some(bound) }),
        bound().prop_map(Page::Before),
        bound().prop_map(Page::After),
        bound().prop_map(Page::Around),
        (bound(), bound()).prop_map(|(from, to)| Page::Between(from, to)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_answer_is_that_of_the_model(steps in vec(step(), 1..80)) {
        let mut kept = Kept::nothing();
        for step in &steps {
            kept.take(step)?;
        }
    }

    #[test]
    fn pages_join_to_the_whole(steps in vec(step(), 1..40), sizes in vec(1..9_usize, 1..8)) {
        let kept = Kept::after(&steps);
        let all = kept.room();
        let mut sizes = sizes.into_iter().cycle();

        let mut backwards: Vec<Message> = Vec::new();
        let mut asked = Page::Latest { after: None };
        loop {
            let mut older = page(&kept.reader, ROOM, asked, sizes.next().unwrap()).unwrap();
            let Some(oldest) = older.first() else { break };
            asked = Page::Before(Bound::Id(oldest.id));
            older.append(&mut backwards);
            backwards = older;
        }
        prop_assert_eq!(&backwards, &all);

        let mut forwards: Vec<Message> = Vec::new();
        let mut asked = Page::After(Bound::Id(MessageNumber(0)));
        loop {
            let newer = page(&kept.reader, ROOM, asked, sizes.next().unwrap()).unwrap();
            let Some(newest) = newer.last() else { break };
            asked = Page::After(Bound::Id(newest.id));
            forwards.extend(newer);
        }
        prop_assert_eq!(&forwards, &all);
    }
}

/// Messages move from the tail to the index between two statements; none may be missed or found twice.
#[test]
fn an_answer_is_of_one_moment() -> Result<(), HistoryError> {
    let mut kept = Kept::after(&[Step::Say(vec![(ROOM.0, 0); 1000])]);
    let all = Search { conversation: None, words: "te".to_owned(), before: None, limit: 1000 };
    let asked = Page::Around(Bound::Time(Timestamp::from_millis(250)));
    let (found, around) = (search(&kept.reader, &all)?, page(&kept.reader, ROOM, asked, 700)?);
    let indexing = thread::spawn(move || while index_pending(&mut kept.writer, 1).unwrap() > 0 {});
    while !indexing.is_finished() {
        assert_eq!(page(&kept.reader, ROOM, asked, 700)?, around);
        assert_eq!(search(&kept.reader, &all)?, found);
    }
    indexing.join().unwrap();
    Ok(())
}
