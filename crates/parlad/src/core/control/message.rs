//! The requests and answers of the control socket, as JSON.
//!
//! A request is an object that says what to do and with which arguments. An answer is an object with `done`
//! and the result, or with `error` and a sentence. `--json` prints the value of `done`.

pub(crate) mod account;
mod invitation;

use parla_server::{
    AccessPolicy, AccountChange, AccountEdit, AdminAnswer, AdminRepair, AdminRequest, AppPassword,
    AppPasswordId, ChannelDetails, Fingerprint, NewInvitation, PasswordProof, Topic, WhichDevices,
};
use serde::{Deserialize, Serialize};

pub(crate) use self::account::{
    AccountChanged, AccountDetails, AccountPage, AccountRow, AppPasswordRow, DeviceRow,
};
pub(crate) use self::invitation::{InvitationPage, InvitationRevoked, InvitationRow};
use crate::config::Hash;

/// A request.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "do", deny_unknown_fields)]
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
    /// Without an account, the room belongs to nobody.
    #[serde(rename = "room.owner")]
    RoomOwner {
        room: String,
        #[serde(default)]
        account: Option<String>,
    },
    #[serde(rename = "room.delete")]
    RoomDelete {
        room: String,
        #[serde(default)]
        reason: Option<String>,
    },
    /// Asks who may come in, or with a word decides it. Answered with an [`AccessNow`].
    #[serde(rename = "access")]
    Access {
        #[serde(default)]
        policy: Option<String>,
    },
    /// The next accounts after this one, in the order of their names. Answered with an [`AccountPage`].
    #[serde(rename = "account.list")]
    AccountList {
        #[serde(default)]
        after: Option<String>,
    },
    /// Answered with an [`AccountDetails`].
    #[serde(rename = "account.show")]
    AccountShow { account: String },
    /// Answered with an [`AccountChanged`], like all requests that follow. Nobody sends a password: `password`
    /// is what is kept of it.
    #[serde(rename = "account.create")]
    AccountCreate { account: String, password: PasswordProof },
    #[serde(rename = "account.password")]
    AccountPassword { account: String, password: PasswordProof },
    #[serde(rename = "account.suspend")]
    AccountSuspend {
        account: String,
        #[serde(default)]
        reason: Option<String>,
    },
    #[serde(rename = "account.resume")]
    AccountResume { account: String },
    #[serde(rename = "account.delete")]
    AccountDelete { account: String },
    /// Whether the account's person owns the server.
    #[serde(rename = "account.grant")]
    AccountGrant { account: String, owner: bool },
    /// The certificate is given by its SHA-256, in 64 hexadecimal digits.
    #[serde(rename = "account.certificate.add")]
    AccountCertificateAdd { account: String, certificate: String },
    #[serde(rename = "account.certificate.remove")]
    AccountCertificateRemove { account: String, certificate: String },
    /// Signs out one device of an account by its number, or all of them.
    #[serde(rename = "account.device.sign-out")]
    AccountSignOut {
        account: String,
        #[serde(default)]
        device: Option<u32>,
    },
    /// Nobody sends an app password: the hash is its SHA-256, in 64 hexadecimal digits.
    #[serde(rename = "account.app-password.add")]
    AccountAppPasswordAdd { account: String, name: String, hash: String },
    /// The app password is given by its number.
    #[serde(rename = "account.app-password.remove")]
    AccountAppPasswordRemove { account: String, number: u64 },
    /// The next invitations after this number, in the order in which they were made. Answered with an
    /// [`InvitationPage`].
    #[serde(rename = "invite.list")]
    InviteList {
        #[serde(default)]
        after: Option<u64>,
    },
    /// Answered with an [`InvitationRow`].
    #[serde(rename = "invite.create")]
    InviteCreate {
        #[serde(default)]
        rooms: Vec<String>,
        uses: u32,
        days: u32,
        #[serde(default)]
        owner: bool,
    },
    /// Answered with an [`InvitationRevoked`].
    #[serde(rename = "invite.revoke")]
    InviteRevoke { number: u64 },
}

/// What a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Rooms,
    /// An account, by the name that the request gives it; empty for all of them.
    Account(String),
    /// An invitation, by its number; 0 for all of them.
    Invitation(u64),
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
    /// The account that owns it; null if it belongs to nobody.
    pub(crate) owner: Option<String>,
}

/// A room in full.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RoomDetails {
    pub(crate) name: String,
    pub(crate) created_at: String,
    /// The account that owns it; null if it belongs to nobody.
    pub(crate) owner: Option<String>,
    /// The accounts with a rank in it, at most a thousand.
    pub(crate) ranked: Vec<RoomRank>,
    /// How many seconds its messages are kept; null if as long as all others.
    pub(crate) retain_seconds: Option<u64>,
    /// How many messages from before they came newcomers may read; null if all.
    pub(crate) newcomers_read: Option<u32>,
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

/// An account with a rank in a room.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RoomRank {
    pub(crate) account: String,
    /// The letters of the ranks, such as `qo`.
    pub(crate) ranks: String,
}

/// Who may come in.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AccessNow {
    /// `open`, `accounts` or `invite`.
    pub(crate) access: String,
    /// Whether the configuration says so.
    pub(crate) in_file: bool,
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

    /// What it is about.
    pub(crate) fn subject(&self) -> Subject {
        match self {
            Self::RoomList { .. }
            | Self::RoomShow { .. }
            | Self::RoomMode { .. }
            | Self::RoomReset { .. }
            | Self::RoomOwner { .. }
            | Self::Access { .. }
            | Self::RoomDelete { .. } => Subject::Rooms,
            Self::AccountList { .. } => Subject::Account(String::new()),
            Self::InviteList { .. } | Self::InviteCreate { .. } => Subject::Invitation(0),
            Self::InviteRevoke { number } => Subject::Invitation(*number),
            Self::AccountShow { account }
            | Self::AccountCreate { account, .. }
            | Self::AccountPassword { account, .. }
            | Self::AccountSuspend { account, .. }
            | Self::AccountResume { account }
            | Self::AccountDelete { account }
            | Self::AccountGrant { account, .. }
            | Self::AccountSignOut { account, .. }
            | Self::AccountAppPasswordAdd { account, .. }
            | Self::AccountAppPasswordRemove { account, .. }
            | Self::AccountCertificateAdd { account, .. }
            | Self::AccountCertificateRemove { account, .. } => Subject::Account(account.clone()),
        }
    }
}

impl TryFrom<ControlRequest> for AdminRequest {
    /// A sentence for the administrator.
    type Error = String;

    fn try_from(request: ControlRequest) -> Result<Self, String> {
        let change = |name, change| Self::ChangeAccount { name, edit: AccountEdit::Change(change) };
        Ok(match request {
            ControlRequest::RoomList { after } => Self::Channels { after },
            ControlRequest::RoomShow { room } => Self::Channel { name: room },
            ControlRequest::RoomMode { room, modes, params } => {
                Self::ChangeModes { channel: room, letters: modes, params }
            }
            ControlRequest::RoomReset { room } => Self::Repair { channel: room, repair: AdminRepair::Reset },
            ControlRequest::RoomOwner { room, account } => Self::SetOwner { channel: room, account },
            ControlRequest::Access { policy: None } => Self::Access { policy: None },
            ControlRequest::Access { policy: Some(word) } => {
                let policy = AccessPolicy::named(&word);
                Self::Access { policy: Some(policy.ok_or("it is open, accounts or invite")?) }
            }
            ControlRequest::RoomDelete { room, reason } => {
                Self::Repair { channel: room, repair: AdminRepair::Delete(reason) }
            }
            ControlRequest::AccountList { after } => Self::Accounts { after },
            ControlRequest::AccountShow { account } => Self::Account { name: account },
            ControlRequest::AccountCreate { account, password } => {
                Self::CreateAccount { name: account, password: usable(password)? }
            }
            ControlRequest::AccountPassword { account, password } => {
                change(account, AccountChange::Password(Some(usable(password)?)))
            }
            ControlRequest::AccountSuspend { account, reason } => {
                change(account, AccountChange::Suspended(Some(one_line(reason.unwrap_or_default())?)))
            }
            ControlRequest::AccountResume { account } => change(account, AccountChange::Suspended(None)),
            ControlRequest::AccountDelete { account } => {
                Self::ChangeAccount { name: account, edit: AccountEdit::Delete }
            }
            ControlRequest::AccountGrant { account, owner } => {
                change(account, AccountChange::ServerOwner(owner))
            }
            ControlRequest::InviteList { after } => Self::Invitations { after },
            ControlRequest::InviteCreate { rooms, uses, days, owner } => {
                let new = NewInvitation { channels: Vec::new(), uses, days: Some(days), makes_owner: owner };
                Self::CreateInvitation { channels: rooms, new }
            }
            ControlRequest::InviteRevoke { number } => Self::RevokeInvitation { invitation: number },
            ControlRequest::AccountSignOut { account, device } => {
                let which = device.map_or(WhichDevices::All, WhichDevices::One);
                Self::SignOut { name: account, which }
            }
            ControlRequest::AccountAppPasswordAdd { account, name, hash } => {
                let added = AppPassword::new(account::app_password_name(&name)?, account::hash(&hash)?);
                change(account, AccountChange::AppPasswordAdded(added))
            }
            ControlRequest::AccountAppPasswordRemove { account, number } => {
                change(account, AccountChange::AppPasswordRemoved(AppPasswordId::from_number(number)))
            }
            ControlRequest::AccountCertificateAdd { account, certificate } => {
                change(account, AccountChange::CertificateAdded(fingerprint(&certificate)?))
            }
            ControlRequest::AccountCertificateRemove { account, certificate } => {
                change(account, AccountChange::CertificateRemoved(fingerprint(&certificate)?))
            }
        })
    }
}

/// The most bytes of the reason for a suspension, which must fit into a line.
const REASON_BYTES_MAX: usize = 300;

fn one_line(reason: String) -> Result<String, String> {
    if reason.contains(char::is_control) || reason.len() > REASON_BYTES_MAX {
        return Err(format!("the reason must be one line of at most {REASON_BYTES_MAX} bytes"));
    }
    Ok(reason)
}

/// Checks that the server can compare passwords with a hash.
fn usable(proof: PasswordProof) -> Result<PasswordProof, String> {
    Hash::parse(&proof.hash).map_err(|error| format!("the hash of the password {error}"))?;
    Ok(proof)
}

fn fingerprint(text: &str) -> Result<Fingerprint, String> {
    Fingerprint::parse(text).ok_or_else(|| {
        format!("{text:?} is no fingerprint; the SHA-256 of a certificate has 64 hexadecimal digits")
    })
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

impl ControlAnswer {
    /// The server's answer to a request about this subject.
    pub(crate) fn new(subject: Subject, answer: AdminAnswer) -> Self {
        match answer {
            AdminAnswer::Channels { channels, has_more } => {
                let rooms = channels.into_iter().map(|channel| RoomRow {
                    name: channel.name,
                    members: channel.members,
                    modes: channel.modes,
                    topic: channel.topic,
                    created_at: channel.created_at.to_string(),
                    owner: channel.owner.map(|owner| owner.to_string()),
                });
                Self::done(&RoomPage { rooms: rooms.collect(), more: has_more })
            }
            AdminAnswer::Channel(details) => Self::done(&RoomDetails::from(*details)),
            AdminAnswer::Access { policy, is_in_file } => {
                Self::done(&AccessNow { access: policy.word().to_owned(), in_file: is_in_file })
            }
            AdminAnswer::Accounts { accounts, has_more } => {
                let accounts = accounts.into_iter().map(AccountRow::from).collect();
                Self::done(&AccountPage { accounts, more: has_more })
            }
            AdminAnswer::Invitations { invitations, has_more } => {
                let invitations = invitations.into_iter().map(InvitationRow::from).collect();
                Self::done(&InvitationPage { invitations, more: has_more })
            }
            AdminAnswer::Invitation(invitation) => Self::done(&InvitationRow::from(*invitation)),
            AdminAnswer::Account(details) => Self::done(&AccountDetails::from(*details)),
            AdminAnswer::Done { modes, refused } if refused.is_empty() => match subject {
                Subject::Rooms => Self::done(&RoomChanged { modes }),
                Subject::Account(account) => Self::done(&AccountChanged { account }),
                Subject::Invitation(number) => Self::done(&InvitationRevoked { number }),
            },
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
        let ChannelDetails { state, owner, ranked, modes, members, member_count } = details;
        let ranked = ranked
            .into_iter()
            .map(|(account, ranks)| RoomRank { account: account.to_string(), ranks: ranks.letters() });
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
            owner: owner.map(|owner| owner.to_string()),
            ranked: ranked.collect(),
            retain_seconds: state.retain.map(|retain| retain.as_secs()),
            newcomers_read: state.newcomers_read,
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
