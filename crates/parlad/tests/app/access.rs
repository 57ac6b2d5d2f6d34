//! Everybody can use the app: with a screen reader, without a mouse, in dark mode, in large print.

use crate::{
    rig::{Browser, Key, Width, Window, together, visit},
    support::Client,
};

/// A room with somebody in it and some messages.
async fn scene(browser: &Browser, window: &Window, nick: &str) -> Client {
    let mut bob = browser.person("bob");
    bob.send("JOIN #tea\r\nTOPIC #tea :green, black and white");
    window.join_as(nick).await;
    window.say("/join #tea").await;
    window.is_in("#tea").await;
    bob.send(&format!("PRIVMSG #tea :{nick}: see https://example.org and #room"));
    window.hears("see https").await;
    bob
}

#[test]
fn a_screen_reader_finds_its_way() {
    visit(async |browser| {
        let alice = browser.open(Width::Wide).await;
        alice.finds("#main input#name").await;
        let outline = alice.outline().await;
        expect_test::expect![[r#"
            main
              heading "parla"
              form
                LabelText
                textbox "Your name"
                button "Join"
              LabelText
              combobox "Language"
                MenuListPopup
                  option "English"
                  option "Italiano"
            region "Messages of the app"
        "#]]
        .assert_eq(&outline);
        let _bob = scene(browser, &alice, "alice").await;
        alice.finds_no(".toast").await;
        expect_test::expect![[r##"
            banner
              heading "parla"
            navigation "Rooms"
              heading "irc.example.org"
              button "Help"
              region "irc.example.org"
                button "You are alice"
                heading "Rooms"
                list
                  listitem
                    button "#room"
                    button "Leave #room"
                  listitem
                    button "#tea"
                    button "Leave #tea"
                button "Browse rooms"
                button "Join or message…"
            main
              region "#tea"
                sectionheader
                  heading "#tea"
                  button "Copy link"
                  button "Settings of the room"
                  button "2 people"
                log "Messages in #tea"
                  list
                    listitem
                    listitem
                      button "bob"
                      link "https://example.org"
                      button "#room"
                textbox "Message #tea"
                button "Send"
            complementary "Members"
              heading "2 members"
              list
                listitem
                  heading "Operators 1"
                listitem
                  button "bob"
                listitem
                  heading "Members 1"
                listitem
                  button "alice"
            region "Messages of the app"
        "##]]
        .assert_eq(&alice.outline().await);
        alice.clicks("Browse rooms").await;
        alice.sees("2 rooms").await;
        expect_test::expect![[r##"
            dialog "Browse rooms"
              banner
                heading "Browse rooms"
                button "Close"
              search
                LabelText
                searchbox "Find a room by its name or topic, or name a new one"
              list
                listitem
                  button "#room ✓ joined 2 people No topic"
                listitem
                  button "#tea ✓ joined 2 people green, black and white"
              status
            region "Messages of the app"
        "##]]
        .assert_eq(&alice.outline().await);
    });
}

#[test]
fn axe_finds_nothing_wrong() {
    visit(async |browser| {
        let window = browser.open(Width::Wide).await;
        window.finds("#name").await;
        window.is_accessible().await;
        let _bob = scene(browser, &window, "alice").await;
        for scheme in ["light", "dark"] {
            window.prefers("prefers-color-scheme", scheme).await;
            window.resize(Width::Wide).await;
            window.is_accessible().await;

            window.clicks("Browse rooms").await;
            window.sees("2 rooms").await;
            window.is_accessible().await;
            window.hits(Key::Escape).await;
            window.clicks("bob").await;
            window.sees("In the rooms").await;
            window.is_accessible().await;
            window.hits(Key::Escape).await;
            window.finds_no("[role=dialog]").await;

            window.write("/").await;
            window.finds("[role=listbox]").await;
            window.is_accessible().await;
            window.empties("#composer").await;
            window.say("/nonsense").await;
            window.sees("There is no command nonsense.").await;
            window.is_accessible().await;
            window.clicks("Dismiss").await;

            window.resize(Width::Narrow).await;
            window.is_accessible().await;
            window.clicks("Show rooms").await;
            window.sees("Browse rooms").await;
            window.is_accessible().await;
            window.hits(Key::Escape).await;
            window.clicks("2 people").await;
            window.sees("2 members").await;
            window.is_accessible().await;
            window.hits(Key::Escape).await;
            window.sees_no("2 members").await;
        }
        browser.kill_server();
        window.sees("The connection is lost.").await;
        window.is_accessible().await;
    });
}

/// Presses Tab until this has the focus, and checks that each focused element is visible on the way.
async fn tabs_to(window: &Window, wanted: &str) {
    for _ in 0..40 {
        if window.focus().await == wanted {
            return;
        }
        window.hits(Key::Tab).await;
        let ring = "const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
            return document.activeElement === document.body || (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2)";
        let focus = window.focus().await;
        assert_eq!(window.run(ring, &[]).await, true, "{focus} does not show that it has the focus");
    }
    panic!("{wanted} cannot be reached by Tab; at {}", window.focus().await);
}

#[test]
fn a_whole_conversation_without_a_mouse() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let alice = browser.open(Width::Wide).await;
        alice.until("the name", "return document.activeElement.id === 'name'", &[]).await;
        alice.presses("alice").await;
        tabs_to(&alice, "button \"Join\"").await;
        alice.hits(Key::Enter).await;
        alice.until("the composer", "return document.activeElement.id === 'composer'", &[]).await;
        alice.presses("hello\u{e007}").await;
        bob.until(|line| line.ends_with("PRIVMSG #room :hello"));

        // To the list of rooms, and from it into another room.
        alice.presses(&together(&[Key::Shift, Key::F6])).await;
        alice.until("the rooms", "return document.activeElement.id === 'region-rooms'", &[]).await;
        tabs_to(&alice, "button#new-1 \"Join or message…\"").await;
        alice.hits(Key::Enter).await;
        alice.until("the field", "return document.activeElement.id === 'new-name-1'", &[]).await;
        alice.presses("tea\u{e007}").await;
        alice.until("the composer", "return document.activeElement.id === 'composer'", &[]).await;
        alice.presses("anyone for tea?\u{e007}").await;
        alice.hears("anyone for tea?").await;

        // Back and forth between the rooms.
        alice.presses(&together(&[Key::Alt, Key::Up])).await;
        alice.is_in("#room").await;
        bob.send("JOIN #tea\r\nPRIVMSG #tea :alice: me!");
        alice.finds_noted("#tea", "1 mention, 1 new").await;
        alice.presses(&together(&[Key::Alt, Key::Shift, Key::Down])).await;
        alice.hears("me!").await;

        // To the list of members, and to one of them.
        alice.hits(Key::F6).await;
        alice.until("the members", "return document.activeElement.id === 'region-members'", &[]).await;
        tabs_to(&alice, "button#member-bob \"bob\"").await;
        alice.hits(Key::Enter).await;
        alice.until("the card", "return document.activeElement.id === 'dialog-focus'", &[]).await;
        alice.hits(Key::Escape).await;
        alice.until("the focus where it was", "return document.activeElement.id === 'member-bob'", &[]).await;
        alice.hits(Key::Enter).await;
        tabs_to(&alice, "button \"Message\"").await;
        alice.hits(Key::Enter).await;
        alice.until("the composer", "return document.activeElement.id === 'composer'", &[]).await;
        alice.is_in("bob").await;
        alice.presses("just between us\u{e007}").await;
        bob.until(|line| line.ends_with("PRIVMSG bob :just between us"));

        // The help, and back.
        alice.presses(&format!("{}/{}", char::from(Key::Control), char::from(Key::Null))).await;
        alice.sees("Type them where you write messages.").await;
        alice.hits(Key::Escape).await;
        alice.until("the composer", "return document.activeElement.id === 'composer'", &[]).await;
        alice.presses(&format!("{}.{}", char::from(Key::Control), char::from(Key::Null))).await;
        alice.presses(&together(&[Key::Alt, Key::Up])).await;
        alice.is_in("#tea").await;
        alice.presses(&format!("{}.{}", char::from(Key::Control), char::from(Key::Null))).await;
        alice.finds_no("#region-members").await;

        // Where the side panels slide in, they take the focus and return it.
        alice.resize(Width::Narrow).await;
        alice.run("document.getElementById('show-rooms').focus()", &[]).await;
        alice.hits(Key::Enter).await;
        alice.until("the rooms", "return document.activeElement.id === 'region-rooms'", &[]).await;
        tabs_to(&alice, "button#open-help \"Help\"").await;
        alice.hits(Key::Escape).await;
        alice.until("the focus where it was", "return document.activeElement.id === 'show-rooms'", &[]).await;
    });
}

#[test]
fn keys_work_wherever_the_focus_was() {
    visit(async |browser| {
        let alice = browser.open(Width::Narrow).await;
        alice.join_as("alice").await;
        alice.clicks("Show rooms").await;
        alice.clicks("You are alice").await;
        alice.empties("#dialog-focus").await;
        alice.presses("1\u{e007}").await;
        alice.finds("#nick-advice").await;
        alice.hits(Key::Escape).await;
        alice.finds_no("[role=dialog]").await;
        alice.until("the button", "return document.activeElement.id === 'you-1'", &[]).await;
        // The element that had the focus may be gone.
        alice.run("document.activeElement.blur()", &[]).await;
        assert!(alice.focus().await.starts_with("body"));
        alice.hits(Key::Escape).await;
        alice.finds_no(".side-rooms").await;
    });
}
