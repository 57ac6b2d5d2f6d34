//! What each command does, in words. One sentence for each.

/// What a command does; none for one that has no words yet.
pub fn command(name: &str) -> Option<&'static str> {
    let words = match name {
        "join" => "Join a room, or open a new one",
        "part" => "Leave a room",
        "nick" => "Change your name",
        "topic" => "Say what the room is about",
        "msg" => "Write to one person",
        "me" => "Say what you do: “/me waves”",
        "kick" => "Remove someone from the room",
        "invite" => "Ask someone into a room",
        "away" => "Tell others that you are away, and why",
        "back" => "Tell others that you are back",
        "whois" => "See who someone is",
        "help" => "Show the commands and the keys",
        "quit" => "Disconnect from this network",
        "list" => "Show the rooms there are",
        _ => return None,
    };
    Some(words)
}
