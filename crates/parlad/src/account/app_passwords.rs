//! `parlad account app-password`: passwords that sign single programs in to an account.
//!
//! A password is made here and printed once. Only its hash is passed to the server.

use std::io;

use anyhow::Context as _;
use parla_server::{AppPassword, Fingerprint};

use super::change;
use crate::{
    config::Config,
    core::control::{
        client::Administered,
        message::{AccountChanged, AccountDetails, AppPasswordRow, ControlRequest},
    },
    printer::Printer,
    work::password::new_app_password,
};

#[derive(Clone, Debug, clap::Subcommand)]
pub(super) enum AppPasswordCommand {
    /// Makes one and prints it. Nothing shows it again.
    Create {
        /// The name of the account.
        account: String,
        /// What to call it, such as the name of the program.
        name: String,
    },
    /// Lists them by their names.
    List {
        /// The name of the account.
        account: String,
    },
    /// Takes one back, and signs out whoever used it.
    Revoke {
        /// The name of the account.
        account: String,
        /// Its name in the list.
        name: String,
    },
}

/// An app password, this one time.
#[derive(serde::Serialize)]
struct Made<'a> {
    account: &'a str,
    name: &'a str,
    password: &'a str,
}

pub(super) fn app_password<W: io::Write>(
    config: &Config,
    command: AppPasswordCommand,
    mut print: Printer<W>,
) -> anyhow::Result<()> {
    match command {
        AppPasswordCommand::Create { account, name } => {
            let password = new_app_password().context("the system has no random numbers")?;
            let hash = AppPassword::hash(&password).context("it cannot be used")?;
            let request = ControlRequest::AccountAppPasswordAdd {
                account,
                name: name.clone(),
                hash: Fingerprint(hash).to_string(),
            };
            let changed: AccountChanged = Administered::find(config)?.ask(request)?;
            let made = Made { account: &changed.account, name: &name, password: &password };
            print.value(&made, |out| io::Write::write_fmt(out, format_args!("{password}\n")))
        }
        AppPasswordCommand::List { account } => {
            let rows = app_passwords(config, account)?;
            print.value(&rows, |out| {
                rows.iter()
                    .try_for_each(|known| io::Write::write_fmt(out, format_args!("{}\n", words(known))))
            })
        }
        AppPasswordCommand::Revoke { account, name } => {
            let rows = app_passwords(config, account.clone())?;
            let known = rows.iter().find(|known| known.name == name);
            let number = known.with_context(|| format!("{account} has no app password {name:?}"))?.number;
            let request = ControlRequest::AccountAppPasswordRemove { account, number };
            change(config, request, print, "does not have that app password any more")
        }
    }
}

fn app_passwords(config: &Config, account: String) -> anyhow::Result<Vec<AppPasswordRow>> {
    let details: AccountDetails = Administered::find(config)?.ask(ControlRequest::AccountShow { account })?;
    Ok(details.app_passwords)
}

/// An app password in words, without the password.
pub(super) fn words(known: &AppPasswordRow) -> String {
    let AppPasswordRow { name, created_at, used_at, .. } = known;
    let day = |at: &str| at.chars().take(10).collect::<String>();
    let used =
        used_at.as_deref().map_or_else(|| "never used".to_owned(), |at| format!("last used {}", day(at)));
    format!("{name}: created {}, {used}", day(created_at))
}
