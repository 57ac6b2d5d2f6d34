//! Nothing is cut off, whatever the size of the window.

use crate::rig::{Key, Width, Window, visit};

/// A laptop, an old one, a phone, a small one, and the first with everything twice as large.
const SIZES: [(u64, u64); 5] = [(1280, 720), (800, 600), (390, 844), (320, 568), (640, 360)];

/// Visible elements that are cut off: wider than the window, or outside it.
const CUT: &str = "
    const { innerWidth: width, innerHeight: height } = window;
    const wide = document.scrollingElement.scrollWidth > width ? ['the page is wider than the window'] : [];
    const parts = [...document.querySelectorAll(arguments[0])]
        .filter(part => part.checkVisibility({ visibilityProperty: true }) && !part.closest('.sr-only, .log, .rooms-scroll, .members-scroll, .browse-scroll, .toasts'));
    const cut = parts.filter(part => {
        const { left, top, right, bottom } = part.getBoundingClientRect();
        return left < -0.5 || top < -0.5 || right > width + 0.5 || bottom > height + 0.5;
    });
    const tall = [...document.querySelectorAll('.log, .dialog')].filter(part => part.scrollWidth > part.clientWidth);
    return [...wide, ...cut, ...tall].map(part => part.outerHTML?.slice(0, 120) ?? part)";

async fn is_whole(window: &Window, what: &str, size: (u64, u64)) {
    window.next_frames().await;
    let cut = window
        .run(CUT, &["button, input:not([type=hidden]), textarea, h1, h2, .banner, .toast".into()])
        .await;
    assert_eq!(cut, serde_json::json!([]), "{what} at {size:?}");
}

#[test]
fn nothing_is_cut_at_any_size() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        bob.send("JOIN #a-room-with-a-rather-long-name-that-goes-on-and-on\r\nJOIN #tea");
        bob.send("TOPIC #tea :a topic that is longer than any header of any window will ever be, and then some more of it");
        let alice = browser.open(Width::Wide).await;
        for (x, y) in SIZES {
            alice.measure(x, y).await;
            is_whole(&alice, "the first screen", (x, y)).await;
        }
        alice.join_as("alice").await;
        alice.say("/join #a-room-with-a-rather-long-name-that-goes-on-and-on").await;
        alice.is_in("#a-room-with-a-rather-long-name-that-goes-on-and-on").await;
        alice.say("/join #tea").await;
        alice.is_in("#tea").await;
        for text in [
            "w".repeat(380),
            format!("https://example.org/{}", "path/".repeat(60)),
            "a message with many words in it, ".repeat(10),
            "\u{1}ACTION does something that needs quite a few words to be told to everyone\u{1}".to_owned(),
        ] {
            bob.send(&format!("PRIVMSG #tea :{text}"));
        }
        alice.hears("does something").await;
        alice.say("/nonsense").await;
        for (x, y) in SIZES {
            let size = (x, y);
            alice.measure(x, y).await;
            is_whole(&alice, "the room", size).await;
            alice.finds("#composer").await;
            alice.write("/").await;
            alice.finds("[role=listbox]").await;
            is_whole(&alice, "the commands", size).await;
            alice.empties("#composer").await;

            alice.opens_the_list().await;
            is_whole(&alice, "the list of rooms", size).await;
            alice.clicks("Browse rooms").await;
            alice.sees("3 rooms").await;
            is_whole(&alice, "the rooms there are", size).await;
            alice.hits(Key::Escape).await;
            alice.finds_no("[role=dialog]").await;
            alice.clicks("Help").await;
            alice.sees("Commands").await;
            let close =
                "return document.querySelector('.dialog-head button').getBoundingClientRect().top >= 0";
            alice.until("the way out", close, &[]).await;
            alice.hits(Key::Escape).await;
            alice.finds_no("[role=dialog]").await;
            alice.hits(Key::Escape).await;
            alice.until("no side", "return !document.querySelector('.side-rooms')", &[]).await;
        }
    });
}

/// Whether the button of the form around the field is beside the field.
const BESIDE: &str = "
    const field = document.querySelector('[role=dialog] [name=nick]');
    const [one, other] = [field, field.form.querySelector('button')].map(part => part.getBoundingClientRect());
    return other.left >= one.right && Math.abs(one.bottom - other.bottom) < 2";

#[test]
fn a_button_stands_beside_its_field_on_a_telephone() {
    visit(async |browser| {
        let alice = browser.open(Width::Wide).await;
        alice.join_as("alice").await;
        alice.measure(390, 844).await;
        alice.say("/nick 1").await;
        alice.finds("#nick-advice").await;
        alice.next_frames().await;
        assert_eq!(alice.run(BESIDE, &[]).await, true);
    });
}
