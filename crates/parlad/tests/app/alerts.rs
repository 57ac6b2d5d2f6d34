//! Browser notifications: the app asks for permission when it matters, shows one per conversation, and a
//! click opens it.

use serde_json::json;

use crate::rig::{Width, Window, visit};

/// A substitute for the browser's notifications that the test can inspect and click.
const LISTEN: &str = "window.alerts = [];
    const permission = arguments[0];
    window.Notification = class {
        static permission = permission;
        static async requestPermission() { return Notification.permission = 'granted'; }
        constructor(title, options) {
            if (Notification.permission !== 'granted') return;
            this.words = `${title}: ${options.body}`;
            this.tag = options.tag;
            this.isOpen = true;
            const before = alerts.findIndex(other => other.tag === this.tag);
            if (before >= 0) alerts.splice(before, 1);
            alerts.push(this);
        }
        close() { this.isOpen = false; }
    };";

impl Window {
    async fn listens(&self, permission: &str) {
        self.run(LISTEN, &[json!(permission)]).await;
    }

    /// Looks away from the page, or back at it.
    async fn looks(&self, is_there: bool) {
        let script = "document.hasFocus = () => arguments[0];
            dispatchEvent(new Event(arguments[0] ? 'focus' : 'blur'))";
        self.run(script, &[json!(is_there)]).await;
        self.next_frames().await;
    }

    /// Waits for these notifications.
    async fn is_told(&self, words: &[&str]) {
        let script = "return JSON.stringify(alerts.filter(one => one.isOpen).map(one => one.words)) === JSON.stringify(arguments[0])";
        self.until(&format!("the notifications {words:?}"), script, &[json!(words)]).await;
    }
}

#[test]
fn each_conversation_has_one_notification_that_opens_it() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let mut carol = browser.person("carol");
        let alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        alice.listens("granted").await;
        bob.send("PRIVMSG #room :alice: you are looking at this");
        alice.hears("looking at this").await;
        alice.looks(false).await;
        // A person's own message is not news to them.
        alice.say("alice: a note to myself").await;
        alice.hears("a note to myself").await;
        for text in ["#room :nothing for anyone", "#room :alice: one", "#room :alice: two", "alice :psst"] {
            bob.send(&format!("PRIVMSG {text}"));
        }
        bob.sync();
        carol.send("PRIVMSG alice :and I");
        alice.is_told(&["bob in #room: alice: two", "bob: psst", "carol: and I"]).await;
        alice.run("alerts[1].onclick()", &[]).await;
        alice.is_in("bob").await;
        alice.looks(true).await;
        alice.is_told(&["bob in #room: alice: two", "carol: and I"]).await;
        alice.enter("#room").await;
        alice.is_told(&["carol: and I"]).await;
        // A message that comes again after a reload is not news.
        alice.reload().await;
        alice.listens("granted").await;
        alice.looks(false).await;
        alice.hears("alice: two").await;
        carol.send("PRIVMSG alice :are you there?");
        alice.is_told(&["carol: are you there?"]).await;
    });
}

#[test]
fn leave_to_notify_is_asked_for_when_it_matters() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let alice = browser.open(Width::Narrow).await;
        alice.listens("default").await;
        alice.join_as("alice").await;
        bob.send("PRIVMSG #room :alice: you are looking at this");
        alice.hears("looking at this").await;
        alice.finds_no("#offer-to-notify").await;
        alice.looks(false).await;
        bob.send("PRIVMSG alice :psst");
        alice.finds("#offer-to-notify").await;
        alice.looks(true).await;
        alice.is_accessible().await;
        alice.clicks("Allow notifications").await;
        alice.finds_no("#offer-to-notify").await;
        alice.looks(false).await;
        bob.send("PRIVMSG alice :hello again");
        alice.is_told(&["bob: hello again"]).await;
    });
}
