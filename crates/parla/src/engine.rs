//! The network side, on a thread of its own: clients, connections, timers and archives. The interface talks to it by orders
//! and hears from it in batches; it never waits for it.

mod certificate;
mod connection;
mod dial;
mod hub;
mod identity;
mod network;
mod plain;
mod tls;
mod trouble;
mod wish;

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
use parla_ui::platform::Command;
use tokio::sync::mpsc::{UnboundedReceiver as UnboundedReceiverOf, UnboundedSender, unbounded_channel};

use self::{
    hub::{Hub, Parts},
    tls::Tls,
};
use crate::{
    keyring::Keyring,
    limits::ENGINE_END_MAX,
    store::{RememberedNetwork, Store, StoreNews},
};

/// What the engine is to do.
#[derive(Debug)]
pub(crate) enum Order {
    /// The interface wants something.
    Command(Command),
    /// Leave all networks, politely, and end.
    End,
}

/// The way to the engine.
#[derive(Clone, Debug)]
pub(crate) struct Orders(UnboundedSender<Order>);

/// The engine, running.
#[derive(Debug)]
pub(crate) struct Engine {
    orders: Orders,
    ended: Receiver<()>,
}

/// What the engine starts with.
pub(crate) struct Beginning {
    /// Where messages are kept.
    pub(crate) archives: PathBuf,
    /// Where networks are remembered.
    pub(crate) store: Store,
    /// What is to be told of that.
    pub(crate) store_news: UnboundedReceiverOf<StoreNews>,
    /// Where passwords are kept.
    pub(crate) keyring: Keyring,
    /// The networks to connect to.
    pub(crate) networks: BTreeMap<u32, RememberedNetwork>,
}

impl Orders {
    /// Hands over a command of the interface.
    pub(crate) fn command(&self, command: Command) {
        // The engine ends with the program only.
        let _ = self.0.send(Order::Command(command));
    }
}

impl Engine {
    /// Starts the engine. The other is where the interface hears from it.
    ///
    /// # Errors
    /// The system gives no thread, or no runtime.
    pub(crate) fn start(beginning: Beginning) -> io::Result<(Self, UnboundedReceiver<Vec<Update>>)> {
        Self::start_with(beginning, Tls::default())
    }

    fn start_with(beginning: Beginning, tls: Tls) -> io::Result<(Self, UnboundedReceiver<Vec<Update>>)> {
        let (orders, incoming) = unbounded_channel();
        let (updates, batches) = unbounded();
        let (ending, ended) = channel::<()>();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let Beginning { archives, store, store_news, keyring, networks } = beginning;
        let parts = Parts { archives, store, keyring, tls, updates, orders: incoming, store_news };
        thread::Builder::new().name("engine".to_owned()).spawn(move || {
            runtime.block_on(async move {
                let mut hub = Hub::new(parts);
                for (number, remembered) in networks {
                    hub.add(NetworkId(number), remembered, Credentials::default());
                }
                hub.run().await;
            });
            // A name that is still being looked up is not waited for.
            runtime.shutdown_background();
            drop(ending);
        })?;
        Ok((Self { orders: Orders(orders), ended }, batches))
    }

    /// The way to it.
    pub(crate) fn orders(&self) -> Orders {
        self.orders.clone()
    }

    /// Leaves all networks and ends; waits for that, but not for long.
    pub(crate) fn end(&self) {
        let _ = self.orders.0.send(Order::End);
        // Nothing is sent; it ends by being dropped.
        if self.ended.recv_timeout(ENGINE_END_MAX) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            tracing::warn!("the networks were not left in time");
        }
    }
}

#[cfg(test)]
mod killed;
#[cfg(test)]
mod tests;
