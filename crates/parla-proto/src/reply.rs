//! The replies of a server: numerics and standard replies. This is the only place with the order of their
//! parameters and their wording; the numbers are in [`crate::numeric`].
//!
//! <https://modern.ircdocs.horse/#numerics>, <https://ircv3.net/specs/extensions/standard-replies>

use crate::{command::CommandName, fail_code::FailCode, line::Line, nick_fault::NickFault, numeric::Numeric};

/// Several parameters in one text, such as the modes of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct SpacedParams<'a>(&'a str);

/// Writes one field as a parameter.
trait Field {
    fn write(&self, line: Line) -> Line;
}

impl Field for &str {
    fn write(&self, line: Line) -> Line {
        line.param(self)
    }
}

impl Field for SpacedParams<'_> {
    fn write(&self, line: Line) -> Line {
        line.params(self.0)
    }
}

macro_rules! number_field {
    ($($type:ty),*) => {
        $(impl Field for $type {
            fn write(&self, line: Line) -> Line {
                line.param(self)
            }
        })*
    };
}

number_field!(usize, u64, i64, char);

/// The numeric of a reply: the one with the same name, unless the table names another.
macro_rules! numeric_of {
    ($name:ident) => {
        Numeric::$name
    };
    ($name:ident $numeric:ident) => {
        Numeric::$numeric
    };
}

macro_rules! replies {
    ($($(#[$doc:meta])* $name:ident $(as $numeric:ident)? { $($field:ident: $type:ty),* }
        = [$($param:expr),*] $($text:expr)?;)*) => {
        /// A numeric reply with its contents, except for the client's own nick.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "variants are documented by their numerics, and fields are named in their words")]
        pub enum Reply<'a> {
            $($(#[$doc])* $name { $($field: $type),* },)*
        }

        impl Reply<'_> {
            /// The numeric of the reply.
            pub const fn numeric(&self) -> Numeric {
                match self {
                    $(Self::$name { .. } => numeric_of!($name $($numeric)?),)*
                }
            }

            fn write(&self, line: Line) -> Line {
                match *self {
                    $(Self::$name { $($field),* } => {
                        $(let line = Field::write(&$param, line);)*
                        $(let line = line.text($text);)?
                        line
                    })*
                }
            }
        }
    };
}

replies! {
    /// The first line that a registered client gets.
    Welcome { network: &'a str, source: &'a str } = [] format_args!("Welcome to {network}, {source}");
    YourHost { server: &'a str, version: &'a str } = [] format_args!("Your host is {server}, running {version}");
    Created { at: &'a str } = [] format_args!("This server was started at {at}");
    MyInfo { server: &'a str, version: &'a str, user_modes: &'a str, channel_modes: &'a str, param_modes: &'a str }
        = [server, version, user_modes, channel_modes, param_modes];
    /// Up to thirteen tokens.
    ISupport { tokens: &'a str } = [SpacedParams(tokens)] "are supported by this server";
    /// How often clients have sent the command.
    StatsCommand { command: &'a str, count: u64 } = [command, count];
    EndOfStats { query: &'a str } = [query] "End of /STATS report";
    UserModeIs { modes: &'a str } = [modes];
    StatsUptime { seconds: u64 } = [] format_args!(
        "Server up {} days {}:{:02}:{:02}",
        seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60
    );
    /// The mask from which somebody may become an operator under this name.
    StatsOperator { mask: &'a str, name: &'a str } = ["O", mask, "*", name];
    /// A line of free text, such as an operator who is online.
    StatsLine { query: &'a str, line: &'a str } = [query] line;
    LuserClient { users: usize, invisible: usize }
        = [] format_args!("There are {users} users and {invisible} invisible on 1 server");
    LuserOp { operators: usize } = [operators] "operator(s) online";
    LuserUnknown { connections: usize } = [connections] "unknown connection(s)";
    LuserChannels { channels: usize } = [channels] "channels formed";
    LuserMe { clients: usize } = [] format_args!("I have {clients} clients and 0 servers");
    AdminMe { server: &'a str } = [server] "Administrative info";
    AdminLocation { location: &'a str } = [] location;
    AdminOrganization { organization: &'a str } = [] organization;
    AdminEmail { email: &'a str } = [] email;
    TryAgain { command: &'a str, why: &'a str } = [command] why;
    LocalUsers { users: usize, most: usize }
        = [users, most] format_args!("Current local users {users}, max {most}");
    GlobalUsers { users: usize, most: usize }
        = [users, most] format_args!("Current global users {users}, max {most}");
    Away { nick: &'a str, reason: &'a str } = [nick] reason;
    /// `nick=+user@host` for each person. An operator has a `*` before the `=`; `-` in place of the `+` means
    /// away.
    Userhost { people: &'a str } = [] people;
    Ison { nicks: &'a str } = [] nicks;
    UnAway {} = [] "You are no longer marked as being away";
    NowAway {} = [] "You have been marked as being away";
    WhoisUser { nick: &'a str, user: &'a str, host: &'a str, realname: &'a str }
        = [nick, user, host, "*"] realname;
    WhoisServer { nick: &'a str, server: &'a str, description: &'a str } = [nick, server] description;
    /// The operator's title in the configuration.
    WhoisOperator { nick: &'a str, title: &'a str } = [nick] title;
    WhowasUser { nick: &'a str, user: &'a str, host: &'a str, realname: &'a str }
        = [nick, user, host, "*"] realname;
    EndOfWho { mask: &'a str } = [mask] "End of /WHO list";
    /// `idle` is in seconds, `signed_on` in seconds since the epoch.
    WhoisIdle { nick: &'a str, idle: u64, signed_on: i64 } = [nick, idle, signed_on] "seconds idle, signon time";
    EndOfWhois { nick: &'a str } = [nick] "End of /WHOIS list";
    WhoisChannels { nick: &'a str, channels: &'a str } = [nick] channels;
    ListStart {} = ["Channel"] "Users  Name";
    List { channel: &'a str, members: usize, topic: &'a str } = [channel, members] topic;
    ListEnd {} = [] "End of /LIST";
    /// The modes come with their parameters.
    ChannelModeIs { channel: &'a str, modes: &'a str } = [channel, SpacedParams(modes)];
    /// `at` is in seconds since the epoch.
    CreationTime { channel: &'a str, at: i64 } = [channel, at];
    WhoisAccount { nick: &'a str, account: &'a str } = [nick, account] "is logged in as";
    /// In the answer to WHOWAS, for a user who has left.
    WhowasAccount as WhoisAccount { nick: &'a str, account: &'a str } = [nick, account] "was logged in as";
    NoTopic { channel: &'a str } = [channel] "No topic is set";
    Topic { channel: &'a str, topic: &'a str } = [channel] topic;
    /// `at` is in seconds since the epoch.
    TopicWhoTime { channel: &'a str, setter: &'a str, at: i64 } = [channel, setter, at];
    WhoisBot { nick: &'a str, network: &'a str } = [nick] format_args!("is a bot on {network}");
    /// Somebody who may write to the client in spite of mode `R`.
    AcceptList { nick: &'a str } = [nick];
    EndOfAccept {} = [] "End of /ACCEPT list";
    /// A channel that the client has been invited to.
    InviteList { channel: &'a str } = [channel];
    EndOfInviteList {} = [] "End of /INVITE list";
    /// Only for the user themselves and for operators of the server.
    WhoisActually { nick: &'a str, source: &'a str, address: &'a str }
        = [nick, source, address] "is actually using host";
    Inviting { nick: &'a str, channel: &'a str } = [nick, channel];
    /// `at` is in seconds since the epoch.
    InviteExceptionList { channel: &'a str, mask: &'a str, setter: &'a str, at: i64 }
        = [channel, mask, setter, at];
    EndOfInviteExceptionList { channel: &'a str } = [channel] "End of channel invite exception list";
    /// `at` is in seconds since the epoch.
    BanExceptionList { channel: &'a str, mask: &'a str, setter: &'a str, at: i64 }
        = [channel, mask, setter, at];
    EndOfBanExceptionList { channel: &'a str } = [channel] "End of channel ban exception list";
    Version { version: &'a str, server: &'a str, comments: &'a str } = [version, server] comments;
    WhoReply { channel: &'a str, user: &'a str, host: &'a str, server: &'a str, nick: &'a str, flags: &'a str, realname: &'a str }
        = [channel, user, host, server, nick, flags] format_args!("0 {realname}");
    /// The symbol is `=` for a public channel and `@` for a secret one.
    Names { symbol: char, channel: &'a str, names: &'a str } = [symbol, channel] names;
    /// The fields that the client asked for, in the order of the specification.
    WhoSpecial { fields: &'a str } = [SpacedParams(fields)];
    /// Like [`Self::WhoSpecial`], with the real name, which comes last.
    WhoSpecialRealname as WhoSpecial { fields: &'a str, realname: &'a str } = [SpacedParams(fields)] realname;
    /// The only server is zero hops away from itself.
    Links { server: &'a str, description: &'a str } = [server, server] format_args!("0 {description}");
    EndOfLinks { mask: &'a str } = [mask] "End of /LINKS list";
    EndOfNames { channel: &'a str } = [channel] "End of /NAMES list";
    /// `at` is in seconds since the epoch.
    BanList { channel: &'a str, mask: &'a str, setter: &'a str, at: i64 } = [channel, mask, setter, at];
    EndOfBanList { channel: &'a str } = [channel] "End of channel ban list";
    EndOfWhowas { nick: &'a str } = [nick] "End of /WHOWAS list";
    Info { line: &'a str } = [] line;
    Motd { line: &'a str } = [] format_args!("- {line}");
    EndOfInfo {} = [] "End of /INFO list";
    MotdStart { server: &'a str } = [] format_args!("- {server} Message of the day - ");
    EndOfMotd {} = [] "End of /MOTD command";
    /// Only for the user themselves and for operators of the server.
    WhoisHost { nick: &'a str, source: &'a str, address: &'a str }
        = [nick] format_args!("is connecting from {source} {address}");
    /// Only for the user themselves and for operators of the server.
    WhoisModes { nick: &'a str, modes: &'a str } = [nick] format_args!("is using modes +{modes}");
    YouAreOper {} = [] "You are now an operator of this server";
    Rehashing { file: &'a str } = [file] "Rehashing";
    /// The time in seconds since the epoch, and in a readable form.
    Time { server: &'a str, seconds: i64, time: &'a str } = [server, seconds] time;
    VisibleHost { host: &'a str } = [host] "is now your displayed host";
    /// The answer to a line that cannot be parsed.
    UnknownError { command: &'a str, why: &'a str } = [command] why;
    NoSuchNick { nick: &'a str } = [nick] "No such nick or channel";
    NoSuchServer { server: &'a str } = [server] "No such server";
    NoSuchChannel { channel: &'a str } = [channel] "No such channel";
    CannotSendToChannel { channel: &'a str, why: &'a str } = [channel] why;
    TooManyChannels { channel: &'a str, why: &'a str } = [channel] why;
    WasNoSuchNick { nick: &'a str } = [nick] "There was no such nickname";
    TooManyTargets { target: &'a str } = [target] "Too many targets; this one and the rest got nothing";
    NoOrigin {} = [] "No token given";
    InvalidCapCommand { subcommand: &'a str } = [subcommand] "Invalid CAP subcommand";
    NoRecipient { command: &'a str } = [] format_args!("No recipient given ({command})");
    NoTextToSend {} = [] "No text to send";
    InputTooLong {} = [] "The line was too long; nothing of it was used";
    UnknownCommand { command: &'a str } = [command] "Unknown command";
    NoMotd {} = [] "There is no message of the day";
    NoAdminInfo { server: &'a str } = [server] "No administrative info available";
    NoNickGiven {} = [] "No nickname given";
    ErroneousNick { nick: &'a str, fault: NickFault } = [nick] fault;
    NickInUse { nick: &'a str, why: &'a str } = [nick] why;
    BannedNickChange { nick: &'a str, channel: &'a str } = [nick, channel] "Cannot change your nickname while you are banned or muted in the channel; leave it first";
    /// A nick or a channel that cannot be had.
    NickUnavailable { nick: &'a str, why: &'a str } = [nick] why;
    AcceptExists { nick: &'a str } = [nick] "is already on your accept list";
    AcceptMissing { nick: &'a str } = [nick] "is not on your accept list";
    UserNotInChannel { nick: &'a str, channel: &'a str } = [nick, channel] "They aren't on that channel";
    NotOnChannel { channel: &'a str } = [channel] "You're not on that channel";
    UserOnChannel { nick: &'a str, channel: &'a str } = [nick, channel] "is already on channel";
    NotRegistered {} = [] "You have not registered";
    NeedMoreParams { command: &'a str } = [command] "Not enough parameters";
    AlreadyRegistered {} = [] "You may not register again";
    PasswordMismatch {} = [] "Password incorrect";
    ForwardedTo { from: &'a str, to: &'a str } = [from, to] "Forwarding to another channel";
    ChannelIsFull { channel: &'a str } = [channel] "Cannot join channel (+l): it is full";
    UnknownMode { letter: char } = [letter] "is an unknown mode to me";
    InviteOnlyChannel { channel: &'a str } = [channel] "Cannot join channel (+i): you need an invitation";
    BannedFromChannel { channel: &'a str } = [channel] "Cannot join channel (+b): you are banned";
    BadChannelKey { channel: &'a str } = [channel] "Cannot join channel (+k): the key is missing or wrong";
    BadChannelMask { channel: &'a str } = [channel] "Invalid channel name";
    AccountNeededToJoin as AccountNeeded { channel: &'a str }
        = [channel] "Cannot join channel (+R): you need to be signed in to an account";
    /// Sent when a user only accepts messages from users with an account.
    AccountNeededToSend as AccountNeeded { nick: &'a str }
        = [nick] "This person hears only people who are signed in to an account";
    /// The letter of the list, as in RFC 2812.
    ListFull { channel: &'a str, letter: char } = [channel, letter] "Channel list is full";
    NoPrivileges {} = [] "You are not an operator of this server";
    ChannelOperatorNeeded { channel: &'a str, why: &'a str } = [channel] why;
    NoOperHost {} = [] "This operator may not log in from your address";
    UnknownUserMode {} = [] "Unknown MODE flag";
    UsersDontMatch {} = [] "Cannot see or change modes for other users";
    ListSyntax { condition: &'a str } = [condition] "A condition is <n, >n, C<n, C>n, T<n, T>n, a mask or !mask";
    HelpNotFound { subject: &'a str } = [subject] "There is no help on this; HELP alone lists what there is";
    CannotSendToUser { nick: &'a str, why: &'a str } = [nick] why;
    WhoisSecure { nick: &'a str } = [nick] "is using a secure connection";
    InvalidModeParam { target: &'a str, letter: char, param: &'a str, why: &'a str } = [target, letter, param] why;
    /// The first line of a help text.
    HelpStart { subject: &'a str, line: &'a str } = [subject] line;
    HelpText { subject: &'a str, line: &'a str } = [subject] line;
    /// The last line of a help text.
    EndOfHelp { subject: &'a str, line: &'a str } = [subject] line;
    /// The name of the privilege in the configuration.
    MissingPrivilege { privilege: &'a str } = [privilege] "You lack this privilege";
    /// The targets are sources, separated by commas.
    MonitorOnline { targets: &'a str } = [] targets;
    /// The targets are nicks, separated by commas.
    MonitorOffline { targets: &'a str } = [] targets;
    /// The targets are nicks, separated by commas.
    MonitorList { targets: &'a str } = [] targets;
    EndOfMonitorList {} = [] "End of MONITOR list";
    /// The targets are the nicks that could not be added, separated by commas.
    MonitorListFull { limit: usize, targets: &'a str } = [limit, targets] "Monitor list is full";
    /// METADATA. The `*` means that everyone may see the value.
    WhoisKeyValue { nick: &'a str, key: &'a str, value: &'a str } = [nick, key, "*"] value;
    /// METADATA. The `*` means that everyone may see the value.
    KeyValue { target: &'a str, key: &'a str, value: &'a str } = [target, key, "*"] value;
    /// METADATA.
    KeyNotSet { target: &'a str, key: &'a str } = [target, key] "Key not set";
    /// METADATA; one or more keys.
    MetadataSubOk { keys: &'a str } = [SpacedParams(keys)];
    /// METADATA; one or more keys.
    MetadataUnsubOk { keys: &'a str } = [SpacedParams(keys)];
    /// METADATA; one or more keys.
    MetadataSubs { keys: &'a str } = [SpacedParams(keys)];
    /// METADATA; the client may ask again after this many seconds.
    MetadataSyncLater { target: &'a str, seconds: u64 } = [target, seconds] "Ask for the values by METADATA SYNC";
    /// METADATA; the command may be sent again after this many seconds.
    MetadataRateLimit { seconds: u64, target: &'a str, subcommand: &'a str, params: &'a str }
        = [seconds, target, subcommand, SpacedParams(params)];
    LoggedIn { source: &'a str, account: &'a str } = [source, account] format_args!("You are now logged in as {account}");
    LoggedOut { source: &'a str } = [source] "You are now logged out";
    /// Somebody who signed in with SASL; RPL_LOGGEDIN says to which account.
    SaslSuccess {} = [] "SASL authentication successful";
    SaslFailed { why: &'a str } = [] why;
    SaslTooLong {} = [] "SASL message too long";
    SaslAborted {} = [] "SASL authentication aborted";
    /// Separated by commas.
    SaslMechanisms { mechanisms: &'a str } = [mechanisms] "are available SASL mechanisms";
}

impl Reply<'_> {
    /// Writes the reply as a line from `server` to the client named `target`, which is `*` before it has a
    /// nick.
    pub fn encode(&self, server: &str, target: &str) -> Vec<u8> {
        self.write(Line::from(&server).numeric(self.numeric()).param(target)).finish()
    }
}

/// How serious a standard reply is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The command was not carried out.
    Fail,
    /// The command was carried out, but with a problem.
    Warn,
    /// A message without an error.
    Note,
}

/// A standard reply, by whose code programs recognize the situation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandardReply<'a> {
    /// How serious it is.
    pub severity: Severity,
    /// The command it refers to; `*` if none.
    pub command: &'a str,
    /// The code for programs.
    pub code: FailCode,
    /// Further parameters: names and values from the command.
    pub context: &'a [&'a str],
    /// A sentence for people.
    pub description: &'a str,
}

impl StandardReply<'_> {
    /// Writes the reply as a line from `server`.
    pub fn encode(&self, server: &str) -> Vec<u8> {
        let word = match self.severity {
            Severity::Fail => CommandName::Fail,
            Severity::Warn => CommandName::Warn,
            Severity::Note => CommandName::Note,
        };
        let mut line = Line::from(&server).command(word.as_str()).param(self.command).param(self.code);
        for word in self.context {
            line = line.param(word);
        }
        line.text(self.description).finish()
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "expect! makes a value")]
    fn check(reply: Reply<'_>, expected: Expect) {
        let line = reply.encode("irc.example.org", "alice");
        expected.assert_eq(std::str::from_utf8(&line).unwrap().trim_end());
    }

    #[test]
    fn fields_are_parameters_and_texts_have_a_colon() {
        check(
            Reply::NoSuchNick { nick: "bob" },
            expect![":irc.example.org 401 alice bob :No such nick or channel"],
        );
        check(
            Reply::ChannelModeIs { channel: "#a", modes: "+kl x 5" },
            expect![":irc.example.org 324 alice #a +kl x 5"],
        );
        check(
            Reply::Names { symbol: '=', channel: "#a", names: "@alice bob" },
            expect![":irc.example.org 353 alice = #a :@alice bob"],
        );
        check(
            Reply::Welcome { network: "Net", source: "a!b@c" },
            expect![":irc.example.org 001 alice :Welcome to Net, a!b@c"],
        );
    }

    #[test]
    fn what_a_person_wrote_cannot_shift_the_fields() {
        check(
            Reply::NoSuchNick { nick: "" },
            expect![":irc.example.org 401 alice * :No such nick or channel"],
        );
        check(
            Reply::UnknownMode { letter: ':' },
            expect![":irc.example.org 472 alice * :is an unknown mode to me"],
        );
    }

    #[test]
    fn standard_replies() {
        let reply = StandardReply {
            severity: Severity::Fail,
            command: "CHATHISTORY",
            code: FailCode::InvalidTarget,
            context: &["LATEST", "#a"],
            description: "You are not in it.",
        };
        assert_eq!(
            reply.encode("s"),
            b":s FAIL CHATHISTORY INVALID_TARGET LATEST #a :You are not in it.\r\n"
        );
    }
}
