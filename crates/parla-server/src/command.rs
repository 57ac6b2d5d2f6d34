//! What each command does, one file per command, with the same name in every layer.
//!
//! A command has up to three parts, each with an exhaustive `match` here. [`run`] gets what a client sent: a
//! command that only reads answers at once from `&Network`; one that changes something proposes an entry.
//! [`commit`] gets `&mut Network` when the log returns the entry, and makes all its checks there. [`publish`]
//! tells those who must hear what happened.

pub(crate) mod accept;
pub(crate) mod access;
pub(crate) mod account;
pub(crate) mod admin;
pub(crate) mod authenticate;
pub(crate) mod away;
pub(crate) mod batch;
pub(crate) mod cap;
pub(crate) mod chanserv;
pub(crate) mod chathistory;
pub(crate) mod chghost;
pub(crate) mod die;
pub(crate) mod error;
pub(crate) mod help;
pub(crate) mod info;
pub(crate) mod invitation;
pub(crate) mod invite;
pub(crate) mod ison;
pub(crate) mod isupport;
pub(crate) mod join;
pub(crate) mod kick;
pub(crate) mod kill;
pub(crate) mod links;
pub(crate) mod list;
pub(crate) mod lusers;
#[cfg(test)]
mod manual;
pub(crate) mod markread;
pub(crate) mod metadata;
pub(crate) mod mode;
pub(crate) mod monitor;
pub(crate) mod motd;
pub(crate) mod names;
pub(crate) mod nick;
pub(crate) mod nickserv;
mod node;
pub(crate) mod notice;
pub(crate) mod oper;
pub(crate) mod part;
pub(crate) mod pass;
pub(crate) mod ping;
pub(crate) mod pong;
pub(crate) mod privmsg;
pub(crate) mod quit;
pub(crate) mod redact;
pub(crate) mod register;
pub(crate) mod rehash;
pub(crate) mod rename;
pub(crate) mod restart;
pub(crate) mod room;
pub(crate) mod sajoin;
pub(crate) mod samode;
pub(crate) mod sapart;
pub(crate) mod setname;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod stats;
pub(crate) mod tagmsg;
pub(crate) mod time;
pub(crate) mod topic;
pub(crate) mod user;
pub(crate) mod userhost;
pub(crate) mod version;
pub(crate) mod wallops;
pub(crate) mod webirc;
pub(crate) mod who;
pub(crate) mod whois;
pub(crate) mod whowas;

use parla_proto::{Command, Message};

use crate::{
    context::Context,
    network::{
        Network,
        effects::Effects,
        entry::{AccountAsker, Entry, EntryCommand},
        event::Event,
        refusal::{
            Refusal,
            account::{AccountFault, AnswerBy},
        },
    },
    publish::Publisher,
};

/// Runs a command of a session.
pub(crate) fn run(
    context: &mut Context<'_>,
    command: &Command<'_>,
    message: &Message<'_>,
) -> Result<(), Refusal> {
    if let Some(reference) = batch::reference_of(context, message.tags) {
        return batch::collect(context, &reference, command, message.tags);
    }
    if needs_password(command) && context.has_app_password() {
        return Err(AccountFault::OnlyByPassword.of(AnswerBy::Service, ""));
    }
    match command {
        Command::Accept(accept) => accept::run(context, accept),
        Command::Access(access) => access::run(context, access),
        Command::Admin(admin) => admin::run(context, admin),
        Command::Authenticate(authenticate) => authenticate::run(context, authenticate),
        Command::Away(away) => away::run(context, away),
        Command::Batch(batch) => batch::run(context, batch, message.tags),
        Command::Cap(cap) => cap::run(context, cap),
        Command::Chanserv(chanserv) => chanserv::run(context, &chanserv.words),
        Command::Chathistory(chathistory) => chathistory::run(context, chathistory),
        Command::Chghost(chghost) => chghost::run(context, chghost),
        Command::Die(_) => die::run(context),
        Command::Error(_) => error::run(context),
        Command::Help(help) => help::run(context, help),
        Command::Info(info) => info::run(context, info),
        Command::Invitation(invitation) => invitation::run(context, invitation),
        Command::Invite(invite) => invite::run(context, invite),
        Command::Ison(ison) => ison::run(context, ison),
        Command::Isupport(_) => isupport::run(context),
        Command::Join(join) => join::run(context, join),
        Command::Kick(kick) => kick::run(context, kick),
        Command::Kill(kill) => kill::run(context, kill),
        Command::Links(links) => links::run(context, links),
        Command::List(list) => list::run(context, list),
        Command::Lusers(_) => lusers::run(context),
        Command::Markread(markread) => markread::run(context, markread),
        Command::Metadata(metadata) => metadata::run(context, metadata),
        Command::Mode(mode) => mode::run(context, mode),
        Command::Monitor(monitor) => monitor::run(context, monitor),
        Command::Motd(motd) => motd::run(context, motd),
        Command::Names(names) => names::run(context, names),
        Command::Nick(nick) => nick::run(context, nick),
        Command::Nickserv(nickserv) => nickserv::run(context, &nickserv.words),
        Command::Notice(notice) => notice::run(context, notice, message.tags),
        Command::Oper(oper) => oper::run(context, oper),
        Command::Part(part) => part::run(context, part),
        Command::Pass(pass) => pass::run(context, pass),
        Command::Ping(ping) => ping::run(context, ping),
        Command::Pong(_) => pong::run(context),
        Command::Privmsg(privmsg) => privmsg::run(context, privmsg, message.tags),
        Command::Quit(quit) => quit::run(context, quit),
        Command::Redact(redact) => redact::run(context, redact),
        Command::Register(register) => register::run(context, register),
        Command::Rehash(_) => rehash::run(context),
        Command::Rename(rename) => rename::run(context, rename),
        Command::Restart(_) => restart::run(context),
        Command::Room(room) => room::run(context, room),
        Command::Sajoin(sajoin) => sajoin::run(context, sajoin),
        Command::Samode(samode) => samode::run(context, samode),
        Command::Sapart(sapart) => sapart::run(context, sapart),
        Command::Setname(setname) => setname::run(context, setname),
        Command::Stats(stats) => stats::run(context, stats),
        Command::Tagmsg(tagmsg) => tagmsg::run(context, tagmsg, message.tags),
        Command::Time(time) => time::run(context, time),
        Command::Topic(topic) => topic::run(context, topic),
        Command::User(user) => user::run(context, user),
        Command::Userhost(userhost) => userhost::run(context, userhost),
        Command::Version(version) => version::run(context, version),
        Command::Wallops(wallops) => wallops::run(context, wallops),
        Command::Webirc(webirc) => webirc::run(context, webirc),
        Command::Who(who) => who::run(context, who),
        Command::Whois(whois) => whois::run(context, whois),
        Command::Whowas(whowas) => whowas::run(context, whowas),
    }
}

/// Whether a command is for those who run the server, or invites people to it. Whoever has signed in with an app
/// password is there as their person, and has no power over the server.
const fn needs_password(command: &Command<'_>) -> bool {
    matches!(
        command,
        Command::Access(_)
            | Command::Chghost(_)
            | Command::Die(_)
            | Command::Invitation(_)
            | Command::Kill(_)
            | Command::Oper(_)
            | Command::Rehash(_)
            | Command::Restart(_)
            | Command::Room(_)
            | Command::Sajoin(_)
            | Command::Samode(_)
            | Command::Sapart(_)
            | Command::Wallops(_)
    )
}

/// Applies one entry. Adds what happened, what must be stored and what was refused to `effects`.
pub(crate) fn commit(network: &mut Network, entry: Entry, effects: &mut Effects) {
    let Entry { meta, command } = entry;
    network.begin_entry(meta.at);
    let result = match command {
        EntryCommand::Register(register) => user::commit(network, &meta, *register, effects),
        EntryCommand::Nick(nick) => nick::commit(network, &meta, nick, effects),
        EntryCommand::SessionEnded(ended) => quit::commit(network, &meta, ended, effects),
        EntryCommand::Join(join) => join::commit(network, &meta, join, effects),
        EntryCommand::Part(part) => part::commit(network, &meta, part, effects),
        EntryCommand::Say(say) => privmsg::commit(network, &meta, *say, effects),
        EntryCommand::Topic(topic) => topic::commit(network, &meta, &topic, effects),
        EntryCommand::Mode(mode) => mode::commit(network, &meta, &mode, effects),
        EntryCommand::UserMode(mode) => mode::user::commit(network, &meta, mode, effects),
        EntryCommand::Kick(kick) => kick::commit(network, &meta, kick, effects),
        EntryCommand::Invite(invite) => invite::commit(network, &meta, &invite, effects),
        EntryCommand::Invitation(invitation) => invitation::commit(network, &meta, *invitation, effects),
        EntryCommand::Away(reason) => away::commit(network, &meta, reason, effects),
        EntryCommand::Metadata(change) => metadata::commit(network, &meta, *change, effects),
        EntryCommand::Setname(realname) => setname::commit(network, &meta, realname, effects),
        EntryCommand::Account(sign_in) => account::commit(network, &meta, *sign_in, effects),
        EntryCommand::SignOut(out) => sign_out::commit(network, &meta, *out, effects),
        EntryCommand::OwnChannel(own) => chanserv::commit(network, &meta, *own, effects),
        EntryCommand::CreateAccount(create) => account::commit_creation(network, &meta, *create, effects),
        EntryCommand::ChangeAccount(change) => account::commit_edit(network, &meta, *change, effects),
        EntryCommand::Oper(grant) => oper::commit(network, &meta, *grant, effects),
        EntryCommand::Kill(kill) => kill::commit(network, &meta, &kill, effects),
        EntryCommand::Wallops(text) => wallops::commit(network, &meta, text, effects),
        EntryCommand::Chghost(chghost) => chghost::commit(network, &meta, &chghost, effects),
        EntryCommand::Reconfigure(settings) => {
            rehash::commit(network, settings, effects);
            Ok(())
        }
        EntryCommand::Rename(rename) => rename::commit(network, &meta, rename, effects),
        EntryCommand::Redact(redact) => redact::commit(network, &meta, &redact, effects),
        EntryCommand::Markread(markread) => markread::commit(network, &meta, markread, effects),
        EntryCommand::Sajoin(sajoin) => sajoin::commit(network, &meta, &sajoin, effects),
        EntryCommand::Sapart(sapart) => sapart::commit(network, &meta, sapart, effects),
        EntryCommand::Samode(samode) => samode::commit(network, &meta, &samode, effects),
        EntryCommand::Room(room) => room::commit(network, &meta, room, effects),
        EntryCommand::Close(close) => chanserv::commit_closing(network, &meta, *close, effects),
        EntryCommand::Access(access) => access::commit(network, &meta, access, effects),
        EntryCommand::Accept(accept) => accept::commit(network, &meta, &accept, effects),
        EntryCommand::Expire => {
            network.expire(effects);
            Ok(())
        }
        EntryCommand::ForgetEmpty => {
            network.forget_empty_channels(effects);
            Ok(())
        }
        EntryCommand::NodeUp(up) => {
            node::come_up(network, &meta, up, effects);
            Ok(())
        }
        EntryCommand::NodeDown(down) => {
            node::go_down(network, down, effects);
            Ok(())
        }
    };
    if let Err(refusal) = result {
        effects.refusals.push(refusal);
    }
    network.keep_presences(effects);
    network.debug_assert_sound(meta.actor);
}

/// Tells everyone on this machine who must hear of an event.
pub(crate) fn publish(publisher: &mut Publisher<'_>, event: &Event) {
    match event {
        Event::Registered(user) => user::publish(publisher, *user),
        Event::SessionBegan { user, channels } => user::publish_session(publisher, *user, channels),
        Event::SessionMoved(moved) => account::publish_move(publisher, moved),
        Event::SignedOut(out) => sign_out::publish(publisher, out),
        // Their connections are closed with words of their own.
        Event::SessionsEnded(_) => {}
        Event::Renamed(renamed) => nick::publish(publisher, renamed),
        Event::Quit { user: _, nick, source, reason } => {
            quit::publish(publisher, source, reason);
            monitor::tell_offline(publisher, nick);
        }
        Event::Joined { user, channel } => join::publish(publisher, *user, *channel),
        Event::Parted { source, channel, reason } => part::publish(publisher, source, channel, reason),
        Event::Kicked(kicked) => kick::publish(publisher, kicked),
        Event::SaidInChannel(message) => privmsg::publish_in_channel(publisher, message),
        Event::SaidToUser { sender, receiver, spoken } => {
            privmsg::publish_to_user(publisher, *sender, *receiver, spoken);
        }
        Event::ReceiverAway { nick, reason } => away::tell_sender(publisher, nick, reason),
        Event::TopicChanged { by, channel, topic } => {
            topic::publish(publisher, by, *channel, topic.as_ref());
        }
        Event::ChannelTold { channel, members, text } => {
            room::tell(publisher, channel, members, text);
        }
        Event::ChannelDeleted { channel, members, reason } => {
            room::publish_deletion(publisher, channel, members, reason);
        }
        Event::ModesChanged { by, channel, steps } => mode::publish(publisher, by, *channel, steps),
        Event::UserModesChanged { user, before } => mode::user::publish(publisher, *user, *before),
        Event::Invited(invited) => invite::publish(publisher, invited),
        Event::BecameOperator(user) => oper::publish(publisher, *user),
        Event::Killed(killed) => kill::publish(publisher, killed),
        Event::Wallops { by, text } => wallops::publish(publisher, by, text),
        Event::HostChanged { user, old_source } => chghost::publish(publisher, *user, old_source),
        Event::Reconfigured { before } => rehash::publish(publisher, before),
        Event::AwayChanged { user, news } => away::publish(publisher, *user, *news),
        Event::MetadataChanged { target, told } => metadata::publish(publisher, *target, told),
        Event::RealnameChanged { user } => setname::publish(publisher, *user),
        Event::AccountChanged { user, changes, by_sasl } => {
            account::publish(publisher, *user, *changes);
            if *by_sasl {
                account::end_sasl(publisher, *user);
            }
        }
        Event::InvitationTold(told) => invitation::publish(publisher, *told),
        Event::ServiceTold(told) => chanserv::publish(publisher, told),
        Event::ToldByChanServ { user, text } => chanserv::publish_to(publisher, *user, text),
        Event::ChannelCleared(cleared) => chanserv::publish_clearance(publisher, cleared),
        Event::AccessDecided => access::publish(publisher),
        Event::AccountCreated { name, asker } => account::publish_creation(publisher, name, *asker),
        Event::AppPasswordCreated => nickserv::app_passwords::publish(publisher),
        Event::AccountEdited { asker: AccountAsker::Administrator(_) | AccountAsker::Visitor(_), .. } => {}
        Event::AccountEdited { asker: _, done } => account::publish_edit(publisher, done),
        Event::ChannelRenamed(renamed) => rename::publish(publisher, renamed),
        Event::Redacted(redacted) => redact::publish(publisher, redacted),
        Event::MarkedRead(marked) => markread::publish(publisher, marked),
    }
}
