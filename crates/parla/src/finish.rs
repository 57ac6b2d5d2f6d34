//! The end of the program, when the window is closed or the system asks for it: disconnects from all
//! networks, and writes everything.

use std::{
    process,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use crate::{data_dir::DataDir, network_thread::NetworkThread, store::Writing};

/// What must be ended. The window's thread and that of the signals share it: the first one takes it, the
/// other waits.
#[derive(Clone)]
pub(crate) struct Finish(Arc<Mutex<Option<Ending>>>);

struct Ending {
    network_thread: NetworkThread,
    writing: Writing,
    /// It is released last.
    _data_dir: DataDir,
}

impl Finish {
    pub(crate) fn new(network_thread: NetworkThread, writing: Writing, data_dir: DataDir) -> Self {
        Self(Arc::new(Mutex::new(Some(Ending { network_thread, writing, _data_dir: data_dir }))))
    }

    /// Ends everything except the process.
    pub(crate) fn now(&self) {
        let mut ending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Ending { network_thread, writing, _data_dir }) = ending.take() {
            // The networks still store something when they end.
            network_thread.end();
            writing.end();
        }
    }

    /// Ends everything and the process when the system asks for it: at the end of a session, or with Ctrl-C.
    /// A hidden window does not draw, and so could not be asked to close.
    pub(crate) fn at_signals(&self) {
        let finish = self.clone();
        let waiting = thread::Builder::new().name("signals".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if runtime.is_ok_and(|runtime| runtime.block_on(signal()).is_ok()) {
                finish.now();
                process::exit(0);
            }
        });
        if let Err(error) = waiting {
            tracing::warn!(%error, "no thread for signals");
        }
    }
}

#[cfg(unix)]
async fn signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
