//! SAMODE: an operator of the server changes the modes of a channel and the ranks in it.
//!
//! As in InspIRCd and UnrealIRCd, the change comes from the server; the notice that follows says who made it.

use std::sync::Arc;

use parla_proto::command::Samode;

use super::{mode, room};
use crate::{
    context::Context,
    network::{
        Network,
        effects::Effects,
        entry::{self, Authority, EntryCommand, Meta},
        event::Event,
        refusal::Refusal,
    },
};

pub(crate) fn run(context: &mut Context<'_>, samode: &Samode<'_>) -> Result<(), Refusal> {
    let channel = room::overseen(context, samode.channel)?;
    let asked =
        mode::AskedModes::parse(context.network, channel, samode.modes, samode.params.iter().copied());
    asked.lists.iter().for_each(|list| mode::show_list(context, channel, *list));
    let bad_params = asked.bad_params.iter().map(|bad| &bad.refusal);
    asked.refusals.iter().chain(bad_params).for_each(|refusal| context.refuse(refusal));
    if !asked.steps.is_empty() {
        let mode = entry::Mode { channel: channel.name().clone(), steps: asked.steps };
        context.propose(EntryCommand::Samode(entry::Samode { authority: Authority::Operator, mode }));
    }
    Ok(())
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    samode: &entry::Samode,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let right = network.oversight(meta, samode.authority)?;
    let (channel_id, channel) = network.overseen_channel(&right, &samode.mode.channel)?;
    let name = channel.name().to_string();
    let settings = Arc::clone(&network.settings);
    let change = mode::Change {
        channel: channel_id,
        meta,
        hand: mode::Hand::Oversight(&right),
        by: &right.source,
        settings: &settings,
    };
    let steps = change.carry_out(network, &samode.mode.steps, effects);
    if steps.is_empty() {
        return Ok(());
    }
    effects.audits.push(right.audit("SAMODE", name, mode::for_record(&steps)));
    effects.events.push(Event::ModesChanged { by: settings.name.clone(), channel: channel_id, steps });
    room::announce(
        network,
        channel_id,
        format!("{} has changed the modes of this room", right.shown),
        effects,
    );
    Ok(())
}
