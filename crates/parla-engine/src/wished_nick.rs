//! The nick that the person asked for. It is remembered once the network has granted it to them.

use std::sync::Arc;

use parla_client::{
    Intent,
    slash::{self, Slash, Submission},
    text::shown_name,
    view::{LinkState, NetworkView},
};

/// The nick that was asked for, if any.
#[derive(Debug, Default)]
pub(crate) struct WishedNick(Option<Arc<str>>);

impl WishedNick {
    /// Notes an intent that asks for a nick.
    pub(crate) fn note(&mut self, intent: &Intent) {
        match intent {
            Intent::ChangeNick { nick } => self.0 = Some(Arc::clone(nick)),
            Intent::Submit { input, .. } if input.starts_with("/n") || input.starts_with("/N") => {
                if let Submission::Command(Slash::Nick { nick }) = slash::parse(input) {
                    self.0 = Some(nick.into());
                }
            }
            _ => {}
        }
    }

    /// The nick, once the person has it.
    pub(crate) fn granted(&mut self, view: &NetworkView) -> Option<Arc<str>> {
        self.0.take_if(|nick| view.link == LinkState::Online && shown_name(nick) == view.nick)
    }
}

#[cfg(test)]
mod tests {
    use parla_client::view::{BufferId, Features, NetworkId};

    use super::*;

    fn view(nick: &str) -> NetworkView {
        NetworkView {
            id: NetworkId(1),
            name: "Test".into(),
            address: "irc.test".into(),
            nick: nick.into(),
            nick_wanted: None,
            login: None,
            away: None,
            link: LinkState::Online,
            features: Features::default(),
        }
    }

    fn said(input: &str) -> Intent {
        Intent::Submit { buffer: BufferId(1), input: input.into() }
    }

    #[test]
    fn only_a_name_that_was_asked_for_is_remembered() {
        let mut wished = WishedNick::default();
        wished.note(&said("hello"));
        assert_eq!(wished.granted(&view("Guest1")), None);
        wished.note(&said("/nick bob"));
        assert_eq!(wished.granted(&view("alice")), None, "the network has not answered yet");
        assert_eq!(wished.granted(&view("bob")).as_deref(), Some("bob"));
        assert_eq!(wished.granted(&view("bob")), None);
        wished.note(&Intent::ChangeNick { nick: "carol".into() });
        assert_eq!(
            wished.granted(&NetworkView {
                link: LinkState::Stopped { why: None, suggestion: None },
                ..view("carol")
            }),
            None
        );
        assert_eq!(wished.granted(&view("carol")).as_deref(), Some("carol"));
    }
}
