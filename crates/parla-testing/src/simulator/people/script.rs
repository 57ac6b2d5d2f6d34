//! What people with accounts send: they sign in and up, rightly and wrongly, look after their accounts and rooms,
//! and write to each other.

use parla_proto::{Capabilities, Message};
use parla_server::{AccountChange, AccountEdit, AdminRequest, Fingerprint};

use super::{
    Told,
    passwords::{self, Exchange},
};
use crate::simulator::{
    actions::wanted,
    client::{Client, Person},
    rng::Rng,
    world::{OPERATOR, OPERATOR_PASSWORD, PASSWORD},
};

/// Names in different spellings; the last ones are easily confused with others.
const NAMES: &[&str] = &[
    "alice",
    "alice",
    "Alice",
    "bob",
    "bob",
    "carol",
    "dave",
    "erin",
    "\u{430}lice",
    "b\u{43e}b",
    "NickServ",
];

/// The last one is too short.
const PASSWORDS: &[&str] = &["password0", "password1", "password2", "no"];

const ROOMS: &[&str] = &["#rust", "#Rust", "#a", "#b[]", "#lobby", "#tea"];

/// How many different certificates clients have.
const CERTIFICATES: usize = 5;

/// A certificate of a client, if it has one.
pub(crate) fn certificate(rng: &mut Rng) -> Option<Box<[u8; 32]>> {
    rng.percent(40).then(|| Box::new(any_certificate(rng).0))
}

fn any_certificate(rng: &mut Rng) -> Fingerprint {
    Fingerprint([u8::try_from(rng.below(CERTIFICATES)).unwrap_or_default(); 32])
}

/// The lines with which a client registers, with or without signing in or up.
pub(crate) fn registration(rng: &mut Rng, told: &Told) -> Vec<Vec<u8>> {
    let capabilities = match rng.below(3) {
        0 => wanted(),
        1 => Capabilities::empty(),
        _ => Capabilities::from_bits_truncate(rng.bits() | rng.bits()) & wanted(),
    };
    let capabilities = capabilities | Capabilities::MESSAGE_TAGS;
    let name = rng.word(NAMES);
    let mut lines = vec!["CAP LS 302".to_owned()];
    if rng.percent(80) {
        lines.insert(0, format!("PASS {}", if rng.percent(95) { PASSWORD } else { "wrong" }));
    }
    let names: Vec<&str> = capabilities.names().collect();
    lines.push(format!("CAP REQ :{}", names.join(" ")));
    if let Some((_, code)) = rng.pick(&told.codes).filter(|_| rng.percent(50)) {
        lines.push(format!("PASS invite:{code}"));
    }
    lines.push(format!("NICK {name}"));
    let account = if rng.percent(80) { name } else { rng.word(NAMES) };
    match rng.below(10) {
        0..6 => lines.extend(sign_in(rng, account, told)),
        6..8 => lines.push(format!("REGISTER {} * {}", rng.word(&["*", name]), rng.word(PASSWORDS))),
        _ => {}
    }
    lines.push(format!("USER {} 0 * :Real Name", rng.word(&["u", "~user"])));
    lines.push("CAP END".to_owned());
    lines.into_iter().map(String::into_bytes).collect()
}

/// Signing in, which may be broken off.
fn sign_in(rng: &mut Rng, account: &str, told: &Told) -> Vec<String> {
    let message = |text: &str| format!("AUTHENTICATE {}", passwords::encoded(text));
    let mut lines = match rng.below(10) {
        0..5 => {
            let acts_as = if rng.percent(80) { "" } else { account };
            let given = format!("{acts_as}\0{account}\0{}", password(rng, account, told));
            vec!["AUTHENTICATE PLAIN".to_owned(), message(&given)]
        }
        5..8 => {
            let exchange = Exchange { account: account.to_owned(), password: String::new() };
            vec!["AUTHENTICATE SCRAM-SHA-256".to_owned(), message(&exchange.opening())]
        }
        _ => {
            let acts_as = if rng.percent(50) { "+".to_owned() } else { passwords::encoded(account) };
            vec!["AUTHENTICATE EXTERNAL".to_owned(), format!("AUTHENTICATE {acts_as}")]
        }
    };
    match rng.below(20) {
        0 => lines.truncate(1),
        1 => lines.insert(1, "AUTHENTICATE *".to_owned()),
        2 => lines.push("AUTHENTICATE *".to_owned()),
        3 => lines.insert(1, rng.word(&["AUTHENTICATE !!!", "AUTHENTICATE AAAA", "AUTHENTICATE"]).to_owned()),
        4 => lines.insert(1, format!("AUTHENTICATE {}", "A".repeat(400))),
        _ => {}
    }
    lines
}

/// The right password of an account or another one, or an app password, which may be one of the account's.
fn password(rng: &mut Rng, account: &str, told: &Told) -> String {
    if rng.percent(15) {
        return passwords::app_password(rng.bits().into());
    }
    let account = told.account_named(account).filter(|_| rng.percent(75));
    let known = account.and_then(|account| account.password.as_ref());
    known.map_or_else(
        || rng.word(PASSWORDS).to_owned(),
        |known| passwords::password_of(&known.hash).to_owned(),
    )
}

/// A client's next message in a SASL exchange, if the server waits for one.
pub(crate) fn reply(rng: &mut Rng, person: &mut Person, told: &Told) -> Option<Vec<u8>> {
    if let Some((account, challenge)) = person.challenge.take() {
        let password = password(rng, &account, told);
        person.attempts_by_scram(&account, &password, told);
        let answer = Exchange { account, password }.answer(&challenge);
        return Some(format!("AUTHENTICATE {}", passwords::encoded(&answer)).into_bytes());
    }
    std::mem::take(&mut person.is_proved).then(|| b"AUTHENTICATE +".to_vec())
}

/// Random lines of a person, most of which concern accounts. `text` was never said before.
pub(crate) fn lines(rng: &mut Rng, client: &Client, told: &Told, text: &str) -> Vec<String> {
    let line = match rng.below(100) {
        0..8 => {
            let account = own_name(rng, client);
            return sign_in(rng, account, told);
        }
        8..27 => of_account(rng, client, told),
        27..44 => of_room(rng, client),
        44..47 => of_invitation(rng, client, told),
        47..52 => format!("NICK {}", rng.word(NAMES)),
        52..61 => format!("PRIVMSG {} :{text}", rng.word(NAMES)),
        61..71 => format!("PRIVMSG {} :{text}", room(rng, client)),
        71..76 => format!("CHATHISTORY LATEST {} * 10", rng.word(NAMES)),
        76..80 => rng.word(&["AWAY", "AWAY :gone", "AWAY :really gone"]).to_owned(),
        80..85 => format!("JOIN {}", rng.word(ROOMS)),
        85..88 => format!("PART {}", room(rng, client)),
        88..94 => {
            let rank = rng.word(&["+o", "-o", "+v", "-v", "+h", "+a", "+q", "-q"]);
            format!("MODE {} {rank} {}", room(rng, client), rng.word(NAMES))
        }
        94..96 => format!("KICK {} {} :{text}", room(rng, client), rng.word(NAMES)),
        96..98 => format!("OPER {OPERATOR} {}", if rng.percent(80) { OPERATOR_PASSWORD } else { "wrong" }),
        98 if rng.percent(30) => format!("INVITE {} {}", rng.word(NAMES), room(rng, client)),
        98 => of_invitation(rng, client, told),
        _ => "QUIT".to_owned(),
    };
    vec![line]
}

/// The name that somebody uses most, which the nick mostly is.
fn own_name<'a>(rng: &mut Rng, client: &'a Client) -> &'a str {
    client.nick.as_deref().filter(|_| rng.percent(60)).unwrap_or_else(|| rng.word(NAMES))
}

fn room(rng: &mut Rng, client: &Client) -> String {
    let own: Vec<&String> = client.rooms.keys().collect();
    let own = rng.pick(&own).filter(|_| rng.percent(80));
    own.map_or_else(|| rng.word(ROOMS).to_owned(), |own| (*own).clone())
}

fn of_account(rng: &mut Rng, client: &Client, told: &Told) -> String {
    let own = own_name(rng, client);
    let (right, new, other) = (password(rng, own, told), rng.word(PASSWORDS), rng.word(NAMES));
    let service = rng.word(&["NS ", "NICKSERV ", "PRIVMSG NickServ :"]);
    match rng.below(42) {
        32..35 => format!("{service}APPPASS CREATE {}", rng.word(&["bot", "other"])),
        35 => format!("{service}APPPASS REVOKE {}", rng.word(&["bot", "other"])),
        36..38 => format!("{service}LOGOUT"),
        38..40 => format!("{service}DEVICES LOGOUT {}", rng.word(&["1", "2", "3", "others", "all"])),
        40 => format!("{service}DEVICES LOGOUT {other} {}", rng.word(&["1", "2", "all"])),
        41 => format!(
            "{service}{} {}",
            rng.word(&["DEVICES LIST", "GHOST", "APPPASS LIST", "SESSIONS"]),
            rng.word(&["", other])
        ),
        0..4 => format!("REGISTER * * {new}"),
        4..7 => format!("{service}REGISTER {new}"),
        7..10 => format!("{service}IDENTIFY {right}"),
        10..14 => format!("{service}IDENTIFY {other} {}", password(rng, other, told)),
        14..18 => format!("{service}PASSWD {right} {new}"),
        18 => format!("{service}DROP {right}"),
        19 => format!("{service}INFO {}", rng.word(&["", other])),
        20..22 => format!("{service}CERT ADD"),
        22 => format!("{service}CERT DEL {}", any_certificate(rng)),
        23 => format!("{service}CERT LIST"),
        24..28 => format!("{service}SET ALWAYS-ON {}", rng.word(&["on", "on", "off", "default"])),
        28 => format!("{service}SUSPEND {other} {}", rng.word(&["", "spam"])),
        29 => format!("{service}UNSUSPEND {other}"),
        30 => format!("{service}SADROP {other}"),
        _ => format!("{service}SAREGISTER {other} {new}"),
    }
}

fn of_room(rng: &mut Rng, client: &Client) -> String {
    let (room, other) = (room(rng, client), rng.word(NAMES));
    let service = rng.word(&["CS ", "CHANSERV ", "PRIVMSG ChanServ :"]);
    let ranks = rng.word(&["+o", "-o", "+v", "-v", "+h", "+qo", "-q", "+a", "-ohv", "-", "+"]);
    match rng.below(20) {
        12..14 => format!("{service}TRANSFER ACCEPT {room}"),
        14 => format!("{service}TRANSFER DECLINE {room}"),
        15 => format!("{service}SET {room} RETAIN {}", rng.word(&["1m", "5m", "default"])),
        16 => format!("{service}SET {room} HISTORY {}", rng.word(&["all", "joined", "1", "3"])),
        17 => format!("{service}CLEAR {room} {}", rng.word(&["USERS", "ACCESS", "BANS", "INVITES"])),
        18 => format!("{service}LIST"),
        19 => format!("{service}PURGE {} {room}", rng.word(&["ADD", "DEL", "DEL"])),
        0..3 => format!("{service}REGISTER {room}"),
        3..8 => format!("{service}AMODE {room} {ranks} {other}"),
        8 => format!("{service}AMODE {room}"),
        9 => format!("{service}TRANSFER {room} {other}"),
        10 => format!("{service}INFO {room}"),
        _ => format!("{service}{} {room}", rng.word(&["UNREGISTER", "INFO"])),
    }
}

/// Making, taking back and using invitations, of which mostly the newest are used.
fn of_invitation(rng: &mut Rng, client: &Client, told: &Told) -> String {
    let newest = told.codes.len().saturating_sub(4);
    let known = told.codes.get(newest..).and_then(|codes| rng.pick(codes));
    let (id, code) = known.map_or(("1", "nonsense"), |(id, code)| (id.as_str(), code.as_str()));
    match rng.below(10) {
        0..4 => {
            let second = if rng.percent(30) { format!(",{}", room(rng, client)) } else { String::new() };
            let (uses, days) = (1 + rng.below(3), 1 + rng.below(3));
            format!("INVITATION CREATE {uses} {days} {}{second}", room(rng, client))
        }
        4 => "INVITATION CREATE".to_owned(),
        5 => "INVITATION LIST".to_owned(),
        6 => format!("INVITATION REVOKE {id}"),
        _ => format!("INVITATION ACCEPT {code}"),
    }
}

/// Whether a line would hide members of a room from each other, which the checkers of people do not follow.
pub(crate) fn hides_members(line: &[u8]) -> bool {
    let Ok(message) = Message::parse(line) else { return false };
    let is_mode = ["MODE", "SAMODE"].iter().any(|word| message.command.eq_ignore_ascii_case(word));
    is_mode && message.params.iter().skip(1).any(|param| param.contains(['u', 'U']))
}

/// A random request of the administrator.
pub(crate) fn request(rng: &mut Rng) -> AdminRequest {
    let name = rng.word(NAMES).to_owned();
    let password = passwords::proof(rng.word(PASSWORDS));
    let change = match rng.below(8) {
        0..3 => return AdminRequest::CreateAccount { name, password },
        3 => AccountChange::Suspended(Some(rng.word(&["", "spam"]).to_owned())),
        4 => AccountChange::Suspended(None),
        5 => AccountChange::Password(Some(password).filter(|_| rng.percent(80))),
        6 => AccountChange::CertificateAdded(any_certificate(rng)),
        _ => return AdminRequest::ChangeAccount { name, edit: AccountEdit::Delete },
    };
    AdminRequest::ChangeAccount { name, edit: AccountEdit::Change(change) }
}
