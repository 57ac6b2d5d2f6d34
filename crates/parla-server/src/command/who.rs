//! WHO: users of a channel, or those whom a mask matches.
//!
//! <https://modern.ircdocs.horse/#who-message>, <https://ircv3.net/specs/extensions/whox>

use parla_proto::{
    Capabilities, Reply, command::Who, mask::glob, mode::UserModeFacts, mode::UserModes, name,
    name::Casemapping,
};

use crate::{
    connection::address_text,
    context::Context,
    limits::WHO_REPLIES_MAX,
    network::{UserId, channel::Channel, user::User},
    refusal::Refusal,
    rows::Rows,
    settings::Settings,
};

/// The fields of WHOX in the order in which they are sent; the real name comes after them.
const FIELDS: [char; 12] = ['t', 'c', 'u', 'i', 'h', 's', 'n', 'f', 'd', 'l', 'a', 'o'];

/// What stands for an address that is not told.
const NO_ADDRESS: &str = "255.255.255.255";

/// What stands after the mask: flags, and after a `%` fields and a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Query<'a> {
    operators_only: bool,
    fields: Option<&'a str>,
    token: &'a str,
}

impl<'a> Query<'a> {
    fn parse(text: &'a str) -> Self {
        let (flags, fields) = match text.split_once('%') {
            Some((flags, fields)) => (flags, Some(fields)),
            None => (text, None),
        };
        let (fields, token) = match fields.and_then(|fields| fields.split_once(',')) {
            Some((fields, token)) => (Some(fields), token),
            None => (fields, ""),
        };
        let is_token = (1..=3).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_digit());
        Self { operators_only: flags.contains('o'), fields, token: if is_token { token } else { "0" } }
    }
}

/// One user as WHO shows it.
struct Row<'a> {
    user: &'a User,
    channel: &'a str,
    flags: String,
    /// The real address, if it may be told.
    address: Option<String>,
    idle_secs: u64,
}

pub(crate) fn run(context: &mut Context<'_>, who: &Who<'_>) -> Result<(), Refusal> {
    let (me, _) = context.me()?;
    let mask = who.mask.unwrap_or("*");
    let query = Query::parse(who.query.unwrap_or_default());
    let network = context.network;
    if name::is_channel(mask) {
        if let Ok((_, channel)) = network.visible_channel(me, mask) {
            let members = channel.members.keys().filter_map(|id| network.user(*id).map(|user| (*id, user)));
            let seen = members.filter(|member| {
                channel.shows(Some(me), member.0) && (channel.is_member(me) || network.lists(me, *member))
            });
            show(context, query, seen, |_| Some(channel));
        }
    } else if let Ok(found) = network.find_user(mask) {
        // Someone hidden is found by the exact nick only.
        show(context, query, std::iter::once(found), |found| network.shared_channel(me, found));
    } else {
        let casemapping = network.casemapping();
        let everyone = mask == "0" || glob(mask, &context.settings.name, casemapping);
        let seen = network
            .users()
            .filter(|found| (everyone || fits(mask, found.1, casemapping)) && network.lists(me, *found));
        show(context, query, seen, |found| network.shared_channel(me, found));
    }
    context.reply(Reply::EndOfWho { mask });
    Ok(())
}

/// Whether a mask matches a user's nick, user name, host or real name, or all of its source.
fn fits(mask: &str, user: &User, casemapping: Casemapping) -> bool {
    let fits = |text: &str| glob(mask, text, casemapping);
    let of_source = mask.contains(['!', '@']) && fits(user.source());
    of_source || fits(user.nick().as_str()) || fits(user.user()) || fits(user.host()) || fits(&user.realname)
}

fn show<'n>(
    context: &mut Context<'_>,
    query: Query<'_>,
    users: impl Iterator<Item = (UserId, &'n User)>,
    channel_of: impl Fn((UserId, &User)) -> Option<&'n Channel>,
) {
    let settings = context.settings;
    let mut rows = Rows::new("WHO", WHO_REPLIES_MAX, settings);
    for (id, user) in users.filter(|(_, user)| !query.operators_only || user.is_operator()) {
        let row = row(context, (id, user), channel_of((id, user)));
        let goes_on = match query.fields {
            None => rows.add(context, reply(&row, settings)),
            Some(fields) => add_special(context, &mut rows, (fields, query.token), &row),
        };
        if !goes_on {
            break;
        }
    }
}

fn row<'n>(context: &Context<'_>, (id, user): (UserId, &'n User), channel: Option<&'n Channel>) -> Row<'n> {
    let multi_prefix = context.session.capabilities.contains(Capabilities::MULTI_PREFIX);
    let rank = channel.and_then(|channel| channel.members.get(&id).copied()).unwrap_or_default();
    let mut flags = if user.away.is_some() { "G" } else { "H" }.to_owned();
    if user.is_operator() {
        flags.push('*');
    }
    flags.push_str(&rank.signs(multi_prefix));
    if user.modes.contains(UserModes::BOT) {
        flags.extend(UserModeFacts::letter_of(UserModes::BOT));
    }
    let address = address_text(user.address());
    // Where the host is the address, everyone has it already.
    let is_told = user.host() == address
        || context.session.user().is_some_and(|me| context.network.sees_through(me, id));
    Row {
        user,
        channel: channel.map_or("*", |channel| channel.name().as_str()),
        flags,
        address: is_told.then_some(address),
        idle_secs: context.now.since(user.spoke_at).as_secs(),
    }
}

fn reply<'r>(row: &'r Row<'_>, settings: &'r Settings) -> Reply<'r> {
    Reply::WhoReply {
        channel: row.channel,
        user: row.user.user(),
        host: row.user.host(),
        server: &settings.name,
        nick: row.user.nick().as_str(),
        flags: &row.flags,
        realname: &row.user.realname,
    }
}

/// Adds a row with the fields that were asked for. Letters that mean nothing are ignored.
fn add_special(
    context: &mut Context<'_>,
    rows: &mut Rows,
    (wanted, token): (&str, &str),
    row: &Row<'_>,
) -> bool {
    let idle = row.idle_secs.to_string();
    let value = |field: char| match field {
        't' => token,
        'c' => row.channel,
        'u' => row.user.user(),
        'i' => row.address.as_deref().unwrap_or(NO_ADDRESS),
        'h' => row.user.host(),
        's' => &context.settings.name,
        'n' => row.user.nick().as_str(),
        'f' => &row.flags,
        'd' => "0",
        'l' => &idle,
        'a' => row.user.account().unwrap_or("0"),
        _ => "n/a",
    };
    let fields: Vec<&str> = FIELDS.into_iter().filter(|field| wanted.contains(*field)).map(value).collect();
    let fields = fields.join(" ");
    if wanted.contains('r') {
        rows.add(context, Reply::WhoSpecialRealname { fields: &fields, realname: &row.user.realname })
    } else {
        rows.add(context, Reply::WhoSpecial { fields: &fields })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_flags_fields_and_a_token() {
        let query = |operators_only, fields, token| Query { operators_only, fields, token };
        for (text, expected) in [
            ("", query(false, None, "0")),
            ("o", query(true, None, "0")),
            ("%na", query(false, Some("na"), "0")),
            ("o%tn,42", query(true, Some("tn"), "42")),
            ("%t,1234", query(false, Some("t"), "0")),
            ("%t,x", query(false, Some("t"), "0")),
            ("%", query(false, Some(""), "0")),
            ("%o", query(false, Some("o"), "0")),
        ] {
            assert_eq!(Query::parse(text), expected, "{text}");
        }
    }
}
