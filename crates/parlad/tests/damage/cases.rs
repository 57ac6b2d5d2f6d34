//! Every way in which the files are damaged, and the required outcome.

use std::fs;

use self::Outcome::{Refused, Whole};
use super::{
    files::{FRAME, Files, LOG_HEADER, PAGE, flip},
    left::{Left, OTHER, stopped, young},
};

/// The required outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing is lost, and the server starts.
    Whole,
    /// The server says what is wrong.
    Refused,
}

pub(crate) type Case = (&'static str, fn() -> &'static Left, Outcome, fn(&Files));

pub(crate) const CASES: &[Case] = &[
    ("nothing, after a kill", young, Whole, |_| {}),
    ("nothing, after a stop", stopped, Whole, |_| {}),
    // Damage to the log.
    ("the log is deleted", young, Refused, |files| files.delete("parla.db-wal")),
    ("the log is emptied", young, Refused, |files| files.log(Vec::clear)),
    ("the log is cut in its header", young, Refused, |files| files.log(|log| log.truncate(16))),
    ("the log is cut behind its header", young, Refused, |files| files.log(|log| log.truncate(LOG_HEADER))),
    ("the log is cut in its first frame", young, Refused, |files| {
        files.log(|log| log.truncate(LOG_HEADER + 100));
    }),
    ("the log is cut between two frames", young, Refused, |files| {
        files.log(|log| log.truncate(LOG_HEADER + 8 * FRAME));
    }),
    ("the log is cut in half", young, Refused, |files| files.log(|log| log.truncate(log.len() / 2))),
    ("the log lacks its last frame", young, Refused, |files| {
        files.log(|log| log.truncate(log.len() - FRAME));
    }),
    ("the log lacks its last byte", young, Refused, |files| files.log(|log| log.truncate(log.len() - 1))),
    ("three bytes in the magic of the log", young, Refused, |files| files.log(|log| flip(log, 0))),
    ("three bytes in the salt of the log", young, Refused, |files| files.log(|log| flip(log, 17))),
    ("three bytes in the head of the first frame", young, Refused, |files| {
        files.log(|log| flip(log, LOG_HEADER + 1));
    }),
    ("three bytes in the first page of the log", young, Refused, |files| {
        files.log(|log| flip(log, LOG_HEADER + 2000));
    }),
    ("three bytes in the head of a frame", young, Refused, |files| {
        files.log(|log| flip(log, LOG_HEADER + 6 * FRAME + 9));
    }),
    ("three bytes in a page in the middle", young, Refused, |files| {
        files.log(|log| flip(log, LOG_HEADER + 6 * FRAME + 1000));
    }),
    ("three bytes in the head of the last frame", young, Refused, |files| {
        files.log(|log| {
            let place = log.len() - FRAME + 9;
            flip(log, place);
        });
    }),
    ("three bytes in the last page of the log", young, Refused, |files| {
        files.log(|log| {
            let place = log.len() - 1000;
            flip(log, place);
        });
    }),
    ("two frames change places", young, Refused, |files| {
        files.log(|log| {
            let (one, other) = log[LOG_HEADER + 4 * FRAME..][..2 * FRAME].split_at_mut(FRAME);
            one.swap_with_slice(other);
        });
    }),
    ("random bytes all over the log", young, Refused, |files| {
        let mut random = fastrand::Rng::with_seed(7);
        files.log(|log| log.fill_with(|| random.u8(..)));
    }),
    ("the log of another database", young, Refused, |files| {
        fs::copy(OTHER.folder.database().with_extension("db-wal"), files.path("parla.db-wal")).unwrap();
    }),
    ("the log of another database beside one that was stopped", stopped, Refused, |files| {
        fs::copy(OTHER.folder.database().with_extension("db-wal"), files.path("parla.db-wal")).unwrap();
    }),
    ("a transaction that was not finished", young, Whole, |files| {
        files.log(|log| {
            let mut frame = log[log.len() - FRAME..].to_vec();
            frame[4..8].fill(0);
            log.extend(frame);
        });
    }),
    ("an end that was not written whole", young, Whole, |files| {
        files.log(|log| log.extend_from_within(LOG_HEADER..LOG_HEADER + 1000));
    }),
    ("the shared memory is deleted", young, Whole, |files| files.delete("parla.db-shm")),
    ("random bytes in the shared memory", young, Whole, |files| {
        let mut random = fastrand::Rng::with_seed(7);
        files.change("parla.db-shm", |bytes| bytes.fill_with(|| random.u8(..)));
    }),
    ("the log and the shared memory are deleted", young, Refused, |files| {
        files.delete("parla.db-wal");
        files.delete("parla.db-shm");
    }),
    ("another program has brought the log into the database", young, Whole, |files| {
        files.sql("SELECT count(*) FROM sqlite_schema");
        assert!(!files.path("parla.db-wal").exists());
    }),
    // Damage to the database.
    ("the database of a killed server is emptied", young, Refused, |files| files.database(Vec::clear)),
    ("the database of a killed server is deleted", young, Refused, |files| files.delete("parla.db")),
    ("everything of the database is deleted", young, Refused, |files| {
        files.delete("parla.db");
        files.delete("parla.db-wal");
        files.delete("parla.db-shm");
    }),
    ("the database of another server", young, Refused, |files| {
        fs::copy(OTHER.folder.database(), files.path("parla.db")).unwrap();
    }),
    ("the database is emptied", stopped, Refused, |files| files.database(Vec::clear)),
    ("the database is deleted", stopped, Refused, |files| files.delete("parla.db")),
    ("the database lacks its last page", stopped, Refused, |files| {
        files.database(|bytes| bytes.truncate(bytes.len() - PAGE));
    }),
    ("the database is cut in half", stopped, Refused, |files| {
        files.database(|bytes| bytes.truncate(bytes.len() / 2 + 100));
    }),
    ("the database is cut to one page", stopped, Refused, |files| {
        files.database(|bytes| bytes.truncate(PAGE));
    }),
    ("three bytes in the header of the database", stopped, Refused, |files| {
        files.database(|bytes| flip(bytes, 3));
    }),
    ("three bytes in the size of its pages", stopped, Refused, |files| {
        files.database(|bytes| flip(bytes, 16));
    }),
    ("random bytes in the list of tables", stopped, Refused, |files| files.scramble(1)),
    ("random bytes in the root of the messages", stopped, Refused, |files| {
        files.scramble(files.root("messages"));
    }),
    ("random bytes in a leaf of the messages", stopped, Refused, |files| {
        files.scramble(files.leaves("messages")[0]);
    }),
    ("random bytes in the last leaf of the messages", stopped, Refused, |files| {
        files.scramble(files.leaves("messages")[1]);
    }),
    ("two leaves of the messages change places", stopped, Refused, |files| {
        let [one, other] = files.leaves("messages");
        files.database(|bytes| {
            for byte in 0..PAGE {
                bytes.swap((one - 1) * PAGE + byte, (other - 1) * PAGE + byte);
            }
        });
    }),
    ("three bytes in a text", stopped, Refused, |files| {
        let leaf = files.leaves("messages")[0];
        files.database(|bytes| flip(bytes, leaf * PAGE - 100));
    }),
    ("three letters in a text become others", stopped, Refused, |files| {
        let leaf = files.leaves("messages")[0];
        files.database(|bytes| {
            bytes[leaf * PAGE - 103..leaf * PAGE - 100].iter_mut().for_each(|byte| *byte ^= 1);
        });
    }),
    ("zeros in a leaf of the messages", stopped, Refused, |files| {
        let leaf = files.leaves("messages")[0];
        files.database(|bytes| bytes[(leaf - 1) * PAGE..leaf * PAGE].fill(0));
    }),
    ("random bytes in the index of rooms", stopped, Refused, |files| {
        files.scramble(files.root("message_places"));
    }),
    ("random bytes in the index of words", stopped, Refused, |files| {
        files.scramble(files.root("messages_search_data"));
    }),
    ("random bytes in the rooms", stopped, Refused, |files| files.scramble(files.root("channels"))),
    ("random bytes in the bans", stopped, Refused, |files| files.scramble(files.root("channel_masks"))),
    ("random bytes in the key", stopped, Refused, |files| files.scramble(files.root("secrets"))),
    ("random bytes in the list of free pages", stopped, Refused, |files| files.scramble(files.pages.free)),
    ("random bytes in a free page", stopped, Whole, |files| {
        let bytes = fs::read(files.path("parla.db")).unwrap();
        let trunk = &bytes[(files.pages.free - 1) * PAGE..];
        files.scramble(u32::from_be_bytes(trunk[8..12].try_into().unwrap()) as usize);
    }),
    ("a table is gone", stopped, Refused, |files| files.sql("DROP TABLE channel_masks")),
    ("the versions are gone", stopped, Refused, |files| files.sql("DROP TABLE schema_versions")),
    ("the key is gone", stopped, Refused, |files| files.sql("DELETE FROM secrets")),
    ("the key is another one", stopped, Refused, |files| {
        files.sql("UPDATE secrets SET value = randomblob(32) WHERE name = 'cloak'");
    }),
    ("the newest messages are gone", stopped, Refused, |files| {
        files.sql("DELETE FROM messages WHERE id > (SELECT max(id) - 9 FROM messages)");
    }),
    // Damage to the record of what was stored.
    ("what was known of the directory is gone", stopped, Whole, |files| files.delete("parla.state")),
    ("what was known of the directory is damaged", young, Whole, |files| {
        files.change("parla.state", |bytes| flip(bytes, 200));
    }),
    ("that and the log are damaged", young, Refused, |files| {
        files.change("parla.state", |bytes| flip(bytes, 200));
        files.log(|log| flip(log, LOG_HEADER + 6 * FRAME + 1000));
    }),
];
