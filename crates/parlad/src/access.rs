//! `parlad access`: says who may come in, or decides it, whether the server runs or not.

use std::io::Write as _;

use crate::{
    config::Config,
    core::control::{
        client::Administered,
        message::{AccessNow, ControlRequest},
    },
    options::AdminOptions,
    printer::Printer,
};

/// What the command line says of who may come in.
#[derive(Clone, Debug, clap::Args)]
pub struct AccessOptions {
    /// open (guests and accounts), accounts (everybody signs in) or invite (an invitation is needed to sign up);
    /// without it, the command says what is so.
    policy: Option<String>,
    #[command(flatten)]
    admin: AdminOptions,
}

/// Carries out what the command line asks for.
///
/// # Errors
/// The configuration cannot be used or says itself who may come in, nobody answers, or the request is refused; worded
/// for the administrator.
pub fn access(options: AccessOptions) -> anyhow::Result<()> {
    let AccessOptions { policy, admin } = options;
    let json = admin.json;
    let config = Config::for_run(&admin.of_server())?;
    let mut server = Administered::find(&config)?;
    let now: AccessNow = server.ask(ControlRequest::Access { policy })?;
    Printer::new(json).value(&now, |out| {
        let by = if now.in_file { " (the configuration file says so)" } else { "" };
        writeln!(out, "access is {}{by}", now.access)
    })
}
