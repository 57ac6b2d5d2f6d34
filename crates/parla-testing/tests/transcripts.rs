//! Runs every script in memory, with either kind of log. `UPDATE=1 cargo test` rewrites the expected lines.
#![expect(clippy::expect_used, reason = "a test that cannot read its scripts fails")]

use std::path::{Path, PathBuf};

use parla_testing::transcript::{Log, Script, rewrite, run_in_memory};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts")
}

fn scripts() -> Vec<Script> {
    let entries = std::fs::read_dir(folder()).expect("the folder of the scripts");
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("an entry of the folder").path()).collect();
    paths.sort();
    let irc = paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "irc"));
    irc.map(|path| Script::read(path).unwrap_or_else(|error| fail(&error.to_string()))).collect()
}

#[expect(clippy::panic, reason = "this is how a test fails")]
fn fail(why: &str) -> ! {
    panic!("{why}");
}

fn is_updating() -> bool {
    std::env::var("UPDATE").is_ok_and(|value| value == "1")
}

/// What a script should be: unchanged, or rewritten with the actual lines.
fn wanted(script: Script) -> Script {
    if !is_updating() {
        return script;
    }
    let report = match run_in_memory(&script, Log::Local) {
        Ok(report) => report,
        Err(error) => fail(&format!("{}.irc: {error}", script.name())),
    };
    let text = rewrite(&script, &report);
    Script::parse(script.name(), &text).unwrap_or_else(|error| fail(&error.to_string()))
}

fn check(log: Log) {
    let mut failures = Vec::new();
    for script in scripts() {
        let name = script.name().to_owned();
        match run_in_memory(&wanted(script), log) {
            Ok(report) if report.is_as_expected() => {}
            Ok(report) => failures.push(report.to_string()),
            Err(error) => failures.push(format!("{name}.irc: {error}\n")),
        }
    }
    if !failures.is_empty() {
        fail(&format!("{} scripts fail with {log:?}\n\n{}", failures.len(), failures.join("\n")));
    }
}

#[test]
fn scripts_with_a_log_of_its_own() {
    if is_updating() {
        for script in scripts() {
            let report = run_in_memory(&script, Log::Local).expect("a script that can be played");
            let path = folder().join(format!("{}.irc", script.name()));
            let draft = path.with_extension("tmp");
            std::fs::write(&draft, rewrite(&script, &report)).expect("the script is written");
            std::fs::rename(draft, path).expect("the script is in its place");
        }
    }
    check(Log::Local);
}

#[test]
fn scripts_with_a_shared_log() {
    check(Log::Shared);
}

#[test]
fn every_command_has_a_script() {
    let names: Vec<String> = scripts().iter().map(|script| script.name().to_owned()).collect();
    for facts in parla_proto::command::ALL {
        let name = facts.name.to_ascii_lowercase();
        assert!(names.contains(&name), "scripts/{name}.irc is missing");
    }
}

#[test]
fn a_rewritten_script_stays_as_it_is() {
    for script in scripts() {
        let report = run_in_memory(&script, Log::Local).expect("a script that can be played");
        if report.is_as_expected() && !is_updating() {
            let path = folder().join(format!("{}.irc", script.name()));
            let text = std::fs::read_to_string(path).expect("the script's text");
            assert_eq!(text, rewrite(&script, &report), "{}: run UPDATE=1 cargo test", script.name());
        }
    }
}
