//! CAP: which extensions a session uses. <https://ircv3.net/specs/extensions/capability-negotiation>

pub(crate) mod offer;

use parla_proto::{Capabilities, Line, Reply, command::Cap};

use crate::{
    base::metadata::EITHER, command::cap::offer::Version, context::Context, network::refusal::Refusal,
};

#[expect(clippy::unnecessary_wraps, reason = "every command has the same form")]
pub(crate) fn run(context: &mut Context<'_>, cap: &Cap<'_>) -> Result<(), Refusal> {
    let argument = cap.argument.unwrap_or_default();
    match cap.subcommand.to_ascii_uppercase().as_str() {
        "LS" => list_supported(context, argument),
        "LIST" => {
            let names = context.session.capabilities.names().map(str::to_owned).collect();
            list(context, "LIST", Version::of(context.session), names);
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
    let version = Version::parse(version);
    if let Some(registration) = context.session.registration() {
        registration.negotiating = true;
    }
    // A client that has once claimed the higher version keeps it, whatever it sends later.
    if version == Version::V302 {
        context.session.understands_302 = true;
        context.session.capabilities |= Capabilities::CAP_NOTIFY;
    }
    let words = offer::words(context.settings, context.machine, &context.session.peer, version);
    list(context, "LS", version, words);
}

fn request(context: &mut Context<'_>, list: &str) {
    if let Some(registration) = context.session.registration() {
        registration.negotiating = true;
    }
    let may_remove =
        |removed| !(context.session.understands_302 && Capabilities::CAP_NOTIFY.intersects(removed));
    let supported = offer::supported(context.settings);
    let asked = Capabilities::requested(list)
        .filter(|(added, removed)| supported.contains(*added) && may_remove(*removed))
        .map(|(added, removed)| (context.session.capabilities | added) - removed)
        .filter(|wanted| !wanted.contains(EITHER));
    let words: Vec<String> = list.split_ascii_whitespace().map(str::to_owned).collect();
    let subcommand = if asked.is_some() { "ACK" } else { "NAK" };
    let head = offer::Head { server: &context.settings.name, target: &target(context), subcommand };
    for list in offer::lines(head, &words) {
        answer(context, |line| line.param(subcommand).text(list));
    }
    if let Some(capabilities) = asked {
        context.session.change_capabilities(capabilities);
    }
}

/// Answers with a list. Clients of version 301 understand only one line and get what fits into it; drafts are
/// dropped first.
fn list(context: &mut Context<'_>, subcommand: &str, version: Version, mut words: Vec<String>) {
    if version == Version::V301 {
        words.sort_by_key(|word| word.starts_with("draft/"));
    }
    let head = offer::Head { server: &context.settings.name, target: &target(context), subcommand };
    let mut lines = offer::lines(head, &words);
    if version == Version::V301 {
        lines.truncate(1);
    }
    let Some(last) = lines.pop() else { return };
    for list in lines {
        answer(context, |line| line.param(subcommand).param(offer::MORE).text(list));
    }
    answer(context, |line| line.param(subcommand).text(last));
}

fn answer(context: &mut Context<'_>, rest: impl FnOnce(Line) -> Line) {
    let line = Line::from(&context.settings.name).command("CAP").param(target(context));
    context.line(rest(line).finish());
}

/// A client that has not registered is addressed as `*`, even if it has sent a nick.
fn target(context: &Context<'_>) -> String {
    if context.session.user().is_some() { context.target() } else { "*".to_owned() }
}
