//! NOTICE: a message that is never answered, not even with an error.
//! <https://modern.ircdocs.horse/#notice-message>

use parla_proto::{command::Notice, tag::Tags};

use super::privmsg::{MessageParams, say};
use crate::{
    context::Context,
    network::{entry::Verb, refusal::Refusal},
};

pub(crate) fn run(context: &mut Context<'_>, notice: &Notice<'_>, tags: Tags<'_>) -> Result<(), Refusal> {
    // Even an invalid one gets no answer.
    say(context, Verb::Notice, MessageParams { targets: notice.targets, text: notice.text, tags })
        .map_err(|_| Refusal::Silent)
}
