//! What a server answers: numerics and standard replies. Each one's number, order and wording stands here and nowhere else.
//!
//! <https://modern.ircdocs.horse/#numerics>, <https://ircv3.net/specs/extensions/standard-replies>

use crate::{line::Line, nick_fault::NickFault};

/// Parameters that are several words already, such as the modes of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Words<'a>(&'a str);

/// Writes one field as a parameter.
trait Field {
    fn write(&self, line: Line) -> Line;
}

impl Field for &str {
    fn write(&self, line: Line) -> Line {
        line.param(self)
    }
}

impl Field for Words<'_> {
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

macro_rules! replies {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* } = $number:literal [$($param:expr),*] $($text:expr)?;)*) => {
        /// A numeric reply with what it says. The client's own nick is not part of it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the fields are named by what they carry, in the words of the numeric")]
        pub enum Reply<'a> {
            $($(#[$doc])* $name { $($field: $type),* },)*
        }

        impl Reply<'_> {
            /// The three digits.
            pub const fn number(&self) -> u16 {
                match self {
                    $(Self::$name { .. } => $number,)*
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
    /// RPL_WELCOME, the first line a registered client gets.
    Welcome { network: &'a str, source: &'a str } = 1 [] format_args!("Welcome to {network}, {source}");
    /// RPL_YOURHOST.
    YourHost { server: &'a str, version: &'a str } = 2 [] format_args!("Your host is {server}, running {version}");
    /// RPL_CREATED.
    Created { at: &'a str } = 3 [] format_args!("This server was started at {at}");
    /// RPL_MYINFO.
    MyInfo { server: &'a str, version: &'a str, user_modes: &'a str, channel_modes: &'a str, param_modes: &'a str }
        = 4 [server, version, user_modes, channel_modes, param_modes];
    /// RPL_ISUPPORT, with up to thirteen tokens.
    ISupport { tokens: &'a str } = 5 [Words(tokens)] "are supported by this server";
    /// RPL_STATSCOMMANDS; how often the command came.
    StatsCommand { command: &'a str, count: u64 } = 212 [command, count];
    /// RPL_ENDOFSTATS.
    EndOfStats { query: &'a str } = 219 [query] "End of /STATS report";
    /// RPL_UMODEIS.
    UserModeIs { modes: &'a str } = 221 [modes];
    /// RPL_STATSUPTIME.
    StatsUptime { seconds: u64 } = 242 [] format_args!(
        "Server up {} days {}:{:02}:{:02}",
        seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60
    );
    /// RPL_STATSOLINE; who may become an operator under which name, and from where.
    StatsOperator { mask: &'a str, name: &'a str } = 243 ["O", mask, "*", name];
    /// RPL_STATSDEBUG, a line of free text; here an operator who is online.
    StatsLine { query: &'a str, line: &'a str } = 249 [query] line;
    /// RPL_LUSERCLIENT.
    LuserClient { users: usize, invisible: usize }
        = 251 [] format_args!("There are {users} users and {invisible} invisible on 1 server");
    /// RPL_LUSEROP.
    LuserOp { operators: usize } = 252 [operators] "operator(s) online";
    /// RPL_LUSERUNKNOWN.
    LuserUnknown { connections: usize } = 253 [connections] "unknown connection(s)";
    /// RPL_LUSERCHANNELS.
    LuserChannels { channels: usize } = 254 [channels] "channels formed";
    /// RPL_LUSERME.
    LuserMe { clients: usize } = 255 [] format_args!("I have {clients} clients and 0 servers");
    /// RPL_ADMINME.
    AdminMe { server: &'a str } = 256 [server] "Administrative info";
    /// RPL_ADMINLOC1.
    AdminLocation { location: &'a str } = 257 [] location;
    /// RPL_ADMINLOC2.
    AdminOrganization { organization: &'a str } = 258 [] organization;
    /// RPL_ADMINEMAIL.
    AdminEmail { email: &'a str } = 259 [] email;
    /// RPL_TRYAGAIN.
    TryAgain { command: &'a str, why: &'a str } = 263 [command] why;
    /// RPL_LOCALUSERS.
    LocalUsers { users: usize, most: usize }
        = 265 [users, most] format_args!("Current local users {users}, max {most}");
    /// RPL_GLOBALUSERS.
    GlobalUsers { users: usize, most: usize }
        = 266 [users, most] format_args!("Current global users {users}, max {most}");
    /// RPL_AWAY.
    Away { nick: &'a str, reason: &'a str } = 301 [nick] reason;
    /// RPL_USERHOST; `nick=+user@host` of each, `*` before the `=` of an operator, `-` after it of who is away.
    Userhost { people: &'a str } = 302 [] people;
    /// RPL_ISON.
    Ison { nicks: &'a str } = 303 [] nicks;
    /// RPL_UNAWAY.
    UnAway {} = 305 [] "You are no longer marked as being away";
    /// RPL_NOWAWAY.
    NowAway {} = 306 [] "You have been marked as being away";
    /// RPL_WHOISUSER.
    WhoisUser { nick: &'a str, user: &'a str, host: &'a str, realname: &'a str }
        = 311 [nick, user, host, "*"] realname;
    /// RPL_WHOISSERVER.
    WhoisServer { nick: &'a str, server: &'a str, description: &'a str } = 312 [nick, server] description;
    /// RPL_WHOISOPERATOR; what the configuration says of the operator.
    WhoisOperator { nick: &'a str, title: &'a str } = 313 [nick] title;
    /// RPL_WHOWASUSER.
    WhowasUser { nick: &'a str, user: &'a str, host: &'a str, realname: &'a str }
        = 314 [nick, user, host, "*"] realname;
    /// RPL_ENDOFWHO.
    EndOfWho { mask: &'a str } = 315 [mask] "End of /WHO list";
    /// RPL_WHOISIDLE; seconds, and seconds since the epoch.
    WhoisIdle { nick: &'a str, idle: u64, signed_on: i64 } = 317 [nick, idle, signed_on] "seconds idle, signon time";
    /// RPL_ENDOFWHOIS.
    EndOfWhois { nick: &'a str } = 318 [nick] "End of /WHOIS list";
    /// RPL_WHOISCHANNELS.
    WhoisChannels { nick: &'a str, channels: &'a str } = 319 [nick] channels;
    /// RPL_LISTSTART.
    ListStart {} = 321 ["Channel"] "Users  Name";
    /// RPL_LIST.
    List { channel: &'a str, members: usize, topic: &'a str } = 322 [channel, members] topic;
    /// RPL_LISTEND.
    ListEnd {} = 323 [] "End of /LIST";
    /// RPL_CHANNELMODEIS; the modes with their parameters.
    ChannelModeIs { channel: &'a str, modes: &'a str } = 324 [channel, Words(modes)];
    /// RPL_CREATIONTIME; seconds since the epoch.
    CreationTime { channel: &'a str, at: i64 } = 329 [channel, at];
    /// RPL_WHOISACCOUNT.
    WhoisAccount { nick: &'a str, account: &'a str } = 330 [nick, account] "is logged in as";
    /// RPL_WHOISACCOUNT, of someone who is gone.
    WhowasAccount { nick: &'a str, account: &'a str } = 330 [nick, account] "was logged in as";
    /// RPL_NOTOPIC.
    NoTopic { channel: &'a str } = 331 [channel] "No topic is set";
    /// RPL_TOPIC.
    Topic { channel: &'a str, topic: &'a str } = 332 [channel] topic;
    /// RPL_TOPICWHOTIME; seconds since the epoch.
    TopicWhoTime { channel: &'a str, setter: &'a str, at: i64 } = 333 [channel, setter, at];
    /// RPL_WHOISBOT.
    WhoisBot { nick: &'a str, network: &'a str } = 335 [nick] format_args!("is a bot on {network}");
    /// RPL_INVITELIST: where the client may come in.
    InviteList { channel: &'a str } = 336 [channel];
    /// RPL_ENDOFINVITELIST.
    EndOfInviteList {} = 337 [] "End of /INVITE list";
    /// RPL_WHOISACTUALLY; for the user and operators of the server only.
    WhoisActually { nick: &'a str, source: &'a str, address: &'a str }
        = 338 [nick, source, address] "is actually using host";
    /// RPL_INVITING.
    Inviting { nick: &'a str, channel: &'a str } = 341 [nick, channel];
    /// RPL_INVEXLIST; seconds since the epoch.
    InviteExceptionList { channel: &'a str, mask: &'a str, setter: &'a str, at: i64 }
        = 346 [channel, mask, setter, at];
    /// RPL_ENDOFINVEXLIST.
    EndOfInviteExceptionList { channel: &'a str } = 347 [channel] "End of channel invite exception list";
    /// RPL_EXCEPTLIST; seconds since the epoch.
    BanExceptionList { channel: &'a str, mask: &'a str, setter: &'a str, at: i64 }
        = 348 [channel, mask, setter, at];
    /// RPL_ENDOFEXCEPTLIST.
    EndOfBanExceptionList { channel: &'a str } = 349 [channel] "End of channel ban exception list";
    /// RPL_VERSION.
    Version { version: &'a str, server: &'a str, comments: &'a str } = 351 [version, server] comments;
    /// RPL_WHOREPLY.
    WhoReply { channel: &'a str, user: &'a str, host: &'a str, server: &'a str, nick: &'a str, flags: &'a str, realname: &'a str }
        = 352 [channel, user, host, server, nick, flags] format_args!("0 {realname}");
    /// RPL_NAMREPLY; `=` for a public channel, `@` for a secret one.
    Names { symbol: char, channel: &'a str, names: &'a str } = 353 [symbol, channel] names;
    /// RPL_WHOSPCRPL; the fields that were asked for, in the order of the specification.
    WhoSpecial { fields: &'a str } = 354 [Words(fields)];
    /// RPL_WHOSPCRPL with the real name.
    WhoSpecialRealname { fields: &'a str, realname: &'a str } = 354 [Words(fields)] realname;
    /// RPL_LINKS; the only server is zero hops from itself.
    Links { server: &'a str, description: &'a str } = 364 [server, server] format_args!("0 {description}");
    /// RPL_ENDOFLINKS.
    EndOfLinks { mask: &'a str } = 365 [mask] "End of /LINKS list";
    /// RPL_ENDOFNAMES.
    EndOfNames { channel: &'a str } = 366 [channel] "End of /NAMES list";
    /// RPL_BANLIST; seconds since the epoch.
    BanList { channel: &'a str, mask: &'a str, setter: &'a str, at: i64 } = 367 [channel, mask, setter, at];
    /// RPL_ENDOFBANLIST.
    EndOfBanList { channel: &'a str } = 368 [channel] "End of channel ban list";
    /// RPL_ENDOFWHOWAS.
    EndOfWhowas { nick: &'a str } = 369 [nick] "End of /WHOWAS list";
    /// RPL_INFO.
    Info { line: &'a str } = 371 [] line;
    /// RPL_MOTD.
    Motd { line: &'a str } = 372 [] format_args!("- {line}");
    /// RPL_ENDOFINFO.
    EndOfInfo {} = 374 [] "End of /INFO list";
    /// RPL_MOTDSTART.
    MotdStart { server: &'a str } = 375 [] format_args!("- {server} Message of the day - ");
    /// RPL_ENDOFMOTD.
    EndOfMotd {} = 376 [] "End of /MOTD command";
    /// RPL_WHOISHOST; for the user and operators of the server only.
    WhoisHost { nick: &'a str, source: &'a str, address: &'a str }
        = 378 [nick] format_args!("is connecting from {source} {address}");
    /// RPL_WHOISMODES; for the user and operators of the server only.
    WhoisModes { nick: &'a str, modes: &'a str } = 379 [nick] format_args!("is using modes +{modes}");
    /// RPL_YOUREOPER.
    YouAreOper {} = 381 [] "You are now an operator of this server";
    /// RPL_REHASHING.
    Rehashing { file: &'a str } = 382 [file] "Rehashing";
    /// RPL_TIME; seconds since the epoch, and the same for people.
    Time { server: &'a str, seconds: i64, time: &'a str } = 391 [server, seconds] time;
    /// RPL_VISIBLEHOST.
    VisibleHost { host: &'a str } = 396 [host] "is now your displayed host";
    /// ERR_UNKNOWNERROR, for a line that is none.
    UnknownError { command: &'a str, why: &'a str } = 400 [command] why;
    /// ERR_NOSUCHNICK.
    NoSuchNick { nick: &'a str } = 401 [nick] "No such nick or channel";
    /// ERR_NOSUCHSERVER.
    NoSuchServer { server: &'a str } = 402 [server] "No such server";
    /// ERR_NOSUCHCHANNEL.
    NoSuchChannel { channel: &'a str } = 403 [channel] "No such channel";
    /// ERR_CANNOTSENDTOCHAN.
    CannotSendToChannel { channel: &'a str, why: &'a str } = 404 [channel] why;
    /// ERR_TOOMANYCHANNELS.
    TooManyChannels { channel: &'a str, why: &'a str } = 405 [channel] why;
    /// ERR_WASNOSUCHNICK.
    WasNoSuchNick { nick: &'a str } = 406 [nick] "There was no such nickname";
    /// ERR_TOOMANYTARGETS.
    TooManyTargets { target: &'a str } = 407 [target] "Too many targets; this one and the rest got nothing";
    /// ERR_NOORIGIN.
    NoOrigin {} = 409 [] "No token given";
    /// ERR_INVALIDCAPCMD.
    InvalidCapCommand { subcommand: &'a str } = 410 [subcommand] "Invalid CAP subcommand";
    /// ERR_NORECIPIENT.
    NoRecipient { command: &'a str } = 411 [] format_args!("No recipient given ({command})");
    /// ERR_NOTEXTTOSEND.
    NoTextToSend {} = 412 [] "No text to send";
    /// ERR_INPUTTOOLONG.
    InputTooLong {} = 417 [] "The line was too long; nothing of it was used";
    /// ERR_UNKNOWNCOMMAND.
    UnknownCommand { command: &'a str } = 421 [command] "Unknown command";
    /// ERR_NOMOTD.
    NoMotd {} = 422 [] "There is no message of the day";
    /// ERR_NOADMININFO.
    NoAdminInfo { server: &'a str } = 423 [server] "No administrative info available";
    /// ERR_NONICKNAMEGIVEN.
    NoNickGiven {} = 431 [] "No nickname given";
    /// ERR_ERRONEUSNICKNAME.
    ErroneousNick { nick: &'a str, fault: NickFault } = 432 [nick] fault;
    /// ERR_NICKNAMEINUSE.
    NickInUse { nick: &'a str, why: &'a str } = 433 [nick] why;
    /// ERR_BANONCHAN.
    BannedNickChange { nick: &'a str, channel: &'a str } = 435 [nick, channel] "Cannot change your nickname while you are banned or muted in the channel; leave it first";
    /// ERR_UNAVAILRESOURCE.
    NickUnavailable { nick: &'a str } = 437 [nick] NickFault::Reserved;
    /// ERR_USERNOTINCHANNEL.
    UserNotInChannel { nick: &'a str, channel: &'a str } = 441 [nick, channel] "They aren't on that channel";
    /// ERR_NOTONCHANNEL.
    NotOnChannel { channel: &'a str } = 442 [channel] "You're not on that channel";
    /// ERR_USERONCHANNEL.
    UserOnChannel { nick: &'a str, channel: &'a str } = 443 [nick, channel] "is already on channel";
    /// ERR_NOTREGISTERED.
    NotRegistered {} = 451 [] "You have not registered";
    /// ERR_NEEDMOREPARAMS.
    NeedMoreParams { command: &'a str } = 461 [command] "Not enough parameters";
    /// ERR_ALREADYREGISTERED.
    AlreadyRegistered {} = 462 [] "You may not register again";
    /// ERR_PASSWDMISMATCH.
    PasswordMismatch {} = 464 [] "Password incorrect";
    /// ERR_LINKCHANNEL.
    ForwardedTo { from: &'a str, to: &'a str } = 470 [from, to] "Forwarding to another channel";
    /// ERR_CHANNELISFULL.
    ChannelIsFull { channel: &'a str } = 471 [channel] "Cannot join channel (+l): it is full";
    /// ERR_UNKNOWNMODE.
    UnknownMode { letter: char } = 472 [letter] "is an unknown mode to me";
    /// ERR_INVITEONLYCHAN.
    InviteOnlyChannel { channel: &'a str } = 473 [channel] "Cannot join channel (+i): you need an invitation";
    /// ERR_BANNEDFROMCHAN.
    BannedFromChannel { channel: &'a str } = 474 [channel] "Cannot join channel (+b): you are banned";
    /// ERR_BADCHANNELKEY.
    BadChannelKey { channel: &'a str } = 475 [channel] "Cannot join channel (+k): the key is missing or wrong";
    /// ERR_BADCHANMASK.
    BadChannelMask { channel: &'a str } = 476 [channel] "Invalid channel name";
    /// ERR_NEEDREGGEDNICK.
    AccountNeededToJoin { channel: &'a str }
        = 477 [channel] "Cannot join channel (+R): you need to be logged in to an account";
    /// ERR_NEEDREGGEDNICK, where someone hears only people with an account.
    AccountNeededToSend { nick: &'a str }
        = 477 [nick] "This person hears only people who are logged in to an account";
    /// ERR_BANLISTFULL; the letter of the list, as in RFC 2812.
    ListFull { channel: &'a str, letter: char } = 478 [channel, letter] "Channel list is full";
    /// ERR_NOPRIVILEGES.
    NoPrivileges {} = 481 [] "You are not an operator of this server";
    /// ERR_CHANOPRIVSNEEDED.
    ChannelOperatorNeeded { channel: &'a str, why: &'a str } = 482 [channel] why;
    /// ERR_NOOPERHOST.
    NoOperHost {} = 491 [] "This operator may not log in from your address";
    /// ERR_UMODEUNKNOWNFLAG.
    UnknownUserMode {} = 501 [] "Unknown MODE flag";
    /// ERR_USERSDONTMATCH.
    UsersDontMatch {} = 502 [] "Cannot see or change modes for other users";
    /// ERR_LISTSYNTAX.
    ListSyntax { condition: &'a str } = 521 [condition] "A condition is <n, >n, C<n, C>n, T<n, T>n, a mask or !mask";
    /// ERR_HELPNOTFOUND.
    HelpNotFound { subject: &'a str } = 524 [subject] "There is no help on this; HELP alone lists what there is";
    /// ERR_CANTSENDTOUSER.
    CannotSendToUser { nick: &'a str, why: &'a str } = 531 [nick] why;
    /// RPL_WHOISSECURE.
    WhoisSecure { nick: &'a str } = 671 [nick] "is using a secure connection";
    /// ERR_INVALIDMODEPARAM.
    InvalidModeParam { target: &'a str, letter: char, param: &'a str, why: &'a str } = 696 [target, letter, param] why;
    /// RPL_HELPSTART, the title.
    HelpStart { subject: &'a str, line: &'a str } = 704 [subject] line;
    /// RPL_HELPTXT.
    HelpText { subject: &'a str, line: &'a str } = 705 [subject] line;
    /// RPL_ENDOFHELP, the last line.
    EndOfHelp { subject: &'a str, line: &'a str } = 706 [subject] line;
    /// ERR_NOPRIVS; a privilege of the configuration.
    MissingPrivilege { privilege: &'a str } = 723 [privilege] "You lack this privilege";
    /// RPL_MONONLINE; sources separated by commas.
    MonitorOnline { targets: &'a str } = 730 [] targets;
    /// RPL_MONOFFLINE; nicks separated by commas.
    MonitorOffline { targets: &'a str } = 731 [] targets;
    /// RPL_MONLIST; nicks separated by commas.
    MonitorList { targets: &'a str } = 732 [] targets;
    /// RPL_ENDOFMONLIST.
    EndOfMonitorList {} = 733 [] "End of MONITOR list";
    /// ERR_MONLISTFULL; the nicks that are not watched, separated by commas.
    MonitorListFull { limit: usize, targets: &'a str } = 734 [limit, targets] "Monitor list is full";
    /// RPL_WHOISKEYVALUE, of METADATA; `*` is who may see it: everyone.
    WhoisKeyValue { nick: &'a str, key: &'a str, value: &'a str } = 760 [nick, key, "*"] value;
    /// RPL_KEYVALUE, of METADATA; `*` is who may see it: everyone.
    KeyValue { target: &'a str, key: &'a str, value: &'a str } = 761 [target, key, "*"] value;
    /// RPL_KEYNOTSET, of METADATA.
    KeyNotSet { target: &'a str, key: &'a str } = 766 [target, key] "Key not set";
    /// RPL_METADATASUBOK; one or more keys.
    MetadataSubOk { keys: &'a str } = 770 [Words(keys)];
    /// RPL_METADATAUNSUBOK; one or more keys.
    MetadataUnsubOk { keys: &'a str } = 771 [Words(keys)];
    /// RPL_METADATASUBS; one or more keys.
    MetadataSubs { keys: &'a str } = 772 [Words(keys)];
    /// ERR_METADATASYNCLATER; in how many seconds.
    MetadataSyncLater { target: &'a str, seconds: u64 } = 774 [target, seconds] "Ask for the values by METADATA SYNC";
    /// ERR_METADATARATELIMIT; in how many seconds the same command may be tried again.
    MetadataRateLimit { seconds: u64, target: &'a str, subcommand: &'a str, params: &'a str }
        = 775 [seconds, target, subcommand, Words(params)];
    /// RPL_LOGGEDIN.
    LoggedIn { source: &'a str, account: &'a str } = 900 [source, account] format_args!("You are now logged in as {account}");
    /// RPL_LOGGEDOUT.
    LoggedOut { source: &'a str } = 901 [source] "You are now logged out";
    /// ERR_SASLFAIL.
    SaslFailed { why: &'a str } = 904 [] why;
}

impl Reply<'_> {
    /// Writes the reply as a line of `server` for the client called `target`, which is `*` before it has a nick.
    pub fn encode(&self, server: &str, target: &str) -> Vec<u8> {
        self.write(Line::from(&server).numeric(self.number()).param(target)).finish()
    }
}

/// How serious a standard reply is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The command was not carried out.
    Fail,
    /// It was, but there is something to know.
    Warn,
    /// Something to know.
    Note,
}

/// A standard reply: an error that programs tell by its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandardReply<'a> {
    /// How serious it is.
    pub severity: Severity,
    /// The command it is about; `*` if none.
    pub command: &'a str,
    /// A word in capitals.
    pub code: &'a str,
    /// What it is about: names and values of the command.
    pub context: &'a [&'a str],
    /// A sentence for people.
    pub description: &'a str,
}

impl StandardReply<'_> {
    /// Writes it as a line of `server`.
    pub fn encode(&self, server: &str) -> Vec<u8> {
        let word = match self.severity {
            Severity::Fail => "FAIL",
            Severity::Warn => "WARN",
            Severity::Note => "NOTE",
        };
        let mut line = Line::from(&server).command(word).param(self.command).param(self.code);
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
            code: "INVALID_TARGET",
            context: &["LATEST", "#a"],
            description: "You are not in it.",
        };
        assert_eq!(
            reply.encode("s"),
            b":s FAIL CHATHISTORY INVALID_TARGET LATEST #a :You are not in it.\r\n"
        );
    }
}
