//! People who stay present when their last connection ends, also over a restart.
//!
//! The account keeps what the user needs to be there again. It is brought up to date at the end of each entry
//! that changed it, so it is always what the entries made of the user.

use parla_proto::{
    AccountName, Nick, Timestamp,
    mode::{USER_MODES, UserModeSetter, UserModes},
};

use super::{
    ChannelId, Network, UserId,
    account::{AccountChange, AccountId, AccountState},
    account_presence::Presence,
    effects::Effects,
    entry::{Meta, Register},
    event::{AwayNews, Event, Renamed},
    user::User,
};

/// The modes of a user that are kept: those that people choose for themselves.
fn chosen() -> UserModes {
    let chosen = USER_MODES.iter().filter(|facts| facts.setter == UserModeSetter::User);
    chosen.fold(UserModes::empty(), |modes, facts| modes | facts.mode)
}

/// The away text of somebody who has no connection and did not say otherwise.
const NOT_CONNECTED: &str = "Not connected at the moment";

impl Network {
    /// Decides again whether a user stays present without a session, because their account, its settings or
    /// those of the network have changed.
    pub(crate) fn update_stay(&mut self, id: UserId) {
        let account = self.user(id).and_then(User::account).and_then(|account| self.account(account));
        let policy = self.settings.accounts.as_ref().map(|accounts| accounts.always_on);
        let stays = account.zip(policy).is_some_and(|(account, policy)| policy.applies(account.always_on));
        if let Some(user) = self.user_mut(id) {
            user.set_stays(stays);
        }
        self.note_changed(id);
    }

    /// Notes that something about a user has changed that is kept if they stay.
    pub(crate) fn note_changed(&mut self, id: UserId) {
        self.changed.insert(id);
    }

    /// Decides for everybody whether they stay. Returns those who must go now, in the order in which they
    /// registered.
    pub(crate) fn update_stays(&mut self) -> Vec<UserId> {
        let has_account = |(_, user): &(&UserId, &User)| user.account().is_some();
        let mut users: Vec<UserId> = self.users.iter().filter(has_account).map(|(id, _)| *id).collect();
        users.sort_unstable();
        users.iter().for_each(|id| self.update_stay(*id));
        users.retain(|id| self.user(*id).is_some_and(User::is_over));
        users
    }

    /// Marks a user who has just lost their last session as away, if they stay and are not away yet.
    pub(crate) fn left_alone(&mut self, id: UserId, effects: &mut Effects) {
        let Some(user) = self.users.get(&id).filter(|user| user.stays() && user.sessions().is_empty()) else {
            return;
        };
        // Nobody keeps a name without being there, except for their own.
        let own = user
            .account()
            .and_then(|account| Nick::parse(account.as_str(), &self.settings.name_rules()).ok());
        let own = own.filter(|own| own != user.nick() && self.free_nick(own, Some(id)).is_ok());
        let (old_nick, old_source) = (user.nick().clone(), user.source().to_owned());
        if let Some(own) = own {
            self.rename_user(id, own);
            effects.events.push(Event::Renamed(Renamed { user: id, old_nick, old_source }));
        }
        let Some(user) = self.users.get_mut(&id) else { return };
        if user.away.is_none() {
            user.away = Some(NOT_CONNECTED.into());
            user.is_away_alone = true;
            effects.events.push(Event::AwayChanged { user: id, news: AwayNews::Presence });
        }
    }

    /// Marks a user as back who was away only because they had no session.
    pub(crate) fn has_company(&mut self, id: UserId, effects: &mut Effects) {
        let Some(user) = self.users.get_mut(&id).filter(|user| user.is_away_alone) else { return };
        user.is_away_alone = false;
        user.away = None;
        effects.events.push(Event::AwayChanged { user: id, news: AwayNews::Presence });
    }

    /// At the end of an entry: has stored what it changed about people who stay.
    pub(crate) fn keep_presences(&mut self, effects: &mut Effects) {
        for id in std::mem::take(&mut self.changed) {
            let Some(user) = self.user(id) else { continue };
            let Some(account) = user.account().and_then(|account| self.account(account)) else { continue };
            let (id, presence) = (account.id, user.stays().then(|| self.presence_of(user)));
            let changes = match (account.presence.as_deref(), &presence) {
                (None, None) => continue,
                (Some(before), Some(now)) => before.changes_to(now),
                _ => None,
            };
            match changes {
                Some(changes) => changes.into_iter().for_each(|change| {
                    self.change_account(id, AccountChange::PresentAs(change), effects);
                }),
                None => self.change_account(id, AccountChange::Presence(presence.map(Box::new)), effects),
            }
        }
    }

    fn presence_of(&self, user: &User) -> Presence {
        let is_kept = |id: &&ChannelId| self.channel(**id).is_some_and(|channel| channel.kept);
        Presence {
            nick: user.nick().to_string(),
            user: user.user().to_owned(),
            host: user.host().to_owned(),
            address: user.address(),
            realname: user.realname.to_string(),
            away: user.away.as_deref().filter(|_| !user.is_away_alone).map(str::to_owned),
            modes: Some(user.modes & chosen()),
            channels: user.channels.iter().filter(is_kept).copied().collect(),
        }
    }

    /// Notes that somebody is gone who stayed until now.
    pub(crate) fn forget_presence(&mut self, id: UserId, effects: &mut Effects) {
        let account = self.user(id).and_then(User::account).and_then(|account| self.account(account));
        if let Some(account) = account.filter(|account| account.presence.is_some()) {
            self.change_account(account.id, AccountChange::Presence(None), effects);
        }
    }

    /// Brings back those who were present when the server stopped and stay without a connection.
    pub(super) fn bring_back(&mut self) {
        let policy = self.settings.accounts.as_ref().map(|accounts| accounts.always_on);
        let stays = |account: &&AccountState| {
            account.suspended.is_none() && policy.is_some_and(|policy| policy.applies(account.always_on))
        };
        let back = |account: &AccountState| {
            let presence = account.presence.as_deref()?.clone();
            Some(Back {
                account: account.id,
                name: account.name.clone(),
                created_at: account.created_at,
                presence,
            })
        };
        let back: Vec<Back> = self.accounts().filter(stays).filter_map(back).collect();
        back.into_iter().for_each(|back| self.bring_back_one(back));
        self.changed.clear();
    }

    fn bring_back_one(&mut self, Back { account, name, created_at, presence }: Back) {
        // They have no connection, so they have the name of their account, whatever they were called when the
        // server stopped.
        let rules = self.settings.name_rules();
        let is_theirs = |nick: &Nick| {
            self.free_nick(nick, None).is_ok() && self.permitted_nick(nick, Some(&name)).is_ok()
        };
        let names = [name.as_str(), presence.nick.as_str()];
        let nick = names.into_iter().filter_map(|name| Nick::parse(name, &rules).ok()).find(is_theirs);
        let Some(nick) = nick else { return };
        let register = Register {
            nick,
            user: presence.user,
            host: presence.host,
            address: presence.address,
            modes: presence.modes.unwrap_or(self.settings.user_modes) & chosen(),
            realname: presence.realname,
            account: Some(account),
            proved: Default::default(),
            invitation: None,
            metadata: Default::default(),
            is_exempt: false,
        };
        // No other user can have this number, because the entry with it created the account.
        let meta = Meta::at_start(account.number(), created_at);
        let id = self.add_user(meta.seq, User::new(register, Some(name), &meta));
        if let Some(user) = self.users.get_mut(&id) {
            user.is_away_alone = presence.away.is_none();
            user.away = Some(presence.away.unwrap_or_else(|| NOT_CONNECTED.to_owned()).into());
        }
        let most = self.settings.limits.channels_per_client;
        for channel_id in presence.channels.into_iter().take(most) {
            let is_outside = |channel: &&mut super::channel::Channel| !channel.is_member(id);
            let Some(channel) = self.channels.get_mut(&channel_id).filter(is_outside) else { continue };
            let mut remembered = channel.remembered(account).unwrap_or_default();
            // Nothing has been said since the start.
            remembered.since.get_or_insert(self.next_seq.saturating_sub(1));
            channel.returning_entrant(id, remembered).enter(self.next_seq);
            self.occupied += usize::from(channel.members.len() == 1);
            if let Some(user) = self.users.get_mut(&id) {
                user.channels.push(channel_id);
            }
        }
    }
}

/// Somebody who is to be brought back, with their account.
struct Back {
    account: AccountId,
    name: AccountName,
    created_at: Timestamp,
    presence: Presence,
}
