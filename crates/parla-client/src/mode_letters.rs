//! The letters that a server uses for channel modes, and their meanings there.
//!
//! Letters have the meaning that is usual today; where server families differ, the other modes show which
//! family it is.
//! <https://modern.ircdocs.horse/#mode-message>

use crate::settings::Setting;

/// The channel modes of a server: letters by type, from CHANMODES in RPL_ISUPPORT.
#[derive(Clone, Debug)]
pub(crate) struct ModeLetters {
    /// Type A: lists.
    pub(crate) lists: String,
    /// Type B: always has a parameter.
    pub(crate) always: String,
    /// Type C: has a parameter when set.
    pub(crate) when_set: String,
    /// Type D: never has a parameter.
    pub(crate) flags: String,
}

impl Default for ModeLetters {
    /// The modes of RFC 2811.
    fn default() -> Self {
        let [lists, always, when_set, flags] = ["b", "k", "l", "imnpst"].map(str::to_owned);
        Self { lists, always, when_set, flags }
    }
}

impl ModeLetters {
    /// Parses the value of CHANMODES.
    pub(crate) fn parse(value: &str) -> Self {
        let mut types = value.split(',').map(str::to_owned);
        let mut next = || types.next().unwrap_or_default();
        Self { lists: next(), always: next(), when_set: next(), flags: next() }
    }

    /// The letter of a setting; `None` if the server does not have it.
    pub(crate) fn letter(&self, setting: Setting) -> Option<char> {
        // A server with quiet lists uses the letters of Charybdis.
        let is_charybdis = self.lists.contains('q');
        let takes_word = |letter| self.always.contains(letter) || self.when_set.contains(letter);
        let letter = match setting {
            Setting::InvitedOnly => 'i',
            Setting::AccountsOnly => {
                if is_charybdis {
                    'r'
                } else {
                    'R'
                }
            }
            Setting::Key => 'k',
            Setting::Limit => 'l',
            // Where `L` is for forwarding, `f` is about floods.
            Setting::Forward => {
                if takes_word('L') {
                    'L'
                } else {
                    'f'
                }
            }
            Setting::VoicedSpeak => 'm',
            Setting::AccountsSpeak if is_charybdis => return None,
            Setting::AccountsSpeak => 'M',
            Setting::NoOutsiders => 'n',
            Setting::TopicLocked => 't',
            Setting::Hidden => 's',
            Setting::PlainText => {
                if is_charybdis {
                    'c'
                } else {
                    'S'
                }
            }
        };
        let is_offered = if setting.has_value() { takes_word(letter) } else { self.flags.contains(letter) };
        is_offered.then_some(letter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::SETTINGS;

    #[test]
    fn families_of_servers_are_told_apart() {
        let letters = |chanmodes: &str| -> String {
            let modes = ModeLetters::parse(chanmodes);
            SETTINGS.into_iter().map(|setting| modes.letter(setting).unwrap_or('.')).collect()
        };
        assert_eq!(letters("beI,k,fl,CMRSimnstu"), "iRklfmMnSts", "parlad");
        assert_eq!(letters("eIbq,k,flj,CFLMPQRSTcgimnprstuz"), "irklfm.ncts", "Libera.Chat");
        assert_eq!(letters("beI,fkL,lFH,cdimnprstzCDGKMNOPQRSTVZ"), "iRklLmMnSts", "UnrealIRCd");
        assert_eq!(letters("b,k,l,imnpst"), "i.kl.m.n.ts", "RFC 2811");
        assert_eq!(letters(""), "...........");
    }
}
