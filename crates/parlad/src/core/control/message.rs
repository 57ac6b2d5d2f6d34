//! The requests and answers of the control socket, as JSON.
//!
//! A request is an object that says what to do and with which arguments. An answer is an object with `done`
//! and the result, or with `error` and a sentence. `--json` prints the value of `done`.

use parla_server::{AdminAnswer, AdminRepair, AdminRequest, ChannelDetails, Topic};
use serde::{Deserialize, Serialize};

/// A request.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "do", deny_unknown_fields)]
#[expect(clippy::enum_variant_names, reason = "rooms are only the first that is asked about")]
pub(crate) enum ControlRequest {
    /// The next rooms after this one, in the order of their names. Answered with a [`RoomPage`].
    #[serde(rename = "room.list")]
    RoomList {
        #[serde(default)]
        after: Option<String>,
    },
    /// Answered with a [`RoomDetails`].
    #[serde(rename = "room.show")]
    RoomShow { room: String },
    /// Answered with a [`RoomChanged`], like all requests that follow.
    #[serde(rename = "room.mode")]
    RoomMode {
        room: String,
        modes: String,
        #[serde(default)]
        params: Vec<String>,
    },
    #[serde(rename = "room.reset")]
    RoomReset { room: String },
    #[serde(rename = "room.delete")]
    RoomDelete {
        room: String,
        #[serde(default)]
        reason: Option<String>,
    },
}

/// An answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ControlAnswer {
    /// The request succeeded, with the result that each kind of request defines.
    Done(serde_json::Value),
    /// The request failed, at least in part: a sentence for the administrator.
    Error(String),
}

/// Some of the rooms.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RoomPage {
    pub(crate) rooms: Vec<RoomRow>,
    /// Whether more rooms follow after the last one.
    pub(crate) more: bool,
}

/// A room in the list.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RoomRow {
    pub(crate) name: String,
    /// The number of members.
    pub(crate) members: usize,
    /// The modes without the key.
    pub(crate) modes: String,
    pub(crate) topic: String,
    /// `YYYY-MM-DDThh:mm:ss.sssZ`, like all times.
    pub(crate) created_at: String,
}

/// A room in full.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RoomDetails {
    pub(crate) name: String,
    pub(crate) created_at: String,
    /// The modes, including the key.
    pub(crate) modes: String,
    pub(crate) topic: Option<RoomTopic>,
    pub(crate) bans: Vec<RoomMask>,
    pub(crate) ban_exceptions: Vec<RoomMask>,
    pub(crate) invite_exceptions: Vec<RoomMask>,
    /// The members, at most a thousand.
    pub(crate) members: Vec<RoomMember>,
    /// The number of members, including those not listed.
    pub(crate) member_count: usize,
}

/// The topic of a room.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RoomTopic {
    pub(crate) text: String,
    /// `nick!user@host`.
    pub(crate) set_by: String,
    pub(crate) set_at: String,
}

/// One mask of a list.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RoomMask {
    pub(crate) mask: String,
    pub(crate) set_by: String,
    pub(crate) set_at: String,
}

/// A member of a room.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RoomMember {
    /// The signs of their ranks, such as `~@`.
    pub(crate) ranks: String,
    /// `nick!user@host`.
    pub(crate) source: String,
}

/// The result of a change.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RoomChanged {
    /// The room's modes now, with the key; null if the room no longer exists.
    pub(crate) modes: Option<String>,
}

impl ControlRequest {
    /// Parses a line.
    ///
    /// # Errors
    /// The line is not a request, with a sentence that says why.
    pub(crate) fn parse(line: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(line).map_err(|error| format!("this is no request: {error}"))
    }
}

impl From<ControlRequest> for AdminRequest {
    fn from(request: ControlRequest) -> Self {
        match request {
            ControlRequest::RoomList { after } => Self::Channels { after },
            ControlRequest::RoomShow { room } => Self::Channel { name: room },
            ControlRequest::RoomMode { room, modes, params } => {
                Self::ChangeModes { channel: room, letters: modes, params }
            }
            ControlRequest::RoomReset { room } => Self::Repair { channel: room, repair: AdminRepair::Reset },
            ControlRequest::RoomDelete { room, reason } => {
                Self::Repair { channel: room, repair: AdminRepair::Delete(reason) }
            }
        }
    }
}

impl ControlAnswer {
    /// The answer as a line with its line break.
    pub(crate) fn to_line(&self) -> Vec<u8> {
        // All values in it can be expressed in JSON.
        let mut line = serde_json::to_vec(self).unwrap_or_default();
        line.push(b'\n');
        line
    }

    fn done(what: &impl Serialize) -> Self {
        match serde_json::to_value(what) {
            Ok(value) => Self::Done(value),
            Err(error) => Self::Error(error.to_string()),
        }
    }
}

impl From<AdminAnswer> for ControlAnswer {
    fn from(answer: AdminAnswer) -> Self {
        match answer {
            AdminAnswer::Channels { channels, has_more } => {
                let rooms = channels.into_iter().map(|channel| RoomRow {
                    name: channel.name,
                    members: channel.members,
                    modes: channel.modes,
                    topic: channel.topic,
                    created_at: channel.created_at.to_string(),
                });
                Self::done(&RoomPage { rooms: rooms.collect(), more: has_more })
            }
            AdminAnswer::Channel(details) => Self::done(&RoomDetails::from(*details)),
            AdminAnswer::Done { modes, refused } if refused.is_empty() => Self::done(&RoomChanged { modes }),
            AdminAnswer::Done { modes: None, refused } => Self::Error(refused.join("; ")),
            AdminAnswer::Done { modes: Some(modes), refused } => {
                Self::Error(format!("{}. The modes are {modes} now", refused.join("; ")))
            }
            AdminAnswer::Refused(why) => Self::Error(why),
        }
    }
}

impl From<ChannelDetails> for RoomDetails {
    fn from(details: ChannelDetails) -> Self {
        let ChannelDetails { state, modes, members, member_count } = details;
        let masks = |entries: &[parla_server::ListEntry]| {
            let row = |entry: &parla_server::ListEntry| RoomMask {
                mask: entry.mask.to_string(),
                set_by: entry.setter.clone(),
                set_at: entry.at.to_string(),
            };
            entries.iter().map(row).collect()
        };
        let topic = |topic: &Topic| RoomTopic {
            text: topic.text.clone(),
            set_by: topic.setter.clone(),
            set_at: topic.at.to_string(),
        };
        let members =
            members.into_iter().map(|member| RoomMember { ranks: member.signs, source: member.source });
        Self {
            name: state.name.to_string(),
            created_at: state.created_at.to_string(),
            modes,
            topic: state.topic.as_ref().map(topic),
            bans: masks(&state.bans),
            ban_exceptions: masks(&state.ban_exceptions),
            invite_exceptions: masks(&state.invite_exceptions),
            members: members.collect(),
            member_count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_request_is_said() {
        for (line, words) in [
            ("", "EOF"),
            ("hello", "expected value"),
            ("{}", "missing field `do`"),
            (r#"{"do":"room.burn"}"#, "unknown variant `room.burn`"),
            (r#"{"do":"room.show"}"#, "missing field `room`"),
            (r##"{"do":"room.show","room":"#a","x":1}"##, "unknown field `x`"),
            (r#"{"do":"room.show","room":7}"#, "invalid type"),
            (r##"{"do":"room.show","room":"#a"} {}"##, "trailing characters"),
        ] {
            let why = ControlRequest::parse(line.as_bytes()).unwrap_err();
            assert!(why.starts_with("this is no request: ") && why.contains(words), "{line}: {why}");
        }
        assert!(ControlRequest::parse("[".repeat(100_000).as_bytes()).is_err());
        assert!(ControlRequest::parse(b"{\"do\":\"room.list\"}\n").is_ok());
    }
}
