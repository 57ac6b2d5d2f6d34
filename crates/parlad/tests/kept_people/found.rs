//! What the server says after a start about people and what is theirs.

use std::{collections::BTreeMap, net::SocketAddr};

use super::{
    person::{Facts, Person, enters},
    support::Client,
};

/// A device that asks for everything.
pub(crate) struct Reader {
    client: Client,
    /// What it was told when it came in.
    told: Vec<String>,
}

impl Reader {
    pub(crate) fn enter(address: SocketAddr, name: &str) -> Self {
        let mut client = Client::open(address);
        let told = enters(&mut client, name);
        Self { client, told }
    }

    fn ask(&mut self, line: &str) -> Vec<String> {
        self.client.send(line);
        self.client.sync()
    }

    /// What the server says to this question in lines that contain these words: what follows them.
    fn after(&mut self, question: &str, words: &str) -> Vec<String> {
        let lines = self.ask(question);
        lines.iter().filter_map(|line| line.split_once(words)).map(|(_, rest)| rest.to_owned()).collect()
    }

    /// The certificates of whoever this is.
    pub(crate) fn certificates(&mut self) -> Vec<String> {
        let listed = self.after("NS CERT LIST", " :");
        let is_fingerprint =
            |word: &&str| word.len() == 64 && word.chars().all(|char| char.is_ascii_hexdigit());
        let words = listed.iter().flat_map(|line| line.split(' '));
        words.filter(is_fingerprint).map(str::to_owned).collect()
    }

    /// Everything that is true about a person.
    pub(crate) fn facts_of(&mut self, person: &Person) -> Facts {
        let mut facts = Facts::new();
        let name = &person.name;
        let joined = format!(":{name}!");
        let rooms = self.told.iter().filter(|line| line.contains(&joined));
        let rooms =
            rooms.filter_map(|line| line.split_once(" JOIN ")).map(|(_, room)| room.trim_start_matches(':'));
        // Everybody is put into this one.
        for room in rooms.filter(|room| *room != "#room") {
            facts.insert(format!("in {room}"), String::new());
        }
        // They have entered every room that is theirs, and are never in any other but somebody's home.
        let made: Vec<String> =
            facts.keys().filter_map(|key| key.strip_prefix("in ")).map(str::to_owned).collect();
        for room in made {
            self.room(&room, name, &mut facts);
        }
        let known = person.all("read ").into_iter();
        let rooms: Vec<String> =
            facts.keys().filter_map(|key| key.strip_prefix("owner ")).map(str::to_owned).collect();
        let others = (0..super::PEOPLE).map(|other| format!("p{other}"));
        for about in known.chain(rooms).chain(others) {
            let at = self.after(&format!("MARKREAD {about}"), &format!(" MARKREAD {about} ")).remove(0);
            if at != "*" {
                facts.insert(format!("read {about}"), at);
            }
        }
        for value in self.after("METADATA * LIST", &format!(" 761 {name} {name} ")) {
            let (key, value) = value.split_once(" * :").unwrap_or_else(|| panic!("{value}"));
            facts.insert(format!("value {key}"), value.to_owned());
        }
        for listed in self.after("INVITATION LIST", " INVITATION_LISTED ") {
            let words: Vec<&str> = listed.split(' ').collect();
            facts.insert(format!("invitation {}", words[0]), words[4].to_owned());
        }
        let modes = self.after(&format!("MODE {name}"), &format!(" 221 {name} +")).remove(0);
        facts.insert("modes".to_owned(), modes.chars().filter(|mode| "Biw".contains(*mode)).collect());
        facts
    }

    /// Everything that is true about a room, if it is this person's.
    fn room(&mut self, room: &str, name: &str, facts: &mut Facts) {
        let owner = self.after(&format!("CS INFO {room}"), " belongs to ").remove(0);
        let home = room.strip_prefix("#home").map(|number| format!("p{number}"));
        assert!(owner == name || home.as_ref() == Some(&owner), "{room} belongs to {owner}");
        if owner != name {
            return;
        }
        facts.insert(format!("owner {room}"), owner);
        for topic in self.after(&format!("TOPIC {room}"), &format!(" 332 {name} {room} :")) {
            facts.insert(format!("topic {room}"), topic);
        }
        for ban in self.after(&format!("MODE {room} b"), &format!(" 367 {name} {room} ")) {
            let mask = ban.split(' ').next().unwrap_or_default();
            facts.insert(format!("ban {room} {mask}"), String::new());
        }
        for ranked in self.after(&format!("CS AMODE {room}"), &format!(" NOTICE {name} :")) {
            if let Some((account, rank)) = ranked.split_once(": +") {
                facts.insert(format!("rank {room} {account}"), format!("+{rank}"));
            }
        }
    }

    /// Checks that the members of the homes have the ranks that these remember of them.
    pub(crate) fn check_ranks(address: SocketAddr, people: &[Person]) {
        for person in people {
            let mut reader = Self::enter(address, &person.name);
            let home = Person::home(person.number());
            let names = reader.after(&format!("NAMES {home}"), &format!(" 353 {} = {home} :", person.name));
            let there: BTreeMap<String, String> = names
                .iter()
                .flat_map(|line| line.split(' '))
                .map(|sign| sign.split_at(usize::from(!sign.starts_with(char::is_alphabetic))))
                .map(|(sign, nick)| (nick.to_owned(), sign.to_owned()))
                .collect();
            for other in people {
                let rank = person.facts.get(&format!("rank {home} {}", other.name));
                let sign = match rank.map(String::as_str) {
                    Some("+o") => "@",
                    Some("+h") => "%",
                    Some("+v") => "+",
                    _ => "",
                };
                let is_in = other.facts.contains_key(&format!("in {home}"));
                let wanted = is_in.then(|| sign.to_owned());
                assert_eq!(there.get(&other.name), wanted.as_ref(), "{} in {home}: {names:?}", other.name);
            }
        }
    }
}
