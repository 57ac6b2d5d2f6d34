//! CAP: which extensions a session uses. <https://ircv3.net/specs/extensions/capability-negotiation>

use parla_proto::{Capabilities, Line, Reply, command::Cap};

use crate::{context::Context, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, cap: &Cap<'_>) -> Result<(), Refusal> {
    let argument = cap.argument.unwrap_or_default();
    match cap.subcommand.to_ascii_uppercase().as_str() {
        "LS" => list_supported(context, argument),
        "LIST" => {
            let names = join(context.session.capabilities);
            answer(context, "LIST", &names);
        }
        "REQ" => request(context, argument),
        "END" => {
            if let Some(registration) = context.session.registration() {
                registration.negotiating = false;
            }
        }
        _ => context.reply(Reply::InvalidCapCommand { subcommand: cap.subcommand }),
    }
    Ok(())
}

fn list_supported(context: &mut Context<'_>, version: &str) {
    let understands_302 = version.parse::<u32>().is_ok_and(|version| version >= 302);
    if let Some(registration) = context.session.registration() {
        registration.negotiating = true;
    }
    if understands_302 {
        context.session.understands_302 = true;
        context.session.capabilities |= Capabilities::CAP_NOTIFY;
    }
    let names = join(supported(context));
    answer(context, "LS", &names);
}

fn request(context: &mut Context<'_>, list: &str) {
    if let Some(registration) = context.session.registration() {
        registration.negotiating = true;
    }
    let may_remove =
        |removed| !(context.session.understands_302 && Capabilities::CAP_NOTIFY.intersects(removed));
    let asked = Capabilities::requested(list)
        .filter(|(added, removed)| supported(context).contains(*added) && may_remove(*removed));
    let Some((added, removed)) = asked else {
        answer(context, "NAK", list);
        return;
    };
    context.session.capabilities = (context.session.capabilities | added) - removed;
    answer(context, "ACK", list);
}

/// What this server offers.
fn supported(context: &Context<'_>) -> Capabilities {
    if context.settings.history {
        Capabilities::all()
    } else {
        Capabilities::all() - Capabilities::CHATHISTORY
    }
}

fn answer(context: &mut Context<'_>, subcommand: &str, list: &str) {
    let target = if context.session.user().is_some() { context.target() } else { "*".to_owned() };
    let line = Line::from(&context.settings.name).command("CAP").param(target);
    context.line(line.param(subcommand).text(list.trim()).finish());
}

fn join(capabilities: Capabilities) -> String {
    capabilities.names().collect::<Vec<_>>().join(" ")
}
