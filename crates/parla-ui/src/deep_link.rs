//! The address that the person came by: which conversation it names, and the steps that lead there.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    Intent, ProblemKind,
    view::{Announcement, BufferKind, NetworkId, Presence},
};

use crate::{
    address::{self, Address, Target},
    buffers::Listed,
    platform::Here,
    state::{BufferKey, State, wish},
    toasts::ToastKind,
};

/// An address that is being followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeepLink {
    /// The address that is followed.
    pub address: Address,
    stage: Stage,
}

/// How far the link has been followed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// Nothing has been requested, because the person must be let in first.
    Waits,
    /// The network was asked to open it.
    Asked(Came),
    /// The conversation is shown; whether the person may be in it is not known yet.
    Shown(Came, BufferKey),
}

/// What was shown before, and what existed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Came {
    network: NetworkId,
    from: Option<BufferKey>,
    /// The conversations that existed.
    known: Vec<BufferKey>,
}

/// The most old names of conversations that are kept; the oldest are dropped first.
const RENAMED_MAX: usize = 50;

impl State {
    /// The conversation with this address, if it is in the list.
    pub(crate) fn find(&self, fragment: &str) -> Option<BufferKey> {
        self.find_address(&Address::parse(fragment)?)
    }

    pub(crate) fn find_address(&self, address: &Address) -> Option<BufferKey> {
        let buffers = self.views.buffers.peek_list();
        let is_there = |(key, listed): &(&BufferKey, &Listed)| {
            address.network.is_none_or(|network| network == key.network) && listed.target() == address.target
        };
        let found = buffers.iter().find(is_there).map(|(key, _)| *key);
        found.or_else(|| {
            let renamed = self.views.renamed.peek();
            let is_it = |(target, key): &&(Target, BufferKey)| {
                address.network.is_none_or(|network| network == key.network) && *target == address.target
            };
            renamed.iter().rev().find(is_it).map(|(_, key)| *key).filter(|key| buffers.contains_key(key))
        })
    }

    /// Remembers the old name of a conversation, so that addresses with it still lead there.
    pub(crate) fn note_renamed(&self, key: BufferKey, before: Target) {
        let mut renamed = self.views.renamed;
        let mut renamed = renamed.write();
        if renamed.len() >= RENAMED_MAX {
            renamed.remove(0);
        }
        renamed.push((before, key));
    }

    /// Follows an address as soon as possible. Returns false if it is not valid; the person is told so if it
    /// was meant to be an address.
    pub(crate) fn follow_later(&mut self, fragment: &str) -> bool {
        let link = Address::parse(fragment).map(|address| DeepLink { address, stage: Stage::Waits });
        let is_address = link.is_some();
        if is_address {
            self.open.deep_link.set(link);
        } else if address::is_meant(fragment) {
            self.toast(NetworkId(0), None, ToastKind::NoAddress);
        }
        is_address
    }

    /// Takes the next step towards the target of the link, if one is possible.
    pub(crate) fn follow(&mut self, here: &Here) {
        let Some(link) = self.open.deep_link.peek().clone() else { return };
        match link.stage {
            Stage::Waits => self.ask_for(here, link.address),
            Stage::Asked(_) => {}
            Stage::Shown(came, key) => self.come_in(here, &came, key),
        }
    }

    fn ask_for(&mut self, here: &Here, address: Address) {
        if !*self.open.entered.peek() {
            return;
        }
        let network = address.network.or_else(|| self.views.networks.peek().keys().next_back().copied());
        let Some(network) = network.filter(|network| self.views.networks.peek().contains_key(network)) else {
            return;
        };
        let known = self.find_address(&address);
        let is_in = |key: BufferKey| {
            self.views.buffers.peek(key).is_some_and(|view| !matches!(view.presence, Presence::Absent(_)))
        };
        if let Some(key) = known.filter(|key| is_in(*key)) {
            self.close_dialogs();
            return self.open(key);
        }
        let intent = match &address.target {
            Target::Room(name) => Intent::Join { room: name.as_str().into(), key: None },
            Target::Person(name) => Intent::OpenDirect { nick: name.as_str().into() },
            // There is none if the server has not said anything.
            Target::Server => return self.open.deep_link.set(None),
        };
        let came = Came {
            network,
            from: *self.open.current.peek(),
            known: self.views.buffers.peek_list().keys().copied().collect(),
        };
        self.open.deep_link.set(Some(DeepLink { address, stage: Stage::Asked(came) }));
        wish(here, network, intent);
    }

    /// The network shows the person a conversation. Returns true if it is the target of the link.
    pub(crate) fn is_led_to(&mut self, key: BufferKey) -> bool {
        let Some(DeepLink { address, stage: Stage::Asked(came) }) = self.open.deep_link.peek().clone() else {
            return false;
        };
        if came.network != key.network {
            return false;
        }
        self.close_dialogs();
        self.open.deep_link.set(Some(DeepLink { address, stage: Stage::Shown(came, key) }));
        true
    }

    /// The network refused the request without showing anything.
    pub(crate) fn is_not_led(&mut self) {
        if matches!(&*self.open.deep_link.peek(), Some(DeepLink { stage: Stage::Asked(_), .. })) {
            self.open.deep_link.set(None);
        }
    }

    /// The person has joined, or is told why not and stays where they were.
    fn come_in(&mut self, here: &Here, came: &Came, key: BufferKey) {
        let presence = self.views.buffers.peek(key).map(|view| (view.kind, view.presence.clone()));
        let why = match presence {
            Some((BufferKind::Room, Presence::Joining)) => return,
            // If only a key is missing, there is a field for it.
            Some((BufferKind::Room, Presence::Absent(Some(why)))) if why.kind != ProblemKind::KeyNeeded => {
                why
            }
            _ => return self.open.deep_link.set(None),
        };
        self.open.deep_link.set(None);
        self.toast(key.network, None, ToastKind::Announcement(Announcement::Problem(Arc::clone(&why))));
        let back = came.from.filter(|from| self.views.buffers.contains(*from));
        if !came.known.contains(&key) {
            self.open.unwanted.set(Some(key));
            wish(here, key.network, Intent::Leave { buffer: key.buffer });
        }
        if let Some(back) = back {
            self.open(back);
        }
    }
}
