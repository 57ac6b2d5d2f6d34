//! Reads SQLite's write-ahead log without SQLite, to compare what is in it with what should be.
//!
//! SQLite reads a log up to the first frame with a wrong checksum and takes that for its end. So it cannot
//! distinguish an unfinished transaction from damage in the middle. The format is described at
//! <https://sqlite.org/walformat.html>. This module writes nothing.

use std::{
    fs::File,
    io::{self, BufReader, ErrorKind},
    os::unix::fs::FileExt as _,
    path::Path,
};

const HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;
const MAGIC_LITTLE_ENDIAN: u32 = 0x377f_0682;
const MAGIC_BIG_ENDIAN: u32 = 0x377f_0683;
const VERSION: u32 = 3_007_000;

/// How many generations the log may be ahead of the mark: that many checkpoints may happen before the system
/// writes the mark to disk. The log of another database has a random number there.
const GENERATIONS_MAX: u32 = 1_000;

/// A running checksum. That of a frame covers everything before it, so it identifies the whole log up to
/// there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum(pub(crate) u32, pub(crate) u32);

/// The byte order of the words in a checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ByteOrder {
    Little,
    Big,
}

/// Identifies a generation of the log: the first word is incremented whenever the log restarts, and the
/// second is random.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Salt(pub(crate) u32, pub(crate) u32);

impl Salt {
    /// Whether a log with this salt can follow one with the other. SQLite restarts the log only when
    /// everything in it is in the database.
    pub(crate) const fn follows(self, earlier: Self) -> bool {
        matches!(self.0.wrapping_sub(earlier.0), 1..=GENERATIONS_MAX)
    }
}

/// Where the last commit is in a log, which must contain it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct WalMark {
    /// The number of the frame, starting with 1; 0 if everything is in the database.
    pub(crate) frame: u32,
    pub(crate) salt: Salt,
    /// The page in the frame, and how many pages the database has after it.
    pub(crate) page: u32,
    pub(crate) pages: u32,
    /// The checksums before and after the frame.
    pub(crate) before: Sum,
    pub(crate) sum: Sum,
}

impl WalMark {
    /// Whether these bytes are the page in the last frame. If that page is in the database, so is the whole
    /// log.
    pub(crate) fn is_page(&self, bytes: &[u8]) -> bool {
        [ByteOrder::Little, ByteOrder::Big].into_iter().any(|order| {
            let head = [self.page.to_be_bytes(), self.pages.to_be_bytes()].concat();
            order.add(order.add(self.before, &head), bytes) == self.sum
        })
    }
}

/// The state of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Log {
    /// The file does not exist, or is empty.
    Absent,
    /// The header cannot be read, so SQLite ignores the log.
    WithoutHeader,
    /// The log starts with a valid header.
    Present(Walk),
}

/// What was found in reading a log as SQLite does, and beyond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Walk {
    /// The last commit up to which everything is intact. Its frame is 0 if there is none.
    pub(crate) last: WalMark,
    /// The salt of the log, even if nothing was committed.
    pub(crate) salt: Salt,
    /// The checksum of the requested frame, if everything up to it is intact.
    pub(crate) asked: Option<Sum>,
    /// Frames of the same generation after the last intact commit that end a transaction.
    pub(crate) commits_behind: u32,
}

impl ByteOrder {
    fn word(self, bytes: &[u8]) -> u32 {
        let bytes = bytes.try_into().unwrap_or_default();
        match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        }
    }

    fn add(self, mut sum: Sum, bytes: &[u8]) -> Sum {
        let (words, _) = bytes.as_chunks::<8>();
        for pair in words {
            let (one, other) = pair.split_at(4);
            sum.0 = sum.0.wrapping_add(self.word(one)).wrapping_add(sum.1);
            sum.1 = sum.1.wrapping_add(self.word(other)).wrapping_add(sum.0);
        }
        sum
    }
}

/// The checksum of some words as in a log. It protects against accidents, not against people.
pub(crate) fn sum(bytes: &[u8]) -> Sum {
    ByteOrder::Little.add(Sum::default(), bytes)
}

/// The header of a log.
#[derive(Clone, Copy, Debug)]
struct Header {
    order: ByteOrder,
    page_bytes: usize,
    salt: Salt,
    sum: Sum,
}

impl Header {
    fn parse(bytes: &[u8; HEADER_BYTES]) -> Option<Self> {
        let (words, _) = bytes.as_chunks::<4>();
        let [magic, version, page_bytes, _, salt, other_salt, sum, other_sum] = *words else { return None };
        let order = match u32::from_be_bytes(magic) {
            MAGIC_LITTLE_ENDIAN => ByteOrder::Little,
            MAGIC_BIG_ENDIAN => ByteOrder::Big,
            _ => return None,
        };
        let page_bytes = u32::from_be_bytes(page_bytes);
        let header = Self {
            order,
            page_bytes: page_bytes as usize,
            salt: Salt(u32::from_be_bytes(salt), u32::from_be_bytes(other_salt)),
            sum: Sum(u32::from_be_bytes(sum), u32::from_be_bytes(other_sum)),
        };
        let is_sound = u32::from_be_bytes(version) == VERSION
            && page_bytes.is_power_of_two()
            && (512..=65_536).contains(&page_bytes)
            && order.add(Sum::default(), bytes.get(..24)?) == header.sum;
        is_sound.then_some(header)
    }
}

/// The header of a frame.
#[derive(Clone, Copy, Debug)]
struct Frame {
    page: u32,
    /// How many pages the database has after it, if it ends a transaction; otherwise 0.
    pages: u32,
    salt: Salt,
    sum: Sum,
}

impl Frame {
    fn parse(bytes: &[u8; FRAME_HEADER_BYTES]) -> Self {
        let (words, _) = bytes.as_chunks::<4>();
        let word = |place: usize| u32::from_be_bytes(words.get(place).copied().unwrap_or_default());
        Self { page: word(0), pages: word(1), salt: Salt(word(2), word(3)), sum: Sum(word(4), word(5)) }
    }
}

/// Reads through a log. `asked` is the number of a frame whose checksum is wanted.
pub(crate) fn walk(path: &Path, asked: u32) -> io::Result<Log> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Log::Absent),
        Err(error) => return Err(error),
    };
    if file.metadata()?.len() == 0 {
        return Ok(Log::Absent);
    }
    let mut file = BufReader::with_capacity(1 << 20, file);
    let mut bytes = [0; HEADER_BYTES];
    let header = if is_read(&mut file, &mut bytes)? { Header::parse(&bytes) } else { None };
    let Some(header) = header else { return Ok(Log::WithoutHeader) };
    let mut walk = Walk { salt: header.salt, ..Walk::default() };
    let (mut sum, mut is_sound) = (header.sum, true);
    let (mut head, mut page) = ([0; FRAME_HEADER_BYTES], vec![0; header.page_bytes]);
    for number in 1.. {
        if !(is_read(&mut file, &mut head)? && is_read(&mut file, &mut page)?) {
            break;
        }
        let frame = Frame::parse(&head);
        let before = sum;
        sum = header.order.add(before, head.get(..8).unwrap_or_default());
        sum = header.order.add(sum, &page);
        is_sound &= frame.salt == header.salt && frame.sum == sum && frame.page != 0;
        if is_sound && number == asked {
            walk.asked = Some(sum);
        }
        if frame.pages == 0 || frame.salt != header.salt {
            continue;
        }
        if is_sound {
            let (Frame { page, pages, salt, .. }, frame) = (frame, number);
            walk.last = WalMark { frame, salt, page, pages, before, sum };
        } else {
            walk.commits_behind += 1;
        }
    }
    Ok(Log::Present(walk))
}

/// Fills the buffer, and returns whether there were enough bytes.
fn is_read(file: &mut impl io::Read, bytes: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// The log of a database that this process has open.
#[derive(Debug)]
pub(crate) struct OpenLog {
    file: File,
    /// The length of a frame with its header.
    frame_bytes: usize,
    /// Holds a frame and the header of the next one, so that both headers are read at once.
    bytes: Vec<u8>,
}

impl OpenLog {
    /// Opens a log that has a header.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let mut bytes = [0; HEADER_BYTES];
        file.read_exact_at(&mut bytes, 0)?;
        let header = Header::parse(&bytes).ok_or_else(|| io::Error::from(ErrorKind::InvalidData))?;
        let frame_bytes = FRAME_HEADER_BYTES + header.page_bytes;
        Ok(Self { file, frame_bytes, bytes: vec![0; frame_bytes + FRAME_HEADER_BYTES] })
    }

    /// The mark for a log whose last commit is this frame.
    pub(crate) fn mark(&mut self, frame: u32) -> io::Result<WalMark> {
        let Some(before) = frame.checked_sub(1) else { return Ok(WalMark::default()) };
        // The checksum before a frame is at the end of the previous frame's header, or of the log's header.
        let (place, sum_place, head_place) = match before.checked_sub(1) {
            None => (0, HEADER_BYTES - 8, HEADER_BYTES),
            Some(earlier) => {
                let place = HEADER_BYTES as u64 + self.frame_bytes as u64 * u64::from(earlier);
                (place, 16, self.frame_bytes)
            }
        };
        let bytes = self.bytes.get_mut(..head_place + FRAME_HEADER_BYTES).unwrap_or_default();
        self.file.read_exact_at(bytes, place)?;
        let word = |place: usize| {
            let word = bytes.get(place..place + 4).and_then(|word| word.try_into().ok());
            u32::from_be_bytes(word.unwrap_or_default())
        };
        let head = bytes.get(head_place..).and_then(|head| head.first_chunk()).copied();
        let Frame { page, pages, salt, sum } = Frame::parse(&head.unwrap_or_default());
        Ok(WalMark { frame, salt, page, pages, before: Sum(word(sum_place), word(sum_place + 4)), sum })
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use rusqlite::Connection;

    use super::*;

    /// A database whose log has one transaction for each of these texts.
    fn written(texts: &[&str]) -> (tempfile::TempDir, PathBuf, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("parla.db");
        let connection = parla_history::open(&path, parla_history::Durability::Os).unwrap();
        connection.execute_batch("CREATE TABLE notes(text TEXT)").unwrap();
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        for text in texts {
            connection.execute("INSERT INTO notes VALUES(?1)", [text]).unwrap();
        }
        (folder, path.with_extension("db-wal"), connection)
    }

    fn present(path: &Path, asked: u32) -> Walk {
        match walk(path, asked).unwrap() {
            Log::Present(walk) => walk,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_last_commit_is_found_and_named_as_sqlite_has_it() {
        let (_folder, path, _connection) = written(&["one", "two", "three"]);
        let walk = present(&path, 3);
        let mut log = OpenLog::open(&path).unwrap();
        let mark = log.mark(3).unwrap();
        assert_eq!(walk.last, mark);
        let mut bytes = fs::read(&path).unwrap();
        bytes.truncate(bytes.len() - 2 * log.frame_bytes);
        fs::write(path.with_extension("copy"), bytes).unwrap();
        assert_eq!(present(&path.with_extension("copy"), 0).last, log.mark(1).unwrap());
        assert_eq!((walk.asked, walk.commits_behind), (Some(mark.sum), 0));
        assert_eq!(present(&path, 4).asked, None);
    }

    #[test]
    fn what_is_damaged_is_told_from_the_end() {
        let (_folder, path, _connection) = written(&["one", "two", "three", "four"]);
        let bytes = fs::read(&path).unwrap();
        let frame = (bytes.len() - HEADER_BYTES) / 4;
        let changed = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = bytes.clone();
            change(&mut bytes);
            let copy = path.with_extension("copy");
            fs::write(&copy, bytes).unwrap();
            walk(&copy, 4).unwrap()
        };
        let sound = present(&path, 4);
        assert!(sound.asked.is_some());
        let Log::Present(cut) = changed(&|bytes| bytes.truncate(HEADER_BYTES + 3 * frame + 40)) else {
            panic!()
        };
        assert_eq!((cut.last.frame, cut.commits_behind, cut.asked), (3, 0, None));
        let Log::Present(flipped) = changed(&|bytes| bytes[HEADER_BYTES + frame + 500] ^= 1) else {
            panic!()
        };
        assert_eq!((flipped.last.frame, flipped.commits_behind, flipped.asked), (1, 3, None));
        assert_eq!(changed(&|bytes| bytes[20] ^= 1), Log::WithoutHeader);
        assert_eq!(changed(&|bytes| bytes.clear()), Log::Absent);
        assert_eq!(walk(&path.with_extension("gone"), 4).unwrap(), Log::Absent);
    }

    #[test]
    fn a_page_that_came_into_the_database_is_recognized() {
        let (_folder, path, connection) = written(&["one", "two"]);
        let mark = present(&path, 0).last;
        let page = |number: u32| {
            let bytes = fs::read(path.with_extension("db")).unwrap();
            bytes.chunks(4096).nth(number as usize - 1).unwrap_or_default().to_vec()
        };
        assert!(!mark.is_page(&page(mark.page)));
        connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).unwrap();
        assert!(mark.is_page(&page(mark.page)));
    }

    #[test]
    fn a_new_generation_follows_the_old_one() {
        let (_folder, path, connection) = written(&["one", "two"]);
        let old = present(&path, 0).salt;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        connection.execute("INSERT INTO notes VALUES('three')", []).unwrap();
        let new = present(&path, 0).salt;
        assert!(new.follows(old) && !old.follows(new) && !old.follows(old));
    }
}
