//! Views in short form, as a person would read them off the screen.

use parla_client::{
    Problem, ProblemKind,
    view::{
        Announcement, BufferEvent, BufferView, Content, Counted, Delivery, Earlier, Gap, LinkState, Manner,
        MessageView, ModeChange, Presence, Row,
    },
};
use parla_proto::Timestamp;

/// `10:02`, with seconds unless they are zero.
fn clock(at: Timestamp) -> String {
    let text = at.to_string();
    let time = &text[11..19];
    time.strip_suffix(":00").unwrap_or(time).to_owned()
}

pub(crate) fn rows(view: &BufferView) -> String {
    let mut lines = String::new();
    for shown in view.timeline.rows() {
        if view.divider == Some(shown.id) {
            lines.push_str("---- new\n");
        }
        lines.push_str(&row(shown));
        lines.push('\n');
    }
    lines
}

pub(crate) fn row(row: &Row) -> String {
    match &row.content {
        Content::Message(message) => self::message(message),
        Content::Event(event) => format!("-- {}", self::event(event)),
        Content::Server(text) => format!("** {}", text.plain),
        Content::Gap(gap) => self::gap(gap),
    }
}

fn gap(gap: &Gap) -> String {
    let from = gap.from.map_or_else(|| "?".to_owned(), clock);
    format!("== gap {from}–{} {}", clock(gap.to), format!("{:?}", gap.state).to_lowercase())
}

fn message(message: &MessageView) -> String {
    let from = if message.author.own { "me" } else { &message.author.nick };
    if let Some(deleted) = &message.deleted {
        let by = if deleted.own { "me" } else { &deleted.by };
        let reason = deleted.reason.as_ref().map_or_else(String::new, |why| format!(": {}", why.plain));
        assert!(message.text.plain.is_empty() && message.reactions.is_empty() && message.reply.is_none());
        return format!("<{from}> (deleted by {by}{reason})");
    }
    let from = match &message.author.called {
        Some(called) => &format!("{called} = {from}"),
        None => from,
    };
    let before = match &message.reply {
        None => String::new(),
        Some(reply) => match &reply.quoted {
            Some(quoted) => format!("(to {}: {}) ", quoted.from, quoted.words),
            None => "(to ?) ".to_owned(),
        },
    };
    let for_whom = message.audience.map_or_else(String::new, |it| format!("(for {:?}s) ", it.rank));
    let reactions = message.reactions.iter().map(|one| {
        let who: Vec<&str> = one.by.iter().map(|who| &**who).collect();
        format!(" [{}{} {}]", one.text, if one.own { "!" } else { "" }, who.join(","))
    });
    let reactions: String = reactions.collect();
    let line = message.text.plain.replace('\n', "⏎");
    let words = match message.manner {
        Manner::Message => format!("<{from}> {before}{for_whom}{line}"),
        Manner::Notice => format!("-{from}- {before}{for_whom}{line}"),
        Manner::Action => format!("* {from} {before}{for_whom}{line}"),
    };
    let mention = if message.mention { " [mention]" } else { "" };
    let delivery = match &message.delivery {
        Delivery::Done => String::new(),
        Delivery::Queued => " (queued)".to_owned(),
        Delivery::Sent => " (sent)".to_owned(),
        Delivery::Failed(problem) => format!(" (failed: {:?})", problem.kind),
    };
    format!("{words}{mention}{reactions}{delivery}")
}

fn event(event: &BufferEvent) -> String {
    let because = |reason: &Option<parla_client::text::Text>| {
        reason.as_ref().map_or_else(String::new, |reason| format!(": {}", reason.plain))
    };
    match event {
        BufferEvent::Joined { who } => format!("{who} joined"),
        BufferEvent::Left { who, reason } => format!("{who} left{}", because(reason)),
        BufferEvent::Quit { who, reason } => format!("{who} quit{}", because(reason)),
        BufferEvent::Kicked { who, by, reason } => format!("{who} kicked by {by}{}", because(reason)),
        BufferEvent::Renamed { from, to } => format!("{from} is {to}"),
        BufferEvent::TopicSet { by, topic } => format!("{by} set the topic: {}", topic.plain),
        BufferEvent::TopicCleared { by } => format!("{by} cleared the topic"),
        BufferEvent::ModeSet { by, changes } => {
            let changes: Vec<_> = changes.iter().map(change).collect();
            format!("{by} set {}", changes.join(", "))
        }
        BufferEvent::Invited { by, who } => format!("{by} invited {who}"),
        BufferEvent::RoomRenamed { by, from, to, reason } => {
            let what =
                by.as_ref().map_or(format!("{from} is {to}"), |by| format!("{by} renamed {from} to {to}"));
            format!("{what}{}", because(reason))
        }
    }
}

fn change(change: &ModeChange) -> String {
    let sign = |is_set| if is_set { '+' } else { '-' };
    match change {
        ModeChange::Rank { who, rank, is_given } => format!("{}{rank:?} {who}", sign(*is_given)),
        ModeChange::Setting(setting, value) => {
            format!("{}{setting:?} {}", sign(value.is_some()), value.as_deref().unwrap_or_default())
        }
        ModeChange::Listed { list, whom, is_added } => format!("{}{list:?} {whom:?}", sign(*is_added)),
        ModeChange::Other(letters) => letters.to_string(),
    }
}

pub(crate) fn problem(problem: &Problem) -> String {
    let about = if problem.about.is_empty() { String::new() } else { format!(" {}", problem.about) };
    match problem.kind {
        ProblemKind::ConversationGone => format!("{:?} with {:?}", problem.kind, problem.details),
        kind => format!("{kind:?}{about}"),
    }
}

pub(crate) fn announcement(place: Option<&str>, announcement: &Announcement) -> String {
    let place = place.map_or_else(String::new, |place| format!("{place}: "));
    let words = match announcement {
        Announcement::Problem(problem) => format!("problem {}", self::problem(problem)),
        Announcement::Invitation { from, room } => format!("{from} invites to {room}"),
        Announcement::Invited { who, room } => format!("{who} invited to {room}"),
        Announcement::NickRefused { problem, suggestion } => {
            format!("problem {}, perhaps {suggestion}", self::problem(problem))
        }
        Announcement::NickChanged(nick) => format!("now {nick}"),
        Announcement::Away(is_away) => (if *is_away { "away" } else { "back" }).to_owned(),
        Announcement::Forwarded { from, to } => format!("sent on from {from} to {to}"),
        Announcement::Help => "help".to_owned(),
    };
    format!("{place}{words}")
}

pub(crate) fn link(state: &LinkState) -> String {
    match state {
        LinkState::Connecting(stage) => format!("connecting: {stage:?}"),
        LinkState::Online => "online".to_owned(),
        LinkState::Waiting { attempt, why, .. } => format!("waiting, attempt {attempt}: {}", problem(why)),
        LinkState::Offline => "offline".to_owned(),
        LinkState::Stopped { why, suggestion } => {
            let why = why.as_ref().map_or_else(String::new, |why| format!(": {}", problem(why)));
            let suggestion = suggestion.as_ref().map_or_else(String::new, |it| format!(", perhaps {it}"));
            format!("stopped{why}{suggestion}")
        }
    }
}

/// For example `#lobby present, 3 unread (1 for me)`.
pub(crate) fn summary(view: &BufferView) -> String {
    let presence = match &view.presence {
        Presence::Joining => "joining".to_owned(),
        Presence::Present => "present".to_owned(),
        Presence::Absent(None) => "absent".to_owned(),
        Presence::Absent(Some(why)) => format!("absent: {}", problem(why)),
    };
    let more = if view.counted == Counted::InPart { "+" } else { "" };
    let unread = match (view.unread, view.mentions) {
        (0, _) => String::new(),
        (unread, 0) => format!(", {unread}{more} unread"),
        (unread, mentions) => format!(", {unread}{more} unread ({mentions} for me)"),
    };
    let earlier = match view.earlier {
        Earlier::Possible => ", more before",
        Earlier::Loading => ", loading what was before",
        Earlier::None | Earlier::Unavailable => "",
    };
    format!("{} {presence}{unread}{earlier}", view.name)
}
