//! Events in rooms without clients: they are in the log, but nobody is told of them. The models only know
//! what clients are told, so this module tells them what they no longer know.
//!
//! Somebody may change the modes of an empty room from outside (SAMODE); or the machine of somebody who does
//! so, or who renames the room, is dead when the entry comes. If only such users share a room with somebody,
//! its members are unknown, too.

use std::collections::BTreeSet;

use parla_proto::{Message, mode::ChannelMode};
use parla_server::{EntryCommand, Repair};

use super::{Order, World};
use crate::simulator::{checkers::Checked, client::Sent, machine::Turn};

/// What may have happened to a room unnoticed.
#[derive(Clone, Debug)]
enum Unheard {
    /// These modes may have changed.
    Modes(Vec<ChannelMode>),
    /// Anything may have changed.
    Anything,
}

impl Unheard {
    /// The modes with these letters may have changed.
    fn of_letters(letters: impl Iterator<Item = char>) -> Self {
        let modes = letters.filter_map(ChannelMode::from_letter).map(|facts| facts.mode);
        Self::Modes(modes.collect())
    }
}

impl World {
    /// Notes that what follows belongs to this turn.
    pub(super) fn come_to(&mut self, turn: Turn) -> Checked {
        (self.scene.is_rename, self.scene.by_force) = (false, false);
        self.scene.use_up_invitations();
        self.is_received(Some(turn))?;
        self.people_come_to_turn(turn)?;
        if self.order == Order::Alone {
            self.abandon_empty_rooms();
            return Ok(());
        }
        let place = (!turn.is_after).then_some(turn.place);
        self.scene.journals.values_mut().for_each(|journal| journal.begin(place));
        while self.looked_to < turn.place {
            self.looked_to += 1;
            self.people_come_to(self.looked_to)?;
            self.abandon_empty_rooms();
            for command in self.log.read(self.looked_to)?.1.commands {
                self.look_at(&command);
            }
        }
        if !turn.is_after {
            let (_, proposal) = self.log.read(turn.place)?;
            let is_rename = |command: &EntryCommand| matches!(command, EntryCommand::Rename(_));
            self.scene.is_rename = proposal.commands.iter().any(is_rename);
            let by_force = |command: &EntryCommand| matches!(command, EntryCommand::Sajoin(_));
            self.scene.by_force = proposal.commands.iter().any(by_force);
        }
        Ok(())
    }

    /// Notes that a server without a log handles this line, and that what follows is caused by it. In a log,
    /// the line has its own place.
    pub(super) fn come_to_line(&mut self, line: Option<&Sent>) {
        let Some(Sent::Line(line)) = line.filter(|_| self.order == Order::Alone) else { return };
        self.abandon_empty_rooms();
        self.scene.use_up_invitations();
        let Ok(message) = Message::parse(line) else { return };
        self.scene.is_rename = message.command.eq_ignore_ascii_case("RENAME");
        self.scene.by_force = message.command.eq_ignore_ascii_case("SAJOIN");
        let room = match message.command.to_ascii_uppercase().as_str() {
            "SAMODE" => message.param(0),
            "ROOM" => message.param(1),
            _ => None,
        };
        if let Some(room) = room {
            self.happens_in(room, &Unheard::Anything);
        }
    }

    fn look_at(&mut self, command: &EntryCommand) {
        match command {
            EntryCommand::Mode(mode) => {
                let modes = Unheard::of_letters(mode.steps.iter().map(|step| step.letter()));
                self.happens_in(mode.channel.as_str(), &modes);
            }
            EntryCommand::Samode(samode) => {
                let modes = Unheard::of_letters(samode.mode.steps.iter().map(|step| step.letter()));
                self.happens_in(samode.mode.channel.as_str(), &modes);
            }
            EntryCommand::Room(room) if matches!(room.repair, Repair::Reset) => {
                self.happens_in(room.channel.as_str(), &Unheard::Anything);
            }
            EntryCommand::Rename(rename) => {
                self.happens_in(rename.channel.as_str(), &Unheard::Anything);
                self.happens_in(rename.name.as_str(), &Unheard::Anything);
            }
            _ => {}
        }
    }

    /// Handles that something happened to a room. If there are clients in it, they are told, and nothing is
    /// in doubt.
    fn happens_in(&mut self, room: &str, what: &Unheard) {
        let room = self.scene.fold(room);
        if self.clients.values().any(|client| client.rooms.contains_key(&room)) {
            return;
        }
        let crowd = &mut self.scene.journals.entry(room).or_default().crowd;
        match what {
            Unheard::Modes(modes) => modes.iter().for_each(|mode| crowd.doubt(*mode)),
            Unheard::Anything => crowd.doubt_all(),
        }
    }

    fn abandon_empty_rooms(&mut self) {
        let rooms = self.clients.values().flat_map(|client| client.rooms.keys());
        let occupied: BTreeSet<&String> = rooms.collect();
        for (name, journal) in &mut self.scene.journals {
            if !occupied.contains(name) {
                journal.abandon();
            }
        }
    }
}
