//! ISUPPORT: the limits and features of the server, on request. <https://ircv3.net/specs/extensions/extended-isupport>

use bytes::Bytes;
use parla_proto::{Capabilities, Line, Reply};

use super::user::isupport_lines;
use crate::{
    base::settings::Settings, context::Context, network::refusal::Refusal, publish::LineTags,
    session::Session,
};

/// What a client must have agreed on to get the lines as a batch.
const BATCHED: Capabilities = Capabilities::BATCH.union(Capabilities::EXTENDED_ISUPPORT);

pub(crate) fn run(context: &mut Context<'_>) -> Result<(), Refusal> {
    let is_early = context.session.user().is_none();
    if is_early && !context.session.capabilities.contains(Capabilities::EXTENDED_ISUPPORT) {
        return Err(Refusal::NotRegistered);
    }
    let target = context.target();
    let is_batch = context.session.capabilities.contains(BATCHED);
    let lines = lines(context.session, context.settings, &target);
    if is_batch {
        context.session.send_batch(lines, context.out);
    } else {
        for line in lines {
            context.session.send(line, context.out);
        }
    }
    Ok(())
}

/// The lines of RPL_ISUPPORT for a session, in a batch if it wants one.
pub(crate) fn lines(session: &mut Session, settings: &Settings, target: &str) -> Vec<Bytes> {
    these_lines(session, &settings.name, (target, &isupport_lines(settings)))
}

/// The same for tokens that are in lines already.
pub(crate) fn these_lines(
    session: &mut Session,
    server: &str,
    (target, tokens): (&str, &[String]),
) -> Vec<Bytes> {
    let replies = tokens.iter().map(|tokens| Reply::ISupport { tokens }.encode(server, target).into());
    if !session.capabilities.contains(BATCHED) {
        return replies.collect();
    }
    let name = session.batch_name();
    let tags = LineTags { batch: Some(&name), ..LineTags::default() }.render(Capabilities::empty());
    let inside = replies.map(|line: Bytes| crate::session::response::tag(&line, &tags));
    let start = Line::from(&server).command("BATCH").param(format_args!("+{name}")).param("draft/isupport");
    let end = Line::from(&server).command("BATCH").param(format_args!("-{name}"));
    [start.finish().into()].into_iter().chain(inside).chain([end.finish().into()]).collect()
}
