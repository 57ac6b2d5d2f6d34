//! The checksum of a row in `messages`, which reveals text that the disk has corrupted.
//!
//! It is a CRC-32 over the columns in the order in which they were added to the table. A column that was
//! added after the checksum counts only if it is not empty, with a letter of its own before it. So the
//! checksums of rows from before that column existed remain valid.

use rusqlite::{Row, types::ValueRef};

/// The columns of `messages` that [`StoredRow::from_row`] reads, in its order.
macro_rules! row_columns {
    () => {
        "id, conversation, at, kind, source, account, text, tags, cuts, refers_to, edited, sum"
    };
}
pub(crate) use row_columns;

/// All columns of a row except its checksum.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Columns<'a> {
    /// `id`, `conversation` and `at`.
    pub(crate) numbers: [i64; 3],
    /// From `kind` to `cuts`; `None` stands for NULL.
    pub(crate) texts: [Option<&'a [u8]>; 6],
    pub(crate) refers_to: Option<i64>,
    /// Milliseconds since the epoch.
    pub(crate) edited: Option<i64>,
}

/// A row as it is in the file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StoredRow<'a> {
    pub(crate) columns: Columns<'a>,
    /// `None` if the row was written before checksums were introduced, or was changed by hand.
    pub(crate) checksum: Option<i64>,
}

impl Columns<'_> {
    /// The right checksum for these columns.
    pub(crate) fn checksum(&self) -> u32 {
        let mut hasher = crc32fast::Hasher::new();
        for number in self.numbers {
            hasher.update(&number.to_le_bytes());
        }
        for text in self.texts {
            // The lengths are included so that text cannot move from one column to the next unnoticed, and
            // NULL differs from an empty text.
            let length = text.map_or(-1, |text| i64::try_from(text.len()).unwrap_or(i64::MAX));
            hasher.update(&length.to_le_bytes());
            hasher.update(text.unwrap_or_default());
        }
        for (letter, number) in [(b"r", self.refers_to), (b"e", self.edited)] {
            if let Some(number) = number {
                hasher.update(letter);
                hasher.update(&number.to_le_bytes());
            }
        }
        hasher.finalize()
    }
}

impl<'a> StoredRow<'a> {
    /// Reads a row of [`row_columns!`]; `None` if a column has a type that this crate never writes there.
    pub(crate) fn from_row(row: &'a Row<'_>) -> rusqlite::Result<Option<Self>> {
        let number = |column| {
            Ok::<_, rusqlite::Error>(match row.get_ref(column)? {
                ValueRef::Integer(number) => Some(Some(number)),
                ValueRef::Null => Some(None),
                _ => None,
            })
        };
        let (Some(Some(id)), Some(Some(conversation)), Some(Some(at))) = (number(0)?, number(1)?, number(2)?)
        else {
            return Ok(None);
        };
        let mut texts = [None; 6];
        for (column, text) in (3..).zip(&mut texts) {
            *text = match row.get_ref(column)? {
                ValueRef::Text(bytes) if is_text(bytes) => Some(bytes),
                ValueRef::Null => None,
                _ => return Ok(None),
            };
        }
        let (Some(refers_to), Some(edited), Some(checksum)) = (number(9)?, number(10)?, number(11)?) else {
            return Ok(None);
        };
        let columns = Columns { numbers: [id, conversation, at], texts, refers_to, edited };
        Ok(Some(Self { columns, checksum }))
    }

    /// Whether the row has the right checksum, or none.
    pub(crate) fn is_right(&self) -> bool {
        self.checksum.is_none_or(|checksum| checksum == i64::from(self.columns.checksum()))
    }
}

fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| !text.contains(['\0', '\r']))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: Columns<'_> = Columns {
        numbers: [7, 1, 1000],
        texts: [Some(b"PRIVMSG"), Some(b"a!a@host"), None, Some(b"hello"), None, None],
        refers_to: None,
        edited: None,
    };

    /// Files everywhere contain rows with this checksum.
    #[test]
    fn a_row_from_before_the_younger_columns_keeps_its_checksum() {
        assert_eq!(COLUMNS.checksum(), 2_584_099_511);
    }

    #[test]
    fn every_column_counts_and_none_is_taken_for_another() {
        let checksums = [
            COLUMNS,
            Columns { refers_to: Some(0), ..COLUMNS },
            Columns { refers_to: Some(5), ..COLUMNS },
            Columns { edited: Some(5), ..COLUMNS },
            Columns { refers_to: Some(5), edited: Some(5), ..COLUMNS },
            Columns { numbers: [8, 1, 1000], ..COLUMNS },
            Columns {
                texts: [Some(b"PRIVMSG"), Some(b"a!a@host"), None, None, Some(b"hello"), None],
                ..COLUMNS
            },
        ]
        .map(|columns| columns.checksum());
        for (place, checksum) in checksums.iter().enumerate() {
            assert!(!checksums[..place].contains(checksum), "{place}");
        }
    }
}
