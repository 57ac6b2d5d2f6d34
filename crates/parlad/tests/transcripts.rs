//! Runs every script of `parla-testing` against the real server, over TCP and over WebSocket, each with a
//! server of its own.
//!
//! Scripts that need the virtual clock are only counted.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at what it did not expect")]

mod support;

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
};

use parla_testing::transcript::{NETWORK_NAME, Operator, SERVER_NAME, Script, Settings, run_tcp};
use support::{Daemon, Folder, bridge, daemon::hashed, web_socket};
use toml::Value;

/// How many scripts run at the same time. They mostly wait.
const WORKERS: usize = 4;

/// How the clients of a script reach the server.
#[derive(Clone, Copy, Debug)]
enum Road {
    Tcp,
    /// With this subprotocol.
    WebSocket(&'static str),
}

#[test]
fn scripts_over_tcp() {
    eprintln!("{}", play_all(Road::Tcp));
}

#[test]
fn scripts_over_web_sockets_of_text() {
    eprintln!("{}", play_all(Road::WebSocket(web_socket::TEXT)));
}

#[test]
fn scripts_over_web_sockets_of_bytes() {
    eprintln!("{}", play_all(Road::WebSocket(web_socket::BINARY)));
}

/// Plays every script, and returns how many there were.
fn play_all(road: Road) -> String {
    let (skipped, played): (Vec<Script>, Vec<Script>) = read().into_iter().partition(Script::is_virtual);
    assert!(!played.is_empty(), "there are no scripts");
    let count = played.len();
    let (queue, failures) = (Mutex::new(played), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(script) = next(&queue) {
                    if let Some(failure) = play(&script, road) {
                        failures.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    let names: Vec<&str> = skipped.iter().map(Script::name).collect();
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    assert!(failures.is_empty(), "{} of {count} scripts fail\n\n{}", failures.len(), failures.join("\n"));
    format!("{count} scripts played; {} need the virtual clock: {}", names.len(), names.join(", "))
}

fn read() -> Vec<Script> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../parla-testing/scripts");
    let paths: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    let irc = paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "irc"));
    irc.map(|path| Script::read(path).unwrap_or_else(|error| panic!("{error}"))).collect()
}

fn next(queue: &Mutex<Vec<Script>>) -> Option<Script> {
    queue.lock().unwrap().pop()
}

/// Plays a script, and returns the report if it fails.
fn play(script: &Script, road: Road) -> Option<String> {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &configuration(script.settings()));
    let address = match road {
        Road::Tcp => daemon.address(),
        Road::WebSocket(subprotocol) => bridge::open(daemon.http(), subprotocol),
    };
    let failure = match run_tcp(script, address) {
        Ok(report) if report.is_as_expected() => None,
        Ok(report) => Some(report.to_string()),
        Err(error) => Some(format!("{}.irc: {error}\n", script.name())),
    };
    let (status, log) = daemon.stop();
    let clean = status.success();
    failure.or_else(|| (!clean).then(|| format!("{}.irc: the server ended badly: {log}\n", script.name())))
}

/// The settings of a script as a configuration file.
fn configuration(settings: &Settings) -> String {
    let text = |text: &str| Value::from(text).to_string();
    let mut toml = format!("[server]\nname = {}\nnetwork = {}\n", text(SERVER_NAME), text(NETWORK_NAME));
    let mut key = |line: String| writeln!(toml, "{line}").unwrap();
    key("data_dir = \"data\"".to_owned());
    if let Some(password) = &settings.password {
        key(format!("password = {}", text(&hashed(password))));
    }
    if let Some(casemapping) = &settings.casemapping {
        key(format!("casemapping = {}", text(casemapping)));
    }
    key("[[listen]]\naddress = \"127.0.0.1:0\"\n[[http]]\naddress = \"127.0.0.1:0\"".to_owned());
    if !settings.motd.is_empty() {
        key(format!("[motd]\ntext = {}", text(&settings.motd.join("\n"))));
    }
    if !settings.admin.is_empty() {
        key("[admin]".to_owned());
        for (name, value) in ["location", "organization", "email"].iter().zip(&settings.admin) {
            key(format!("{name} = {}", text(value)));
        }
    }
    // The expected lines contain addresses, which are the same everywhere.
    key("[connections]\ncloak = false".to_owned());
    if !settings.throttled {
        key("exempt_from_limits = [\"127.0.0.1/32\"]".to_owned());
    }
    key(format!("[channels]\nautojoin = {}", Value::from(settings.autojoin.clone())));
    if let Some(modes) = &settings.channel_modes {
        key(format!("default_modes = {}", text(modes)));
    }
    if !settings.denied_client_tags.is_empty() {
        key(format!("[messages]\ndenied_client_tags = {}", Value::from(settings.denied_client_tags.clone())));
    }
    key(format!("[history]\nenabled = {}", !settings.history_off));
    key(format!("allow_redact = {}", !settings.redaction_off));
    if let Some(retain) = settings.retain {
        key(format!("retain = \"{}s\"", retain.as_secs()));
    }
    if let Some(most) = settings.history_reply_max {
        key(format!("max_reply = {most}"));
    }
    if let Some(modes) = &settings.user_modes {
        key(format!("[users]\ndefault_modes = {}", text(modes)));
    }
    for oper in &settings.operators {
        let (name, password) = (text(&oper.name), text(&hashed(&oper.password)));
        let privileges = Value::from(oper.privileges.clone());
        key(format!("[[oper]]\nname = {name}\npassword = {password}\nprivileges = {privileges}"));
        key(format!("title = {}", text(Operator::TITLE)));
        if let Some(host) = &oper.host {
            key(format!("hosts = [{}]", text(host)));
        }
    }
    let (enabled, early) = (!settings.metadata_off, !settings.metadata_registered);
    key(format!("[metadata]\nenabled = {enabled}\nbefore_connect = {early}"));
    for (bound, value) in &settings.metadata {
        key(format!("{bound} = {value}"));
    }
    if let Some(password) = &settings.webirc {
        key(format!("[[webirc]]\npassword = {}\nhosts = [\"127.0.0.1\"]", text(&hashed(password))));
    }
    key("[limits]".to_owned());
    for (limit, value) in &settings.limits {
        key(format!("{limit} = {value}"));
    }
    toml
}
