//! What was agreed with the server on this connection: names, capabilities, limits.

mod authentication;
mod negotiation;
mod nick;
mod sign_in;
mod support;

use std::{sync::Arc, time::Duration};

use parla_proto::{Capabilities, Casemapping, NickFault, Timestamp, limits::LINE_BYTES_MAX};

pub(crate) use self::{authentication::SignInRefused, nick::NickRefused};

use self::sign_in::SignIn;
use crate::{
    contract::Settings,
    limits::NAME_BYTES_MAX,
    mode_letters::ModeLetters,
    regain::Regain,
    text::{Compose, Letters, Text, shown_name},
    view::{Audience, Author, Carries, Several},
};

/// What this client understands, and uses if the server has it.
pub(crate) const WANTED: Capabilities = Capabilities::ACCOUNT_NOTIFY
    .union(Capabilities::ACCOUNT_TAG)
    .union(Capabilities::AWAY_NOTIFY)
    .union(Capabilities::BATCH)
    .union(Capabilities::CAP_NOTIFY)
    .union(Capabilities::CHANNEL_RENAME)
    .union(Capabilities::CHATHISTORY)
    .union(Capabilities::CHGHOST)
    .union(Capabilities::ECHO_MESSAGE)
    .union(Capabilities::EXTENDED_JOIN)
    .union(Capabilities::INVITE_NOTIFY)
    .union(Capabilities::LABELED_RESPONSE)
    .union(Capabilities::MESSAGE_REDACTION)
    .union(Capabilities::MESSAGE_TAGS)
    .union(Capabilities::METADATA)
    .union(Capabilities::METADATA_2)
    .union(Capabilities::MULTILINE)
    .union(Capabilities::MULTI_PREFIX)
    .union(Capabilities::READ_MARKER)
    .union(Capabilities::SERVER_TIME)
    .union(Capabilities::SETNAME)
    .union(Capabilities::STANDARD_REPLIES);

/// One connection, as far as it has been agreed on. Made anew for each.
#[derive(Debug)]
pub(crate) struct Session {
    /// The nick that the server knows.
    nick: Arc<str>,
    /// `user@host` as others see it, once a line has shown it.
    userhost: Option<String>,
    /// RPL_WELCOME has come.
    is_registered: bool,
    /// The greeting is over: the person is taken back to where they were.
    is_greeted: bool,
    /// Nicks that were tried because the wanted one was refused.
    nicks_tried: usize,
    /// Why the nick was refused that was asked for last, if the server says it for programs.
    nick_fault: Option<NickFault>,
    /// The account that the server has said the person is logged in to.
    account: Option<Arc<str>>,
    /// The server has accounts, as far as it shows: it can sign people in, or has signed this one in.
    has_accounts: bool,
    /// The nick was refused without a reason; whether it is asked for once more, when the server can give one, or was.
    asks_why: Asks,
    /// CAP REQs that were not answered.
    requests_open: u32,
    /// Capabilities were refused together and are asked for one by one.
    asks_singly: bool,
    /// What the server offers, while it still lists.
    offered: Capabilities,
    capabilities: Capabilities,
    casemapping: Casemapping,
    /// What room names start with.
    channel_prefixes: String,
    /// Signs before nicks and the mode letters they stand for, the mightiest first.
    member_modes: Vec<MemberMode>,
    /// The other modes of rooms.
    modes: ModeLetters,
    /// Signs that stand before the name of a room if only people of that rank and higher are to read something.
    audience_signs: String,
    /// What one message of several lines may hold, if the server says so.
    several: Option<Several>,
    /// Modes that one MODE may change.
    modes_max: usize,
    /// What a ban begins with that keeps somebody from speaking, and no more than that.
    mute_prefix: Option<String>,
    /// The letter that marks a program in the answers to WHO.
    bot_flag: Option<char>,
    /// What the network calls itself.
    network: Option<Arc<str>>,
    /// Messages that one request of history may give.
    history_max: usize,
    /// Places in a history can be named by ids of messages.
    finds_by_msgid: bool,
    /// It is a bouncer that repeats what was said, of its own accord.
    is_bouncer: bool,
    /// It says who comes and goes, of those it is asked about (MONITOR).
    monitors: bool,
    /// The longest nick.
    nick_bytes_max: Option<usize>,
    /// By how many milliseconds the server's clock is ahead of ours; negative if it is behind.
    clock_ahead: i64,
    /// How far signing in has come.
    sign_in: SignIn,
    /// What the person is called here, if not by the nick: their own display name.
    called: Option<Arc<str>>,
    /// The nick that the person asked for and the server has not given yet.
    nick_asked: Option<Arc<str>>,
    /// Whether the person waits for the wanted nick.
    regain: Regain,
    /// Gives the composed form of a text.
    compose: Compose,
    next_label: u64,
    next_batch: u64,
}

/// A rank of a room's members, as the server writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MemberMode {
    /// The sign before a nick.
    pub(crate) sign: char,
    /// The letter of the mode.
    pub(crate) letter: char,
}

/// A target that is a room, or some people in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RoomTarget<'a> {
    /// The room's name.
    pub(crate) room: &'a str,
    /// Which of its people are meant, if not all.
    pub(crate) audience: Option<Audience>,
}

/// Whether something is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Asks {
    #[default]
    Never,
    Soon,
    Done,
}

/// What the names of ZNC's own capabilities begin with.
const ZNC: &str = "znc.in/";

/// What was said so long ago is not said now, however slow the networks are.
const LONG_AGO: Duration = Duration::from_secs(2 * 60);

impl Default for Session {
    fn default() -> Self {
        Self {
            nick: Arc::default(),
            userhost: None,
            is_registered: false,
            is_greeted: false,
            nicks_tried: 0,
            nick_fault: None,
            account: None,
            has_accounts: false,
            asks_why: Asks::default(),
            requests_open: 0,
            asks_singly: false,
            offered: Capabilities::empty(),
            capabilities: Capabilities::empty(),
            casemapping: Casemapping::Rfc1459,
            channel_prefixes: "#&".to_owned(),
            member_modes: vec![MemberMode { sign: '@', letter: 'o' }, MemberMode { sign: '+', letter: 'v' }],
            modes: ModeLetters::default(),
            audience_signs: String::new(),
            several: None,
            modes_max: 3,
            mute_prefix: None,
            bot_flag: None,
            network: None,
            history_max: 0,
            finds_by_msgid: true,
            is_bouncer: false,
            monitors: false,
            nick_bytes_max: None,
            clock_ahead: 0,
            sign_in: SignIn::default(),
            called: None,
            nick_asked: None,
            regain: Regain::default(),
            compose: str::to_owned,
            next_label: 0,
            next_batch: 0,
        }
    }
}

impl Session {
    /// One that wants to be called as the settings say.
    pub(crate) fn new(settings: &Settings) -> Self {
        Self { nick: Arc::clone(&settings.nick), compose: settings.compose, ..Self::default() }
    }

    /// The next one with the same server: what is needed before the server says it again is taken to be as it was.
    pub(crate) fn next(&self, settings: &Settings) -> Self {
        Self {
            casemapping: self.casemapping,
            channel_prefixes: self.channel_prefixes.clone(),
            network: self.network.clone(),
            nick_bytes_max: self.nick_bytes_max,
            ..Self::new(settings)
        }
    }

    /// The nick that the server knows.
    pub(crate) const fn nick(&self) -> &Arc<str> {
        &self.nick
    }

    /// Whether the server has taken the person in.
    pub(crate) const fn is_registered(&self) -> bool {
        self.is_registered
    }

    /// Whether the greeting is over.
    pub(crate) const fn is_greeted(&self) -> bool {
        self.is_greeted
    }

    /// The greeting is over. False if it was before, or has not begun.
    pub(crate) const fn greeted(&mut self) -> bool {
        self.is_registered && !std::mem::replace(&mut self.is_greeted, true)
    }

    /// Whether the server says that the person is logged in to an account.
    pub(crate) const fn is_logged_in(&self) -> bool {
        self.account.is_some()
    }

    /// Whether the server has accounts, as far as it shows.
    pub(crate) const fn has_accounts(&self) -> bool {
        self.has_accounts
    }

    /// The person is logged in to an account, or no longer.
    pub(crate) fn set_account(&mut self, account: Option<&str>) {
        self.has_accounts |= account.is_some();
        self.account = account.map(Arc::from);
    }

    /// `user@host` as others see it, once a line has shown it.
    pub(crate) fn userhost(&self) -> Option<&str> {
        self.userhost.as_deref()
    }

    /// One's own `user@host`, as it has just been shown. It decides how long a message may be.
    pub(crate) fn set_userhost(&mut self, userhost: String) {
        self.userhost = Some(userhost);
    }

    /// `nick!user@host` of the person, with as much of it as is known.
    pub(crate) fn source(&self) -> String {
        match &self.userhost {
            Some(userhost) => format!("{}!{userhost}", self.nick),
            None => self.nick.to_string(),
        }
    }

    /// The person, as they are shown when they say something.
    pub(crate) fn author(&self) -> Author {
        // Where the server does not tell the accounts of others, it does not tell one's own with a message either.
        let account = self.account.as_deref().filter(|_| self.has(Capabilities::ACCOUNT_TAG));
        Author {
            own: true,
            called: self.called.clone(),
            account: account.map(shown_name),
            ..Author::new(&self.nick)
        }
    }

    /// What the network calls itself, once it has said so.
    pub(crate) const fn network(&self) -> Option<&Arc<str>> {
        self.network.as_ref()
    }

    /// Messages that one request of history may give; 0 if the server does not say.
    pub(crate) const fn history_max(&self) -> usize {
        self.history_max
    }

    /// Whether places in a history can be named by ids of messages.
    pub(crate) const fn finds_by_msgid(&self) -> bool {
        self.finds_by_msgid
    }

    /// Whether it is a bouncer that repeats what was said, of its own accord.
    pub(crate) const fn is_bouncer(&self) -> bool {
        self.is_bouncer
    }

    /// The longest nick, if the server says so.
    pub(crate) const fn nick_bytes_max(&self) -> Option<usize> {
        self.nick_bytes_max
    }

    /// Which letters are the same in names.
    pub(crate) const fn casemapping(&self) -> Casemapping {
        self.casemapping
    }

    /// The modes of rooms that are no ranks.
    pub(crate) const fn modes(&self) -> &ModeLetters {
        &self.modes
    }

    /// Signs before nicks and the mode letters they stand for, the mightiest first.
    pub(crate) fn member_modes(&self) -> &[MemberMode] {
        &self.member_modes
    }

    /// The sign before a nick for which this mode letter stands.
    pub(crate) fn sign_of(&self, letter: char) -> Option<char> {
        self.member_modes.iter().find(|mode| mode.letter == letter).map(|mode| mode.sign)
    }

    /// Modes that one MODE may change.
    pub(crate) const fn modes_max(&self) -> usize {
        self.modes_max
    }

    /// What a ban begins with that keeps somebody from speaking, and no more than that.
    pub(crate) fn mute_prefix(&self) -> Option<&str> {
        self.mute_prefix.as_deref()
    }

    /// Whether the flags in an answer to WHO say that somebody is a program.
    pub(crate) fn is_bot(&self, flags: &str) -> bool {
        self.bot_flag.is_some_and(|flag| flags.contains(flag))
    }

    /// A text with the person's name marked: the one they have, or the one they wait for. Says whether it is there.
    pub(crate) fn parse_naming(&self, text: &str) -> (Text, bool) {
        let letters = Letters { casemapping: self.casemapping, compose: self.compose };
        let named = Text::parse_naming(text, &self.nick, letters);
        match self.regain.wanted() {
            Some(nick) if !named.1 => Text::parse_naming(text, nick, letters),
            _ => named,
        }
    }

    /// The form in which equal names are equal.
    pub(crate) fn fold(&self, name: &str) -> String {
        self.casemapping.fold(name).into_owned()
    }

    /// Whether both name the same.
    pub(crate) fn same(&self, one: &str, other: &str) -> bool {
        self.casemapping.fold(one) == self.casemapping.fold(other)
    }

    /// Whether this can be the name of a room.
    pub(crate) fn is_room_name(&self, name: &str) -> bool {
        self.is_room(name)
            && (2..=NAME_BYTES_MAX).contains(&name.len())
            && !name.contains(|char: char| matches!(char, ' ' | ',') || char.is_control())
    }

    /// Whether this can be the name of a person.
    pub(crate) fn is_nick(&self, name: &str) -> bool {
        (1..=NAME_BYTES_MAX).contains(&name.len())
            && !self.is_room(name)
            && !name.starts_with(':')
            && !name.contains(|char: char| matches!(char, ' ' | ',' | '!' | '@') || char.is_control())
    }

    /// Whether the target is a room.
    pub(crate) fn is_room(&self, target: &str) -> bool {
        target.starts_with(|char| self.channel_prefixes.contains(char))
    }

    /// Whether this was agreed on.
    pub(crate) const fn has(&self, capability: Capabilities) -> bool {
        self.capabilities.contains(capability)
    }

    /// Whether the server tells who is away.
    pub(crate) const fn tells_away(&self) -> bool {
        self.has(Capabilities::AWAY_NOTIFY)
    }

    /// Whether the server can be told now up to where the person has read.
    pub(crate) const fn keeps_markers(&self) -> bool {
        self.is_registered && self.has(Capabilities::READ_MARKER)
    }

    /// Whether the server knows what people want to be called.
    pub(crate) const fn knows_display_names(&self) -> bool {
        self.capabilities.intersects(Capabilities::METADATA.union(Capabilities::METADATA_2))
    }

    /// Whether earlier messages can be asked for, and put in their places when they come: a page must be told from what is
    /// said now, its messages need their times, and one's own must have come back once to be known again.
    pub(crate) const fn has_history(&self) -> bool {
        const NEEDED: Capabilities = Capabilities::CHATHISTORY
            .union(Capabilities::BATCH)
            .union(Capabilities::SERVER_TIME)
            .union(Capabilities::ECHO_MESSAGE);
        self.has(NEEDED)
    }

    /// The server tells its time.
    pub(crate) const fn heard_time(&mut self, at: Timestamp, now: Timestamp) {
        self.clock_ahead = at.as_millis().saturating_sub(now.as_millis());
    }

    /// Whether a message of this time is not said now: neither by our clock nor by the server's, should that be behind.
    pub(crate) fn is_long_ago(&self, at: Timestamp, now: Timestamp) -> bool {
        let now = now.as_millis().saturating_add(self.clock_ahead.min(0));
        Timestamp::from_millis(now).since(at) >= LONG_AGO
    }

    /// What one message may hold there.
    pub(crate) fn carries(&self, target: &str) -> Carries {
        const NEEDED: Capabilities = Capabilities::MULTILINE.union(Capabilities::BATCH);
        Carries {
            line_bytes: self.text_bytes_max(target),
            several: self.several.filter(|_| self.has(NEEDED)),
        }
    }

    /// A target without the signs before it: the room, and which of its people are meant if not all. None if it is no room.
    pub(crate) fn audience<'a>(&self, target: &'a str) -> Option<RoomTarget<'a>> {
        let mut signs = &*self.audience_signs;
        let all: String;
        if signs.is_empty() {
            // A server that uses them without saying so means the signs of members.
            all = self.member_modes.iter().map(|mode| mode.sign).collect();
            signs = &all;
        }
        let room = target.trim_start_matches(|char| signs.contains(char));
        // `&` is a sign to some servers and begins a room to others.
        let room = if self.is_room(room) { room } else { target };
        if !self.is_room(room) {
            return None;
        }
        let before = target.get(..target.len() - room.len()).unwrap_or_default();
        let audience = before.chars().map(Audience::of).max_by_key(|it| it.rank);
        Some(RoomTarget { room, audience })
    }

    /// The signs before a nick in NAMES, and the nick.
    pub(crate) fn split_prefixes<'a>(&self, word: &'a str) -> (&'a str, &'a str) {
        let is_sign = |char: char| self.member_modes.iter().any(|mode| mode.sign == char);
        let nick = word.trim_start_matches(is_sign);
        let signs = word.get(..word.len() - nick.len()).unwrap_or_default();
        (signs, nick.split('!').next().unwrap_or(nick))
    }

    /// A label that no other request of this connection has.
    pub(crate) fn label(&mut self) -> String {
        self.next_label += 1;
        self.next_label.to_string()
    }

    /// A name for a batch that no other of this connection has.
    pub(crate) fn batch(&mut self) -> String {
        self.next_batch += 1;
        format!("p{}", self.next_batch)
    }

    /// How long a text may be so that others get it whole, with their `:nick!user@host PRIVMSG target :`.
    pub(crate) fn text_bytes_max(&self, target: &str) -> usize {
        /// `user@host`, if nobody has told: ten of a user and 63 of a host.
        const USERHOST_BYTES: usize = 74;
        let userhost = self.userhost.as_ref().map_or(USERHOST_BYTES, String::len);
        let around = ":! PRIVMSG  :\r\n".len() + self.nick.len() + userhost + target.len();
        LINE_BYTES_MAX.saturating_sub(around).max(64)
    }
}

#[cfg(test)]
mod tests {
    use parla_proto::isupport::Token;

    use super::*;

    #[test]
    fn tokens_are_taken_in() {
        let mut session = Session::default();
        for token in ["PREFIX=(qov)~@+", "CHANMODES=beI,k,lf,imnst", "CHANTYPES=#", "NETWORK=My\\x20Net", "X"]
        {
            session.support(&Token::parse(token));
        }
        assert_eq!(session.split_prefixes("~@alice!a@b"), ("~@", "alice"));
        assert_eq!(session.split_prefixes("@"), ("@", ""));
        assert_eq!(session.modes.lists, "beI");
        assert_eq!(session.modes.when_set, "lf");
        assert_eq!(session.network.as_deref(), Some("My Net"));
        assert!(session.is_room("#a") && !session.is_room("&a"));
        session.support(&Token::parse("PREFIX="));
        assert_eq!(session.split_prefixes("@alice"), ("@", "alice"));
    }

    #[test]
    fn a_target_may_be_for_some_only() {
        let mut session = Session::default();
        session.support(&Token::parse("PREFIX=(qaohv)~&@%+"));
        session.support(&Token::parse("STATUSMSG=@+"));
        let of = |session: &Session, target: &str| {
            let target = session.audience(target);
            target.map(|target| (target.room.to_owned(), target.audience.map(|it| it.sign)))
        };
        assert_eq!(of(&session, "#a"), Some(("#a".to_owned(), None)));
        assert_eq!(of(&session, "@#a"), Some(("#a".to_owned(), Some('@'))));
        assert_eq!(of(&session, "@+#a"), Some(("#a".to_owned(), Some('+'))), "the lowest counts");
        assert_eq!(of(&session, "%#a"), None, "the server has no such sign");
        assert_eq!(of(&session, "&a"), Some(("&a".to_owned(), None)));
        assert_eq!(of(&session, "bob"), None);
        session.support(&Token::parse("STATUSMSG="));
        assert_eq!(of(&session, "%#a"), Some(("#a".to_owned(), Some('%'))), "nothing is known of signs");
    }

    #[test]
    fn of_two_texts_of_metadata_one_is_asked_for() {
        let mut session = Session::default();
        session.offer("draft/metadata-2 draft/metadata-3 draft/multiline=max-bytes=4096,max-lines=32,x");
        assert_eq!(session.to_request(), Capabilities::METADATA | Capabilities::MULTILINE);
        assert_eq!(session.several, Some(Several { bytes: 4096, lines: 32 }));
        let mut session = Session::default();
        session.offer("draft/metadata-2 draft/multiline=max-bytes=none");
        assert_eq!(session.to_request(), Capabilities::METADATA_2 | Capabilities::MULTILINE);
        assert_eq!(session.several, None);
    }

    #[test]
    fn asks_for_what_is_wanted_and_offered() {
        let mut session = Session::default();
        session.offer("sasl=PLAIN batch userhost-in-names echo-message unknown/thing");
        assert_eq!(session.to_request(), Capabilities::BATCH | Capabilities::ECHO_MESSAGE);
        session.capabilities = Capabilities::BATCH;
        assert_eq!(session.to_request(), Capabilities::ECHO_MESSAGE);
    }
}
