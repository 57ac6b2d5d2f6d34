//! What the person is looking at, in any tab.

use serde::{Deserialize, Serialize};

use super::TabId;
use crate::view::{BufferId, NetworkId};

/// What the person is looking at in one tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// The network of the conversation.
    pub network: NetworkId,
    /// The conversation in view; `None` if the tab is hidden or not in front.
    pub buffer: Option<BufferId>,
    /// Whether its newest row is in view.
    pub at_end: bool,
}

/// What the person is looking at in all tabs. Only one of them is in front.
#[derive(Debug, Default)]
pub struct Looks {
    /// The newest is last.
    looks: Vec<(TabId, Look)>,
}

impl Looks {
    /// The person looks at something else in this tab.
    pub fn set(&mut self, tab: TabId, look: Look) {
        self.gone(tab);
        self.looks.push((tab, look));
    }

    /// The tab was closed.
    pub fn gone(&mut self, tab: TabId) {
        self.looks.retain(|(known, _)| *known != tab);
    }

    /// What came into view last, if it is still in view.
    pub fn current(&self) -> Option<Look> {
        let in_view = self.looks.iter().rev().find(|(_, look)| look.buffer.is_some());
        in_view.or_else(|| self.looks.last()).map(|(_, look)| *look)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tab_in_front_counts() {
        let look = |buffer: u32, at_end| Look {
            network: NetworkId(1),
            buffer: (buffer > 0).then_some(BufferId(buffer)),
            at_end,
        };
        let mut looks = Looks::default();
        assert_eq!(looks.current(), None);
        looks.set(TabId(1), look(7, true));
        looks.set(TabId(2), look(8, false));
        assert_eq!(looks.current(), Some(look(8, false)));
        looks.set(TabId(1), look(0, true));
        assert_eq!(looks.current(), Some(look(8, false)), "a hidden tab hides nothing in another");
        looks.set(TabId(2), look(0, false));
        assert_eq!(looks.current(), Some(look(0, false)));
        looks.set(TabId(1), look(7, true));
        looks.gone(TabId(1));
        assert_eq!(looks.current(), Some(look(0, false)));
    }
}
