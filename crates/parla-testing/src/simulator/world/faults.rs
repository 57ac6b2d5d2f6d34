//! What happens to machines: they crash or shut down, start again, fall asleep, join late, and are taken for
//! dead.

use parla_server::{Input, Kept, NodeId};

use super::{SEQS_PER_RUN, World, settings_of};
use crate::simulator::{
    checkers::{Checked, Finding, ensure},
    client::Client,
    disk::UnderWay,
    machine::{Condition, Machine},
    projection::Projection,
};

impl World {
    /// Crashes the only machine. Everything that was not written or not delivered is lost; of what was being
    /// written, this many thousandths are on disk.
    pub(crate) fn crash(&mut self, thousandths: u64) -> Checked {
        self.trace.add(|| "crash".to_owned());
        let changes = self.machines.first().map(Machine::under_way).unwrap_or_default();
        self.disk.crash(UnderWay { changes: &changes, thousandths })?;
        self.restart()
    }

    /// Shuts every server down cleanly and starts it again.
    pub(crate) fn shut_down(&mut self) -> Checked {
        self.trace.add(|| "shutdown".to_owned());
        let now = self.now;
        if let Some(people) = &mut self.scene.people {
            people.is_closing = true;
        }
        self.machines.iter_mut().for_each(|machine| machine.input(now, Input::ShuttingDown));
        self.settle()?;
        let open = self.clients.values().next();
        ensure(open.is_none(), "shutdown", || format!("{:?} is open", open.map(Client::name)))?;
        self.disk.shut_down()?;
        self.restart()
    }

    /// Starts the server again with what is on the disk, which must be exactly what was written.
    pub(super) fn restart(&mut self) -> Checked {
        self.summary.restarts += 1;
        self.asked.clear();
        self.owed.clear();
        self.scene.invited.clear();
        self.clients.clear();
        self.first_seq += SEQS_PER_RUN;
        let kept = self.disk.found(&self.scene.settings.network.name_rules(), &self.scene.store)?;
        // A room that is not stored will be created anew.
        let at_first = self.scene.settings.network.channel_modes;
        self.scene.journals.values_mut().for_each(|journal| journal.restart(at_first));
        for room in &kept.channels {
            let name = room.name.folded().to_owned();
            self.scene.journals.entry(name).or_default().restart(room.flags);
        }
        self.start_people(&kept);
        self.start_all(kept);
        Ok(())
    }

    /// Tells people what a server starts with.
    fn start_people(&mut self, kept: &Kept) {
        if let Some(people) = &mut self.scene.people {
            (people.origin, people.is_sign_in, people.is_closing) = (None, false, false);
            people.said.clear();
            people.turn = None;
            people.told.start(kept);
        }
    }

    /// Crashes a machine. Something that it sent may still be on its way to the log, and this many
    /// thousandths of what it was writing are on disk.
    pub(crate) fn kill(&mut self, which: usize, thousandths: u64) -> Checked {
        let is_dead = |machine: &Machine| machine.condition == Condition::Dead;
        if self.machines.get(which).is_none_or(is_dead) {
            return Ok(());
        }
        let caused = self.machines.get(which).into_iter().flat_map(Machine::being_written);
        let batch = caused.map(|caused| self.of_entry(caused)).collect();
        let Some(machine) = self.machines.get_mut(which) else { return Ok(()) };
        if let Some(projection) = &mut machine.projection {
            projection.crash(batch, thousandths, &self.scene.store)?;
        }
        self.trace.add(|| format!("{which} stops dead"));
        self.summary.restarts += 1;
        if let Some(bytes) = machine.unconfirmed.front().cloned() {
            self.log.delay(bytes);
        }
        machine.die();
        self.asked.retain(|asked| asked.which() != which);
        self.clients.retain(|_, client| client.place.0 != which);
        Ok(())
    }

    /// Wakes a machine that sleeps, or starts a dead one with what it had saved.
    pub(crate) fn start_again(&mut self, which: usize) -> Checked {
        let (runs, now) = (self.runs + 1, self.now);
        let Some(machine) = self.machines.get_mut(which) else { return Ok(()) };
        match machine.condition {
            Condition::Runs => return Ok(()),
            Condition::Sleeps => machine.condition = Condition::Runs,
            Condition::Dead => {
                let beginning = machine.beginning.clone();
                let beginning =
                    beginning.ok_or_else(|| Finding::new("snapshot", "there is none".to_owned()))?;
                self.runs = runs;
                let mut projection = machine.projection.take();
                if let Some(projection) = &mut projection {
                    projection.is_found(&self.scene.settings.network.name_rules(), beginning.place)?;
                }
                let own = settings_of(&self.scene.settings, machine.node);
                *machine = Machine::join((machine.node, runs), beginning, &own, now)?;
                machine.projection = projection;
            }
        }
        self.trace.add(|| format!("{which} goes on"));
        Ok(())
    }

    /// Lets a machine do nothing for a while.
    pub(crate) fn sleep(&mut self, which: usize) {
        if let Some(machine) = self.machines.get_mut(which).filter(|machine| machine.runs()) {
            self.trace.add(|| format!("{which} sleeps"));
            machine.condition = Condition::Sleeps;
        }
    }

    /// Adds a machine that starts with what another has saved, and with a store made from the same part of
    /// the log.
    pub(crate) fn join(&mut self, from: usize) -> Checked {
        let Some(beginning) = self.machines.get(from).and_then(|machine| machine.beginning.clone()) else {
            return Ok(());
        };
        self.runs += 1;
        let node = NodeId(u32::try_from(self.machines.len() + 1).unwrap_or_default());
        self.trace.add(|| format!("{node:?} joins"));
        let place = beginning.place;
        let mut projection = Projection::new(self.disk.another(), &self.scene.settings);
        projection.write(self.log.changes_to(place), &self.scene.store)?;
        projection.come_to(place);
        let own = settings_of(&self.scene.settings, node);
        let mut machine = Machine::join((node, self.runs), beginning, &own, self.now)?;
        machine.projection = Some(projection);
        self.machines.push(machine);
        Ok(())
    }

    /// Saves a machine's view of the network, which must never be ahead of its disk: otherwise the changes of
    /// entries between the two would be lost when it starts with that view.
    pub(crate) fn write_down(&mut self, which: usize) -> Checked {
        self.seal(which);
        for _ in 0..self.machines.get(which).map_or(0, Machine::batches) {
            self.write(which)?;
        }
        match self.machines.get_mut(which).filter(|machine| machine.runs()) {
            Some(machine) => machine.write_down(),
            None => Ok(()),
        }
    }

    /// Lets a machine take another for dead, rightly or not.
    pub(crate) fn miss(&mut self, (which, missed): (usize, usize)) {
        let now = self.now;
        let Some(node) = self.machines.get(missed).map(|machine| machine.node) else { return };
        if let Some(machine) = self.machines.get_mut(which).filter(|machine| machine.runs()) {
            self.trace.add(|| format!("{which} takes {missed} for dead"));
            machine.input(now, Input::NodeLost { node });
        }
    }
}
