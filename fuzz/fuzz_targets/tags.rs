//! Tags and their escapes: any text is read, what is escaped is read as it was, and keys are what the specification allows.

#![no_main]

use libfuzzer_sys::fuzz_target;
use parla_proto::{
    Message,
    tag::{Tags, escape, is_key, unescape},
};

fuzz_target!(|text: &str| {
    let escaped = escape(text);
    assert_eq!(unescape(&escaped), text);
    assert!(!escaped.contains([';', ' ', '\r', '\n']));
    let _ = unescape(text);

    let tags = Tags::new(text);
    for tag in tags.iter() {
        assert!(is_key(tag.key) && !tag.escaped.contains(';'));
        let last = tags.iter().filter(|other| other.key == tag.key).last();
        assert_eq!(tags.get(tag.key), last.map(|last| last.value()));
    }
    assert!(tags.client_only().all(|tag| tag.key.starts_with('+')));

    let line = format!("@a={escaped} PING");
    if let Ok(message) = Message::parse(line.as_bytes()) {
        assert_eq!(message.tags.get("a").as_deref(), Some(text));
    }
});
