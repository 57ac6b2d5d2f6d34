//! The title of a system notification.

use super::Words;

impl Words {
    /// Who wrote, in which room, and on which network if there are several.
    pub fn alert_from(self, from: &str, room: Option<&str>, network: Option<&str>) -> String {
        match (room, network) {
            (None, None) => from.to_owned(),
            (Some(room), None) => self.alert_from_room(from, room),
            (None, Some(network)) => self.alert_from_network(from, network),
            (Some(room), Some(network)) => self.alert_from_room_network(from, network, room),
        }
    }
}
