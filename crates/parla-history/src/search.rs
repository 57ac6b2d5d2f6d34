//! Searches messages, the newest first.
//!
//! It reads the tail that is not indexed yet (`tail.rs`), and then the index, so that a message that was just
//! written is found. The words of a search are always taken as words: operators of FTS5 have no effect.

use rusqlite::Connection;

use crate::{
    ConversationId, HistoryError, Message, MessageNumber,
    index::last_indexed,
    message::{columns, is_there, row_position},
    moment::Moment,
    tail::search_tail,
    words::searchable,
};

/// How many words of a search count; further ones are ignored.
const WORDS_MAX: usize = 32;
/// How many bytes of a search count; further ones are ignored. A line of IRC is shorter.
const WORDS_BYTES_MAX: usize = 1024;
/// The minimum number of letters for a last word to match longer ones as well. This reads every place of
/// every such word, in the worst case 8 ms for two letters in a million messages, and 20 ms for one letter in
/// half a million.
const PREFIX_LETTERS_MIN: usize = 2;

/// A search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// The conversation to search; `None` searches the whole file, regardless of who may read it.
    pub conversation: Option<ConversationId>,
    /// Words that a message must all contain, in any order and regardless of case and accents; the last may
    /// be only the beginning of one. Without a letter or digit, nothing is found. Anything beyond 32 words or
    /// 1024 bytes is ignored.
    pub words: String,
    /// Find only messages before this one, in order to continue after the last result.
    pub before: Option<MessageNumber>,
    /// The maximum number of results.
    pub limit: usize,
}

/// Returns the newest messages that match, the newest first.
///
/// # Errors
/// SQLite refuses, but never because of the words.
pub fn search(connection: &Connection, search: &Search) -> Result<Vec<Message>, HistoryError> {
    let Some(terms) = SearchTerms::of(search) else { return Ok(Vec::new()) };
    let _moment = Moment::of(connection)?;
    let mut found = search_tail(connection, search, &terms, last_indexed(connection)?)?;
    if found.len() < search.limit {
        let rest = search.limit - found.len();
        found.extend(in_index(connection, search, &terms, rest)?);
    }
    Ok(found)
}

fn in_index(
    connection: &Connection,
    search: &Search,
    terms: &SearchTerms<'_>,
    limit: usize,
) -> Result<Vec<Message>, HistoryError> {
    // CROSS JOIN makes SQLite use the index first and the row second. We order by rowid, because ordering by
    // rank would read every match.
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        columns!(),
        " FROM messages_search s CROSS JOIN messages m ON m.id = s.rowid
        WHERE s.messages_search MATCH ?1 AND s.rowid < ?2 AND (?3 IS NULL OR m.conversation = ?3)
        AND ",
        is_there!(),
        " ORDER BY s.rowid DESC LIMIT ?4"
    ))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_map(
        (terms.text(search.conversation), search.before_row(), search.conversation, limit),
        Message::from_row,
    )?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

impl Search {
    /// The row before which to search.
    pub(crate) fn before_row(&self) -> i64 {
        self.before.map_or(i64::MAX, row_position)
    }
}

/// The words to search for, at least one.
pub(crate) struct SearchTerms<'s> {
    pub(crate) words: Vec<&'s str>,
    /// Whether the last word may be only the beginning of one.
    pub(crate) prefix: bool,
}

impl<'s> SearchTerms<'s> {
    /// `None` if there is no word.
    fn of(search: &'s Search) -> Option<Self> {
        let text = search.words.get(..search.words.floor_char_boundary(WORDS_BYTES_MAX))?;
        let words: Vec<&str> = text
            .split(|letter: char| letter.is_whitespace() || letter == '\0')
            .filter(|word| word.contains(char::is_alphanumeric))
            .take(WORDS_MAX)
            .collect();
        let prefix = words.last()?.chars().nth(PREFIX_LETTERS_MIN - 1).is_some();
        Some(Self { words, prefix })
    }

    /// The query in the syntax of FTS5, with every word as a quoted string.
    pub(crate) fn text(&self, conversation: Option<ConversationId>) -> String {
        let quoted: Vec<String> =
            self.words.iter().map(|word| format!("\"{}\"", searchable(word).replace('"', "\"\""))).collect();
        let star = if self.prefix { "*" } else { "" };
        let mut text = format!("text : ({}{star})", quoted.join(" AND "));
        if let Some(ConversationId(number)) = conversation {
            text.push_str(&format!(" AND conversation : \"{number}\""));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fixture::{History, RUST, TEA},
        index_pending,
    };

    fn find(history: &History, conversation: Option<ConversationId>, words: &str) -> Vec<String> {
        let asked = Search { conversation, words: words.to_owned(), before: None, limit: 10 };
        let found = search(&history.connection, &asked).unwrap();
        found.into_iter().map(|message| message.text).collect()
    }

    /// Checks that a search has the same result whether all, some or none of the messages are indexed.
    fn everywhere(texts: &[&str], check: impl Fn(&History)) {
        for indexed in [0, texts.len() / 2, texts.len()] {
            let mut history = History::new();
            for text in texts {
                history.say(RUST, text);
            }
            index_pending(&mut history.connection, indexed).unwrap();
            check(&history);
        }
    }

    #[test]
    fn all_words_must_be_there_in_any_order_newest_first() {
        everywhere(&["the red house", "house, red", "a red door", "Red? House!"], |history| {
            assert_eq!(find(history, None, "red house"), ["Red? House!", "house, red", "the red house"]);
            assert_eq!(find(history, None, "door red"), ["a red door"]);
            assert_eq!(find(history, None, "red green"), [""; 0]);
        });
    }

    #[test]
    fn the_last_word_may_be_a_beginning() {
        everywhere(&["morning has broken", "mornings", "more"], |history| {
            assert_eq!(find(history, None, "morn"), ["mornings", "morning has broken"]);
            assert_eq!(find(history, None, "morn has"), [""; 0]);
            assert_eq!(find(history, None, "morning bro"), ["morning has broken"]);
            assert_eq!(find(history, None, "m"), [""; 0]);
        });
    }

    #[test]
    fn case_and_accents_do_not_matter() {
        everywhere(&["Café au lait", "Übung macht", "ПРИВЕТ"], |history| {
            assert_eq!(find(history, None, "cafe"), ["Café au lait"]);
            assert_eq!(find(history, None, "übung"), ["Übung macht"]);
            assert_eq!(find(history, None, "привет"), ["ПРИВЕТ"]);
        });
    }

    #[test]
    fn words_are_found_in_scripts_without_spaces() {
        everywhere(
            &["我们明天去北京吧", "日本語を勉強しています", "채팅서버를", "𠮷野家", "ภาษาไทย"],
            |history| {
                assert_eq!(find(history, None, "北京"), ["我们明天去北京吧"]);
                assert_eq!(find(history, None, "京北"), [""; 0]);
                assert_eq!(find(history, None, "京"), ["我们明天去北京吧"]);
                assert_eq!(find(history, None, "勉強"), ["日本語を勉強しています"]);
                assert_eq!(find(history, None, "サーバ"), [""; 0]);
                assert_eq!(find(history, None, "서버"), ["채팅서버를"]);
                assert_eq!(find(history, None, "野家"), ["𠮷野家"]);
                assert_eq!(find(history, None, "𠮷野"), ["𠮷野家"]);
                assert_eq!(find(history, None, "ไทย"), ["ภาษาไทย"]);
            },
        );
    }

    #[test]
    fn one_conversation_or_all() {
        for indexed in 0..=3 {
            let mut history = History::new();
            history.say(RUST, "green tea");
            history.say(TEA, "black tea 1");
            history.say(RUST, "12 cups of tea");
            index_pending(&mut history.connection, indexed).unwrap();
            assert_eq!(find(&history, Some(RUST), "tea"), ["12 cups of tea", "green tea"]);
            assert_eq!(find(&history, Some(TEA), "tea"), ["black tea 1"]);
            assert_eq!(find(&history, Some(ConversationId(-1)), "tea"), [""; 0]);
            assert_eq!(find(&history, None, "tea").len(), 3);
            assert_eq!(
                find(&history, None, "12"),
                ["12 cups of tea"],
                "a number of a conversation is no word"
            );
        }
    }

    #[test]
    fn a_deleted_message_is_not_found() {
        for indexed in 0..=3 {
            let mut history = History::new();
            let ids = ["one secret", "two secrets", "three secrets"].map(|text| history.say(RUST, text));
            index_pending(&mut history.connection, indexed).unwrap();
            assert!(history.delete(RUST, ids[1]));
            assert_eq!(find(&history, None, "secret"), ["three secrets", "one secret"]);
            index_pending(&mut history.connection, 3).unwrap();
            assert_eq!(find(&history, None, "secret"), ["three secrets", "one secret"]);
        }
    }

    #[test]
    fn a_message_older_than_what_is_indexed_is_found() {
        let mut history = History::new();
        let old = history.said(RUST, "old news");
        history.say(RUST, "new news");
        index_pending(&mut history.connection, 10).unwrap();
        assert!(history.append(&old));
        assert!(!history.append(&old));
        assert_eq!(index_pending(&mut history.connection, 10).unwrap(), 0);
        assert_eq!(find(&history, Some(RUST), "news"), ["new news", "old news"]);
    }

    #[test]
    fn goes_on_before_the_last_that_was_found() {
        for indexed in 0..=7 {
            let mut history = History::new();
            for n in 1..=7 {
                history.say(RUST, &format!("word {n}"));
            }
            index_pending(&mut history.connection, indexed).unwrap();
            let mut asked =
                Search { conversation: Some(RUST), words: "word".to_owned(), before: None, limit: 3 };
            let mut pages = Vec::new();
            loop {
                let found = search(&history.connection, &asked).unwrap();
                let Some(last) = found.last() else { break };
                asked.before = Some(last.id);
                pages.push(found.iter().map(|message| message.id.0).collect::<Vec<_>>());
            }
            assert_eq!(pages, [vec![7, 6, 5], vec![4, 3, 2], vec![1]], "{indexed} indexed");
        }
    }

    #[test]
    fn any_words_are_only_words() {
        let long = "x".repeat(100_000);
        let many = "word ".repeat(10_000);
        let wide = "語".repeat(10_000);
        everywhere(&["say \"hi\" AND wave*", "conversation : 1", "NEAR(a b)", "🎉"], |history| {
            for nothing in
                ["", " \t", "\"", "*", "\0", "\"\"\"", "( )", "🎉", "-", "\u{301}", "\u{0E31}", &long, &wide]
            {
                assert_eq!(find(history, Some(RUST), nothing), [""; 0], "{nothing:?}");
            }
            assert_eq!(find(history, None, "\"hi\" and"), ["say \"hi\" AND wave*"]);
            assert_eq!(find(history, None, "hi\0wave*"), ["say \"hi\" AND wave*"]);
            assert_eq!(find(history, None, "conversation:1"), ["conversation : 1"]);
            assert_eq!(find(history, None, "NEAR(a"), ["NEAR(a b)"]);
            assert_eq!(find(history, None, "NOT near"), [""; 0]);
            assert_eq!(find(history, None, &many), [""; 0]);
            assert_eq!(find(history, None, "🎉 near"), ["NEAR(a b)"]);
        });
    }

    #[test]
    fn works_within_a_transaction_of_the_caller() {
        let mut history = History::new();
        let hello = history.said(RUST, "hello");
        let transaction = history.connection.transaction().unwrap();
        crate::Writer::new(&transaction).unwrap().append(&hello).unwrap();
        let asked = Search { conversation: None, words: "hello".to_owned(), before: None, limit: 1 };
        assert_eq!(search(&transaction, &asked).unwrap(), [hello]);
    }

    proptest::proptest! {
        #[test]
        fn words_never_make_an_error(words in "[\"'*(){}:^+\\-a-zA-Z0-9 \0語é🎉\u{301}\u{e31}]{0,40}|\\PC{0,40}|.{0,40}") {
            let mut history = History::new();
            history.say(RUST, "a");
            index_pending(&mut history.connection, 1).unwrap();
            history.say(RUST, "b");
            find(&history, Some(RUST), &words);
        }

        /// The tail is searched in a different way from the index, but the results must be the same.
        #[test]
        fn the_answer_is_the_same_before_and_after_indexing(
            texts in proptest::collection::vec("[aAbBéÉ1_\\-\\.日本' ]{0,12}", 1..12),
            words in "[aAbBéÉ1_\\-\\.日本' ]{0,6}",
        ) {
            let mut history = History::new();
            for text in &texts {
                history.say(RUST, text);
            }
            let before = find(&history, Some(RUST), &words);
            index_pending(&mut history.connection, texts.len()).unwrap();
            proptest::prop_assert_eq!(find(&history, Some(RUST), &words), before);
        }

        /// Somebody who copies a word from a message must find that message.
        #[test]
        fn a_message_is_found_by_its_own_words(text in "[a-zA-ZäöüßñЖж日本語한국ไทย0-9]{2,8}( [a-zéА-Я漢字0-9]{2,8}){0,4}", indexed in 0..2_usize) {
            let mut history = History::new();
            history.say(RUST, &text);
            index_pending(&mut history.connection, indexed).unwrap();
            proptest::prop_assert_eq!(find(&history, Some(RUST), &text), [text]);
        }
    }
}
