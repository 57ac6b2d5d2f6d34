//! What was said before the person came, or while they were gone.

mod archive;
mod earlier;
mod missed;

use std::fmt::Write as _;

use super::support::{ALL, Rig};

/// Lines of bob, a second apart.
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
