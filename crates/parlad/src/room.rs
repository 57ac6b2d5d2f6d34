//! `parlad room`: looks after rooms from the server's computer, whether the server runs or not.

use std::io::{self, Write as _};

use parla_proto::{mask::glob, name::Casemapping};

use crate::{
    config::Config,
    core::control::{
        client::Administered,
        message::{ControlRequest, RoomChanged, RoomDetails, RoomMask, RoomPage, RoomRank, RoomRow},
    },
    options::AdminOptions,
    printer::Printer,
};

/// What the command line says of a server's rooms.
#[derive(Clone, Debug, clap::Args)]
pub struct RoomOptions {
    #[command(subcommand)]
    command: RoomCommand,
    #[command(flatten)]
    admin: AdminOptions,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum RoomCommand {
    /// Lists the rooms: name, people inside, owner, modes, topic.
    List {
        /// A mask, such as '#help*'; lists only the rooms whose names match it.
        mask: Option<String>,
    },
    /// Shows one room with its key, its lists and its members.
    Show {
        /// Its name; the # may be left out.
        room: String,
    },
    /// Changes modes and ranks, as MODE does: parlad room mode lobby -kib+o '*' '*!*@*' alice
    Mode {
        /// Its name; the # may be left out.
        room: String,
        /// Letters with + and -, then their parameters. Put options such as --json before the name of the
        /// room.
        #[arg(required = true, num_args = 1.., allow_hyphen_values = true, trailing_var_arg = true)]
        modes: Vec<String>,
    },
    /// Makes an account the owner of a room, or with --nobody takes the room away from its owner.
    Owner {
        /// Its name; the # may be left out.
        room: String,
        /// The name of the account.
        #[arg(required_unless_present = "nobody", conflicts_with = "nobody")]
        account: Option<String>,
        /// The room belongs to nobody from now on, and remembers nobody.
        #[arg(long)]
        nobody: bool,
    },
    /// Gives a room the modes of a new one, without key, limit, forward, bans and exceptions.
    Reset {
        /// Its name; the # may be left out.
        room: String,
    },
    /// Removes everyone from a room and deletes it with its history, for good.
    Delete {
        /// Its name; the # may be left out.
        room: String,
        /// The reason, which its members are told.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

/// Carries out what the command line asks for.
///
/// # Errors
/// The configuration cannot be used, nobody answers, or the request is refused; worded for the administrator.
pub fn room(options: RoomOptions) -> anyhow::Result<()> {
    let RoomOptions { command, admin } = options;
    let json = admin.json;
    let config = Config::for_run(&admin.of_server())?;
    let mut server = Administered::find(&config)?;
    let mut print = Printer::new(json);
    match command {
        RoomCommand::List { mask } => {
            let casemapping = config.settings.network.casemapping;
            let rooms = list(&mut server, mask.as_deref(), casemapping)?;
            print.value(&rooms, |out| rooms.iter().try_for_each(|room| row(out, room)))
        }
        RoomCommand::Show { room } => {
            let room: RoomDetails = server.ask(ControlRequest::RoomShow { room: name(room) })?;
            print.value(&room, |out| details(out, &room))
        }
        RoomCommand::Mode { room, modes } => {
            let room = name(room);
            let (modes, params) =
                modes.split_first().map_or(("", &[][..]), |(modes, params)| (modes, params));
            let request = ControlRequest::RoomMode {
                room: room.clone(),
                modes: modes.to_owned(),
                params: params.to_vec(),
            };
            let changed: RoomChanged = server.ask(request)?;
            print.value(&changed, |out| writeln!(out, "{room}: {}", modes_now(&changed)))
        }
        RoomCommand::Owner { room, account, nobody: _ } => {
            let room = name(room);
            let owner = account.clone().unwrap_or_else(|| "nobody".to_owned());
            let _: RoomChanged = server.ask(ControlRequest::RoomOwner { room: room.clone(), account })?;
            let room: RoomDetails = server.ask(ControlRequest::RoomShow { room })?;
            print.value(&room, |out| writeln!(out, "{} belongs to {owner}", room.name))
        }
        RoomCommand::Reset { room } => {
            let room = name(room);
            let changed: RoomChanged = server.ask(ControlRequest::RoomReset { room: room.clone() })?;
            print.value(&changed, |out| writeln!(out, "{room} is reset: {}", modes_now(&changed)))
        }
        RoomCommand::Delete { room, reason } => {
            let room = name(room);
            let changed: RoomChanged =
                server.ask(ControlRequest::RoomDelete { room: room.clone(), reason })?;
            print.value(&changed, |out| {
                writeln!(out, "{room} is deleted, with everything that was said in it")
            })
        }
    }
}

/// All rooms whose names match the mask.
fn list(
    server: &mut Administered,
    mask: Option<&str>,
    casemapping: Casemapping,
) -> anyhow::Result<Vec<RoomRow>> {
    let mut rooms = server.ask_all(
        |after| ControlRequest::RoomList { after },
        |page: RoomPage| (page.rooms, page.more),
        |room| room.name.clone(),
    )?;
    rooms.retain(|room| mask.is_none_or(|mask| glob(mask, &room.name, casemapping)));
    Ok(rooms)
}

/// The name of a room as it was typed, possibly without the `#`, which shells treat specially.
pub(crate) fn name(typed: String) -> String {
    if typed.starts_with('#') { typed } else { format!("#{typed}") }
}

fn row(out: &mut Vec<u8>, room: &RoomRow) -> io::Result<()> {
    let RoomRow { name, members, modes, topic, owner, .. } = room;
    let owner = owner.as_deref().unwrap_or("-");
    let line = format!("{name:<24} {members:>5}  {owner:<16} {modes:<12} {topic}");
    writeln!(out, "{}", line.trim_end())
}

fn details(out: &mut Vec<u8>, room: &RoomDetails) -> io::Result<()> {
    writeln!(out, "{}", room.name)?;
    writeln!(out, "made at {}", room.created_at)?;
    writeln!(out, "belongs to {}", room.owner.as_deref().unwrap_or("nobody"))?;
    writeln!(out, "modes {}", room.modes)?;
    if let Some(seconds) = room.retain_seconds {
        let time = humantime::format_duration(std::time::Duration::from_secs(seconds));
        writeln!(out, "keeps messages for {time}")?;
    }
    if let Some(count) = room.newcomers_read {
        writeln!(out, "newcomers read {count} earlier messages")?;
    }
    for RoomRank { account, ranks } in &room.ranked {
        writeln!(out, "  {account} +{ranks}")?;
    }
    match &room.topic {
        Some(topic) => writeln!(out, "topic {} ({}, {})", topic.text, topic.set_by, topic.set_at)?,
        None => writeln!(out, "no topic")?,
    }
    masks(out, "bans", &room.bans)?;
    masks(out, "exceptions from bans", &room.ban_exceptions)?;
    masks(out, "exceptions from invitations", &room.invite_exceptions)?;
    writeln!(out, "{} inside", room.member_count)?;
    for member in &room.members {
        writeln!(out, "  {}{}", member.ranks, member.source)?;
    }
    let others = room.member_count.saturating_sub(room.members.len());
    if others > 0 { writeln!(out, "  and {others} others") } else { Ok(()) }
}

fn masks(out: &mut Vec<u8>, what: &str, masks: &[RoomMask]) -> io::Result<()> {
    if masks.is_empty() {
        return Ok(());
    }
    writeln!(out, "{what}:")?;
    masks.iter().try_for_each(|entry| writeln!(out, "  {} ({}, {})", entry.mask, entry.set_by, entry.set_at))
}

fn modes_now(changed: &RoomChanged) -> String {
    format!("the modes are {} now", changed.modes.as_deref().unwrap_or("+"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_does_not_reach_the_terminal_as_it_is() {
        let room = RoomRow {
            name: "#tea".to_owned(),
            members: 2,
            modes: "+nt".to_owned(),
            topic: "\u{1b}]0;owned\u{7}\u{9b}31m hello".to_owned(),
            created_at: "2026-01-01T00:00:00.000Z".to_owned(),
            owner: Some("alice".to_owned()),
        };
        let show = |json| Printer::shown(json, &room, |out| row(out, &room));
        assert!(show(true).contains(r"\u001b]0;owned\u0007\u009b31m hello"), "{}", show(true));
        for text in [show(false), show(true)] {
            assert!(!text.contains(['\u{1b}', '\u{7}', '\u{9b}']), "{text:?}");
        }
        assert_eq!(
            show(false),
            "#tea                         2  alice            +nt          \u{fffd}]0;owned\u{fffd}\u{fffd}31m hello\n"
        );
    }

    #[test]
    fn a_name_may_lack_its_sign() {
        assert_eq!(name("tea".to_owned()), "#tea");
        assert_eq!(name("#tea".to_owned()), "#tea");
    }
}
