//! Lines of the rarer commands, as templates: whatever is in braces is filled in anew each time.

use super::{rng::Rng, store::Store};

/// What can be said. `{room}` and `{nick}` are names, known or not, `{text}` is a text that was never said before, `{id}` the id
/// of a message, and `{oper}` the password of the operator, or another one.
const PHRASES: &[&str] = &[
    "ADMIN",
    "BATCH +r{digit} draft/multiline {room}",
    "@batch=r{digit} PRIVMSG {room} :{text}",
    "@batch=r{digit} PRIVMSG {room} :{text}",
    "@batch=r{digit};draft/multiline-concat PRIVMSG {room} :{text}",
    "BATCH -r{digit}",
    "BATCH -r{digit}",
    "CHGHOST {nick} new.host.{digit}",
    "HELP {word}",
    "INFO",
    "INVITE",
    "ISON {nick} {nick}",
    "ISUPPORT",
    "KILL {nick} :{text}",
    "LINKS",
    "LIST >1",
    "LIST <3,T>0,C<100,*a*,!*b*",
    "MARKREAD {room}",
    "MARKREAD {room} timestamp=2023-11-1{digit}T00:00:00.000Z",
    "METADATA * SUB avatar display-name key{digit}",
    "METADATA * SUBS",
    "METADATA * UNSUB key{digit}",
    "METADATA * LIST",
    "METADATA {nick} GET avatar key{digit}",
    "METADATA * SET key{digit} :{text}",
    "METADATA * SET key{digit}",
    "METADATA {room} SET key{digit} :{text}",
    "METADATA {room} SYNC",
    "METADATA * CLEAR",
    "MODE {nick} +B-i+w",
    "MODE {nick} +iR",
    "MODE {nick} -R",
    "MODE {room} +a {nick}",
    "MODE {room} +b m:{nick}!*@*",
    "MODE {room} +e {nick}!*@*",
    "MODE {room} +f {room}",
    "MODE {room} +h {nick}",
    "MODE {room} +I {nick}!*@*",
    "MODE {room} +q {nick}",
    "MODE {room} -qaohv {nick} {nick} {nick} {nick} {nick}",
    "MODE {room} +{flag}",
    "MODE {room} -{flag}",
    "MODE {room} -{flag}",
    "MODE {room} I",
    "MODE {room} e",
    "MONITOR + {nick},{nick}",
    "MONITOR - {nick}",
    "MONITOR C",
    "MONITOR L",
    "MONITOR S",
    "NAMES {room},{room}",
    "NOTICE @{room} :{text}",
    "OPER admin {oper}",
    "OPER admin {oper}",
    "PRIVMSG +{room} :{text}",
    "PRIVMSG @{room} :{text}",
    "REDACT {nick} {id} :{text}",
    "REDACT {room} {id} :{text}",
    "REDACT {room} {id}",
    "REHASH",
    "RENAME {room} {room} :{text}",
    "ROOM DELETE {room} :{text}",
    "ROOM GIVE {room} {nick}",
    "ROOM RESET {room}",
    "SAJOIN {nick} {room}",
    "SAJOIN {room}",
    "SAMODE {room} +{flag}",
    "SAMODE {room} +o {nick}",
    "SAMODE {room} -qaohv {nick} {nick} {nick} {nick} {nick}",
    "SETNAME :{text}",
    "STATS {word}",
    "TAGMSG @{room}",
    "TIME",
    "USERHOST {nick} {nick}",
    "WALLOPS :{text}",
    "WHO {room} %tcuihsnfdlaor,{digit}",
    "WHO {nick} %na",
    "WHOWAS {nick} {digit}",
];

/// Words that a command may know.
const WORDS: &[&str] = &["JOIN", "cmodes", "nothing", "u", "o", "m", "*", ""];

/// Fills a template. `named` gives a room or a nick, and a text.
pub(super) fn phrase(
    rng: &mut Rng,
    store: &Store,
    mut named: impl FnMut(&mut Rng, &str) -> String,
) -> String {
    let mut rest = rng.word(PHRASES);
    let mut line = String::new();
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        line.push_str(before);
        line.push_str(&match name {
            "digit" => rng.below(10).to_string(),
            "flag" => rng.word(&["i", "m", "n", "s", "t", "u", "u", "C", "M", "R", "S", "U"]).to_owned(),
            "id" => {
                let spoken = store.nth(rng.below(store.len()));
                spoken.map_or_else(|| "unknown".to_owned(), |spoken| store.ids.encode(spoken.seq).to_string())
            }
            "oper" => rng.word(&[super::world::OPERATOR_PASSWORD, "wrong"]).to_owned(),
            "word" => rng.word(WORDS).to_owned(),
            name => named(rng, name),
        });
        rest = after;
    }
    line + rest
}
