//! Numbered migrations. Several components share a file, and each counts its own.

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use crate::MigrationError;

const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS schema_versions(
    component TEXT PRIMARY KEY,  -- whose tables
    version INTEGER NOT NULL     -- how many of its migrations have run
) STRICT, WITHOUT ROWID";

/// One step of a migration, from one version of the tables to the next.
pub trait Step {
    /// Performs the step.
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

/// The versions of a component's tables that this program knows.
#[derive(Clone, Copy, Debug)]
pub struct KnownTables<'a> {
    /// The component's name.
    pub component: &'a str,
    /// The latest version, which is the number of steps.
    pub version: usize,
}

/// Runs those of `steps` that have not been applied to the file yet, all in one transaction. `steps[0]` leads
/// to version 1.
///
/// A released step never changes; new ones are added after it. Running this again has no effect.
///
/// # Errors
/// The file is newer than `steps`, or SQLite refuses a step; either way, the file is unchanged.
pub fn migrate(
    connection: &mut Connection,
    component: &str,
    steps: &[impl Step],
) -> Result<(), MigrationError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    migrate_within(&transaction, component, steps)?;
    Ok(transaction.commit()?)
}

/// Like [`migrate`], within a transaction of the caller, so that several components are upgraded together or
/// not at all.
///
/// # Errors
/// As for [`migrate`]; the caller must roll back.
pub fn migrate_within(
    transaction: &Transaction<'_>,
    component: &str,
    steps: &[impl Step],
) -> Result<(), MigrationError> {
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    transaction.execute_batch(VERSIONS)?;
    let found = version(transaction, component)?;
    if found > known {
        return Err(MigrationError::Newer { component: component.to_owned(), found, known });
    }
    for step in steps.iter().skip(found as usize) {
        step.run(transaction)?;
    }
    if found < known {
        transaction.execute("INSERT OR REPLACE INTO schema_versions VALUES(?1, ?2)", (component, known))?;
    }
    Ok(())
}

/// Refuses a file with tables of a newer version, before anything is done with it.
///
/// # Errors
/// The file is newer than the known version, or SQLite cannot read it.
pub fn refuse_newer(connection: &Connection, known: &[KnownTables<'_>]) -> Result<(), MigrationError> {
    if !has_versions(connection)? {
        return Ok(());
    }
    for KnownTables { component, version: known } in known {
        let (found, known) = (version(connection, component)?, u32::try_from(*known).unwrap_or(u32::MAX));
        if found > known {
            return Err(MigrationError::Newer { component: (*component).to_owned(), found, known });
        }
    }
    Ok(())
}

/// Whether the file has tables that lack steps, and none that are newer than this program. A new file counts
/// as up to date.
///
/// # Errors
/// SQLite cannot read it.
pub fn is_behind(connection: &Connection, known: &[KnownTables<'_>]) -> Result<bool, rusqlite::Error> {
    if !has_versions(connection)? {
        return Ok(false);
    }
    let (mut is_behind, mut is_used) = (false, false);
    for KnownTables { component, version: known } in known {
        let found = version(connection, component)? as usize;
        if found > *known {
            return Ok(false);
        }
        is_used |= found > 0;
        is_behind |= found < *known;
    }
    Ok(is_used && is_behind)
}

/// Whether the table of versions exists.
fn has_versions(connection: &Connection) -> Result<bool, rusqlite::Error> {
    let sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_versions'";
    Ok(connection.query_row(sql, [], |row| row.get::<_, i64>(0))? > 0)
}

/// How many steps of a component have been applied. The table of versions must exist.
fn version(connection: &Connection, component: &str) -> Result<u32, rusqlite::Error> {
    let sql = "SELECT version FROM schema_versions WHERE component = ?1";
    Ok(connection.query_row(sql, [component], |row| row.get(0)).optional()?.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "CREATE TABLE notes(text TEXT); INSERT INTO notes VALUES('old')";
    const TWO: &str = "ALTER TABLE notes ADD COLUMN colour TEXT; UPDATE notes SET colour = 'red'";

    #[test]
    fn a_file_is_behind_if_it_was_used_and_lacks_a_step() {
        let mut connection = Connection::open_in_memory().unwrap();
        let is_behind = |connection: &Connection, notes, pens| {
            let known = [("notes", notes), ("pens", pens)];
            is_behind(connection, &known.map(|(component, version)| KnownTables { component, version }))
                .unwrap()
        };
        assert!(!is_behind(&connection, 1, 1), "a new file");
        migrate(&mut connection, "notes", &[ONE]).unwrap();
        assert!(!is_behind(&connection, 1, 0));
        assert!(is_behind(&connection, 2, 0));
        assert!(is_behind(&connection, 1, 1));
        migrate(&mut connection, "notes", &[ONE, TWO]).unwrap();
        assert!(!is_behind(&connection, 1, 1), "it is newer");
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
        assert_eq!(version(&connection, "notes").unwrap(), 2);
    }

    #[test]
    fn components_count_for_themselves() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, "notes", &[ONE, TWO]).unwrap();
        migrate(&mut connection, "pens", &["CREATE TABLE pens(ink TEXT)"]).unwrap();
        assert_eq!((version(&connection, "notes").unwrap(), version(&connection, "pens").unwrap()), (2, 1));
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
        assert_eq!(version(&connection, "notes").unwrap(), 2);
        let refused = |version| refuse_newer(&connection, &[KnownTables { component: "notes", version }]);
        assert_eq!(refused(1).unwrap_err().to_string(), error.to_string());
        refused(2).unwrap();
        refuse_newer(
            &Connection::open_in_memory().unwrap(),
            &[KnownTables { component: "notes", version: 0 }],
        )
        .unwrap();
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_as_it_was() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, "notes", &[ONE]).unwrap();
        let error =
            migrate(&mut connection, "notes", &[ONE, TWO, "CREATE TABLE notes(again TEXT)"]).unwrap_err();
        assert!(matches!(error, MigrationError::Sqlite(_)), "{error}");
        assert_eq!(version(&connection, "notes").unwrap(), 1);
        assert!(connection.prepare("SELECT colour FROM notes").is_err());
    }
}
