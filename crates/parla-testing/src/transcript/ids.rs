//! Message ids as scripts write them: `m7` is the id of entry 7.
//!
//! The server encrypts the number. In memory its key is known, so what a script sends is encrypted and what a
//! client gets is decrypted. A daemon has its own key, so the ids that it sends are mapped to those of the
//! script.

use parla_server::MessageIds;

/// The key of the server in memory.
pub(super) const KEY: [u8; 16] = [7; 16];

/// Digits, and letters that cannot be confused when read aloud (Crockford's alphabet).
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The length of an id on the wire.
const ID_DIGITS: usize = 22;

/// A text of a script with a real id in place of each `m7`.
pub(super) fn enciphered(text: &str) -> String {
    let ids = MessageIds::new(&KEY);
    replaced(text, |word| number(word).map(|seq| ids.encode(seq).to_string()))
}

/// A line of the server with `m7` in place of each id.
pub(super) fn deciphered(line: &str) -> String {
    let ids = MessageIds::new(&KEY);
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    while !rest.is_empty() {
        let word = rest.len() - rest.trim_start_matches(|char: char| char.is_ascii_alphanumeric()).len();
        let (word, after) = rest.split_at_checked(word).unwrap_or((rest, ""));
        match Some(word).filter(|word| word.len() == ID_DIGITS).and_then(|word| ids.decode(word)) {
            Some(seq) => shown.push_str(&name(seq)),
            None => shown.push_str(word),
        }
        let gap = after.len() - after.trim_start_matches(|char: char| !char.is_ascii_alphanumeric()).len();
        let (gap, next) = after.split_at_checked(gap).unwrap_or((after, ""));
        shown.push_str(gap);
        rest = next;
    }
    shown
}

/// A text of a script, with each word that may be an id replaced by what `find` returns.
pub(super) fn replaced(text: &str, find: impl Fn(&str) -> Option<String>) -> String {
    let mut found = String::with_capacity(text.len());
    let (mut is_value, mut in_redact) = (false, false);
    for piece in text.split_inclusive([' ', '=', ';']) {
        let word = piece.trim_end_matches([' ', '=', ';']);
        // The batch of a message is named after its id.
        let id = word.strip_prefix(['+', '-']).filter(|_| found.ends_with("BATCH ")).unwrap_or(word);
        let may_be_id = is_value || in_redact || id != word;
        match Some(id).filter(|_| may_be_id).and_then(&find) {
            Some(real) => found.push_str(&piece.replacen(id, &real, 1)),
            None => found.push_str(piece),
        }
        is_value = piece.ends_with('=');
        // In REDACT, an id is a parameter.
        in_redact = (in_redact || word == "REDACT") && !word.starts_with(':');
    }
    found
}

/// `m` followed by the number in base 32.
fn name(seq: u64) -> String {
    let (mut digits, mut rest) = (Vec::new(), seq);
    while rest > 0 || digits.is_empty() {
        digits.push(DIGITS.get((rest % 32) as usize).map_or('0', |digit| char::from(*digit)));
        rest /= 32;
    }
    ['m'].into_iter().chain(digits.into_iter().rev()).collect()
}

/// The number of an id in a script; `None` for other words, numbers that are too large, and non-canonical
/// spellings.
fn number(word: &str) -> Option<u64> {
    let digits = word.strip_prefix('m')?;
    let value = |digit: u8| DIGITS.iter().position(|known| *known == digit);
    let number = digits.bytes().try_fold(0_u64, |number, digit| {
        number.checked_mul(32)?.checked_add(u64::try_from(value(digit)?).ok()?)
    })?;
    Some(number).filter(|number| name(*number) == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_name_ids_by_their_numbers() {
        for (word, seq) in [("m0", 0), ("m7", 7), ("m10", 32), ("mfzzzzzzzzzzzz", u64::MAX)] {
            assert_eq!((number(word), name(seq).as_str()), (Some(seq), word));
        }
        for word in ["", "m", "7", "m07", "M7", "mu", "mg000000000000"] {
            assert_eq!(number(word), None, "{word}");
        }
    }

    #[test]
    fn what_is_enciphered_is_deciphered() {
        for text in [
            "CHATHISTORY BETWEEN #rust msgid=m5 msgid=m9 10",
            "@+draft/reply=m7;+x=y TAGMSG #rust",
            "REDACT #rust m8 :m8 was wrong",
            "@batch=m7 :a!b@c PRIVMSG #rust :m7",
            ":a!b@c BATCH +m7 draft/multiline #rust",
        ] {
            let sent = enciphered(text);
            assert_ne!(sent, text);
            assert_eq!(deciphered(&sent), text);
        }
        for text in ["PRIVMSG #rust :m7", "MODE #rust +m m7", "a=mu"] {
            assert_eq!(enciphered(text), text);
        }
    }
}
