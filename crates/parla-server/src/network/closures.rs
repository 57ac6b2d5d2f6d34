//! All channels that operators of the server have closed: nobody can enter a channel of such a name, whether or not it
//! exists.

use std::collections::BTreeMap;

use parla_proto::ChannelName;
use serde::{Deserialize, Serialize};

use super::{Network, change::Change, closure::Closure, effects::Effects, refusal::Refusal};

/// The channels that nobody can enter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Closures {
    all: BTreeMap<ChannelName, Closure>,
}

impl Closures {
    pub(super) const fn of(all: BTreeMap<ChannelName, Closure>) -> Self {
        Self { all }
    }

    pub(super) const fn all(&self) -> &BTreeMap<ChannelName, Closure> {
        &self.all
    }
}

impl Network {
    /// Why nobody can enter the channel of this name, if it is closed.
    pub(crate) fn closure(&self, name: &ChannelName) -> Option<&Closure> {
        self.closures.all.get(name)
    }

    /// The closed channels, in the order of their names.
    pub(crate) const fn closures(&self) -> &BTreeMap<ChannelName, Closure> {
        self.closures.all()
    }

    /// Checks that one can enter the channel of this name.
    pub(crate) fn open_channel(&self, name: &ChannelName) -> Result<(), Refusal> {
        match self.closure(name) {
            Some(Closure { reason, .. }) if reason.is_empty() => {
                Err(Refusal::Closed { channel: name.clone(), why: "This room is closed".to_owned() })
            }
            Some(Closure { reason, .. }) => {
                Err(Refusal::Closed { channel: name.clone(), why: format!("This room is closed: {reason}") })
            }
            None => Ok(()),
        }
    }

    /// Closes a channel, or opens it again.
    pub(crate) fn set_closure(&mut self, name: ChannelName, closure: Option<Closure>, effects: &mut Effects) {
        effects.changes.push(Change::Closure { name: name.clone(), closure: closure.clone() });
        // The name is spelled as it was written last.
        self.closures.all.remove(&name);
        self.closures.all.extend(closure.map(|closure| (name, closure)));
    }
}
