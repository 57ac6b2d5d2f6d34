//! WHO: users of a channel, or those who match a mask.
//!
//! <https://modern.ircdocs.horse/#who-message>, <https://ircv3.net/specs/extensions/whox>

use parla_proto::{
    AccountName, Mask, Nick, Reply,
    command::Who,
    mask::{AddressRange, glob, glob_counted},
    mode::{UserModeFacts, UserModes},
    name::{self, Casemapping},
    source::address_text,
};

use crate::{
    base::settings::NetworkSettings,
    context::Context,
    network::{
        ChannelId, UserId, UserRef,
        channel::{Channel, MemberCursor},
        refusal::Refusal,
        user::User,
    },
    session::long_answer::{LongAnswer, Portion},
};

/// The fields of WHOX in the order in which they are sent; the real name comes after them.
const FIELDS: [char; 12] = ['t', 'c', 'u', 'i', 'h', 's', 'n', 'f', 'd', 'l', 'a', 'o'];

/// Sent in place of an address that may not be shown.
const NO_ADDRESS: &str = "255.255.255.255";

/// The parameter after the mask: flags and, after a `%`, fields and a token.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Options {
    operators_only: bool,
    fields: Option<String>,
    token: String,
}

impl Options {
    fn parse(text: &str) -> Self {
        let (flags, fields) = match text.split_once('%') {
            Some((flags, fields)) => (flags, Some(fields)),
            None => (text, None),
        };
        let (fields, token) = match fields.and_then(|fields| fields.split_once(',')) {
            Some((fields, token)) => (Some(fields), token),
            None => (fields, ""),
        };
        let is_token = (1..=3).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_digit());
        let token = if is_token { token } else { "0" }.to_owned();
        Self { operators_only: flags.contains('o'), fields: fields.map(str::to_owned), token }
    }
}

/// A user as WHO shows them.
struct Row<'a> {
    user: &'a User,
    channel: &'a str,
    flags: String,
    /// The real address, if the asker may see it.
    address: Option<String>,
    idle_secs: u64,
}

/// The rest of an answer to WHO.
#[derive(Debug)]
pub(crate) struct Rest {
    asked: Asked,
    scope: Scope,
}

/// The question, and who asks it.
#[derive(Debug)]
struct Asked {
    me: UserId,
    wanted: Wanted,
    options: Options,
}

/// The users to search.
#[derive(Debug)]
enum Scope {
    /// The members of a channel, from a position on.
    Members(ChannelId, MemberCursor),
    /// One user only, who is found even if invisible.
    User(UserId),
    /// All users after this nick who match the mask.
    Everyone {
        after: Option<Nick>,
    },
    Nobody,
}

pub(crate) fn run(context: &mut Context<'_>, who: &Who<'_>) -> Result<(), Refusal> {
    let (me, _) = context.me()?;
    let mask = who.mask.unwrap_or("*");
    let network = context.network;
    let scope = if name::is_channel(mask) {
        match network.visible_channel(me, mask) {
            Ok((id, _)) => Scope::Members(id, MemberCursor::default()),
            Err(_) => Scope::Nobody,
        }
    } else if let Ok((id, _)) = network.find_user(mask) {
        Scope::User(id)
    } else {
        Scope::Everyone { after: None }
    };
    let mut wanted = Wanted::parse(mask);
    wanted.everyone = mask == "0" || glob(mask, &context.settings.name, network.casemapping());
    let options = Options::parse(who.query.unwrap_or_default());
    context.answer(Box::new(Rest { asked: Asked { me, wanted, options }, scope }));
    Ok(())
}

impl LongAnswer for Rest {
    fn go_on(&mut self, portion: &mut Portion<'_>) -> bool {
        let Self { asked, scope } = self;
        match scope {
            Scope::Members(id, cursor) => asked.members(portion, *id, cursor),
            Scope::User(id) => {
                if let Some(user) = portion.network.user(*id) {
                    let found = UserRef { id: *id, user };
                    let channel = portion.network.shared_channel(asked.me, found);
                    asked.show(portion, found, channel);
                }
                *scope = Scope::Nobody;
            }
            Scope::Everyone { after } => asked.everyone(portion, after),
            Scope::Nobody => {}
        }
        let is_over = !portion.is_full();
        if is_over {
            portion.reply(Reply::EndOfWho { mask: &asked.wanted.mask });
        }
        is_over
    }
}

impl Asked {
    /// Shows the members of a channel whom the asker may see.
    fn members(&self, portion: &mut Portion<'_>, id: ChannelId, cursor: &mut MemberCursor) {
        let (network, me) = (portion.network, self.me);
        let Some(channel) = network.channel(id).filter(|channel| network.sees(me, channel)) else { return };
        for (place, member, _) in channel.members_from(*cursor) {
            *cursor = place;
            if portion.is_full() {
                return;
            }
            portion.count_steps(1);
            let Some(user) = network.user(member) else { continue };
            let found = UserRef { id: member, user };
            let is_seen =
                channel.shows(Some(me), member) && (channel.is_member(me) || network.lists(me, found));
            if is_seen {
                self.show(portion, found, Some(channel));
            }
        }
        *cursor = channel.end_of_members();
    }

    /// Shows those of all users whom the asker may find and the mask matches.
    fn everyone(&self, portion: &mut Portion<'_>, after: &mut Option<Nick>) {
        let network = portion.network;
        while !portion.is_full() {
            let Some((id, user)) = network.user_after(after.as_ref()) else { return };
            *after = Some(user.nick().clone());
            portion.count_steps(1);
            let mut steps = 0;
            let fits = self.wanted.fits(user, network.casemapping(), &mut steps);
            portion.count_steps(steps);
            let found = UserRef { id, user };
            if fits && network.lists(self.me, found) {
                self.show(portion, found, network.shared_channel(self.me, found));
            }
        }
    }

    /// Shows one user, unless only operators were requested and they are not one.
    fn show(&self, portion: &mut Portion<'_>, found: UserRef<'_>, channel: Option<&Channel>) {
        if self.options.operators_only && !found.user.is_operator() {
            return;
        }
        let settings = &portion.network.settings;
        let row = row(portion, found, channel);
        match &self.options.fields {
            None => portion.reply(reply(&row, settings)),
            Some(fields) => show_special(portion, fields, &self.options.token, &row),
        }
    }
}

/// A mask as the client sent it.
#[derive(Debug)]
struct Wanted {
    mask: String,
    /// The mask for the whole source, if it contains `!` or `@`, or is an address or an address range.
    source: Option<Mask>,
    /// Whether it matches all users.
    everyone: bool,
}

impl Wanted {
    fn parse(mask: &str) -> Self {
        let is_of_source = mask.contains(['!', '@']) || AddressRange::parse(mask).is_some();
        let source = if is_of_source { Mask::parse(mask).ok() } else { None };
        Self { mask: mask.to_owned(), source, everyone: false }
    }

    /// Whether the mask matches a user's nick, user name, host, real name or whole source. Adds the work it
    /// took to `steps`.
    fn fits(&self, user: &User, casemapping: Casemapping, steps: &mut usize) -> bool {
        if self.everyone
            || self
                .source
                .as_ref()
                .is_some_and(|mask| mask.matches_counted(user.source(), casemapping, steps))
        {
            return true;
        }
        let mut fits = |text: &str| glob_counted(&self.mask, text, casemapping, steps);
        (self.mask.contains(['!', '@']) && fits(user.source()))
            || fits(user.nick().as_str())
            || fits(user.user())
            || fits(user.host())
            || fits(&user.realname)
    }
}

fn row<'n>(portion: &Portion<'_>, found: UserRef<'n>, channel: Option<&'n Channel>) -> Row<'n> {
    let UserRef { id, user } = found;
    let rank = channel.and_then(|channel| channel.members.get(&id).copied()).unwrap_or_default();
    let mut flags = if user.away.is_some() { "G" } else { "H" }.to_owned();
    if user.is_operator() {
        flags.push('*');
    }
    flags.push_str(&rank.signs_for(portion.session.capabilities));
    if user.modes.contains(UserModes::BOT) {
        flags.extend(UserModeFacts::letter_of(UserModes::BOT));
    }
    let address = address_text(user.address());
    // If the host is the address, everyone can see it already.
    let is_told = user.host() == address
        || portion.session.user().is_some_and(|me| portion.network.sees_through(me, id));
    Row {
        user,
        channel: channel.map_or("*", |channel| channel.name().as_str()),
        flags,
        address: is_told.then_some(address),
        idle_secs: portion.now.since(user.spoke_at).as_secs(),
    }
}

fn reply<'r>(row: &'r Row<'_>, settings: &'r NetworkSettings) -> Reply<'r> {
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

/// A row with the requested fields. Unknown letters are ignored.
fn show_special(portion: &mut Portion<'_>, wanted: &str, token: &str, row: &Row<'_>) {
    let idle = row.idle_secs.to_string();
    let settings = &portion.network.settings;
    let value = |field: char| match field {
        't' => token,
        'c' => row.channel,
        'u' => row.user.user(),
        'i' => row.address.as_deref().unwrap_or(NO_ADDRESS),
        'h' => row.user.host(),
        's' => &settings.name,
        'n' => row.user.nick().as_str(),
        'f' => &row.flags,
        'd' => "0",
        'l' => &idle,
        'a' => row.user.account().map_or("0", AccountName::as_str),
        _ => "n/a",
    };
    let fields: Vec<&str> = FIELDS.into_iter().filter(|field| wanted.contains(*field)).map(value).collect();
    let fields = fields.join(" ");
    portion.reply(if wanted.contains('r') {
        Reply::WhoSpecialRealname { fields: &fields, realname: &row.user.realname }
    } else {
        Reply::WhoSpecial { fields: &fields }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_flags_fields_and_a_token() {
        let options = |operators_only, fields: Option<&str>, token: &str| Options {
            operators_only,
            fields: fields.map(str::to_owned),
            token: token.to_owned(),
        };
        for (text, expected) in [
            ("", options(false, None, "0")),
            ("o", options(true, None, "0")),
            ("%na", options(false, Some("na"), "0")),
            ("o%tn,42", options(true, Some("tn"), "42")),
            ("%t,1234", options(false, Some("t"), "0")),
            ("%t,x", options(false, Some("t"), "0")),
            ("%", options(false, Some(""), "0")),
            ("%o", options(false, Some("o"), "0")),
        ] {
            assert_eq!(Options::parse(text), expected, "{text}");
        }
    }
}
