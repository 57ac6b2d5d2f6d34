//! Why a room did not take what the person said.
//!
//! ERR_CANNOTSENDTOCHAN stands for many reasons, and servers explain them to people only, each in its own words. So we look at the
//! room as it is known: its modes, the person's rank, and the bans that were set before our eyes. What does not explain it is left
//! open, and the interface shows the server's words.

use parla_proto::Mask;

use crate::{
    buffer::Buffer, problem::ProblemKind, session::Session, settings::Setting, text::Text, view::Rank,
};

/// On most servers this mode refuses messages with colours. Those of the family of Charybdis take the colours out instead.
const NO_COLOURS: char = 'c';

impl Buffer {
    /// The reason as far as it can be seen. `text` is what was refused, if that is known.
    pub(super) fn why_silenced(&self, session: &Session, text: Option<&str>) -> ProblemKind {
        if !self.is_present() {
            return ProblemKind::OutsideRoom;
        }
        let has_voice = self.members().rank(session, session.nick()).is_some_and(|rank| rank != Rank::Member);
        let is_set =
            |setting| session.modes().letter(setting).is_some_and(|letter| self.modes().is_set(letter));
        if !has_voice && is_set(Setting::VoicedSpeak) {
            return ProblemKind::VoiceNeeded;
        }
        if !has_voice && is_set(Setting::AccountsSpeak) && !session.is_logged_in() {
            return ProblemKind::AccountNeeded;
        }
        if self.modes().is_set(NO_COLOURS) && text.is_some_and(has_formatting) {
            return ProblemKind::NotTaken;
        }
        let source = format!("{}!{}", session.nick(), session.userhost().unwrap_or("*@*"));
        let means_us =
            |mask: &str| Mask::parse(mask).is_ok_and(|mask| mask.matches(&source, session.casemapping()));
        if !has_voice && self.modes().silencing().any(means_us) {
            return ProblemKind::SilencedInRoom;
        }
        ProblemKind::CannotSpeak
    }
}

/// Whether more than letters was sent.
fn has_formatting(text: &str) -> bool {
    &*Text::parse(text).plain != text
}
