//! [`Memory`] as a text, for a shell that keeps texts. Whatever the text is, what can be read of it is; the rest is left out.

use std::fmt::Write as _;

use crate::contract::{Memory, RememberedBuffer};

impl Memory {
    /// One line a conversation: `room` or `person`, the time up to which it was read or `-`, the name, and what opens the room.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for buffer in &self.buffers {
            let kind = if buffer.is_room { "room" } else { "person" };
            let read = buffer.read_until.map_or_else(|| "-".to_owned(), |until| until.to_string());
            let written = match &buffer.key {
                Some(key) => writeln!(text, "{kind} {read} {} {key}", buffer.name),
                None => writeln!(text, "{kind} {read} {}", buffer.name),
            };
            debug_assert!(written.is_ok(), "a string takes everything");
        }
        text
    }

    /// Reads what [`Memory::to_text`] wrote.
    pub fn from_text(text: &str) -> Self {
        Self { buffers: text.lines().filter_map(buffer).collect() }
    }
}

fn buffer(line: &str) -> Option<RememberedBuffer> {
    // Neither a name nor a key has a space in it: the server would not know where it ends.
    let mut words = line.split(' ');
    let is_room = match words.next()? {
        "room" => true,
        "person" => false,
        _ => return None,
    };
    let read_until = words.next()?.parse().ok();
    let name = words.next().filter(|name| !name.is_empty())?.to_owned();
    let key = words.next().map(str::to_owned);
    Some(RememberedBuffer { name, is_room, key, read_until, read_msgid: None })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn remembered(name: &str, is_room: bool, key: Option<&str>, read_until: Option<i64>) -> RememberedBuffer {
        RememberedBuffer {
            name: name.to_owned(),
            is_room,
            key: key.map(str::to_owned),
            read_until,
            read_msgid: None,
        }
    }

    #[test]
    fn has_one_line_a_conversation() {
        let buffers = vec![
            remembered("#rust", true, None, Some(1_795_424_707_123)),
            remembered("#şifre", true, Some("k:ey"), Some(-1)),
            remembered("bob", false, None, None),
        ];
        let memory = Memory { buffers };
        let text = memory.to_text();
        assert_eq!(text, "room 1795424707123 #rust\nroom -1 #şifre k:ey\nperson - bob\n");
        assert_eq!(Memory::from_text(&text), memory);
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        let text = "{\"buffers\":[]}\nroom\nroom 1\nroom 1 \nroom x #a\nthing 1 #b\n\nperson 2 c";
        let buffers = vec![remembered("#a", true, None, None), remembered("c", false, None, Some(2))];
        assert_eq!(Memory::from_text(text), Memory { buffers });
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_written_the_same(text in "((room|person) (-|[0-9]{1,19}) [^ \r\n]{1,9}( [^ \r\n]{0,9})?\n|.{0,20}\n){0,5}") {
            let memory = Memory::from_text(&text);
            prop_assert_eq!(Memory::from_text(&memory.to_text()), memory);
        }
    }
}
