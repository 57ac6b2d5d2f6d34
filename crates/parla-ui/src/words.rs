//! Every sentence of the frame: the first screen, the lists, the dialogs, the banner. No component holds one.
//!
//! Plain words, none of the protocol's: a test scans this file and those below it for jargon.

pub mod alert;
mod certificate;
mod command;
mod doing;
pub mod moderation;
mod name;
pub mod network;
mod problem;
pub mod room;

use parla_client::view::{BufferKind, Counted, LinkState, NetworkView, Rank, Stage};
use parla_proto::{Timestamp, civil::DateTime};

pub use command::command;
pub use problem::{Told, problem};

/// The app.
pub const APP: &str = "parla";
/// Closes whatever is open.
pub const CLOSE: &str = "Close";
/// Closes the list that lies over the conversation.
pub const TO_CONVERSATION: &str = "Back to the conversation";
/// Takes a wish back.
pub const CANCEL: &str = "Cancel";
/// Shows the server's own words.
pub const DETAILS: &str = "Details";

/// The first screen.
pub mod first {
    /// Under the app's name, in the browser.
    pub const SENTENCE_BROWSER: &str = "Choose a name, and you are in.";
    /// Under the app's name, on the desktop.
    pub const SENTENCE_DESKTOP: &str = "Choose a name and a place, and you are in.";
    /// The field.
    pub const NAME: &str = "Your name";
    /// The other field, on the desktop.
    pub const WHERE: &str = "Where";
    /// What is in it at first.
    pub const THIS_COMPUTER: &str = "This computer";
    /// Below it.
    pub const WHERE_HINT: &str = "Or the address of a server, like irc.example.org";
    /// The button.
    pub const JOIN: &str = "Join";
    /// The button after something went wrong.
    pub const AGAIN: &str = "Try again";
    /// Nothing was written.
    pub const NAME_EMPTY: &str = "Write the name that others will see.";
    /// The button that agrees to be read by others.
    pub const UNENCRYPTED: &str = "Connect without encryption";
    /// Under the app's name, for somebody who came by a link: before and after the name of the room.
    pub const SENTENCE_ROOM: [&str; 2] = ["Choose a name, and you are in ", "."];
    /// The same with the name of a person.
    pub const SENTENCE_PERSON: [&str; 2] = ["Choose a name, and write to ", "."];
    /// Below a name that is suggested in the place of another.
    pub const SUGGESTED: &str = "How about this one?";
}

/// The fields for a password.
pub mod password {
    /// Opens them.
    pub const OPEN: &str = "I have a password";
    /// The name of the account.
    pub const USERNAME: &str = "Account name";
    /// Below it, where it may be the password of the server.
    pub const USERNAME_HINT: &str = "Leave it empty if everyone on this server has the same password.";
    /// The password.
    pub const PASSWORD: &str = "Password";
    /// Whether it is kept, on the desktop.
    pub const KEEP: &str = "Remember it on this computer";
    /// Shows it to the server.
    pub const SIGN_IN: &str = "Sign in";
    /// Agrees to be read by others.
    pub const SEND_READABLE: &str = "Send it without encryption";
}

/// The menu of a right click.
pub mod menu {
    /// Opens the page that a link leads to.
    pub const OPEN_LINK: &str = "Open link";
}

/// The list on the left.
pub mod rooms {
    /// The list.
    pub const LABEL: &str = "Rooms";
    /// Above the rooms of a network.
    pub const ROOMS: &str = "Rooms";
    /// Above the people.
    pub const PEOPLE: &str = "Direct messages";
    /// Opens the list of all rooms.
    pub const BROWSE: &str = "Browse rooms";
    /// Opens the form.
    pub const NEW: &str = "Join or message…";
    /// The field of the form.
    pub const NEW_NAME: &str = "Room or person";
    /// Joins the room.
    pub const JOIN_ROOM: &str = "Join room";
    /// Writes to the person.
    pub const MESSAGE_PERSON: &str = "Message";
    /// Another network.
    pub const ADD_NETWORK: &str = "Add a network";
    /// What the server says.
    pub const SERVER: &str = "Messages of the server";
    /// Opens the help.
    pub const HELP: &str = "Help";
}

/// The list on the right.
pub mod members {
    /// The list.
    pub const LABEL: &str = "Members";
    /// The search field.
    pub const SEARCH: &str = "Find a member";
    /// Below the heading, while the person is not in the room.
    pub const UNKNOWN: &str = "Join the room to see who is here.";
    /// Nobody matches.
    pub const NOBODY: &str = "Nobody here has such a name.";
    /// Beside someone who is away.
    pub const AWAY: &str = "away";
    /// Closes the list where it lies over the conversation.
    pub const CLOSE: &str = "Close the list of members";
}

/// What stands in the middle while no conversation is open.
pub mod welcome {
    /// The heading.
    pub const TITLE: &str = "Welcome";
    /// Below it.
    pub const SENTENCE: &str = "Pick a room to join. You can be in many at once.";
    /// While the list comes in.
    pub const LOADING: &str = "Looking for rooms…";
    /// There are no rooms.
    pub const NO_ROOMS: &str = "There are no rooms yet. Open the first one.";
    /// While not connected.
    pub const NOT_YET: &str = "Rooms appear here once you are connected.";
}

/// The dialogs.
pub mod dialog {
    /// The list of all rooms.
    pub const BROWSE: &str = "Browse rooms";
    /// Its search field.
    pub const BROWSE_SEARCH: &str = "Find a room by its name or topic, or name a new one";
    /// While it comes in.
    pub const BROWSE_LOADING: &str = "More rooms are coming in…";
    /// There are more than are shown.
    pub const BROWSE_CUT: &str =
        "There are more rooms than fit into this list. If yours is not here, write its whole name.";
    /// None matches.
    pub const BROWSE_NONE: &str = "No room matches.";
    /// Beside a room that one is in.
    pub const JOINED: &str = "joined";
    /// In the place of a room's topic.
    pub const NO_TOPIC: &str = "No topic";
    /// While something about a person comes in.
    pub const PERSON_LOADING: &str = "Asking the server…";
    /// Writes to a person.
    pub const MESSAGE: &str = "Message";
    /// Invites a person.
    pub const INVITE: &str = "Invite";
    /// Shows the rooms one can invite him to.
    pub const INVITE_TO: &str = "Invite to…";
    /// Whom.
    pub const INVITE_WHOM: &str = "Whom do you want to invite?";
    /// Sends someone out.
    pub const KICK: &str = "Remove from room";
    /// Why.
    pub const KICK_REASON: &str = "Reason (others see it)";
    /// The topic.
    pub const TOPIC_FIELD: &str = "Topic";
    /// Below it.
    pub const TOPIC_HINT: &str = "Everyone in the room sees it. Leave it empty to have none.";
    /// Keeps what was written.
    pub const SAVE: &str = "Save";
    /// One's own name.
    pub const NICK_FIELD: &str = "Your name";
    /// Changes it.
    pub const NICK_SAVE: &str = "Change name";
    /// Why one is away.
    pub const AWAY_FIELD: &str = "Away message";
    /// Goes away.
    pub const AWAY_SET: &str = "Set as away";
    /// Why, if nothing is said.
    pub const AWAY_DEFAULT: &str = "Away";
    /// Comes back.
    pub const AWAY_CLEAR: &str = "I am back";
    /// Ends the connection.
    pub const DISCONNECT: &str = "Disconnect";
    /// Forgets the network.
    pub const FORGET: &str = "Remove this network";
    /// Another network.
    pub const ADD: &str = "Add a network";
    /// Its field.
    pub const ADD_WHERE: &str = "Address of the server";
    /// The button.
    pub const ADD_BUTTON: &str = "Connect";
    /// The commands and keys.
    pub const HELP: &str = "Help";
    /// The first part of it.
    pub const HELP_COMMANDS: &str = "Commands";
    /// What to know about them.
    pub const HELP_COMMANDS_HINT: &str = "Type them where you write messages.";
    /// The second part of it.
    pub const HELP_KEYS: &str = "Keys";

    /// The title of the dialog that invites.
    pub fn invite_title(room: &str) -> String {
        format!("Invite someone to {room}")
    }

    /// The title of the dialog about a topic.
    pub fn topic_title(room: &str) -> String {
        format!("Topic of {room}")
    }

    /// The title of the dialog about oneself.
    pub fn nick_title(network: &str) -> String {
        format!("You on {network}")
    }

    /// The button that makes a room.
    pub fn create(room: &str) -> String {
        format!("Open a new room named {room}")
    }

    /// The heading over the rooms one can invite a person to.
    pub fn invite_to(room: &str) -> String {
        format!("Invite to {room}")
    }

    /// The heading over the form that sends someone out.
    pub fn kick_from(room: &str) -> String {
        format!("Remove from {room}")
    }

    /// Nobody has that name.
    pub fn person_missing(nick: &str) -> String {
        format!("{nick} is not here.")
    }
}

/// What the dialog about a person calls things.
pub mod person {
    /// The name that is shown beside the nick.
    pub const CALLED: &str = "Display name";
    /// What he calls himself.
    pub const REALNAME: &str = "Full name";
    /// Which account.
    pub const ACCOUNT: &str = "Account";
    /// Why he is away.
    pub const AWAY: &str = "Away";
    /// When he last wrote.
    pub const IDLE: &str = "Last active";
    /// When he came.
    pub const SINCE: &str = "Here since";
    /// Where he is.
    pub const ROOMS: &str = "In the rooms";
    /// Whence he comes.
    pub const HOST: &str = "Comes from";
    /// Looks after the server.
    pub const OPERATOR: &str = "Helps to run this server";
}

/// The banner over the conversation.
pub mod banner {
    /// Tries at once.
    pub const NOW: &str = "Try now";
    /// Connects again.
    pub const CONNECT: &str = "Connect";
    /// Chooses another name.
    pub const OTHER_NAME: &str = "Choose another name";
    /// The person wanted it so.
    pub const DISCONNECTED: &str = "You are disconnected.";
    /// What that means.
    pub const DISCONNECTED_MEANING: &str = "You can read on, but nothing new arrives.";
    /// The device has no network.
    pub const OFFLINE: &str = "This device is offline.";
    /// What that means.
    pub const OFFLINE_MEANING: &str =
        "You can read on. What you write is sent as soon as the device is connected again.";
    /// The same before one has been in.
    pub const OFFLINE_AT_FIRST: &str = "You can join as soon as it is connected again.";
    /// Nothing is known yet.
    pub const STARTING: &str = "Connecting…";

    /// The person has another name until their lost connection is noticed by the server.
    pub fn stand_in(nick: &str, wanted: &str) -> String {
        let (nick, wanted) = (super::room::name(nick), super::room::name(wanted));
        format!(
            "You are {nick} here, because {wanted} is still taken by your lost connection. You get it back as soon as it is free."
        )
    }

    /// Stays under that name.
    pub fn keep_name(nick: &str) -> String {
        format!("Keep {nick}")
    }
}

/// The title of the window.
pub fn title(mentions: u32, conversation: Option<&str>) -> String {
    let name = conversation.map_or_else(|| APP.to_owned(), |name| format!("{name} – {APP}"));
    if mentions == 0 { name } else { format!("({mentions}) {name}") }
}

/// How many messages are new. Of a number that is only known in part, a round one that is certainly exceeded.
pub fn new_messages(new: u32, counted: Counted) -> String {
    match (new, counted) {
        (1000.., _) => "999+ new".into(),
        (new, Counted::All) => format!("{new} new"),
        (new, Counted::InPart) => {
            let unit = match new {
                101.. => 100,
                11.. => 10,
                _ => 1,
            };
            format!("{}+ new", (new.saturating_sub(1) / unit * unit).max(1))
        }
    }
}

/// What is new in a conversation, for those who do not see the badge; none if nothing is.
pub fn unread(unread: u32, mentions: u32, counted: Counted) -> Option<String> {
    let new = new_messages(unread.max(mentions), counted);
    match (unread, mentions) {
        (0, 0) => None,
        (_, 0) => Some(new),
        (_, 1) => Some(format!("1 mention, {new}")),
        (_, mentions) => Some(format!("{mentions} mentions, {new}")),
    }
}

/// The number in a badge.
pub fn badge(mentions: u32) -> String {
    if mentions > 99 { "99+".to_owned() } else { mentions.to_string() }
}

/// The label of the button beside a conversation.
pub fn leave(kind: BufferKind, name: &str) -> String {
    match kind {
        BufferKind::Room => format!("Leave {name}"),
        BufferKind::Direct | BufferKind::Server => format!("Close {name}"),
    }
}

/// The button with one's own name.
pub fn you_are(nick: &str, away: Option<&str>) -> String {
    match away {
        None => format!("You are {nick}"),
        Some(_) => format!("You are {nick} (away)"),
    }
}

/// How far connecting has come.
pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Finding => "Finding the server",
        Stage::Securing => "Securing the connection",
        Stage::SigningIn => "Signing in",
    }
}

/// A network's state in two words, beside its name; none if all is well.
pub fn link(link: &LinkState) -> Option<&'static str> {
    match link {
        LinkState::Online => None,
        LinkState::Connecting(_) => Some("Connecting…"),
        LinkState::Waiting { .. } => Some("Connection lost"),
        LinkState::Offline => Some("Device offline"),
        LinkState::Stopped { .. } => Some("Not connected"),
    }
}

/// What the banner says while connecting.
pub fn connecting(network: &NetworkView, at: Stage) -> String {
    format!("{}: {}…", network.name, stage(at))
}

/// When the next try is.
pub fn trying_again(seconds: u64) -> String {
    if seconds == 0 { "Trying again now…".to_owned() } else { format!("Trying again in {seconds} s.") }
}

/// How many members.
pub fn member_count(count: usize) -> String {
    if count == 1 { "1 member".to_owned() } else { format!("{count} members") }
}

/// How many people.
pub fn people(count: u32) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}

/// How many rooms are listed.
pub fn room_count(count: usize) -> String {
    if count == 1 { "1 room".to_owned() } else { format!("{count} rooms") }
}

/// Those of a rank.
pub fn rank(rank: Rank) -> &'static str {
    match rank {
        Rank::Founder => "Owners",
        Rank::Admin => "Admins",
        Rank::Operator => "Operators",
        Rank::HalfOperator => "Helpers",
        Rank::Voiced => "Speakers",
        Rank::Member => "Members",
    }
}

/// How long ago.
pub fn ago(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..60 => return "just now".to_owned(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    if count == 1 { format!("1 {unit} ago") } else { format!("{count} {unit}s ago") }
}

/// A day and a time by the person's clock.
pub fn moment(at: Timestamp, offset_seconds: i32) -> String {
    let DateTime { date, hour, minute, .. } = at.civil(offset_seconds);
    format!("{} {} {}, {hour:02}:{minute:02}", date.day, room::month(date), date.year)
}

/// What toasts say.
pub mod toast {
    /// The region.
    pub const LABEL: &str = "Messages of the app";
    /// The list of what was said.
    pub const LIST: &str = "Recent messages of the app";
    /// Takes one away.
    pub const DISMISS: &str = "Dismiss";
    /// Goes back into a room.
    pub const REJOIN: &str = "Rejoin";
    /// Opens a conversation again.
    pub const REOPEN: &str = "Open again";
    /// Accepts an invitation.
    pub const JOIN: &str = "Join";
    /// Does not.
    pub const IGNORE: &str = "Ignore";
    /// Something is on the clipboard.
    pub const COPIED: &str = "The link is copied.";
    /// Marked as away.
    pub const AWAY: &str = "You are marked as away.";
    /// No longer.
    pub const BACK: &str = "You are no longer marked as away.";

    /// Someone asks the person into a room.
    pub fn invitation(from: &str, room: &str) -> String {
        format!("{from} invites you to {room}.")
    }

    /// Someone was asked.
    pub fn invited(who: &str, room: &str) -> String {
        format!("{who} was invited to {room}.")
    }

    /// The name is another now.
    pub fn renamed(nick: &str) -> String {
        format!("You are called {nick} now.")
    }

    /// The person left a room.
    pub fn left(room: &str) -> String {
        format!("You left {room}.")
    }

    /// The person closed a conversation.
    pub fn closed(nick: &str) -> String {
        format!("You closed the conversation with {nick}.")
    }
}

/// The keys and what they do, for the help. `Mod` is what the platform calls it.
pub const KEYS: &[(&str, &str)] = &[
    ("Alt + ↑ ↓", "Previous or next conversation"),
    ("Alt + Shift + ↑ ↓", "Previous or next with something new"),
    ("Alt + A", "Next with a mention"),
    ("Alt + ← →", "Back and forward through what you have seen"),
    ("Ctrl + .", "Show or hide the members"),
    ("Ctrl + /", "This help"),
    ("F6, Shift + F6", "To the next or previous part of the window"),
    ("Esc", "Close what is open, or go to the newest message"),
    ("Enter", "Send"),
    ("Shift + Enter", "A new line"),
    ("Tab", "Complete a name"),
];
