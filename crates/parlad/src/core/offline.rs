//! The state machine without a server around it, so that an administrator can repair what is stored while no
//! server runs.
//!
//! The data directory is locked meanwhile, so that no server can start on data that is being changed.

use std::time::Instant;

use parla_server::{AdminAnswer, AdminRequest, Input, MessageIds, NodeId, Output, Outputs, Server, Start};
use parla_store::{Database, DatabaseError};

use crate::{config::Config, core::clock::Clock, limits::OFFLINE_FORGET_TIME_MAX};

/// A server without connections.
pub(crate) struct Offline {
    server: Server,
    clock: Clock,
    /// Present until it is closed at the end.
    database: Option<Database>,
}

/// The state machine with what the database contains.
pub(crate) fn restore(config: &Config, database: &Database) -> Result<(Server, Clock), DatabaseError> {
    let kept = database.tables().kept(&config.settings.network.name_rules())?;
    let mut clock = Clock::start_after(database.tables().last_time()?);
    let after_last = database.tables().last_seq()?.map_or(0, |last| last + 1);
    let start = Start::Alone { next_seq: clock.first_seq().max(after_last), kept };
    let mut settings = config.settings.clone();
    settings.network.message_ids = MessageIds::new(&database.message_key()?);
    settings.network.addresses_hidden = config.connections.cloak;
    let server = Server::new(NodeId::ALONE, settings, start, clock.now());
    Ok((server, clock))
}

impl Offline {
    /// Opens the data that a server has stored.
    pub(crate) fn open(config: &Config) -> anyhow::Result<Self> {
        let path = parla_store::path(&config.data_dir);
        anyhow::ensure!(
            path.exists(),
            "there is no {}: say by --config or --data-dir where the server keeps its data",
            path.display()
        );
        let database = Database::open(&config.data_dir, config.durability)?;
        let (server, clock) = restore(config, &database)?;
        Ok(Self { server, clock, database: Some(database) })
    }

    /// Handles a request, and returns the answer when its changes are on disk.
    pub(crate) fn ask(&mut self, request: AdminRequest) -> anyhow::Result<AdminAnswer> {
        let mut out = Outputs::default();
        self.server.handle(self.clock.now(), Input::Administration { id: 0, request }, &mut out);
        if let Some(database) = self.database.as_mut().filter(|_| !out.changes.is_empty()) {
            database.commit(&out.changes)?;
            forget(database)?;
        }
        let answer = out.outputs.into_iter().find_map(|output| match output {
            Output::Administered { answer, .. } => Some(*answer),
            _ => None,
        });
        answer.ok_or_else(|| anyhow::anyhow!("there is no answer"))
    }
}

impl Drop for Offline {
    /// Closes the database, with everything in its single file.
    fn drop(&mut self) {
        if let Some(Err(error)) = self.database.take().map(Database::close) {
            tracing::error!(%error, "cannot bring everything into parla.db; parla.db-wal belongs to it");
        }
    }
}

/// Deletes the messages of rooms that no longer exist from the file. A server deletes later what remains when
/// the time is over.
fn forget(database: &mut Database) -> Result<(), DatabaseError> {
    let until = Instant::now() + OFFLINE_FORGET_TIME_MAX;
    while database.has_forgotten() && Instant::now() < until {
        database.forget()?;
    }
    Ok(())
}
