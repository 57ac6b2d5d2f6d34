//! What a word in the composer could be completed to: a command, a person or a room.
//!
//! Works on the text, the caret and the candidates. Draws no list and moves no caret.

use std::{ops::Range, sync::Arc};

use parla_proto::{Casemapping, name::CHANNEL_PREFIX};

use crate::{slash::Spec, text::shown_name};

/// The most choices that are offered at once.
pub const CHOICES_MAX: usize = 20;

/// Everything that can be chosen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Candidates<'a> {
    /// The commands, from [`crate::slash::SPECS`].
    pub commands: &'static [Spec],
    /// The members' nicks as the server knows them, with whoever spoke last first.
    pub members: &'a [Arc<str>],
    /// The rooms that the person knows, starting with the current one.
    pub rooms: &'a [Arc<str>],
}

/// Why choices are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// A character was typed. Only a word that begins with `/`, `@` or `#` asks for choices.
    Typing,
    /// The person pressed Tab. Every word may be the beginning of a name.
    Tab,
}

/// A part of the input and what could replace it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The part to replace, in bytes; it ends at the caret.
    pub range: Range<usize>,
    /// The replacements, the likeliest first: at least one and at most [`CHOICES_MAX`].
    pub choices: Vec<Choice>,
}

/// One possible completion of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The text to insert, including what usually follows.
    pub insert: String,
    /// The text to show in the list.
    pub shown: Arc<str>,
    /// Whether it is a command, a person or a room.
    pub kind: ChoiceKind,
}

/// The kinds of choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChoiceKind {
    /// A command, with its description.
    Command(&'static Spec),
    /// Somebody in the room.
    Person,
    /// A room that the person knows.
    Room,
}

/// The possible completions of the word before the caret; `None` if nothing fits.
pub fn complete(
    input: &str,
    caret_bytes: usize,
    trigger: Trigger,
    candidates: &Candidates<'_>,
) -> Option<Completion> {
    let (before, after) = input.split_at_checked(caret_bytes)?;
    if after.starts_with(char::is_alphanumeric) {
        return None;
    }
    let word = Word::at_end(before, after);
    let mut choices = match (word.text.chars().next()?, trigger) {
        ('/', _) if word.start == 0 => word.commands(candidates.commands),
        (CHANNEL_PREFIX, _) => word.rooms(candidates.rooms),
        ('@', _) => word.people(word.text.strip_prefix('@')?, candidates.members),
        (_, Trigger::Tab) => word.people(word.text, candidates.members),
        (_, Trigger::Typing) => return None,
    };
    // A list that offers only what is already written is in the way, except for a command, where it also
    // explains the command.
    if trigger == Trigger::Typing {
        choices.retain(|choice| choice.kind != ChoiceKind::Room || choice.insert.trim_end() != word.text);
    }
    if choices.is_empty() {
        return None;
    }
    Some(Completion { range: word.start..caret_bytes, choices })
}

/// The beginning of a word, before the caret.
struct Word<'a> {
    start: usize,
    text: &'a str,
    /// Whether it is the first thing in its line.
    begins_line: bool,
    after: &'a str,
}

impl<'a> Word<'a> {
    fn at_end(before: &'a str, after: &'a str) -> Self {
        let start = before.rfind(char::is_whitespace).map_or(0, |at| before.ceil_char_boundary(at + 1));
        let text = before.get(start..).unwrap_or_default();
        // `[` and `{` are not stripped, because a nick can begin with them.
        let text = text.trim_start_matches(['(', '"', '\'', '<']);
        let start = before.len() - text.len();
        let line = before.get(..start).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
        Self { start, text, begins_line: line.trim().is_empty(), after }
    }

    fn commands(&self, commands: &'static [Spec]) -> Vec<Choice> {
        let beginning = self.text.strip_prefix('/').unwrap_or(self.text);
        let fitting = commands.iter().filter_map(|spec| {
            let name = spec.names().find(|name| begins_with(name, beginning))?;
            let insert = self.followed(format!("/{name}"), if spec.takes_words() { " " } else { "" });
            Some(Choice { insert, shown: format!("/{name}").into(), kind: ChoiceKind::Command(spec) })
        });
        let mut choices: Vec<_> = fitting.take(CHOICES_MAX).collect();
        // A word that is written in full comes before longer ones that begin with it.
        choices.sort_by_key(|choice| !choice.shown.eq_ignore_ascii_case(self.text));
        choices
    }

    fn people(&self, beginning: &str, members: &[Arc<str>]) -> Vec<Choice> {
        let fitting = members.iter().filter(|nick| {
            begins_with(nick, beginning)
                || begins_with(nick.trim_start_matches(|char: char| !char.is_alphanumeric()), beginning)
        });
        let choices = fitting.map(|nick| Choice {
            insert: self.followed(nick.to_string(), if self.begins_line { ": " } else { " " }),
            shown: shown_name(nick),
            kind: ChoiceKind::Person,
        });
        choices.take(CHOICES_MAX).collect()
    }

    fn rooms(&self, rooms: &[Arc<str>]) -> Vec<Choice> {
        let bare = |room: &'_ str| room.trim_start_matches(CHANNEL_PREFIX).to_owned();
        let beginning = bare(self.text);
        let prefix_len = self.text.len() - beginning.len();
        let fitting = rooms.iter().filter(|room| {
            let name = bare(room);
            room.len() - name.len() >= prefix_len && begins_with(&name, &beginning)
        });
        let choices = fitting.map(|room| Choice {
            insert: self.followed(room.to_string(), " "),
            shown: shown_name(room),
            kind: ChoiceKind::Room,
        });
        choices.take(CHOICES_MAX).collect()
    }

    /// The word and what usually follows it, without what follows already.
    fn followed(&self, word: String, by: &str) -> String {
        match self.after.chars().next() {
            None => word + by,
            Some(char) if char.is_whitespace() => word + by.trim_end(),
            Some(_) => word,
        }
    }
}

/// Whether the name begins with this text, ignoring case.
fn begins_with(name: &str, beginning: &str) -> bool {
    let fold = |char| Casemapping::Rfc1459.fold_char(char).to_lowercase();
    let mut name = name.chars().flat_map(fold);
    beginning.chars().flat_map(fold).all(|char| name.next() == Some(char))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;
    use crate::slash::SPECS;

    #[expect(clippy::needless_pass_by_value, reason = "expect! makes a value")]
    fn typing(input: &str, expected: Expect) {
        expected.assert_eq(&choices(input, Trigger::Typing));
    }

    #[expect(clippy::needless_pass_by_value, reason = "expect! makes a value")]
    fn tab(input: &str, expected: Expect) {
        expected.assert_eq(&choices(input, Trigger::Tab));
    }

    /// The input with each choice inserted; `|` marks the caret.
    fn choices(input: &str, trigger: Trigger) -> String {
        let members = ["bob", "Alice", "al[m]", "_alf", "zoë"].map(Arc::from);
        let rooms = ["#rust", "##rust-beginners", "#Ruby", "#música"].map(Arc::from);
        let candidates = Candidates { commands: SPECS, members: &members, rooms: &rooms };
        let caret = input.find('|').unwrap();
        let input = input.replace('|', "");
        let Some(completion) = complete(&input, caret, trigger, &candidates) else { return "-".to_owned() };
        let lines = completion.choices.iter().map(|choice| {
            let mut becomes = input.clone();
            becomes.replace_range(completion.range.clone(), &format!("{}|", choice.insert));
            format!("{} => {becomes:?}\n", choice.shown)
        });
        lines.collect()
    }

    #[test]
    fn commands_at_the_start() {
        typing(
            "/jo|",
            expect![[r#"
            /join => "/join |"
        "#]],
        );
        typing(
            "/L|",
            expect![[r#"
            /leave => "/leave |"
            /list => "/list|"
        "#]],
        );
        typing(
            "/me|",
            expect![[r#"
            /me => "/me |"
        "#]],
        );
        typing(
            "/back|",
            expect![[r#"
            /back => "/back|"
        "#]],
        );
        typing(
            "/jo| #rust",
            expect![[r#"
            /join => "/join| #rust"
        "#]],
        );
        typing("/zzz|", expect!["-"]);
        typing("say /jo|", expect!["-"]);
        typing("//|", expect!["-"]);
        tab(
            "/wh|",
            expect![[r#"
            /whois => "/whois |"
        "#]],
        );
    }

    #[test]
    fn people_in_the_order_they_spoke() {
        typing(
            "@al|",
            expect![[r#"
            Alice => "Alice: |"
            al[m] => "al[m]: |"
            _alf => "_alf: |"
        "#]],
        );
        typing(
            "hi @AL|!",
            expect![[r#"
            Alice => "hi Alice|!"
            al[m] => "hi al[m]|!"
            _alf => "hi _alf|!"
        "#]],
        );
        typing(
            "(@b|)",
            expect![[r#"
            bob => "(bob|)"
        "#]],
        );
        typing(
            "@|",
            expect![[r#"
            bob => "bob: |"
            Alice => "Alice: |"
            al[m] => "al[m]: |"
            _alf => "_alf: |"
            zoë => "zoë: |"
        "#]],
        );
        typing("al|", expect!["-"]);
        typing("x@al|", expect!["-"]);
        tab(
            "al|",
            expect![[r#"
            Alice => "Alice: |"
            al[m] => "al[m]: |"
            _alf => "_alf: |"
        "#]],
        );
        tab(
            "bo| hello",
            expect![[r#"
            bob => "bob:| hello"
        "#]],
        );
        tab(
            "one\nZO|",
            expect![[r#"
            zoë => "one\nzoë: |"
        "#]],
        );
        tab(
            "/kick bo|",
            expect![[r#"
            bob => "/kick bob |"
        "#]],
        );
        tab(
            "al{|",
            expect![[r#"
            al[m] => "al[m]: |"
        "#]],
        );
        tab("b|ob", expect!["-"]);
        tab("|", expect!["-"]);
        tab("hello |", expect!["-"]);
    }

    #[test]
    fn rooms_by_name() {
        typing(
            "see #ru|",
            expect![[r##"
            #rust => "see #rust |"
            ##rust-beginners => "see ##rust-beginners |"
            #Ruby => "see #Ruby |"
        "##]],
        );
        typing(
            "##r|",
            expect![[r###"
            ##rust-beginners => "##rust-beginners |"
        "###]],
        );
        typing(
            "/join #MÚ|",
            expect![[r##"
            #música => "/join #música |"
        "##]],
        );
        typing("#Ruby|", expect!["-"]);
        typing(
            "#rust|",
            expect![[r###"
            ##rust-beginners => "##rust-beginners |"
        "###]],
        );
        typing("#1|", expect!["-"]);
        tab(
            "#|",
            expect![[r###"
            #rust => "#rust |"
            ##rust-beginners => "##rust-beginners |"
            #Ruby => "#Ruby |"
            #música => "#música |"
        "###]],
        );
    }

    #[test]
    fn the_list_is_short_and_shows_no_tricks() {
        let members: Vec<_> = (0..100).map(|n| Arc::from(format!("user\u{202e}{n}"))).collect();
        let candidates = Candidates { members: &members, ..Candidates::default() };
        let completion = complete("us", 2, Trigger::Tab, &candidates).unwrap();
        assert_eq!(completion.choices.len(), CHOICES_MAX);
        assert_eq!(&*completion.choices[0].shown, "user\u{fffd}0");
    }

    proptest! {
        #[test]
        fn any_text_and_any_caret_will_do(input in "[/@#a\u{a0} \n|é]{0,12}|\\PC{0,12}", caret in 0_usize..40, tab: bool) {
            let names = ["a", "é", "#a"].map(Arc::from);
            let candidates = Candidates { commands: SPECS, members: &names, rooms: &names };
            let trigger = if tab { Trigger::Tab } else { Trigger::Typing };
            if let Some(completion) = complete(&input, caret, trigger, &candidates) {
                prop_assert!(input.get(completion.range.clone()).is_some());
                prop_assert_eq!(completion.range.end, caret);
                prop_assert!((1..=CHOICES_MAX).contains(&completion.choices.len()));
            }
        }
    }
}
