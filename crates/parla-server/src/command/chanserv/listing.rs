//! CHANSERV LIST and INFO: the channels that somebody has to do with, or for operators all channels, and what there is
//! to know about one.

use parla_proto::{ChannelName, mask::glob_counted};

use super::{may_own, setting, tell};
use crate::{
    base::{service, settings::Privileges},
    context::Context,
    network::{
        account::AccountId,
        channel::Channel,
        refusal::{
            Refusal,
            account::{AccountFault, AnswerBy},
        },
    },
    session::long_answer::{LongAnswer, Portion},
};

/// The rest of an answer to LIST.
#[derive(Debug)]
struct Rest {
    /// Whose channels are listed; `None` for all.
    of: Option<AccountId>,
    mask: Option<String>,
    /// The last channel that was looked at.
    after: Option<ChannelName>,
    /// How many were listed.
    count: usize,
}

pub(super) fn run(context: &mut Context<'_>, mask: Option<&str>) -> Result<(), Refusal> {
    let (me, user) = context.me()?;
    // An operator who gives no mask asks for their own.
    let is_for_all = mask.is_some() && user.has_privilege(Privileges::CHANNELS);
    let account = context.network.account_id_of(me);
    if account.is_none() && !is_for_all {
        return Err(AccountFault::NotSignedIn.of(AnswerBy::ChanServ, ""));
    }
    let of = account.filter(|_| !is_for_all);
    context.answer(Box::new(Rest { of, mask: mask.map(str::to_owned), after: None, count: 0 }));
    Ok(())
}

impl LongAnswer for Rest {
    fn go_on(&mut self, portion: &mut Portion<'_>) -> bool {
        while !portion.is_full() {
            let Some(channel) = portion.network.channel_after(self.after.as_ref()) else {
                let rooms = if self.count == 1 { "room" } else { "rooms" };
                notice(portion, &format!("{} {rooms}", self.count));
                return true;
            };
            self.after = Some(channel.name().clone());
            let mut steps = 1;
            let fits = self.mask.as_ref().is_none_or(|mask| {
                glob_counted(mask, channel.name().as_str(), portion.network.casemapping(), &mut steps)
            });
            portion.count_steps(steps);
            if let Some(text) = self.text(portion, channel).filter(|_| fits) {
                self.count += 1;
                notice(portion, &text);
            }
        }
        false
    }
}

impl Rest {
    /// What is said of a channel; `None` if it is not one of those that were asked for.
    fn text(&self, portion: &Portion<'_>, channel: &Channel) -> Option<String> {
        let (name, state) = (channel.name(), &channel.state);
        let named = |account: AccountId| portion.network.account_by_id(account).map(|account| &account.name);
        let owner = state.owner.and_then(named);
        let Some(account) = self.of else {
            let owner = owner.map_or_else(|| "nobody".to_owned(), ToString::to_string);
            return Some(format!("{name}: belongs to {owner}, people inside: {}", channel.members.len()));
        };
        let rank = state.access.get(&account).copied().unwrap_or_default();
        let letters = if rank.is_empty() { String::new() } else { format!(", +{}", rank.letters()) };
        if state.owner == Some(account) {
            let offered = state.offered_to.and_then(named);
            let offered = offered.map(|to| format!(", offered to {to}")).unwrap_or_default();
            return Some(format!("{name}: yours{letters}{offered}"));
        }
        if state.offered_to == Some(account) {
            let owner = owner.map(ToString::to_string).unwrap_or_default();
            return Some(format!(
                "{name}: {owner} offers it to you; CHANSERV TRANSFER ACCEPT {name} makes it yours"
            ));
        }
        (!rank.is_empty()).then(|| format!("{name}: +{}", rank.letters()))
    }
}

fn notice(portion: &mut Portion<'_>, text: &str) {
    let target = portion.session.target(portion.network);
    let line = service::notice(service::CHANSERV, &portion.network.settings.name, &target, text);
    portion.line(line);
}

/// Tells whose a channel is and how it is set up.
pub(super) fn info(context: &mut Context<'_>, channel: &str) -> Result<(), Refusal> {
    let (me, user) = context.me()?;
    let network = context.network;
    if let Ok(name) = network.read_channel_name(channel)
        && let Some(closure) = network.closure(&name)
    {
        let reason = if closure.reason.is_empty() { String::new() } else { format!(": {}", closure.reason) };
        tell(context, &format!("{name} is closed, and nobody can enter it{reason}"));
    }
    let (_, channel) = network.visible_channel(me, channel)?;
    let (name, state) = (channel.name(), &channel.state);
    let account = network.account_id_of(me);
    let oversees = user.has_privilege(Privileges::CHANNELS);
    let owner = state.owner.and_then(|owner| network.account_by_id(owner));
    match owner {
        Some(owner) => tell(context, &format!("{name} belongs to {}", owner.name)),
        None if network.settings.autojoin.contains(name) => {
            tell(context, &format!("{name} belongs to the server"));
        }
        // Somebody may be called nobody.
        None => tell(context, &format!("{name} has no owner")),
    }
    tell(context, &setting::retention(network, channel));
    tell(context, &setting::reading(channel));
    let offered_to = state.offered_to.filter(|to| oversees || account == state.owner || account == Some(*to));
    if let Some(to) = offered_to.and_then(|to| network.account_by_id(to)) {
        tell(context, &format!("It is offered to {}", to.name));
    }
    if owner.is_some() && (oversees || may_own(channel, me) || account == state.owner) {
        tell(context, &format!("Accounts that it remembers as its members: {}", state.access.len()));
    }
    Ok(())
}
