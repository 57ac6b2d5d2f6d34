//! The desktop app: the interface of `parla-ui` in a window, and the networks on their own thread.
//!
//! `network_thread` talks to servers, `archive` stores messages, `store` remembers the networks, `desktop` is the
//! interface's platform, and `window` shows it.
//!
//! # Code map
//!
//! - `cli.rs` is the command line, `window.rs` the window, `page.rs` the page in it, `desktop.rs` the
//!   platform of the interface, and `system.rs` what Linux and other systems provide.
//! - `network_thread.rs` has a client, a connection and an archive for each network, on its own thread; `clock.rs`
//!   tells them the time.
//! - Storage: `data_dir.rs` is the directory, `store.rs` what the program remembers, `archive.rs` the
//!   messages, `keyring.rs` the passwords.
//! - `instance.rs` lets a second program show the window of the first, and `finish.rs` ends the program.
//!   `limits.rs` has the limits.

mod archive;
mod cli;
mod clock;
mod data_dir;
mod desktop;
mod finish;
mod instance;
mod keyring;
mod limits;
mod network_thread;
mod page;
mod store;
mod system;
mod window;

use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
};

use anyhow::Context;
use clap::Parser;
use parla_client::view::NetworkId;
use parla_ui::state::KEY_NETWORK_LAST;
use tracing_subscriber::EnvFilter;

use crate::{
    cli::Cli,
    data_dir::{DataDir, DataDirError},
    desktop::Parts,
    finish::Finish,
    keyring::Keyring,
    network_thread::{Beginning, NetworkThread},
    store::{ConnectionSettings, Opened, Remembered, RememberedNetwork, Writing},
    window::Opening,
};

fn main() -> ExitCode {
    let cli = Cli::parse();
    #[cfg(target_os = "linux")]
    avoid_dmabuf();
    match run(&cli) {
        Ok(never) => match never {},
        Err(error) => {
            // If standard error is closed, there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "parla: {error:#}");
            if !std::io::stderr().is_terminal() {
                system::say(&format!("{error:#}"));
            }
            ExitCode::FAILURE
        }
    }
}

/// With some drivers the web view's DMABUF renderer shows blank windows, and it takes 85 MB more. A variable
/// turns it off, but it can only be set for a program that is about to start; so this one starts anew in its
/// own place, before it has done anything else.
#[cfg(target_os = "linux")]
fn avoid_dmabuf() {
    use std::{env, os::unix::process::CommandExt, process::Command};

    const VARIABLE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    if env::var_os(VARIABLE).is_some() {
        return;
    }
    if let Ok(program) = env::current_exe() {
        let mut arguments = env::args_os();
        let name = arguments.next().unwrap_or_else(|| "parla".into());
        // This returns only if it failed; then the variable is not set.
        let _ = Command::new(program).arg0(name).args(arguments).env(VARIABLE, "1").exec();
    }
}

fn run(cli: &Cli) -> anyhow::Result<std::convert::Infallible> {
    log_to_stderr();
    anyhow::ensure!(system::has_display(), "there is no display to open a window on");
    let data_dir = match DataDir::lock(cli.data_dir.as_deref()) {
        Ok(data_dir) => data_dir,
        Err(DataDirError::InUse(path)) if instance::show_other(&data_dir::socket(&path)) => {
            tracing::info!("parla is running already; its window was asked to come to the front");
            std::process::exit(0);
        }
        Err(error) => return Err(error.into()),
    };
    let opened = Writing::open(&data_dir.store(), &data_dir.settings_before(), &data_dir.archives())?;
    let Opened { writing, mut remembered, news } = opened;
    let store = writing.store();
    if let Some(address) = &cli.connect {
        let (number, network) = named(&remembered, address, cli.name.as_deref());
        store.remember(NetworkId(number), &network);
        store.save(KEY_NETWORK_LAST, Some(&number.to_string()));
        remembered.values.insert(KEY_NETWORK_LAST.to_owned(), number.to_string());
        remembered.networks.insert(number, network);
    }
    let is_returning = !remembered.networks.is_empty();
    let keyring = Keyring::system().context("no thread for the keyring")?;
    let beginning = Beginning {
        archives: data_dir.archives(),
        store,
        store_news: news,
        keyring: keyring.clone(),
        networks: remembered.networks,
    };
    let (network_thread, updates) = NetworkThread::start(beginning).context("no thread for the networks")?;
    let requests = instance::listen(&data_dir.socket());
    let parts = Parts {
        orders: network_thread.orders(),
        updates,
        values: remembered.values,
        is_returning,
        keyring,
        requests,
    };
    let web_view = data_dir.web_view();
    let finish = Finish::new(network_thread, writing, data_dir);
    finish.at_signals();
    window::show(Opening { parts, web_view, end: Box::new(move || finish.now()) })
}

/// The network that was named on the command line, with its number: the remembered one, or a new one.
fn named(remembered: &Remembered, address: &str, name: Option<&str>) -> (u32, RememberedNetwork) {
    let known = remembered.networks.iter().find(|(_, network)| network.settings.address == address);
    let (number, mut network) = match known {
        Some((number, network)) => (*number, network.clone()),
        None => {
            let (address, nick) = (address.to_owned(), user_name());
            let network = ConnectionSettings { address, nick, ..Default::default() };
            (next_number(remembered), RememberedNetwork::new(network))
        }
    };
    network.settings.is_left = false;
    if let Some(name) = name {
        network.settings.nick = name.to_owned();
    }
    (number, network)
}

/// A number that no network has ever had.
fn next_number(remembered: &Remembered) -> u32 {
    let used = remembered.values.get(KEY_NETWORK_LAST).and_then(|text| text.parse().ok()).unwrap_or(0);
    let known = remembered.networks.last_key_value().map_or(0, |(number, _)| *number);
    known.max(used).saturating_add(1)
}

/// The person's user name on this machine, as far as it can be a nick.
fn user_name() -> String {
    let name = std::env::var("USER").or_else(|_| std::env::var("USERNAME")).unwrap_or_default();
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).take(16).collect();
    let plain = plain.trim_start_matches(|char: char| char.is_ascii_digit());
    if plain.is_empty() { "guest".to_owned() } else { plain.to_owned() }
}

/// Logs what went wrong, for people who start the program from a terminal. `RUST_LOG` asks for more. Messages
/// are never logged: Dioxus would log an event that it cannot read, and an event may contain what somebody
/// types.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("warn,parla=info,dioxus_desktop::webview=off"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_that_is_known_keeps_its_number() {
        let mut remembered = Remembered::default();
        let (number, network) = named(&remembered, "irc.example.org", Some("alice"));
        assert_eq!((number, network.settings.nick.as_str()), (1, "alice"));
        remembered.networks.insert(number, network);
        let (number, network) = named(&remembered, "irc.example.org", None);
        assert_eq!((number, network.settings.nick.as_str()), (1, "alice"));
        let (number, network) = named(&remembered, "localhost", None);
        assert_eq!(number, 2);
        assert!(!network.settings.nick.is_empty());
        remembered.values.insert(KEY_NETWORK_LAST.to_owned(), "7".to_owned());
        assert_eq!(named(&remembered, "localhost", None).0, 8, "a number that was used is not used again");
    }
}
