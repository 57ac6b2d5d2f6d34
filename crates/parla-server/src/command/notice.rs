//! NOTICE: text that is never answered, not even by an error. <https://modern.ircdocs.horse/#notice-message>

use parla_proto::{command::Notice, tag::Tags};

use super::privmsg::{Words, say};
use crate::{
    context::Context,
    network::{entry::Verb, refusal::Refusal},
};

pub(crate) fn run(context: &mut Context<'_>, notice: &Notice<'_>, tags: Tags<'_>) -> Result<(), Refusal> {
    // Not even a bad one is answered.
    say(context, Verb::Notice, Words { targets: notice.targets, text: notice.text, tags })
        .map_err(|_| Refusal::Silent)
}
