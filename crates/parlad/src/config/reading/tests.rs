//! What the administrator is told about files, word for word.

mod accounts;

use std::time::Duration;

use expect_test::{Expect, expect};

use super::*;

/// Reads a text as a file in a folder; returns the warnings or the problems as the administrator sees them.
fn parse_in(folder: &Path, text: &str) -> Result<Config, String> {
    let path = folder.join("parlad.toml");
    fs::write(&path, text).unwrap();
    let run = Options { config: Some(path), ..Options::default() };
    Config::for_run(&run).map_err(|error| {
        let error = error.to_string().replace(folder.to_str().unwrap(), "");
        error.strip_prefix("the configuration /parlad.toml is wrong:\n").unwrap().to_owned()
    })
}

fn parse(text: &str) -> Result<Config, String> {
    parse_in(tempfile::tempdir().unwrap().path(), text)
}

/// Compares what the administrator is told about a file with the expected text.
#[expect(clippy::needless_pass_by_value, reason = "expect! makes a value")]
fn check(text: &str, expected: Expect) {
    let problems = match parse(text) {
        Ok(config) => listed(&config.warnings),
        Err(problems) => problems,
    };
    expected.assert_eq(&problems);
}

#[test]
fn tags_that_are_denied() {
    let with = |list: &str| parse(&format!("{LEAST}[messages]\ndenied_client_tags = {list}\n"));
    let config = with(r#"["*", "-typing"]"#).unwrap();
    assert_eq!(config.settings.network.denied_client_tags.token_value(), "*,-typing");
    assert!(with(r#"["+typing"]"#).unwrap_err().starts_with("line 7: messages.denied_client_tags: "));
    assert!(with(r#"["typing", "*"]"#).is_err());
}

const LEAST: &str =
    "[server]\nname = \"irc.example.org\"\ndata_dir = \"data\"\n[[listen]]\naddress = \"127.0.0.1:6667\"\n";

#[test]
fn name_and_address_are_enough() {
    let least = LEAST.replace("data_dir = \"data\"\n", "");
    let config = File::read(&least, &Problems::default()).unwrap();
    assert_eq!(config.server.data_dir.value, Path::new("/var/lib/parlad"));
    let config = parse(LEAST).unwrap();
    assert_eq!(config.settings.network.network_name, "irc.example.org");
    assert_eq!(config.settings.network.autojoin.len(), 1);
    assert_eq!(config.connections.send_queue_bytes, 1024 * 1024);
    assert_eq!(config.settings.machine.timeouts.ping_interval, Duration::from_secs(90));
    assert!(config.warnings.is_empty());
}

#[test]
fn typing_mistakes_have_their_line_and_what_was_meant() {
    check(
        &format!(
            "{LEAST}tsl = {{ cert = \"a\", key = \"b\" }}\n[limits]\nnick_lenght = 9\nmax_per_ip = 3\ncolour = 1\n\
             [conections]\ncloak = true\n[weather]\n[history]\ndurability = \"fsinc\"\n[log]\nlevel = \"loud\"\n"
        ),
        expect![[r#"
            line 6: listen.tsl: there is no such key; did you mean tls?
            line 8: limits.nick_lenght: there is no such key; did you mean nick_length?
            line 9: limits.max_per_ip: there is no such key; it belongs in [connections]
            line 10: limits.colour: there is no such key; there are nick_length, user_length, realname_length, channel_length, topic_length, away_length, kick_length, key_length, channels_per_client, list_modes, monitor_targets, whowas_entries, multiline_bytes, multiline_lines, targets, new_channels_per_hour, network
            line 11: [conections]: there is no such table; did you mean [connections]?
            line 13: [weather]: there is no such table; there are server, motd, listen, http, connections, flood, limits, channels, history, storage, messages, log, admin, users, oper, metadata, sts, webirc, accounts, access, relaymsg, roleplay
            line 15: history.durability: must be "fsync" or "os"; did you mean "fsync"?
            line 17: log.level: must be "error", "warn", "info", "debug" or "trace", not "loud""#]],
    );
}

#[test]
fn how_long_empty_rooms_stay() {
    let with = |text: &str| {
        let config = parse(&format!("{LEAST}[channels]\nforget_empty_after = {text}\n"))?;
        Ok::<_, String>(config.settings.network.forget_empty_after.map(|after| after.as_secs()))
    };
    assert_eq!(parse(LEAST).unwrap().settings.network.forget_empty_after, Some(Duration::from_secs(86_400)));
    assert_eq!(with("\"12h\""), Ok(Some(43_200)));
    assert_eq!(with("\"never\""), Ok(None));
    for wrong in ["\"0s\"", "\"soon\"", "\"-1d\"", "1", "\"\"", "false"] {
        let problem = with(wrong).unwrap_err();
        let words =
            "channels.forget_empty_after: must be a duration such as \"12h\" or \"1d\", or \"never\", not ";
        assert!(problem.contains(words), "{wrong}: {problem}");
    }
}

#[test]
fn every_wrong_value_is_named_with_what_it_must_be() {
    check(
        "[server]\nname = \"irc\"\nnetwork = \"\"\npassword = \"secret\"\n[[listen]]\naddress = \"localhost:6667\"\n\
         websocket = \"yes\"\n[[listen]]\n[flood]\nrate = 0\nburst = \"many\"\n[limits]\nnick_length = 100\ntargets = -1\n\
         [connections]\nping_interval = \"0s\"\nping_timeout = 90\nsend_queue = \"1 KiB\"\ncloak = 1\n\
         trusted_proxies = [\"10.0.0.1\", \"proxy\", 4]\nmax_per_ip = 0\n\
         [channels]\nautojoin = [\"lobby\", \"#ok\"]\ndefault_modes = \"+x\"\n[users]\ndefault_modes = \"+o\"\n",
        expect![[r#"
            line 2: server.name: must be a host name with a dot, such as irc.example.org, not "irc"
            line 3: server.network: must not be empty
            line 4: server.password: must be what `parlad hash-password` prints; passwords are not written as they are
            line 6: listen.address: must be an IP address and a port, such as "127.0.0.1:6667" or "[::]:6697", not "localhost:6667"
            line 7: listen.websocket: must be true or false, not "yes"
            line 8: listen.address: is missing
            line 10: flood.rate: must be a whole number from 1 to 1000, not 0
            line 11: flood.burst: must be a whole number of 1 or more, not "many"
            line 13: limits.nick_length: must be a whole number from 1 to 64, not 100
            line 14: limits.targets: must be a whole number from 1 to 20, not -1
            line 16: connections.ping_interval: must be longer than nothing, not "0s"
            line 17: connections.ping_timeout: must be a duration such as "90s", "10m" or "7d", not 90
            line 18: connections.send_queue: must be at least 16 KiB, not "1 KiB"
            line 19: connections.cloak: must be true or false, not 1
            line 20: connections.trusted_proxies: must be an address, or a network such as "10.0.0.0/8", not "proxy"
            line 20: connections.trusted_proxies: must be an address, or a network such as "10.0.0.0/8", not 4
            line 21: connections.max_per_ip: must be a whole number of 1 or more, not 0
            line 23: channels.autojoin: "lobby": the name has a character that is not allowed
            line 24: channels.default_modes: may hold letters of modes without a parameter, such as "+nt", not "+x"
            line 26: users.default_modes: may hold letters of modes that users give themselves, such as "+i", not "+o""#]],
    );
}

#[test]
fn tables_of_the_wrong_shape_are_told() {
    check(
        "listen = 3\n[[server]]\nname = \"irc.example.org\"\n[oper]\nname = \"alice\"\n",
        expect![[r#"
            line 1: listen: write [[listen]], with two brackets on each side, as there may be several
            line 2: server: there is only one: write it with one bracket on each side
            line 2: server.name: is missing
            line 4: oper: write [[oper]], with two brackets on each side, as there may be several"#]],
    );
    check(
        "[server]\nname = irc\n[limits\nname = 3\n",
        expect![[r#"
            line 2: a value must be a text in quotes, a number, true, false or a list in brackets
            line 3: this is not TOML: unclosed table, expected `]`"#]],
    );
    check("[flood]\nrate = 3\nrate = 4\n", expect!["line 3: this is there twice"]);
    check(
        "",
        expect![[r#"
        listen: is missing; at least one [[listen]] is needed
        server.name: is missing"#]],
    );
}

#[test]
fn what_is_no_toml_hides_nothing_else() {
    check(
        "[server]\nname = \"irc\"\nnetwork = Example\n[[listen]]\naddress = \"127.0.0.1:6667\"\n\
         tls = { cert = \"a.pem\", kee = \"a.key\" }\n[limits]\nnick_lenght = 9\n[history]\ndurability = \"fsinc\"\n",
        expect![[r#"
            line 2: server.name: must be a host name with a dot, such as irc.example.org, not "irc"
            line 3: a value must be a text in quotes, a number, true, false or a list in brackets
            line 6: listen.tls.kee: there is no such key; did you mean key?
            line 8: limits.nick_lenght: there is no such key; did you mean nick_length?
            line 10: history.durability: must be "fsync" or "os"; did you mean "fsync"?"#]],
    );
    check(
        "[server\nname = \"irc\"\n[flood]\nrate = 0\n",
        expect![[r#"
            line 1: this is not TOML: unclosed table, expected `]`
            line 4: flood.rate: must be a whole number from 1 to 1000, not 0"#]],
    );
    check(
        "[server]\nname = \"irc.example.org\n[flood]\nrate = 0\n",
        expect![[r#"
            line 2: this is not TOML: invalid basic string, expected `"`
            line 4: flood.rate: must be a whole number from 1 to 1000, not 0"#]],
    );
    check(
        "= 3\n[flood]\nrate = 0\nburst : 3\n",
        expect![[r#"
            line 1: this is not TOML: unquoted keys cannot be empty, expected letters, numbers, `-`, `_`
            line 3: flood.rate: must be a whole number from 1 to 1000, not 0
            line 4: this is not TOML: key with no value, expected `=`"#]],
    );
}

/// Whatever is in a broken line, or may be, is reported neither as wrong nor as missing.
#[test]
fn what_is_no_toml_causes_no_other_complaint() {
    check(
        "[server]\nname \"irc.example.org\"\n",
        expect!["line 2: this is not TOML: key with no value, expected `=`"],
    );
    check(
        "[server]\nname = [\"irc.example.org\"\n[flood]\nrate = 0\n",
        expect![[r#"
            line 3: this is not TOML: missing comma between array elements, expected `,`
            line 4: this is not TOML: missing comma between array elements, expected `,`"#]],
    );
    check(
        "[[listen]\naddress = \"localhost\"\n[flood]\nrate = 0\n",
        expect!["line 1: this is not TOML: unclosed array table, expected `]`"],
    );
    check(
        "[server]\nname = \"irc.example.org\"\n[[listen]]\naddress = \"127.0.0.1:80\"\nwebsocket = yes\n\
         origins = [\"https://irc.example.org\"]\n",
        expect!["line 5: a value must be a text in quotes, a number, true, false or a list in brackets"],
    );
}

#[test]
fn what_is_not_here_yet_is_told() {
    check(
        &format!(
            "{LEAST}[accounts]\nlogin_attempts = 3\n[relaymsg]\nenabled = false\n[channels]\nregistration = true\n\
             [history]\nretain = \"forever\"\n[log]\ntarget = \"syslog\"\n[roleplay]\n"
        ),
        expect![[r#"
            line 7: warning: accounts.login_attempts: has no effect: this version does not have what it asks for
            line 15: warning: log.target: has no effect: this version does not have what it asks for
            line 16: warning: roleplay: has no effect: this version does not have what it asks for"#]],
    );
}

#[test]
fn operators_are_checked() {
    let good = crate::work::password::hash("secret").unwrap();
    let weak = "$argon2id$v=19$m=4096,t=1,p=1$c29tZXNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI";
    let huge = weak.replace("4096", "4194304");
    let oper = |name: &str, password: &str, more: &str| {
        format!("[[oper]]\nname = \"{name}\"\npassword = \"{password}\"\n{more}\n")
    };
    check(
        &[
            LEAST,
            &oper("alice", "plain", "privileges = [\"kil\", \"fly\", \"kill\"]"),
            &oper(
                "bob",
                weak,
                "privileges = [\"ban\", \"rehash\"]\nhosts = [\"10.0.0.1\", \"*@10.0.0.0/99\"]",
            ),
            &oper("bob", &huge, "privileges = [\"all\"]"),
            &oper("carol", &good, "hosts = []"),
            &oper("dave dee", &good, "privileges = []"),
            &oper("erin", &good, "privileges = []"),
            &oper("erin", &good, "privileges = []"),
        ]
        .concat(),
        expect![[r#"
            line 8: oper.password: must be what `parlad hash-password` prints; passwords are not written as they are
            line 9: oper.privileges: there is no privilege "kil"; did you mean "kill"?
            line 9: oper.privileges: there is no privilege "fly"; there are all, kill, ban, rehash, die, accounts, channels, relaymsg, history, hosts
            line 12: warning: oper.password: is quick to guess for whoever gets hold of it; make a new one with `parlad hash-password`
            line 13: warning: oper.privileges: the privilege "ban" does nothing yet
            line 14: oper.hosts: must be of the form user@host, such as "*@10.0.0.0/8", not "10.0.0.1"
            line 14: oper.hosts: "*@10.0.0.0/99" matches nobody. A range of addresses looks like 203.0.113.0/24 or 2001:db8::/32
            line 17: oper.password: asks for 4194304 KiB of memory, and at most 65536 are possible; make one with `parlad hash-password`
            line 19: oper.privileges: is missing
            line 22: warning: oper.hosts: nobody can be this operator, as no host is named
            line 24: oper.name: must be one word, not "dave dee"
            line 32: oper.name: "erin" is the name of the operator in line 28, too"#]],
    );
}

#[test]
fn addresses_that_are_there_twice() {
    check(
        &format!(
            "{LEAST}[[listen]]\naddress = \"0.0.0.0:6667\"\n[[http]]\naddress = \"127.0.0.1:6667\"\n\
             [[http]]\naddress = \"127.0.0.1:8067\"\n"
        ),
        expect![[r#"
            line 7: listen.address: 0.0.0.0:6667 and 127.0.0.1:6667 (line 5) cannot both be listened on
            line 9: http.address: 127.0.0.1:6667 is there twice (line 5)"#]],
    );
    let listen = ["127.0.0.1:1", "127.0.0.1:1"].map(|address| address.parse().unwrap()).into();
    let error = Config::for_run(&Options { listen, ..Options::default() }).unwrap_err().to_string();
    expect![[r#"
        the server cannot run like this:
        --listen: 127.0.0.1:1 is there twice (--listen)"#]]
    .assert_eq(&error);
}

#[test]
fn the_message_of_the_day_is_looked_through() {
    let folder = tempfile::tempdir().unwrap();
    let check = |motd: &str, expected: Expect| {
        let problems = match parse_in(folder.path(), &format!("{LEAST}[motd]\n{motd}\n")) {
            Ok(config) => listed(&config.warnings).replace(folder.path().to_str().unwrap(), ""),
            Err(problems) => problems,
        };
        expected.assert_eq(&problems);
    };
    let (long, fits) = ("é".repeat(201), "é".repeat(200));
    fs::write(folder.path().join("long.txt"), format!("a\n{long}\n{fits}\n")).unwrap();
    fs::write(folder.path().join("many.txt"), format!("{long}\n").repeat(8)).unwrap();
    fs::write(folder.path().join("latin1.txt"), b"a\nZo\xeb\n").unwrap();
    check(
        "file = \"long.txt\"",
        expect!["line 7: warning: motd.file: /long.txt: line 2 has 402 bytes and is cut after 400"],
    );
    check(
        "file = \"many.txt\"",
        expect![[r#"
        line 7: warning: motd.file: /many.txt: line 1 has 402 bytes and is cut after 400
        line 7: warning: motd.file: /many.txt: line 2 has 402 bytes and is cut after 400
        line 7: warning: motd.file: /many.txt: line 3 has 402 bytes and is cut after 400
        line 7: warning: motd.file: /many.txt: line 4 has 402 bytes and is cut after 400
        line 7: warning: motd.file: /many.txt: line 5 has 402 bytes and is cut after 400
        line 7: warning: motd.file: /many.txt: 3 more lines are cut after 400 bytes"#]],
    );
    check("file = \"latin1.txt\"", expect!["line 7: motd.file: line 2 of /latin1.txt is not UTF-8"]);
    check(
        "file = \"none.txt\"",
        expect!["line 7: motd.file: cannot read /none.txt: No such file or directory (os error 2)"],
    );
    check("file = \"long.txt\"\ntext = \"a\"", expect!["line 8: motd.text: give file or text, not both"]);
    check(
        &format!("text = \"{long}\""),
        expect!["line 7: warning: motd.text: line 1 has 402 bytes and is cut after 400"],
    );
}

#[test]
fn certificates_are_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let certified = |name: &str| {
        let certified = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
        fs::write(folder.path().join(format!("{name}.pem")), certified.cert.pem()).unwrap();
        fs::write(folder.path().join(format!("{name}.key")), certified.signing_key.serialize_pem()).unwrap();
    };
    ["irc.example.org", "chat.example.org"].into_iter().for_each(certified);
    let tls = |cert: &str, key: &str| format!("tls = {{ cert = \"{cert}.pem\", key = \"{key}.key\" }}\n");
    let text = [
        LEAST,
        &tls("irc.example.org", "irc.example.org"),
        "[[listen]]\naddress = \"127.0.0.1:6697\"\n",
        &tls("chat.example.org", "chat.example.org"),
        "[[listen]]\naddress = \"127.0.0.1:6698\"\n",
        &tls("chat.example.org", "chat.example.org"),
        "[[http]]\naddress = \"127.0.0.1:8067\"\norigins = [\"https://chat.example.org\"]\n",
        &tls("chat.example.org", "chat.example.org"),
        "[sts]\nduration = \"1h\"\n",
    ]
    .concat();
    let shown = |text: &str| text.replace(folder.path().to_str().unwrap(), "");
    let config = parse_in(folder.path(), &text).unwrap();
    expect![[r#"
        line 6: warning: listen.tls: the certificate /irc.example.org.pem is signed by itself, and clients that [sts] sends here do not take that: they are locked out for as long as sts.duration says
        line 9: warning: listen.tls: the certificate /chat.example.org.pem is for chat.example.org, not for irc.example.org; clients refuse it
        line 9: warning: listen.tls: the certificate /chat.example.org.pem is signed by itself, and clients that [sts] sends here do not take that: they are locked out for as long as sts.duration says"#]].assert_eq(&shown(&listed(&config.warnings)));
    let text = [
        LEAST,
        &tls("irc.example.org", "chat.example.org"),
        "[[listen]]\naddress = \"127.0.0.1:6697\"\ntls = { cert = \"none.pem\" }\n",
    ]
    .concat();
    expect![[r#"
        line 6: listen.tls: the key /chat.example.org.key is not that of the certificate /irc.example.org.pem
        line 9: listen.tls.key: is missing"#]]
    .assert_eq(&parse_in(folder.path(), &text).unwrap_err());
}

#[test]
fn a_data_directory_that_cannot_be_used() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let text = LEAST.replace("\"data\"", "\"file/data\"");
    expect!["line 3: server.data_dir: cannot use the data directory /file/data: Not a directory (os error 20). Choose another with --data-dir"].assert_eq(&parse_in(folder.path(), &text).unwrap_err());
    let (config, data_dir) = (Some(folder.path().join("parlad.toml")), Some(folder.path().join("data")));
    assert!(Config::for_run(&Options { config, data_dir, ..Options::default() }).is_ok());
}

#[test]
fn sizes_durations_and_networks_are_read() {
    let text = "[connections]\nsend_queue = \"64 KiB\"\nping_interval = \"2m\"\nexempt_from_limits = [\"10.0.0.0/8\", \"::1\"]\n";
    let config = parse(&format!("{LEAST}{text}")).unwrap();
    assert_eq!(config.connections.send_queue_bytes, 65536);
    assert_eq!(config.settings.machine.timeouts.ping_interval, Duration::from_secs(120));
    assert!(config.connections.is_exempt("10.1.2.3".parse().unwrap()));
    assert!(config.connections.is_exempt("::ffff:10.1.2.3".parse().unwrap()));
    assert!(config.connections.is_exempt("::1".parse().unwrap()));
    assert!(!config.connections.is_exempt("127.0.0.1".parse().unwrap()));
}

#[test]
fn clients_are_sent_to_the_first_port_for_lines_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    let certified = rcgen::generate_simple_self_signed(vec!["irc.example.org".to_owned()]).unwrap();
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    fs::write(&cert, certified.cert.pem()).unwrap();
    fs::write(&key, certified.signing_key.serialize_pem()).unwrap();
    let listen = |port: u16, more: &str| {
        let tls = format!("tls = {{ cert = \"{}\", key = \"{}\" }}", cert.display(), key.display());
        format!("[[listen]]\naddress = \"127.0.0.1:{port}\"\n{tls}\n{more}\n")
    };
    let sts = |listen: &str, keys: &str| {
        let config = parse(&format!("{LEAST}{listen}[sts]\n{keys}\n"))?;
        Ok::<_, String>(config.settings.machine.sts.map(|sts| (sts.duration.as_secs(), sts.port)).unwrap())
    };
    let ports = [listen(8097, "websocket = true"), listen(6697, ""), listen(6698, "")].concat();
    assert_eq!(sts(&ports, "duration = \"30d\"").unwrap(), (2_592_000, 6697));
    assert_eq!(sts(&ports, "duration = \"0s\"\nport = 7000").unwrap(), (0, 7000));
    assert_eq!(sts("", "duration = \"1h\"\nport = 6697").unwrap(), (3600, 6697));
    for (listen, keys) in [("", "duration = \"1h\""), (&*ports, "duration = \"1h\"\nport = 0")] {
        assert!(sts(listen, keys).unwrap_err().contains("sts.port"));
    }
    assert!(parse(LEAST).unwrap().settings.machine.sts.is_none());
}

#[test]
fn the_app_is_served_where_the_file_says() {
    assert!(parse(LEAST).unwrap().http.is_empty());
    let text = "[[http]]\naddress = \"[::1]:8067\"\norigins = [\"https://chat.example.org\"]\n";
    let config = parse(&format!("{LEAST}{text}")).unwrap();
    assert_eq!(config.http[0].address.port(), 8067);
    assert_eq!(config.http[0].origins, ["https://chat.example.org".parse().unwrap()]);
    for wrong in ["chat.example.org", "ftp://chat.example.org", "https://chat.example.org/app", "*"] {
        let error = parse(&format!("{LEAST}{}", text.replace("https://chat.example.org", wrong)));
        let error = error.unwrap_err();
        assert!(error.contains(wrong) && error.contains("line 8"), "{error}");
    }
}
