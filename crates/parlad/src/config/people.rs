//! The people whom the file names: who runs the server, and who may become an operator.

use parla_proto::{
    Mask,
    mode::{UserModeFacts, UserModeSetter, UserModes},
};
use parla_server::settings;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub(super) struct Admin {
    location: String,
    organization: String,
    email: String,
}

impl Admin {
    pub(super) fn into_settings(self) -> settings::Admin {
        settings::Admin { location: self.location, organization: self.organization, email: self.email }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Operator {
    name: String,
    pub(super) password: String,
    #[serde(default = "anywhere")]
    hosts: Vec<String>,
    #[serde(default = "title")]
    title: String,
    privileges: Vec<String>,
}

fn anywhere() -> Vec<String> {
    vec!["*@*".to_owned()]
}

fn title() -> String {
    "is an operator of this server".to_owned()
}

impl Operator {
    /// The operator without its password.
    pub(super) fn to_settings(&self) -> settings::Operator {
        let known = self.privileges.iter().filter_map(|name| settings::Privileges::named(name));
        settings::Operator {
            name: self.name.clone(),
            title: self.title.clone(),
            hosts: self.hosts.iter().filter_map(|host| Mask::parse(host).ok()).collect(),
            privileges: known.fold(settings::Privileges::empty(), |all, privilege| all | privilege),
        }
    }

    /// What is wrong with it.
    pub(super) fn problems(&self) -> Vec<String> {
        let name = &self.name;
        let mut problems = Vec::new();
        if name.is_empty() || name.contains(char::is_whitespace) || name.starts_with(':') {
            problems.push(format!("oper: the name {name:?} must be one word"));
        }
        if !crate::password::is_hash(&self.password) {
            problems.push(format!("oper {name:?}: password must be what `parlad hash-password` prints"));
        }
        let unknown = self.privileges.iter().filter(|name| settings::Privileges::named(name).is_none());
        problems.extend(unknown.map(|unknown| {
            let known: Vec<_> = settings::Privileges::all().names().collect();
            format!("oper {name:?}: there is no privilege {unknown:?}; there are all, {}", known.join(", "))
        }));
        for host in &self.hosts {
            if !host.contains('@') {
                problems.push(format!("oper {name:?}: the host {host:?} must be of the form user@host"));
            } else if let Err(bad) = Mask::parse(host) {
                problems.push(format!("oper {name:?}: the host {host:?} matches nobody. {}", bad.why()));
            }
        }
        problems
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Users {
    default_modes: String,
}

impl Users {
    /// The modes of a new user; none if a letter is not one that users give themselves.
    pub(super) fn modes(&self) -> Option<UserModes> {
        let letters = self.default_modes.chars().filter(|letter| *letter != '+');
        letters
            .map(|letter| {
                let facts = UserModeFacts::of_letter(letter)?;
                (facts.setter == UserModeSetter::User).then_some(facts.mode)
            })
            .try_fold(UserModes::empty(), |all, mode| Some(all | mode?))
    }
}
