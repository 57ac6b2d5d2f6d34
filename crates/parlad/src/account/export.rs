//! `parlad account export`: everything that the server keeps of one account, for its person.

use std::io::{self, Write as _};

use parla_server::AccountId;
use parla_store::Export;
use serde::Serialize;

use crate::{
    config::Config,
    core::control::{
        client::Administered,
        message::{AccountDetails, ControlRequest},
    },
    printer::Printer,
};

/// An account with all that belongs to it.
#[derive(Serialize)]
struct Whole {
    account: AccountDetails,
    #[serde(flatten)]
    export: Export,
}

pub(super) fn export<W: io::Write>(
    config: &Config,
    account: String,
    mut print: Printer<W>,
) -> anyhow::Result<()> {
    // Whoever answers must let go of the database before it is read here.
    let account: AccountDetails =
        { Administered::find(config)?.ask(ControlRequest::AccountShow { account })? };
    let export = Export::read(&config.data_dir, AccountId::from_number(account.id))?;
    let whole = Whole { account, export };
    print.value(&whole, |out| text(out, &whole))
}

/// The same for people, with one message in a line.
fn text(out: &mut Vec<u8>, whole: &Whole) -> io::Result<()> {
    let Whole { account, export } = whole;
    super::details(out, account)?;
    writeln!(out, "rooms: {}", export.rooms.len())?;
    for room in &export.rooms {
        let owned = if room.owned { ", owned" } else { "" };
        let ranks = if room.ranks.is_empty() { String::new() } else { format!(", +{}", room.ranks) };
        writeln!(out, "  {}{owned}{ranks}", room.room)?;
    }
    writeln!(out, "invitations: {}", export.invitations.len())?;
    for invitation in &export.invitations {
        let (number, made_at) = (invitation.number, &invitation.made_at);
        writeln!(out, "  {number}, made at {made_at}, for {} more people", invitation.uses_left)?;
    }
    writeln!(out, "messages: {}", export.messages.len())?;
    for message in &export.messages {
        let to = message.to.as_deref().unwrap_or("somebody whose account is deleted");
        writeln!(out, "  {} to {to}: {}", message.at, message.text.replace('\n', "\n    "))?;
    }
    Ok(())
}
