//! The people in the configuration: who runs the server, and who may become an operator.

use parla_proto::{
    Mask,
    mode::{UserModeFacts, UserModeSetter, UserModes},
};
use parla_server::settings::{self, Privileges};

use super::{
    hash::Hash,
    kind::{hash, is_empty, list, placed, text},
    problem::{Problems, nearest},
    table::{Placed, Table, Value},
};

/// The table `[admin]`.
pub(super) fn admin(table: &mut Table<'_>) -> settings::Admin {
    settings::Admin {
        location: table.or("location", text, String::new()),
        organization: table.or("organization", text, String::new()),
        email: table.or("email", text, String::new()),
    }
}

/// One table `[[oper]]`.
#[derive(Debug)]
pub(super) struct Operator {
    name: Placed<String>,
    pub(super) password: Hash,
    hosts: Vec<Mask>,
    title: String,
    privileges: Privileges,
}

impl Operator {
    /// `None` if something required is missing.
    pub(super) fn read(table: &mut Table<'_>) -> Option<Self> {
        let name = table.need("name", placed(word));
        let password = table.need("password", hash);
        let hosts = table.maybe("hosts", hosts);
        let hosts = hosts.unwrap_or_else(|| Mask::parse("*@*").into_iter().collect());
        let title = table.or("title", text, "is an operator of this server".to_owned());
        let privileges = table.need("privileges", list(privilege));
        let privileges = privileges?.into_iter().fold(Privileges::empty(), |all, one| all | one);
        Some(Self { name: name?, password: password?, hosts, title, privileges })
    }

    /// The operator without its password.
    pub(super) fn to_settings(&self) -> settings::Operator {
        settings::Operator {
            name: self.name.value.clone(),
            title: self.title.clone(),
            hosts: self.hosts.clone(),
            privileges: self.privileges,
        }
    }

    /// Reports names that several operators have.
    pub(super) fn check_all(all: &[Self], problems: &Problems) {
        for (index, Self { name, .. }) in all.iter().enumerate() {
            let before = all.iter().take(index).find(|before| before.name.value == name.value);
            if let Some(line) = before.and_then(|before| before.name.line) {
                let words =
                    format!("oper.name: {:?} is the name of the operator in line {line}, too", name.value);
                problems.error(name.line, words);
            }
        }
    }
}

/// A text that can be a single parameter of OPER.
fn word(value: &Value<'_>) -> Option<String> {
    let word = text(value)?;
    let is_word = !(word.is_empty() || word.contains(char::is_whitespace) || word.starts_with(':'));
    if is_word { Some(word) } else { value.wrong("must be one word") }
}

fn hosts(value: &Value<'_>) -> Option<Vec<Mask>> {
    if is_empty(value) {
        value.warning("nobody can be this operator, as no host is named");
    }
    list(host)(value)
}

fn host(value: &Value<'_>) -> Option<Mask> {
    let host = text(value)?;
    if !host.contains('@') {
        return value.wrong("must be of the form user@host, such as \"*@10.0.0.0/8\"");
    }
    Mask::parse(&host).map_err(|bad| value.error(&format!("{host:?} matches nobody. {}", bad.why()))).ok()
}

fn privilege(value: &Value<'_>) -> Option<Privileges> {
    let name = text(value)?;
    let Some(privilege) = Privileges::named(&name) else {
        let known: Vec<&str> = ["all"].into_iter().chain(Privileges::all().names()).collect();
        let hint = nearest(&name, known.iter().copied()).map_or_else(
            || format!("there are {}", known.join(", ")),
            |near| format!("did you mean {near:?}?"),
        );
        value.error(&format!("there is no privilege {name:?}; {hint}"));
        return None;
    };
    if Privileges::WITHOUT_EFFECT.contains(privilege) {
        value.warning(&format!("the privilege {name:?} does nothing yet"));
    }
    Some(privilege)
}

/// Letters of modes that users can set themselves.
pub(super) fn user_modes(value: &Value<'_>) -> Option<UserModes> {
    let letters = text(value)?;
    let mode = |letter| {
        let facts = UserModeFacts::of_letter(letter)?;
        (facts.setter == UserModeSetter::User).then_some(facts.mode)
    };
    let mut modes = letters.chars().filter(|letter| *letter != '+').map(mode);
    modes
        .try_fold(UserModes::empty(), |all, mode| Some(all | mode?))
        .or_else(|| value.wrong("may hold letters of modes that users give themselves, such as \"+i\""))
}
