//! `parla.state` records what a data directory must contain, outside the database and its log.
//!
//! A database that was lost looks like a new one, and a truncated log like a shorter one. So each commit
//! records here with which frame the log ended, by one `write` of a few hundred bytes in place, without a
//! sync. It happens after the commit, so the record is never ahead of the log. If only the process ended, it
//! is exact; after a power cut it may be a few seconds old.

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    os::unix::fs::{FileExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use blake2::{
    Blake2sMac256,
    digest::{KeyInit as _, Mac as _},
};

use crate::{
    keys::Keys,
    wal::{self, Salt, Sum, WalMark},
};

const TITLE: &str = "parla 1: up to where parla.db and parla.db-wal were kept; leave it beside them";

/// Recorded in place of the machine's boot id while a server is starting.
const OPENING: &str = "opening";

/// What was stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    /// The machine's boot id, or [`OPENING`].
    pub(crate) boot: String,
    /// The number of the last message or channel when the log was last empty.
    pub(crate) last: u64,
    /// A fingerprint of the server's keys.
    pub(crate) key: String,
    /// The last commit.
    pub(crate) mark: WalMark,
}

impl State {
    /// The state while a server, which has found everything in order, changes the tables. Until it has
    /// finished, the log may contain anything or be missing, because nobody has seen any of it.
    pub(crate) fn opening(self, last: u64) -> Self {
        Self { boot: OPENING.to_owned(), last, key: self.key, mark: WalMark::default() }
    }

    /// Whether a server was starting and did not finish.
    pub(crate) fn is_opening(&self) -> bool {
        self.boot == OPENING
    }

    /// The file's text, which always has the same length so that it can be overwritten in place.
    fn text(&self) -> String {
        let WalMark { frame, salt, page, pages, before, sum } = self.mark;
        let word = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
        let mut text = format!(
            "{TITLE}\nboot {:36}\nlast {:020}\nkey {:16}\n\
             wal {frame:010} {:08x}{:08x} {page:010} {pages:010} {:08x}{:08x} {:08x}{:08x}\n",
            word(&self.boot),
            self.last,
            word(&self.key),
            salt.0,
            salt.1,
            before.0,
            before.1,
            sum.0,
            sum.1
        );
        // The checksum covers whole words.
        let padding = 7 - text.len() % 8;
        text.extend(std::iter::repeat_n(' ', padding));
        text.push('\n');
        let Sum(one, other) = wal::sum(text.as_bytes());
        text + &format!("sum {one:08x}{other:08x}\n")
    }

    fn parse(text: &str) -> Option<Self> {
        let (body, last_line) = text.split_at_checked(text.trim_end().rfind('\n')? + 1)?;
        let pair = |word: &str| {
            let (one, other) = word.split_at_checked(8)?;
            Some((u32::from_str_radix(one, 16).ok()?, u32::from_str_radix(other, 16).ok()?))
        };
        let sum = pair(last_line.trim_end().strip_prefix("sum ")?)?;
        if wal::sum(body.as_bytes()) != Sum(sum.0, sum.1) {
            return None;
        }
        let mut lines = body.lines().skip(1);
        let mut values = |name: &str| {
            let words = lines.next()?.strip_prefix(name)?.split_whitespace();
            Some(words.map(|word| if word == "-" { "" } else { word }).collect::<Vec<_>>())
        };
        let one = |values: Vec<&str>| values.first().map(ToString::to_string);
        let boot = one(values("boot ")?)?;
        let last = one(values("last ")?)?.parse().ok()?;
        let key = one(values("key ")?)?;
        let wal = values("wal ")?;
        let [frame, salt, page, pages, before, sum] = *wal.as_slice() else { return None };
        let (salt, before, sum) = (pair(salt)?, pair(before)?, pair(sum)?);
        let mark = WalMark {
            frame: frame.parse().ok()?,
            salt: Salt(salt.0, salt.1),
            page: page.parse().ok()?,
            pages: pages.parse().ok()?,
            before: Sum(before.0, before.1),
            sum: Sum(sum.0, sum.1),
        };
        Some(Self { boot, last, key, mark })
    }
}

/// What is recorded about a data directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KnownState {
    /// There is no record: the directory is new, or older than this file.
    Nothing,
    /// There is a record, but it cannot be read.
    Unreadable,
    /// The directory was used, and this is its state.
    Used(State),
}

pub(crate) fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("parla.state")
}

/// Reads the record of a directory.
pub(crate) fn read(data_dir: &Path) -> io::Result<KnownState> {
    match fs::read(path(data_dir)) {
        Ok(bytes) => {
            let state = std::str::from_utf8(&bytes).ok().and_then(State::parse);
            Ok(state.map_or(KnownState::Unreadable, KnownState::Used))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(KnownState::Nothing),
        Err(error) => Err(error),
    }
}

/// The open file while the server runs.
#[derive(Debug)]
pub(crate) struct StateFile {
    file: File,
    state: State,
    /// Whether writing failed, so that it is reported only once.
    has_failed: bool,
}

impl StateFile {
    /// Writes and syncs the state of a sound directory, and keeps the file open.
    pub(crate) fn create(data_dir: &Path, state: State) -> io::Result<Self> {
        let mut options = File::options();
        let file = options.write(true).create(true).truncate(false).mode(0o600).open(path(data_dir))?;
        let mut created = Self { file, state, has_failed: false };
        // The previous contents may have been longer.
        created.file.set_len(created.state.text().len() as u64)?;
        created.write_synced()?;
        File::open(data_dir)?.sync_all()?;
        Ok(created)
    }

    /// Records the last commit.
    pub(crate) fn note(&mut self, mark: WalMark) {
        self.state.mark = mark;
        if let Err(error) = self.write() {
            if !self.has_failed {
                tracing::warn!(%error, "cannot write parla.state; what was kept is safe, and damage to it may go unnoticed");
            }
            self.has_failed = true;
        }
    }

    /// Records that everything up to this number is in the database.
    pub(crate) fn note_all(&mut self, last: u64) -> io::Result<()> {
        (self.state.last, self.state.mark) = (last, WalMark::default());
        self.write_synced()
    }

    fn write(&self) -> io::Result<()> {
        self.file.write_all_at(self.state.text().as_bytes(), 0)
    }

    fn write_synced(&mut self) -> io::Result<()> {
        self.write()?;
        self.file.sync_all()
    }
}

/// Distinguishes keys without revealing them.
pub(crate) fn fingerprint(keys: &Keys) -> String {
    let mut keyed = Blake2sMac256::new((&keys.cloak).into());
    keyed.update(b"parla.state");
    keyed.update(&keys.message);
    keyed.finalize().into_bytes().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The machine's boot id; empty if the system has none.
pub(crate) fn boot() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .unwrap_or_default()
        .trim()
        .chars()
        .take(36)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> State {
        State {
            boot: "5ff14a3c-8a3e-4e63-9a08-0a8b6d3f6a11".to_owned(),
            last: 1_732_816_000_000_007,
            key: "00ff00ff00ff00ff".to_owned(),
            mark: WalMark {
                frame: 17,
                salt: Salt(1, 0xffff_ffff),
                page: 3,
                pages: 40,
                before: Sum(2, 3),
                sum: Sum(0xdead_beef, 5),
            },
        }
    }

    #[test]
    fn what_is_written_is_read_and_has_one_length() {
        assert!(state().opening(8).is_opening() && !state().is_opening());
        for state in [state(), state().opening(8), State::default()] {
            assert_eq!(State::parse(&state.text()), Some(state));
        }
        assert_eq!(state().text().len(), State::default().text().len());
        assert!(state().text().len() <= 512, "one sector is written whole or not at all");
    }

    #[test]
    fn a_changed_letter_is_noticed() {
        let text = state().text();
        for place in TITLE.len()..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[place] ^= 1;
            let changed = String::from_utf8(bytes).unwrap();
            assert!(State::parse(&changed).is_none_or(|read| read == state()), "{changed}");
        }
        assert_eq!(State::parse(""), None);
    }

    #[test]
    fn a_directory_is_new_used_or_neither() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()).unwrap(), KnownState::Nothing);
        let mut file = StateFile::create(folder.path(), State::default()).unwrap();
        file.note(state().mark);
        assert_eq!(
            read(folder.path()).unwrap(),
            KnownState::Used(State { mark: state().mark, ..State::default() })
        );
        fs::write(path(folder.path()), "").unwrap();
        assert_eq!(read(folder.path()).unwrap(), KnownState::Unreadable);
    }
}
