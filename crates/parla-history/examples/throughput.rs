//! Measures how fast a history is on this machine:
//! `cargo run --release -p parla-history --example throughput -- FOLDER [ROWS]`.
//!
//! CPU time is that of the single thread, so other load on the machine disturbs it little. It includes
//! generating the messages, at 0.7 µs each. The figures for `Fsync` are only meaningful if FOLDER is on a
//! real disk.

#![expect(clippy::print_stdout, reason = "it prints a table")]

use std::{
    error::Error,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use parla_history::{
    Bound, ConversationId, Durability, HistoryError, Kind, Message, MessageNumber, Page, Search, Writer,
    index_pending, latest_at, open, open_reader, page, prepare, search,
};
use parla_proto::Timestamp;
use rusqlite::Connection;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const START_MS: i64 = 1_700_000_000_000;
const SILENT: ConversationId = ConversationId(-1);
/// How many messages are unindexed when reads are measured: few, and as many as a busy second leaves.
const TAILS: [u64; 2] = [1000, 50_000];

fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: throughput FOLDER [ROWS]")?;
    let rows: u64 = arguments.next().map_or(Ok(1_000_000), |rows| rows.parse())?;
    let folder = tempfile::tempdir_in(folder)?;

    println!("append, 50 conversations               rows/s   CPU µs/row");
    for (mode, batch, count) in [
        (Durability::Fsync, 1, 5000),
        (Durability::Fsync, 50, 100_000),
        (Durability::Fsync, 1000, 200_000),
        (Durability::Os, 1, 50_000),
        (Durability::Os, 50, 200_000),
    ] {
        let path = folder.path().join(format!("{mode:?}-{batch}.db"));
        let mut said = Said::new(|chance| chance.below(50).cast_signed());
        let mut connection = open(&path, mode)?;
        prepare(&mut connection)?;
        let cost = Cost::of(|| said.append(&mut connection, count, batch))?;
        println!("  {:<32} {cost}", format!("{mode:?}, {batch} a transaction"), cost = cost.per_row(count));
    }

    let path = folder.path().join("full.db");
    let mut said = Said::new(Chance::conversation);
    let mut connection = open(&path, Durability::Os)?;
    prepare(&mut connection)?;
    said.append(&mut connection, rows, 1000)?;
    println!("index, {rows} messages of {} bytes", said.text_bytes / said.last);
    let before_index = fs::metadata(&path)?.len();
    let cost = Cost::of(|| {
        while index_pending(&mut connection, 1000)? > 0 {}
        Ok(())
    })?;
    println!("  {:<32} {}", "1000 a transaction", cost.per_row(rows));
    println!("  {:<32} {:>10} {:>12}", "bytes a message, table and index", before_index / rows, {
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        fs::metadata(&path)?.len().saturating_sub(before_index) / rows
    });

    println!("read and delete                            CPU µs");
    let reader = open_reader(&path)?;
    read_pages(&reader, rows)?;
    read_searches(&reader)?;
    for tail in TAILS {
        said.append(&mut connection, rows + tail - said.last, 1000)?;
        println!("read, with {tail} more not indexed");
        read_pages(&reader, rows)?;
        read_searches(&reader)?;
    }
    println!("delete");
    delete(&mut connection, rows)
}

fn read_pages(reader: &Connection, rows: u64) -> Outcome {
    let mut chance = Chance(7);
    let mut time = |name: &str, asked: fn(u64) -> Page| -> Outcome {
        let (cost, _) = Cost::of_one(|| {
            page(reader, ConversationId(chance.conversation()), asked(chance.below(rows)), 50)
                .map(|found| found.len())
        })?;
        println!("  {name:<37} {cost:>8.1}");
        Ok(())
    };
    time("latest 50", |_| Page::Latest { after: None })?;
    time("nothing new", |_| Page::Latest { after: Some(Bound::Id(MessageNumber(u64::MAX))) })?;
    time("after a time that has not come", |_| Page::After(Bound::Time(time_of(u64::from(u32::MAX)))))?;
    time("50 before an id", |seq| Page::Before(Bound::Id(MessageNumber(seq))))?;
    time("50 before a time", |seq| Page::Before(Bound::Time(time_of(seq))))?;
    let (cost, _) = Cost::of_one(|| latest_at(reader, ConversationId(chance.conversation())).map(|_| 1))?;
    println!("  {:<37} {cost:>8.1}", "latest_at");
    let (cost, _) = Cost::of_one(|| page(reader, SILENT, Page::Latest { after: None }, 50).map(|_| 0))?;
    println!("  {:<37} {cost:>8.1}", "latest 50, where nothing was said");
    Ok(())
}

fn read_searches(reader: &Connection) -> Outcome {
    for (name, conversation, words) in [
        ("a frequent word", Some(0), word(5)),
        ("a word", Some(0), word(300)),
        ("a rare word", Some(0), word(40_000)),
        ("two words", Some(0), format!("{} {}", word(5), word(300))),
        ("a beginning of two letters", Some(0), "ta".to_owned()),
        ("a letter", Some(0), "e".to_owned()),
        ("in a quiet conversation", Some(199), word(5)),
        ("everywhere, a frequent word", None, word(5)),
        ("everywhere, a rare word", None, word(40_000)),
    ] {
        time_search(reader, name, conversation, &words)?;
    }
    Ok(())
}

fn time_search(reader: &Connection, name: &str, conversation: Option<i64>, words: &str) -> Outcome {
    let asked = Search {
        conversation: conversation.map(ConversationId),
        words: words.to_owned(),
        before: None,
        limit: 50,
    };
    let (cost, found) = Cost::of_one(|| search(reader, &asked).map(|found| found.len()))?;
    println!("  search {name:<30} {cost:>8.1}   ({found} found)");
    Ok(())
}

fn delete(connection: &mut Connection, rows: u64) -> Outcome {
    let ids: Vec<(i64, i64)> = connection
        .prepare("SELECT conversation, id FROM messages WHERE id % ?1 = 0")?
        .query_map([i64::try_from(rows / 200)?], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let cost = Cost::of(|| {
        for (conversation, id) in &ids {
            let transaction = connection.transaction()?;
            Writer::new(&transaction)?
                .delete(ConversationId(*conversation), MessageNumber(u64::try_from(*id)?))?;
            transaction.commit()?;
        }
        Ok(())
    })?;
    println!("  {:<37} {:>8.1}", "delete one", cost.cpu_us() / ids.len() as f64);
    Ok(())
}

/// A source of messages, which numbers them.
struct Said {
    chance: Chance,
    conversation: fn(&mut Chance) -> i64,
    last: u64,
    text_bytes: u64,
}

impl Said {
    const fn new(conversation: fn(&mut Chance) -> i64) -> Self {
        Self { chance: Chance(88_172_645_463_325_252), conversation, last: 0, text_bytes: 0 }
    }

    fn append(&mut self, connection: &mut Connection, count: u64, batch: u64) -> Outcome {
        for _ in 0..count / batch {
            let messages: Vec<Message> = (0..batch).map(|_| self.message()).collect();
            let transaction = connection.transaction()?;
            let mut writer = Writer::new(&transaction)?;
            for message in &messages {
                writer.append(message)?;
            }
            drop(writer);
            transaction.commit()?;
        }
        Ok(())
    }

    fn message(&mut self) -> Message {
        self.last += 1;
        let text = self.chance.text();
        self.text_bytes += text.len() as u64;
        Message {
            id: MessageNumber(self.last),
            conversation: ConversationId((self.conversation)(&mut self.chance)),
            at: time_of(self.last),
            kind: Kind::Privmsg,
            source: "alice!alice@203.0.113.7".to_owned(),
            account: Some("alice".to_owned()),
            text,
            tags: None,
            cuts: Vec::new(),
            refers_to: None,
            edited: None,
        }
    }
}

fn time_of(seq: u64) -> Timestamp {
    Timestamp::from_millis(START_MS.saturating_add_unsigned(seq * 500))
}

/// Xorshift, with the same sequence every time.
struct Chance(u64);

impl Chance {
    const fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    /// One of 200 conversations, of which some are busy and some quiet.
    const fn conversation(&mut self) -> i64 {
        let most = self.below(200) + 1;
        self.below(most) as i64
    }

    /// A text of 3 to 16 words, where frequent words are short.
    fn text(&mut self) -> String {
        let words = 3 + self.below(14);
        let any = |chance: &mut Self| word(50_000_f64.powf(chance.below(100_000) as f64 / 100_000.0) as u64);
        (0..words).map(|_| any(self)).collect::<Vec<_>>().join(" ")
    }
}

/// The word of this rank, where 1 is the most frequent.
fn word(rank: u64) -> String {
    let mut letters = rank.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
    let mut next = || {
        letters /= 22;
        char::from(*b"etaoinshrdlucmwfgypbvk".get((letters % 22) as usize).unwrap_or(&b'e'))
    };
    (0..2 + 2 * rank.checked_ilog10().unwrap_or(0)).map(|_| next()).collect()
}

/// The time that some work took.
struct Cost {
    cpu: Duration,
    wall: Duration,
}

impl Cost {
    fn of(work: impl FnOnce() -> Outcome) -> Outcome<Self> {
        let (cpu, wall) = (thread_cpu()?, Instant::now());
        work()?;
        Ok(Self { cpu: thread_cpu()?.saturating_sub(cpu), wall: wall.elapsed() })
    }

    /// The average over many calls: CPU time in µs, with the result of the last call.
    fn of_one(mut work: impl FnMut() -> Result<usize, HistoryError>) -> Outcome<(f64, usize)> {
        let (mut found, mut calls, start) = (0, 0_u32, Instant::now());
        let cost = Self::of(|| {
            while calls < 20 || start.elapsed() < Duration::from_millis(500) {
                found = work()?;
                calls += 1;
            }
            Ok(())
        })?;
        Ok((cost.cpu_us() / f64::from(calls), found))
    }

    fn cpu_us(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6
    }

    fn per_row(&self, rows: u64) -> String {
        format!("{:>10.0} {:>12.2}", rows as f64 / self.wall.as_secs_f64(), self.cpu_us() / rows as f64)
    }
}

/// The CPU time of this thread so far.
fn thread_cpu() -> Outcome<Duration> {
    let path = Path::new("/proc/thread-self/schedstat");
    let text =
        fs::read_to_string(path).map_err(|reason| format!("needs Linux: {}: {reason}", path.display()))?;
    Ok(Duration::from_nanos(text.split(' ').next().unwrap_or_default().parse()?))
}
