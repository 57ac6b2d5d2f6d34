//! The rows of invitations. Their codes follow from their numbers and the server's key, and are not stored.

use parla_proto::Timestamp;
use parla_server::{AccountId, ChannelId, InvitationId, InvitationState};
use rusqlite::{Connection, Transaction, params};

use crate::{DatabaseError, accounts, channels};

/// The stored invitations, in the order in which they were made.
pub(crate) fn read(connection: &Connection) -> Result<Vec<InvitationState>, DatabaseError> {
    let sql = "SELECT id, made_by, made_at, expires_at, uses_left, makes_owner FROM invitations ORDER BY id";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut invitations = Vec::new();
    while let Some(row) = rows.next()? {
        let id = InvitationId::from_number(row.get::<_, i64>(0)?.cast_unsigned());
        let made_by: Option<i64> = row.get(1)?;
        let expires_at: Option<i64> = row.get(3)?;
        invitations.push(InvitationState {
            id,
            made_by: made_by.map(|account| AccountId::from_number(account.cast_unsigned())),
            made_at: Timestamp::from_millis(row.get(2)?),
            expires_at: expires_at.map(Timestamp::from_millis),
            // A number that makes no sense lets nobody in.
            uses_left: u32::try_from(row.get::<_, i64>(4)?).unwrap_or_default(),
            channels: channels_of(connection, id)?,
            makes_owner: row.get::<_, i64>(5)? == 1,
        });
    }
    Ok(invitations)
}

fn channels_of(connection: &Connection, id: InvitationId) -> Result<Vec<ChannelId>, rusqlite::Error> {
    let sql = "SELECT channel FROM invitation_channels WHERE invitation = ?1 ORDER BY place, channel";
    let mut statement = connection.prepare_cached(sql)?;
    let channels = statement.query_map([row_id(id)], |row| row.get::<_, i64>(0))?;
    channels.map(|channel| Ok(ChannelId::from_number(channel?.cast_unsigned()))).collect()
}

/// The row id of an invitation.
pub(crate) const fn row_id(invitation: InvitationId) -> i64 {
    invitation.number().cast_signed()
}

/// Stores a whole invitation, in place of what was stored before.
pub(crate) fn keep(
    transaction: &Transaction<'_>,
    invitation: &InvitationState,
) -> Result<(), rusqlite::Error> {
    delete(transaction, invitation.id)?;
    let id = row_id(invitation.id);
    let sql = "INSERT INTO invitations (id, made_by, made_at, expires_at, uses_left, makes_owner)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    transaction.prepare_cached(sql)?.execute(params![
        id,
        invitation.made_by.map(accounts::row_id),
        invitation.made_at.as_millis(),
        invitation.expires_at.map(Timestamp::as_millis),
        invitation.uses_left,
        invitation.makes_owner,
    ])?;
    let sql = "INSERT OR IGNORE INTO invitation_channels (invitation, channel, place) VALUES (?1, ?2, ?3)";
    let mut statement = transaction.prepare_cached(sql)?;
    for (place, channel) in (0_i64..).zip(&invitation.channels) {
        statement.execute(params![id, channels::row_id(*channel), place])?;
    }
    Ok(())
}

/// Deletes an invitation.
pub(crate) fn delete(transaction: &Transaction<'_>, id: InvitationId) -> Result<(), rusqlite::Error> {
    transaction.prepare_cached("DELETE FROM invitations WHERE id = ?1")?.execute([row_id(id)])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use parla_history::Durability;
    use parla_server::{Change, Kept, NetworkSettings};

    use super::*;
    use crate::{Database, Tables};

    fn invitation() -> InvitationState {
        InvitationState {
            id: InvitationId::from_number(12),
            made_by: Some(AccountId::from_number(7)),
            made_at: Timestamp::from_millis(1_000),
            expires_at: Some(Timestamp::from_millis(2_000)),
            uses_left: 3,
            channels: [9, 3].map(ChannelId::from_number).to_vec(),
            makes_owner: false,
        }
    }

    fn kept(tables: &Tables) -> Kept {
        tables.kept(&NetworkSettings::named("irc.example.org").name_rules()).unwrap()
    }

    #[test]
    fn invitations_are_kept_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let setup = InvitationState {
            id: InvitationId::from_number(2),
            made_by: None,
            expires_at: None,
            channels: Vec::new(),
            makes_owner: true,
            ..invitation()
        };
        let used = InvitationState { uses_left: 2, ..invitation() };
        {
            let mut database = Database::open(folder.path(), Durability::Os).unwrap();
            let changes =
                [&setup, &invitation(), &used].map(|state| Change::Invitation(Box::new(state.clone())));
            database.commit(&changes).unwrap();
        }
        let mut database = Database::open(folder.path(), Durability::Os).unwrap();
        assert_eq!(kept(database.tables()).invitations, [setup, used.clone()]);

        database.commit(&[Change::InvitationRevoked { invitation: used.id }]).unwrap();
        assert_eq!(kept(database.tables()).invitations.len(), 1);
        // No later entry may have its number, or it would have its code.
        assert_eq!(database.tables().last_seq().unwrap(), Some(12));
    }
}
