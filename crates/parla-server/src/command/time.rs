//! TIME: the server's clock. <https://modern.ircdocs.horse/#time-message>

use parla_proto::{Reply, Timestamp, command::Time};

use super::motd::check_server;
use crate::{context::Context, network::refusal::Refusal};

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(crate) fn run(context: &mut Context<'_>, time: &Time<'_>) -> Result<(), Refusal> {
    check_server(context, time.server)?;
    let (server, now) = (&context.settings.name, context.now);
    context.reply(Reply::Time { server, seconds: now.as_secs(), time: &readable(now) });
    Ok(())
}

/// A time in readable form. It is in UTC, because the server has no other time zone.
pub(crate) fn readable(at: Timestamp) -> String {
    let time = at.civil(0);
    let weekday = WEEKDAYS.get(usize::from(time.date.weekday())).copied().unwrap_or_default();
    let month = MONTHS.get(usize::from(time.date.month).wrapping_sub(1)).copied().unwrap_or_default();
    let (day, year) = (time.date.day, time.date.year);
    format!("{weekday}, {day} {month} {year}, {:02}:{:02}:{:02} UTC", time.hour, time.minute, time.second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_can_read_it() {
        let at = Timestamp::from_millis(1_795_424_707_123);
        assert_eq!(readable(at), "Monday, 23 November 2026, 09:05:07 UTC");
        assert_eq!(readable(Timestamp::from_millis(0)), "Thursday, 1 January 1970, 00:00:00 UTC");
    }
}
