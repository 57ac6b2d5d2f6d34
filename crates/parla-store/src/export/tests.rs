//! What somebody gets of themselves, and what they do not get of others.

use std::sync::Arc;

use parla_proto::AccountName;
use parla_server::{
    AccountPair, AccountState, Change, ChannelId, Conversation, InvitationId, InvitationState, Spoken, Verb,
};

use super::*;
use crate::Tables;

fn account(number: u64, name: &str) -> Change {
    let name = AccountName::kept(name).unwrap();
    let state = AccountState::new(AccountId::from_number(number), name, Timestamp::from_millis(0));
    Change::Account(Box::new(state))
}

fn said(seq: u64, by: &str, conversation: &Conversation, text: &str) -> Change {
    Change::Message(Arc::new(Spoken {
        seq,
        at: Timestamp::from_millis(seq.cast_signed()),
        verb: Verb::Privmsg,
        source: format!("{by}!u@host"),
        account: AccountName::kept(by).ok(),
        conversation: Some(conversation.clone()),
        target: String::new(),
        text: text.to_owned(),
        tags: String::new(),
        cuts: Vec::new(),
        refers_to: None,
    }))
}

fn pair(one: u64, other: u64) -> Conversation {
    let [one, other] = [one, other].map(AccountId::from_number);
    Conversation::Accounts(AccountPair::new(one, other))
}

/// A server with two rooms and three people, one of whom has the name of somebody who is gone.
fn tables() -> Tables {
    let mut tables = Tables::in_memory().unwrap();
    tables
        .connection
        .execute_batch(
            "INSERT INTO channels (id, name, created_at, modes, owner) VALUES
                 (1, '#tea', 0, '', 10), (2, '#rust', 0, '', 11), (3, '#empty', 0, '', 11);
             INSERT INTO conversations (id, kind) VALUES (1, 'room'), (2, 'room'), (3, 'room');",
        )
        .unwrap();
    let [tea, rust] = [1, 2].map(|number| Conversation::Channel(ChannelId::from_number(number)));
    let before = said(5, "alice", &tea, "by another alice, whose account is deleted");
    let changes = [
        before,
        account(10, "alice"),
        account(11, "bob"),
        said(12, "alice", &tea, "hello"),
        said(13, "bob", &tea, "not hers"),
        said(14, "alice", &rust, "two\nlines"),
        said(15, "alice", &pair(10, 11), "to bob"),
        said(16, "bob", &pair(10, 11), "from bob"),
        said(17, "alice", &pair(10, 10), "a note"),
        said(18, "alice", &tea, "taken back"),
        Change::Redacted { conversation: tea, seq: 18 },
        Change::Invitation(Box::new(InvitationState {
            id: InvitationId::from_number(19),
            made_by: Some(AccountId::from_number(10)),
            made_at: Timestamp::from_millis(19),
            expires_at: None,
            uses_left: 3,
            makes_owner: false,
            channels: Vec::new(),
        })),
    ];
    tables.commit(&changes).unwrap();
    let sql = "INSERT INTO channel_access (channel, account, modes) VALUES (2, 10, 'o'), (1, 10, 'q')";
    tables.connection.execute_batch(sql).unwrap();
    tables
}

fn export(tables: &Tables, account: u64) -> Export {
    Export::of(&tables.connection, AccountId::from_number(account)).unwrap()
}

#[test]
fn people_get_what_is_theirs_and_nothing_else() {
    let tables = tables();
    let alice = export(&tables, 10);
    let messages = alice.messages.iter().map(|message| (message.to.as_deref(), message.text.as_str()));
    let expected = [
        (Some("#tea"), "hello"),
        (Some("#rust"), "two\nlines"),
        (Some("bob"), "to bob"),
        (Some("alice"), "a note"),
    ];
    assert!(messages.eq(expected), "{:?}", alice.messages);
    assert_eq!(alice.messages[0].source, "alice!u@host");
    assert_eq!(alice.messages[0].at, "1970-01-01T00:00:00.012Z");
    let room = |room: &str, owned, ranks: &str| ExportedRoom {
        room: room.to_owned(),
        owned,
        ranks: ranks.to_owned(),
    };
    assert_eq!(alice.rooms, [room("#rust", false, "o"), room("#tea", true, "q")]);
    assert_eq!(alice.invitations.len(), 1);
    let bob = export(&tables, 11);
    assert_eq!(bob.rooms, [room("#empty", true, ""), room("#rust", true, "")]);
    let texts: Vec<&str> = bob.messages.iter().map(|message| message.text.as_str()).collect();
    assert_eq!(texts, ["not hers", "from bob"]);
    assert!(bob.invitations.is_empty());
}

#[test]
fn what_was_said_to_somebody_who_is_gone_is_still_theirs() {
    let mut tables = tables();
    tables.commit(&[Change::AccountDeleted { account: AccountId::from_number(11) }]).unwrap();
    let alice = export(&tables, 10);
    let to_bob = alice.messages.iter().find(|message| message.text == "to bob").unwrap();
    assert_eq!(to_bob.to, None);
}

#[test]
fn a_forgotten_room_is_in_no_export() {
    let mut tables = tables();
    tables.commit(&[Change::ChannelForgotten { channel: ChannelId::from_number(2) }]).unwrap();
    let alice = export(&tables, 10);
    assert!(alice.messages.iter().all(|message| message.text != "two\nlines"));
    assert_eq!(alice.rooms.len(), 1);
}
