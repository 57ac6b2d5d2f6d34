//! `parlad account devices`: which devices are signed in to an account, and signing them out.

use std::io;

use crate::{
    config::Config,
    core::control::{
        client::Administered,
        message::{AccountChanged, AccountDetails, ControlRequest, DeviceRow},
    },
    printer::Printer,
};

/// What the command line says of an account's devices.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct DeviceOptions {
    /// The name of the account.
    name: String,
    /// Signs out the device with this number in the list, and ends its connection.
    #[arg(long, value_name = "NUMBER", conflicts_with = "sign_out_all")]
    sign_out: Option<u32>,
    /// Signs out all devices, and ends their connections.
    #[arg(long)]
    sign_out_all: bool,
}

pub(super) fn devices<W: io::Write>(
    config: &Config,
    options: DeviceOptions,
    mut print: Printer<W>,
) -> anyhow::Result<()> {
    let DeviceOptions { name: account, sign_out, sign_out_all } = options;
    let mut administered = Administered::find(config)?;
    if sign_out.is_some() || sign_out_all {
        let request = ControlRequest::AccountSignOut { account, device: sign_out };
        let changed: AccountChanged = administered.ask(request)?;
        let done = sign_out.map_or_else(
            || "all devices are signed out".to_owned(),
            |number| format!("device {number} is signed out"),
        );
        return print.value(&changed, |out| {
            io::Write::write_fmt(out, format_args!("{account}: {done}\n", account = changed.account))
        });
    }
    let details: AccountDetails = administered.ask(ControlRequest::AccountShow { account })?;
    let AccountDetails { row, user, devices, .. } = details;
    print.value(&devices, |out| list(out, &devices, Absent { account: &row.name, user: user.as_deref() }))
}

/// Whose devices are listed, in case there are none.
#[derive(Clone, Copy)]
struct Absent<'a> {
    account: &'a str,
    user: Option<&'a str>,
}

fn list(out: &mut impl io::Write, devices: &[DeviceRow], whose: Absent<'_>) -> io::Result<()> {
    match whose.user {
        _ if !devices.is_empty() => devices.iter().try_for_each(|device| row(out, device)),
        // Somebody who stays without a connection, or will as soon as the server runs.
        Some(user) => writeln!(out, "{} stays as {user}, and no device is signed in", whose.account),
        None => writeln!(out, "no device is signed in to {}", whose.account),
    }
}

fn row(out: &mut impl io::Write, device: &DeviceRow) -> io::Result<()> {
    let DeviceRow { number, name, by_app_password, address, since, spoke_at } = device;
    let name = name.as_deref().unwrap_or("without a name");
    let app = if *by_app_password { ", by an app password" } else { "" };
    writeln!(out, "{number}  {name}, at {address}, since {since}{app}, last message {spoke_at}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(devices: &[DeviceRow], user: Option<&str>) -> String {
        Printer::shown(false, &devices, |out| list(out, devices, Absent { account: "zoë", user }))
    }

    #[test]
    fn devices_are_shown_in_words() {
        let device = |name: Option<&str>, by_app_password| DeviceRow {
            number: 2,
            name: name.map(str::to_owned),
            by_app_password,
            address: "192.0.2.1".to_owned(),
            since: "2026-01-01".to_owned(),
            spoke_at: "2026-01-02".to_owned(),
        };
        assert_eq!(
            shown(&[device(Some("phone\u{1b}"), false), device(None, true)], Some("zoë!z@host")),
            "2  phone\u{fffd}, at 192.0.2.1, since 2026-01-01, last message 2026-01-02\n\
             2  without a name, at 192.0.2.1, since 2026-01-01, by an app password, last message 2026-01-02\n"
        );
        assert_eq!(shown(&[], Some("zoë!z@host")), "zoë stays as zoë!z@host, and no device is signed in\n");
        assert_eq!(shown(&[], None), "no device is signed in to zoë\n");
    }
}
