//! A client in a run with people: as whom it is signed in, and by what right.
//!
//! It relies on the lines that the client is sent, and on what the model of accounts and rooms (`people/told.rs`)
//! says at that moment.

pub(crate) mod room;
mod service;

use std::collections::{BTreeMap, BTreeSet};

use parla_proto::{Capabilities, Message, name::is_channel};
use parla_server::{AccountId, AppPassword, Fingerprint, Flags, Rank};

use super::{Client, Scene, redaction};
use crate::simulator::{
    checkers::{Checked, Finding, ensure},
    people::{Attempt, Proof, Said, Told, passwords},
    rank,
};

/// What a client knows of its own account.
#[derive(Debug, Default)]
pub(crate) struct Person {
    /// The account that it is signed in to.
    pub(crate) account: Option<AccountId>,
    /// The account that it was signed in to before.
    pub(crate) former: Option<AccountId>,
    /// Its attempts to sign in.
    attempts: Vec<Attempt>,
    /// The certificate of its connection.
    pub(crate) certificate: Option<Fingerprint>,
    /// The account of its last first message of SCRAM.
    opening: String,
    /// The account and the server's first message, if the client is to answer it.
    pub(crate) challenge: Option<(String, String)>,
    /// Whether the client is to answer the server's own proof.
    pub(crate) is_proved: bool,
    /// The ranks with which it has entered rooms whose list of names has not come yet.
    expected: BTreeMap<String, Rank>,
    /// Who has signed in and must enter one of its rooms, folded.
    pub(crate) announced: BTreeSet<String>,
    /// Whether it was told that its connection ends.
    pub(crate) is_ending: bool,
}

impl Person {
    /// Notes what a line that the client sends may prove.
    pub(crate) fn sends(&mut self, line: &[u8], told: &Told) {
        let Ok(message) = Message::parse(line) else { return };
        let words: Vec<&str> = message.params.iter().flat_map(|param| param.split(' ')).collect();
        match message.command.to_ascii_uppercase().as_str() {
            "AUTHENTICATE" => self.authenticates(words.first().copied().unwrap_or_default(), told),
            "REGISTER" => self.attempt(None, message.param(2), told),
            "NS" | "NICKSERV" => self.asks_service(&words, told),
            "PRIVMSG" => self.asks_service(words.get(1..).unwrap_or_default(), told),
            _ => {}
        }
    }

    fn asks_service(&mut self, words: &[&str], told: &Told) {
        match *words {
            [_, account, password] => self.attempt(Some(account), Some(password), told),
            [_, password] => self.attempt(None, Some(password), told),
            _ => {}
        }
    }

    fn authenticates(&mut self, data: &str, told: &Told) {
        if let Some(certificate) = self.certificate {
            let (account, since) = (None, told.clock());
            self.attempts.push(Attempt { account, proof: Proof::Certificate(certificate), since });
        }
        let Some(text) = passwords::decoded(data) else { return };
        if let [_, account, password] = *text.split('\0').collect::<Vec<_>>().as_slice() {
            self.attempt(Some(account), Some(password), told);
        }
        if let Some(opening) = text.strip_prefix("n,,n=") {
            opening.split(',').next().unwrap_or_default().clone_into(&mut self.opening);
        }
    }

    /// Notes that the client proves by SCRAM that it knows a password.
    pub(crate) fn attempts_by_scram(&mut self, account: &str, password: &str, told: &Told) {
        self.attempt(Some(account), Some(password), told);
    }

    fn attempt(&mut self, account: Option<&str>, password: Option<&str>, told: &Told) {
        let Some(password) = password else { return };
        // Behind an `@`, a client may name its device.
        let account = account.map(|name| name.split('@').next().unwrap_or_default().to_owned());
        let app_password = AppPassword::hash(password).map(Proof::AppPassword);
        let proof = app_password.unwrap_or_else(|| Proof::Hash(passwords::hash(password)));
        self.attempts.push(Attempt { account, proof, since: told.clock() });
    }

    /// Handles the server's next message of SASL.
    fn hear_sasl(&mut self, data: &str) {
        let text = passwords::decoded(data).unwrap_or_default();
        self.is_proved = text.starts_with("v=");
        self.challenge = text.starts_with("r=").then(|| (self.opening.clone(), text));
    }
}

/// Handles a line of the server that people see in their own way. Returns whether it was one.
pub(super) fn hear_server(client: &mut Client, message: &Message<'_>, scene: &mut Scene) -> Checked<bool> {
    is_no_secret(client, message, scene)?;
    let to_room = message.param(0).is_some_and(is_channel);
    match message.command {
        "001" => {
            client.nick = message.param(0).map(str::to_owned);
            let nick = client.folded_nick(scene);
            client.nicks.insert(nick);
        }
        "AUTHENTICATE" => client.person.hear_sasl(message.param(0).unwrap_or_default()),
        "900" => signed_in(client, message.param(2).unwrap_or_default(), scene)?,
        "901" => {
            client.was_operator = client.may_be_operator(scene);
            client.person.former = client.person.account.take();
        }
        "381" => is_operator(client, scene),
        "221" if message.param(1).is_some_and(|modes| modes.contains('o')) => is_operator(client, scene),
        "903" => ensure(client.person.account.is_some(), "sign-in", || "without an account".to_owned())?,
        "NOTE" if message.param(1) == Some("INVITATION_CREATED") => hear_invitation(message, scene),
        "REGISTER" => service::hear_register(client, message, scene)?,
        "331" | "332" => super::names::hear_topic(client, message, scene)?,
        "366" => room::hear_names_end(client, message, scene)?,
        "MODE" if to_room => room::hear_modes(client, message, scene)?,
        "NOTICE" if to_room => {}
        "KILL" => {
            ensure(message.param(0) == client.nick.as_deref(), "target", || "of someone else".to_owned())?;
        }
        "KICK" => room::hear_deletion(client, message, scene)?,
        "761" | "766" | "METADATA" => {}
        _ => return Ok(false),
    }
    Ok(true)
}

/// Handles that the client is signed in to an account, which it must have proved to be its own.
fn signed_in(client: &mut Client, name: &str, scene: &mut Scene) -> Checked {
    let Some(people) = &scene.people else { return Ok(()) };
    scene.sign_ins += 1;
    let gone = || people.told.gone_named(name).filter(|_| !people.is_exact);
    let account = people.told.account_named(name).or_else(gone);
    let account = account.ok_or_else(|| Finding::new("sign-in", format!("{name} does not exist")))?;
    let id = account.id;
    let is_proved = client.person.attempts.iter().any(|attempt| people.told.proves(id, attempt));
    // Whoever has deleted their account, and creates another, does so with all clients.
    let is_renewed = client.person.former.is_some() && account.name.folded() == client.folded_nick(scene);
    ensure(is_proved || is_renewed || client.person.account == Some(id), "sign-in", || {
        format!("{} is signed in to {name}, and has given {:?}", client.name(), client.person.attempts)
    })?;
    ensure(account.suspended.is_none() || !people.is_exact, "sign-in", || format!("{name} is suspended"))?;
    client.person.account = Some(id);
    note_operator(client, scene);
    Ok(())
}

/// Remembers the number and the code of an invitation, for everybody.
fn hear_invitation(message: &Message<'_>, scene: &mut Scene) {
    let words = message.param(2).zip(message.param(3));
    if let (Some(people), Some((id, code))) = (&mut scene.people, words) {
        people.told.codes.push((id.to_owned(), code.to_owned()));
    }
}

/// Notes that the client was told that its person is an operator of the server, with this client or another.
fn is_operator(client: &mut Client, scene: &mut Scene) {
    client.was_operator = true;
    note_operator(client, scene);
}

/// Handles that the modes of the client's person have changed.
fn hear_own_modes(client: &mut Client, message: &Message<'_>, scene: &mut Scene) {
    let gained = message.param(1).unwrap_or_default().split('-').next().unwrap_or_default();
    if gained.contains('o') {
        is_operator(client, scene);
    }
}

/// Notes that whoever is signed in to the client's account may be an operator, with all clients.
fn note_operator(client: &Client, scene: &mut Scene) {
    if let (Some(people), true) = (&mut scene.people, client.was_operator) {
        people.operators.extend(client.person.account);
    }
}

impl Client {
    /// Whether the client's person has ever been an operator of the server, with this client or another.
    pub(crate) fn may_be_operator(&self, scene: &Scene) -> bool {
        let operators = scene.people.as_ref().map(|people| &people.operators);
        let account = self.person.account;
        self.was_operator
            || operators.zip(account).is_some_and(|(operators, account)| operators.contains(&account))
    }
}

/// Checks that the server reveals nothing about a secret room that the client is not in.
fn is_no_secret(client: &Client, message: &Message<'_>, scene: &Scene) -> Checked {
    let Some(people) = scene.people.as_ref().filter(|people| people.is_exact) else { return Ok(()) };
    let names: Vec<&str> = match message.command {
        "322" | "352" => message.param(1).into_iter().collect(),
        "353" => message.param(2).into_iter().collect(),
        "319" => message.params.last().copied().unwrap_or_default().split(' ').collect(),
        _ => return Ok(()),
    };
    for name in names {
        let name = scene.fold(rank::status_target(name).1);
        let room = people.told.room_named(&name);
        let is_secret = room.is_some_and(|room| room.flags.contains(Flags::SECRET));
        ensure(
            !is_secret || client.may_be_operator(scene) || client.rooms.contains_key(&name),
            "leak",
            || format!("{} is told of {name}, which is secret", client.name()),
        )?;
    }
    Ok(())
}

/// Handles a line of a user or a service.
pub(super) fn hear_user(
    client: &mut Client,
    message: &Message<'_>,
    from: &str,
    scene: &mut Scene,
) -> Checked {
    ensure(client.nick.is_some(), "outside", || "the client is not registered".to_owned())?;
    let target = message.param(0).unwrap_or_default();
    let to_me = scene.fold(target) == client.folded_nick(scene);
    let from_me = scene.fold(from) == client.folded_nick(scene);
    match message.command {
        "NOTICE" if service::is_service(from) => service::hear(client, message, from, scene),
        "PRIVMSG" | "NOTICE" | "TAGMSG" => hear_said(client, message, (from_me, to_me), scene),
        "JOIN" => room::hear_join(client, message, from, scene),
        "PART" => room::hear_leaving(client, message, from, scene),
        "KICK" => room::hear_kick(client, message, from, scene),
        "MODE" if is_channel(target) => room::hear_modes(client, message, scene),
        "TOPIC" => room::hear_new_topic(client, message, scene),
        "NICK" => room::hear_nick(client, message, from, scene),
        "QUIT" => room::hear_quit(client, message, from, scene),
        "RENAME" => room::hear_rename(client, message, scene),
        "REDACT" => {
            let mine = to_me || from_me || client.rooms.contains_key(&scene.fold(target));
            ensure(mine, "outside", || "a message that the client never had".to_owned())?;
            if from_me { redaction::check_may_delete(client, message, scene) } else { Ok(()) }
        }
        "INVITE" | "WALLOPS" => Ok(()),
        "MODE" | "KILL" => {
            ensure(to_me, "target", || "to someone else".to_owned())?;
            if message.command == "MODE" {
                hear_own_modes(client, message, scene);
            }
            Ok(())
        }
        "AWAY" => client.hear_of(from, Capabilities::AWAY_NOTIFY, scene),
        "SETNAME" => client.hear_of(from, Capabilities::SETNAME, scene),
        "ACCOUNT" => hear_account(client, from, scene),
        _ => Err(Finding::new("unknown line", "the client knows no such command of a user".to_owned())),
    }
}

/// Handles that somebody has signed in or out. Whoever uses an invitation enters its rooms by the same entry, and
/// those who are there may be told first who it is.
fn hear_account(client: &mut Client, from: &str, scene: &Scene) -> Checked {
    client.needs(Capabilities::ACCOUNT_NOTIFY)?;
    if client.hear_of(from, Capabilities::ACCOUNT_NOTIFY, scene).is_err() {
        client.person.announced.insert(scene.fold(from));
    }
    Ok(())
}

/// Handles something that was said in one of the client's rooms, or to the client or by its person.
fn hear_said(
    client: &Client,
    message: &Message<'_>,
    (from_me, to_me): (bool, bool),
    scene: &mut Scene,
) -> Checked {
    let target = message.param(0).unwrap_or_default();
    let (signs, name) = rank::status_target(target);
    let name = scene.fold(name);
    let room = client.rooms.get(&name);
    let text = message.param(1).unwrap_or_default();
    // A client that cannot distinguish history from new messages may read what its person said and heard under
    // other names.
    let is_history = client.is_muddled()
        && client.person.account.is_some_and(|account| scene.store.has_said_in_private(text, account));
    let is_mine = from_me || to_me || room.is_some() || is_history;
    ensure(is_mine, "outside", || format!("what was said to {target}"))?;
    if !signs.is_empty() {
        let own = room.and_then(|room| room.signs(&client.folded_nick(scene)));
        let may = from_me || own.is_none_or(|own| signs.chars().any(|sign| rank::is_at_least(own, sign)));
        return ensure(may, "leak", || format!("{own:?} hears what was said to {target}"));
    }
    let is_kept = scene.settings.network.history && message.command != "TAGMSG" && is_channel(&name);
    ensure(!is_kept || scene.store.was_said(text), "history", || "it is not kept".to_owned())?;
    let from = scene.fold(message.source.map_or("", |source| source.name));
    let what = (
        message.command.to_owned(),
        if message.command == "TAGMSG" { super::room::client_only(message) } else { text.to_owned() },
    );
    if let Some(people) = &mut scene.people {
        let (is_new, receipts) = (!client.is_muddled(), BTreeMap::new());
        people.hear(client.connection, Said { what, target: name, from, is_new, receipts });
    }
    Ok(())
}
