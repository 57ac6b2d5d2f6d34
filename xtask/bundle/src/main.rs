//! Makes the folder that the server embeds: `bundle [--any-size] APP.wasm FOLDER`.
//!
//! Reads the compiled app and the static files of `parla-web` and `parla-ui`; writes the folder completely or
//! not at all. It is separate from xtask because wasm-bindgen takes long to build and most chores do not need
//! it.
//!
//! # Code map
//!
//! `glue.rs` makes the JavaScript around the WebAssembly, `merge.rs` and `page.rs` put the static files
//! together, `languages.rs` adds the sentences of other languages, `compress.rs` compresses the files, and
//! `stamp.rs` knows whether anything has changed since the last time.

mod compress;
mod glue;
mod languages;
mod merge;
mod page;
mod stamp;

use std::{
    env,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result, bail, ensure};

use compress::Sizes;
use page::Assets;
use stamp::Stamp;

/// The most bytes that a browser may load at a first visit, as the server sends them. The page has to load
/// quickly on a slow connection.
const COMPRESSED_BYTES_MAX: usize = 512 * 1024;

/// The folders of the static files; if two files have the same name, the later one counts.
const ASSETS: [&str; 3] = ["crates/parla-ui/assets", "crates/parla-ui/languages", "crates/parla-web/assets"];

fn main() -> ExitCode {
    match bundle() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("bundle: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn bundle() -> Result<()> {
    let mut arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let any_size = arguments.first().is_some_and(|first| first.as_os_str() == "--any-size");
    if any_size {
        arguments.remove(0);
    }
    let [app, folder] = arguments.as_slice() else { bail!("usage: bundle [--any-size] APP.wasm FOLDER") };
    let app = fs::read(app).with_context(|| format!("{} cannot be read", app.display()))?;
    let assets = Assets::read(&ASSETS.map(|path| root().join(path)))?;
    let stamp = Stamp::of(folder, &app, &assets)?;
    if stamp.is_on(folder) {
        say(&format!("{} is up to date", folder.display()));
        return Ok(());
    }
    let files = page::put_together(glue::make(app)?, &assets)?;
    let files = compress::all(files);
    let total = report(&files)?;
    ensure!(
        any_size || total <= COMPRESSED_BYTES_MAX,
        "the app has {total} bytes and may have {COMPRESSED_BYTES_MAX}, both compressed"
    );
    replace(folder, &files)?;
    stamp.put()
}

/// Prints the size of each file, and returns the bytes that a browser loads at a first visit in English.
fn report(files: &[compress::File]) -> Result<usize> {
    let mut table = String::new();
    let mut total = 0;
    for file in files {
        let Sizes { plain, brotli, gzip } = file.sizes();
        let is_later = languages::is_table(&file.name);
        total += if is_later { 0 } else { brotli };
        writeln!(table, "{plain:>9} {brotli:>9} {gzip:>9}  {}", file.name)?;
    }
    say(&format!("    plain    brotli      gzip\n{table}{total:>19}            at a first visit"));
    Ok(total)
}

/// Replaces the folder by the files. A reader finds either all the old files or all the new ones.
fn replace(folder: &Path, files: &[compress::File]) -> Result<()> {
    let new = folder.with_extension("new");
    if new.exists() {
        fs::remove_dir_all(&new).with_context(|| format!("{} cannot be removed", new.display()))?;
    }
    fs::create_dir_all(&new).with_context(|| format!("{} cannot be made", new.display()))?;
    for file in files {
        file.write(&new)?;
    }
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
    }
    fs::rename(&new, folder).with_context(|| format!("{} cannot be renamed", new.display()))
}

/// The root of the repository.
fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

/// Prints a line for the person who waits.
fn say(text: &str) {
    // If standard error is closed, there is nobody to tell.
    drop(writeln!(std::io::stderr(), "{text}"));
}
