//! Proposals and networks as bytes, for the log and for machines that join.
//!
//! The format is postcard (<https://postcard.jamesmunns.com/wire-format>) after a byte with the version of
//! the contents. It contains no field names, so every change to a type that is stored must raise the version;
//! a test with the bytes of each kind of entry enforces that.

use blake2::{Blake2s256, Digest as _};
use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

use crate::network::{Network, entry::Proposal};

/// The format version of proposals.
pub const PROPOSAL_VERSION: u8 = 8;

/// The format version of networks.
pub const NETWORK_VERSION: u8 = 5;

/// The length of a digest in bytes.
const DIGEST_BYTES: usize = 32;

/// Why bytes could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unreadable {
    /// They were written by another version of parla.
    #[error("it has version {found} of the format, and this server reads version {known}")]
    Version {
        /// The version that was found.
        found: u8,
        /// The version that can be read.
        known: u8,
    },
    /// They are cut off or corrupt.
    #[error("it is damaged")]
    Damaged,
}

impl Proposal {
    /// Serializes the proposal for the log.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![PROPOSAL_VERSION];
        encode_value(self, &mut bytes);
        bytes
    }

    /// Reads what [`Self::encode`] wrote.
    ///
    /// # Errors
    /// The bytes are damaged or of another version.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        decode_value(versioned(bytes, PROPOSAL_VERSION)?)
    }
}

/// A network as bytes: version, digest, contents.
pub(crate) fn encode_network(network: &Network) -> Vec<u8> {
    let mut bytes = vec![NETWORK_VERSION];
    bytes.resize(1 + DIGEST_BYTES, 0);
    encode_value(network, &mut bytes);
    let digest = bytes.get(1 + DIGEST_BYTES..).map(Blake2s256::digest);
    if let (Some(digest), Some(place)) = (digest, bytes.get_mut(1..1 + DIGEST_BYTES)) {
        place.copy_from_slice(&digest);
    }
    bytes
}

pub(crate) fn decode_network(bytes: &[u8]) -> Result<Network, Unreadable> {
    let rest = versioned(bytes, NETWORK_VERSION)?;
    let (digest, contents) = rest.split_at_checked(DIGEST_BYTES).ok_or(Unreadable::Damaged)?;
    if Blake2s256::digest(contents).as_slice() != digest {
        return Err(Unreadable::Damaged);
    }
    decode_value(contents)
}

/// A short hash of a network, by which machines compare theirs.
pub(crate) fn state_hash(network: &Network) -> u64 {
    let mut contents = Vec::new();
    encode_value(network, &mut contents);
    let digest = Blake2s256::digest(&contents);
    digest.first_chunk().copied().map_or(0, u64::from_be_bytes)
}

fn versioned(bytes: &[u8], known: u8) -> Result<&[u8], Unreadable> {
    match bytes.split_first() {
        Some((found, rest)) if *found == known => Ok(rest),
        Some((found, _)) => Err(Unreadable::Version { found: *found, known }),
        None => Err(Unreadable::Damaged),
    }
}

#[expect(clippy::expect_used, reason = "memory is written to, and every sequence knows its length")]
fn encode_value(value: &impl Serialize, bytes: &mut Vec<u8>) {
    let start = std::mem::take(bytes);
    *bytes = postcard::to_extend(value, start).expect("everything here can be written");
}

fn decode_value<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unreadable> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        _ => Err(Unreadable::Damaged),
    }
}

#[cfg(test)]
mod tests {
    use std::{fmt::Write as _, fs, net::IpAddr, path::Path, sync::Arc};

    use parla_proto::{
        AccountName, ChannelName, Nick, Timestamp,
        extban::ListMask,
        metadata::Key,
        mode::{ChannelMode, UserModes},
    };

    use super::*;
    use crate::{
        base::{
            connection::ConnectionId,
            flags::Flags,
            settings::{AccessPolicy, NetworkSettings, Privileges},
        },
        network::{
            ChannelId, UserId,
            account::{AccountChange, AccountId, Fingerprint, PasswordProof, ScramProof},
            app_password::{AppPasswordId, Proved},
            conversation::{Conversation, ConversationName},
            entry::{
                self, AccountAsker, AccountEdit, Authority, Content, EndReason, EntryCommand, Epoch,
                MetadataChange, ModeStep, NodeDown, NodeId, NodeUp, Origin, Repair, SayTarget, SessionEnded,
                SessionRef, Verb,
            },
            grant::OperatorGrant,
            invitation::InvitationId,
            kept::Kept,
            rank::Rank,
            snapshot::Snapshot,
        },
    };

    fn settings() -> NetworkSettings {
        NetworkSettings::named("irc.example.org")
    }

    fn nick(text: &str) -> Nick {
        Nick::parse(text, &settings().name_rules()).unwrap()
    }

    fn channel(text: &str) -> ChannelName {
        ChannelName::parse(text, &settings().name_rules()).unwrap()
    }

    fn account(text: &str) -> AccountName {
        AccountName::parse(text, &settings().name_rules()).unwrap()
    }

    fn proof() -> PasswordProof {
        let scram =
            ScramProof { salt: [1, 2].into(), iterations: 4096, stored_key: [3; 32], server_key: [4; 32] };
        PasswordProof { hash: "$argon2id$".into(), scram }
    }

    fn proved() -> Proved {
        Proved { device: Some("phone".to_owned()), app_password: Some(AppPasswordId::from_number(9)) }
    }

    fn mode() -> entry::Mode {
        let mask = ListMask::parse("m:eve").unwrap();
        let steps = vec![
            ModeStep::Flag { flag: Flags::INVITE_ONLY, set: false },
            ModeStep::Rank { rank: Rank::OPERATOR, nick: nick("bob"), set: true },
            ModeStep::Key(Some("key".to_owned())),
            ModeStep::Limit(Some(300)),
            ModeStep::Forward(Some(channel("#Tea"))),
            ModeStep::List { mode: ChannelMode::Ban, mask, set: true },
        ];
        entry::Mode { channel: channel("#tea"), steps }
    }

    /// One entry of each kind. A new kind does not compile before it is added here.
    fn name(command: &EntryCommand) -> &'static str {
        match command {
            EntryCommand::Register(_) => "register",
            EntryCommand::Nick(_) => "nick",
            EntryCommand::SessionEnded(_) => "session-ended",
            EntryCommand::Join(_) => "join",
            EntryCommand::Part(_) => "part",
            EntryCommand::Say(_) => "say",
            EntryCommand::Topic(_) => "topic",
            EntryCommand::Mode(_) => "mode",
            EntryCommand::UserMode(_) => "user-mode",
            EntryCommand::Kick(_) => "kick",
            EntryCommand::Invite(_) => "invite",
            EntryCommand::Invitation(_) => "invitation",
            EntryCommand::Away(_) => "away",
            EntryCommand::Metadata(_) => "metadata",
            EntryCommand::Setname(_) => "setname",
            EntryCommand::Account(_) => "account",
            EntryCommand::SignOut(_) => "sign-out",
            EntryCommand::OwnChannel(_) => "own-channel",
            EntryCommand::CreateAccount(_) => "create-account",
            EntryCommand::ChangeAccount(_) => "change-account",
            EntryCommand::Oper(_) => "oper",
            EntryCommand::Kill(_) => "kill",
            EntryCommand::Wallops(_) => "wallops",
            EntryCommand::Chghost(_) => "chghost",
            EntryCommand::Reconfigure(_) => "reconfigure",
            EntryCommand::Rename(_) => "rename",
            EntryCommand::Redact(_) => "redact",
            EntryCommand::Markread(_) => "markread",
            EntryCommand::Sajoin(_) => "sajoin",
            EntryCommand::Sapart(_) => "sapart",
            EntryCommand::Samode(_) => "samode",
            EntryCommand::Room(_) => "room",
            EntryCommand::Close(_) => "close",
            EntryCommand::Access(_) => "access",
            EntryCommand::Accept(_) => "accept",
            EntryCommand::ForgetEmpty => "forget-empty",
            EntryCommand::Expire => "expire",
            EntryCommand::NodeUp(_) => "node-up",
            EntryCommand::NodeDown(_) => "node-down",
        }
    }

    const KINDS: usize = 39;

    fn of_people() -> Vec<EntryCommand> {
        let text = |text: &str| text.to_owned();
        vec![
            EntryCommand::Register(Box::new(entry::Register {
                nick: nick("Alice"),
                user: text("alice"),
                host: text("host"),
                address: IpAddr::from([192, 0, 2, 1]),
                modes: UserModes::SECURE,
                realname: text("Alice"),
                account: Some(AccountId::from_number(7)),
                proved: proved(),
                invitation: Some(InvitationId::from_number(8)),
                metadata: [(Key::parse("avatar").unwrap(), text("https://a.b/c"))].into(),
                is_exempt: true,
            })),
            EntryCommand::Nick(nick("bob")),
            EntryCommand::SessionEnded(SessionEnded {
                session: SessionRef { node: NodeId(1), connection: ConnectionId::from_number(4) },
                why: EndReason::Own(text("bye")),
            }),
            EntryCommand::Join(entry::Join { channel: channel("#Tea"), key: Some(text("key")) }),
            EntryCommand::Part(entry::Part { channel: channel("#tea"), reason: None }),
            EntryCommand::Say(Box::new(entry::Say {
                target: SayTarget::Channel { name: channel("#tea"), signs: text("@") },
                content: Content {
                    verb: Verb::Privmsg,
                    text: text("hello"),
                    tags: text("+draft/reply=x"),
                    cuts: vec![2],
                },
            })),
            EntryCommand::Topic(entry::Topic { channel: channel("#tea"), text: text("tea") }),
            EntryCommand::Mode(mode()),
            EntryCommand::UserMode(entry::UserMode { set: UserModes::INVISIBLE, unset: UserModes::BOT }),
            EntryCommand::Kick(entry::Kick {
                channel: channel("#tea"),
                nick: nick("bob"),
                reason: Some(text("no")),
            }),
            EntryCommand::Invite(entry::Invite { nick: nick("bob"), channel: channel("#tea") }),
            EntryCommand::Away(Some(text("gone"))),
            EntryCommand::Metadata(Box::new(entry::Metadata {
                target: Some(ConversationName::User(nick("bob"))),
                change: MetadataChange::Set(Key::parse("status").unwrap(), None),
            })),
            EntryCommand::Setname(text("Alice B")),
        ]
    }

    fn of_accounts() -> Vec<EntryCommand> {
        vec![
            EntryCommand::Account(Box::new(entry::SignIn {
                account: AccountId::from_number(7),
                by_sasl: true,
                proved: proved(),
            })),
            EntryCommand::SignOut(Box::new(entry::SignOut {
                asker: AccountAsker::Person,
                account: account("alice"),
                which: entry::WhichDevices::One(3),
            })),
            EntryCommand::OwnChannel(Box::new(entry::OwnChannel {
                asker: AccountAsker::Person,
                channel: channel("#tea"),
                act: entry::Ownership::Access { account: account("bob"), rank: Some(Rank::OPERATOR) },
            })),
            EntryCommand::CreateAccount(Box::new(entry::CreateAccount {
                asker: AccountAsker::Command,
                name: account("alice"),
                password: proof(),
                invitation: None,
                address: Some(IpAddr::from([192, 0, 2, 1])),
            })),
            EntryCommand::ChangeAccount(Box::new(entry::ChangeAccount {
                asker: AccountAsker::Administrator(7),
                name: account("alice"),
                edit: AccountEdit::Change(AccountChange::CertificateAdded(Fingerprint([7; 32]))),
            })),
        ]
    }

    fn of_operators_and_others() -> Vec<EntryCommand> {
        let text = |text: &str| text.to_owned();
        vec![
            EntryCommand::Oper(Box::new(OperatorGrant {
                name: text("admin"),
                title: text("is an admin"),
                privileges: Privileges::KILL | Privileges::HOSTS,
                is_by_account: false,
            })),
            EntryCommand::Invitation(Box::new(entry::Invitation {
                asker: AccountAsker::Command,
                act: entry::InvitationAct::Create(entry::NewInvitation {
                    channels: vec![channel("#tea")],
                    uses: 3,
                    days: Some(7),
                    makes_owner: false,
                }),
            })),
            EntryCommand::Kill(entry::Kill { nicks: vec![nick("bob")], reason: text("spam") }),
            EntryCommand::Wallops(text("all")),
            EntryCommand::Chghost(entry::Chghost { nick: nick("bob"), host: text("a.b") }),
            EntryCommand::Reconfigure(Arc::new(settings())),
            EntryCommand::Rename(entry::Rename {
                channel: channel("#tea"),
                name: channel("#t"),
                reason: text(""),
            }),
            EntryCommand::Redact(Box::new(entry::Redact {
                target: ConversationName::Channel(channel("#tea")),
                seq: 300,
                reason: None,
                stored_in: Some(Conversation::Channel(ChannelId::from_number(7))),
            })),
            EntryCommand::Markread(entry::Markread {
                name: ConversationName::Channel(channel("#tea")),
                at: Timestamp::from_millis(1_700_000_000_000),
            }),
            EntryCommand::Sajoin(entry::Sajoin { nick: None, channel: channel("#tea") }),
            EntryCommand::Sapart(entry::Sapart {
                nick: Some(nick("bob")),
                channel: channel("#tea"),
                reason: None,
            }),
            EntryCommand::Samode(entry::Samode { authority: Authority::Administrator(7), mode: mode() }),
            EntryCommand::Room(entry::Room {
                authority: Authority::Operator,
                channel: channel("#tea"),
                repair: Repair::Give(nick("bob")),
            }),
            EntryCommand::Close(Box::new(entry::Close {
                channel: channel("#tea"),
                reason: Some(text("spam")),
            })),
            EntryCommand::Access(entry::Access { asker: AccountAsker::Person, policy: AccessPolicy::Invite }),
            EntryCommand::Accept(entry::Accept { nick: nick("bob"), is_accepted: true }),
            EntryCommand::ForgetEmpty,
            EntryCommand::Expire,
            EntryCommand::NodeUp(NodeUp { run: 9, after: Some(Epoch(3)) }),
            EntryCommand::NodeDown(NodeDown { node: NodeId(2), epoch: Epoch(5) }),
        ]
    }

    fn proposal(command: EntryCommand) -> Proposal {
        let origin =
            Origin { node: NodeId(1), epoch: Epoch(300), session: Some(ConnectionId::from_number(4)) };
        Proposal { origin, number: 17, actor: Some(UserId(200)), commands: vec![command] }
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        })
    }

    /// If this fails because a type has changed, raise the version. `UPDATE=1` writes the new bytes.
    #[test]
    fn the_bytes_of_a_version_never_change() {
        let mut text = format!("proposals {PROPOSAL_VERSION}\n");
        let commands = [of_people(), of_accounts(), of_operators_and_others()].concat();
        let mut names: Vec<&str> = commands.iter().map(name).collect();
        for command in commands {
            let name = name(&command);
            let bytes = proposal(command).encode();
            let again = Proposal::decode(&bytes).unwrap();
            assert_eq!(again.encode(), bytes, "{name}");
            writeln!(text, "{name} {}", hex(&bytes)).unwrap();
        }
        names.dedup();
        assert_eq!(names.len(), KINDS);
        let snapshot = Snapshot::of_new_network(settings(), Kept::default(), 300);
        assert_eq!(Snapshot::decode(&snapshot.encode()).unwrap(), snapshot);
        writeln!(text, "network {NETWORK_VERSION}\nempty {}", hex(&snapshot.encode())).unwrap();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/encoding.txt");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &text).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap_or_default(), text);
    }

    #[test]
    fn what_is_something_else_is_refused() {
        let bytes = proposal(EntryCommand::Nick(nick("bob"))).encode();
        for length in 0..bytes.len() {
            assert!(Proposal::decode(&bytes[..length]).is_err(), "{length}");
        }
        let refused = |bytes: &[u8]| Proposal::decode(bytes).unwrap_err();
        assert_eq!(refused(&[&bytes[..], &[0]].concat()), Unreadable::Damaged);
        assert_eq!(refused(&[9]), Unreadable::Version { found: 9, known: PROPOSAL_VERSION });
        let mut network = Snapshot::of_new_network(settings(), Kept::default(), 1).encode();
        let last = network.last_mut().unwrap();
        *last ^= 1;
        assert_eq!(Snapshot::decode(&network).unwrap_err(), Unreadable::Damaged);
    }
}
