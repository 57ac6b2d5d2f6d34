//! People in the world: what the entries of the log change about accounts and rooms, who had the right to it,
//! and that everybody gets what is said.
//!
//! The rights are implemented independently of the server. They are checked with what clients knew just before
//! the entry.

use parla_proto::Capabilities;
use parla_server::{
    AccountAsker, AccountChange, AccountEdit, AccountId, Change, ChannelChange, ChannelId, ChannelState,
    ConnectionId, EntryCommand, Input, InvitationAct, InvitationId, InvitationState, NodeId, OwnChannel,
    Ownership, Proposal, Rank,
};

use super::World;
use crate::simulator::{
    checkers::{Checked, ensure},
    client::Client,
    machine::Turn,
    people::{Said, script},
    rank::{self, Signs},
    rng::Rng,
};

impl World {
    /// Applies an entry to what has been told, after checking what it does.
    pub(super) fn people_come_to(&mut self, place: usize) -> Checked {
        let Some(people) = &self.scene.people else { return Ok(()) };
        let (_, proposal) = self.log.read(place)?;
        let changes = self.log.changes_at(place);
        for change in &changes {
            let is_right = self.is_rightful(change, &proposal, &changes);
            ensure(is_right, "rights", || format!("{change:?} by {proposal:?}"))?;
        }
        let origin = self.origin_of(&proposal).map(|client| client.connection);
        let signs_in = |command: &EntryCommand| matches!(command, EntryCommand::Account(_));
        let is_sign_in = proposal.commands.iter().any(signs_in);
        debug_assert!(people.is_exact, "a log has entries");
        let made_by_operator = self.made_by_operator(&changes, &proposal);
        let Some(people) = &mut self.scene.people else { return Ok(()) };
        people.told.begin_input();
        changes.iter().for_each(|change| people.told.take(change));
        people.of_operators.extend(made_by_operator);
        for command in &proposal.commands {
            if let EntryCommand::NodeUp(up) = command {
                let run = people.runs.entry(proposal.origin.node).or_default();
                *run = up.run.max(*run);
            }
        }
        (people.origin, people.is_sign_in) = (origin, is_sign_in);
        Ok(())
    }

    /// The client that proposed something, if it is still there. A process that has not come up yet may have clients
    /// with the ids of those of the one before.
    fn origin_of(&self, proposal: &Proposal) -> Option<&Client> {
        let NodeId(node) = proposal.origin.node;
        let which = usize::try_from(node).ok()?.checked_sub(1)?;
        let local = proposal.origin.session?;
        let run = self.scene.people.as_ref()?.runs.get(&proposal.origin.node).copied();
        self.machines.get(which).filter(|machine| Some(machine.run) == run)?;
        self.clients.values().find(|client| client.place == (which, local))
    }

    /// Whether a change of an account or of a room's ownership is one that whoever asked for it may make.
    fn is_rightful(&self, change: &Change, proposal: &Proposal, all: &[Change]) -> bool {
        let mut commands = proposal.commands.iter();
        let client = self.origin_of(proposal);
        match change {
            Change::Account(created) => commands.any(|command| {
                matches!(command, EntryCommand::CreateAccount(create) if create.name == created.name
                    && self.may_ask(client, create.asker, None))
            }),
            Change::AccountChanged {
                change:
                    AccountChange::Presence(_)
                    | AccountChange::PresentAs(_)
                    | AccountChange::Read { .. }
                    | AccountChange::Metadata { .. },
                ..
            } => true,
            // Whoever signs in has given it.
            Change::AccountChanged { change: AccountChange::AppPasswordUsed(..), .. } => {
                commands.any(|command| matches!(command, EntryCommand::Account(_) | EntryCommand::Register(_)))
            }
            // Whoever uses an invitation is brought into the rooms that it is for.
            Change::AccountChanged { change: AccountChange::InvitedTo(rooms), .. } => {
                let is_for = |change: &Change| {
                    matches!(change, Change::Invitation(used)
                        if rooms.iter().all(|room| used.channels.contains(room)))
                };
                rooms.is_empty() || all.iter().any(is_for)
            }
            Change::AccountChanged { account, change } => commands.any(|command| match command {
                EntryCommand::ChangeAccount(edit) => {
                    let suspends = matches!(change, AccountChange::Suspended(_));
                    let is_own = matches!(edit.asker, AccountAsker::Person | AccountAsker::Command);
                    matches!(&edit.edit, AccountEdit::Change(asked) if is_asked(asked, change))
                        && !(suspends && is_own)
                        && self.may_ask(client, edit.asker, Some(*account))
                }
                _ => false,
            }),
            Change::AccountDeleted { account } => commands.any(|command| {
                matches!(command, EntryCommand::ChangeAccount(edit) if matches!(edit.edit, AccountEdit::Delete)
                    && self.may_ask(client, edit.asker, Some(*account)))
            }),
            Change::ChannelChanged {
                channel,
                change: ChannelChange::Retain(_) | ChannelChange::NewcomersRead(_),
            } => commands.any(|command| {
                let room = self.scene.people.as_ref().and_then(|people| people.told.room(*channel));
                // A room that is not known yet may be changed by whoever has just made it.
                matches!(command, EntryCommand::OwnChannel(own)
                    if room.is_none_or(|room| self.may_own(room, own, client)))
            }),
            Change::ChannelChanged { channel, change: ChannelChange::Owner(owner) } => {
                commands.any(|command| self.may_give((*channel, *owner), command, client))
            }
            Change::ChannelChanged { channel, change: ChannelChange::Access { account, rank, .. } } => {
                self.may_rank((*channel, *account, *rank), proposal)
            }
            Change::Invitation(state) => self.may_invite(state, proposal),
            // Who may take invitations back is not followed.
            Change::InvitationRevoked { .. }
            | Change::Channel(_)
            | Change::ChannelChanged { .. }
            | Change::ChannelForgotten { .. }
            | Change::Closure { .. }
            | Change::Access(_)
            | Change::Message(_)
            | Change::Expired { .. }
            | Change::Redacted { .. } => true,
        }
    }

    /// Whether an invitation may be made, be used, or lead to fewer rooms, as this proposal has it.
    fn may_invite(&self, state: &InvitationState, proposal: &Proposal) -> bool {
        let Some(people) = &self.scene.people else { return true };
        let mut commands = proposal.commands.iter();
        let is_own = |room: &ChannelId| {
            let owner = people.told.room(*room).and_then(|room| room.owner);
            owner.is_some() && owner == state.made_by
        };
        let leads_to_own = || state.channels.iter().all(is_own);
        let Some(before) = people.told.invitation(state.id) else {
            let Some(client) = self.origin_of(proposal) else { return true };
            let is_theirs = state.made_by.is_some() && state.made_by == client.person.account;
            return client.may_be_operator(&self.scene)
                || is_theirs && !state.channels.is_empty() && leads_to_own();
        };
        if before.uses_left == state.uses_left {
            // Whoever gives a room away invites nobody to it any more.
            return before.channels.len() > state.channels.len()
                && state.channels.iter().all(|room| before.channels.contains(room));
        }
        let is_one_use = *before == InvitationState { uses_left: state.uses_left + 1, ..state.clone() };
        let uses = |command: &EntryCommand| match command {
            EntryCommand::Invitation(asked) => {
                matches!(asked.act, InvitationAct::Accept(id) if id == state.id)
            }
            EntryCommand::CreateAccount(create) => create.invitation == Some(state.id),
            EntryCommand::Register(register) => register.invitation == Some(state.id),
            _ => false,
        };
        // Rooms that are gone are left out.
        let leads_to_own =
            state.channels.iter().filter(|room| people.told.room(**room).is_some()).all(is_own);
        is_one_use && commands.any(uses) && (leads_to_own || people.of_operators.contains(&state.id))
    }

    /// The invitations that are made by somebody who may be an operator of the server.
    fn made_by_operator(&self, changes: &[Change], proposal: &Proposal) -> Vec<InvitationId> {
        let may_be = self.origin_of(proposal).is_none_or(|client| client.may_be_operator(&self.scene));
        let told = self.scene.people.as_ref().map(|people| &people.told);
        let made = |change: &Change| match change {
            Change::Invitation(state) if may_be => {
                told.is_some_and(|told| told.invitation(state.id).is_none()).then_some(state.id)
            }
            _ => None,
        };
        changes.iter().filter_map(made).collect()
    }

    /// Whether a client may ask for something to be done with an account, by what it says it is.
    fn may_ask(&self, client: Option<&Client>, asker: AccountAsker, account: Option<AccountId>) -> bool {
        let Some(client) = client else { return true };
        match asker {
            AccountAsker::Administrator(_) => true,
            AccountAsker::Operator => client.may_be_operator(&self.scene),
            AccountAsker::Command | AccountAsker::Person => client.person.account == account,
            // Nobody visits the page of an invitation.
            AccountAsker::Visitor(_) => false,
        }
    }

    /// Whether a command may give a room to this account.
    fn may_give(
        &self,
        (id, to): (ChannelId, Option<AccountId>),
        command: &EntryCommand,
        client: Option<&Client>,
    ) -> bool {
        let told = self.scene.people.as_ref().map(|people| &people.told);
        match command {
            EntryCommand::Room(_) => client.is_none_or(|client| client.may_be_operator(&self.scene)),
            EntryCommand::ChangeAccount(edit) => matches!(edit.edit, AccountEdit::Delete) && to.is_none(),
            EntryCommand::OwnChannel(own) => {
                // A room that is kept from now on is not known yet.
                let Some(room) = told.and_then(|told| told.room(id)) else { return true };
                self.may_own(room, own, client)
            }
            _ => false,
        }
    }

    /// Whether a client may change whose a room is, or who has which ranks there.
    fn may_own(&self, room: &ChannelState, own: &OwnChannel, client: Option<&Client>) -> bool {
        let Some(client) = client else { return true };
        match own.asker {
            AccountAsker::Administrator(_) => return true,
            AccountAsker::Operator => return client.may_be_operator(&self.scene),
            AccountAsker::Person | AccountAsker::Command => {}
            AccountAsker::Visitor(_) => return false,
        }
        let account = client.person.account;
        let is_owner = room.owner.is_some() && room.owner == account;
        let Some(ranks) = self.ranks_of(client, room) else { return true };
        match &own.act {
            Ownership::Register => {
                (room.owner.is_none() || is_owner) && account.is_some() && rank::is_at_least(&ranks, '@')
            }
            Ownership::Unregister | Ownership::Transfer(_) | Ownership::Set(_) | Ownership::Clear(_) => {
                is_owner
            }
            // Only whom the owner has chosen gets a room.
            Ownership::Accept => account.is_some() && room.offered_to == account,
            Ownership::Decline => is_owner || (account.is_some() && room.offered_to == account),
            // Nobody below a half-operator gives or takes any rank.
            Ownership::Access { .. } => is_owner || rank::is_at_least(&ranks, '%'),
        }
    }

    /// The ranks that a client has in a room or would have on entering; `None` if they are not all known.
    fn ranks_of(&self, client: &Client, room: &ChannelState) -> Option<Signs> {
        let remembered = client.person.account.and_then(|account| room.access.get(&account)).copied();
        let remembered = Signs::of_rank(remembered.unwrap_or_default());
        let Some(inside) = client.rooms.get(room.name.folded()) else { return Some(remembered) };
        let mut ranks =
            inside.members.get(&client.folded_nick(&self.scene)).map(|member| member.signs().clone());
        if let Some(ranks) = &mut ranks {
            ranks.add(&remembered);
        }
        ranks.filter(|_| inside.is_complete)
    }

    /// Whether a command may make a room remember an account with these ranks.
    fn may_rank(
        &self,
        (id, account, rank): (ChannelId, AccountId, Option<Rank>),
        proposal: &Proposal,
    ) -> bool {
        let Some(room) = self.scene.people.as_ref().and_then(|people| people.told.room(id)) else {
            return true;
        };
        let before = room.access.get(&account).copied().unwrap_or_default();
        if before.contains(rank.unwrap_or_default()) {
            return true;
        }
        let client = self.origin_of(proposal);
        let is_own = client.is_some_and(|client| client.person.account == Some(account));
        proposal.commands.iter().any(|command| match command {
            // Clients check who may change modes, and operators of the server may.
            EntryCommand::Mode(_) | EntryCommand::Samode(_) | EntryCommand::Room(_) => true,
            // Whoever signs in brings their ranks along.
            EntryCommand::Account(_) | EntryCommand::CreateAccount(_) => true,
            EntryCommand::OwnChannel(own) => self.may_own(room, own, client),
            // A new room remembers who made it.
            EntryCommand::Join(_) => is_own && room.access.is_empty(),
            _ => false,
        })
    }

    /// Notes that what follows belongs to this turn. By then, everybody has received what belongs to earlier
    /// ones.
    pub(super) fn people_come_to_turn(&mut self, turn: Turn) -> Checked {
        let Some(people) = &mut self.scene.people else { return Ok(()) };
        // A machine that has just started reads what the others have delivered in part, and has nobody who would be
        // told of it.
        if people.is_exact && people.turn.is_some_and(|last| turn < last) {
            return Ok(());
        }
        let is_same = people.turn.replace(turn) == Some(turn) && people.is_exact;
        if is_same { Ok(()) } else { self.all_have_heard() }
    }

    /// Checks that everybody has received what was said by the lines just handled, and nobody more than once.
    pub(super) fn all_have_heard(&mut self) -> Checked {
        let Some(people) = &mut self.scene.people else { return Ok(()) };
        let (said, origin) = (std::mem::take(&mut people.said), people.origin);
        for said in said.into_iter().filter(|said| said.is_new) {
            for client in self.clients.values() {
                let count = said.receipts.get(&client.connection).copied().unwrap_or_default();
                let is_due = Some(client.connection) != origin && self.is_due(client, &said);
                ensure(count > 0 || !is_due, "missed", || {
                    format!("{} did not hear {said:?} by {origin:?}", client.name())
                })?;
                // Whoever writes to themselves gets it as an answer and as a message.
                let is_to_self = said.from == said.target;
                let most = if is_to_self && Some(client.connection) == origin { 2 } else { 1 };
                ensure(count <= most || client.is_muddled(), "twice", || {
                    format!("{} heard {said:?} {count} times", client.name())
                })?;
            }
        }
        Ok(())
    }

    /// Whether a client must get what was said.
    fn is_due(&self, client: &Client, said: &Said) -> bool {
        let reads = said.what.0 != "TAGMSG" || client.capabilities.contains(Capabilities::MESSAGE_TAGS);
        let is_here = client.nick.is_some() && !client.left && !client.person.is_ending;
        let nick = client.folded_nick(&self.scene);
        let is_its_own = nick == said.target || nick == said.from && !said.target.starts_with('#');
        reads && is_here && (is_its_own || client.rooms.contains_key(&said.target))
    }

    /// Applies what a server without a log has changed by the input whose outputs arrive now.
    pub(super) fn people_are_told(&mut self, changes: &[Change]) {
        if let Some(people) = self.scene.people.as_mut().filter(|people| !people.is_exact) {
            people.told.begin_input();
            changes.iter().for_each(|change| people.told.take(change));
        }
    }

    /// Notes whose line a server without a log handles.
    pub(super) fn people_come_to_line(&mut self, connection: ConnectionId) -> Checked {
        if self.scene.people.as_ref().is_none_or(|people| people.is_exact) {
            return Ok(());
        }
        self.all_have_heard()?;
        if let Some(people) = &mut self.scene.people {
            people.origin = Some(connection);
        }
        Ok(())
    }

    /// Lets the administrator ask one machine for something.
    pub(crate) fn administers(&mut self, which: usize, rng: &mut Rng) {
        let request = script::request(rng);
        self.trace.add(|| format!("the administrator asks {which}: {request:?}"));
        let now = self.now;
        self.scene.store.see_time(now);
        if let Some(machine) = self.machines.get_mut(which).filter(|machine| machine.runs()) {
            machine.input(now, Input::Administration { id: 1, request });
        }
    }
}

/// Whether a change is the one that was asked for. An app password gets its number and time when it is made.
fn is_asked(asked: &AccountChange, change: &AccountChange) -> bool {
    match (asked, change) {
        (AccountChange::AppPasswordAdded(asked), AccountChange::AppPasswordAdded(made)) => {
            (&asked.name, asked.hash) == (&made.name, made.hash)
        }
        _ => asked == change,
    }
}
