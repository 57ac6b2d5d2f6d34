//! The record of moderation, reduced to what an administrator can read.
//!
//! Anybody can create a channel and change its modes all day, so each person has an allowance of lines in the
//! record. Actions beyond it are counted, and the count is added with the next line that fits, or when the
//! person is gone. So nothing is left out silently.

use std::collections::BTreeMap;

use parla_proto::Timestamp;

use crate::{
    base::limits::{MODERATION_BURST, MODERATION_INTERVAL},
    network::{UserId, audit::Audit},
};

/// The allowances of this machine's moderators, and the actions that were left out of the record.
#[derive(Debug, Default)]
pub(super) struct Moderation {
    /// Those whose allowance is not full.
    people: BTreeMap<UserId, Person>,
}

#[derive(Debug)]
struct Person {
    /// When the allowance will be full again.
    whole_at: Timestamp,
    /// `None` if everything they did is in the record.
    left_out: Option<LeftOut>,
}

/// What one person did that is not in the record.
#[derive(Debug)]
struct LeftOut {
    /// The person, as in [`Audit`].
    who: String,
    /// How often they took each action.
    counts: BTreeMap<&'static str, u64>,
}

impl Moderation {
    /// Takes a line for the record, and returns the lines to write now.
    pub(super) fn record(&mut self, user: UserId, now: Timestamp, audit: Audit) -> Vec<Audit> {
        let person = self.people.entry(user).or_insert(Person { whole_at: now, left_out: None });
        let whole_at = person.whole_at.max(now) + MODERATION_INTERVAL;
        if whole_at.since(now) > MODERATION_INTERVAL * MODERATION_BURST {
            let new = || LeftOut { who: audit.who, counts: BTreeMap::new() };
            let left_out = person.left_out.get_or_insert_with(new);
            *left_out.counts.entry(audit.action).or_default() += 1;
            return Vec::new();
        }
        person.whole_at = whole_at;
        summed_up(person.left_out.take()).into_iter().chain([audit]).collect()
    }

    /// Returns a line about what was left out for a person who is gone.
    pub(super) fn forget(&mut self, user: UserId) -> Option<Audit> {
        self.people.remove(&user).and_then(|person| summed_up(person.left_out))
    }
}

fn summed_up(left_out: Option<LeftOut>) -> Option<Audit> {
    let LeftOut { who, counts } = left_out?;
    let words: Vec<String> = counts.iter().map(|(action, count)| format!("{action} {count}")).collect();
    let why = format!("too many to write down: {}", words.join(", "));
    Some(Audit { who, action: "MODERATION", whom: String::new(), why })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_counted() {
        let (bot, other) = (UserId(1), UserId(2));
        let mut moderation = Moderation::default();
        let mut now = Timestamp::default();
        let audit =
            |action| Audit { who: "bot".to_owned(), action, whom: "#room".to_owned(), why: String::new() };
        for _ in 0..MODERATION_BURST {
            assert_eq!(moderation.record(bot, now, audit("MODE")), [audit("MODE")]);
        }
        for action in ["MODE", "KICK", "MODE"] {
            assert_eq!(moderation.record(bot, now, audit(action)), []);
        }
        assert_eq!(moderation.record(other, now, audit("MODE")).len(), 1, "everyone has their own");
        let counted = |words: &str| Audit {
            whom: String::new(),
            why: format!("too many to write down: {words}"),
            ..audit("MODERATION")
        };
        now = now + MODERATION_INTERVAL;
        let written = moderation.record(bot, now, audit("KICK"));
        assert_eq!(written, [counted("KICK 1, MODE 2"), audit("KICK")]);
        assert_eq!(moderation.record(bot, now, audit("KICK")), []);
        assert_eq!(moderation.forget(bot), Some(counted("KICK 1")));
        assert_eq!(moderation.forget(other), None);
        assert!(moderation.people.is_empty());
    }
}
