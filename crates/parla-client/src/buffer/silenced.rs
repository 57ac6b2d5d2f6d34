//! Why a channel refuses what the person says.
//!
//! ERR_CANNOTSENDTOCHAN has many reasons, which servers explain only in text, each in its own words. So we
//! look at what we know of the channel: its modes, the person's rank, and the bans that were set in our
//! presence. If none of that explains the refusal, the reason stays open and the interface shows the server's
//! words.

use parla_proto::Mask;

use super::Buffer;
use crate::{problem::ProblemKind, session::Session, settings::Setting, text::Text, view::Rank};

/// On most servers this mode refuses coloured messages. Servers of the Charybdis family remove the colours
/// instead.
const NO_COLOURS: char = 'c';

impl Buffer {
    /// Why everything is refused that the person could say here, if that is certain before they try. Bans do not
    /// count, because there may be an exception that we do not know of.
    pub(super) fn silenced(&self, session: &Session) -> Option<ProblemKind> {
        let is_set =
            |setting| session.modes().letter(setting).is_some_and(|letter| self.modes.is_set(letter));
        if !self.is_room() || !self.is_present() || self.has_voice(session) {
            return None;
        }
        if is_set(Setting::VoicedSpeak) {
            return Some(ProblemKind::VoiceNeeded);
        }
        let is_for_accounts = is_set(Setting::AccountsSpeak) && !session.is_logged_in();
        is_for_accounts.then_some(ProblemKind::AccountNeededToSpeak)
    }

    fn has_voice(&self, session: &Session) -> bool {
        self.members.rank(session, session.nick()).is_some_and(|rank| rank != Rank::Member)
    }

    /// The reason for a refusal, as far as we can tell. `text` is what was refused, if that is known.
    pub(crate) fn why_silenced(&self, session: &Session, text: Option<&str>) -> ProblemKind {
        if !self.is_present() {
            return ProblemKind::OutsideRoom;
        }
        if let Some(kind) = self.silenced(session) {
            return kind;
        }
        if self.modes.is_set(NO_COLOURS) && text.is_some_and(has_formatting) {
            return ProblemKind::NotTaken;
        }
        let source = format!("{}!{}", session.nick(), session.userhost().unwrap_or("*@*"));
        let means_us =
            |mask: &str| Mask::parse(mask).is_ok_and(|mask| mask.matches(&source, session.casemapping()));
        if !self.has_voice(session) && self.modes.silencing().any(means_us) {
            return ProblemKind::SilencedInRoom;
        }
        ProblemKind::CannotSpeak
    }
}

/// Whether the text has formatting codes.
fn has_formatting(text: &str) -> bool {
    &*Text::parse(text).plain != text
}
