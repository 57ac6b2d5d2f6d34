//! The files of a data directory, and how they are damaged.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use rusqlite::Connection;

/// The size of a database page in bytes.
pub(crate) const PAGE: usize = 4096;
/// The size of a page in the log with its header, in bytes.
pub(crate) const FRAME: usize = 24 + PAGE;
/// The size of the log's header in bytes.
pub(crate) const LOG_HEADER: usize = 32;

/// The files of a data directory, for damaging them.
pub(crate) struct Files {
    pub(crate) data: PathBuf,
    pub(crate) pages: Pages,
}

/// The pages of the database, counted from 1.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pages {
    roots: BTreeMap<String, usize>,
    pub(crate) free: usize,
}

impl Files {
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.data.join(name)
    }

    pub(crate) fn change(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = fs::read(self.path(name)).unwrap();
        change(&mut bytes);
        fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn log(&self, change: impl FnOnce(&mut Vec<u8>)) {
        self.change("parla.db-wal", change);
    }

    pub(crate) fn database(&self, change: impl FnOnce(&mut Vec<u8>)) {
        self.change("parla.db", change);
    }

    pub(crate) fn delete(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    /// Replaces a page by random bytes.
    pub(crate) fn scramble(&self, page: usize) {
        let mut random = fastrand::Rng::with_seed(7);
        self.database(|bytes| bytes[(page - 1) * PAGE..page * PAGE].fill_with(|| random.u8(..)));
    }

    pub(crate) fn root(&self, table: &str) -> usize {
        self.pages.roots[table]
    }

    /// Two leaf pages of a table whose root is not a leaf.
    pub(crate) fn leaves(&self, table: &str) -> [usize; 2] {
        let bytes = fs::read(self.path("parla.db")).unwrap();
        let page = &bytes[(self.root(table) - 1) * PAGE..][..PAGE];
        assert!(matches!(page[0], 2 | 5), "{table} has one page only");
        let number = |place: usize| u32::from_be_bytes(page[place..place + 4].try_into().unwrap()) as usize;
        let first_cell = usize::from(u16::from_be_bytes(page[12..14].try_into().unwrap()));
        [number(first_cell), number(8)]
    }

    pub(crate) fn sql(&self, sql: &str) {
        Connection::open(self.path("parla.db")).unwrap().execute_batch(sql).unwrap();
    }
}

pub(crate) fn flip(bytes: &mut [u8], place: usize) {
    bytes[place..place + 3].iter_mut().for_each(|byte| *byte ^= 0xa5);
}

pub(crate) fn pages(database: &Path) -> Pages {
    let bytes = fs::read(database).unwrap();
    let free = u32::from_be_bytes(bytes[32..36].try_into().unwrap()) as usize;
    // Opened read-only and without its log, because the file itself must not change.
    let uri = format!("file:{}?immutable=1", database.display());
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(uri, flags).unwrap();
    let mut statement =
        connection.prepare("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0").unwrap();
    let roots = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as usize))).unwrap();
    Pages { roots: roots.map(Result::unwrap).collect(), free }
}

/// All files and their contents, except for empty ones.
pub(crate) fn content(data: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(data).unwrap().map(|file| file.unwrap().path());
    let named = files.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path));
    let is_kept = |name: &str| name.starts_with("parla.") && name != "parla.lock" && !name.contains("-shm");
    let kept = named.filter(|(name, _)| is_kept(name));
    kept.map(|(name, path)| (name, fs::read(path).unwrap())).collect()
}
