//! Lines of the rarer commands, as templates whose parts in braces are filled in anew each time.

use std::sync::LazyLock;

use parla_proto::{CommandName, command};

use super::{rng::Rng, store::Store};

/// All phrases, in the alphabetical order of their commands.
static PHRASES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let names = command::ALL.iter().filter_map(|facts| CommandName::parse(facts.name));
    names.flat_map(phrases).copied().collect()
});

/// The phrases of a command. `{room}` and `{nick}` are known or unknown names, `{text}` is a text that was
/// never said before, `{id}` is the id of a message, and `{oper}` is the operator's password or another one.
///
/// It is empty for commands that have an action of their own in the simulator. Every command is also sent
/// with parameters that do not fit it.
#[expect(clippy::too_many_lines, reason = "a list of phrases, by command")]
const fn phrases(command: CommandName) -> &'static [&'static str] {
    match command {
        CommandName::Accept => &["ACCEPT {nick}", "ACCEPT -{nick}", "ACCEPT"],
        CommandName::Access => &["ACCESS", "ACCESS open"],
        CommandName::Admin => &["ADMIN"],
        CommandName::Batch => &[
            "BATCH +r{digit} draft/multiline {room}",
            "@batch=r{digit} PRIVMSG {room} :{text}",
            "@batch=r{digit} PRIVMSG {room} :{text}",
            "@batch=r{digit};draft/multiline-concat PRIVMSG {room} :{text}",
            "BATCH -r{digit}",
            "BATCH -r{digit}",
        ],
        CommandName::Chghost => &["CHGHOST {nick} new.host.{digit}"],
        CommandName::Help => &["HELP {word}"],
        CommandName::Info => &["INFO"],
        CommandName::Invitation => &[
            "INVITATION CREATE",
            "INVITATION CREATE {digit} {digit} {room}",
            "INVITATION LIST",
            "INVITATION REVOKE {digit}",
            "INVITATION ACCEPT {word}",
        ],
        CommandName::Invite => &["INVITE"],
        CommandName::Ison => &["ISON {nick} {nick}"],
        CommandName::Isupport => &["ISUPPORT"],
        CommandName::Kill => &["KILL {nick} :{text}"],
        CommandName::Links => &["LINKS"],
        CommandName::List => &["LIST >1", "LIST <3,T>0,C<100,*a*,!*b*"],
        CommandName::Markread => {
            &["MARKREAD {room}", "MARKREAD {room} timestamp=2023-11-1{digit}T00:00:00.000Z"]
        }
        CommandName::Metadata => &[
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
        ],
        CommandName::Mode => &[
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
        ],
        CommandName::Monitor => {
            &["MONITOR + {nick},{nick}", "MONITOR - {nick}", "MONITOR C", "MONITOR L", "MONITOR S"]
        }
        CommandName::Names => &["NAMES {room},{room}"],
        CommandName::Notice => &["NOTICE @{room} :{text}"],
        CommandName::Oper => &["OPER admin {oper}", "OPER admin {oper}"],
        CommandName::Privmsg => &["PRIVMSG +{room} :{text}", "PRIVMSG @{room} :{text}"],
        CommandName::Register => &["REGISTER * * :password{digit}"],
        CommandName::Nickserv => &["NICKSERV REGISTER password{digit}", "NICKSERV HELP"],
        CommandName::Chanserv => &["CHANSERV REGISTER {room}", "CHANSERV INFO {room}"],
        CommandName::Redact => {
            &["REDACT {nick} {id} :{text}", "REDACT {room} {id} :{text}", "REDACT {room} {id}"]
        }
        CommandName::Rehash => &["REHASH"],
        CommandName::Rename => &["RENAME {room} {room} :{text}"],
        CommandName::Room => &["ROOM DELETE {room} :{text}", "ROOM GIVE {room} {nick}", "ROOM RESET {room}"],
        CommandName::Sajoin => &["SAJOIN {nick} {room}", "SAJOIN {room}"],
        CommandName::Samode => &[
            "SAMODE {room} +{flag}",
            "SAMODE {room} +o {nick}",
            "SAMODE {room} -qaohv {nick} {nick} {nick} {nick} {nick}",
        ],
        CommandName::Setname => &["SETNAME :{text}"],
        CommandName::Stats => &["STATS {word}"],
        CommandName::Tagmsg => &["TAGMSG @{room}"],
        CommandName::Time => &["TIME"],
        CommandName::Userhost => &["USERHOST {nick} {nick}"],
        CommandName::Wallops => &["WALLOPS :{text}"],
        CommandName::Who => &["WHO {room} %tcuihsnfdlaor,{digit}", "WHO {nick} %na"],
        CommandName::Whowas => &["WHOWAS {nick} {digit}"],
        CommandName::Authenticate
        | CommandName::Away
        | CommandName::Cap
        | CommandName::Chathistory
        | CommandName::Die
        | CommandName::Error
        | CommandName::Join
        | CommandName::Kick
        | CommandName::Lusers
        | CommandName::Motd
        | CommandName::Nick
        | CommandName::Part
        | CommandName::Pass
        | CommandName::Ping
        | CommandName::Pong
        | CommandName::Quit
        | CommandName::Restart
        | CommandName::Sapart
        | CommandName::Topic
        | CommandName::User
        | CommandName::Version
        | CommandName::Webirc
        | CommandName::Whois
        | CommandName::Account
        | CommandName::Ack
        | CommandName::Fail
        | CommandName::Note
        | CommandName::Warn => &[],
    }
}

/// Words that a command may know.
const WORDS: &[&str] = &["JOIN", "cmodes", "nothing", "u", "o", "m", "*", ""];

/// Fills in a template. `named` supplies a room or a nick, and a text.
pub(super) fn phrase(
    rng: &mut Rng,
    store: &Store,
    mut named: impl FnMut(&mut Rng, &str) -> String,
) -> String {
    let mut rest = rng.word(&PHRASES);
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
