//! One person with an account and two devices: what they do, and what they were told is done.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
};

use super::{PEOPLE, found::Reader, support::Client};

pub(crate) const PASSWORD: &str = "correcthorse";

const CAPABILITIES: &str = "labeled-response batch echo-message message-tags server-time draft/read-marker \
                            draft/chathistory draft/metadata-3";

/// What is true about somebody, such as `topic #tea` with its text.
pub(crate) type Facts = BTreeMap<String, String>;

/// A fact that something makes true, or with no value, untrue.
pub(crate) type News = (String, Option<String>);

/// Something that a person can do.
pub(crate) struct Act {
    /// The line that does it.
    pub(crate) line: String,
    /// What is true then.
    pub(crate) news: Vec<News>,
    /// The conversation in which it says something, with the text.
    pub(crate) said: Option<(String, String)>,
    /// Whether the other device is told in the same words, without the label.
    pub(crate) for_both: bool,
}

impl Act {
    pub(crate) fn new(line: String, news: impl IntoIterator<Item = News>) -> Self {
        Self { line, news: news.into_iter().collect(), said: None, for_both: false }
    }
}

pub(crate) struct Person {
    pub(crate) name: String,
    number: usize,
    pub(crate) random: fastrand::Rng,
    /// What the server has confirmed.
    pub(crate) facts: Facts,
    /// What the last act would have made true, if nobody knows whether it was done.
    doubt: Vec<News>,
    /// What they have said, by conversation.
    said: BTreeMap<String, BTreeSet<String>>,
    said_last: Option<(String, String)>,
    /// How many acts were confirmed.
    pub(crate) done: usize,
    /// Numbers what they say and do, so that nothing is done twice.
    pub(crate) count: u64,
    /// Numbers the lines of a round, as labels.
    lines: u64,
}

/// How an act ended.
enum End {
    /// The answer, line by line.
    Done(Vec<String>),
    /// The connection is gone.
    Killed,
}

impl Person {
    pub(crate) fn new(number: usize, seed: u64) -> Self {
        Self {
            name: format!("p{number}"),
            number,
            random: fastrand::Rng::with_seed(seed * 1_000 + number as u64),
            facts: Facts::from([("modes".to_owned(), String::new())]),
            doubt: Vec::new(),
            said: BTreeMap::new(),
            said_last: None,
            done: 0,
            count: 0,
            lines: 0,
        }
    }

    /// Creates the account, and a room that is there from the beginning.
    pub(crate) fn registers(&mut self, address: SocketAddr) {
        let mut client = Client::open(address);
        client.introduce(&self.name, "");
        client.send(&format!("REGISTER * * {PASSWORD}"));
        client.until(|line| line.contains(" REGISTER SUCCESS "));
        let act = self.makes(&Self::home(self.number));
        client.send(&act.line);
        client.until(|line| line.contains(" 366 "));
        act.news.into_iter().for_each(|news| learn(&mut self.facts, news));
    }

    /// Comes in with one device. Returns what it is told.
    pub(crate) fn signs_in(&self, client: &mut Client) -> Vec<String> {
        enters(client, &self.name)
    }

    /// A room of each person that is there from the first round on.
    pub(crate) fn home(number: usize) -> String {
        format!("#home{number}")
    }

    /// The conversations in which this person speaks, that begin with them, with what they call them.
    pub(crate) fn conversations(&self) -> Vec<(String, String)> {
        let mut all: Vec<(String, String)> =
            (self.number..PEOPLE).map(|other| (self.conversation_with(other), format!("p{other}"))).collect();
        let home = Self::home(self.number);
        all.push((home.clone(), home));
        all
    }

    fn conversation_with(&self, other: usize) -> String {
        format!("p{} p{}", self.number.min(other), self.number.max(other))
    }

    /// Comes in with two devices.
    pub(crate) fn comes_in(&self, address: SocketAddr) -> [Client; 2] {
        [(); 2].map(|()| {
            let mut device = Client::open(address);
            self.signs_in(&mut device);
            device
        })
    }

    /// Acts with two devices until the server is gone.
    pub(crate) fn lives(&mut self, mut devices: [Client; 2], round: u64) {
        while self.acts(&mut devices, round) {}
    }

    /// Does one thing with one device. Returns whether the server is still there.
    fn acts(&mut self, devices: &mut [Client; 2], round: u64) -> bool {
        let act = self.next_act(round);
        let which = self.random.usize(..2);
        self.lines += 1;
        let (label, line) = (format!("{round}x{}", self.lines), act.line.clone());
        let end = ask(&mut devices[which], &label, &line);
        let End::Done(answer) = end else {
            (self.doubt, self.said_last) = (act.news, act.said);
            return false;
        };
        let is_refused = |line: &&String| line.contains(" FAIL ") || refusal(line).is_some();
        assert!(answer.iter().find(is_refused).is_none(), "{line} was answered by {answer:?}");
        self.done += 1;
        let mut news = act.news;
        for (key, _) in news.iter_mut().filter(|(key, _)| key == "invitation ?") {
            let made = answer.iter().find_map(|line| line.split_once(" INVITATION_CREATED "));
            *key = format!("invitation {}", made.unwrap().1.split(' ').next().unwrap());
        }
        news.into_iter().for_each(|news| learn(&mut self.facts, news));
        if let Some((conversation, text)) = act.said {
            self.said.entry(conversation).or_default().insert(text);
        }
        if act.for_both {
            let other = &mut devices[1 - which];
            loop {
                match other.line() {
                    Some(heard) if heard.ends_with(&line) => break,
                    Some(_) => {}
                    None => return false,
                }
            }
        }
        true
    }

    /// Compares what was confirmed with what is found, and goes on from there. Returns how many acts were neither
    /// confirmed nor done.
    pub(crate) fn settle(&mut self, reader: &mut Reader, round: u64) -> usize {
        let found = reader.facts_of(self);
        let mut doubt: BTreeMap<String, Option<String>> =
            std::mem::take(&mut self.doubt).into_iter().collect();
        let undone = doubt.iter().any(|(key, value)| found.get(key) != value.as_ref());
        let keys: BTreeSet<String> = self.facts.keys().chain(found.keys()).cloned().collect();
        for key in &keys {
            let (confirmed, is) = (self.facts.get(key), found.get(key));
            let is_new_code = key.starts_with("invitation ") && confirmed.is_none();
            let may_be = if is_new_code { doubt.remove("invitation ?") } else { doubt.remove(key) };
            let is_as_doubted = may_be.is_some_and(|value| is_new_code || value.as_ref() == is);
            assert!(
                is == confirmed || is_as_doubted,
                "round {round}: of {}, {key} was {confirmed:?} and is {is:?}",
                self.name
            );
        }
        self.facts = found;
        usize::from(undone)
    }

    /// The same for what was said in a conversation.
    pub(crate) fn settle_said(
        &mut self,
        conversation: &str,
        found: &BTreeMap<(&str, &str), usize>,
        round: u64,
    ) -> usize {
        let name = self.name.as_str();
        let said = self.said.entry(conversation.to_owned()).or_default();
        let lost = said.iter().find(|text| !found.contains_key(&(name, text.as_str())));
        assert!(lost.is_none(), "round {round}: {lost:?} of {name} is not in {conversation}");
        let Some((_, text)) = self.said_last.take_if(|(last, _)| last == conversation) else { return 0 };
        let is_there = found.contains_key(&(name, text.as_str()));
        if is_there {
            said.insert(text);
        }
        usize::from(!is_there)
    }

    /// How much this person has said in a conversation.
    pub(crate) fn said_in(&self, conversation: &str) -> usize {
        self.said.get(conversation).map_or(0, BTreeSet::len)
    }

    /// A message to a person or a room.
    pub(crate) fn says(&mut self, round: u64) -> Act {
        let other = self.random.usize(..=PEOPLE);
        let (conversation, target) = if other == PEOPLE {
            (Self::home(self.number), Self::home(self.number))
        } else {
            (self.conversation_with(other), format!("p{other}"))
        };
        self.count += 1;
        let text = format!("round {round} number {}", self.count);
        let mut act = Act::new(format!("PRIVMSG {target} :{text}"), []);
        act.said = Some((conversation, text));
        act
    }

    /// The number of another person.
    pub(crate) fn other(&mut self) -> usize {
        (self.number + self.random.usize(1..PEOPLE)) % PEOPLE
    }

    pub(crate) const fn number(&self) -> usize {
        self.number
    }
}

fn learn(facts: &mut Facts, (key, value): News) {
    match value {
        Some(value) => facts.insert(key, value),
        None => facts.remove(&key),
    };
}

/// The number of a numeric that refuses something.
fn refusal(line: &str) -> Option<u32> {
    let number: u32 = line.split(' ').skip_while(|word| !word.starts_with(':')).nth(1)?.parse().ok()?;
    // 766 says that a value of METADATA was removed.
    (400..700).contains(&number).then_some(number)
}

/// Sends a line with a label, and reads up to the end of its answer.
fn ask(client: &mut Client, label: &str, line: &str) -> End {
    if client.try_send(format!("@label={label} {line}\r\n").as_bytes()).is_err() {
        return End::Killed;
    }
    let tag = format!("label={label}");
    let (mut answer, mut batch): (Vec<String>, Option<String>) = (Vec::new(), None);
    loop {
        let Some(heard) = client.line() else { return End::Killed };
        let (tags, rest) =
            heard.strip_prefix('@').and_then(|line| line.split_once(' ')).unwrap_or(("", &heard));
        if let Some(end) = &batch {
            answer.push(heard.clone());
            if rest.ends_with(end.as_str()) {
                return End::Done(answer);
            }
        } else if tags.split(';').any(|found| found == tag) {
            answer.push(heard.clone());
            match rest.split(" BATCH +").nth(1) {
                Some(opened) => batch = Some(format!(" BATCH -{}", opened.split(' ').next().unwrap())),
                None => return End::Done(answer),
            }
        }
    }
}

/// Signs in and registers. Returns everything that this causes.
pub(crate) fn enters(client: &mut Client, name: &str) -> Vec<String> {
    client.send(&format!("CAP REQ :{CAPABILITIES}"));
    assert_eq!(client.sign_in(name, PASSWORD), "903", "{name}");
    client.send(&format!("NICK {name}\r\nUSER {name} 0 * :{name}\r\nCAP END"));
    let mut heard = client.until(|line| line.contains(" 376 ") || line.contains(" 422 "));
    heard.extend(client.sync());
    heard
}
