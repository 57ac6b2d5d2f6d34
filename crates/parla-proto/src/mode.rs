//! Modes of channels, members and users: one table each, from which everything else is made.
//!
//! <https://modern.ircdocs.horse/#mode-message>

use thiserror::Error;

/// What a mode of a channel is, and so when it takes a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModeKind {
    /// A list; type A. Without a parameter the list is asked for.
    List,
    /// A parameter to set and to unset; type B.
    AlwaysParam,
    /// A parameter to set only; type C.
    SetParam,
    /// Never a parameter; type D.
    Flag,
    /// A rank of a member, with the nick as its parameter.
    Member,
}

/// A mode that a channel can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChannelMode {
    /// `b`: masks that may not enter or speak.
    Ban,
    /// `i`: only who is invited may enter.
    InviteOnly,
    /// `k`: a word to enter.
    Key,
    /// `l`: how many may be in.
    Limit,
    /// `m`: only voiced members and operators speak.
    Moderated,
    /// `n`: only members speak.
    NoExternal,
    /// `o`: the member is an operator.
    Operator,
    /// `s`: the channel is hidden from who is not in it.
    Secret,
    /// `t`: only operators set the topic.
    TopicLock,
    /// `v`: the member may speak in a moderated channel.
    Voice,
}

/// The facts of a channel mode.
#[derive(Clone, Copy, Debug)]
pub struct ChannelModeFacts {
    /// Which one.
    pub mode: ChannelMode,
    /// Its letter.
    pub letter: char,
    /// Whether it takes a parameter.
    pub kind: ModeKind,
    /// What it does, for help and the manual.
    pub help: &'static str,
}

/// Every channel mode. ISUPPORT, the parser and the manual are made from this.
pub const CHANNEL_MODES: [ChannelModeFacts; 10] = [
    facts(ChannelMode::Ban, 'b', ModeKind::List, "keeps out, and silences, everyone whom the mask matches"),
    facts(ChannelMode::InviteOnly, 'i', ModeKind::Flag, "only people who were invited may enter"),
    facts(ChannelMode::Key, 'k', ModeKind::AlwaysParam, "a word that one must give to enter"),
    facts(ChannelMode::Limit, 'l', ModeKind::SetParam, "how many people may be in the channel"),
    facts(ChannelMode::Moderated, 'm', ModeKind::Flag, "only operators and voiced members may speak"),
    facts(ChannelMode::NoExternal, 'n', ModeKind::Flag, "only members may send messages"),
    facts(ChannelMode::Operator, 'o', ModeKind::Member, "the member is an operator of the channel"),
    facts(ChannelMode::Secret, 's', ModeKind::Flag, "people outside do not see that the channel is there"),
    facts(ChannelMode::TopicLock, 't', ModeKind::Flag, "only operators may change the topic"),
    facts(ChannelMode::Voice, 'v', ModeKind::Member, "the member may speak while the channel is moderated"),
];

const fn facts(mode: ChannelMode, letter: char, kind: ModeKind, help: &'static str) -> ChannelModeFacts {
    ChannelModeFacts { mode, letter, kind, help }
}

impl ChannelMode {
    /// The mode of this letter.
    pub fn from_letter(letter: char) -> Option<&'static ChannelModeFacts> {
        CHANNEL_MODES.iter().find(|facts| facts.letter == letter)
    }

    /// The letter of this mode.
    pub fn letter(self) -> char {
        CHANNEL_MODES.iter().find(|facts| facts.mode == self).map_or('?', |facts| facts.letter)
    }
}

/// The letters of one kind, in the order of the table.
pub fn letters(kind: ModeKind) -> String {
    CHANNEL_MODES.iter().filter(|facts| facts.kind == kind).map(|facts| facts.letter).collect()
}

/// CHANMODES of ISUPPORT: the letters of types A, B, C and D.
pub fn chanmodes() -> String {
    let kinds = [ModeKind::List, ModeKind::AlwaysParam, ModeKind::SetParam, ModeKind::Flag];
    kinds.map(letters).join(",")
}

/// PREFIX of ISUPPORT: modes of members from the highest to the lowest, and the signs before their nicks.
pub const PREFIX: &str = "(ov)@+";

/// User modes: `i`, hidden from WHO for people who share no channel.
pub const USER_MODES: &str = "i";

/// One step of a MODE command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModeStep<'a> {
    /// Whether the mode is given (`+`) or taken (`-`).
    pub set: bool,
    /// Which mode.
    pub mode: ChannelMode,
    /// Its parameter; a list without one is asked for.
    pub param: Option<&'a str>,
}

/// Why a step of a MODE command cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BadModeStep {
    /// No such letter.
    #[error("there is no channel mode {0}")]
    Unknown(char),
    /// The mode needs a parameter and there is none left.
    #[error("channel mode {0} needs a parameter")]
    NoParam(char),
}

/// Takes a mode string and its parameters apart, such as `+ov-l` with `alice bob`.
pub fn steps<'a>(
    letters: &'a str,
    params: impl IntoIterator<Item = &'a str>,
) -> impl Iterator<Item = Result<ModeStep<'a>, BadModeStep>> {
    let mut params = params.into_iter();
    let mut set = true;
    letters.chars().filter_map(move |letter| {
        match letter {
            '+' => set = true,
            '-' => set = false,
            _ => {
                let Some(facts) = ChannelMode::from_letter(letter) else {
                    return Some(Err(BadModeStep::Unknown(letter)));
                };
                return step(facts, set, &mut params).transpose();
            }
        }
        None
    })
}

fn step<'a>(
    facts: &ChannelModeFacts,
    set: bool,
    params: &mut impl Iterator<Item = &'a str>,
) -> Result<Option<ModeStep<'a>>, BadModeStep> {
    let param = match (facts.kind, set) {
        (ModeKind::Flag, _) | (ModeKind::SetParam, false) => None,
        (ModeKind::List, _) => params.next(),
        // A key is taken away whatever was given; older clients give none.
        (ModeKind::AlwaysParam, false) => Some(params.next().unwrap_or("*")),
        (ModeKind::AlwaysParam | ModeKind::SetParam, true) | (ModeKind::Member, _) => {
            Some(params.next().ok_or(BadModeStep::NoParam(facts.letter))?)
        }
    };
    Ok(Some(ModeStep { set, mode: facts.mode, param }))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "expect! makes a value")]
    fn check(words: &str, expected: Expect) {
        let mut words = words.split(' ');
        let letters = words.next().unwrap();
        let shown: Vec<String> = steps(letters, words)
            .map(|step| match step {
                Ok(step) => {
                    let sign = if step.set { '+' } else { '-' };
                    format!("{sign}{} {}", step.mode.letter(), step.param.unwrap_or("none"))
                }
                Err(error) => error.to_string(),
            })
            .collect();
        expected.assert_eq(&shown.join("; "));
    }

    #[test]
    fn parameters_go_to_the_modes_that_take_them() {
        check("+o-v+m a b", expect!["+o a; -v b; +m none"]);
        check("nt", expect!["+n none; +t none"]);
        check("+lk-l 5 key", expect!["+l 5; +k key; -l none"]);
        check("-k", expect!["-k *"]);
        check("b", expect!["+b none"]);
        check("+bb a!*@*", expect!["+b a!*@*; +b none"]);
        check("+o", expect!["channel mode o needs a parameter"]);
        check("+xé", expect!["there is no channel mode x; there is no channel mode é"]);
    }

    #[test]
    fn the_table_makes_the_tokens() {
        assert_eq!(chanmodes(), "b,k,l,imnst");
        let from_table: String = letters(ModeKind::Member);
        assert!(PREFIX.contains(&from_table));
    }
}
