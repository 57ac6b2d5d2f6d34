//! Checks what the documents and the opening lines of files promise against the files.
//!
//! Reads Markdown only as far as necessary: headings, links, fences.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod markdown;

use std::{
    fs,
    path::{Path, PathBuf},
};

use markdown::Document;

/// The most lines of a source file without its tests.
const FILE_LINES_MAX: usize = 500;
/// The most lines of an overview; a longer one would not be an overview.
const ARCHITECTURE_LINES_MAX: usize = 200;
/// Folders without text of ours.
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
fn the_architecture_is_short_and_names_every_crate() {
    let architecture = Document::read(&root().join("ARCHITECTURE.md"));
    let crates = architecture.section("The crates").unwrap().join("\n");
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(crates.split_whitespace().any(|word| word == name), "ARCHITECTURE.md does not show {name}");
    }
    let lines = architecture.lines().len();
    assert!(lines <= ARCHITECTURE_LINES_MAX, "ARCHITECTURE.md has {lines} lines");
}

#[test]
fn every_crate_opens_with_a_map_of_its_modules() {
    let mut missing = Vec::new();
    for path in files("rs").iter().filter(|path| path.ends_with("src/lib.rs") || is_program(path)) {
        let text = fs::read_to_string(path).unwrap();
        let map: String = text.lines().take_while(|line| line.starts_with("//!")).collect();
        for entry in fs::read_dir(path.parent().unwrap()).unwrap() {
            let file = entry.unwrap().file_name().into_string().unwrap();
            let Some(module) = file.strip_suffix(".rs") else { continue };
            if !matches!(module, "lib" | "main") && !names_module(&map, module) {
                missing.push(format!("{} does not name {module}", path.display()));
            }
        }
    }
    assert!(missing.is_empty(), "code maps with holes:\n{}", missing.join("\n"));
}

/// Whether this is the `main.rs` of a crate that has no library.
fn is_program(path: &Path) -> bool {
    path.ends_with("src/main.rs") && !path.with_file_name("lib.rs").exists()
}

/// Whether a code map names a module, as `module` or [`module`], or names its file.
fn names_module(map: &str, module: &str) -> bool {
    map.contains(&format!("`{module}`")) || map.contains(&format!("`{module}.rs`"))
}

/// The page is generated from `ALL` of `parla-proto`; this finds commands that are missing there.
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

/// A crate without examples is not built once more to search for some, which took five minutes.
#[test]
fn the_crates_with_examples_are_those_that_run_them() {
    let files = files("rs");
    let libraries = files.iter().filter(|path| path.ends_with("src/lib.rs"));
    for source in libraries.map(|path| path.parent().unwrap()) {
        let manifest = fs::read_to_string(source.with_file_name("Cargo.toml")).unwrap();
        let runs_examples = !manifest.contains("\n[lib]\ndoctest = false\n");
        let mut texts = files.iter().filter(|path| path.starts_with(source)).map(fs::read_to_string);
        let has_examples = texts.any(|text| has_example(&text.unwrap()));
        assert_eq!(has_examples, runs_examples, "examples in {}, and `doctest`", source.display());
    }
}

#[test]
fn an_example_is_a_fence_of_code_in_the_documentation() {
    assert!(has_example("//! One.\n//!\n//! ```\n//! two();\n//! ```\n"));
    assert!(has_example("    /// ```no_run\n    /// two();\n    /// ```\n"));
    assert!(!has_example("//! ```text\n//! one\n//! ```\n"));
    assert!(!has_example("// ```\n// one();\n// ```\n"));
}

/// Whether rustdoc would compile something in this source file.
fn has_example(text: &str) -> bool {
    let mut is_open = false;
    for line in text.lines().map(str::trim_start) {
        let Some(comment) = line.strip_prefix("//!").or_else(|| line.strip_prefix("///")) else { continue };
        let Some(kind) = comment.trim().strip_prefix("```") else { continue };
        if !is_open && kind != "text" {
            return true;
        }
        is_open = !is_open;
    }
    false
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

/// The number of lines of a source file before its `mod tests`. Other code that is only for tests may be
/// anywhere, and counts.
fn lines_before_tests(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let opens_tests = |at: &usize| {
        let item = lines.iter().skip(*at).find(|line| !line.starts_with("#["));
        lines.get(*at) == Some(&"#[cfg(test)]") && item.is_some_and(|item| item.starts_with("mod tests"))
    };
    (0..lines.len()).find(opens_tests).unwrap_or(lines.len())
}

/// Checks that a link in the document at `path` leads to a file, and its anchor to a heading.
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
