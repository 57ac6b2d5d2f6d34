//! What was agreed with the server on this connection: names, capabilities, limits.

use std::{sync::Arc, time::Duration};

use parla_proto::{Capabilities, Casemapping, NickFault, Timestamp, isupport::Token, limits::LINE_BYTES_MAX};

use crate::{
    limits::NAME_BYTES_MAX,
    mode_letters::ModeLetters,
    sign_in::SignIn,
    view::{Audience, Carries, Several},
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

/// Modes in one line, if the server does not limit them.
const MODES_UNLIMITED: usize = 12;

/// One connection, as far as it has been agreed on. Made anew for each.
#[derive(Debug)]
pub(crate) struct Session {
    /// The nick that the server knows.
    pub(crate) nick: Arc<str>,
    /// `user@host` as others see it, once a line has shown it.
    pub(crate) userhost: Option<String>,
    /// RPL_WELCOME has come.
    pub(crate) is_registered: bool,
    /// The greeting is over: the person is taken back to where he was.
    pub(crate) is_greeted: bool,
    /// Nicks that were tried because the wanted one was refused.
    pub(crate) nicks_tried: usize,
    /// Why the nick was refused that was asked for last, if the server says it for programs.
    pub(crate) nick_fault: Option<NickFault>,
    /// The server has said that the person is logged in to an account.
    pub(crate) is_logged_in: bool,
    /// The nick was refused without a reason; whether it is asked for once more, when the server can give one, or was.
    pub(crate) asks_why: Asks,
    /// CAP REQs that were not answered.
    pub(crate) requests_open: u32,
    /// Capabilities were refused together and are asked for one by one.
    pub(crate) asks_singly: bool,
    /// What the server offers, while it still lists.
    pub(crate) offered: Capabilities,
    pub(crate) capabilities: Capabilities,
    pub(crate) casemapping: Casemapping,
    /// What room names start with.
    pub(crate) channel_prefixes: String,
    /// Signs before nicks and the mode letters they stand for, the mightiest first.
    pub(crate) member_modes: Vec<(char, char)>,
    /// The other modes of rooms.
    pub(crate) modes: ModeLetters,
    /// Signs that stand before the name of a room if only people of that rank and higher are to read something.
    pub(crate) audience_signs: String,
    /// What one message of several lines may hold, if the server says so.
    pub(crate) several: Option<Several>,
    /// Modes that one MODE may change.
    pub(crate) modes_max: usize,
    /// What a ban begins with that keeps somebody from speaking, and no more than that.
    pub(crate) mute_prefix: Option<String>,
    /// The letter that marks a program in the answers to WHO.
    pub(crate) bot_flag: Option<char>,
    /// What the network calls itself.
    pub(crate) network: Option<Arc<str>>,
    /// Messages that one request of history may give.
    pub(crate) history_max: usize,
    /// Places in a history can be named by ids of messages.
    pub(crate) finds_by_msgid: bool,
    /// It is a bouncer that repeats what was said, of its own accord.
    pub(crate) is_bouncer: bool,
    /// It says who comes and goes, of those it is asked about (MONITOR).
    pub(crate) monitors: bool,
    /// The longest nick.
    pub(crate) nick_bytes_max: Option<usize>,
    /// By how many milliseconds the server's clock is ahead of ours; negative if it is behind.
    clock_ahead: i64,
    /// How far signing in has come.
    pub(crate) sign_in: SignIn,
    next_label: u64,
    next_batch: u64,
}

/// Whether something is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Asks {
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
            is_logged_in: false,
            asks_why: Asks::default(),
            requests_open: 0,
            asks_singly: false,
            offered: Capabilities::empty(),
            capabilities: Capabilities::empty(),
            casemapping: Casemapping::Rfc1459,
            channel_prefixes: "#&".to_owned(),
            member_modes: vec![('@', 'o'), ('+', 'v')],
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
            next_label: 0,
            next_batch: 0,
        }
    }
}

impl Session {
    /// One that wants to be called so.
    pub(crate) fn new(nick: &Arc<str>) -> Self {
        Self { nick: Arc::clone(nick), ..Self::default() }
    }

    /// The next one with the same server: what is needed before the server says it again is taken to be as it was.
    pub(crate) fn next(&self, nick: &Arc<str>) -> Self {
        Self {
            casemapping: self.casemapping,
            channel_prefixes: self.channel_prefixes.clone(),
            network: self.network.clone(),
            nick_bytes_max: self.nick_bytes_max,
            ..Self::new(nick)
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

    /// Whether the nick is one's own.
    pub(crate) fn is_own(&self, nick: &str) -> bool {
        self.same(nick, &self.nick)
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

    /// Remembers what this client knows of CAP LS or CAP NEW.
    pub(crate) fn offer(&mut self, list: &str) {
        self.sign_in.offer(list);
        self.is_bouncer |= list.split_ascii_whitespace().any(|word| word.starts_with(ZNC));
        for word in list.split_ascii_whitespace() {
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            let capability = Capabilities::named(name).unwrap_or_default();
            self.offered |= capability;
            if capability == Capabilities::MULTILINE {
                self.several = Several::of(value);
            }
        }
    }

    /// What is to be asked for: wanted, offered and not agreed on yet. Of two texts of one extension nobody has both.
    pub(crate) fn to_request(&self) -> Capabilities {
        const METADATA: Capabilities = Capabilities::METADATA.union(Capabilities::METADATA_2);
        let wanted = self.offered & (WANTED - self.capabilities);
        if self.capabilities.intersects(METADATA) {
            wanted - METADATA
        } else if wanted.contains(Capabilities::METADATA) {
            wanted - Capabilities::METADATA_2
        } else {
            wanted
        }
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
    pub(crate) fn audience<'a>(&self, target: &'a str) -> Option<(&'a str, Option<Audience>)> {
        let mut signs = &*self.audience_signs;
        let all: String;
        if signs.is_empty() {
            // A server that uses them without saying so means the signs of members.
            all = self.member_modes.iter().map(|(sign, _)| *sign).collect();
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
        Some((room, audience))
    }

    /// Takes in one token of ISUPPORT.
    pub(crate) fn support(&mut self, token: &Token<'_>) {
        let value = token.value.as_str();
        match token.name {
            "CASEMAPPING" => {
                // Names of all scripts go by the number of their standard with some servers.
                let is_number = matches!(value, "rfc8265" | "rfc7613" | "rfc7700" | "rfc3454");
                let named =
                    if is_number { Some(Casemapping::Precis) } else { Casemapping::from_token(value) };
                self.casemapping = named.unwrap_or_default();
            }
            "STATUSMSG" => value.clone_into(&mut self.audience_signs),
            "CHANTYPES" if !value.is_empty() => self.channel_prefixes = value.to_owned(),
            "NETWORK" if !value.is_empty() => self.network = Some(crate::text::shown_name(value)),
            "CHATHISTORY" => self.history_max = value.parse().unwrap_or_default(),
            "MSGREFTYPES" => self.finds_by_msgid = value.split(',').any(|kind| kind == "msgid"),
            "MONITOR" => self.monitors = true,
            "NICKLEN" => self.nick_bytes_max = value.parse().ok(),
            "PREFIX" => {
                if let Some((modes, signs)) = value.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
                    self.member_modes = signs.chars().zip(modes.chars()).collect();
                }
            }
            "CHANMODES" => {
                self.modes = ModeLetters::parse(value);
            }
            // Without a number there is no limit but the length of a line.
            "MODES" => self.modes_max = value.parse().unwrap_or(MODES_UNLIMITED),
            "EXTBAN" => {
                let (begin, kinds) = value.split_once(',').unwrap_or(("", ""));
                self.mute_prefix = kinds.contains('m').then(|| format!("{begin}m:"));
            }
            "BOT" => self.bot_flag = value.chars().next(),
            _ => {}
        }
    }

    /// The signs before a nick in NAMES, and the nick.
    pub(crate) fn split_prefixes<'a>(&self, word: &'a str) -> (&'a str, &'a str) {
        let is_sign = |char: char| self.member_modes.iter().any(|(sign, _)| *sign == char);
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
            session.audience(target).map(|(room, for_whom)| (room.to_owned(), for_whom.map(|it| it.sign)))
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
