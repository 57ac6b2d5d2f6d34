//! Problems in words: what happened, what it means, what to do.
//!
//! Nobody needs the server's own words to understand these; they are behind "Details".

use parla_client::{
    Problem, ProblemKind,
    limits::{SUBMIT_BYTES_MAX, SUBMIT_MESSAGES_MAX},
    slash::Spec,
};

use super::Words;

/// A problem in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What happened, in a sentence.
    pub title: String,
    /// What it means for the person.
    pub meaning: String,
    /// What the person can do.
    pub remedy: String,
}

impl Words {
    /// Puts a problem into words.
    #[expect(clippy::too_many_lines, reason = "a table in which the compiler looks for every kind")]
    pub fn problem(self, problem: &Problem) -> Told {
        let about = &*problem.about;
        match problem.kind {
            ProblemKind::HostNotFound => self.problem_host_not_found(about),
            ProblemKind::Refused => self.problem_refused(about),
            ProblemKind::TimedOut => self.problem_timed_out(about),
            ProblemKind::NotEncrypted => self.problem_not_encrypted(),
            ProblemKind::WrongCertificateName => self.problem_wrong_certificate_name(about),
            ProblemKind::PlainOnly => self.problem_plain_only(about),
            ProblemKind::BadCertificate => self.problem_bad_certificate(about),
            ProblemKind::CertificateExpired => self.problem_certificate_expired(about),
            ProblemKind::CertificateNotYetValid => self.problem_certificate_not_yet_valid(about),
            ProblemKind::CertificateChanged => self.problem_certificate_changed(about),
            ProblemKind::BadAddress => self.problem_bad_address(),
            ProblemKind::BadIdentity => self.problem_bad_identity(),
            ProblemKind::ArchiveBroken => self.problem_archive_broken(),
            ProblemKind::KeyringFailing => self.problem_keyring_failing(),
            ProblemKind::StoreDamaged => self.problem_store_damaged(),
            ProblemKind::StoreFailing => self.problem_store_failing(),
            ProblemKind::BrowserFull => self.problem_browser_full(),
            ProblemKind::Lost => self.problem_lost(),
            ProblemKind::Unreachable => self.problem_unreachable(about),
            ProblemKind::ServerClosed => self.problem_server_closed(),
            ProblemKind::ServerStopping => self.problem_server_stopping(about),
            ProblemKind::Killed => self.problem_killed(),
            ProblemKind::Flooded => self.problem_flooded(),
            ProblemKind::TooSlow => self.problem_too_slow(),
            ProblemKind::ServerFull => self.problem_server_full(about),
            ProblemKind::TooManyFromAddress => self.problem_too_many_from_address(),
            ProblemKind::ConnectingTooFast => self.problem_connecting_too_fast(),
            ProblemKind::SignInTimedOut => self.problem_sign_in_timed_out(),
            ProblemKind::EncryptionNeeded => self.problem_encryption_needed(),
            ProblemKind::WebServer => self.problem_web_server(),
            ProblemKind::NotIrc => self.problem_not_irc(about),
            ProblemKind::NickTaken => self.problem_nick_taken(about),
            ProblemKind::NickInvalid => self.problem_nick_invalid(about),
            ProblemKind::NickConfusable => self.problem_nick_confusable(about),
            ProblemKind::NickHeld => self.problem_nick_held(about),
            ProblemKind::NickReserved => self.problem_nick_reserved(about),
            ProblemKind::NickTooLong(letters) => self.problem_nick_too_long(about, letters),
            ProblemKind::NickStart(char) => self.problem_nick_start(&self.sign(char)),
            ProblemKind::NickCharacter(char) => self.problem_nick_character(&self.sign(char)),
            ProblemKind::NickLetters => self.problem_nick_letters(),
            ProblemKind::NickMixed => self.problem_nick_mixed(about),
            ProblemKind::PasswordNeeded => self.problem_password_needed(),
            ProblemKind::PasswordWrong if about.is_empty() => self.problem_password_wrong(),
            ProblemKind::PasswordWrong => self.problem_password_wrong_for(about),
            ProblemKind::PasswordReadable => self.problem_password_readable(),
            ProblemKind::SignInNeeded => self.problem_sign_in_needed(),
            ProblemKind::SignInRefused => self.problem_sign_in_refused(),
            ProblemKind::SignInUnsupported => self.problem_sign_in_unsupported(),
            ProblemKind::BannedFromServer => self.problem_banned_from_server(),
            ProblemKind::Throttled => self.problem_throttled(),
            ProblemKind::RoomFull => self.problem_room_full(about),
            ProblemKind::InviteOnly => self.problem_invite_only(about),
            ProblemKind::BannedFromRoom => self.problem_banned_from_room(about),
            ProblemKind::NotRecognised => self.problem_not_recognised(about),
            ProblemKind::KeyWrong => self.problem_key_wrong(about),
            ProblemKind::KeyNeeded => self.problem_key_needed(about),
            ProblemKind::AccountNeeded => self.problem_account_needed(about),
            ProblemKind::NoSuchRoom => self.problem_no_such_room(about),
            ProblemKind::TooManyRooms => self.problem_too_many_rooms(),
            ProblemKind::TooManyConversations => self.problem_too_many_conversations(),
            ProblemKind::KickedOut => self.problem_kicked_out(about),
            ProblemKind::NotInRoom => self.problem_not_in_room(about),
            ProblemKind::AlreadyInRoom => self.problem_already_in_room(about),
            ProblemKind::TheyAreNotInRoom => self.problem_they_are_not_in_room(about),
            ProblemKind::CannotSpeak => self.problem_cannot_speak(about),
            ProblemKind::VoiceNeeded => self.problem_voice_needed(about),
            ProblemKind::AccountNeededToSpeak => self.problem_account_needed_to_speak(about),
            ProblemKind::OutsideRoom => self.problem_outside_room(about),
            ProblemKind::SilencedInRoom => self.problem_silenced_in_room(about),
            ProblemKind::NotTaken => self.problem_not_taken(about),
            ProblemKind::NotServerOperator => self.problem_not_server_operator(),
            ProblemKind::BadSetting => self.problem_bad_setting(about),
            ProblemKind::ListFull => self.problem_list_full(about),
            ProblemKind::NoSuchPerson => self.problem_no_such_person(about),
            ProblemKind::NotOperator => self.problem_not_operator(about),
            ProblemKind::ServerStorageFull => self.problem_server_storage_full(),
            ProblemKind::TooLong => self.problem_too_long(),
            ProblemKind::MaybeLost => self.problem_maybe_lost(),
            ProblemKind::LeftUnsent => self.problem_left_unsent(),
            ProblemKind::ConversationGone => self.problem_conversation_gone(),
            ProblemKind::QueueFull => self.problem_queue_full(),
            ProblemKind::TooManyMessages(count) => self.problem_too_many_messages(count, SUBMIT_MESSAGES_MAX),
            ProblemKind::TooMuchText => self.problem_too_much_text(SUBMIT_BYTES_MAX / 1024),
            ProblemKind::UnknownCommand => self.problem_unknown_command(about),
            ProblemKind::MissingWords => {
                let told = self.problem_missing_words(about);
                Told { remedy: format!("{} {}.", told.remedy, self.example(about)), ..told }
            }
            ProblemKind::NotHere => self.problem_not_here(about),
            ProblemKind::Offline => self.problem_offline(),
            ProblemKind::PageOutdated => self.problem_page_outdated(),
            ProblemKind::Other => self.problem_other(),
        }
    }

    /// The syntax of a command.
    fn example(self, command: &str) -> String {
        let behind = Spec::find(command).map(|spec| self.written_behind(spec)).unwrap_or_default();
        format!("/{command} {behind}").trim_end().to_owned()
    }

    /// A character as a sentence names it.
    fn sign(self, char: char) -> String {
        match char {
            ' ' => self.sign_space().to_owned(),
            // Otherwise it would be invisible.
            _ if char.is_control()
                || matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}') =>
            {
                self.sign_invisible().to_owned()
            }
            _ => self.sign_character(char.encode_utf8(&mut [0; 4])),
        }
    }
}
