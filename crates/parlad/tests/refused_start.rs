//! If `parlad` cannot run, it says why in one message that a person can act on, and by its exit status.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use std::{fs, net::TcpListener, path::Path};

use support::{
    Client, Daemon, Folder, config,
    daemon::{BARE, hashed, parlad},
};

/// Runs a command line that must fail with status 1 and one message that contains these parts.
fn refused(args: &[&str], parts: &[&str]) {
    let ended = parlad(args, "");
    assert_eq!(ended.code, Some(1), "{args:?}: {ended:?}");
    assert!(ended.stdout.is_empty(), "{ended:?}");
    assert_eq!(ended.stderr.matches("parlad: ").count(), 1, "one message: {}", ended.stderr);
    assert!(!ended.stderr.contains("panicked") && ended.stderr.ends_with('\n'), "{}", ended.stderr);
    for part in parts {
        assert!(ended.stderr.contains(part), "{part:?} is not in: {}", ended.stderr);
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn run_in(data: &Path, parts: &[&str]) {
    refused(&[BARE.as_slice(), &[text(data)]].concat(), parts);
}

#[test]
fn a_data_directory_below_a_file() {
    let folder = Folder::new();
    let data = folder.write("file", "").join("data");
    run_in(&data, &["cannot use the data directory", text(&data), "--data-dir"]);
}

/// Nobody can create files there, not even the superuser, whom permissions do not stop.
#[test]
#[cfg(target_os = "linux")]
fn a_data_directory_that_cannot_be_written() {
    run_in(Path::new("/proc"), &["/proc", "--data-dir"]);
    run_in(Path::new("/proc/parla"), &["cannot use the data directory /proc/parla", "--data-dir"]);
}

#[test]
fn a_database_of_a_newer_version() {
    let folder = Folder::new();
    assert!(Daemon::start(&folder, &config("")).stop().0.success());
    for component in ["parlad", "history"] {
        let change = |by: i32| {
            let database = rusqlite::Connection::open(folder.database()).unwrap();
            let sql = "UPDATE schema_versions SET version = version + ?1 WHERE component = ?2";
            assert_eq!(database.execute(sql, (by, component)).unwrap(), 1, "there is no {component}");
        };
        change(1);
        run_in(&folder.path().join("data"), &["a newer version of parla wrote this database", component]);
        change(-1);
    }
    assert!(Daemon::start(&folder, &config("")).stop().0.success());
}

#[test]
fn a_file_that_is_no_database() {
    let folder = Folder::new();
    let diary = "dear diary, ".repeat(1000);
    let path = folder.write("data/parla.db", &diary);
    run_in(path.parent().unwrap(), &["is not a SQLite database", text(&path)]);
    assert_eq!(fs::read_to_string(path).unwrap(), diary, "it was changed");
}

#[test]
fn a_damaged_database() {
    let folder = Folder::new();
    assert!(Daemon::start(&folder, &config("")).stop().0.success());
    let mut bytes = fs::read(folder.database()).unwrap();
    // The header stays intact, but what it refers to does not.
    bytes.iter_mut().skip(100).for_each(|byte| *byte = 0xa5);
    let path = folder.write("data/parla.db", bytes);
    let data = path.parent().unwrap();
    run_in(data, &["parla.db is damaged", text(data), "Restore a backup", "--accept-damage"]);
}

#[test]
fn a_data_directory_that_another_server_uses() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(""));
    let data = folder.path().join("data");
    run_in(&data, &["another", text(&data)]);
    Client::register(daemon.address(), "alice", "").sync();
    daemon.kill();
    // A server that was killed leaves nothing that must be cleaned up.
    assert!(Daemon::start(&folder, &config("")).stop().0.success());
}

#[test]
fn a_port_that_is_taken() {
    let folder = Folder::new();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    let data = folder.path().join("data");
    for (option, free) in [("--listen", "--http"), ("--http", "--listen")] {
        let args = ["run", option, &address, free, "127.0.0.1:0", "--data-dir", text(&data)];
        let message = format!("cannot listen on {address}: another program uses this port");
        refused(&args, &[&message, &format!("another port with {option}")]);
    }
}

#[test]
fn an_address_of_another_computer() {
    let folder = Folder::new();
    let data = folder.path().join("data");
    let args = ["run", "--listen", "192.0.2.1:6667", "--http", "127.0.0.1:0", "--data-dir", text(&data)];
    refused(&args, &["cannot listen on 192.0.2.1:6667", "does not have that address"]);
}

#[test]
fn a_configuration_that_is_wrong() {
    let folder = Folder::new();
    let absent = folder.path().join("absent.toml");
    let line = config("max_per_ip = 0").lines().count();
    let wrong = "[limits]\nnick_lenght = 9\n[flood]\nrate = \"fast\"\n[[listen]]\naddress = \"127.0.0.1\"\n";
    let many = folder.write("many.toml", config("max_per_ip = 0") + wrong);
    let syntax = folder.write("syntax.toml", "[server\n");
    let password = config("").replacen("[[listen]]", "password = \"secret\"\n[[listen]]", 1);
    let password = folder.write("password.toml", password);
    let binary = folder.write("binary.toml", b"[server]\n\xff\xfe");
    let expected = [
        format!("line {line}: connections.max_per_ip: must be a whole number of 1 or more, not 0"),
        format!("line {}: limits.nick_lenght: there is no such key; did you mean nick_length?", line + 2),
        format!("line {}: flood.rate: must be a whole number from 1 to 1000, not \"fast\"", line + 4),
        format!("line {}: listen.address: must be an IP address and a port", line + 6),
    ];
    for command in ["run", "check"] {
        let wrong = |path: &Path, parts: &[&str]| {
            refused(&[command, "--config", text(path)], &[parts, &[text(path)]].concat());
        };
        wrong(&absent, &["cannot read the configuration", "No such file"]);
        wrong(&many, &expected.iter().map(String::as_str).collect::<Vec<_>>());
        wrong(&syntax, &["line 1"]);
        wrong(&password, &["line 4: server.password", "parlad hash-password"]);
        wrong(&binary, &["line 2: this is not UTF-8"]);
    }
}

#[test]
fn a_configuration_that_is_right() {
    let folder = Folder::new();
    let password = format!("password = {:?}\n[[listen]]", hashed("secret"));
    let path = folder.write("good.toml", config("").replacen("[[listen]]", &password, 1));
    let ended = parlad(&["check", "--config", text(&path)], "");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.stdout, format!("{}: no problem found\n", text(&path)));
    assert_eq!(ended.stderr, "");
    assert!(!folder.path().join("data").exists(), "a check makes nothing");
}

/// The server starts despite warnings, and reports them at the start and after a reload, in the words of the
/// check.
#[test]
fn a_configuration_that_is_doubtful() {
    let folder = Folder::new();
    let motd = format!("[motd]\ntext = \"{}\"\n[relaymsg]\nenabled = true", "long ".repeat(100));
    let path = folder.write("parlad.toml", config(&motd));
    let ended = parlad(&["check", "--config", text(&path)], "");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let warnings: Vec<&str> = ended.stdout.lines().filter(|line| line.contains(": warning: ")).collect();
    assert_eq!(warnings.len(), 2, "{ended:?}");
    assert!(ended.stdout.ends_with(&format!("{}: no error found\n", text(&path))));
    let daemon = Daemon::start(&folder, &config(&motd));
    let warnings = warnings.iter().map(|warning| warning.replace(": warning: ", ": "));
    let said = |log: &str, times| warnings.clone().all(|warning| log.matches(&warning).count() == times);
    assert!(said(&daemon.log(), 1), "{}", daemon.log());
    assert!(daemon.stop().0.success());
}

#[test]
fn the_defaults_are_checked_too() {
    let folder = Folder::new();
    let data = folder.path().join("data");
    let ended = parlad(&["check", "--data-dir", text(&data)], "");
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "the server can run like this\n"), "{ended:?}");
    let file = folder.write("file", "");
    refused(
        &["check", "--data-dir", text(&file)],
        &["--data-dir: cannot use the data directory", text(&file)],
    );
    let twice =
        ["check", "--listen", "127.0.0.1:6667", "--http", "127.0.0.1:6667", "--data-dir", text(&data)];
    refused(&twice, &["--http: 127.0.0.1:6667 is there twice (--listen)"]);
}

#[test]
fn a_command_line_that_is_wrong() {
    let wrong: [&[&str]; 6] = [
        &[],
        &["fly"],
        &["run", "--fly"],
        &["run", "--listen", "nowhere"],
        &["check", "parlad.toml"],
        &["run", "--data-dir"],
    ];
    for args in wrong {
        let ended = parlad(args, "");
        assert_eq!(ended.code, Some(2), "{args:?}: {ended:?}");
        assert!(ended.stdout.is_empty() && ended.stderr.contains("help"), "{args:?}: {ended:?}");
    }
}

#[test]
fn a_password_that_is_none() {
    refused(&["hash-password"], &["the password is empty"]);
    assert!(hashed("secret").starts_with("$argon2id$"));
    assert_ne!(hashed("secret"), hashed("secret"));
}
