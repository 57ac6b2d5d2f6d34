//! The members of a channel, and what the person may do there.

use expect_test::expect;
use parla_client::view::{Rank, Rights};

use super::support::Rig;

fn filled() -> Rig {
    let mut rig = Rig::online();
    rig.wants(parla_client::Intent::Join { room: "#lobby".into(), key: None });
    rig.server(
        ":alice!a@host JOIN #lobby
         :s 353 alice = #lobby :alice ~@owner &admin @+op
         :s 353 alice = #lobby :%half +voiced!v@host zoe Bob
         :s 366 alice #lobby :End",
    );
    rig.sent();
    rig
}

#[test]
fn members_are_sorted_by_rank_and_name() {
    let rig = filled();
    assert_eq!(rig.members("#lobby"), "~owner, &admin, @op, %half, +voiced, alice, Bob, zoe");
}

#[test]
fn a_list_of_modes_changes_each() {
    let mut rig = filled();
    rig.server(":op!o@host MODE #lobby +ov-v zoe bob voiced");
    assert_eq!(rig.members("#lobby"), "~owner, &admin, @op, @zoe, %half, +Bob, alice, voiced");
    // A member who loses one prefix keeps the others.
    rig.server(":owner!o@host MODE #lobby -o op\n:owner!o@host MODE #lobby -q owner");
    assert_eq!(rig.members("#lobby"), "&admin, @owner, @zoe, %half, +Bob, +op, alice, voiced");
    rig.shows(
        "#lobby",
        expect![[r#"
            -- op set +Operator zoe, +Voice bob, -Voice voiced
            -- owner set -Operator op
            -- owner set -Founder owner
        "#]],
    );
}

#[test]
fn modes_with_and_without_words_are_told_apart() {
    let mut rig = filled();
    rig.server(":s 005 alice CHANMODES=beI,k,lf,imnst :are supported");
    rig.server(":op!o@host MODE #lobby +blk-l+o *!*@bad 50 sesame zoe");
    assert_eq!(rig.members("#lobby"), "~owner, &admin, @op, @zoe, %half, +voiced, alice, Bob");
    assert!(rig.records["room #lobby"].contains("\"key\":\"sesame\""));
    rig.server(":op!o@host MODE #lobby +k *");
    rig.server(":op!o@host MODE #lobby -k sesame");
    assert!(!rig.records["room #lobby"].contains("key"));
}

#[test]
fn rights_follow_the_rank_and_the_modes() {
    let mut rig = filled();
    assert_eq!(
        rig.buffer("#lobby").rights,
        Rights { set_topic: false, kick: false, rank: Rank::Member, silenced: None }
    );
    rig.server(":op!o@host MODE #lobby -t");
    assert_eq!(
        rig.buffer("#lobby").rights,
        Rights { set_topic: true, kick: false, rank: Rank::Member, silenced: None }
    );
    rig.server(":op!o@host MODE #lobby +to alice");
    assert_eq!(
        rig.buffer("#lobby").rights,
        Rights { set_topic: true, kick: true, rank: Rank::Operator, silenced: None }
    );
    rig.server(":op!o@host KICK #lobby alice");
    assert_eq!(rig.buffer("#lobby").rights, Rights::default());
}

#[test]
fn people_come_and_go_and_change_their_names() {
    let mut rig = filled();
    rig.server(
        "@10:01 :carol!c@host JOIN #lobby * :Carol
         @10:02 :carol!c@host JOIN #lobby
         @10:03 :zoe!z@host PART #lobby :bye
         @10:04 :op!o@host QUIT :gone
         @10:05 :bob!b@host NICK robert
         @10:06 :nobody!n@host QUIT :x
         @10:07 :nobody!n@host PART #lobby
         @10:08 :nobody!n@host NICK somebody",
    );
    assert_eq!(rig.members("#lobby"), "~owner, &admin, %half, +voiced, alice, carol, robert");
    rig.shows(
        "#lobby",
        expect![[r#"
        -- carol joined
        -- zoe left: bye
        -- op quit: gone
        -- bob is robert
    "#]],
    );
}

#[test]
fn being_away_is_shown() {
    let mut rig = filled();
    rig.server(":zoe!z@host AWAY :lunch\n:bob!b@host AWAY :x\n:bob!b@host AWAY");
    assert_eq!(rig.members("#lobby"), "~owner, &admin, @op, %half, +voiced, alice, Bob, zoe (away)");
    rig.server(":zoe!z@host NICK zoe2\n:op!o@h MODE #lobby +v zoe2");
    assert!(rig.members("#lobby").contains("+zoe2 (away)"));
}

#[test]
fn names_are_equal_as_the_server_says() {
    let mut rig = Rig::on_server("", "CASEMAPPING=rfc1459 PREFIX=(ov)@+");
    rig.wants(parla_client::Intent::Join { room: "#a[]".into(), key: None });
    rig.server(":ALICE!a@host JOIN #A{}\n:s 353 alice = #a[] :alice bob[x]\n:BOB{X}!b@host PART #A[]");
    rig.lists(expect![[r#"
        #A{} present
    "#]]);
    assert_eq!(rig.members("#A{}"), "alice");
}

#[test]
fn members_are_asked_anew_after_a_lost_connection() {
    let mut rig = filled();
    rig.reconnects();
    assert_eq!(rig.members("#lobby"), "");
    rig.greet("", "");
    rig.server(":alice!a@host JOIN #lobby\n:s 353 alice = #lobby :alice carol");
    assert_eq!(rig.members("#lobby"), "alice, carol");
}
