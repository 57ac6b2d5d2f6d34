//! Accessibility: checks the page with axe-core.

use std::{collections::HashMap, fmt::Write as _, fs};

use serde_json::{Value, json};

use super::{Window, target};

/// Runs in the page once axe-core is loaded. It uses the rules of WCAG 2.2 and axe-core's best practices.
const LOOK: &str = "
    const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ['violations'] }).then(done, error => done({ error: String(error) }));";

impl Window {
    /// Fails with the problems that axe-core finds in the page as it is now.
    pub(crate) async fn is_accessible(&self) {
        let path = target().join("axe/axe.min.js");
        let axe = fs::read_to_string(&path).unwrap_or_else(|error| {
            panic!(
                "{}: {error}; `cargo xtask test` fetches axe-core before it runs this test",
                path.display()
            )
        });
        self.run(&axe, &[]).await;
        let found = self.client().execute_async(LOOK, Vec::new()).await.unwrap();
        assert_eq!(found.get("error"), None, "axe-core failed");
        let violations: Vec<String> = found["violations"].as_array().unwrap().iter().map(spelled).collect();
        assert!(violations.is_empty(), "not everybody can use this page:\n{}", violations.join("\n"));
    }
}

fn spelled(violation: &Value) -> String {
    let nodes = violation["nodes"].as_array().unwrap().iter();
    let places: Vec<String> = nodes
        .map(|node| {
            format!("    {}\n      {}", node["html"], node["failureSummary"].as_str().unwrap_or_default())
        })
        .collect();
    let unknown = json!("?");
    let impact = violation.get("impact").unwrap_or(&unknown);
    format!("  {} ({impact}): {}\n{}", violation["id"], violation["help"], places.join("\n"))
}

impl Window {
    /// The page as a screen reader sees it: one line for each meaningful element, `role "name"`, indented by
    /// its parents. Text is omitted; everything else is as Chromium computes it.
    pub(crate) async fn outline(&self) -> String {
        let answer = self.devtools("Accessibility.getFullAXTree", json!({})).await;
        let nodes = answer["nodes"].as_array().unwrap();
        let by_id: HashMap<&str, &Value> =
            nodes.iter().map(|node| (node["nodeId"].as_str().unwrap(), node)).collect();
        let mut lines = String::new();
        write_outline(&by_id, &nodes[0], 0, &mut lines);
        lines
    }
}

/// Roles that mean nothing by themselves.
const SILENT: [&str; 12] = [
    "StaticText",
    "InlineTextBox",
    "generic",
    "none",
    "paragraph",
    "RootWebArea",
    "ListMarker",
    "LineBreak",
    "time",
    "code",
    "SvgRoot",
    "emphasis",
];

fn write_outline(by_id: &HashMap<&str, &Value>, node: &Value, depth: usize, lines: &mut String) {
    let role = node["role"]["value"].as_str().unwrap_or_default();
    let name = node["name"]["value"].as_str().unwrap_or_default();
    let is_said = node["ignored"] != json!(true) && !SILENT.contains(&role);
    if is_said {
        let name = if name.is_empty() { String::new() } else { format!(" \"{name}\"") };
        let _ = writeln!(lines, "{}{role}{name}", "  ".repeat(depth));
    }
    for child in node["childIds"].as_array().into_iter().flatten() {
        if let Some(child) = by_id.get(child.as_str().unwrap()) {
            write_outline(by_id, child, depth + usize::from(is_said), lines);
        }
    }
}
