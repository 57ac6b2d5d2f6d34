//! Embeds the finished app into the program: every file of the folder that `cargo xtask web` creates, as a
//! table in `$OUT_DIR/assets.rs`. If the folder does not exist, the table is empty. It never builds the app
//! itself.

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fs,
    hash::{DefaultHasher, Hasher as _},
    io::ErrorKind,
    path::{Path, PathBuf},
};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Files by name, with `/` between folders, and where they are.
type Files = BTreeMap<String, PathBuf>;

/// The minimum number of hexadecimal digits after a `-` to be considered a hash of the content.
const HASH_DIGITS_MIN: usize = 8;

fn main() -> Outcome<()> {
    println!("cargo::rerun-if-env-changed=PARLA_WEB");
    println!("cargo::rerun-if-changed=build.rs");
    let mut files = Files::new();
    collect(&folder()?, "", &mut files)?;
    let mut table = "pub(super) static EMBEDDED: &[Asset] = &[\n".to_owned();
    for (name, path) in &files {
        if !is_compressed_form(name, &files) {
            table += &entry(name, path, &files)?;
        }
    }
    table += "];\n";
    fs::write(Path::new(&env::var("OUT_DIR")?).join("assets.rs"), table)?;
    Ok(())
}

/// The folder of the app. The usual one is created if it does not exist, because cargo can watch an empty
/// folder, but would run this script again and again for a missing one.
fn folder() -> Outcome<PathBuf> {
    let folder = match env::var_os("PARLA_WEB") {
        Some(chosen) => {
            let chosen = PathBuf::from(chosen);
            if !chosen.is_dir() {
                return Err(format!("PARLA_WEB is {}, which is not a folder", chosen.display()).into());
            }
            chosen
        }
        None => {
            let usual = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../target/web");
            // A read-only source tree contains no app either.
            let _ = fs::create_dir_all(&usual);
            usual
        }
    };
    println!("cargo::rerun-if-changed={}", folder.display());
    Ok(folder)
}

fn collect(folder: &Path, prefix: &str, files: &mut Files) -> Outcome<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| format!("{} has a name that no URL can have", path.display()))?;
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), files)?;
        } else {
            files.insert(format!("{prefix}{name}"), fs::canonicalize(&path)?);
        }
    }
    Ok(())
}

/// Whether a file is the compressed form of another.
fn is_compressed_form(name: &str, files: &Files) -> bool {
    [".br", ".gz"]
        .iter()
        .any(|ending| name.strip_suffix(ending).is_some_and(|plain| files.contains_key(plain)))
}

fn entry(name: &str, path: &Path, files: &Files) -> Outcome<String> {
    let mut hasher = DefaultHasher::new();
    hasher.write(&fs::read(path)?);
    let tag = hasher.finish();
    let form = |ending: &str| match files.get(&format!("{name}{ending}")) {
        Some(path) => format!("Some(include_bytes!({path:?}))"),
        None => "None".to_owned(),
    };
    let (mime, is_immutable) = (mime(name), has_hash(name));
    let (br, gzip) = (form(".br"), form(".gz"));
    Ok(format!(
        "    Asset {{ path: {:?}, mime: {mime:?}, tag: \"{tag:016x}\", is_immutable: {is_immutable}, \
         plain: include_bytes!({path:?}), br: {br}, gzip: {gzip} }},\n",
        format!("/{name}"),
    ))
}

fn has_hash(name: &str) -> bool {
    let digits =
        |part: &str| part.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).count();
    name.split('-').skip(1).any(|part| digits(part) >= HASH_DIGITS_MIN)
}

fn mime(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "txt" | "md" => "text/plain; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
