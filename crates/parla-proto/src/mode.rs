//! Modes of channels, members and users: one table each, from which everything else is derived.
//!
//! <https://modern.ircdocs.horse/#mode-message>

use bitflags::bitflags;
use thiserror::Error;

/// The kind of a channel mode, which decides when it takes a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModeKind {
    /// A list (type A). Without a parameter, the list is shown.
    List,
    /// Takes a parameter to set and to unset it (type B).
    AlwaysParam,
    /// Takes a parameter only to set it (type C).
    SetParam,
    /// Never takes a parameter (type D).
    Flag,
    /// A rank of a member, with the nick as its parameter.
    Member,
}

/// A mode that a channel can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum ChannelMode {
    /// `u`: people without a rank see only themselves and people with a rank.
    Auditorium,
    /// `b`: bans everyone whom the mask matches from entering and speaking.
    Ban,
    /// `e`: people whom the mask matches are exempt from bans.
    BanException,
    /// `f`: people who may not enter are sent to this other channel.
    Forward,
    /// `q`: the member is the channel's owner.
    Founder,
    /// `h`: the member may kick, ban, invite, give voice and change the topic.
    HalfOperator,
    /// `I`: people whom the mask matches need no invitation.
    InviteException,
    /// `i`: only people who were invited may enter.
    InviteOnly,
    /// `k`: only people who give this word may enter.
    Key,
    /// `l`: only this many people may be in the channel.
    Limit,
    /// `m`: only people with a rank may speak.
    Moderated,
    /// `C`: no CTCP other than actions (`/me`).
    NoCtcp,
    /// `n`: only members may send messages.
    NoExternal,
    /// `o`: the member is an operator of the channel.
    Operator,
    /// `U`: only half-operators and higher hear what people without a rank say.
    OperatorModerated,
    /// `a`: the member is protected: only owners and other protected members may kick them or take the rank.
    Protected,
    /// `R`: only people who are signed in to an account may enter.
    RegisteredOnly,
    /// `M`: only people who have a rank, or are signed in to an account, may speak.
    RegisteredSpeak,
    /// `s`: people outside cannot see that the channel exists.
    Secret,
    /// `S`: colours and other formatting are removed from messages.
    StripFormatting,
    /// `t`: only half-operators and higher may change the topic.
    TopicLock,
    /// `v`: the member has voice and may speak while the channel is moderated.
    Voice,
}

/// The facts of a channel mode.
#[derive(Clone, Copy, Debug)]
pub struct ChannelModeFacts {
    /// The mode.
    pub mode: ChannelMode,
    /// Its letter.
    pub letter: char,
    /// When it takes a parameter.
    pub kind: ModeKind,
    /// What it does, for HELP and the manual.
    pub help: &'static str,
}

/// Every channel mode. ISUPPORT, the parser and the manual use this table.
pub const CHANNEL_MODES: [ChannelModeFacts; 22] = [
    facts(
        ChannelMode::Auditorium,
        'u',
        ModeKind::Flag,
        "people without a rank see only themselves and people with a rank",
    ),
    facts(ChannelMode::Ban, 'b', ModeKind::List, "keeps out, and silences, everyone whom the mask matches"),
    facts(
        ChannelMode::BanException,
        'e',
        ModeKind::List,
        "people whom the mask matches are exempt from bans",
    ),
    facts(
        ChannelMode::Forward,
        'f',
        ModeKind::SetParam,
        "people who may not enter are sent to this other channel",
    ),
    facts(ChannelMode::Founder, 'q', ModeKind::Member, "the member is the channel's owner"),
    facts(
        ChannelMode::HalfOperator,
        'h',
        ModeKind::Member,
        "the member may kick, ban, invite, give voice and change the topic",
    ),
    facts(
        ChannelMode::InviteException,
        'I',
        ModeKind::List,
        "people whom the mask matches need no invitation",
    ),
    facts(ChannelMode::InviteOnly, 'i', ModeKind::Flag, "only people who were invited may enter"),
    facts(ChannelMode::Key, 'k', ModeKind::AlwaysParam, "only people who give this word may enter"),
    facts(ChannelMode::Limit, 'l', ModeKind::SetParam, "only this many people may be in the channel"),
    facts(ChannelMode::Moderated, 'm', ModeKind::Flag, "only people with a rank may speak"),
    facts(ChannelMode::NoCtcp, 'C', ModeKind::Flag, "no CTCP other than actions (`/me`)"),
    facts(ChannelMode::NoExternal, 'n', ModeKind::Flag, "only members may send messages"),
    facts(ChannelMode::Operator, 'o', ModeKind::Member, "the member is an operator of the channel"),
    facts(
        ChannelMode::OperatorModerated,
        'U',
        ModeKind::Flag,
        "only half-operators and higher hear what people without a rank say",
    ),
    facts(
        ChannelMode::Protected,
        'a',
        ModeKind::Member,
        "the member is protected: only owners and other protected members may kick them or take their rank",
    ),
    facts(
        ChannelMode::RegisteredOnly,
        'R',
        ModeKind::Flag,
        "only people who are signed in to an account may enter",
    ),
    facts(
        ChannelMode::RegisteredSpeak,
        'M',
        ModeKind::Flag,
        "only people who have a rank, or are signed in to an account, may speak",
    ),
    facts(ChannelMode::Secret, 's', ModeKind::Flag, "people outside cannot see that the channel exists"),
    facts(
        ChannelMode::StripFormatting,
        'S',
        ModeKind::Flag,
        "colours and other formatting are removed from messages",
    ),
    facts(ChannelMode::TopicLock, 't', ModeKind::Flag, "only half-operators and higher may change the topic"),
    facts(
        ChannelMode::Voice,
        'v',
        ModeKind::Member,
        "the member has voice and may speak while the channel is moderated",
    ),
];

const fn facts(mode: ChannelMode, letter: char, kind: ModeKind, help: &'static str) -> ChannelModeFacts {
    ChannelModeFacts { mode, letter, kind, help }
}

impl ChannelModeFacts {
    /// The name of its parameter for HELP and the manual; `None` if it has none.
    pub const fn param(&self) -> Option<&'static str> {
        match (self.kind, self.mode) {
            (ModeKind::Flag, _) => None,
            (ModeKind::List, _) => Some("<mask>"),
            (ModeKind::Member, _) => Some("<nick>"),
            (_, ChannelMode::Forward) => Some("<channel>"),
            (_, ChannelMode::Limit) => Some("<number>"),
            _ => Some("<key>"),
        }
    }
}

impl ChannelMode {
    /// The mode with this letter.
    pub fn from_letter(letter: char) -> Option<&'static ChannelModeFacts> {
        CHANNEL_MODES.iter().find(|facts| facts.letter == letter)
    }

    /// Whether the mode is a list.
    pub fn is_list(self) -> bool {
        CHANNEL_MODES.iter().any(|facts| facts.mode == self && facts.kind == ModeKind::List)
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

/// CHANMODES in ISUPPORT: the letters of types A, B, C and D.
pub fn chanmodes() -> String {
    let kinds = [ModeKind::List, ModeKind::AlwaysParam, ModeKind::SetParam, ModeKind::Flag];
    kinds.map(letters).join(",")
}

/// The modes of members from the highest to the lowest, and the signs before their nicks.
pub const MEMBER_MODES: [(ChannelMode, char); 5] = [
    (ChannelMode::Founder, '~'),
    (ChannelMode::Protected, '&'),
    (ChannelMode::Operator, '@'),
    (ChannelMode::HalfOperator, '%'),
    (ChannelMode::Voice, '+'),
];

/// The signs before the nicks of members, from the highest to the lowest; STATUSMSG in ISUPPORT.
pub fn signs() -> String {
    MEMBER_MODES.iter().map(|(_, sign)| *sign).collect()
}

/// PREFIX in ISUPPORT.
pub fn prefix() -> String {
    let letters: String = MEMBER_MODES.iter().map(|(mode, _)| mode.letter()).collect();
    format!("({letters}){}", signs())
}

bitflags! {
    /// The modes of a user.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
    pub struct UserModes: u16 {
        /// `B`: the user is a bot. <https://ircv3.net/specs/extensions/bot-mode>
        const BOT = 1 << 0;
        /// `i`: WHO hides the user from people who share no channel with them.
        const INVISIBLE = 1 << 1;
        /// `o`: the user is an operator of the server.
        const OPERATOR = 1 << 2;
        /// `r`: the user is signed in to an account.
        const REGISTERED = 1 << 3;
        /// `R`: only people who are signed in to an account may send to the user.
        const REGISTERED_ONLY = 1 << 4;
        /// `T`: the user accepts no CTCP other than actions (`/me`).
        const NO_CTCP = 1 << 7;
        /// `w`: the user receives WALLOPS.
        const WALLOPS = 1 << 5;
        /// `Z`: the user is connected over TLS.
        const SECURE = 1 << 6;
    }
}

/// Who may set and remove a user mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserModeSetter {
    /// The user sets and removes it.
    User,
    /// The server sets it; the user may remove it.
    ServerGives,
    /// Only the server sets and removes it.
    Server,
}

/// The facts of a user mode.
#[derive(Clone, Copy, Debug)]
pub struct UserModeFacts {
    /// The mode, as a set of one.
    pub mode: UserModes,
    /// Its letter.
    pub letter: char,
    /// Who may change it.
    pub setter: UserModeSetter,
    /// What it does, for HELP and the manual.
    pub help: &'static str,
}

/// Every user mode. RPL_MYINFO, the parser and the manual use this table.
pub const USER_MODES: [UserModeFacts; 8] = [
    user_facts(UserModes::BOT, 'B', UserModeSetter::User, "you are a bot; WHO and WHOIS say so"),
    user_facts(
        UserModes::INVISIBLE,
        'i',
        UserModeSetter::User,
        "WHO and NAMES show you only to people who share a channel with you",
    ),
    user_facts(
        UserModes::OPERATOR,
        'o',
        UserModeSetter::ServerGives,
        "you are an operator of the server; see OPER",
    ),
    user_facts(UserModes::REGISTERED, 'r', UserModeSetter::Server, "you are signed in to an account"),
    user_facts(
        UserModes::REGISTERED_ONLY,
        'R',
        UserModeSetter::User,
        "only people who are signed in to an account may send to you",
    ),
    user_facts(
        UserModes::NO_CTCP,
        'T',
        UserModeSetter::User,
        "no CTCP other than actions (`/me`) reaches you",
    ),
    user_facts(UserModes::WALLOPS, 'w', UserModeSetter::User, "you get what operators send with WALLOPS"),
    user_facts(UserModes::SECURE, 'Z', UserModeSetter::Server, "you are connected over TLS"),
];

const fn user_facts(
    mode: UserModes,
    letter: char,
    setter: UserModeSetter,
    help: &'static str,
) -> UserModeFacts {
    UserModeFacts { mode, letter, setter, help }
}

impl UserModeFacts {
    /// The facts of the mode with this letter.
    pub fn of_letter(letter: char) -> Option<&'static Self> {
        USER_MODES.iter().find(|facts| facts.letter == letter)
    }

    /// The letter of this mode, which must be a single one.
    pub fn letter_of(mode: UserModes) -> Option<char> {
        USER_MODES.iter().find(|facts| facts.mode == mode).map(|facts| facts.letter)
    }
}

/// The letters of a set of user modes, in the order of the table, without a sign.
pub fn user_letters(modes: UserModes) -> String {
    USER_MODES.iter().filter(|facts| modes.contains(facts.mode)).map(|facts| facts.letter).collect()
}

/// One step of a MODE command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModeStep<'a> {
    /// Whether the mode is set (`+`) or removed (`-`).
    pub set: bool,
    /// The mode.
    pub mode: ChannelMode,
    /// Its parameter; `None` for a list asks to see it.
    pub param: Option<&'a str>,
}

/// Why a step of a MODE command is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BadModeStep {
    /// There is no mode with this letter.
    #[error("there is no channel mode {0}")]
    Unknown(char),
    /// The mode needs a parameter, and none is left.
    #[error("channel mode {0} needs a parameter")]
    NoParam(char),
}

/// Parses a mode string and its parameters, such as `+ov-l` with `alice bob`.
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
        // An empty mask would match everyone, which nobody intends.
        (ModeKind::List, _) => params.next().filter(|param| !param.is_empty()),
        // A key is removed whatever parameter is given; older clients give none.
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
        check("+be ", expect!["+b none; +e none"]);
        check("+o", expect!["channel mode o needs a parameter"]);
        check("+xé", expect!["there is no channel mode x; there is no channel mode é"]);
    }

    #[test]
    fn the_tables_make_the_tokens() {
        assert_eq!(chanmodes(), "beI,k,fl,uimCnURMsSt");
        assert_eq!(prefix(), "(qaohv)~&@%+");
        assert_eq!(user_letters(UserModes::all()), "BiorRTwZ");
    }

    #[test]
    fn no_letter_means_two_things() {
        for table in
            [CHANNEL_MODES.map(|facts| facts.letter).to_vec(), USER_MODES.map(|facts| facts.letter).to_vec()]
        {
            let distinct: std::collections::BTreeSet<_> = table.iter().collect();
            assert_eq!(distinct.len(), table.len());
        }
        let ranks = CHANNEL_MODES.iter().filter(|facts| facts.kind == ModeKind::Member).count();
        assert_eq!(ranks, MEMBER_MODES.len());
    }
}
