//! `parlad account`: looks after accounts from the server's computer, whether the server runs or not.
//!
//! A password is hashed here, so that only what is kept of it is passed to the server.

mod app_passwords;
mod devices;
mod export;

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use anyhow::Context as _;
use parla_proto::{mask::glob, name::Casemapping};
use parla_server::{AccountSettings, BadPassword, PasswordProof};

use crate::{
    config::Config,
    core::control::{
        client::Administered,
        message::{AccountChanged, AccountDetails, AccountPage, AccountRow, ControlRequest},
    },
    options::AdminOptions,
    printer::Printer,
    work::password::{self, Hasher},
};

/// What the command line says of a server's accounts.
#[derive(Clone, Debug, clap::Args)]
pub struct AccountOptions {
    #[command(subcommand)]
    command: AccountCommand,
    #[command(flatten)]
    admin: AdminOptions,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum AccountCommand {
    /// Creates an account with a password, which is read from standard input.
    Create {
        /// Its name, which is also its owner's nick.
        name: String,
    },
    /// Gives an account another password, which is read from standard input.
    Passwd {
        /// Its name.
        name: String,
    },
    /// Lists the accounts: name, when it was created, and whether its owner is there or it is suspended.
    List {
        /// Only those whose names it matches, such as 'guest*'.
        mask: Option<String>,
    },
    /// Shows one account with its certificates.
    Show {
        /// Its name.
        name: String,
    },
    /// Lets nobody sign in to an account until it is resumed, and signs out whoever is.
    Suspend {
        /// Its name.
        name: String,
        /// What whoever tries to sign in is told.
        reason: Option<String>,
    },
    /// Lets people sign in to a suspended account again.
    Resume {
        /// Its name.
        name: String,
    },
    /// Deletes an account for good; anybody may then take its name.
    Delete {
        /// Its name.
        name: String,
        /// Does not ask whether that is meant.
        #[arg(long)]
        yes: bool,
    },
    /// Lets the person of an account do everything on the server, or takes that away again.
    Grant {
        /// Its name.
        name: String,
        /// What its person is.
        role: Role,
    },
    /// Lists the devices that are signed in to an account, or signs some of them out.
    Devices(devices::DeviceOptions),
    /// Makes, lists or revokes passwords that sign single programs in to an account.
    #[command(name = "app-password")]
    AppPassword {
        #[command(subcommand)]
        command: app_passwords::AppPasswordCommand,
    },
    /// Prints everything that the server keeps of an account: what it is, its rooms, and all that was said with it.
    Export {
        /// Its name.
        name: String,
    },
    /// Adds or removes a certificate that signs in to an account without a password.
    Certificate {
        #[command(subcommand)]
        command: CertificateCommand,
    },
}

/// What the person of an account is to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Role {
    /// They own it, and may do everything that an operator may.
    Owner,
    /// They have no rights that others do not have.
    None,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum CertificateCommand {
    /// From now on, whoever has the certificate's key can sign in.
    Add(CertificateOptions),
    /// The certificate does not sign in any more.
    Remove(CertificateOptions),
}

#[derive(Clone, Debug, clap::Args)]
struct CertificateOptions {
    /// The name of the account.
    name: String,
    /// The certificate's SHA-256, as `openssl x509 -noout -fingerprint -sha256` prints it.
    fingerprint: String,
}

/// Carries out what the command line asks for.
///
/// # Errors
/// The configuration cannot be used, nobody answers, or the request is refused; worded for the administrator.
pub fn account(options: AccountOptions) -> anyhow::Result<()> {
    let AccountOptions { command, admin } = options;
    let json = admin.json;
    let config = Config::for_run(&admin.of_server())?;
    let print = Printer::new(json);
    match command {
        AccountCommand::Create { name: account } => {
            let request = ControlRequest::AccountCreate { account, password: new_password(&config)? };
            change(&config, request, print, "is created")
        }
        AccountCommand::Passwd { name: account } => {
            let request = ControlRequest::AccountPassword { account, password: new_password(&config)? };
            change(&config, request, print, "has another password now")
        }
        AccountCommand::List { mask } => list(&config, mask.as_deref(), print),
        AccountCommand::Show { name: account } => show(&config, account, print),
        AccountCommand::Suspend { name: account, reason } => {
            change(&config, ControlRequest::AccountSuspend { account, reason }, print, "is suspended")
        }
        AccountCommand::Resume { name: account } => {
            change(&config, ControlRequest::AccountResume { account }, print, "is not suspended any more")
        }
        AccountCommand::Delete { name: account, yes } => {
            anyhow::ensure!(yes || confirm(&account)?, "nothing was deleted");
            change(&config, ControlRequest::AccountDelete { account }, print, "is deleted")
        }
        AccountCommand::Grant { name: account, role } => {
            let owner = role == Role::Owner;
            let done = if owner { "owns this server now" } else { "does not own this server" };
            change(&config, ControlRequest::AccountGrant { account, owner }, print, done)
        }
        AccountCommand::Export { name: account } => export::export(&config, account, print),
        AccountCommand::Devices(options) => devices::devices(&config, options, print),
        AccountCommand::AppPassword { command } => app_passwords::app_password(&config, command, print),
        AccountCommand::Certificate { command: CertificateCommand::Add(certificate) } => {
            let CertificateOptions { name: account, fingerprint: certificate } = certificate;
            let request = ControlRequest::AccountCertificateAdd { account, certificate };
            change(&config, request, print, "can be signed in to with this certificate")
        }
        AccountCommand::Certificate { command: CertificateCommand::Remove(certificate) } => {
            let CertificateOptions { name: account, fingerprint: certificate } = certificate;
            let request = ControlRequest::AccountCertificateRemove { account, certificate };
            change(&config, request, print, "cannot be signed in to with this certificate any more")
        }
    }
}

/// Has an account changed, and prints what is true of it now.
fn change<W: io::Write>(
    config: &Config,
    request: ControlRequest,
    mut print: Printer<W>,
    done: &str,
) -> anyhow::Result<()> {
    let changed: AccountChanged = Administered::find(config)?.ask(request)?;
    print.value(&changed, |out| writeln!(out, "{} {done}", changed.account))
}

/// Reads a new password from standard input, and hashes it.
fn new_password(config: &Config) -> anyhow::Result<PasswordProof> {
    let password = password::from_input()?;
    let settings = config.settings.network.accounts.clone().unwrap_or_default();
    check(&password, &settings)?;
    password::prove(&password, config.password_cost, &mut Hasher::default())
        .context("there is not enough memory to hash the password")
}

/// Checks what REGISTER checks, too.
fn check(password: &str, settings: &AccountSettings) -> anyhow::Result<()> {
    settings.check_password(password).map_err(|why| match why {
        BadPassword::TooShort(least) => {
            anyhow::anyhow!("the password is too short; it must have at least {least} characters")
        }
        BadPassword::TooLong(most) => {
            anyhow::anyhow!("the password is too long; it may have at most {most} bytes")
        }
    })?;
    anyhow::ensure!(!password.contains('\0'), "the password has a character that no client can send");
    Ok(())
}

/// Asks the person at the terminal whether an account is to be deleted.
fn confirm(account: &str) -> anyhow::Result<bool> {
    anyhow::ensure!(
        io::stdin().is_terminal(),
        "say --yes if the account {account} is to be deleted for good"
    );
    let mut stderr = io::stderr();
    write!(stderr, "Delete the account {account} for good? [y/N] ")?;
    stderr.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Prints all accounts whose names match the mask.
fn list<W: io::Write>(config: &Config, mask: Option<&str>, mut print: Printer<W>) -> anyhow::Result<()> {
    let mut accounts = Administered::find(config)?.ask_all(
        |after| ControlRequest::AccountList { after },
        |page: AccountPage| (page.accounts, page.more),
        |account| account.name.clone(),
    )?;
    accounts.retain(|account| mask.is_none_or(|mask| glob(mask, &account.name, Casemapping::Precis)));
    print.value(&accounts, |out| accounts.iter().try_for_each(|account| row(out, account)))
}

fn show<W: io::Write>(config: &Config, account: String, mut print: Printer<W>) -> anyhow::Result<()> {
    let account: AccountDetails = Administered::find(config)?.ask(ControlRequest::AccountShow { account })?;
    print.value(&account, |out| details(out, &account))
}

fn row(out: &mut Vec<u8>, account: &AccountRow) -> io::Result<()> {
    let AccountRow { name, created_at, present, suspended } = account;
    let state = match suspended {
        Some(why) => suspension(why),
        None if *present => "here".to_owned(),
        None => String::new(),
    };
    let line = format!("{name:<24} {created_at}  {state}");
    writeln!(out, "{}", line.trim_end())
}

fn suspension(why: &str) -> String {
    if why.is_empty() { "suspended".to_owned() } else { format!("suspended: {why}") }
}

fn details(out: &mut Vec<u8>, account: &AccountDetails) -> io::Result<()> {
    let AccountDetails { id: _, row, has_password, certificates, user, sessions, devices: _, app_passwords } =
        account;
    writeln!(out, "{}", row.name)?;
    writeln!(out, "created at {}", row.created_at)?;
    if let Some(why) = &row.suspended {
        writeln!(out, "{}", suspension(why))?;
    }
    writeln!(out, "{}", if *has_password { "has a password" } else { "has no password" })?;
    if !certificates.is_empty() {
        writeln!(out, "certificates:")?;
        certificates.iter().try_for_each(|certificate| writeln!(out, "  {certificate}"))?;
    }
    if !app_passwords.is_empty() {
        writeln!(out, "app passwords:")?;
        app_passwords.iter().try_for_each(|known| writeln!(out, "  {}", app_passwords::words(known)))?;
    }
    match user {
        Some(user) if *sessions == 1 => writeln!(out, "here as {user}, with 1 connection"),
        Some(user) => writeln!(out, "here as {user}, with {sessions} connections"),
        None => writeln!(out, "not here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::control::message::AppPasswordRow;

    #[test]
    fn passwords_are_as_long_as_register_wants() {
        let settings =
            AccountSettings { password_chars_min: 4, password_bytes_max: 64, ..AccountSettings::default() };
        let why = |password: &str| check(password, &settings).map_err(|error| error.to_string());
        assert_eq!(why("éééé"), Ok(()));
        assert_eq!(why(&"a".repeat(64)), Ok(()));
        let short = "the password is too short; it must have at least 4 characters";
        assert_eq!(why("ééé"), Err(short.to_owned()));
        let long = "the password is too long; it may have at most 64 bytes";
        assert_eq!(why(&"é".repeat(33)), Err(long.to_owned()));
        assert!(why("a\0bcd").unwrap_err().contains("no client can send"));
    }

    fn zoe(suspended: Option<&str>) -> AccountRow {
        AccountRow {
            name: "zoë".to_owned(),
            created_at: "2026-01-01T00:00:00.000Z".to_owned(),
            present: suspended.is_none(),
            suspended: suspended.map(str::to_owned),
        }
    }

    #[test]
    fn an_account_is_shown_in_words() {
        let shown = |account: AccountDetails| Printer::shown(false, &account, |out| details(out, &account));
        let present = AccountDetails {
            id: 7,
            row: zoe(None),
            has_password: true,
            certificates: vec!["00ff".repeat(16)],
            user: Some("zoë!z@192.0.2.1".to_owned()),
            sessions: 2,
            devices: Vec::new(),
            app_passwords: vec![AppPasswordRow {
                number: 7,
                name: "bot".to_owned(),
                created_at: "2026-01-02T00:00:00.000Z".to_owned(),
                used_at: None,
            }],
        };
        assert_eq!(
            shown(present),
            "zoë\ncreated at 2026-01-01T00:00:00.000Z\nhas a password\ncertificates:\n  \
             00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff\n\
             app passwords:\n  bot: created 2026-01-02, never used\n\
             here as zoë!z@192.0.2.1, with 2 connections\n"
        );
        let absent = AccountDetails {
            id: 7,
            row: zoe(Some("spam\u{1b}[2J")),
            has_password: false,
            certificates: Vec::new(),
            user: None,
            sessions: 0,
            devices: Vec::new(),
            app_passwords: Vec::new(),
        };
        assert_eq!(
            shown(absent),
            "zoë\ncreated at 2026-01-01T00:00:00.000Z\nsuspended: spam\u{fffd}[2J\nhas no password\nnot here\n"
        );
    }

    #[test]
    fn the_list_says_who_is_there() {
        let shown = |account: &AccountRow| Printer::shown(false, account, |out| row(out, account));
        assert_eq!(shown(&zoe(None)), "zoë                      2026-01-01T00:00:00.000Z  here\n");
        let suspended = shown(&zoe(Some("spam")));
        assert_eq!(suspended, "zoë                      2026-01-01T00:00:00.000Z  suspended: spam\n");
        assert!(shown(&zoe(Some(""))).ends_with("Z  suspended\n"));
    }
}
