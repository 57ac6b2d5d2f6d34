//! TAGMSG: tags without text. <https://ircv3.net/specs/extensions/message-tags>

use parla_proto::{Capabilities, CommandName, command::Tagmsg, tag::Tags};

use super::privmsg::{MessageParams, say};
use crate::{
    context::Context,
    network::{entry::Verb, refusal::Refusal},
};

pub(crate) fn run(context: &mut Context<'_>, tagmsg: &Tagmsg<'_>, tags: Tags<'_>) -> Result<(), Refusal> {
    // Without the capability tags are ignored, and denied tags are not relayed, so there may be nothing left
    // to send.
    let denied = &context.settings.denied_client_tags;
    if !context.session.capabilities.contains(Capabilities::MESSAGE_TAGS)
        || tags.client_only().all(|tag| denied.denies(tag.key))
    {
        return tagmsg.targets.map(|_| ()).ok_or(Refusal::NoRecipient(CommandName::Tagmsg));
    }
    say(context, Verb::Tagmsg, MessageParams { targets: tagmsg.targets, text: Some(""), tags })
}
