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
    contract::ClientSettings,
    limits::NAME_BYTES_MAX,
    mode_letters::ModeLetters,
    regain::{LostConnection, Regain},
    text::{Compose, Letters, Text, shown_name},
    view::{Audience, Author, Capacity, Several},
};

/// The capabilities that this client understands, and requests where the server offers them.
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

/// The state of one connection. A new connection gets a new session.
#[derive(Debug)]
pub(crate) struct Session {
    /// The nick that the server knows.
    nick: Arc<str>,
    /// The person's `user@host` as others see it, once a line has shown it.
    userhost: Option<String>,
    /// Whether RPL_WELCOME has come.
    is_registered: bool,
    /// Whether the greeting is over and the person's channels have been joined again.
    is_greeted: bool,
    /// The number of nicks that were tried because the wanted one was refused.
    nicks_tried: usize,
    /// Why the last nick was refused, if the server has said so in machine-readable form.
    nick_fault: Option<NickFault>,
    /// The account that the person is logged in to, according to the server.
    account: Option<Arc<str>>,
    /// Whether the server visibly has accounts: it can sign people in, or has signed this person in.
    has_accounts: bool,
    /// The nick was refused without a reason: whether it is requested once more when the server can give one,
    /// or already was.
    asks_why: Asks,
    /// The number of CAP REQs that were not answered yet.
    requests_open: u32,
    /// Whether capabilities were refused together and are now requested one by one.
    asks_singly: bool,
    /// What the server offers, while it is still listing.
    offered: Capabilities,
    capabilities: Capabilities,
    casemapping: Casemapping,
    /// The characters that channel names start with.
    channel_prefixes: String,
    /// The rank prefixes and their mode letters, from the highest rank down.
    member_modes: Vec<MemberMode>,
    /// The other modes of channels.
    modes: ModeLetters,
    /// The prefixes that can be put before a channel's name so that only members of that rank and higher read
    /// a message.
    audience_signs: String,
    /// The limits of a message of several lines, if the server supports those.
    several: Option<Several>,
    /// The number of modes that one MODE may change.
    modes_max: usize,
    /// The start of a ban that only keeps somebody from speaking.
    mute_prefix: Option<String>,
    /// The letter that marks a bot in the answers to WHO.
    bot_flag: Option<char>,
    /// The network's own name.
    network: Option<Arc<str>>,
    /// The most messages that one request for history returns.
    history_max: usize,
    /// Whether msgids can be used as positions in a history.
    finds_by_msgid: bool,
    /// Whether the server is a bouncer that plays back messages by itself.
    is_bouncer: bool,
    /// Whether the server reports the presence of people that it is asked to watch (MONITOR).
    monitors: bool,
    /// The length of the longest nick, in bytes.
    nick_bytes_max: Option<usize>,
    /// How many milliseconds the server's clock is ahead of ours; negative if it is behind.
    clock_ahead: i64,
    /// The progress of signing in.
    sign_in: SignIn,
    /// The person's own display name here, if it differs from the nick.
    called: Option<Arc<str>>,
    /// The nick that the person has requested and the server has not granted yet.
    nick_asked: Option<Arc<str>>,
    /// Whether the person is waiting for the wanted nick.
    regain: Regain,
    /// The last connection on which the person was registered, and which is lost.
    lost: Option<LostConnection>,
    /// Converts a text to its composed form (NFC).
    compose: Compose,
    next_label: u64,
    next_batch: u64,
}

/// A channel rank as the server writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MemberMode {
    /// The prefix before a nick.
    pub(crate) sign: char,
    /// The letter of the mode that gives the rank.
    pub(crate) letter: char,
}

/// A target that is a channel, or some of its members.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RoomTarget<'a> {
    /// The channel's name.
    pub(crate) room: &'a str,
    /// The members that are meant, if not all.
    pub(crate) audience: Option<Audience>,
}

/// Whether a question will be asked, or has been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Asks {
    #[default]
    Never,
    Soon,
    Done,
}

/// The prefix of ZNC's own capabilities.
const ZNC: &str = "znc.in/";

/// A message older than this is not live, however slow the network is.
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
            lost: None,
            compose: str::to_owned,
            next_label: 0,
            next_batch: 0,
        }
    }
}

impl Session {
    /// A session for somebody who wants to be known as the settings say.
    pub(crate) fn new(settings: &ClientSettings) -> Self {
        Self { nick: Arc::clone(&settings.nick), compose: settings.compose, ..Self::default() }
    }

    /// The next session with the same server. Values that are needed before the server repeats them are
    /// assumed to be unchanged.
    pub(crate) fn next(&self, settings: &ClientSettings, now: Timestamp) -> Self {
        Self {
            lost: self.lost_connection(now),
            casemapping: self.casemapping,
            channel_prefixes: self.channel_prefixes.clone(),
            network: self.network.clone(),
            nick_bytes_max: self.nick_bytes_max,
            nick_asked: self.nick_asked.clone(),
            ..Self::new(settings)
        }
    }

    /// The nick that the server knows.
    pub(crate) const fn nick(&self) -> &Arc<str> {
        &self.nick
    }

    /// Whether the server has registered the person.
    pub(crate) const fn is_registered(&self) -> bool {
        self.is_registered
    }

    /// Whether the greeting is over.
    pub(crate) const fn is_greeted(&self) -> bool {
        self.is_greeted
    }

    /// Ends the greeting. Returns false if it was over already or has not begun.
    pub(crate) const fn greeted(&mut self) -> bool {
        self.is_registered && !std::mem::replace(&mut self.is_greeted, true)
    }

    /// Whether the person is logged in to an account, according to the server.
    pub(crate) const fn is_logged_in(&self) -> bool {
        self.account.is_some()
    }

    /// Whether the server visibly has accounts.
    pub(crate) const fn has_accounts(&self) -> bool {
        self.has_accounts
    }

    /// Sets or clears the account that the person is logged in to.
    pub(crate) fn set_account(&mut self, account: Option<&str>) {
        self.has_accounts |= account.is_some();
        self.account = account.map(Arc::from);
    }

    /// The person's `user@host` as others see it, once a line has shown it.
    pub(crate) fn userhost(&self) -> Option<&str> {
        self.userhost.as_deref()
    }

    /// Sets the person's own `user@host`, as it has just been shown. The length of messages depends on it.
    pub(crate) fn set_userhost(&mut self, userhost: String) {
        self.userhost = Some(userhost);
    }

    /// The person's `nick!user@host`, as far as it is known.
    pub(crate) fn source(&self) -> String {
        match &self.userhost {
            Some(userhost) => format!("{}!{userhost}", self.nick),
            None => self.nick.to_string(),
        }
    }

    /// The person as the author of a message.
    pub(crate) fn author(&self) -> Author {
        // A server that does not tell the accounts of others does not put the person's own on a message
        // either.
        let account = self.account.as_deref().filter(|_| self.has(Capabilities::ACCOUNT_TAG));
        Author {
            own: true,
            called: self.called.clone(),
            account: account.map(shown_name),
            ..Author::new(&self.nick)
        }
    }

    /// The network's own name, once it has announced one.
    pub(crate) const fn network(&self) -> Option<&Arc<str>> {
        self.network.as_ref()
    }

    /// The most messages that one request for history returns; 0 if the server does not say.
    pub(crate) const fn history_max(&self) -> usize {
        self.history_max
    }

    /// Whether msgids can be used as positions in a history.
    pub(crate) const fn finds_by_msgid(&self) -> bool {
        self.finds_by_msgid
    }

    /// Whether the server is a bouncer that plays back messages by itself.
    pub(crate) const fn is_bouncer(&self) -> bool {
        self.is_bouncer
    }

    /// The length of the longest nick in bytes, if the server has announced it.
    pub(crate) const fn nick_bytes_max(&self) -> Option<usize> {
        self.nick_bytes_max
    }

    /// The rule by which names are compared.
    pub(crate) const fn casemapping(&self) -> Casemapping {
        self.casemapping
    }

    /// The channel modes that are not ranks.
    pub(crate) const fn modes(&self) -> &ModeLetters {
        &self.modes
    }

    /// The rank prefixes and their mode letters, from the highest rank down.
    pub(crate) fn member_modes(&self) -> &[MemberMode] {
        &self.member_modes
    }

    /// The rank prefix that belongs to this mode letter.
    pub(crate) fn sign_of(&self, letter: char) -> Option<char> {
        self.member_modes.iter().find(|mode| mode.letter == letter).map(|mode| mode.sign)
    }

    /// The number of modes that one MODE may change.
    pub(crate) const fn modes_max(&self) -> usize {
        self.modes_max
    }

    /// The start of a ban that only keeps somebody from speaking.
    pub(crate) fn mute_prefix(&self) -> Option<&str> {
        self.mute_prefix.as_deref()
    }

    /// Whether the flags in an answer to WHO mark a bot.
    pub(crate) fn is_bot(&self, flags: &str) -> bool {
        self.bot_flag.is_some_and(|flag| flags.contains(flag))
    }

    /// Parses a text and marks the person's nick in it: the one they have, or the one they wait for. Also
    /// returns whether it occurs.
    pub(crate) fn parse_naming(&self, text: &str) -> (Text, bool) {
        let letters = Letters { casemapping: self.casemapping, compose: self.compose };
        let named = Text::parse_naming(text, &self.nick, letters);
        match self.regain.wanted() {
            Some(nick) if !named.1 => Text::parse_naming(text, nick, letters),
            _ => named,
        }
    }

    /// The folded form of a name, which is the same for equal names.
    pub(crate) fn fold(&self, name: &str) -> String {
        self.casemapping.fold(name).into_owned()
    }

    /// Whether two names are equal on this server.
    pub(crate) fn same(&self, one: &str, other: &str) -> bool {
        self.casemapping.fold(one) == self.casemapping.fold(other)
    }

    /// Whether this can be the name of a channel.
    pub(crate) fn is_room_name(&self, name: &str) -> bool {
        self.is_room(name)
            && (2..=NAME_BYTES_MAX).contains(&name.len())
            && !name.contains(|char: char| matches!(char, ' ' | ',') || char.is_control())
    }

    /// Whether this can be a nick.
    pub(crate) fn is_nick(&self, name: &str) -> bool {
        (1..=NAME_BYTES_MAX).contains(&name.len())
            && !self.is_room(name)
            && !name.starts_with(':')
            && !name.contains(|char: char| matches!(char, ' ' | ',' | '!' | '@') || char.is_control())
    }

    /// Whether the target is a channel.
    pub(crate) fn is_room(&self, target: &str) -> bool {
        target.starts_with(|char| self.channel_prefixes.contains(char))
    }

    /// Whether this capability is enabled.
    pub(crate) const fn has(&self, capability: Capabilities) -> bool {
        self.capabilities.contains(capability)
    }

    /// Whether the server reports who is away.
    pub(crate) const fn tells_away(&self) -> bool {
        self.has(Capabilities::AWAY_NOTIFY)
    }

    /// Whether the server can be told read positions now.
    pub(crate) const fn keeps_markers(&self) -> bool {
        self.is_registered && self.has(Capabilities::READ_MARKER)
    }

    /// Whether the server has display names.
    pub(crate) const fn knows_display_names(&self) -> bool {
        self.capabilities.intersects(Capabilities::METADATA.union(Capabilities::METADATA_2))
    }

    /// Whether earlier messages can be requested and put in their places: a page must be distinguishable from
    /// live messages, its messages must have times, and the person's own messages must have been echoed so
    /// that they are recognised.
    pub(crate) const fn has_history(&self) -> bool {
        const NEEDED: Capabilities = Capabilities::CHATHISTORY
            .union(Capabilities::BATCH)
            .union(Capabilities::SERVER_TIME)
            .union(Capabilities::ECHO_MESSAGE);
        self.has(NEEDED)
    }

    /// Learns the server's clock from a line.
    pub(crate) const fn heard_time(&mut self, at: Timestamp, now: Timestamp) {
        self.clock_ahead = at.as_millis().saturating_sub(now.as_millis());
    }

    /// Whether a message of this time is not live, both by our clock and by the server's if that is behind.
    pub(crate) fn is_long_ago(&self, at: Timestamp, now: Timestamp) -> bool {
        let now = now.as_millis().saturating_add(self.clock_ahead.min(0));
        Timestamp::from_millis(now).since(at) >= LONG_AGO
    }

    /// How much one message to this target can hold.
    pub(crate) fn capacity(&self, target: &str) -> Capacity {
        const NEEDED: Capabilities = Capabilities::MULTILINE.union(Capabilities::BATCH);
        Capacity {
            line_bytes: self.text_bytes_max(target),
            several: self.several.filter(|_| self.has(NEEDED)),
        }
    }

    /// Splits the rank prefixes from a target: the channel, and which of its members are meant if not all.
    /// `None` if the target is not a channel.
    pub(crate) fn audience<'a>(&self, target: &'a str) -> Option<RoomTarget<'a>> {
        let mut signs = &*self.audience_signs;
        let all: String;
        if signs.is_empty() {
            // A server that uses them without announcing them means the rank prefixes.
            all = self.member_modes.iter().map(|mode| mode.sign).collect();
            signs = &all;
        }
        let room = target.trim_start_matches(|char| signs.contains(char));
        // `&` is a prefix on some servers and begins channel names on others.
        let room = if self.is_room(room) { room } else { target };
        if !self.is_room(room) {
            return None;
        }
        let before = target.get(..target.len() - room.len()).unwrap_or_default();
        let audience = before.chars().map(Audience::of).max_by_key(|it| it.rank);
        Some(RoomTarget { room, audience })
    }

    /// Whether the character is the prefix of a rank here.
    pub(crate) fn is_sign(&self, char: char) -> bool {
        self.member_modes.iter().any(|mode| mode.sign == char)
    }

    /// Splits a word of NAMES into the rank prefixes and the nick.
    pub(crate) fn split_prefixes<'a>(&self, word: &'a str) -> (&'a str, &'a str) {
        let nick = word.trim_start_matches(|char| self.is_sign(char));
        let signs = word.get(..word.len() - nick.len()).unwrap_or_default();
        (signs, nick.split('!').next().unwrap_or(nick))
    }

    /// A label that no other request of this connection has.
    pub(crate) fn label(&mut self) -> String {
        self.next_label += 1;
        self.next_label.to_string()
    }

    /// A batch reference that no other batch of this connection has.
    pub(crate) fn batch(&mut self) -> String {
        self.next_batch += 1;
        format!("p{}", self.next_batch)
    }

    /// How many bytes of text reach others complete, together with their `:nick!user@host PRIVMSG target :`.
    pub(crate) fn text_bytes_max(&self, target: &str) -> usize {
        /// The assumed length of `user@host` while it is unknown: ten bytes for the user and 63 for the host.
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
