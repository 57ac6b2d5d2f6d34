//! What the documents and the opening lines of files promise, checked against the files.
//!
//! Reads Markdown only as far as it has to: headings, links, fences.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod markdown;

use std::{
    fs,
    path::{Path, PathBuf},
};

use markdown::Document;

/// Lines of a source file, its tests not counted.
const FILE_LINES_MAX: usize = 500;
/// An overview that is longer is not one.
const ARCHITECTURE_LINES_MAX: usize = 300;
/// Folders that hold no text of ours.
const NOT_OURS: &[&str] = &["target", "parla-data", "corpus", "artifacts"];

#[test]
fn links_resolve() {
    let mut broken = Vec::new();
    for path in files("md") {
        let document = Document::read(&path);
        for link in document.links() {
            if let Err(why) = resolve(&path, &document, &link) {
                broken.push(format!("{}: {link}: {why}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

#[test]
fn the_code_map_names_every_crate_and_command() {
    let architecture = Document::read(&root().join("ARCHITECTURE.md"));
    let map = architecture.section("Code map").unwrap().join("\n");
    let mut missing = Vec::new();
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.path().join("Cargo.toml").is_file() && !map.contains(&format!("`{name}`")) {
            missing.push(name);
        }
    }
    for (name, folder) in [("parla-server", "src/command"), ("parla-client", "src/client/receive")] {
        let section = part_of_map(&map, name);
        let folder = root().join("crates").join(name).join(folder);
        let commands: Vec<PathBuf> =
            files("rs").into_iter().filter(|path| path.starts_with(&folder)).collect();
        assert!(!commands.is_empty(), "{} has no commands", folder.display());
        for path in commands {
            let file = path.file_name().unwrap().to_str().unwrap();
            if !section.contains(&format!("`{file}`")) {
                missing.push(format!("{file} below {name}"));
            }
        }
    }
    assert!(missing.is_empty(), "the code map of ARCHITECTURE.md lacks {}", missing.join(", "));
    let lines = architecture.lines().len();
    assert!(lines <= ARCHITECTURE_LINES_MAX, "ARCHITECTURE.md has {lines} lines");
}

/// What the code map says below the heading of a crate.
fn part_of_map<'a>(map: &'a str, name: &str) -> &'a str {
    let heading = format!("### `{name}`\n");
    let (_, below) = map.split_once(&heading).unwrap_or_else(|| panic!("the code map has no part {name}"));
    below.split_once("\n### ").map_or(below, |(part, _)| part)
}

/// The page is made from `ALL` of `parla-proto`; what was left out there is missed here.
#[test]
fn the_manual_names_every_command() {
    let manual = Document::read(&root().join("docs/commands.md"));
    let table = manual.section("Commands").unwrap().join("\n");
    let shapes = root().join("crates/parla-proto/src/command");
    for path in files("rs").into_iter().filter(|path| path.starts_with(&shapes)) {
        let name = path.file_stem().unwrap().to_str().unwrap().to_uppercase();
        assert!(table.contains(&format!("| `{name}` |")), "docs/commands.md lacks {name}");
    }
}

#[test]
fn the_readme_needs_two_commands() {
    let readme = Document::read(&root().join("README.md"));
    for (section, command) in [("Run it", "cargo xtask run"), ("Tests", "cargo xtask test")] {
        let lines = readme.section(section).unwrap_or_else(|| panic!("README.md has no section {section}"));
        assert_eq!(markdown::fences(&lines), [[command]], "section {section} of README.md");
    }
}

#[test]
fn every_file_opens_with_what_it_is() {
    for path in files("rs") {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//! "), "{} does not open with `//!`", path.display());
    }
}

#[test]
fn files_are_short() {
    for path in files("rs").iter().filter(|path| path.components().any(|part| part.as_os_str() == "src")) {
        let text = fs::read_to_string(path).unwrap();
        let lines = lines_before_tests(&text);
        assert!(lines <= FILE_LINES_MAX, "{} has {lines} lines without its tests", path.display());
    }
}

#[test]
fn only_the_tests_are_not_counted() {
    let count = lines_before_tests;
    assert_eq!(count("//! One.\nfn two() {}\n\n#[cfg(test)]\nmod tests {\n}\n"), 3);
    assert_eq!(count("//! One.\n#[cfg(test)]\n#[path = \"a.rs\"]\nmod tests;\n"), 1);
    assert_eq!(count("//! One.\n#[cfg(test)]\nmod rig;\n\nfn five() {}\n"), 5);
    assert_eq!(count("//! One.\n#[cfg(test)]\nmod rig;\n\n#[cfg(test)]\nmod tests;\n"), 4);
}

/// Lines of a source file above its `mod tests`. Other things that are for tests only may stand anywhere, and count.
fn lines_before_tests(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let opens_tests = |at: &usize| {
        let item = lines.iter().skip(*at).find(|line| !line.starts_with("#["));
        lines.get(*at) == Some(&"#[cfg(test)]") && item.is_some_and(|item| item.starts_with("mod tests"))
    };
    (0..lines.len()).find(opens_tests).unwrap_or(lines.len())
}

/// Whether a link in the document at `path` leads to a file, and its anchor to a heading.
fn resolve(path: &Path, document: &Document, link: &str) -> Result<(), &'static str> {
    if link.contains("://") || link.starts_with("mailto:") {
        return Ok(());
    }
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = if file.is_empty() { path.to_owned() } else { path.parent().unwrap().join(file) };
    if !target.exists() {
        return Err("there is no such file");
    }
    if anchor.is_empty() || target.extension().is_none_or(|extension| extension != "md") {
        return Ok(());
    }
    let anchors = if file.is_empty() { document.anchors() } else { Document::read(&target).anchors() };
    if anchors.iter().any(|known| known == anchor) { Ok(()) } else { Err("there is no such heading") }
}

/// Our files with this extension, sorted.
fn files(extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root().to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if name.starts_with('.') || NOT_OURS.contains(&name) {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|other| other == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
