//! The way between the tabs of one address: texts that each of them sends and all others hear.
//!
//! A browser without `BroadcastChannel`, or one that forbids it, has tabs that do not know of each other.

use std::cell::RefCell;

use futures_channel::mpsc::UnboundedSender;
use parla_client::tabs::{Letter, Message, TabId};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{BroadcastChannel, MessageEvent};

use crate::{engine::Happening, storage};

/// What this tab says to the others.
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

    /// Which build of the app this is.
    pub(crate) fn build(&self) -> &str {
        &self.build
    }

    /// Hears the others from now on.
    pub(crate) fn open(&self, happenings: &UnboundedSender<Happening>) {
        let Ok(channel) = BroadcastChannel::new(&format!("{}tabs", storage::prefix())) else { return };
        let happenings = happenings.clone();
        let on_message = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            if let Some(text) = event.unchecked_into::<MessageEvent>().data().as_string() {
                drop(happenings.unbounded_send(Happening::Letter(text)));
            }
        });
        channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        self.channel.replace(Some(Channel { channel, _on_message: on_message }));
    }

    /// Says something to one tab, or to all.
    pub(crate) fn send(&self, to: Option<TabId>, message: &Message) {
        let letter = Letter { build: self.build.clone(), from: self.me, to };
        if let (Some(channel), Some(text)) = (&*self.channel.borrow(), letter.write(message)) {
            // A channel that is closed, because the page ends, hears nothing either.
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
