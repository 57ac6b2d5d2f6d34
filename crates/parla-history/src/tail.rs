//! Searches the tail, which is the messages that are not indexed yet, the newest first.
//!
//! Candidates are put into a small index of the same kind in memory, so a match means the same as in the
//! file.

use rusqlite::{Connection, Rows};

use crate::{
    HistoryError, Message, Search, index,
    message::{columns, is_there, row_position},
    schema,
    search::SearchTerms,
};

/// How many candidates in the tail a search reads, from the newest, at 5 µs each. A message of plain ASCII
/// counts only if it contains the words, so the tail of a daemon is nearly always read completely.
const CANDIDATES_MAX: usize = 4096;
/// How many candidates are indexed together.
const CHUNK_ROWS: usize = 256;

/// The newest matching messages after the row `indexed`, the newest first.
pub(crate) fn search_tail(
    connection: &Connection,
    search: &Search,
    terms: &SearchTerms<'_>,
    indexed: i64,
) -> Result<Vec<Message>, HistoryError> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        columns!(),
        " FROM messages m WHERE m.id > ?1 AND m.id < ?2 AND (?3 IS NULL OR m.conversation = ?3)
        AND ",
        is_there!(),
        " ORDER BY m.id DESC"
    ))?;
    let mut rows = statement.query((indexed, search.before_row(), search.conversation))?;
    let prefilter = Prefilter::of(terms);
    let mut index = None;
    let mut found = Vec::new();
    for _ in 0..CANDIDATES_MAX / CHUNK_ROWS {
        let chunk = prefilter.next_chunk(&mut rows)?;
        let last = chunk.len() < CHUNK_ROWS;
        if !chunk.is_empty() {
            let index = match &mut index {
                Some(index) => index,
                none => none.insert(Index::new(terms.text(search.conversation))?),
            };
            found.extend(index.matching(chunk)?);
        }
        if last || found.len() >= search.limit {
            break;
        }
    }
    found.truncate(search.limit);
    Ok(found)
}

/// Filters out messages that cannot match. Looking at a message costs a fiftieth of indexing it.
struct Prefilter<'q> {
    /// Words of ASCII letters and digits that must occur. A text that is also ASCII can only contain them
    /// literally except for case, because no accents are folded in it.
    words: Vec<&'q str>,
    /// The beginning of a word that must occur.
    beginning: Option<&'q str>,
}

impl<'q> Prefilter<'q> {
    fn of(terms: &SearchTerms<'q>) -> Self {
        let mut words: Vec<&str> =
            terms.words.iter().filter(|word| word.is_ascii()).flat_map(|word| ascii_words(word)).collect();
        let last_is_ascii = terms.words.last().is_some_and(|word| word.is_ascii());
        let beginning = if terms.prefix && last_is_ascii { words.pop() } else { None };
        Self { words, beginning }
    }

    fn lets_through(&self, text: &str) -> bool {
        !text.is_ascii()
            || self.words.iter().all(|word| ascii_words(text).any(|found| found.eq_ignore_ascii_case(word)))
                && self.beginning.is_none_or(|beginning| {
                    ascii_words(text).any(|found| {
                        found
                            .get(..beginning.len())
                            .is_some_and(|start| start.eq_ignore_ascii_case(beginning))
                    })
                })
    }

    /// The next candidates; fewer than [`CHUNK_ROWS`] means that there are no more.
    fn next_chunk(&self, rows: &mut Rows<'_>) -> Result<Vec<Message>, HistoryError> {
        let mut chunk = Vec::new();
        while chunk.len() < CHUNK_ROWS {
            let Some(row) = rows.next()? else { break };
            if self.lets_through(row.get_ref("text")?.as_str().map_err(rusqlite::Error::from)?) {
                chunk.push(Message::from_row(row)?);
            }
        }
        Ok(chunk)
    }
}

/// The words of an ASCII text as `unicode61` divides it.
fn ascii_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

/// A full-text index in memory, and the query for it.
struct Index {
    connection: Connection,
    query: String,
}

impl Index {
    fn new(query: String) -> Result<Self, HistoryError> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(schema::SEARCH)?;
        Ok(Self { connection, query })
    }

    /// Those of the messages that match, the newest first.
    fn matching(&self, mut messages: Vec<Message>) -> Result<Vec<Message>, HistoryError> {
        let transaction = self.connection.unchecked_transaction()?;
        // The oldest are added first, because FTS5 would flush whenever a row id is smaller than the last.
        for message in messages.iter().rev() {
            index::add_words(&transaction, row_position(message.id), message.conversation, &message.text)?;
        }
        transaction.commit()?;
        let mut statement = self
            .connection
            .prepare_cached("SELECT rowid FROM messages_search WHERE messages_search MATCH ?1")?;
        let matching: Vec<i64> =
            statement.query_map([&self.query], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        messages.retain(|message| matching.binary_search(&row_position(message.id)).is_ok());
        Ok(messages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fixture::{History, RUST, TEA},
        search,
    };

    fn find(history: &History, words: &str, limit: usize) -> Vec<u64> {
        let asked = Search { conversation: None, words: words.to_owned(), before: None, limit };
        search(&history.connection, &asked).unwrap().iter().map(|message| message.id.0).collect()
    }

    #[test]
    fn a_tail_longer_than_what_is_looked_at_is_searched_to_its_end() {
        let mut history = History::new();
        history.say(RUST, "a needle");
        for n in 0..CANDIDATES_MAX + 1 {
            history.say(TEA, &format!("hay {n}"));
        }
        assert_eq!(find(&history, "needle", 10), [1]);
        assert_eq!(find(&history, "need", 10), [1]);
    }

    #[test]
    fn matches_of_several_chunks_come_in_order() {
        let mut history = History::new();
        for n in 0..CHUNK_ROWS * 3 {
            history.say(RUST, if n.is_multiple_of(2) { "tea" } else { "thé" });
        }
        let newest: Vec<u64> = (1..=CHUNK_ROWS as u64 * 3).rev().step_by(2).map(|id| id - 1).collect();
        assert_eq!(find(&history, "tea", usize::MAX), newest);
        assert_eq!(find(&history, "tea", 300), newest[..300]);
    }
}
