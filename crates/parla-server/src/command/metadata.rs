//! METADATA: values that people set for themselves, and operators for their channels.
//! <https://github.com/ircv3/ircv3-specifications/pull/613> is draft/metadata-3, and
//! <https://ircv3.net/specs/extensions/metadata> is its predecessor draft/metadata-2; see
//! [`Dialect`](crate::base::metadata::Dialect).
//!
//! Values belong to the network, and entries change them. Subscriptions belong to a session.

mod change;
mod early;
mod read;
mod subscriptions;
mod sync;

use std::collections::BTreeMap;

use bytes::Bytes;
use parla_proto::{CommandName, Reply, command::Metadata, limits, metadata::Key};

pub(crate) use change::{admissible, commit, publish};
pub(crate) use sync::{on_join, on_online, tell_of_online, welcome};

use crate::{
    base::{
        metadata::{Dialect, EITHER, METADATA_BATCH, Reader},
        settings::NetworkSettings,
    },
    context::Context,
    network::{
        Network, Target, UserId, UserRef,
        channel::Flags,
        conversation::ConversationName,
        refusal::{Refusal, metadata::MetadataFailure},
    },
    session::server_batch::BatchHead,
};

/// The target by which a client refers to itself.
const ITSELF: &str = "*";

/// A parsed METADATA command.
enum Subcommand<'a> {
    Get(&'a [&'a str]),
    List,
    Set(Key, Option<&'a str>),
    Clear,
    Subscribe(&'a [&'a str]),
    Unsubscribe(&'a [&'a str]),
    Subscriptions,
    Sync,
}

pub(crate) fn run(context: &mut Context<'_>, metadata: &Metadata<'_>) -> Result<(), Refusal> {
    let bounds = context.settings.metadata.ok_or(Refusal::UnknownCommand(CommandName::Metadata))?;
    let is_early = context.session.user().is_none();
    if is_early && !bounds.before_connect {
        return Err(Refusal::NotRegistered);
    }
    let subcommand = Subcommand::parse(metadata)?;
    if is_early && metadata.target != "*" {
        let why = "Before you are registered there is only yourself: *";
        return Err(MetadataFailure::InvalidTarget { target: metadata.target.to_owned(), why }.into());
    }
    match subcommand {
        Subcommand::Subscribe(keys) => subscriptions::add(context, metadata.target, keys),
        Subcommand::Unsubscribe(keys) => subscriptions::remove(context, metadata.target, keys),
        Subcommand::Subscriptions => subscriptions::list(context, metadata.target),
        subcommand if is_early => early::run(context, subcommand),
        Subcommand::Get(keys) => read::get(context, metadata.target, keys),
        Subcommand::List => read::list(context, metadata.target),
        Subcommand::Set(..) | Subcommand::Clear => change::propose(context, metadata.target, subcommand),
        Subcommand::Sync => sync::run(context, metadata.target),
    }
}

impl<'a> Subcommand<'a> {
    fn parse(metadata: &'a Metadata<'_>) -> Result<Self, MetadataFailure> {
        let subcommand = metadata.subcommand.unwrap_or("*");
        let invalid = |why| MetadataFailure::InvalidParams { subcommand: subcommand.to_owned(), why };
        let subcommand = match (subcommand.to_ascii_uppercase().as_str(), metadata.params.as_slice()) {
            ("GET", keys @ [_, ..]) => Self::Get(keys),
            ("LIST", []) => Self::List,
            ("SET", [key]) => Self::Set(self::key(key)?, None),
            ("SET", [key, value]) => Self::Set(self::key(key)?, Some(*value).filter(|text| !text.is_empty())),
            ("CLEAR", []) => Self::Clear,
            ("SUB", keys @ [_, ..]) => Self::Subscribe(keys),
            ("UNSUB", keys @ [_, ..]) => Self::Unsubscribe(keys),
            ("SUBS", []) => Self::Subscriptions,
            ("SYNC", []) => Self::Sync,
            ("GET" | "SET" | "SUB" | "UNSUB", []) => return Err(invalid("It needs a key")),
            ("LIST" | "SET" | "CLEAR" | "SUBS" | "SYNC", _) => return Err(invalid("Too many parameters")),
            ("*", _) => {
                return Err(invalid("It needs a subcommand: GET, LIST, SET, CLEAR, SYNC, SUB, UNSUB, SUBS"));
            }
            _ => return Err(invalid("Unknown subcommand")),
        };
        Ok(subcommand)
    }
}

fn key(text: &str) -> Result<Key, MetadataFailure> {
    Key::parse(text).map_err(|_| MetadataFailure::InvalidKey(text.to_owned()))
}

/// Parses a target: a channel or a user, or `None` for the client itself.
fn read_target(network: &Network, text: &str) -> Result<Option<ConversationName>, MetadataFailure> {
    if text == ITSELF {
        return Ok(None);
    }
    network.read_conversation(text).map(Some).map_err(|_| MetadataFailure::nobody(text))
}

/// Finds the target that a registered client refers to. A secret channel does not exist for those outside it.
fn find_named(
    network: &Network,
    me: UserId,
    target: Option<&ConversationName>,
) -> Result<Target, MetadataFailure> {
    let found = match target {
        None => Ok(Target::User(me)),
        Some(ConversationName::Channel(name)) => {
            network.visible_channel_named(me, name).map(|(id, _)| Target::Channel(id))
        }
        Some(ConversationName::User(nick)) => network.user_named(nick).map(|(id, _)| Target::User(id)),
    };
    found.map_err(|_| MetadataFailure::nobody(called(target)))
}

/// Like [`find_named`], for a target that has not been parsed.
fn find(network: &Network, me: UserId, text: &str) -> Result<Target, MetadataFailure> {
    let target = read_target(network, text)?;
    find_named(network, me, target.as_ref()).map_err(|_| MetadataFailure::nobody(text))
}

/// How a client refers to a target.
fn called(target: Option<&ConversationName>) -> &str {
    target.map_or(ITSELF, ConversationName::as_str)
}

/// Checks that a registered client refers to itself.
fn find_self(context: &Context<'_>, text: &str) -> Result<(), MetadataFailure> {
    let itself = match context.session.user() {
        Some(me) => find(context.network, me, text).is_ok_and(|target| target == Target::User(me)),
        None => text == ITSELF,
    };
    let why = "Subscriptions are your own: *";
    if itself { Ok(()) } else { Err(MetadataFailure::InvalidTarget { target: text.to_owned(), why }) }
}

/// The values of a target, and its name.
#[derive(Clone, Copy)]
struct Values<'a> {
    of: &'a str,
    values: &'a BTreeMap<Key, String>,
}

/// The values of a target, if it still exists.
fn values(network: &Network, target: Target) -> Option<Values<'_>> {
    match target {
        Target::User(id) => {
            network.user(id).map(|user| Values { of: user.nick().as_str(), values: network.values_of(id) })
        }
        Target::Channel(id) => network
            .channel(id)
            .map(|channel| Values { of: channel.name().as_str(), values: &channel.state.metadata }),
    }
}

/// Whether somebody may read a target's values: those of all users, of channels they are in, and of channels
/// that anybody may enter.
fn is_readable(network: &Network, reader: UserId, target: Target) -> bool {
    let Target::Channel(id) = target else { return true };
    let closed = Flags::SECRET | Flags::INVITE_ONLY;
    network.channel(id).is_some_and(|channel| {
        channel.is_member(reader) || !(channel.state.flags.intersects(closed) || channel.state.key.is_some())
    })
}

/// The value of the capability, which tells clients the bounds.
pub(crate) fn capability_value(settings: &NetworkSettings) -> Option<String> {
    let bounds = settings.metadata?;
    let early = if bounds.before_connect { "before-connect," } else { "" };
    Some(format!(
        "{early}max-subs={},max-keys={},max-key-bytes={},max-value-bytes={}",
        bounds.subs_max,
        bounds.keys_max,
        limits::METADATA_KEY_BYTES_MAX,
        value_bytes_max(settings),
    ))
}

/// The maximum length of a value in bytes: what the administrator allows, but no more than fits into a line
/// with the longest names.
fn value_bytes_max(settings: &NetworkSettings) -> usize {
    let chosen = settings.metadata.map_or(0, |bounds| bounds.value_bytes_max);
    let nick = settings.limits.nick_bytes;
    let words = settings.name.len() + nick + nick.max(settings.limits.channel_bytes);
    let rest = limits::METADATA_KEY_BYTES_MAX + ": 775  120  SET  :\r\n".len();
    chosen.min(limits::LINE_BYTES_MAX.saturating_sub(words + rest))
}

/// Sends RPL_WHOISKEYVALUE to clients that understand it.
pub(crate) fn tell_whois(context: &mut Context<'_>, UserRef { id, user }: UserRef<'_>) {
    if context.session.capabilities.intersects(EITHER) {
        for (key, value) in context.network.values_of(id) {
            context.reply(Reply::WhoisKeyValue { nick: user.nick().as_str(), key: key.as_str(), value });
        }
    }
}

impl Context<'_> {
    /// Sends lines about a target in a `metadata` batch.
    fn send_metadata(&mut self, about: &str, lines: Vec<Bytes>) {
        let head = BatchHead { kind: METADATA_BATCH, about: Some(about) };
        self.session.send_as_batch(&self.settings.name, head, lines, self.out);
    }

    /// Sends the lines that `write` makes for this client in a `metadata` batch.
    fn metadata_batch(&mut self, about: &str, write: impl FnOnce(Reader<'_>) -> Vec<Vec<u8>>) {
        let client = self.target();
        let dialect = Dialect::of(self.session.capabilities);
        let lines = write(Reader { server: &self.settings.name, client: &client, dialect });
        let lines = lines.into_iter().map(Into::into).collect();
        self.send_metadata(about, lines);
    }

    /// Reports a failure after which the rest of the command continues.
    fn metadata_warning(&mut self, failure: &MetadataFailure) {
        let client = self.target();
        let dialect = Dialect::of(self.session.capabilities);
        let reader = Reader { server: &self.settings.name, client: &client, dialect };
        self.line(failure.encode(reader, parla_proto::reply::Severity::Warn));
    }
}
