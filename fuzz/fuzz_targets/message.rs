//! A line into a message and a command: any bytes are read or refused, and what is written is read as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use parla_proto::{
    Command, Mask, Message, Source, limits::LINE_BYTES_MAX, mask::glob, mode, name::Casemapping,
};

fuzz_target!(|line: &[u8]| {
    let Ok(message) = Message::parse(line) else { return };
    let _ = Command::parse(&message);

    // A command that looks like tags or a source can only stand after tags and a source. No such message is ever written.
    let is_plain = !message.command.starts_with(['@', ':']);
    // A line that is too long is cut when it is written.
    if is_plain && line.len() < LINE_BYTES_MAX - 2 {
        let written = message.encode();
        let body = written.strip_suffix(b"\r\n").expect("a line has an end");
        assert!(!body.contains(&b'\n') && !body.contains(&b'\r'));
        assert_eq!(Message::parse(body).as_ref(), Ok(&message));
    }
    if let Some(source) = message.source {
        let text = source.to_string();
        assert_eq!(Source::parse(&text).to_string(), text);
    }
    for param in &message.params {
        let mask = Mask::parse(param);
        assert_eq!(Mask::parse(mask.as_str()), mask);
        let _ = glob(param, message.command, Casemapping::Rfc1459);
        let _ = mode::steps(param, message.params.iter().copied()).count();
        for casemapping in [Casemapping::Ascii, Casemapping::Rfc1459, Casemapping::Rfc1459Strict] {
            let folded = casemapping.fold(param);
            assert_eq!(casemapping.fold(&folded), folded);
        }
    }
});
