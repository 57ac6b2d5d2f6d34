//! The sentences about notifications of the system.

/// Asks whether the person wants them.
pub const OFFER: &str =
    "Would you like a notification when somebody mentions you or writes to you while you are elsewhere?";
/// Yes.
pub const ALLOW: &str = "Allow notifications";
/// What a click on a notification does.
pub const OPEN: &str = "Open";
/// No.
pub const NOT_NOW: &str = "Not now";
/// Above the words about them in the help.
pub const TITLE: &str = "Notifications";
/// They are shown.
pub const GIVEN: &str =
    "You get a notification when somebody mentions you or writes to you while you are elsewhere.";
/// They are shown if the person wants it.
pub const NOT_ASKED: &str =
    "You can get a notification when somebody mentions you or writes to you while you are elsewhere.";
/// The person has forbidden them.
pub const REFUSED: &str = "Your browser does not let this page show notifications. To allow them, open the \
                           settings of this site, usually by the symbol beside the address.";
/// The browser cannot show them.
pub const IMPOSSIBLE: &str = "Your browser shows no notifications here. Most browsers do so only for pages with an encrypted address (https).";

/// The title of one: who wrote, in which room, and on which network if there are several.
pub fn title(from: &str, room: Option<&str>, network: Option<&str>) -> String {
    let place = room.map_or_else(String::new, |room| format!(" in {room}"));
    let network = network.map_or_else(String::new, |network| format!(" on {network}"));
    format!("{from}{place}{network}")
}
