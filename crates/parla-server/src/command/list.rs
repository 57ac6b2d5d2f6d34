//! LIST: which channels there are. <https://modern.ircdocs.horse/#list-message>

use std::time::Duration;

use parla_proto::{Reply, Timestamp, command::List, mask::glob, name, name::Casemapping};

use crate::{
    context::Context,
    limits::LIST_REPLIES_MAX,
    network::{Network, UserId, channel::Channel},
    refusal::Refusal,
    rows::Rows,
};

/// The conditions that LIST knows, by their letters: creation, mask, no mask, topic, users.
pub(crate) const ELIST: &str = "CMNTU";

/// What a channel must be to be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition<'a> {
    /// A name, or a mask for names.
    Named(&'a str),
    NotNamed(&'a str),
    Members(Bound),
    /// Minutes since it was made.
    Created(Bound),
    /// Minutes since its topic was set.
    Topic(Bound),
}

/// An open end on either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    Below(u64),
    Above(u64),
}

pub(crate) fn run(context: &mut Context<'_>, list: &List<'_>) -> Result<(), Refusal> {
    let (me, _) = context.me()?;
    let network = context.network;
    context.reply(Reply::ListStart {});
    if let Some(conditions) = conditions(context, list) {
        let mut rows = Rows::new("LIST", LIST_REPLIES_MAX, context.settings);
        let now = context.now;
        let seen = candidates((network, me), &conditions).filter(|channel| {
            let is_open = !channel.members.is_empty() && network.sees(me, channel);
            is_open && fits_all(&conditions, channel, now, network.casemapping())
        });
        for channel in seen {
            let topic = channel.state.topic.as_ref().map_or("", |topic| &topic.text);
            let (channel, members) = (channel.name().as_str(), channel.members.len());
            if !rows.add(context, Reply::List { channel, members, topic }) {
                break;
            }
        }
    }
    context.reply(Reply::ListEnd {});
    Ok(())
}

/// What was asked for; none if that was refused.
fn conditions<'l>(context: &mut Context<'_>, list: &List<'l>) -> Option<Vec<Condition<'l>>> {
    let mut conditions = Vec::new();
    for words in [list.channels, list.conditions].into_iter().flatten() {
        for word in context.list(words, usize::MAX) {
            let Some(condition) = Condition::parse(word) else {
                context.reply(Reply::ListSyntax { condition: word });
                return None;
            };
            conditions.push(condition);
        }
    }
    Some(conditions)
}

/// The channels that can be meant, without a walk over all of them if they are named.
fn candidates<'n>(
    (network, me): (&'n Network, UserId),
    conditions: &[Condition<'_>],
) -> Box<dyn Iterator<Item = &'n Channel> + 'n> {
    let is_exact = |name: &&str| name::is_channel(name) && !name.contains(['*', '?']);
    let names: Vec<&str> = names(conditions).collect();
    if names.is_empty() || !names.iter().all(is_exact) {
        return Box::new(network.channels());
    }
    let visible = |name| network.visible_channel(me, name).ok().map(|(_, channel)| channel);
    Box::new(names.into_iter().filter_map(visible).collect::<Vec<_>>().into_iter())
}

fn names<'l>(conditions: &[Condition<'l>]) -> impl Iterator<Item = &'l str> {
    conditions.iter().filter_map(|condition| match condition {
        Condition::Named(name) => Some(*name),
        _ => None,
    })
}

/// Whether a channel has one of the names, if there are names, and is all else that it must be.
fn fits_all(
    conditions: &[Condition<'_>],
    channel: &Channel,
    now: Timestamp,
    casemapping: Casemapping,
) -> bool {
    let has_name = |mask: &str| glob(mask, channel.name().as_str(), casemapping);
    let mut names = names(conditions).peekable();
    let is_named = names.peek().is_none() || names.any(has_name);
    is_named
        && conditions.iter().all(|condition| match condition {
            Condition::Named(_) => true,
            Condition::NotNamed(mask) => !has_name(mask),
            Condition::Members(bound) => bound.holds(channel.members.len() as u64, 1),
            Condition::Created(bound) => bound.holds_for_age(channel.state.created_at, now),
            Condition::Topic(bound) => {
                channel.state.topic.as_ref().is_some_and(|topic| bound.holds_for_age(topic.at, now))
            }
        })
}

impl<'a> Condition<'a> {
    /// Reads one condition; none if a number is missing in it.
    fn parse(word: &'a str) -> Option<Self> {
        if let Some(mask) = word.strip_prefix('!') {
            return Some(Self::NotNamed(mask));
        }
        let (kind, rest): (fn(Bound) -> Self, _) = match word.split_at_checked(1) {
            Some(("C" | "c", rest)) if rest.starts_with(['<', '>']) => (Self::Created, rest),
            Some(("T" | "t", rest)) if rest.starts_with(['<', '>']) => (Self::Topic, rest),
            Some(("<" | ">", _)) => (Self::Members, word),
            _ => return Some(Self::Named(word)),
        };
        let number = rest.get(1..)?.parse().ok()?;
        Some(kind(if rest.starts_with('<') { Bound::Below(number) } else { Bound::Above(number) }))
    }
}

impl Bound {
    /// Whether so many, in so many to one, are within.
    const fn holds(self, value: u64, unit: u64) -> bool {
        match self {
            Self::Below(limit) => value < limit.saturating_mul(unit),
            Self::Above(limit) => value > limit.saturating_mul(unit),
        }
    }

    /// Whether the minutes since then are within.
    fn holds_for_age(self, at: Timestamp, now: Timestamp) -> bool {
        const MINUTE: Duration = Duration::from_secs(60);
        let age = u64::try_from(now.since(at).as_millis()).unwrap_or(u64::MAX);
        self.holds(age, u64::try_from(MINUTE.as_millis()).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_told_from_names() {
        for (word, expected) in [
            ("#rust", Some(Condition::Named("#rust"))),
            ("*an1", Some(Condition::Named("*an1"))),
            ("chat", Some(Condition::Named("chat"))),
            ("!#c*", Some(Condition::NotNamed("#c*"))),
            (">3", Some(Condition::Members(Bound::Above(3)))),
            ("<1", Some(Condition::Members(Bound::Below(1)))),
            ("C>60", Some(Condition::Created(Bound::Above(60)))),
            ("t<5", Some(Condition::Topic(Bound::Below(5)))),
            ("é", Some(Condition::Named("é"))),
            ("C>", None),
            (">x", None),
            ("<-1", None),
        ] {
            assert_eq!(Condition::parse(word), expected, "{word}");
        }
    }

    #[test]
    fn minutes_are_not_rounded() {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1_000);
        assert!(!Bound::Above(2).holds_for_age(at(0), at(120)));
        assert!(Bound::Above(2).holds_for_age(at(0), at(121)));
        assert!(Bound::Below(2).holds_for_age(at(0), at(119)));
        assert!(!Bound::Below(0).holds_for_age(at(0), at(0)));
        assert!(!Bound::Above(0).holds_for_age(at(0), at(0)));
        assert!(Bound::Below(u64::MAX).holds_for_age(at(0), at(9)));
    }
}
