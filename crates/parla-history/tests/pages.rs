//! Pages against a model: the messages of the conversation in a plain `Vec`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that panics has failed")]

use parla_history::{Bound, ConversationId, Durability, Kind, Message, Page, Writer, page};
use parla_proto::{MsgId, Timestamp};
use proptest::{collection::vec, prelude::*, sample::Index};
use rusqlite::Connection;

const ROOM: ConversationId = ConversationId(3);

/// A file with what was said, in several conversations, ids with gaps and several messages in a millisecond; then some of
/// it is deleted.
#[derive(Debug)]
struct Said {
    /// Where, ids to skip, and milliseconds that pass.
    messages: Vec<(i64, u64, i64)>,
    deleted: Vec<Index>,
}

fn said() -> impl Strategy<Value = Said> {
    (vec((2..=4_i64, 0..4_u64, 0..3_i64), 0..60), vec(any::<Index>(), 0..10))
        .prop_map(|(messages, deleted)| Said { messages, deleted })
}

impl Said {
    /// The file, and what should be left of [`ROOM`].
    fn keep(&self, connection: &mut Connection) -> Vec<Message> {
        let transaction = connection.transaction().unwrap();
        let mut writer = Writer::new(&transaction).unwrap();
        let (mut id, mut at) = (0, 0);
        let mut all = Vec::new();
        for (conversation, skipped, passed) in &self.messages {
            id += 1 + skipped;
            at += passed;
            let message = Message {
                id: MsgId::from_seq(id),
                conversation: ConversationId(*conversation),
                at: Timestamp::from_millis(at),
                kind: Kind::Privmsg,
                source: "alice!alice@host".to_owned(),
                account: None,
                text: id.to_string(),
                tags: None,
            };
            assert!(writer.append(&message).unwrap());
            all.push(message);
        }
        for index in &self.deleted {
            if !all.is_empty() {
                let gone = all.remove(index.index(all.len()));
                assert!(writer.delete(gone.conversation, gone.id).unwrap());
            }
        }
        drop(writer);
        transaction.commit().unwrap();
        all.retain(|message| message.conversation == ROOM);
        all
    }
}

fn empty_file() -> (tempfile::TempDir, Connection) {
    let folder = tempfile::tempdir().unwrap();
    let mut connection = parla_history::open(&folder.path().join("parla.db"), Durability::Os).unwrap();
    parla_history::prepare(&mut connection).unwrap();
    (folder, connection)
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

/// The specification, literally.
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
        (0..180_u64).prop_map(|seq| Bound::Id(MsgId::from_seq(seq))),
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
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_page_is_that_of_the_model(said in said(), asked in vec((any_page(), 0..12_usize), 50)) {
        let (_folder, mut connection) = empty_file();
        let all = said.keep(&mut connection);
        for (asked, limit) in asked {
            prop_assert_eq!(page(&connection, ROOM, asked, limit).unwrap(), model(&all, asked, limit), "{:?}", asked);
        }
    }

    #[test]
    fn pages_join_to_the_whole(said in said(), sizes in vec(1..9_usize, 1..8)) {
        let (_folder, mut connection) = empty_file();
        let all = said.keep(&mut connection);
        let mut sizes = sizes.into_iter().cycle();

        let mut backwards: Vec<Message> = Vec::new();
        let mut asked = Page::Latest { after: None };
        loop {
            let mut older = page(&connection, ROOM, asked, sizes.next().unwrap()).unwrap();
            let Some(oldest) = older.first() else { break };
            asked = Page::Before(Bound::Id(oldest.id));
            older.append(&mut backwards);
            backwards = older;
        }
        prop_assert_eq!(&backwards, &all);

        let mut forwards: Vec<Message> = Vec::new();
        let mut asked = Page::After(Bound::Id(MsgId::from_seq(0)));
        loop {
            let newer = page(&connection, ROOM, asked, sizes.next().unwrap()).unwrap();
            let Some(newest) = newer.last() else { break };
            asked = Page::After(Bound::Id(newest.id));
            forwards.extend(newer);
        }
        prop_assert_eq!(&forwards, &all);
    }
}
