//! Measures how long it takes to upgrade an older database:
//! `cargo run --release -p parla-store --example upgrade -- FOLDER [MESSAGES]`.
//!
//! FOLDER must be on a real disk. A million messages (268 MB), every tenth of which is a reply, take 7 s on
//! two shared cores.

#![expect(clippy::print_stdout, reason = "it prints a table")]

#[path = "../tests/support/older.rs"]
mod older;

use std::{error::Error, fs, path::Path, time::Instant};

use parla_store::{Database, Durability};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: upgrade FOLDER [MESSAGES]")?;
    let messages: u64 = arguments.next().map_or(Ok(1_000_000), |messages| messages.parse())?;
    let folder = tempfile::tempdir_in(folder)?;

    let references = older::make(folder.path(), messages)?;
    println!("before: {}", sizes(folder.path())?);
    let begin = Instant::now();
    let database = Database::open(folder.path(), Durability::Fsync)?;
    println!("upgraded in {:.1} s: {}", begin.elapsed().as_secs_f64(), sizes(folder.path())?);
    database.close()?;
    println!("stopped: {}", sizes(folder.path())?);
    let begin = Instant::now();
    Database::open(folder.path(), Durability::Fsync)?.close()?;
    println!("the next start and stop: {:.1} s", begin.elapsed().as_secs_f64());
    let faults = older::faults(folder.path(), references);
    println!(
        "{} messages, {references} refer to another one; faults: {faults:?}",
        older::MESSAGES + messages
    );
    Ok(())
}

/// All files in a folder, with their sizes in MB.
fn sizes(folder: &Path) -> std::io::Result<String> {
    let mut sizes = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let bytes = entry.metadata()?.len();
        if bytes >= 100_000 {
            sizes.push(format!("{} {:.0} MB", entry.file_name().to_string_lossy(), bytes as f64 / 1e6));
        }
    }
    sizes.sort();
    Ok(sizes.join(", "))
}
