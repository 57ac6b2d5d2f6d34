//! `parlad account`, with and without a running server.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use std::fs;

use support::{
    Client, Daemon, Folder, config,
    daemon::{Ended, parlad},
};

/// Hashes that cost little.
const CHEAP: &str = "[accounts.passwords]\nmin_length = 6\nargon2_memory_kib = 64\nargon2_iterations = 1\n";

/// The SHA-256 of some certificate.
const FINGERPRINT: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// Runs `parlad account` with the configuration of a folder and a password on standard input.
fn account(folder: &Folder, args: &[&str], password: &str) -> Ended {
    let config = folder.path().join("parlad.toml");
    let before = ["account", "--config", config.to_str().unwrap()];
    parlad(&[&before[..], args].concat(), &format!("{password}\n"))
}

/// The output of a successful command.
fn done(folder: &Folder, args: &[&str], password: &str) -> String {
    let ended = account(folder, args, password);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{args:?}");
    ended.stdout
}

/// The message of a failed command.
fn refused(folder: &Folder, args: &[&str], password: &str) -> String {
    let ended = account(folder, args, password);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{args:?}");
    ended.stderr
}

/// The result of trying to sign in: 903 if it succeeds, 904 if it does not.
fn sign_in(daemon: &Daemon, name: &str, password: &str) -> String {
    Client::open(daemon.address()).sign_in(name, password)
}

#[test]
fn accounts_are_looked_after_while_the_server_runs() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(CHEAP));
    assert_eq!(sign_in(&daemon, "zoe", "first password"), "904");
    assert_eq!(done(&folder, &["create", "zoe"], "first password"), "zoe is created\n");
    assert_eq!(sign_in(&daemon, "ZOE", "first password"), "903");
    assert_eq!(done(&folder, &["passwd", "zoe"], "second password"), "zoe has another password now\n");
    assert_eq!(sign_in(&daemon, "zoe", "first password"), "904");

    let mut zoe = Client::open(daemon.address());
    assert_eq!(zoe.sign_in("zoe", "second password"), "903");
    zoe.introduce("zoe", "");
    let shown = done(&folder, &["show", "zoe"], "");
    assert!(shown.starts_with("zoe\ncreated at 20") && shown.contains("\nhas a password\n"), "{shown}");
    assert!(shown.ends_with("\nhere as zoe!zoe@127.0.0.1, with 1 connection\n"), "{shown}");

    done(&folder, &["certificate", "add", "zoe", FINGERPRINT], "");
    assert!(done(&folder, &["show", "zoe"], "").contains(&format!("certificates:\n  {FINGERPRINT}\n")));
    done(&folder, &["certificate", "remove", "zoe", &FINGERPRINT.to_uppercase()], "");
    assert!(!done(&folder, &["show", "zoe"], "").contains("certificates"));

    assert_eq!(done(&folder, &["suspend", "zoe", "for a week"], ""), "zoe is suspended\n");
    let end = zoe.rest();
    let words = "(This account is suspended: for a week)";
    assert!(end.last().is_some_and(|line| line.starts_with("ERROR ") && line.ends_with(words)), "{end:?}");
    assert_eq!(sign_in(&daemon, "zoe", "second password"), "904");
    assert!(done(&folder, &["list"], "").ends_with("  suspended: for a week\n"));
    done(&folder, &["resume", "zoe"], "");
    assert_eq!(sign_in(&daemon, "zoe", "second password"), "903");
    assert_eq!(done(&folder, &["delete", "zoe", "--yes"], ""), "zoe is deleted\n");
    assert_eq!(sign_in(&daemon, "zoe", "second password"), "904");
    assert_eq!(done(&folder, &["list"], ""), "");

    let log = daemon.stop().1;
    assert!(log.matches("the administrator, at the server's computer").count() >= 7, "{log}");
    assert!(!log.contains("second password") && !log.contains("$argon2id$"), "{log}");
}

#[test]
fn devices_are_listed_and_signed_out() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(CHEAP));
    done(&folder, &["create", "zoe"], "first password");
    assert_eq!(done(&folder, &["devices", "zoe"], ""), "no device is signed in to zoe\n");
    let mut zoe = Client::open(daemon.address());
    assert_eq!(zoe.sign_in("zoe@desk", "first password"), "903");
    zoe.introduce("zoe", "");
    let mut phone = Client::open(daemon.address());
    phone.send("PASS :zoe@phone:first password");
    assert!(phone.line().unwrap().contains(" 900 "));
    phone.introduce("zoe", "");
    let shown = done(&folder, &["devices", "zoe"], "");
    assert!(shown.starts_with("1  desk, at 127.0.0.1, since 20"), "{shown}");
    assert!(shown.contains("\n2  phone, at 127.0.0.1, since 20"), "{shown}");
    let list: serde_json::Value =
        serde_json::from_str(&done(&folder, &["devices", "zoe", "--json"], "")).unwrap();
    assert_eq!((&list[1]["number"], &list[1]["name"], &list[2]), (&2.into(), &"phone".into(), &().into()));

    assert!(refused(&folder, &["devices", "zoe", "--sign-out", "9"], "").contains("on such a device"));
    assert_eq!(done(&folder, &["devices", "zoe", "--sign-out", "1"], ""), "zoe: device 1 is signed out\n");
    let end = zoe.rest();
    assert!(end.last().is_some_and(|line| line.ends_with("(Signed out by an administrator)")), "{end:?}");
    done(&folder, &["devices", "zoe", "--sign-out-all"], "");
    assert!(phone.rest().last().is_some_and(|line| line.starts_with("ERROR ")));
    // She stays, because accounts do, and is there again after a restart, without a device.
    let stays = "zoe stays as zoe!zoe@127.0.0.1, and no device is signed in\n";
    assert_eq!(done(&folder, &["devices", "zoe"], ""), stays);
    let log = daemon.stop().1;
    assert!(log.contains("SIGN OUT") && !log.contains("first password"), "{log}");
    assert_eq!(done(&folder, &["devices", "zoe"], ""), stays);
}

#[test]
fn app_passwords_are_made_with_and_without_a_server() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(CHEAP));
    done(&folder, &["create", "zoe"], "first password");
    let made = done(&folder, &["app-password", "create", "zoe", "bot"], "");
    let password = made.trim_end();
    assert_eq!(password.len(), 26);
    assert!(refused(&folder, &["app-password", "create", "zoe", "bot"], "").contains("with this name"));
    assert!(refused(&folder, &["app-password", "create", "zoe", "a b"], "").contains("1 to 32 characters"));
    assert_eq!(sign_in(&daemon, "zoe", password), "903");
    let mut bot = Client::open(daemon.address());
    assert_eq!(bot.sign_in("zoe", password), "903");
    bot.introduce("zoe", "");
    let shown = done(&folder, &["app-password", "list", "zoe"], "");
    assert!(shown.starts_with("bot: created 20") && shown.contains(", last used 20"), "{shown}");
    // What NickServ makes is real, too.
    let mut zoe = Client::open(daemon.address());
    assert_eq!(zoe.sign_in("zoe", "first password"), "903");
    zoe.introduce("zoe", "");
    zoe.send("NS APPPASS CREATE other");
    let told = zoe.until(|line| line.contains("The app password is ")).pop().unwrap();
    let other = told.split_once("The app password is ").unwrap().1.split(' ').next().unwrap().to_owned();
    assert_eq!(sign_in(&daemon, "zoe", &other), "903");
    assert_ne!(other, password);

    assert_eq!(
        done(&folder, &["app-password", "revoke", "zoe", "bot"], ""),
        "zoe does not have that app password any more\n"
    );
    let end = bot.rest();
    assert!(end.last().is_some_and(|line| line.ends_with("(This app password was revoked)")), "{end:?}");
    assert_eq!(sign_in(&daemon, "zoe", password), "904");
    let log = daemon.stop().1;
    assert!(log.contains("APP PASSWORD") && !log.contains(password) && !log.contains(&other), "{log}");

    let made = done(&folder, &["app-password", "create", "zoe", "offline", "--json"], "");
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    let offline = made["password"].as_str().unwrap().to_owned();
    let bytes = fs::read(folder.database()).unwrap();
    for secret in [password, &other, &offline] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
    let daemon = Daemon::start(&folder, &config(CHEAP));
    assert_eq!(sign_in(&daemon, "zoe", &offline), "903");
    assert_eq!(sign_in(&daemon, "zoe", &other), "903");
    assert_eq!(sign_in(&daemon, "zoe", password), "904");
}

#[test]
fn everything_about_somebody_is_exported() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(CHEAP));
    done(&folder, &["create", "zoe"], "first password");
    done(&folder, &["app-password", "create", "zoe", "bot"], "");
    let mut zoe = Client::open(daemon.address());
    assert_eq!(zoe.sign_in("zoe@desk", "first password"), "903");
    zoe.introduce("zoe", "");
    zoe.send("JOIN #tea");
    zoe.send("PRIVMSG #tea :hello, tea");
    zoe.send("PRIVMSG zoe :a note");
    zoe.sync();
    let check = |is_here: bool| {
        let exported = done(&folder, &["export", "zoe", "--json"], "");
        let exported: serde_json::Value = serde_json::from_str(&exported).unwrap();
        assert_eq!(exported["account"]["name"], "zoe");
        assert_eq!(exported["account"]["app_passwords"][0]["name"], "bot");
        assert_eq!(exported["account"]["devices"][0]["name"] == "desk", is_here);
        assert_eq!(
            (&exported["rooms"][0]["room"], &exported["rooms"][0]["owned"]),
            (&"#tea".into(), &true.into())
        );
        let said = |number: usize| {
            let message = &exported["messages"][number];
            (message["to"].as_str().unwrap(), message["text"].as_str().unwrap())
        };
        assert_eq!([said(0), said(1)], [("#tea", "hello, tea"), ("zoe", "a note")]);
        assert!(exported["messages"][2].is_null());
        let text = done(&folder, &["export", "zoe"], "");
        assert!(text.starts_with("zoe\ncreated at 20") && text.contains("\nmessages: 2\n"), "{text}");
        assert!(text.contains(" to #tea: hello, tea\n") && !text.contains("argon2"), "{text}");
    };
    check(true);
    assert!(refused(&folder, &["export", "nobody"], "").contains("no account with this name"));
    assert!(daemon.stop().0.success());
    check(false);
}

#[test]
fn accounts_are_looked_after_while_nothing_runs() {
    let folder = Folder::new();
    assert!(Daemon::start(&folder, &config(CHEAP)).stop().0.success());
    done(&folder, &["create", "zoe"], "first password");
    done(&folder, &["create", "bob"], "bob's password");
    done(&folder, &["create", "carol"], "carol's password");
    done(&folder, &["passwd", "zoe"], "second password");
    done(&folder, &["certificate", "add", "zoe", FINGERPRINT], "");
    done(&folder, &["suspend", "bob"], "");
    done(&folder, &["delete", "carol", "--yes"], "");
    let bytes = fs::read(folder.database()).unwrap();
    for password in ["first password", "second password", "bob's password"] {
        let is_there = bytes.windows(password.len()).any(|window| window == password.as_bytes());
        assert!(!is_there, "{password} is in the database");
    }

    let json = |args: &[&str]| -> serde_json::Value {
        serde_json::from_str(&done(&folder, &[args, &["--json"]].concat(), "third password")).unwrap()
    };
    let list = json(&["list"]);
    assert_eq!((&list[0]["name"], &list[1]["name"], &list[2]), (&"bob".into(), &"zoe".into(), &().into()));
    assert!(list[0]["suspended"].is_string() && list[1]["suspended"].is_null());
    assert_eq!(json(&["list", "Z*"]).as_array().unwrap().len(), 1);
    let zoe = json(&["show", "zoe"]);
    assert_eq!((&zoe["has_password"], &zoe["certificates"][0]), (&true.into(), &FINGERPRINT.into()));
    assert_eq!((&zoe["present"], &zoe["user"], &zoe["sessions"]), (&false.into(), &().into(), &0.into()));
    assert_eq!(json(&["create", "dave"]), serde_json::json!({ "account": "dave" }));

    let daemon = Daemon::start(&folder, &config(CHEAP));
    let results = [("zoe", "first"), ("zoe", "second"), ("bob", "bob's"), ("dave", "third")]
        .map(|(name, password)| sign_in(&daemon, name, &format!("{password} password")));
    assert_eq!(results, ["904", "903", "904", "903"]);
    // What was done is kept, however the server ends.
    done(&folder, &["resume", "bob"], "");
    daemon.kill();
    let daemon = Daemon::start(&folder, &config(CHEAP));
    assert_eq!(sign_in(&daemon, "bob", "bob's password"), "903");
    assert!(daemon.stop().0.success());
}

#[test]
fn a_password_that_no_line_can_carry() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(CHEAP));
    let long = "x".repeat(592);
    let path = folder.path().join("parlad.toml");
    // The options may stand before the name.
    let created = parlad(&["account", "create", "--config", path.to_str().unwrap(), "zoe"], &(long + "\n"));
    assert_eq!((created.code, created.stdout.as_str()), (Some(0), "zoe is created\n"), "{}", created.stderr);
    assert!(done(&folder, &["show", "zoe"], "").contains("has a password"));
    assert!(daemon.stop().0.success());
}

#[test]
fn what_cannot_be_done_is_said_in_a_sentence() {
    let folder = Folder::new();
    folder.write("parlad.toml", config(CHEAP));
    let why = refused(&folder, &["list"], "");
    assert!(why.contains("parla.db: say by --config or --data-dir"), "{why}");

    let daemon = Daemon::start(&folder, &config(CHEAP));
    done(&folder, &["create", "zoe"], "a password");
    done(&folder, &["create", "bob"], "a password");
    done(&folder, &["certificate", "add", "bob", FINGERPRINT], "");
    for (args, password, words) in [
        (&["create", "bob2"][..], "short", "it must have at least 6 characters"),
        (&["create", "bob2"], &*"x".repeat(1025), "it may have at most 1024 bytes"),
        (&["create", "bob2"], "", "the password is empty"),
        (&["create", "Zoe"], "a password", ""),
        (&["create", "two words"], "a password", ""),
        (&["create", "#room"], "a password", ""),
        (&["passwd", "nobody"], "a password", ""),
        (&["show", "nobody"], "", ""),
        (&["suspend", "nobody"], "", ""),
        (&["delete", "nobody", "--yes"], "", ""),
        (&["delete", "zoe"], "y", "say --yes if the account zoe is to be deleted for good"),
        (&["certificate", "add", "zoe", "00ff"], "", "has 64 hexadecimal digits"),
        (&["certificate", "add", "zoe", FINGERPRINT], "", ""),
        (&["certificate", "remove", "zoe", FINGERPRINT], "", ""),
    ] {
        let why = refused(&folder, args, password);
        assert!(why.starts_with("parlad: ") && why.contains(words), "{args:?}: {why}");
        assert_eq!(why.trim_end().lines().count(), 1, "{why}");
    }
    assert_eq!(account(&folder, &["create"], "").code, Some(2));
    assert_eq!(done(&folder, &["list"], "").lines().count(), 2);
    assert!(daemon.stop().0.success());
}
