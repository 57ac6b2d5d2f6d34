//! The figures of one run, and how they are printed: as text for a person, or as one JSON object for a
//! program.

use std::fmt::Write;

use hdrhistogram::Histogram;

/// What a figure measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// The number of clients that were connected.
    Clients,
    /// The length of the measured window, in seconds.
    Seconds,
    /// How long it took to connect and register all clients, in seconds.
    RegisterSeconds,
    /// Messages whose last delivery fell into the window.
    Messages,
    /// Messages per second.
    MessagesPerSecond,
    /// Lines delivered in the window, echoes to the sender included.
    Deliveries,
    /// Deliveries per second of wall time.
    DeliveriesPerSecond,
    /// Deliveries per second of the server's CPU time.
    DeliveriesPerCpuSecond,
    /// Bytes received per delivery, all lines counted.
    BytesPerDelivery,
    /// The server's CPU time in the window, in seconds.
    ServerCpu,
    /// The load generator's CPU time in the window, in seconds.
    GeneratorCpu,
    /// Median time from sending a message to a delivery, in microseconds.
    LatencyP50,
    /// The 99th percentile of the same time.
    LatencyP99,
    /// The 99.9th percentile of the same time.
    LatencyP999,
    /// Median time until the sender got its own message, in microseconds.
    EchoP50,
    /// The 99th percentile of the same time.
    EchoP99,
    /// The 99.9th percentile of the same time.
    EchoP999,
    /// Deliveries that never arrived, over the whole run.
    Missing,
    /// Deliveries that should not have arrived, over the whole run.
    Extra,
    /// Lines with which the server refused something, over the whole run.
    Refusals,
    /// Connections that the server closed, over the whole run.
    Closed,
    /// The server's resident set, in bytes.
    Rss,
    /// The server's proportional set, in bytes.
    Pss,
    /// Growth of the resident set per client, in bytes.
    RssPerClient,
    /// Growth of the proportional set per client, in bytes.
    PssPerClient,
}

impl Measure {
    /// The name of the figure in JSON and text.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Clients => "clients",
            Self::Seconds => "seconds",
            Self::RegisterSeconds => "register_seconds",
            Self::Messages => "messages",
            Self::MessagesPerSecond => "messages_per_second",
            Self::Deliveries => "deliveries",
            Self::DeliveriesPerSecond => "deliveries_per_second",
            Self::DeliveriesPerCpuSecond => "deliveries_per_cpu_second",
            Self::BytesPerDelivery => "bytes_per_delivery",
            Self::ServerCpu => "server_cpu_seconds",
            Self::GeneratorCpu => "generator_cpu_seconds",
            Self::LatencyP50 => "latency_p50_us",
            Self::LatencyP99 => "latency_p99_us",
            Self::LatencyP999 => "latency_p999_us",
            Self::EchoP50 => "echo_p50_us",
            Self::EchoP99 => "echo_p99_us",
            Self::EchoP999 => "echo_p999_us",
            Self::Missing => "missing",
            Self::Extra => "extra",
            Self::Refusals => "refusals",
            Self::Closed => "closed",
            Self::Rss => "rss_bytes",
            Self::Pss => "pss_bytes",
            Self::RssPerClient => "rss_bytes_per_client",
            Self::PssPerClient => "pss_bytes_per_client",
        }
    }
}

/// The figures of one run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    figures: Vec<(Measure, f64)>,
    /// The first line with which the server refused something.
    pub(crate) first_refusal: Option<String>,
}

impl Report {
    /// Adds a figure. Counts are exact up to 2^53.
    pub(crate) fn add(&mut self, measure: Measure, figure: f64) {
        self.figures.push((measure, figure));
    }

    /// Adds three percentiles of a histogram of nanoseconds, in microseconds; none if it is empty.
    pub(crate) fn add_percentiles(&mut self, measures: [Measure; 3], histogram: &Histogram<u64>) {
        if histogram.is_empty() {
            return;
        }
        for (measure, quantile) in measures.into_iter().zip([0.5, 0.99, 0.999]) {
            self.add(measure, histogram.value_at_quantile(quantile) as f64 / 1000.0);
        }
    }

    /// A figure, if the run has it.
    pub(crate) fn figure(&self, measure: Measure) -> Option<f64> {
        self.figures.iter().find(|(which, _)| *which == measure).map(|(_, figure)| *figure)
    }

    /// The figures as text, one per line.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for (measure, figure) in &self.figures {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{:<26} {:>16}", measure.key(), number(*figure));
        }
        if let Some(refusal) = &self.first_refusal {
            let _ = writeln!(text, "{:<26} {refusal}", "first_refusal");
        }
        text.truncate(text.trim_end().len());
        text
    }

    /// The figures as one JSON object on one line.
    pub(crate) fn json(&self) -> String {
        let figures = self.figures.iter();
        let mut fields: Vec<_> =
            figures.map(|(measure, figure)| format!("\"{}\":{}", measure.key(), number(*figure))).collect();
        if let Some(refusal) = &self.first_refusal {
            fields.push(format!("\"first_refusal\":{}", json_string(refusal)));
        }
        format!("{{{}}}", fields.join(","))
    }
}

fn number(figure: f64) -> String {
    if figure.fract() == 0.0 { format!("{figure:.0}") } else { format!("{figure:.2}") }
}

fn json_string(text: &str) -> String {
    let mut json = String::from('"');
    for character in text.chars() {
        let _ = match character {
            '"' | '\\' => write!(json, "\\{character}"),
            control if control.is_control() => write!(json, "\\u{:04x}", u32::from(control)),
            plain => write!(json, "{plain}"),
        };
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_one_object() {
        let mut report = Report { first_refusal: Some("404 \"x\\\u{1}".to_owned()), ..Report::default() };
        report.add(Measure::Missing, 0.0);
        report.add(Measure::Seconds, 1.25);
        assert_eq!(report.json(), r#"{"missing":0,"seconds":1.25,"first_refusal":"404 \"x\\\u0001"}"#);
    }
}
