//! Why a room did not take what the person said.
//!
//! ERR_CANNOTSENDTOCHAN stands for many reasons, and servers explain them to people only, each in its own words. So we look at the
//! room as it is known: its modes, the person's rank, and the bans that were set before our eyes. What does not explain it is left
//! open, and the interface shows the server's words.

use parla_proto::Mask;

use super::Incoming;
use crate::{
    client::Client,
    problem::ProblemKind,
    settings::Setting,
    text::Text,
    view::{BufferId, Rank},
};

/// On most servers this mode refuses messages with colours. Those of the family of Charybdis take the colours out instead.
const NO_COLOURS: char = 'c';

/// The reason as far as it can be seen.
pub(super) fn why(client: &Client, incoming: &Incoming<'_>, room: BufferId) -> ProblemKind {
    let session = &client.state.session;
    let Some(buffer) = client.state.buffers.get(room) else { return ProblemKind::CannotSpeak };
    if !buffer.is_present() {
        return ProblemKind::OutsideRoom;
    }
    let has_voice = buffer.members.rank(session, &session.nick).is_some_and(|rank| rank != Rank::Member);
    let is_set = |setting| session.modes.letter(setting).is_some_and(|letter| buffer.modes.is_set(letter));
    if !has_voice && is_set(Setting::VoicedSpeak) {
        return ProblemKind::VoiceNeeded;
    }
    if !has_voice && is_set(Setting::AccountsSpeak) && !session.is_logged_in {
        return ProblemKind::AccountNeeded;
    }
    if buffer.modes.is_set(NO_COLOURS) && refused_text(client, incoming, room).is_some_and(has_formatting) {
        return ProblemKind::NotTaken;
    }
    let userhost = session.userhost.as_deref().unwrap_or("*@*");
    let source = format!("{}!{userhost}", session.nick);
    let means_us =
        |mask: &str| Mask::parse(mask).is_ok_and(|mask| mask.matches(&source, session.casemapping));
    if !has_voice && buffer.modes.silencing().any(means_us) {
        return ProblemKind::SilencedInRoom;
    }
    ProblemKind::CannotSpeak
}

/// What the person had said, if it is still known which message is refused.
fn refused_text<'a>(client: &'a Client, incoming: &Incoming<'_>, room: BufferId) -> Option<&'a str> {
    let labelled = incoming.label.as_deref().and_then(|label| client.outbox.labelled(label));
    let row = match labelled {
        Some((_, row)) => row,
        None => client.outbox.first_sent(room)?,
    };
    client.outbox.text(row)
}

/// Whether more than letters was sent.
fn has_formatting(text: &str) -> bool {
    &*Text::parse(text).plain != text
}
