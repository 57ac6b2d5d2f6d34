//! LIST: which channels there are. <https://modern.ircdocs.horse/#list-message>

use parla_proto::{
    Reply,
    command::List,
    reply::{Severity, StandardReply},
};

use crate::{context::Context, limits::LIST_REPLIES_MAX, network::channel::Channel, refusal::Refusal};

pub(crate) fn run(context: &mut Context<'_>, list: &List<'_>) -> Result<(), Refusal> {
    let (me, _) = context.me()?;
    let network = context.network;
    context.reply(Reply::ListStart {});
    let channels: Vec<&Channel> = match list.channels {
        Some(names) => {
            let names = context.list(names, usize::MAX);
            names
                .iter()
                .filter_map(|name| network.find_channel(name).ok().map(|(_, channel)| channel))
                .collect()
        }
        None => network.channels().collect(),
    };
    let mut shown = 0;
    for channel in channels {
        if channel.members.is_empty() || !network.sees(me, channel) {
            continue;
        }
        if shown == LIST_REPLIES_MAX {
            context.standard(StandardReply {
                severity: Severity::Warn,
                command: "LIST",
                code: "TRUNCATED",
                context: &[],
                description: "There are more channels than one answer can hold; name those you look for.",
            });
            break;
        }
        shown += 1;
        let topic = channel.state.topic.as_ref().map_or("", |topic| &topic.text);
        context.reply(Reply::List {
            channel: channel.name().as_str(),
            members: channel.members.len(),
            topic,
        });
    }
    context.reply(Reply::ListEnd {});
    Ok(())
}
