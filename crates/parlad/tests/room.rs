//! `parlad room` and the control socket, with and without a running server.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    os::unix::{
        fs::{FileTypeExt as _, PermissionsExt as _},
        net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
};

use support::{
    Client, Daemon, Folder, PATIENCE,
    bystanders::Bystanders,
    config,
    daemon::{Ended, parlad},
};

/// Runs `parlad room` with the configuration of a folder.
fn room(folder: &Folder, args: &[&str]) -> Ended {
    let config = folder.path().join("parlad.toml");
    let before = ["room", "--config", config.to_str().unwrap()];
    parlad(&[&before[..], args].concat(), "")
}

/// The output of a successful request.
fn done(folder: &Folder, args: &[&str]) -> String {
    let ended = room(folder, args);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{args:?}");
    ended.stdout
}

/// The message of a failed request.
fn refused(folder: &Folder, args: &[&str]) -> String {
    let ended = room(folder, args);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{args:?}");
    ended.stderr
}

fn socket_of(folder: &Folder) -> PathBuf {
    folder.path().join("data/control.sock")
}

/// The user who creates `#square`.
fn first(daemon: &Daemon) -> Client {
    let mut mallory = Client::register(daemon.address(), "mallory", "");
    mallory.send("JOIN #square");
    mallory.sync();
    mallory
}

/// Locks `#square` and leaves.
fn lock(mut mallory: Client) {
    mallory.send("PRIVMSG #square :mine\r\nMODE #square +kib word *!*@*");
    assert!(mallory.sync().iter().any(|line| line.contains(" MODE #square +kib word ")));
    mallory.send("QUIT");
    mallory.rest();
}

/// Whether a new user can enter `#square`.
fn comes_in(daemon: &Daemon) -> bool {
    let mut visitor = Client::register(daemon.address(), "visitor", "");
    visitor.send("JOIN #square\r\nQUIT");
    visitor.rest().iter().any(|line| line.contains(" JOIN #square"))
}

#[test]
fn a_locked_room_is_opened_while_the_server_runs() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(""));
    let mallory = first(&daemon);
    let mut bob = Client::register(daemon.address(), "bob", "");
    bob.send("JOIN #square");
    bob.sync();
    lock(mallory);
    assert!(!comes_in(&daemon));
    bob.sync();

    let shown = done(&folder, &["show", "square"]);
    assert!(
        shown.contains("modes +kint word") && shown.contains("*!*@*") && shown.contains("bob!"),
        "{shown}"
    );
    assert!(done(&folder, &["list"]).contains("+kint *"), "the key is not in the list");
    let opened = done(&folder, &["mode", "#square", "-kib+o", "*", "*!*@*", "bob"]);
    assert_eq!(opened, "#square: the modes are +nt now\n");
    let heard = bob.sync();
    for line in [
        ":irc.example.org MODE #square -kib+o * *!*@* bob",
        ":irc.example.org NOTICE #square :The administrator of this server has changed the modes of this room",
    ] {
        assert!(heard.iter().any(|heard| heard == line), "{line}: {heard:?}");
    }
    assert!(comes_in(&daemon));

    lock_again(&mut bob);
    assert_eq!(done(&folder, &["reset", "square"]), "#square is reset: the modes are +nt now\n");
    assert!(comes_in(&daemon));
    let deleted = done(&folder, &["delete", "square", "--reason", "a fresh start"]);
    assert_eq!(deleted, "#square is deleted, with everything that was said in it\n");
    let put_out = "KICK #square bob :The administrator of this server has deleted this room: a fresh start";
    assert!(bob.sync().iter().any(|line| line.contains(put_out)));

    let log = daemon.stop().1;
    assert_eq!(log.matches("the administrator, at the server's computer").count(), 3, "{log}");
    assert!(!log.contains("word"), "the key is in the log: {log}");
}

fn lock_again(bob: &mut Client) {
    bob.send("MODE #square +ib *!*@*");
    bob.sync();
}

#[test]
fn a_locked_room_is_opened_while_nothing_runs() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(""));
    lock(first(&daemon));
    assert!(daemon.stop().0.success());
    assert!(!socket_of(&folder).exists());

    assert!(done(&folder, &["show", "#square"]).contains("+kint word"));
    assert_eq!(done(&folder, &["mode", "square", "-i"]), "#square: the modes are +knt word now\n");
    assert_eq!(done(&folder, &["reset", "square"]), "#square is reset: the modes are +nt now\n");
    let json: serde_json::Value = serde_json::from_str(&done(&folder, &["list", "#s*", "--json"])).unwrap();
    assert_eq!(json[0]["name"], "#square");
    assert_eq!(json[0]["modes"], "+nt");

    let daemon = Daemon::start(&folder, &config(""));
    assert!(comes_in(&daemon));
    let mut alice = Client::register(daemon.address(), "alice", "batch draft/chathistory");
    alice.send("JOIN #square");
    alice.send("CHATHISTORY LATEST #square * 10");
    assert!(alice.sync().iter().any(|line| line.ends_with(":mine")), "the history stays");
    assert!(daemon.stop().0.success());

    done(&folder, &["delete", "square"]);
    done(&folder, &["delete", "room"]);
    assert_eq!(done(&folder, &["list"]), "");
    let database = rusqlite::Connection::open(folder.database()).unwrap();
    for table in ["channels", "messages"] {
        let count: i64 =
            database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert_eq!(count, 0, "{table}");
    }
}

#[test]
fn an_answer_means_that_it_is_kept() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(""));
    lock(first(&daemon));
    done(&folder, &["reset", "square"]);
    daemon.kill();
    // The socket is left over, and nobody listens on it.
    assert!(socket_of(&folder).exists());
    assert!(done(&folder, &["show", "square"]).contains("modes +nt"));
    let daemon = Daemon::start(&folder, &config(""));
    assert!(done(&folder, &["list", "#s*"]).starts_with("#square "));
    assert!(daemon.stop().0.success());
    assert!(!socket_of(&folder).exists());
}

#[test]
fn what_cannot_be_done_is_said_in_a_sentence() {
    let folder = Folder::new();
    let nowhere = folder.write("parlad.toml", config(""));
    let why = refused(&folder, &["list"]);
    assert!(why.contains("parla.db: say by --config or --data-dir"), "{why}");
    assert!(!nowhere.with_file_name("data").exists(), "nothing is made by looking");

    let daemon = Daemon::start(&folder, &config(""));
    let _alice = first(&daemon);
    for (args, words) in [
        (&["show", "nowhere"][..], "#nowhere: No such channel"),
        (&["mode", "square", "+l", "many"], "#square l many: A limit is a number above 0"),
        (&["mode", "square", "+Q"], "Q: is an unknown mode to me"),
        (&["mode", "square", "b"], "change nothing"),
        (&["mode", "square", "+b", "a b"], "A parameter is a word"),
        (&["reset", "nowhere"], "#nowhere: No such channel"),
        (&["delete", "nowhere"], "#nowhere: No such channel"),
    ] {
        let why = refused(&folder, args);
        assert!(why.starts_with("parlad: ") && why.contains(words), "{args:?}: {why}");
    }
    assert_eq!(room(&folder, &["mode", "square"]).code, Some(2));
    // Even without its socket, a server keeps its database locked.
    fs::remove_file(socket_of(&folder)).unwrap();
    assert!(refused(&folder, &["list"]).contains("another parlad uses the data directory"));
    assert!(daemon.stop().0.success());
}

#[test]
fn only_its_user_reaches_the_socket() {
    let folder = Folder::new();
    // A directory that exists already is left as it is.
    fs::create_dir(folder.path().join("data")).unwrap();
    fs::set_permissions(folder.path().join("data"), fs::Permissions::from_mode(0o755)).unwrap();
    let stale = UnixListener::bind(socket_of(&folder)).unwrap();
    fs::set_permissions(socket_of(&folder), fs::Permissions::from_mode(0o777)).unwrap();
    drop(stale);
    let daemon = Daemon::start(&folder, &config(""));
    let found = fs::symlink_metadata(socket_of(&folder)).unwrap();
    assert!(found.file_type().is_socket());
    assert_eq!(found.permissions().mode() & 0o777, 0o600);
    done(&folder, &["list"]);
    assert!(daemon.stop().0.success());

    // A file that is not a socket belongs to somebody, and is left alone.
    fs::write(socket_of(&folder), "notes").unwrap();
    let daemon = Daemon::start(&folder, &config(""));
    assert!(daemon.log().contains("there is something else of this name"), "{}", daemon.log());
    assert!(comes_in(&daemon));
    assert!(daemon.stop().0.success());
    assert_eq!(fs::read_to_string(socket_of(&folder)).unwrap(), "notes");
}

#[test]
fn a_long_path_is_no_obstacle() {
    let folder = Folder::new();
    let long = folder.path().join("d".repeat(200));
    let toml = config("").replace("data_dir = \"data\"", &format!("data_dir = \"{}\"", long.display()));
    let daemon = Daemon::start(&folder, &toml);
    assert!(long.join("control.sock").exists(), "{}", daemon.log());
    let _alice = first(&daemon);
    assert!(done(&folder, &["list", "#s*"]).starts_with("#square "));
    assert!(daemon.stop().0.success());
}

/// A client of the socket that sends anything.
struct Attacker(BufReader<UnixStream>);

impl Attacker {
    fn open(socket: &Path) -> Self {
        let stream = UnixStream::connect(socket).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(stream))
    }

    /// The answer to a line; empty if the connection was closed.
    fn says(&mut self, line: &[u8]) -> String {
        // It may be closed before it has read everything.
        let _ = self.0.get_mut().write_all(line);
        let mut answer = String::new();
        let _ = self.0.read_line(&mut answer);
        answer
    }
}

#[test]
fn whatever_is_said_at_the_socket_harms_nobody() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(""));
    let bystanders = Bystanders::start(daemon.address());
    let socket = socket_of(&folder);

    let mut attacker = Attacker::open(&socket);
    for bad in [
        "\n",
        "hello\n",
        "{}\n",
        "[[[[\n",
        "{\"do\":\"room.burn\"}\n",
        "\u{0}\n",
        "{\"do\":\"room.show\",\"room\":\"\"}\n",
    ] {
        let answer = attacker.says(bad.as_bytes());
        assert!(answer.starts_with("{\"error\":\""), "{bad:?}: {answer:?}");
    }
    assert!(attacker.says(b"\xff\xfe\n").starts_with("{\"error\":\""));
    let deep = format!("{}\n", "[".repeat(60_000));
    assert!(attacker.says(deep.as_bytes()).starts_with("{\"error\":\""));
    assert!(attacker.says(b"{\"do\":\"room.list\"}\n").starts_with("{\"done\":"), "one mistake is forgiven");
    // The last line need not have a line break, if the client closes its side.
    attacker.0.get_mut().write_all(b"{\"do\":\"room.list\"}").unwrap();
    attacker.0.get_mut().shutdown(std::net::Shutdown::Write).unwrap();
    assert!(attacker.says(b"").starts_with("{\"done\":"));

    // A request without an end is cut off, and so is a client that sends none.
    let mut huge = Attacker::open(&socket);
    let answer = huge.says(&vec![b'x'; 4 * 1024 * 1024]);
    assert!(answer.is_empty() || answer.contains("too long"), "{answer:?}");
    let mut idle = Attacker::open(&socket);
    assert!(idle.says(b"{\"do\":").contains("no request came in time"));

    // Clients that ask and do not read occupy all slots, for as long as they are allowed to.
    let crowd: Vec<Attacker> = (0..12)
        .map(|_| {
            let mut greedy = Attacker::open(&socket);
            let _ = greedy.0.get_mut().write_all("{\"do\":\"room.list\"}\n".repeat(3000).as_bytes());
            greedy
        })
        .collect();
    let answers: Vec<Ended> = (0..4).map(|_| room(&folder, &["list"])).collect();
    assert!(
        answers.iter().all(|ended| ended.code == Some(0) || ended.stderr.contains("too many ask")),
        "{answers:?}"
    );
    for mut greedy in crowd {
        greedy.0.get_mut().shutdown(std::net::Shutdown::Both).unwrap();
        let _ = greedy.0.read_to_end(&mut Vec::new());
    }
    support::wait_for("a free place", || (room(&folder, &["list"]).code == Some(0)).then_some(()));
    bystanders.finish();
    assert!(daemon.stop().0.success());
}
