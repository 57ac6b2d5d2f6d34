//! Numbered migrations. Several components share a file; each counts its own.

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use crate::MigrationError;

const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS schema_versions(
    component TEXT PRIMARY KEY,  -- whose tables
    version INTEGER NOT NULL     -- how many of its migrations have run
) STRICT, WITHOUT ROWID";

/// One step of a migration: from one version of the tables to the next.
pub trait Step {
    /// Takes the step.
    ///
    /// # Errors
    /// SQLite refuses.
    fn run(&self, transaction: &Transaction<'_>) -> Result<(), rusqlite::Error>;
}

/// One or more SQL statements.
impl Step for &str {
    fn run(&self, transaction: &Transaction<'_>) -> Result<(), rusqlite::Error> {
        transaction.execute_batch(self)
    }
}

/// Runs those of `steps` that the file has not seen, all in one transaction. `steps[0]` leads to version 1.
///
/// A step that was released never changes; a new one is added behind it.
/// Running it again does nothing.
///
/// # Errors
/// The file is newer than `steps`, or SQLite refuses a step; then the file is as it was.
pub fn migrate(
    connection: &mut Connection,
    component: &str,
    steps: &[impl Step],
) -> Result<(), MigrationError> {
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(VERSIONS)?;
    let found: u32 = transaction
        .query_row("SELECT version FROM schema_versions WHERE component = ?1", [component], |row| row.get(0))
        .optional()?
        .unwrap_or(0);
    if found > known {
        return Err(MigrationError::Newer { component: component.to_owned(), found, known });
    }
    for step in steps.iter().skip(found as usize) {
        step.run(&transaction)?;
    }
    if found < known {
        transaction.execute("INSERT OR REPLACE INTO schema_versions VALUES(?1, ?2)", (component, known))?;
    }
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "CREATE TABLE notes(text TEXT); INSERT INTO notes VALUES('old')";
    const TWO: &str = "ALTER TABLE notes ADD COLUMN colour TEXT; UPDATE notes SET colour = 'red'";

    fn version(connection: &Connection, component: &str) -> u32 {
        connection
            .query_row("SELECT version FROM schema_versions WHERE component = ?1", [component], |row| {
                row.get(0)
            })
            .unwrap()
    }

    #[test]
    fn an_older_file_gets_only_what_it_lacks() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, "notes", &[ONE]).unwrap();
        migrate(&mut connection, "notes", &[ONE, TWO]).unwrap();
        migrate(&mut connection, "notes", &[ONE, TWO]).unwrap();
        let rows: Vec<(String, String)> = connection
            .prepare("SELECT text, colour FROM notes")
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(rows, [("old".to_owned(), "red".to_owned())]);
        assert_eq!(version(&connection, "notes"), 2);
    }

    #[test]
    fn components_count_for_themselves() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, "notes", &[ONE, TWO]).unwrap();
        migrate(&mut connection, "pens", &["CREATE TABLE pens(ink TEXT)"]).unwrap();
        assert_eq!((version(&connection, "notes"), version(&connection, "pens")), (2, 1));
    }

    #[test]
    fn a_newer_file_is_refused_and_says_what_to_do() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, "notes", &[ONE, TWO]).unwrap();
        let error = migrate(&mut connection, "notes", &[ONE]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a newer version of parla wrote this database (its notes tables have version 2, this program knows up to 1); \
             install that version or a later one, or restore a backup from before the upgrade"
        );
        assert_eq!(version(&connection, "notes"), 2);
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_as_it_was() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, "notes", &[ONE]).unwrap();
        let error =
            migrate(&mut connection, "notes", &[ONE, TWO, "CREATE TABLE notes(again TEXT)"]).unwrap_err();
        assert!(matches!(error, MigrationError::Sqlite(_)), "{error}");
        assert_eq!(version(&connection, "notes"), 1);
        assert!(connection.prepare("SELECT colour FROM notes").is_err());
    }
}
