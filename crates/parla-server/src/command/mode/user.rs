//! MODE for a user's own modes. <https://modern.ircdocs.horse/#user-modes>

use parla_proto::{
    Line, Reply,
    command::Mode,
    mode::{USER_MODES, UserModeFacts, UserModeSetter, UserModes, user_letters},
};

use crate::{
    context::Context,
    network::{
        Network, UserId,
        audit::Audit,
        effects::Effects,
        entry::{self, EntryCommand, Meta},
        event::Event,
        refusal::Refusal,
        user::User,
    },
    publish::Publisher,
};

pub(super) fn run(context: &mut Context<'_>, mode: &Mode<'_>) -> Result<(), Refusal> {
    let (me, user) = context.me()?;
    let (asked, _) = context.network.find_user(mode.target)?;
    if asked != me {
        return Err(Refusal::UsersDontMatch);
    }
    let Some(letters) = mode.modes else {
        context.reply(Reply::UserModeIs { modes: &format!("+{}", user_letters(user.modes)) });
        return Ok(());
    };
    let (mut sign, mut wanted, mut unknown) = (true, user.modes, false);
    for letter in letters.chars() {
        match letter {
            '+' => sign = true,
            '-' => sign = false,
            _ => match UserModeFacts::of_letter(letter) {
                None => unknown = true,
                // Modes that only the server changes are silently ignored, as on every server.
                Some(facts) => match facts.setter {
                    UserModeSetter::User => wanted.set(facts.mode, sign),
                    UserModeSetter::ServerGives if !sign => wanted.remove(facts.mode),
                    UserModeSetter::ServerGives | UserModeSetter::Server => {}
                },
            },
        }
    }
    if wanted != user.modes {
        let (set, unset) = (wanted - user.modes, user.modes - wanted);
        context.propose(EntryCommand::UserMode(entry::UserMode { set, unset }));
    }
    if unknown { Err(Refusal::UnknownUserMode) } else { Ok(()) }
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    mode: entry::UserMode,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (id, user) = network.actor(meta)?;
    let before = user.modes;
    let unset = mode.unset & settable(|setter| setter != UserModeSetter::Server);
    if let Some(operator) = user.as_operator().ok().filter(|_| unset.contains(UserModes::OPERATOR)) {
        let (who, why) = (operator.who(), "given up".to_owned());
        effects.audits.push(Audit { who, action: "OPER", whom: String::new(), why });
        network.set_operator(id, None);
    }
    let set = mode.set & settable(|setter| setter == UserModeSetter::User);
    network.set_user_modes(id, (before | set) - unset);
    effects.events.push(Event::UserModesChanged { user: id, before });
    Ok(())
}

/// The modes whose setter meets a condition.
fn settable(wanted: impl Fn(UserModeSetter) -> bool) -> UserModes {
    let modes = USER_MODES.iter().filter(|facts| wanted(facts.setter)).map(|facts| facts.mode);
    modes.fold(UserModes::empty(), UserModes::union)
}

/// Tells a user how their own modes changed.
pub(crate) fn publish(publisher: &mut Publisher<'_>, user_id: UserId, before: UserModes) {
    let Some(user) = publisher.network.user(user_id) else { return };
    if let Some(line) = change(user, before) {
        publisher.announce([user_id].into_iter(), line);
    }
}

/// Says how the modes of a user differ from these.
pub(crate) fn change(user: &User, before: UserModes) -> Option<Vec<u8>> {
    let mut changes = String::new();
    for (sign, modes) in [('+', user.modes - before), ('-', before - user.modes)] {
        if !modes.is_empty() {
            changes.push(sign);
            changes.push_str(&user_letters(modes));
        }
    }
    let line = || Line::from(&user.source()).command("MODE").param(user.nick()).text(&changes).finish();
    (!changes.is_empty()).then(line)
}
