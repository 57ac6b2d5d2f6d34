//! From a clean profile into the rooms, with a name and nothing else.

use crate::rig::{Key, Width, Window, visit};

/// The fields of the form. Those for a password are folded away, and the language is the browser's.
const FIELDS: &str =
    "input:not([aria-hidden=true]):not(details:not([open]) *), textarea, select:not(#language)";

/// The contents of the field for the name.
async fn name(window: &Window) -> String {
    window.finds("#name").await.prop("value").await.unwrap().unwrap()
}

#[test]
fn a_name_and_enter_is_all_it_takes() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let window = browser.open(Width::Wide).await;
        for (width, nick) in [(Width::Wide, "alice"), (Width::Narrow, "anna")] {
            window.starts_over(width).await;
            window.sees("Choose a name, and you are in.").await;
            assert_eq!(window.texts(FIELDS).await.len(), 1, "one field");
            assert_eq!(window.texts("button").await, ["Join"], "one button");
            assert_eq!(window.focus().await, "input#name");

            // Four inputs: a name, Enter, a message, Enter.
            window.presses(nick).await;
            window.hits(Key::Enter).await;
            window.finds("#composer").await;
            assert_eq!(window.title().await, "#room – parla");
            window.say("hello, all of you").await;
            window.hears("hello, all of you").await;
            bob.until(|line| line.ends_with("PRIVMSG #room :hello, all of you") && line.contains(nick));

            window.say("/join #garden").await;
            window.is_in("#garden").await;
            window.reload().await;
            window.finds("#composer").await;
            window.is_in("#garden").await;
            window.opens_the_list().await;
            let rooms = window.rooms().await;
            for line in [&format!("You are {nick}"), "#room", "#garden"] {
                assert!(rooms.iter().any(|room| room == line), "{line} is not in {rooms:?}");
            }
        }
    });
}

#[test]
fn a_name_that_does_not_work_is_followed_by_one_that_does() {
    visit(async |browser| {
        let _bob = browser.person("bob");
        let window = browser.open(Width::Wide).await;
        for width in [Width::Wide, Width::Narrow] {
            window.starts_over(width).await;
            window.types("#name", "bob").await;
            window.hits(Key::Enter).await;
            window.sees("Somebody is already called bob.").await;
            let suggestion = name(&window).await;
            assert!(suggestion.starts_with("bob") && suggestion != "bob", "`{suggestion}` is suggested");
            window.sees("How about this one?").await;
            window.hits(Key::Enter).await;
            window.finds("#composer").await;
            window.opens_the_list().await;
            window.sees(&format!("You are {suggestion}")).await;
        }

        window.starts_over(Width::Wide).await;
        window.finds("#name").await;
        window.hits(Key::Enter).await;
        window.sees("Write the name that others will see.").await;
        window.types("#name", "mary ann").await;
        window.hits(Key::Enter).await;
        window.sees("A name cannot contain spaces. How about this one?").await;
        assert_eq!(name(&window).await, "mary_ann");
        window.empties("#name").await;
        window.types("#name", "9lives").await;
        window.hits(Key::Enter).await;
        window.sees("A name cannot start with “9”.").await;
        assert_eq!(name(&window).await, "_9lives");
        window.empties("#name").await;
        window.join_as("nine").await;
        window.sees("You are nine").await;
    });
}

#[test]
fn names_of_all_scripts_come_in_and_talk() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let window = browser.open(Width::Wide).await;
        for nick in ["Zoë", "Владимир", "王小明"] {
            window.starts_over(Width::Wide).await;
            window.types("#name", nick).await;
            window.hits(Key::Enter).await;
            window.finds("#composer").await;
            window.sees(&format!("You are {nick}")).await;
            window.say(&format!("{nick} is here")).await;
            window.hears(&format!("{nick} is here")).await;
            bob.until(|line| line.starts_with(&format!(":{nick}!")) && line.ends_with(" is here"));
        }

        // A refusal gives the true reason, keeps what can be kept, and its message disappears afterwards.
        window.starts_over(Width::Wide).await;
        window.types("#name", "O'Brien").await;
        window.hits(Key::Enter).await;
        window.sees("A name cannot contain “'”.").await;
        assert_eq!(name(&window).await, "OBrien");
        window.hits(Key::Enter).await;
        window.finds("#composer").await;
        window.sees("You are OBrien").await;
    });
}
