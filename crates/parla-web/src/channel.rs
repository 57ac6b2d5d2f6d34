//! The channel between the tabs of one address: each sends texts, and all others receive them.
//!
//! In a browser that has no `BroadcastChannel` or forbids it, tabs do not know of each other.

use std::cell::RefCell;

use futures_channel::mpsc::UnboundedSender;
use parla_client::tabs::{Letter, TabId, TabMessage};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{BroadcastChannel, MessageEvent};

use crate::{storage, tab::TabEvent};

/// What this tab sends to the others.
pub(crate) struct Post {
    channel: RefCell<Option<Channel>>,
    build: String,
    me: TabId,
}

struct Channel {
    channel: BroadcastChannel,
    _on_message: Closure<dyn FnMut(JsValue)>,
}

impl Post {
    pub(crate) fn new(me: TabId, build: String) -> Self {
        Self { channel: RefCell::new(None), build, me }
    }

    /// The build of the app that this tab runs.
    pub(crate) fn build(&self) -> &str {
        &self.build
    }

    /// Starts to receive what the others send.
    pub(crate) fn open(&self, events: &UnboundedSender<TabEvent>) {
        let Ok(channel) = BroadcastChannel::new(&format!("{}tabs", storage::prefix())) else { return };
        let events = events.clone();
        let on_message = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            if let Some(text) = event.unchecked_into::<MessageEvent>().data().as_string() {
                drop(events.unbounded_send(TabEvent::Letter(text)));
            }
        });
        channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        self.channel.replace(Some(Channel { channel, _on_message: on_message }));
    }

    /// Sends a message to one tab, or to all.
    pub(crate) fn send(&self, to: Option<TabId>, message: &TabMessage) {
        let letter = Letter { build: self.build.clone(), from: self.me, to };
        if let (Some(channel), Some(text)) = (&*self.channel.borrow(), letter.write(message)) {
            // A channel that was closed because the page is ending receives nothing either.
            drop(channel.channel.post_message(&text.into()));
        }
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}
