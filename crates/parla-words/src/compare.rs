//! Finds what a language's file lacks, or has too much of, compared with the English one.

use crate::{File, PLURALS, Part, Pattern, Wrong, table::form};

/// What is wrong with a language's file; empty if nothing is.
#[must_use]
pub fn problems(english: &File, language: &File) -> Vec<Wrong> {
    let mut problems = Vec::new();
    for sentence in &english.sentences {
        let Some(translated) = language.find(&sentence.id) else {
            problems.push(Wrong(format!("{}: is missing", sentence.id)));
            continue;
        };
        let (wanted, found) = (form(&sentence.pattern), form(&translated.pattern));
        for name in wanted.keys().filter(|name| !found.contains_key(*name)) {
            problems.push(Wrong(format!("{}: ${name} is missing", sentence.id)));
        }
        for name in found.keys().filter(|name| !wanted.contains_key(*name)) {
            problems.push(Wrong(format!("{}: there is no ${name} in the English sentence", sentence.id)));
        }
        let known = keys(&sentence.pattern);
        for (by, key) in keys(&translated.pattern) {
            let is_number = wanted.get(&by).copied().unwrap_or_default();
            let fits_number = PLURALS.contains(&key.as_str()) || key.parse::<u64>().is_ok();
            if !(if is_number { fits_number } else { known.contains(&(by.clone(), key.clone())) }) {
                problems.push(Wrong(format!("{}: ${by} is never [{key}]", sentence.id)));
            }
        }
    }
    for sentence in &language.sentences {
        if english.find(&sentence.id).is_none() {
            problems.push(Wrong(format!("{}: is no sentence of the app", sentence.id)));
        }
    }
    problems
}

/// The keys of all choices, with the variables that they belong to.
fn keys(pattern: &Pattern) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in pattern {
        if let Part::Choice { by, variants } = part {
            for (key, variant) in variants {
                found.extend(key.clone().map(|key| (by.clone(), key)));
                found.extend(keys(variant));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_found() {
        let english = "\
a = A
b = { $who } of { $room }
c = { $count ->
    [one] { $count } room
   *[other] { $count } rooms
}
d = { $who ->
    [none] Somebody
   *[other] { $who }
}
";
        let english = File::parse(english).unwrap();
        let check = |text: &str, expected: &[&str]| {
            let found: Vec<_> =
                problems(&english, &File::parse(text).unwrap()).into_iter().map(|Wrong(text)| text).collect();
            assert_eq!(found, expected, "{text}");
        };
        let whole = "a = A\nb = In { $room } { $who }\nc = { $count ->\n    [few] x\n   *[other] { $count } y\n}\nd = { $who }\n";
        check(whole, &[]);
        check(&whole.replace("a = A\n", ""), &["a: is missing"]);
        check(&whole.replace("{ $who }\nc", "\nc"), &["b: $who is missing"]);
        check(&whole.replace("a = A", "a = A { $b }"), &["a: there is no $b in the English sentence"]);
        check(&whole.replace("[few]", "[three]"), &["c: $count is never [three]"]);
        let choice = "d = { $who ->\n    [nobody] x\n   *[other] { $who }\n}";
        check(&whole.replace("d = { $who }", choice), &["d: $who is never [nobody]"]);
        check(&format!("{whole}e = E\n"), &["e: is no sentence of the app"]);
    }
}
