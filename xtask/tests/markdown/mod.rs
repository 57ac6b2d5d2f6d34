//! The part of Markdown that our documents use: headings, fenced blocks and inline links.

use std::{fs, path::Path};

/// A document, line by line.
pub(crate) struct Document {
    lines: Vec<String>,
}

impl Document {
    pub(crate) fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { lines: text.lines().map(str::to_owned).collect() }
    }

    pub(crate) fn lines(&self) -> &[String] {
        &self.lines
    }

    /// The lines below the second-level heading with this title, up to the next such heading.
    pub(crate) fn section(&self, title: &str) -> Option<Vec<String>> {
        let heading = format!("## {title}");
        let begin = self.lines.iter().position(|line| *line == heading)?;
        let below = self.lines.iter().skip(begin + 1);
        Some(below.take_while(|line| !line.starts_with("## ")).cloned().collect())
    }

    /// The targets of the inline links, in order. Code is ignored.
    pub(crate) fn links(&self) -> Vec<String> {
        let mut links = Vec::new();
        for line in outside_fences(&self.lines) {
            let prose = without_code(line);
            for rest in prose.split("](").skip(1) {
                if let Some((link, _)) = rest.split_once(')') {
                    links.push(link.to_owned());
                }
            }
        }
        links
    }

    /// The anchors that a forge generates from the headings.
    pub(crate) fn anchors(&self) -> Vec<String> {
        let mut anchors: Vec<String> = Vec::new();
        for line in outside_fences(&self.lines) {
            let text = line.trim_start_matches('#');
            if text.len() == line.len() || !text.starts_with(' ') {
                continue;
            }
            let anchor = anchor(text.trim());
            let again = anchors.iter().filter(|known| **known == anchor).count();
            anchors.push(if again == 0 { anchor } else { format!("{anchor}-{again}") });
        }
        anchors
    }
}

/// The fenced blocks in these lines, each as a list of lines.
pub(crate) fn fences(lines: &[String]) -> Vec<Vec<&str>> {
    let mut blocks = Vec::new();
    let mut open: Option<Vec<&str>> = None;
    for line in lines {
        if line.trim_start().starts_with("```") {
            match open.take() {
                Some(block) => blocks.push(block),
                None => open = Some(Vec::new()),
            }
        } else if let Some(block) = &mut open {
            block.push(line);
        }
    }
    blocks
}

fn outside_fences(lines: &[String]) -> impl Iterator<Item = &str> {
    let mut inside = false;
    lines.iter().map(String::as_str).filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        !inside && !fence
    })
}

/// The line without what is between backquotes.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect()
}

/// The anchor of a heading: lower case, hyphens for spaces, no punctuation.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn reads_what_we_write() {
    let text = "# A b, `c`\n[x](y.md#z) and `[no](no)`\n```\n[no](no)\n# no\n```\n## A b, c\n- [z](#a-b-c)";
    let document = Document { lines: text.lines().map(str::to_owned).collect() };
    assert_eq!(document.links(), ["y.md#z", "#a-b-c"]);
    assert_eq!(document.anchors(), ["a-b-c", "a-b-c-1"]);
    assert_eq!(document.section("A b, c").unwrap(), ["- [z](#a-b-c)"]);
    assert_eq!(fences(document.lines()), [["[no](no)", "# no"]]);
}
