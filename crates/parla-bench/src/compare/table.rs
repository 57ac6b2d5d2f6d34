//! The Markdown of a comparison: medians, spreads and ratios. Pure, apart from looking up a file system's
//! kind.

use std::{fs, path::Path};

use crate::report::{Measure, Report};

/// What one server's column says about one load.
#[derive(Debug, Default)]
pub(super) struct Column {
    /// One report for each round, in order.
    pub(super) reports: Vec<Report>,
}

/// The head of the table. Ratios refer to the first server.
pub(super) fn head<'a>(servers: impl Iterator<Item = &'a str>) -> String {
    let (mut names, mut rule) = ("| scenario | figure |".to_owned(), "|---|---|".to_owned());
    for (place, server) in servers.enumerate() {
        names += &format!(" {server} |");
        rule += "---:|";
        if place > 0 {
            names += " ratio |";
            rule += "---:|";
        }
    }
    format!("{names}\n{rule}")
}

/// One line of the table.
pub(super) fn line(title: &str, measure: Measure, columns: &[Column]) -> String {
    let mut line = format!("| {title} | {} |", caption(measure));
    let first = columns.first();
    for (place, column) in columns.iter().enumerate() {
        let figures = column.reports.iter().filter_map(|report| report.figure(measure));
        line += &format!(" {} |", spread(figures.collect(), decimals(measure)));
        if let (1.., Some(first)) = (place, first) {
            let pairs = column.reports.iter().zip(&first.reports);
            let ratios = pairs.filter_map(|(it, first)| Some(it.figure(measure)? / first.figure(measure)?));
            line += &format!(" {} |", spread(ratios.filter(|ratio| ratio.is_finite()).collect(), 2));
        }
    }
    line
}

/// What makes a run's figures worthless, in words; `None` if nothing does.
pub(super) fn trouble(title: &str, server: &str, report: &Report) -> Option<String> {
    let faults = [Measure::Missing, Measure::Extra, Measure::Refusals, Measure::Closed];
    let faults = faults.into_iter().filter_map(|measure| match report.figure(measure) {
        Some(count) if count > 0.0 => Some(format!("{} {count}", measure.key())),
        _ => None,
    });
    let mut faults: Vec<_> = faults.collect();
    if faults.is_empty() {
        return None;
    }
    faults.extend(report.first_refusal.clone());
    Some(format!("- {server}, {title}: {}", faults.join(", ")))
}

/// The text below the table.
pub(super) fn verdict(troubles: &[String]) -> String {
    if troubles.is_empty() {
        "\nEvery run delivered each message to each member exactly once; nothing was refused or closed."
            .to_owned()
    } else {
        format!("\nNot to be trusted:\n{}", troubles.join("\n"))
    }
}

/// The kind of file system that a directory is on, by the longest mount point above it.
pub(super) fn filesystem(directory: &Path) -> Option<String> {
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    let above = mounts.lines().filter_map(|mount| {
        let mut fields = mount.split(' ').skip(1);
        let (point, kind) = (fields.next()?, fields.next()?);
        directory.starts_with(point).then_some((point.len(), kind))
    });
    // Of two mounts on the same point the later one hides the other; `max_by_key` returns the last.
    above.max_by_key(|(length, _)| *length).map(|(_, kind)| kind.to_owned())
}

fn caption(measure: Measure) -> &'static str {
    match measure {
        Measure::DeliveriesPerCpuSecond => "deliveries per CPU second",
        Measure::DeliveriesPerSecond => "deliveries per second",
        Measure::LatencyP50 => "delivery p50, µs",
        Measure::LatencyP99 => "delivery p99, µs",
        Measure::LatencyP999 => "delivery p99.9, µs",
        Measure::EchoP50 => "own echo p50, µs",
        Measure::EchoP99 => "own echo p99, µs",
        Measure::RssPerClient => "RSS per client, bytes",
        Measure::PssPerClient => "PSS per client, bytes",
        other => other.key(),
    }
}

/// The number of decimals: one for microseconds, none for anything else.
fn decimals(measure: Measure) -> usize {
    usize::from(measure.key().ends_with("_us"))
}

/// The median, with minimum and maximum if there are several figures.
fn spread(mut figures: Vec<f64>, decimals: usize) -> String {
    figures.sort_by(f64::total_cmp);
    let (Some(least), Some(most)) = (figures.first(), figures.last()) else { return "–".to_owned() };
    let median = median(&figures).unwrap_or(*least);
    if figures.len() == 1 {
        return format!("{median:.decimals$}");
    }
    format!("{median:.decimals$} ({least:.decimals$}–{most:.decimals$})")
}

/// The median of sorted figures.
fn median(figures: &[f64]) -> Option<f64> {
    let upper = *figures.get(figures.len() / 2)?;
    if figures.len() % 2 == 1 {
        return Some(upper);
    }
    Some((upper + figures.get(figures.len() / 2 - 1)?) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(figures: &[f64]) -> Column {
        let report = |figure: &f64| {
            let mut report = Report::default();
            report.add(Measure::DeliveriesPerCpuSecond, *figure);
            report
        };
        Column { reports: figures.iter().map(report).collect() }
    }

    #[test]
    fn ratios_are_taken_round_by_round() {
        let columns = [column(&[100.0, 200.0, 400.0]), column(&[50.0, 200.0, 100.0])];
        assert_eq!(
            line("one", Measure::DeliveriesPerCpuSecond, &columns),
            "| one | deliveries per CPU second | 200 (100–400) | 100 (50–200) | 0.50 (0.25–1.00) |"
        );
        assert_eq!(line("one", Measure::EchoP50, &columns), "| one | own echo p50, µs | – | – | – |");
    }

    #[test]
    fn the_head_has_a_ratio_for_all_but_the_first() {
        let expected = "| scenario | figure | bare loop | parlad | ratio |\n|---|---|---:|---:|---:|";
        assert_eq!(head(["bare loop", "parlad"].into_iter()), expected);
    }

    #[test]
    fn the_median_of_two_lies_between_them() {
        assert_eq!(spread(vec![3.0, 1.0], 0), "2 (1–3)");
        assert_eq!(spread(vec![3.0], 1), "3.0");
    }

    #[test]
    fn faults_are_told() {
        let mut report = Report::default();
        report.first_refusal = Some("404".to_owned());
        assert_eq!(trouble("one", "x", &report), None);
        report.add(Measure::Missing, 2.0);
        assert_eq!(trouble("one", "x", &report).unwrap(), "- x, one: missing 2, 404");
    }
}
