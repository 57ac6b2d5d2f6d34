//! What a person does with the app and sees in it, in the words of the app. Elements are found by their roles
//! and labels.

use fantoccini::key::Key;
use serde_json::json;

use super::Window;

const NAME: &str = "input#name";
const COMPOSER: &str = "textarea#composer";
const ROOMS: &str = "nav[aria-label=\"Rooms\"]";
const MEMBERS: &str = "aside[aria-label=\"Members\"]";

impl Window {
    /// Enters a name on the first screen, and waits until they can write.
    pub(crate) async fn join_as(&self, name: &str) {
        self.empties(NAME).await;
        self.types(NAME, name).await;
        self.presses(&char::from(Key::Enter).to_string()).await;
        self.finds(COMPOSER).await;
    }

    /// Waits until this room or person is shown and can be written to.
    pub(crate) async fn is_in(&self, room: &str) {
        let script = "return document.querySelector('#composer')?.ariaLabel === `Message ${arguments[0]}`";
        self.until(&format!("the conversation {room}"), script, &[json!(room)]).await;
    }

    /// Writes a message and sends it.
    pub(crate) async fn say(&self, text: &str) {
        self.write(text).await;
        self.presses(&char::from(Key::Enter).to_string()).await;
    }

    /// Sends messages faster than anybody can type.
    pub(crate) async fn pours(&self, lines: &[String]) {
        let send = "const composer = document.querySelector('#composer'); composer.value = arguments[0];
            composer.dispatchEvent(new Event('input', { bubbles: true }));
            composer.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))";
        for line in lines {
            self.run(send, &[json!(line)]).await;
        }
    }

    /// Writes into the composer without sending.
    pub(crate) async fn write(&self, text: &str) {
        self.types(COMPOSER, text).await;
    }

    /// The contents of the composer.
    pub(crate) async fn draft(&self) -> String {
        self.finds(COMPOSER).await.prop("value").await.unwrap().unwrap_or_default()
    }

    /// The rows of the conversation that are in the page, from top to bottom.
    pub(crate) async fn rows(&self) -> Vec<String> {
        self.texts("[role=log]#log .row").await
    }

    /// Waits until a row of the conversation contains this text.
    pub(crate) async fn hears(&self, text: &str) {
        let what = format!("a message with `{text}`");
        self.eventually(&what, async || self.rows().await.iter().any(|row| row.contains(text)).then_some(()))
            .await;
    }

    /// The lines of the list of rooms.
    pub(crate) async fn rooms(&self) -> Vec<String> {
        self.lines(ROOMS).await
    }

    /// The lines of the list of members.
    pub(crate) async fn members(&self) -> Vec<String> {
        self.lines(MEMBERS).await
    }

    /// Chooses a room or a person in the list, after opening it if necessary.
    pub(crate) async fn enter(&self, room: &str) {
        self.opens_the_list().await;
        let script = "const links = [...document.querySelectorAll('.room-link')];
            links.find(link => link.querySelector('.room-name').textContent === arguments[0])?.click();
            return document.querySelector('#room-name')?.textContent === arguments[0]";
        self.until(&format!("the room {room}"), script, &[json!(room)]).await;
    }

    /// Opens the list of rooms where it is not visible beside the conversation.
    pub(crate) async fn opens_the_list(&self) {
        let script = "const list = document.querySelector(arguments[0]);
            if (list && !list.checkVisibility({ visibilityProperty: true }))
                document.querySelector('#show-rooms')?.click();
            return !!list?.checkVisibility({ visibilityProperty: true })";
        self.until("the list of rooms", script, &[json!(ROOMS)]).await;
    }

    /// Chooses somebody in the list of members, after opening it if necessary, and waits for their card.
    pub(crate) async fn picks(&self, nick: &str) {
        let script = "const list = document.querySelector(arguments[0]);
            if (!list?.checkVisibility({ visibilityProperty: true })) {
                document.querySelector('#toggle-members')?.click();
                return false;
            }
            const row = document.getElementById(`member-${arguments[1]}`);
            row?.click();
            return !!row";
        self.until(&format!("{nick} among the members"), script, &[json!(MEMBERS), json!(nick)]).await;
        self.finds("[role=dialog]").await;
    }

    /// Waits until the list has this note for a room or a person: `2 mentions, 3 new`, or nothing.
    pub(crate) async fn finds_noted(&self, room: &str, note: &str) {
        let script = "const links = [...document.querySelectorAll('.room-link')];
            const link = links.find(link => link.querySelector('.room-name').textContent === arguments[0]);
            return link && (link.querySelector('.sr-only')?.textContent ?? '') === arguments[1]";
        let note = if note.is_empty() { String::new() } else { format!(", {note}") };
        self.until(&format!("`{note}` beside {room}"), script, &[json!(room), json!(note)]).await;
    }

    async fn lines(&self, selector: &str) -> Vec<String> {
        let texts = self.texts(selector).await;
        texts.iter().flat_map(|text| text.lines()).map(str::to_owned).collect()
    }
}
