//! How this network reads names: by the rules of `parla-proto` and, with `CASEMAPPING=precis`, by those of
//! PRECIS and of confusable characters.
//!
//! PRECIS (RFC 8265) says which characters a name may have and which forms of a character are equal. Unicode
//! Technical Standard 39 says which names look alike. Both need tables that a client should not have to
//! carry, so they are used only here.

use parla_proto::{
    AccountName, ChannelName, Nick, NickFault,
    name::{BadName, Casemapping, NameRules},
};
use precis_core::profile::Profile as _;
use precis_profiles::UsernameCasePreserved;
use unicode_normalization::{UnicodeNormalization as _, is_nfc};
use unicode_security::confusable_detection::skeleton as letters_seen;

use super::service::RESERVED;

/// Reads a nick. With PRECIS it is brought to its canonical form: full-width letters become plain ones, and
/// accents are composed.
pub(crate) fn nick(text: &str, rules: &NameRules) -> Result<Nick, BadName> {
    if rules.casemapping != Casemapping::Precis || text.is_ascii() {
        return Nick::parse(text, rules);
    }
    // Longer than any nick can be, so not worth reading.
    if text.len() > rules.nick_bytes_max * 4 {
        return Err(BadName::TooLong);
    }
    let canonical = UsernameCasePreserved::new().enforce(text).map_err(|_| BadName::Character)?;
    Nick::parse(&canonical, rules)
}

/// What is wrong with a nick that could not be read.
pub(crate) fn fault(text: &str, rules: &NameRules) -> NickFault {
    let reads = |text: &str| nick(text, rules).is_ok();
    let start = text.chars().next().unwrap_or_default();
    // We try each character after a letter of either direction, because the two directions may not be mixed.
    let is_good = |char: char| reads(&format!("a{char}")) || reads(&format!("א{char}"));
    if let Some(bad) = text.chars().find(|char| !is_good(*char)) {
        NickFault::Character(bad)
    } else if !reads(&start.to_string()) {
        NickFault::Start(start)
    } else if nick(text, rules) == Err(BadName::TooLong) {
        NickFault::TooLong(rules.nick_bytes_max)
    } else {
        NickFault::Form
    }
}

/// Reads the name of a channel. With PRECIS accents are composed, so that a name has one spelling only.
pub(crate) fn channel(text: &str, rules: &NameRules) -> Result<ChannelName, BadName> {
    if rules.casemapping != Casemapping::Precis || is_nfc(text) || text.len() > rules.channel_bytes_max * 4 {
        return ChannelName::parse(text, rules);
    }
    ChannelName::parse(&text.nfc().collect::<String>(), rules)
}

/// What a nick looks like: nicks with equal skeletons are easily confused. `None` for casemappings that allow
/// ASCII only.
pub(crate) fn skeleton(nick: &Nick, casemapping: Casemapping) -> Option<Box<str>> {
    let is_needed = casemapping == Casemapping::Precis;
    is_needed.then(|| letters_seen(nick.folded()).collect::<String>().into_boxed_str())
}

/// What the name of an account looks like, whatever names the network allows now. As for [`skeleton`].
pub(crate) fn account_skeleton(name: &AccountName, casemapping: Casemapping) -> Option<Box<str>> {
    let is_needed = casemapping == Casemapping::Precis;
    is_needed.then(|| letters_seen(&casemapping.fold(name.as_str())).collect::<String>().into_boxed_str())
}

/// Whether a nick is the name of a service, or looks like one.
pub(crate) fn is_service(nick: &Nick, casemapping: Casemapping) -> bool {
    let name = nick.as_str().to_ascii_lowercase();
    // A capital letter may look like another letter than its small one does: a Greek Ν like N, and a ν like v.
    let of_capitals = || letters_seen(nick.as_str()).collect::<String>().to_ascii_lowercase();
    let looks = skeleton(nick, casemapping).map(|look| [look.into_string(), of_capitals()]);
    let looks_like = |service: &str| {
        let service: String = letters_seen(service).collect();
        looks.iter().flatten().any(|look| *look == service)
    };
    RESERVED.iter().any(|service| *service == name || looks_like(service))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: NameRules =
        NameRules { casemapping: Casemapping::Precis, nick_bytes_max: 32, channel_bytes_max: 64 };

    #[test]
    fn nicks_of_all_scripts() {
        for (text, expected) in [
            ("evan", Ok("evan")),
            ("Zoë", Ok("Zoë")),
            ("Zoe\u{308}", Ok("Zoë")),
            ("ＡＢＣ", Ok("ABC")),
            ("日本語", Ok("日本語")),
            ("אלף", Ok("אלף")),
            ("ﬁn", Err(BadName::Character)),
            ("a\u{200d}b", Err(BadName::Character)),
            ("a\u{202e}b", Err(BadName::Character)),
            ("☃", Err(BadName::Character)),
            ("＃a", Err(BadName::Character)),
            ("１a", Err(BadName::Character)),
            ("日本語日本語日本語", Ok("日本語日本語日本語")),
            ("日本語日本語日本語日本語", Err(BadName::TooLong)),
        ] {
            let found = nick(text, &RULES);
            assert_eq!(found.as_ref().map(Nick::as_str).map_err(|error| *error), expected, "{text}");
        }
        let ascii = NameRules { casemapping: Casemapping::Ascii, ..RULES };
        assert_eq!(nick("Zoë", &ascii).map(|_| ()), Err(BadName::Character));
    }

    #[test]
    fn a_refused_nick_has_its_own_reason() {
        for (text, expected) in [
            ("O'Brien", NickFault::Character('\'')),
            ("Anna Maria", NickFault::Character(' ')),
            ("☃", NickFault::Character('☃')),
            ("7of9", NickFault::Start('7')),
            ("１a", NickFault::Start('１')),
            ("-a", NickFault::Start('-')),
            ("日本語日本語日本語日本語", NickFault::TooLong(32)),
            // Right-to-left letters with a digit of another script between them.
            ("אa", NickFault::Form),
        ] {
            assert_eq!(fault(text, &RULES), expected, "{text}");
        }
        let ascii = NameRules { casemapping: Casemapping::Ascii, ..RULES };
        assert_eq!(fault("Zoë", &ascii), NickFault::Character('ë'));
    }

    #[test]
    fn case_is_folded_in_all_scripts() {
        assert_eq!(nick("ZOË", &RULES).unwrap(), nick("zoë", &RULES).unwrap());
        assert_eq!(nick("ЕВА", &RULES).unwrap(), nick("ева", &RULES).unwrap());
        assert_eq!(channel("#CAFE\u{301}", &RULES).unwrap(), channel("#café", &RULES).unwrap());
    }

    #[test]
    fn nicks_that_look_alike_have_one_skeleton() {
        let seen = |text| skeleton(&nick(text, &RULES).unwrap(), Casemapping::Precis).unwrap();
        assert_eq!(seen("evan"), seen("\u{435}van"));
        assert_eq!(seen("Paypal"), seen("paypa1"));
        assert_ne!(seen("evan"), seen("ivan"));
        assert_eq!(skeleton(&nick("evan", &RULES).unwrap(), Casemapping::Ascii), None);
    }
}
