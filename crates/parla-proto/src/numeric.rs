//! Numerics: the three-digit replies that parlad sends, and those that clients of any server should
//! understand. Their parameters are in [`crate::reply`].
//!
//! <https://modern.ircdocs.horse/#numerics>. Where servers use one number in two senses, it is named after
//! the more common one.

use std::fmt;

/// A number that has no name here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnknownNumeric(u16);

macro_rules! numerics {
    ($($name:ident = $number:literal $wire:literal;)*) => {
        /// A numeric, named by its meaning. A number in the table is never [`Numeric::Unknown`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Numeric {
            $(#[doc = concat!($wire, ".")] $name,)*
            /// Any other number.
            Unknown(UnknownNumeric),
        }

        impl Numeric {
            /// Every numeric that has a name, in ascending order.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The three digits as a number.
            pub const fn number(self) -> u16 {
                match self {
                    $(Self::$name => $number,)*
                    Self::Unknown(UnknownNumeric(number)) => number,
                }
            }

            /// The name in the specification, such as `RPL_WELCOME`; `None` for an unknown number.
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => Some($wire),)*
                    Self::Unknown(_) => None,
                }
            }

            const fn of(number: u16) -> Self {
                match number {
                    $($number => Self::$name,)*
                    other => Self::Unknown(UnknownNumeric(other)),
                }
            }
        }
    };
}

numerics! {
    Welcome = 1 "RPL_WELCOME";
    YourHost = 2 "RPL_YOURHOST";
    Created = 3 "RPL_CREATED";
    MyInfo = 4 "RPL_MYINFO";
    ISupport = 5 "RPL_ISUPPORT";
    StatsCommand = 212 "RPL_STATSCOMMANDS";
    EndOfStats = 219 "RPL_ENDOFSTATS";
    UserModeIs = 221 "RPL_UMODEIS";
    StatsUptime = 242 "RPL_STATSUPTIME";
    StatsOperator = 243 "RPL_STATSOLINE";
    StatsLine = 249 "RPL_STATSDEBUG";
    LuserClient = 251 "RPL_LUSERCLIENT";
    LuserOp = 252 "RPL_LUSEROP";
    LuserUnknown = 253 "RPL_LUSERUNKNOWN";
    LuserChannels = 254 "RPL_LUSERCHANNELS";
    LuserMe = 255 "RPL_LUSERME";
    AdminMe = 256 "RPL_ADMINME";
    AdminLocation = 257 "RPL_ADMINLOC1";
    AdminOrganization = 258 "RPL_ADMINLOC2";
    AdminEmail = 259 "RPL_ADMINEMAIL";
    TryAgain = 263 "RPL_TRYAGAIN";
    LocalUsers = 265 "RPL_LOCALUSERS";
    GlobalUsers = 266 "RPL_GLOBALUSERS";
    AcceptList = 281 "RPL_ACCEPTLIST";
    EndOfAccept = 282 "RPL_ENDOFACCEPT";
    Away = 301 "RPL_AWAY";
    Userhost = 302 "RPL_USERHOST";
    Ison = 303 "RPL_ISON";
    UnAway = 305 "RPL_UNAWAY";
    NowAway = 306 "RPL_NOWAWAY";
    WhoisRegisteredNick = 307 "RPL_WHOISREGNICK";
    WhoisUser = 311 "RPL_WHOISUSER";
    WhoisServer = 312 "RPL_WHOISSERVER";
    WhoisOperator = 313 "RPL_WHOISOPERATOR";
    WhowasUser = 314 "RPL_WHOWASUSER";
    EndOfWho = 315 "RPL_ENDOFWHO";
    WhoisIdle = 317 "RPL_WHOISIDLE";
    EndOfWhois = 318 "RPL_ENDOFWHOIS";
    WhoisChannels = 319 "RPL_WHOISCHANNELS";
    WhoisSpecial = 320 "RPL_WHOISSPECIAL";
    ListStart = 321 "RPL_LISTSTART";
    List = 322 "RPL_LIST";
    ListEnd = 323 "RPL_LISTEND";
    ChannelModeIs = 324 "RPL_CHANNELMODEIS";
    CreationTime = 329 "RPL_CREATIONTIME";
    WhoisAccount = 330 "RPL_WHOISACCOUNT";
    NoTopic = 331 "RPL_NOTOPIC";
    Topic = 332 "RPL_TOPIC";
    TopicWhoTime = 333 "RPL_TOPICWHOTIME";
    WhoisBot = 335 "RPL_WHOISBOT";
    InviteList = 336 "RPL_INVITELIST";
    EndOfInviteList = 337 "RPL_ENDOFINVITELIST";
    WhoisActually = 338 "RPL_WHOISACTUALLY";
    Inviting = 341 "RPL_INVITING";
    InviteExceptionList = 346 "RPL_INVEXLIST";
    EndOfInviteExceptionList = 347 "RPL_ENDOFINVEXLIST";
    BanExceptionList = 348 "RPL_EXCEPTLIST";
    EndOfBanExceptionList = 349 "RPL_ENDOFEXCEPTLIST";
    Version = 351 "RPL_VERSION";
    WhoReply = 352 "RPL_WHOREPLY";
    Names = 353 "RPL_NAMREPLY";
    WhoSpecial = 354 "RPL_WHOSPCRPL";
    Links = 364 "RPL_LINKS";
    EndOfLinks = 365 "RPL_ENDOFLINKS";
    EndOfNames = 366 "RPL_ENDOFNAMES";
    BanList = 367 "RPL_BANLIST";
    EndOfBanList = 368 "RPL_ENDOFBANLIST";
    EndOfWhowas = 369 "RPL_ENDOFWHOWAS";
    Info = 371 "RPL_INFO";
    Motd = 372 "RPL_MOTD";
    EndOfInfo = 374 "RPL_ENDOFINFO";
    MotdStart = 375 "RPL_MOTDSTART";
    EndOfMotd = 376 "RPL_ENDOFMOTD";
    WhoisHost = 378 "RPL_WHOISHOST";
    WhoisModes = 379 "RPL_WHOISMODES";
    YouAreOper = 381 "RPL_YOUREOPER";
    Rehashing = 382 "RPL_REHASHING";
    Time = 391 "RPL_TIME";
    VisibleHost = 396 "RPL_VISIBLEHOST";
    UnknownError = 400 "ERR_UNKNOWNERROR";
    NoSuchNick = 401 "ERR_NOSUCHNICK";
    NoSuchServer = 402 "ERR_NOSUCHSERVER";
    NoSuchChannel = 403 "ERR_NOSUCHCHANNEL";
    CannotSendToChannel = 404 "ERR_CANNOTSENDTOCHAN";
    TooManyChannels = 405 "ERR_TOOMANYCHANNELS";
    WasNoSuchNick = 406 "ERR_WASNOSUCHNICK";
    TooManyTargets = 407 "ERR_TOOMANYTARGETS";
    NoSuchService = 408 "ERR_NOSUCHSERVICE";
    NoOrigin = 409 "ERR_NOORIGIN";
    InvalidCapCommand = 410 "ERR_INVALIDCAPCMD";
    NoRecipient = 411 "ERR_NORECIPIENT";
    NoTextToSend = 412 "ERR_NOTEXTTOSEND";
    NoTopLevel = 413 "ERR_NOTOPLEVEL";
    WildTopLevel = 414 "ERR_WILDTOPLEVEL";
    BadMask = 415 "ERR_BADMASK";
    InputTooLong = 417 "ERR_INPUTTOOLONG";
    UnknownCommand = 421 "ERR_UNKNOWNCOMMAND";
    NoMotd = 422 "ERR_NOMOTD";
    NoAdminInfo = 423 "ERR_NOADMININFO";
    NoNickGiven = 431 "ERR_NONICKNAMEGIVEN";
    ErroneousNick = 432 "ERR_ERRONEUSNICKNAME";
    NickInUse = 433 "ERR_NICKNAMEINUSE";
    BannedNickChange = 435 "ERR_BANONCHAN";
    NickCollision = 436 "ERR_NICKCOLLISION";
    NickUnavailable = 437 "ERR_UNAVAILRESOURCE";
    NickTooFast = 438 "ERR_NICKTOOFAST";
    TargetTooFast = 439 "ERR_TARGETTOOFAST";
    UserNotInChannel = 441 "ERR_USERNOTINCHANNEL";
    NotOnChannel = 442 "ERR_NOTONCHANNEL";
    UserOnChannel = 443 "ERR_USERONCHANNEL";
    NoNickChange = 447 "ERR_NONICKCHANGE";
    NotRegistered = 451 "ERR_NOTREGISTERED";
    AcceptExists = 457 "ERR_ACCEPTEXIST";
    AcceptMissing = 458 "ERR_ACCEPTNOT";
    NeedMoreParams = 461 "ERR_NEEDMOREPARAMS";
    AlreadyRegistered = 462 "ERR_ALREADYREGISTERED";
    PasswordMismatch = 464 "ERR_PASSWDMISMATCH";
    BannedFromServer = 465 "ERR_YOUREBANNEDCREEP";
    WillBeBanned = 466 "ERR_YOUWILLBEBANNED";
    KeySet = 467 "ERR_KEYSET";
    ForwardedTo = 470 "ERR_LINKCHANNEL";
    ChannelIsFull = 471 "ERR_CHANNELISFULL";
    UnknownMode = 472 "ERR_UNKNOWNMODE";
    InviteOnlyChannel = 473 "ERR_INVITEONLYCHAN";
    BannedFromChannel = 474 "ERR_BANNEDFROMCHAN";
    BadChannelKey = 475 "ERR_BADCHANNELKEY";
    BadChannelMask = 476 "ERR_BADCHANMASK";
    AccountNeeded = 477 "ERR_NEEDREGGEDNICK";
    ListFull = 478 "ERR_BANLISTFULL";
    BadChannelName = 479 "ERR_BADCHANNAME";
    JoinTooFast = 480 "ERR_THROTTLE";
    NoPrivileges = 481 "ERR_NOPRIVILEGES";
    ChannelOperatorNeeded = 482 "ERR_CHANOPRIVSNEEDED";
    CannotKillServer = 483 "ERR_CANTKILLSERVER";
    Restricted = 484 "ERR_RESTRICTED";
    CreatorNeeded = 485 "ERR_UNIQOPPRIVSNEEDED";
    AccountNeededForMessage = 486 "ERR_NONONREG";
    SecureOnlyChannel = 489 "ERR_SECUREONLYCHAN";
    NoOperHost = 491 "ERR_NOOPERHOST";
    UnknownUserMode = 501 "ERR_UMODEUNKNOWNFLAG";
    UsersDontMatch = 502 "ERR_USERSDONTMATCH";
    ListSyntax = 521 "ERR_LISTSYNTAX";
    HelpNotFound = 524 "ERR_HELPNOTFOUND";
    InvalidKey = 525 "ERR_INVALIDKEY";
    CannotSendToUser = 531 "ERR_CANTSENDTOUSER";
    WhoisSecure = 671 "RPL_WHOISSECURE";
    InvalidModeParam = 696 "ERR_INVALIDMODEPARAM";
    HelpStart = 704 "RPL_HELPSTART";
    HelpText = 705 "RPL_HELPTXT";
    EndOfHelp = 706 "RPL_ENDOFHELP";
    TargetChangeTooFast = 707 "ERR_TARGCHANGE";
    TargetHearsNobody = 716 "ERR_TARGUMODEG";
    MissingPrivilege = 723 "ERR_NOPRIVS";
    QuietList = 728 "RPL_QUIETLIST";
    EndOfQuietList = 729 "RPL_ENDOFQUIETLIST";
    MonitorOnline = 730 "RPL_MONONLINE";
    MonitorOffline = 731 "RPL_MONOFFLINE";
    MonitorList = 732 "RPL_MONLIST";
    EndOfMonitorList = 733 "RPL_ENDOFMONLIST";
    MonitorListFull = 734 "ERR_MONLISTFULL";
    WhoisKeyValue = 760 "RPL_WHOISKEYVALUE";
    KeyValue = 761 "RPL_KEYVALUE";
    KeyNotSet = 766 "RPL_KEYNOTSET";
    MetadataSubOk = 770 "RPL_METADATASUBOK";
    MetadataUnsubOk = 771 "RPL_METADATAUNSUBOK";
    MetadataSubs = 772 "RPL_METADATASUBS";
    MetadataSyncLater = 774 "ERR_METADATASYNCLATER";
    MetadataRateLimit = 775 "ERR_METADATARATELIMIT";
    LoggedIn = 900 "RPL_LOGGEDIN";
    LoggedOut = 901 "RPL_LOGGEDOUT";
    NickLocked = 902 "ERR_NICKLOCKED";
    SaslSuccess = 903 "RPL_SASLSUCCESS";
    SaslFailed = 904 "ERR_SASLFAIL";
    SaslTooLong = 905 "ERR_SASLTOOLONG";
    SaslAborted = 906 "ERR_SASLABORTED";
    SaslAlready = 907 "ERR_SASLALREADY";
    SaslMechanisms = 908 "RPL_SASLMECHS";
}

impl Numeric {
    /// Parses three digits in place of a command. `None` if the word is anything else.
    pub fn parse(word: &str) -> Option<Self> {
        let is_numeric = word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit());
        if !is_numeric {
            return None;
        }
        word.parse().ok().map(Self::of)
    }

    /// Whether it is an error: the numbers from 400 to 599, and a few that were assigned after those had run
    /// out.
    pub const fn is_error(self) -> bool {
        let is_late = matches!(
            self,
            Self::InvalidModeParam
                | Self::TargetChangeTooFast
                | Self::TargetHearsNobody
                | Self::MissingPrivilege
                | Self::MonitorListFull
                | Self::MetadataSyncLater
                | Self::MetadataRateLimit
                | Self::NickLocked
                | Self::SaslFailed
                | Self::SaslTooLong
                | Self::SaslAborted
                | Self::SaslAlready
        );
        is_late || matches!(self.number(), 400..=599)
    }
}

impl fmt::Display for Numeric {
    /// The three digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03}", self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_are_read_and_written() {
        assert_eq!(Numeric::parse("001"), Some(Numeric::Welcome));
        assert_eq!(Numeric::parse("433"), Some(Numeric::NickInUse));
        for numeric in Numeric::ALL {
            assert_eq!(Numeric::parse(&numeric.to_string()), Some(*numeric));
        }
    }

    #[test]
    fn a_number_without_a_name_stays_what_it_is() {
        for number in 0..1000 {
            let numeric = Numeric::parse(&format!("{number:03}")).unwrap();
            assert_eq!(numeric.number(), number);
            assert_eq!(matches!(numeric, Numeric::Unknown(_)), numeric.name().is_none());
        }
    }

    #[test]
    fn only_three_digits_are_a_numeric() {
        for word in ["", "1", "01", "0001", "+12", "-12", "1a2", "PING", "١٢٣", " 12"] {
            assert_eq!(Numeric::parse(word), None, "{word}");
        }
    }

    #[test]
    fn the_names_say_what_refuses() {
        for numeric in Numeric::ALL {
            let is_named_so = numeric.name().is_some_and(|name| name.starts_with("ERR_"));
            assert_eq!(numeric.is_error(), is_named_so, "{numeric:?}");
        }
        assert!(Numeric::parse("599").unwrap().is_error() && !Numeric::parse("600").unwrap().is_error());
    }

    #[test]
    fn the_table_is_in_order() {
        assert!(Numeric::ALL.is_sorted_by_key(|numeric| numeric.number()));
    }
}
