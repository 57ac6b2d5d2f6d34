//! The answer to one labelled command, collected before it is sent.
//!
//! <https://ircv3.net/specs/extensions/labeled-response>

use bytes::Bytes;
use parla_proto::{Line, tag::escape};

/// The lines that answer one label.
#[derive(Debug)]
pub(crate) struct Response {
    label: String,
    lines: Vec<Bytes>,
    /// Whether the lines form one batch, whose first line then carries the label.
    is_batch: bool,
    /// The batch whose first line has been sent already; `lines` is empty then.
    open: Option<String>,
}

impl Response {
    /// An empty answer to a label, which is given unescaped.
    pub(crate) fn new(label: &str) -> Self {
        Self { label: escape(label).into_owned(), lines: Vec::new(), is_batch: false, open: None }
    }

    pub(crate) fn push(&mut self, line: Bytes) {
        self.lines.push(line);
        self.is_batch = false;
    }

    /// Adds all lines of a batch.
    pub(crate) fn push_batch(&mut self, lines: Vec<Bytes>) {
        self.is_batch = self.lines.is_empty();
        self.lines.extend(lines);
    }

    /// Whether its batch has been started. Lines that are added then are sent at once, so that they are not
    /// overtaken by what happens meanwhile.
    pub(crate) const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// The line with the tag of the started batch.
    pub(crate) fn inside(&self, line: Bytes) -> Bytes {
        match &self.open {
            Some(batch) if !has_batch(&line) => tag(&line, &format!("batch={batch}")),
            _ => line,
        }
    }

    /// Starts a batch with this name, and sends the lines so far.
    pub(crate) fn open(&mut self, server: &str, batch: String) -> Vec<Bytes> {
        let start = self.start(server, &batch);
        let lines = std::mem::take(&mut self.lines);
        let lines = [start].into_iter().chain(inside(&batch, &lines)).collect();
        self.open = Some(batch);
        lines
    }

    /// The lines to send: an ACK, one line with the label, or a batch with it; or, for a batch that was
    /// started, its end.
    pub(crate) fn finish(mut self, server: &str, batch: &str) -> Vec<Bytes> {
        if let Some(batch) = &self.open {
            return vec![end(server, batch)];
        }
        let label = format!("label={}", self.label);
        match self.lines.as_mut_slice() {
            [] => vec![Line::tagged(&label).source(&server).command("ACK").finish().into()],
            [first, ..] if self.is_batch => {
                *first = tag(first, &label);
                self.lines
            }
            [only] => {
                *only = tag(only, &label);
                self.lines
            }
            _ => {
                let start = self.start(server, batch);
                [start].into_iter().chain(inside(batch, &self.lines)).chain([end(server, batch)]).collect()
            }
        }
    }

    /// The line that starts the batch and carries the label.
    fn start(&self, server: &str, batch: &str) -> Bytes {
        let label = format!("label={}", self.label);
        let start = Line::tagged(&label).source(&server).command("BATCH");
        start.param(format_args!("+{batch}")).param("labeled-response").finish().into()
    }
}

fn end(server: &str, batch: &str) -> Bytes {
    Line::from(&server).command("BATCH").param(format_args!("-{batch}")).finish().into()
}

/// The lines with a batch tag; lines that already belong to an inner batch stay as they are.
fn inside<'l>(batch: &str, lines: &'l [Bytes]) -> impl Iterator<Item = Bytes> + use<'l> {
    let inside = format!("batch={batch}");
    lines.iter().map(move |line| if has_batch(line) { line.clone() } else { tag(line, &inside) })
}

/// The line with one more tag, in front of its others.
pub(crate) fn tag(line: &[u8], tag: &str) -> Bytes {
    let mut tagged = Vec::with_capacity(line.len() + tag.len() + 2);
    tagged.push(b'@');
    tagged.extend_from_slice(tag.as_bytes());
    match line.strip_prefix(b"@") {
        Some(rest) => {
            tagged.push(b';');
            tagged.extend_from_slice(rest);
        }
        None => {
            tagged.push(b' ');
            tagged.extend_from_slice(line);
        }
    }
    tagged.into()
}

/// Whether the line already belongs to a batch.
fn has_batch(line: &[u8]) -> bool {
    line.starts_with(b"@batch=")
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "expect! makes a value")]
    fn check(response: Response, expected: Expect) {
        let lines = response.finish("s", "b1");
        expected.assert_eq(
            &lines.iter().map(|line| String::from_utf8_lossy(line).replace("\r\n", "\n")).collect::<String>(),
        );
    }

    fn response(lines: &[&'static str]) -> Response {
        let mut response = Response::new("a b");
        for line in lines {
            response.push(Bytes::from_static(line.as_bytes()));
        }
        response
    }

    #[test]
    fn none_one_and_many() {
        check(response(&[]), expect![["@label=a\\sb :s ACK\n"]]);
        check(response(&["@time=1 :s X\r\n"]), expect![["@label=a\\sb;time=1 :s X\n"]]);
        check(
            response(&[":s X\r\n", "@time=1 :s Y\r\n"]),
            expect![[r"
            @label=a\sb :s BATCH +b1 labeled-response
            @batch=b1 :s X
            @batch=b1;time=1 :s Y
            :s BATCH -b1
        "]],
        );
    }

    #[test]
    fn a_long_answer_leaves_in_parts() {
        let mut response = response(&[":s X\r\n"]);
        let first = response.open("s", "b1".to_owned());
        assert_eq!(first, ["@label=a\\sb :s BATCH +b1 labeled-response\r\n", "@batch=b1 :s X\r\n"]);
        assert_eq!(response.inside(Bytes::from_static(b":s Y\r\n")), "@batch=b1 :s Y\r\n");
        assert_eq!(response.inside(Bytes::from_static(b"@batch=h :s Z\r\n")), "@batch=h :s Z\r\n");
        assert_eq!(response.finish("s", "b3"), [":s BATCH -b1\r\n"]);
    }

    #[test]
    fn a_batch_carries_the_label_itself() {
        let mut response = Response::new("x");
        response.push_batch(vec![
            Bytes::from_static(b":s BATCH +h t\r\n"),
            Bytes::from_static(b":s BATCH -h\r\n"),
        ]);
        check(response, expect![["@label=x :s BATCH +h t\n:s BATCH -h\n"]]);
    }
}
