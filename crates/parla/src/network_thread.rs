//! The network side on its own thread: clients, connections, timers and archives. The interface sends it
//! orders and receives batches of updates, and never waits for it.

mod certificate;
mod connection;
mod dial;
mod identity;
mod network;
mod networks;
mod plain;
mod tls;
mod trouble;

use std::{
    collections::BTreeMap,
    io,
    path::PathBuf,
    sync::mpsc::{Receiver, channel},
    thread,
};

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use parla_client::{
    Credentials,
    view::{NetworkId, Update},
};
use parla_ui::platform::AppCommand;
use tokio::sync::mpsc::{UnboundedReceiver as UnboundedReceiverOf, UnboundedSender, unbounded_channel};

use self::{
    networks::{Networks, Parts},
    tls::Tls,
};
use crate::{
    keyring::Keyring,
    limits::NETWORKS_END_MAX,
    store::{RememberedNetwork, Store, StoreNews},
};

/// What the thread must do.
#[derive(Debug)]
pub(crate) enum NetworkOrder {
    /// Carry out a command of the interface.
    Command(AppCommand),
    /// Disconnect from all networks politely, and end.
    End,
}

/// The handle for sending orders to the thread.
#[derive(Clone, Debug)]
pub(crate) struct NetworkOrders(UnboundedSender<NetworkOrder>);

/// The running thread.
#[derive(Debug)]
pub(crate) struct NetworkThread {
    orders: NetworkOrders,
    ended: Receiver<()>,
}

/// What the thread starts with.
pub(crate) struct Beginning {
    /// The folder of the archives.
    pub(crate) archives: PathBuf,
    /// The store that remembers the networks.
    pub(crate) store: Store,
    /// What the store reports.
    pub(crate) store_news: UnboundedReceiverOf<StoreNews>,
    /// The keyring with the passwords.
    pub(crate) keyring: Keyring,
    /// The networks to connect to, by id.
    pub(crate) networks: BTreeMap<u32, RememberedNetwork>,
}

impl NetworkOrders {
    /// Sends a command of the interface.
    pub(crate) fn command(&self, command: AppCommand) {
        // The thread runs until the program ends.
        let _ = self.0.send(NetworkOrder::Command(command));
    }
}

impl NetworkThread {
    /// Starts the thread. Also returns the channel on which the interface receives updates.
    ///
    /// # Errors
    /// The system provides no thread or no runtime.
    pub(crate) fn start(beginning: Beginning) -> io::Result<(Self, UnboundedReceiver<Vec<Update>>)> {
        Self::start_with(beginning, Tls::default())
    }

    fn start_with(beginning: Beginning, tls: Tls) -> io::Result<(Self, UnboundedReceiver<Vec<Update>>)> {
        let (orders, incoming) = unbounded_channel();
        let (updates, batches) = unbounded();
        let (ending, ended) = channel::<()>();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let Beginning { archives, store, store_news, keyring, networks: known } = beginning;
        let parts = Parts { archives, store, keyring, tls, updates, orders: incoming, store_news };
        thread::Builder::new().name("networks".to_owned()).spawn(move || {
            runtime.block_on(async move {
                let mut networks = Networks::new(parts);
                for (number, remembered) in known {
                    networks.add(NetworkId(number), remembered, Credentials::default());
                }
                networks.run().await;
            });
            // A name lookup that is still running is not waited for.
            runtime.shutdown_background();
            drop(ending);
        })?;
        Ok((Self { orders: NetworkOrders(orders), ended }, batches))
    }

    /// A handle for sending orders.
    pub(crate) fn orders(&self) -> NetworkOrders {
        self.orders.clone()
    }

    /// Disconnects from all networks and ends the thread; waits for that, but not for long.
    pub(crate) fn end(&self) {
        let _ = self.orders.0.send(NetworkOrder::End);
        // Nothing is sent on this channel; the thread ends it by dropping it.
        if self.ended.recv_timeout(NETWORKS_END_MAX) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            tracing::warn!("the networks were not left in time");
        }
    }
}

#[cfg(test)]
mod killed;
#[cfg(test)]
mod tests;
