//! What somebody does with the app and sees in it, in the words of the app. Things are found by their roles and labels.

use fantoccini::key::Key;

use super::Window;

const NAME: &str = "input#name";
const COMPOSER: &str = "textarea#composer";
const ROOMS: &str = "nav[aria-label=\"Rooms\"]";
const MEMBERS: &str = "aside[aria-label=\"Members\"]";

impl Window {
    /// Says who they are on the first screen, and waits until they can write.
    pub(crate) async fn join_as(&self, name: &str) {
        self.finds(NAME).await.clear().await.unwrap();
        self.types(NAME, name).await;
        self.presses(&char::from(Key::Enter).to_string()).await;
        self.finds(COMPOSER).await;
    }

    /// Writes a message and sends it.
    pub(crate) async fn say(&self, text: &str) {
        self.write(text).await;
        self.presses(&char::from(Key::Enter).to_string()).await;
    }

    /// Writes into the composer and leaves it there.
    pub(crate) async fn write(&self, text: &str) {
        self.types(COMPOSER, text).await;
    }

    /// What stands in the composer.
    pub(crate) async fn draft(&self) -> String {
        self.finds(COMPOSER).await.prop("value").await.unwrap().unwrap_or_default()
    }

    /// The rows of the conversation that are in the page, from top to bottom.
    pub(crate) async fn rows(&self) -> Vec<String> {
        self.texts("[role=log]#log .row").await
    }

    /// Waits until a row of the conversation contains this.
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

    /// Chooses a room in the list.
    pub(crate) async fn enter(&self, room: &str) {
        self.finds(ROOMS).await;
        self.clicks(room).await;
    }

    async fn lines(&self, selector: &str) -> Vec<String> {
        let texts = self.texts(selector).await;
        texts.iter().flat_map(|text| text.lines()).map(str::to_owned).collect()
    }
}
