//! What must hold of people when nothing is on its way: as whom every client is signed in, and that all clients
//! of one person agree.
//!
//! A server is asked as its administrator asks it, and compared with what clients know and with what is kept.

use std::collections::{BTreeMap, BTreeSet};

use parla_proto::Source;
use parla_server::{
    AccountDetails, AccountId, AccountState, AdminAnswer, AdminRequest, ChannelDetails, Rank,
};

use super::World;
use crate::simulator::{
    checkers::{Checked, Finding, ensure},
    client::{Client, watch},
    machine::Turn,
    rank::Signs,
};

impl World {
    /// Checks, when nothing is on its way, that people are who they are.
    pub(super) fn check_people(&mut self) -> Checked {
        // The last entries may have told nobody anything.
        self.come_to(Turn { place: self.log.len(), is_after: true })?;
        self.all_have_heard()?;
        let mut accounts: Vec<AccountState> = Vec::new();
        let mut rooms: BTreeSet<String> = BTreeSet::new();
        if let Some(people) = &self.scene.people {
            accounts.extend(people.told.accounts().cloned());
            rooms.extend(people.told.rooms().map(|room| room.name.folded().to_owned()));
        }
        rooms.extend(self.clients.values().flat_map(|client| client.rooms.keys().cloned()));
        let mut here: BTreeSet<String> =
            self.registered().map(|client| client.folded_nick(&self.scene)).collect();
        let mut by_nick: BTreeMap<String, AccountId> = BTreeMap::new();
        for account in accounts {
            let details = self.details(&account)?;
            let nick = details.user.as_ref().map(|user| self.scene.fold(Source::parse(user).name));
            self.check_account(&account, &details, nick.as_deref())?;
            by_nick.extend(nick.iter().map(|nick| (nick.clone(), account.id)));
            here.extend(nick);
        }
        self.check_clients(&by_nick)?;
        for client in self.clients.values() {
            watch::is_true(client, &here)?;
            ensure(client.person.announced.is_empty(), "outside", || {
                format!("{} was told of {:?}, and shares no room", client.name(), client.person.announced)
            })?;
        }
        for room in rooms {
            self.check_room(&room, &by_nick)?;
        }
        Ok(())
    }

    fn registered(&self) -> impl Iterator<Item = &Client> {
        self.clients.values().filter(|client| client.nick.is_some())
    }

    /// What a server answers to its administrator.
    fn ask(&mut self, request: AdminRequest) -> Option<AdminAnswer> {
        let (now, machine) = (self.now, self.machines.first_mut()?);
        machine.ask(now, request)
    }

    fn details(&mut self, account: &AccountState) -> Checked<AccountDetails> {
        match self.ask(AdminRequest::Account { name: account.name.to_string() }) {
            Some(AdminAnswer::Account(details)) => Ok(*details),
            other => Err(Finding::new("people", format!("{account:?} is {other:?}"))),
        }
    }

    /// Checks who is signed in to an account, and with which clients.
    fn check_account(&self, account: &AccountState, details: &AccountDetails, nick: Option<&str>) -> Checked {
        let name = &account.name;
        let own: Vec<&Client> =
            self.registered().filter(|client| client.person.account == Some(account.id)).collect();
        ensure(own.len() == details.sessions, "people", || {
            let own: Vec<String> = own.iter().map(|client| client.name()).collect();
            format!("{own:?} are signed in to {name}, and the server knows {details:?}")
        })?;
        let strange = own.iter().find(|client| Some(client.folded_nick(&self.scene).as_str()) != nick);
        ensure(strange.is_none(), "people", || {
            format!(
                "{:?} is signed in to {name}, whose nick is {nick:?}",
                strange.map(|client| client.name())
            )
        })?;
        let is_out = account.suspended.is_some();
        ensure(!(is_out && details.user.is_some()), "people", || {
            format!("{name} is suspended and is here: {details:?}")
        })?;
        let policy = self.scene.settings.network.accounts.as_ref().map(|accounts| accounts.always_on);
        let stays = policy.is_some_and(|policy| policy.applies(account.always_on));
        ensure(details.user.is_none() || details.sessions > 0 || stays, "people", || {
            format!("{name} is here without a client: {details:?}")
        })?;
        // Whoever stays is kept as somebody who stays, and is here as long as that is kept.
        let is_kept = account.presence.is_some();
        ensure(is_kept == (details.user.is_some() && stays), "people", || {
            format!("{name} stays: {stays}, is here: {details:?}, is kept: {:?}", account.presence)
        })
    }

    /// Checks that each client is somebody, and nobody whose name belongs to somebody else.
    fn check_clients(&self, by_nick: &BTreeMap<String, AccountId>) -> Checked {
        let Some(people) = &self.scene.people else { return Ok(()) };
        let accounts = self.scene.settings.network.accounts.as_ref();
        let reserves = accounts.is_some_and(|accounts| accounts.reserve_nicks);
        let mut seen: BTreeMap<String, &Client> = BTreeMap::new();
        for client in self.registered() {
            let nick = client.folded_nick(&self.scene);
            let (account, known) = (client.person.account, by_nick.get(&nick).copied());
            ensure(account == known, "people", || {
                format!("{} believes to be signed in to {account:?}, and is to {known:?}", client.name())
            })?;
            if let Some(other) = seen.insert(nick.clone(), client) {
                // Whoever deletes their account stays as a guest, with all clients.
                let was_one = client.person.former.is_some() && client.person.former == other.person.former;
                ensure(account.is_some() || was_one, "people", || {
                    format!("{} and {} are one guest", client.name(), other.name())
                })?;
                let is_same = client.rooms.keys().eq(other.rooms.keys());
                ensure(is_same, "people", || {
                    let rooms = |client: &Client| client.rooms.keys().cloned().collect::<Vec<_>>();
                    format!(
                        "{} is in {:?}, {} in {:?}",
                        client.name(),
                        rooms(client),
                        other.name(),
                        rooms(other)
                    )
                })?;
            }
        }
        let held = by_nick.iter().map(|(nick, account)| (nick.clone(), Some(*account)));
        let all = held.chain(seen.into_iter().map(|(nick, client)| (nick, client.person.account)));
        for (nick, account) in all.filter(|_| reserves) {
            let owner = people.told.accounts().find(|owner| looks(owner.name.as_str()) == looks(&nick));
            ensure(owner.is_none_or(|owner| Some(owner.id) == account), "names", || {
                format!("{nick} is the name of {owner:?} and held by {account:?}")
            })?;
        }
        Ok(())
    }

    /// Checks who is in a room, with which ranks, and that its members know it.
    fn check_room(&mut self, name: &str, by_nick: &BTreeMap<String, AccountId>) -> Checked {
        let details = match self.ask(AdminRequest::Channel { name: name.to_owned() }) {
            Some(AdminAnswer::Channel(details)) => *details,
            other => return Err(Finding::new("people", format!("{name} is {other:?}"))),
        };
        let members: BTreeMap<String, Signs> = details
            .members
            .iter()
            .map(|member| (self.scene.fold(Source::parse(&member.source).name), Signs::of(&member.signs)))
            .collect();
        self.check_owned(&details, &members, by_nick)?;
        for client in self.registered() {
            let is_in = members.contains_key(&client.folded_nick(&self.scene));
            ensure(is_in == client.rooms.contains_key(name), "membership", || {
                format!("{} is in {name} for the server: {is_in}, and not for itself", client.name())
            })?;
            let Some(room) = client.rooms.get(name) else { continue };
            let agrees = room.members.keys().eq(members.keys());
            ensure(agrees, "membership", || {
                format!("in {name} {} sees {:?}, there are {members:?}", client.name(), room.members)
            })?;
            let differs = room
                .members
                .iter()
                .find(|(nick, member)| room.ranks_known && members.get(*nick) != Some(member.signs()));
            ensure(differs.is_none(), "ranks", || {
                format!("in {name} {} sees {differs:?}, there are {members:?}", client.name())
            })?;
            let topic = details.state.topic.as_ref().map_or("", |topic| &topic.text);
            ensure(topic == room.topic, "topic", || {
                format!("in {name} {} sees {:?}, and it is {topic:?}", client.name(), room.topic)
            })?;
        }
        Ok(())
    }

    /// Checks that a room's owner can look after it, and that each member has the ranks that are kept.
    fn check_owned(
        &self,
        details: &ChannelDetails,
        members: &BTreeMap<String, Signs>,
        by_nick: &BTreeMap<String, AccountId>,
    ) -> Checked {
        let state = &details.state;
        let Some(owner) = state.owner else {
            return ensure(state.access.is_empty(), "owned", || format!("{state:?} is remembered"));
        };
        let people = self.scene.people.as_ref();
        let is_there = people.is_some_and(|people| people.told.account(owner).is_some());
        ensure(is_there, "owned", || format!("{owner:?} does not exist and owns {}", state.name))?;
        let rank = state.access.get(&owner).copied().unwrap_or_default();
        ensure(rank.contains(Rank::OPERATOR), "owned", || format!("{owner:?} is no operator of {state:?}"))?;
        for (nick, signs) in members {
            let account = by_nick.get(nick);
            let kept = account.and_then(|account| state.access.get(account)).copied();
            // The owner is remembered as an operator even if they have given that up.
            let kept = kept.map(|kept| if account == Some(&owner) { kept - Rank::OPERATOR } else { kept });
            ensure(kept.is_none_or(|kept| signs.has_all(&Signs::of_rank(kept))), "owned", || {
                format!("{nick} has {signs:?} in {}, where {kept:?} is kept", state.name)
            })?;
        }
        Ok(())
    }
}

/// What a name of these runs looks like: Cyrillic letters look like others.
fn looks(name: &str) -> String {
    name.to_ascii_lowercase().replace('\u{430}', "a").replace('\u{43e}', "o")
}
