//! Watches how much of the disk is free, and tells the hub when that becomes too little, or sufficient again.

use std::{sync::Arc, time::Instant};

use parla_server::Input;
use tokio::sync::mpsc;

use crate::{
    health::{Health, Room},
    limits::DISK_LOOK_INTERVAL,
    net::hub_input::HubInput,
};

/// When to look at the disk next, and what the hub was last told.
pub(crate) struct DiskWatch {
    health: Arc<Health>,
    hub: mpsc::Sender<HubInput>,
    is_low: bool,
    looks_at: Instant,
}

impl DiskWatch {
    /// The first look happens when it is asked to.
    pub(crate) fn new(health: Arc<Health>, hub: mpsc::Sender<HubInput>) -> Self {
        Self { health, hub, is_low: false, looks_at: Instant::now() }
    }

    /// Whether the hub was told that there is too little space.
    pub(crate) const fn is_low(&self) -> bool {
        self.is_low
    }

    /// Checks from time to time how much of the disk is free, and tells the hub when that becomes too little,
    /// or sufficient again.
    pub(crate) fn look(&mut self) {
        let now = Instant::now();
        if now < self.looks_at {
            return;
        }
        self.looks_at = now + DISK_LOOK_INTERVAL;
        let room = if self.is_low { self.health.disk.room_again() } else { self.health.disk.room() };
        let is_low = room != Room::Enough;
        if is_low == self.is_low {
            return;
        }
        // If the hub's queue is full, it is told the next time.
        if self.hub.try_send(HubInput::Server(Input::Storage { is_low })).is_err() {
            return;
        }
        self.is_low = is_low;
        match room {
            Room::Low { free } => tracing::warn!(
                free,
                "the disk is nearly full: what would have to be kept is refused until there is room. See storage.reserve"
            ),
            Room::Enough => tracing::info!("the disk has room again"),
        }
    }
}
