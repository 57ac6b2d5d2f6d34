//! Rooms of people with accounts over kills of the real server: who gets back in, what is read and what is deleted;
//! and what the administrator says of rooms and of who may come in.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use std::net::SocketAddr;

use support::{Client, Daemon, Folder, config, daemon::parlad, wait_for};

/// Hashes cost little, and this is added.
fn cheap(more: &str) -> String {
    config(&format!("[accounts.passwords]\nargon2_memory_kib = 64\nargon2_iterations = 1\n{more}"))
}

/// Runs a command of the administrator, and returns its output.
fn administers(folder: &Folder, command: &str, args: &[&str]) -> String {
    let config = folder.path().join("parlad.toml");
    let before = [command, "--config", config.to_str().unwrap()];
    let ended = parlad(&[&before[..], args].concat(), "");
    format!("{}{}", ended.stdout, ended.stderr)
}

fn signs_up(address: SocketAddr, name: &str) -> Client {
    let mut client = Client::register(address, name, "");
    client.send("REGISTER * * correcthorse");
    client.until(|line| line.contains(" 900 "));
    client
}

fn signs_in(address: SocketAddr, name: &str) -> Client {
    let mut client = Client::open(address);
    assert_eq!(client.sign_in(name, "correcthorse"), "903", "{name}");
    client.send(&format!(
        "CAP REQ :draft/chathistory batch\r\nNICK {name}\r\nUSER {name} 0 * :{name}\r\nCAP END"
    ));
    client.sync();
    client
}

/// The texts that somebody reads in the history of a room.
fn reads(client: &mut Client, room: &str) -> Vec<String> {
    client.sync();
    client.send(&format!("CHATHISTORY LATEST {room} * 100"));
    let lines = client.sync();
    let text = |line: &String| Some(line.split_once(&format!(" PRIVMSG {room} :"))?.1.to_owned());
    lines.iter().filter_map(text).collect()
}

fn hears(client: &mut Client, what: &str) -> bool {
    client.sync().iter().any(|line| line.contains(what))
}

#[test]
fn a_private_room_lets_its_members_back_in_whatever_happens_to_the_server() {
    let folder = Folder::new();
    let toml = cheap("[accounts.sessions]\nalways_on = \"off\"\n");
    let mut daemon = Daemon::start(&folder, &toml);
    let (mut alice, mut bob) = (signs_up(daemon.address(), "alice"), signs_up(daemon.address(), "bob"));
    let mut carol = signs_up(daemon.address(), "carol");
    alice.send("JOIN #club\r\nMODE #club +iklR word 2\r\nINVITE bob #club\r\nINVITE carol #club");
    alice.sync();
    bob.send("JOIN #club");
    bob.sync();
    carol.send("JOIN #club");
    carol.sync();
    alice.send("MODE #club +v carol\r\nPRIVMSG #club :welcome");
    alice.sync();
    // With a kill, with a stop, and with a kill when nobody has been there since the start.
    for ends_well in [false, true, false] {
        if ends_well {
            assert!(daemon.stop().0.success());
        } else {
            daemon.kill();
        }
        daemon = Daemon::start(&folder, &toml);
        let mut eve = Client::register(daemon.address(), "eve", "");
        eve.send("JOIN #club");
        assert!(hears(&mut eve, " 477 "));
        for (name, shown) in [("bob", ":bob"), ("carol", "+carol"), ("alice", "@alice")] {
            let mut member = signs_in(daemon.address(), name);
            member.send("JOIN #club");
            let heard = member.sync();
            let names = heard.iter().find(|line| line.contains(" 353 ")).unwrap();
            assert!(names.ends_with(shown), "{names}");
            assert_eq!(reads(&mut member, "#club"), ["welcome"]);
            member.send("QUIT");
            member.rest();
        }
    }
    // Whoever leaves for good needs an invitation again.
    let mut bob = signs_in(daemon.address(), "bob");
    bob.send("JOIN #club\r\nPART #club\r\nJOIN #club");
    assert!(hears(&mut bob, " 473 "));
}

#[test]
fn old_messages_are_not_read_and_are_deleted_from_the_file() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &cheap(""));
    let mut alice = signs_up(daemon.address(), "alice");
    alice.send("JOIN #short,#long");
    alice.sync();
    for number in 0..30 {
        let word = if number < 25 { "xylophone" } else { "glockenspiel" };
        alice.send(&format!("PRIVMSG #short :{word} {number}\r\nPRIVMSG #long :teapot {number}"));
    }
    alice.sync();
    alice.send("CS SET #short RETAIN 30d");
    assert!(hears(&mut alice, "Messages are kept for 30 days"));
    assert!(daemon.stop().0.success());
    // A month passes, but for the last five messages.
    let file = folder.database();
    let connection = rusqlite::Connection::open(&file).unwrap();
    let month = 40_i64 * 86_400_000;
    let last = "SELECT id FROM messages ORDER BY id DESC LIMIT 10";
    let sql = format!("UPDATE messages SET at = at - {month}, sum = NULL WHERE id NOT IN ({last})");
    connection.execute_batch(&sql).unwrap();
    connection.close().unwrap();

    let daemon = Daemon::start(&folder, &cheap(""));
    let mut alice = signs_in(daemon.address(), "alice");
    alice.send("JOIN #short,#long");
    assert_eq!(reads(&mut alice, "#short").len(), 5);
    assert_eq!(reads(&mut alice, "#long").len(), 30);
    let count = |from: &str| -> i64 {
        let connection = parla_history::open_reader(&file).unwrap();
        connection.query_row(&format!("SELECT count(*) FROM {from}"), [], |row| row.get(0)).unwrap()
    };
    wait_for("the messages to be deleted", || (count("messages") == 35).then_some(()));
    wait_for("the deletion to be over", || (count("messages_expired") == 0).then_some(()));
    assert!(daemon.stop().0.success());
    let bytes = std::fs::read(&file).unwrap();
    let times = |word: &[u8]| bytes.windows(word.len()).filter(|found| *found == word).count();
    assert_eq!(times(b"xylophone"), 0, "nothing is left in the free pages or the index");
    assert!(times(b"glockenspiel") >= 5);

    // What the whole server keeps for a day is gone for everybody, however long the room would keep it.
    let daemon = Daemon::start(&folder, &cheap("[history]\nretain = \"1d\"\n"));
    let mut alice = signs_in(daemon.address(), "alice");
    alice.send("JOIN #long");
    assert_eq!(reads(&mut alice, "#long").len(), 5);
    wait_for("the rest to be deleted", || (count("messages") == 10).then_some(()));
    daemon.kill();
}

#[test]
fn a_closed_room_stays_closed() {
    let folder = Folder::new();
    let toml = cheap("");
    let daemon = Daemon::start(&folder, &toml);
    let mut alice = signs_up(daemon.address(), "alice");
    administers(&folder, "account", &["grant", "alice", "owner"]);
    alice.send("CS PURGE ADD #spam no spam here\r\nJOIN #spam");
    assert!(hears(&mut alice, " 437 alice #spam :This room is closed: no spam here"));
    daemon.kill();
    let daemon = Daemon::start(&folder, &toml);
    let mut alice = signs_in(daemon.address(), "alice");
    alice.send("JOIN #Spam\r\nCS PURGE DEL #spam\r\nJOIN #spam");
    let heard = alice.sync();
    assert!(heard.iter().any(|line| line.contains(" 437 ")), "{heard:?}");
    assert!(heard.iter().any(|line| line.contains(" JOIN #spam")), "{heard:?}");
}

#[test]
fn the_administrator_gives_rooms_away() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &cheap(""));
    let mut guest = Client::register(daemon.address(), "guest", "");
    guest.send("JOIN #old\r\nPRIVMSG #old :hello");
    let mut alice = signs_up(daemon.address(), "alice");
    alice.sync();
    guest.sync();
    let room = |args: &[&str]| administers(&folder, "room", args);
    assert!(room(&["show", "old"]).contains("belongs to nobody"));
    assert_eq!(room(&["owner", "old", "nobody2"]), "parlad: There is no account nobody2\n");
    assert_eq!(room(&["owner", "old", "Alice"]), "#old belongs to Alice\n");
    alice.send("JOIN #old");
    assert!(hears(&mut alice, "~alice"));
    let shown = room(&["show", "old"]);
    assert!(shown.contains("belongs to alice") && shown.contains("  alice +qo"), "{shown}");
    assert!(room(&["list", "#o*"]).contains(" alice "));
    assert!(room(&["owner", "room", "alice"]).contains("This room belongs to the server"));
    assert!(daemon.stop().0.success());

    // The same while no server runs.
    assert_eq!(room(&["owner", "old", "--nobody"]), "#old belongs to nobody\n");
    assert_eq!(room(&["owner", "old", "alice"]), "#old belongs to alice\n");
    let daemon = Daemon::start(&folder, &cheap(""));
    let mut alice = signs_in(daemon.address(), "alice");
    alice.send("CS LIST");
    assert!(hears(&mut alice, ":#old: yours, +qo"));
}

#[test]
fn the_administrator_decides_who_may_come_in() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &cheap(""));
    let access = |args: &[&str]| administers(&folder, "access", args);
    assert_eq!(access(&[]), "access is open\n");
    assert!(access(&["nobody"]).contains("it is open, accounts or invite"));
    assert_eq!(access(&["accounts"]), "access is accounts\n");
    daemon.kill();
    let daemon = Daemon::start(&folder, &cheap(""));
    let mut guest = Client::open(daemon.address());
    guest.send("NICK guest\r\nUSER guest 0 * :guest");
    assert!(guest.rest().iter().any(|line| line.contains("ACCOUNT_REQUIRED")));
    assert!(daemon.stop().0.success());
    // While no server runs, and when the file says it.
    assert_eq!(access(&["invite"]), "access is invite\n");
    let daemon = Daemon::start(&folder, &cheap("[access]\npolicy = \"open\"\n"));
    drop(Client::register(daemon.address(), "guest", ""));
    assert_eq!(access(&[]), "access is open (the configuration file says so)\n");
    assert!(access(&["invite"]).contains("The configuration file says who may come in"));
    assert!(daemon.stop().0.success());
}
