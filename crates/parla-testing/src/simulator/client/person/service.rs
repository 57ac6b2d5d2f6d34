//! What NickServ, ChanServ and REGISTER have confirmed to a person, which must be what is kept.

use parla_proto::Message;

use super::super::{Client, Scene};
use crate::simulator::{
    checkers::{Checked, ensure},
    people::{Told, passwords},
};

/// The services, as what they say starts.
const SERVICES: [&str; 2] = ["NickServ", "ChanServ"];

pub(super) fn is_service(name: &str) -> bool {
    SERVICES.contains(&name)
}

/// Handles that an account was created, which must be kept with the password that the client gave.
pub(super) fn hear_register(client: &Client, message: &Message<'_>, scene: &Scene) -> Checked {
    let Some(people) = scene.people.as_ref().filter(|people| people.is_exact) else { return Ok(()) };
    let name = message.param(1).unwrap_or_default();
    has_password(&people.told, name, &last_word(client))
}

/// The last word of the line that is being answered.
fn last_word(client: &Client) -> String {
    let line = client.current.as_ref().map(super::super::answer::Answer::text).unwrap_or_default();
    let word = line.trim_end().rsplit([' ', ':']).next().unwrap_or_default();
    word.to_owned()
}

fn has_password(told: &Told, account: &str, password: &str) -> Checked {
    let kept = told.account_named(account).and_then(|account| account.password.as_ref());
    let hash = passwords::hash(password);
    ensure(kept.is_some_and(|kept| *kept.hash == *hash), "confirmed", || {
        let kept = kept.map(|kept| &kept.hash);
        format!("{account} was told to have the password {password}, and {kept:?} is kept")
    })
}

/// Handles what a service says to the client.
pub(super) fn hear(client: &Client, message: &Message<'_>, from: &str, scene: &Scene) -> Checked {
    let text = message.param(1).unwrap_or_default();
    let Some(people) = scene.people.as_ref().filter(|people| people.is_exact) else { return Ok(()) };
    if from == "ChanServ" { of_room(client, text, scene) } else { of_account(client, text, &people.told) }
}

fn of_account(client: &Client, text: &str, told: &Told) -> Checked {
    if text == "Your account is created, and you are signed in to it" {
        let own = client.person.account.and_then(|own| told.account(own));
        return match own {
            Some(own) => has_password(told, own.name.as_str(), &last_word(client)),
            // They are told of their account before or after this.
            None => Ok(()),
        };
    }
    let Some((name, done)) = text.split_once(' ') else { return Ok(()) };
    let account = told.account_named(name);
    let is_so = match done {
        "has a new password" => return has_password(told, name, &last_word(client)),
        "is suspended" => account.is_some_and(|account| account.suspended.is_some()),
        "is not suspended any more" => account.is_some_and(|account| account.suspended.is_none()),
        "is deleted" => account.is_none(),
        "is created" => account.is_some(),
        "has a new certificate" => {
            let own = client.person.certificate;
            account.is_some_and(|account| own.is_some_and(|own| account.certificates.contains(&own)))
        }
        _ => true,
    };
    ensure(is_so, "confirmed", || format!("{text:?}, and kept is {account:?}"))
}

fn of_room(client: &Client, text: &str, scene: &Scene) -> Checked {
    let Some(people) = &scene.people else { return Ok(()) };
    let told = &people.told;
    let words: Vec<&str> = text.split(' ').collect();
    let is_so = match *words.as_slice() {
        [room, "is", "yours", "now"] => {
            let owner = told.room_named(&scene.fold(room)).and_then(|room| room.owner);
            owner.is_some() && owner == client.person.account
        }
        [room, "belongs", "to", "the", "server"] => {
            let name = scene.fold(room);
            let is_the_servers =
                scene.settings.network.autojoin.iter().any(|room| scene.fold(room.as_str()) == name);
            is_the_servers && told.room_named(&name).is_none_or(|room| room.owner.is_none())
        }
        [room, "belongs", "to", whom, ..] => {
            let owner = told.room_named(&scene.fold(room)).and_then(|room| room.owner);
            owner.is_some() && owner == told.account_named(whom).map(|account| account.id)
        }
        [room, "has", "no", "owner", ..] => {
            told.room_named(&scene.fold(room)).is_none_or(|room| room.owner.is_none())
        }
        [account, "has", ranks, "in", room] if ranks.starts_with('+') => {
            let account = told.account_named(account).map(|account| account.id);
            let room = told.room_named(&scene.fold(room));
            let rank = room.zip(account).and_then(|(room, account)| room.access.get(&account));
            rank.is_some_and(|rank| format!("+{}", rank.letters()) == ranks)
        }
        _ => true,
    };
    ensure(is_so, "confirmed", || {
        format!(
            "{text:?}, and kept are {:?} of {:?}",
            told.rooms().collect::<Vec<_>>(),
            told.accounts().map(|a| (a.id, a.name.to_string())).collect::<Vec<_>>()
        )
    })
}
