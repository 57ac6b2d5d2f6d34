//! The sessions through which users are present.
//!
//! The network only knows where a session is and which user it belongs to. Everything else about it is known
//! to its machine alone.

use crate::network::{
    Network, UserId,
    entry::{NodeId, SessionRef},
};

impl Network {
    /// Adds a session to a user. No other user may have it.
    pub(crate) fn begin_session(&mut self, id: UserId, session: SessionRef) {
        if let Some(user) = self.users.get_mut(&id) {
            user.begin_session(session);
        }
    }

    /// Removes a user's sessions that have ended. Returns whether the user must go too.
    pub(crate) fn end_sessions(&mut self, id: UserId, has_ended: impl Fn(&SessionRef) -> bool) -> bool {
        let Some(user) = self.users.get_mut(&id) else { return false };
        user.end_sessions(has_ended);
        user.is_over()
    }

    /// Users with a session on a machine, in the order in which they registered.
    pub(crate) fn users_of(&self, node: NodeId) -> Vec<UserId> {
        let of_node = self.users.iter().filter(|(_, user)| user.is_at(node));
        let mut users: Vec<UserId> = of_node.map(|(id, _)| *id).collect();
        users.sort_unstable();
        users
    }
}

#[cfg(test)]
mod tests {
    use std::{net::IpAddr, sync::Arc};

    use parla_proto::{Nick, mode::UserModes};

    use super::*;
    use crate::{
        base::{connection::ConnectionId, settings::NetworkSettings},
        network::{
            entry::{Meta, Register},
            kept::Kept,
            user::User,
        },
    };

    const UP: NodeId = NodeId::ALONE;

    /// A network of one machine.
    fn network() -> Network {
        let mut network = Network::new(Arc::new(NetworkSettings::named("a.b")), Kept::default(), 1);
        network.begin_alone(UP);
        network
    }

    fn add(network: &mut Network, nick: &str) -> UserId {
        let seq = network.users.len() as u64 + 1;
        let register = Register {
            nick: Nick::parse(nick, &network.settings.name_rules()).unwrap(),
            user: nick.to_owned(),
            host: "host".to_owned(),
            address: IpAddr::from([127, 0, 0, 1]),
            modes: UserModes::empty(),
            realname: nick.to_owned(),
            account: None,
            proved: Default::default(),
            invitation: None,
            metadata: Default::default(),
            is_exempt: false,
        };
        network.add_user(seq, User::new(register, None, &Meta::from_nobody(seq)))
    }

    fn session(node: NodeId, number: u64) -> SessionRef {
        SessionRef { node, connection: ConnectionId::from_number(number) }
    }

    #[test]
    fn a_guest_is_to_go_with_the_last_session_and_not_before() {
        let mut network = network();
        let alice = add(&mut network, "alice");
        let [desk, phone] = [1, 2].map(|number| session(UP, number));
        network.begin_session(alice, desk);
        network.begin_session(alice, phone);
        assert_eq!(network.check(), Ok(()));
        assert!(!network.end_sessions(alice, |session| *session == desk));
        assert_eq!(network.user(alice).unwrap().sessions(), [phone]);
        assert_eq!((network.users_of(UP), network.check()), (vec![alice], Ok(())));
        assert!(network.end_sessions(alice, |session| *session == phone));
        assert_eq!(network.users_of(UP), []);
        assert_eq!(network.check(), Err("nothing keeps alice here".to_owned()));
    }

    #[test]
    fn a_session_is_of_one_user_and_on_a_machine_that_is_up() {
        let mut network = network();
        let (alice, bob) = (add(&mut network, "alice"), add(&mut network, "bob"));
        network.begin_session(alice, session(UP, 1));
        network.begin_session(bob, session(UP, 1));
        let fault = network.check().unwrap_err();
        assert_eq!(fault, "a session belongs to two users, or twice to one");
        network.end_sessions(bob, |_| true);
        network.begin_session(bob, session(NodeId(7), 1));
        let fault = network.check().unwrap_err();
        assert!(fault.ends_with("is on a machine that is not up"), "{fault}");
    }
}
