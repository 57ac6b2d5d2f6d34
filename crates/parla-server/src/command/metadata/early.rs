//! METADATA before registration: the session keeps the values until its user exists.

use parla_proto::Reply;

use super::{ITSELF, Subcommand, Values, change::check_value, read};
use crate::{
    base::limits::METADATA_SYNC_INTERVAL,
    context::Context,
    network::refusal::{Refusal, metadata::MetadataFailure},
};

pub(super) fn run(context: &mut Context<'_>, subcommand: Subcommand<'_>) -> Result<(), Refusal> {
    let settings = context.settings;
    let early = &mut context.session.metadata(context.now).early;
    match subcommand {
        Subcommand::Get(keys) => {
            let values = early.clone();
            context.metadata_batch(ITSELF, |reader| {
                read::get_lines(reader, Values { of: ITSELF, values: &values }, keys)
            });
        }
        Subcommand::List => {
            let values = early.clone();
            context.metadata_batch(ITSELF, |reader| {
                read::list_lines(reader, Values { of: ITSELF, values: &values })
            });
        }
        Subcommand::Set(key, Some(value)) => {
            check_value(settings, &key, value)?;
            let most = settings.metadata.map_or(0, |bounds| bounds.keys_max);
            if early.len() >= most && !early.contains_key(&key) {
                return Err(MetadataFailure::KeysFull { target: ITSELF.to_owned(), most }.into());
            }
            early.insert(key.clone(), value.to_owned());
            context.reply(Reply::KeyValue { target: ITSELF, key: key.as_str(), value });
        }
        Subcommand::Set(key, None) => {
            early.remove(&key);
            context.reply(Reply::KeyNotSet { target: ITSELF, key: key.as_str() });
        }
        Subcommand::Clear => {
            let cleared = std::mem::take(early);
            let line = |key: &parla_proto::metadata::Key, reader: &super::Reader<'_>| {
                reader.value(ITSELF, key.as_str(), None)
            };
            context.metadata_batch(ITSELF, |reader| cleared.keys().map(|key| line(key, &reader)).collect());
        }
        // A client that has not registered may see nothing.
        Subcommand::Sync
        | Subcommand::Subscribe(_)
        | Subcommand::Unsubscribe(_)
        | Subcommand::Subscriptions => {
            context.reply(Reply::MetadataSyncLater {
                target: ITSELF,
                seconds: METADATA_SYNC_INTERVAL.as_secs(),
            });
        }
    }
    Ok(())
}
