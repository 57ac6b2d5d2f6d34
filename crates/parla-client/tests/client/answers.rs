//! Answers and reactions: which message they belong to, whatever arrives first.

use expect_test::expect;

use super::support::{Rig, World};

#[test]
fn an_answer_quotes_what_it_answers() {
    let mut rig = Rig::in_lobby("@09:01;msgid=m1 :bob!b@host PRIVMSG #lobby :shall we go?");
    rig.server(
        "@msgid=m2;+draft/reply=m1 :carol!c@host PRIVMSG #lobby :yes
         @msgid=m3;+reply=m2 :dave!d@host PRIVMSG #lobby :me too
         @msgid=m4;+reply=gone :dave!d@host PRIVMSG #lobby :to what?
         @msgid=m5;+reply= :dave!d@host PRIVMSG #lobby :to nothing",
    );
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> shall we go?
        ---- new
        <carol> (to bob: shall we go?) yes
        <dave> (to carol: yes) me too
        <dave> (to ?) to what?
        <dave> to nothing
    "#]],
    );
}

#[test]
fn an_answer_finds_what_comes_in_later() {
    let mut rig = Rig::in_lobby("@09:02;msgid=m2;+draft/reply=m1 :bob!b@host PRIVMSG #lobby :yes");
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> (to ?) yes
    "#]],
    );
    let buffer = rig.id("#lobby");
    rig.wants(parla_client::Intent::LoadEarlier { buffer });
    rig.history("#lobby", "@09:01;msgid=m1 :carol!c@host PRIVMSG #lobby :shall we go?");
    rig.shows(
        "#lobby",
        expect![[r#"
        <carol> shall we go?
        <bob> (to carol: shall we go?) yes
    "#]],
    );
}

#[test]
fn reactions_are_counted_once_for_each_and_taken_back() {
    let mut rig = Rig::in_lobby("@09:01;msgid=m1 :bob!b@host PRIVMSG #lobby :we did it");
    rig.server(
        "@+draft/reply=m1;+draft/react=🎉 :carol!c@host TAGMSG #lobby
         @+draft/reply=m1;+draft/react=🎉 :carol!c@host TAGMSG #lobby
         @+reply=m1;+react=🎉 :alice!a@host TAGMSG #lobby
         @+draft/reply=m1;+draft/react=❤️ :dave!d@host PRIVMSG #lobby :❤️
         @+draft/reply=m1;+draft/react=lol :dave!d@host PRIVMSG #lobby :
         @+draft/reply=gone;+draft/react=lol :dave!d@host TAGMSG #lobby
         @+draft/react=lol :dave!d@host TAGMSG #lobby
         @+typing=active :dave!d@host TAGMSG #lobby",
    );
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> we did it [🎉! carol,alice] [❤️ dave] [lol dave]
    "#]],
    );
    rig.server(
        "@+draft/reply=m1;+draft/unreact=🎉 :alice!a@host TAGMSG #lobby
         @+draft/reply=m1;+draft/unreact=lol :dave!d@host TAGMSG #lobby
         @+draft/reply=m1;+draft/unreact=🎉 :nobody!d@host TAGMSG #lobby",
    );
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> we did it [🎉 carol] [❤️ dave]
    "#]],
    );
    rig.lists(expect![[r#"
        #lobby present, more before
    "#]]);
}

#[test]
fn a_reaction_with_words_of_its_own_is_a_message_too() {
    let mut rig = Rig::in_lobby("@09:01;msgid=m1 :bob!b@host PRIVMSG #lobby :we did it");
    rig.server(
        "@msgid=m2;+draft/reply=m1;+draft/react=👍 :carol!c@host PRIVMSG #lobby :well done
         @msgid=m3;+draft/reply=gone;+draft/react=👍 :carol!c@host PRIVMSG #lobby :👍",
    );
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> we did it [👍 carol]
        ---- new
        <carol> (to bob: we did it) well done
        <carol> (to ?) 👍
    "#]],
    );
}

#[test]
fn hostile_reactions_are_bounded() {
    let mut rig = Rig::in_lobby("@09:01;msgid=m1 :bob!b@host PRIVMSG #lobby :we did it");
    for number in 0..300 {
        rig.server(&format!(
            "@+draft/reply=m1;+draft/react=r{number} :u{number}!c@host TAGMSG #lobby
             @+draft/reply=m1;+draft/react=same :u{number}!c@host TAGMSG #lobby
             @+draft/reply=none{number} :u{number}!c@host PRIVMSG #lobby :x"
        ));
    }
    let row = rig.row("#lobby", "we did it");
    let said = rig.said(row);
    let people: usize = said.reactions.iter().map(|one| one.by.len()).sum();
    assert_eq!((said.reactions.len(), people), (50, 200));
}

#[test]
fn the_real_server_passes_them_on() {
    let mut world = World::usual();
    let alice = world.add_to("#lobby", "alice");
    let bob = world.add_to("#lobby", "bob");
    world.says(bob, "#lobby", "shall we go?");
    world.settle();
    let row = world.wires[alice].rig.row("#lobby", "shall we");
    let msgid = world.wires[alice].rig.said(row).msgid.clone().unwrap();
    world.raw(alice, &format!("@+draft/reply={msgid};+draft/react=👍 TAGMSG #lobby"));
    world.raw(alice, &format!("@+draft/reply={msgid} PRIVMSG #lobby :at eight"));
    world.settle();
    world.wires[alice].rig.shows(
        "#lobby",
        expect![[r#"
        -- bob joined
        ---- new
        <bob> shall we go? [👍! alice]
        <me> (to bob: shall we go?) at eight
    "#]],
    );
    world.wires[bob].rig.shows(
        "#lobby",
        expect![[r#"
        <me> shall we go? [👍 alice]
        ---- new
        <alice> (to bob: shall we go?) at eight
    "#]],
    );
}
