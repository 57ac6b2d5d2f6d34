//! What was said before the person joined, or while they were gone.

mod archive;
mod earlier;
mod missed;

use std::fmt::Write as _;

use parla_client::ClientSettings;

use super::support::{ALL, Rig, settings};

/// Lines of bob, one per second.
fn lines(numbers: std::ops::Range<usize>) -> String {
    let mut lines = String::new();
    for number in numbers {
        let (minute, second) = (number / 60, number % 60);
        let _ = writeln!(
            lines,
            "@11:{minute:02}:{second:02};msgid=m{number} :bob!b@host PRIVMSG #lobby :{number}"
        );
    }
    lines
}

fn back_in_lobby(rig: &mut Rig) {
    rig.reconnects();
    rig.greet(ALL, "CHATHISTORY=100");
    rig.server("@13:00 :alice!a@host JOIN #lobby");
}

fn known() -> Rig {
    Rig::in_lobby("@09:58;msgid=known :bob!b@host PRIVMSG #lobby :known")
}

#[test]
fn another_client_has_the_same_rows_for_the_same_messages() {
    let rows = |seed, numbers| {
        let mut rig = Rig::with(ClientSettings { seed, ..settings() }, &[]);
        rig.go_online(ALL, "CHATHISTORY=100");
        rig.enter("#lobby", &lines(numbers));
        rig.server("@12:01;msgid=live :bob!b@host PRIVMSG #lobby :live\n@12:02 :bob!b@host PART #lobby");
        rig
    };
    let (one, other) = (rows(1 << 40, 0..50), rows(2 << 40, 30..50));
    for text in ["30", "49", "live"] {
        let text = format!("<bob> {text}");
        assert_eq!(one.row("#lobby", &text), other.row("#lobby", &text), "{text}");
    }
    let of_event = |rig: &Rig| rig.buffer("#lobby").timeline.rows().last().unwrap().id;
    assert_ne!(of_event(&one), of_event(&other));
}
