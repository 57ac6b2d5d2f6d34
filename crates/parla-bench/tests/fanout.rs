//! The load generator against the bare loop: every message reaches every other member exactly once.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_parla-bench");

#[test]
fn the_bare_loop_delivers_each_message_once() {
    let mut server = Command::new(PROGRAM)
        .args(["loop", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first_line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut first_line).unwrap();
    let address = first_line.trim().strip_prefix("listening on ").unwrap();

    let pid = server.id().to_string();
    let run = ["run", "--json", "--server", address, "--pid", &pid, "--clients", "20", "--rooms", "2"];
    let window = ["--seconds", "1", "--warm-up", "0.1"];
    let scenarios = [
        &["--scenario", "fanout", "--in-flight", "3"][..],
        &["--scenario", "fanout", "--in-flight", "1", "--tags"],
        &["--scenario", "latency", "--rate", "200"],
    ];
    let outputs = scenarios.map(|scenario| {
        Command::new(PROGRAM).args(run).args(window).args(scenario).stderr(Stdio::inherit()).output().unwrap()
    });
    server.kill().unwrap();
    server.wait().unwrap();

    for output in outputs {
        let report = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{report}");
        for sound in ["\"missing\":0,", "\"extra\":0,", "\"refusals\":0,", "\"closed\":0}"] {
            assert!(report.contains(sound), "{sound} not in {report}");
        }
        assert!(!report.contains("\"deliveries\":0,"), "{report}");
    }
}
