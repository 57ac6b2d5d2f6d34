//! `parlad invite`: makes, lists and revokes invitations from the server's computer, whether the server runs or
//! not.

use std::io::{self, Write as _};

use crate::{
    config::Config,
    core::control::{
        client::Administered,
        message::{ControlRequest, InvitationPage, InvitationRevoked, InvitationRow},
    },
    options::AdminOptions,
    printer::Printer,
    web::invitation_link,
};

/// What the command line says of a server's invitations.
#[derive(Clone, Debug, clap::Args)]
pub struct InviteOptions {
    #[command(subcommand)]
    command: InviteCommand,
    #[command(flatten)]
    admin: AdminOptions,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum InviteCommand {
    /// Makes an invitation and prints its link. Whoever opens it can create an account.
    Create {
        /// A room that they are brought into; the # may be left out. May be given several times.
        #[arg(long, value_name = "ROOM")]
        room: Vec<String>,
        /// How many people can use it.
        #[arg(long, value_name = "NUMBER", default_value_t = 1)]
        uses: u32,
        /// For how many days it can be used.
        #[arg(long, value_name = "NUMBER", default_value_t = 7)]
        days: u32,
        /// Whoever uses it owns the server from then on.
        #[arg(long)]
        owner: bool,
    },
    /// Lists the invitations with their links: number, how many more people can use it, until when, and rooms.
    List,
    /// Takes an invitation back: nobody can use it any more.
    Revoke {
        /// Its number in the list.
        number: u64,
    },
}

/// Carries out what the command line asks for.
///
/// # Errors
/// The configuration cannot be used, nobody answers, or the request is refused; worded for the administrator.
pub fn invite(options: InviteOptions) -> anyhow::Result<()> {
    let InviteOptions { command, admin } = options;
    let json = admin.json;
    let config = Config::for_run(&admin.of_server())?;
    let mut server = Administered::find(&config)?;
    let mut print = Printer::new(json);
    match command {
        InviteCommand::Create { room, uses, days, owner } => {
            let rooms = room.into_iter().map(crate::room::name).collect();
            let request = ControlRequest::InviteCreate { rooms, uses, days, owner };
            let made: InvitationRow = server.ask(request)?;
            print.value(&made, |out| described(out, &config, &made))
        }
        InviteCommand::List => {
            let invitations = server.ask_all(
                |after| ControlRequest::InviteList { after },
                |page: InvitationPage| (page.invitations, page.more),
                |invitation| invitation.number,
            )?;
            print.value(&invitations, |out| {
                invitations.iter().try_for_each(|invitation| row(out, &config, invitation))
            })
        }
        InviteCommand::Revoke { number } => {
            let revoked: InvitationRevoked = server.ask(ControlRequest::InviteRevoke { number })?;
            print.value(&revoked, |out| writeln!(out, "nobody can use invitation {number} any more"))
        }
    }
}

fn link(config: &Config, code: &str) -> Option<String> {
    config.http.first().map(|http| invitation_link(http, http.address, code))
}

fn described(out: &mut Vec<u8>, config: &Config, invitation: &InvitationRow) -> io::Result<()> {
    match link(config, &invitation.code) {
        Some(link) => writeln!(out, "{link}")?,
        None => writeln!(out, "code: {}", invitation.code)?,
    }
    writeln!(out, "for {}, until {}", people(invitation), until(invitation))?;
    writeln!(out, "in an IRC client: the server password invite:{}, then REGISTER", invitation.code)
}

fn row(out: &mut Vec<u8>, config: &Config, invitation: &InvitationRow) -> io::Result<()> {
    let by = invitation.made_by.as_deref().unwrap_or("the administrator");
    let rooms = invitation.rooms.join(", ");
    let to = if rooms.is_empty() { String::new() } else { format!(", to {rooms}") };
    let owner = if invitation.owner { ", makes the owner of the server" } else { "" };
    let number = invitation.number;
    match &invitation.over {
        Some(why) => writeln!(out, "{number}  by {by}{to}{owner}: {why}"),
        None => {
            let (people, until) = (people(invitation), until(invitation));
            writeln!(out, "{number}  for {people}, until {until}, by {by}{to}{owner}")?;
            writeln!(out, "    {}", link(config, &invitation.code).unwrap_or_else(|| invitation.code.clone()))
        }
    }
}

fn people(invitation: &InvitationRow) -> String {
    match invitation.uses_left {
        1 => "one person".to_owned(),
        number => format!("{number} people"),
    }
}

fn until(invitation: &InvitationRow) -> &str {
    invitation.expires_at.as_deref().unwrap_or("it is used")
}
