//! Passwords in the system's keyring, and nowhere else. It has its own thread, because a keyring may first
//! ask the person to unlock it.
//!
//! There is one entry per network, under the network's id. Without a keyring nothing is stored.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use keyring_core::{CredentialStore, Entry, Error};
use parla_client::Credentials;

/// The name under which a keyring shows our entries.
const SERVICE: &str = "parla";

/// Opens the keyring.
type Open = Box<dyn Fn() -> Result<Arc<CredentialStore>, Error> + Send>;
/// Receives the result; an error is a text for the details of a problem.
type Answer<T> = Box<dyn FnOnce(Result<T, String>) + Send>;

enum KeyringOrder {
    Keep(String, Credentials, Answer<()>),
    Load(String, Answer<Credentials>),
    Forget(String),
}

/// The handle of the keyring.
#[derive(Clone)]
pub(crate) struct Keyring {
    orders: Sender<KeyringOrder>,
    is_there: Arc<AtomicBool>,
}

impl Keyring {
    /// The system's keyring.
    ///
    /// # Errors
    /// The system provides no thread.
    pub(crate) fn system() -> io::Result<Self> {
        Self::start(Box::new(open_system))
    }

    /// Starts the thread, which immediately checks whether there is a keyring.
    pub(crate) fn start(open: Open) -> io::Result<Self> {
        let (orders, incoming) = channel();
        let is_there = Arc::new(AtomicBool::new(false));
        let found = Arc::clone(&is_there);
        thread::Builder::new().name("keyring".to_owned()).spawn(move || {
            Keeper { open, store: None, found }.run(&incoming);
        })?;
        Ok(Self { orders, is_there })
    }

    /// Whether there is a keyring, so that the person can be asked.
    pub(crate) fn is_there(&self) -> bool {
        self.is_there.load(Ordering::Acquire)
    }

    /// Stores the person's credentials for a network, replacing earlier ones.
    pub(crate) fn keep(&self, network: &str, credentials: Credentials, answer: Answer<()>) {
        self.say(KeyringOrder::Keep(network.to_owned(), credentials, answer));
    }

    /// Requests the stored credentials.
    pub(crate) fn load(&self, network: &str, answer: Answer<Credentials>) {
        self.say(KeyringOrder::Load(network.to_owned(), answer));
    }

    /// Deletes the stored credentials.
    pub(crate) fn forget(&self, network: &str) {
        self.say(KeyringOrder::Forget(network.to_owned()));
    }

    fn say(&self, order: KeyringOrder) {
        // The thread runs until the program ends.
        let _ = self.orders.send(order);
    }
}

#[cfg(target_os = "linux")]
fn open_system() -> Result<Arc<CredentialStore>, Error> {
    let store = zbus_secret_service_keyring_store::Store::new()?;
    Ok(store)
}

#[cfg(not(target_os = "linux"))]
fn open_system() -> Result<Arc<CredentialStore>, Error> {
    Err(Error::NotSupportedByStore("passwords are not kept on this system".to_owned()))
}

/// The state of the thread.
struct Keeper {
    open: Open,
    store: Option<Arc<CredentialStore>>,
    found: Arc<AtomicBool>,
}

impl Keeper {
    fn run(mut self, incoming: &Receiver<KeyringOrder>) {
        if let Err(error) = self.store() {
            tracing::info!(%error, "there is no keyring; passwords are not kept");
        }
        for order in incoming {
            match order {
                KeyringOrder::Keep(network, credentials, answer) => {
                    answer(self.keep(&network, &credentials).map_err(|error| error.to_string()));
                }
                KeyringOrder::Load(network, answer) => {
                    answer(self.load(&network).map_err(|error| error.to_string()));
                }
                KeyringOrder::Forget(network) => {
                    if let Err(error) = self.forget(&network) {
                        tracing::warn!(%error, "the passwords of a network are still in the keyring");
                    }
                }
            }
        }
    }

    /// Opens the keyring if that failed before, because it may be started later.
    fn store(&mut self) -> Result<Arc<CredentialStore>, Error> {
        if let Some(store) = &self.store {
            return Ok(Arc::clone(store));
        }
        let store = (self.open)()?;
        self.found.store(true, Ordering::Release);
        Ok(Arc::clone(self.store.insert(store)))
    }

    fn entry(&mut self, network: &str) -> Result<Entry, Error> {
        Entry::new_in_store(&self.store()?, SERVICE, network)
    }

    fn keep(&mut self, network: &str, credentials: &Credentials) -> Result<(), Error> {
        let text = zeroize::Zeroizing::new(serde_json::to_vec(credentials).unwrap_or_default());
        self.entry(network)?.set_secret(&text)
    }

    fn load(&mut self, network: &str) -> Result<Credentials, Error> {
        let text = zeroize::Zeroizing::new(self.entry(network)?.get_secret()?);
        serde_json::from_slice(&text).map_err(|_| Error::NoEntry)
    }

    fn forget(&mut self, network: &str) -> Result<(), Error> {
        match self.entry(network)?.delete_credential() {
            Err(Error::NoEntry) => Ok(()),
            done => done,
        }
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    impl Keyring {
        /// A keyring in memory, which is lost when the last handle is dropped.
        pub(crate) fn mock() -> Self {
            let store = keyring_core::mock::Store::new().unwrap();
            Self::start(Box::new(move || Ok(Arc::clone(&store) as Arc<CredentialStore>))).unwrap()
        }

        /// A keyring that does not exist.
        pub(crate) fn missing() -> Self {
            Self::start(Box::new(|| Err(Error::NoEntry))).unwrap()
        }
    }

    /// Waits for an answer.
    pub(crate) fn asked<T: Send + 'static>(ask: impl FnOnce(Answer<T>)) -> Result<T, String> {
        let (say, heard) = channel();
        ask(Box::new(move |answer| say.send(answer).unwrap_or_default()));
        heard.recv().unwrap()
    }
}

#[cfg(test)]
mod tests {
    use parla_client::{Login, Secret};

    use super::{testing::asked, *};

    fn credentials(password: &str) -> Credentials {
        let login = Login { name: "alice".to_owned(), password: Secret::new(password.to_owned()) };
        Credentials { login: Some(login), keep: true, ..Credentials::default() }
    }

    #[test]
    fn what_is_kept_is_given_back_until_it_is_forgotten() {
        let keyring = Keyring::mock();
        asked(|answer| keyring.keep("one", credentials("hunter2"), answer)).unwrap();
        asked(|answer| keyring.keep("two", credentials("other"), answer)).unwrap();
        assert_eq!(asked(|answer| keyring.load("one", answer)), Ok(credentials("hunter2")));
        assert!(keyring.is_there());
        keyring.forget("one");
        assert!(asked(|answer| keyring.load("one", answer)).is_err());
        assert_eq!(asked(|answer| keyring.load("two", answer)), Ok(credentials("other")));
    }

    #[test]
    fn without_a_keyring_nothing_is_kept_and_that_is_said() {
        let keyring = Keyring::missing();
        assert!(asked(|answer| keyring.keep("one", credentials("hunter2"), answer)).is_err());
        assert!(asked(|answer| keyring.load("one", answer)).is_err());
        assert!(!keyring.is_there());
    }
}
