//! LIST: the channels of the network. <https://modern.ircdocs.horse/#list-message>

use std::time::Duration;

use parla_proto::{ChannelName, Reply, Timestamp, command::List, mask::glob_counted, name};

use crate::{
    context::Context,
    network::{UserId, channel::Channel, refusal::Refusal},
    session::long_answer::{LongAnswer, Portion},
};

/// The conditions that LIST supports, by their letters: creation, mask, negated mask, topic, users.
pub(crate) const ELIST: &str = "CMNTU";

/// A condition that a channel must meet to be listed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Condition {
    /// The channel has this name or matches this mask.
    Named(String),
    NotNamed(String),
    Members(Bound),
    /// A bound on the minutes since the channel was created.
    Created(Bound),
    /// A bound on the minutes since its topic was set.
    Topic(Bound),
}

/// A bound that excludes the number itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    Below(u64),
    Above(u64),
}

/// The rest of an answer to LIST.
#[derive(Debug)]
pub(crate) struct Rest {
    conditions: Vec<Condition>,
    /// The names that were asked for, with the next one last; `None` if all channels are looked at.
    named: Option<Vec<String>>,
    /// The last channel that was looked at.
    after: Option<ChannelName>,
}

pub(crate) fn run(context: &mut Context<'_>, list: &List<'_>) -> Result<(), Refusal> {
    context.me()?;
    context.reply(Reply::ListStart {});
    match conditions(context, list) {
        Some(conditions) => context.answer(Box::new(Rest::new(conditions))),
        None => context.reply(Reply::ListEnd {}),
    }
    Ok(())
}

impl Rest {
    fn new(conditions: Vec<Condition>) -> Self {
        let is_exact = |name: &&str| name::is_channel(name) && !name.contains(['*', '?']);
        let names: Vec<&str> = names(&conditions).collect();
        let named = !names.is_empty() && names.iter().all(is_exact);
        let named = named.then(|| names.into_iter().rev().map(str::to_owned).collect());
        Self { conditions, named, after: None }
    }

    /// Lists a channel if the client may see it and it meets the conditions.
    fn show(&self, portion: &mut Portion<'_>, me: UserId, channel: &Channel) {
        portion.count_steps(1);
        let network = portion.network;
        // Empty channels are listed too: they are kept, and people can return to them.
        if !network.sees(me, channel) {
            return;
        }
        let mut steps = 0;
        let fits = fits_all(&self.conditions, channel, portion, &mut steps);
        portion.count_steps(steps);
        if fits {
            let topic = channel.state.topic.as_ref().map_or("", |topic| &topic.text);
            let (channel, members) = (channel.name().as_str(), channel.members.len());
            portion.reply(Reply::List { channel, members, topic });
        }
    }
}

impl LongAnswer for Rest {
    fn go_on(&mut self, portion: &mut Portion<'_>) -> bool {
        let network = portion.network;
        let Some(me) = portion.session.user() else { return true };
        while !portion.is_full() {
            let channel = match &mut self.named {
                Some(names) => match names.pop() {
                    Some(name) => network.visible_channel(me, &name).ok().map(|(_, channel)| channel),
                    None => break,
                },
                None => match network.channel_after(self.after.as_ref()) {
                    Some(channel) => {
                        self.after = Some(channel.name().clone());
                        Some(channel)
                    }
                    None => break,
                },
            };
            if let Some(channel) = channel {
                self.show(portion, me, channel);
            }
        }
        let is_over = !portion.is_full();
        if is_over {
            portion.reply(Reply::ListEnd {});
        }
        is_over
    }
}

/// The conditions that were given; `None` if they were refused.
fn conditions(context: &mut Context<'_>, list: &List<'_>) -> Option<Vec<Condition>> {
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

fn names(conditions: &[Condition]) -> impl Iterator<Item = &str> {
    conditions.iter().filter_map(|condition| match condition {
        Condition::Named(name) => Some(name.as_str()),
        _ => None,
    })
}

/// Whether a channel has one of the names, if there are any, and meets all other conditions.
fn fits_all(conditions: &[Condition], channel: &Channel, portion: &Portion<'_>, steps: &mut usize) -> bool {
    let (now, casemapping) = (portion.now, portion.network.casemapping());
    let mut has_name = |mask: &str| glob_counted(mask, channel.name().as_str(), casemapping, steps);
    let mut names = names(conditions).peekable();
    let is_named = names.peek().is_none() || names.any(&mut has_name);
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

impl Condition {
    /// Parses one condition; `None` if its number is missing.
    fn parse(word: &str) -> Option<Self> {
        if let Some(mask) = word.strip_prefix('!') {
            return Some(Self::NotNamed(mask.to_owned()));
        }
        let (kind, rest): (fn(Bound) -> Self, _) = match word.split_at_checked(1) {
            Some(("C" | "c", rest)) if rest.starts_with(['<', '>']) => (Self::Created, rest),
            Some(("T" | "t", rest)) if rest.starts_with(['<', '>']) => (Self::Topic, rest),
            Some(("<" | ">", _)) => (Self::Members, word),
            _ => return Some(Self::Named(word.to_owned())),
        };
        let number = rest.get(1..)?.parse().ok()?;
        Some(kind(if rest.starts_with('<') { Bound::Below(number) } else { Bound::Above(number) }))
    }
}

impl Bound {
    /// Whether `value` lies within the bound; one unit of the bound is `unit` of the value.
    const fn holds(self, value: u64, unit: u64) -> bool {
        match self {
            Self::Below(limit) => value < limit.saturating_mul(unit),
            Self::Above(limit) => value > limit.saturating_mul(unit),
        }
    }

    /// Whether the minutes since `at` lie within the bound.
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
            ("#rust", Some(Condition::Named("#rust".to_owned()))),
            ("*an1", Some(Condition::Named("*an1".to_owned()))),
            ("chat", Some(Condition::Named("chat".to_owned()))),
            ("!#c*", Some(Condition::NotNamed("#c*".to_owned()))),
            (">3", Some(Condition::Members(Bound::Above(3)))),
            ("<1", Some(Condition::Members(Bound::Below(1)))),
            ("C>60", Some(Condition::Created(Bound::Above(60)))),
            ("t<5", Some(Condition::Topic(Bound::Below(5)))),
            ("é", Some(Condition::Named("é".to_owned()))),
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
