//! Merges several modules into one script.
//!
//! wasm-bindgen makes a module that imports others. If a module cannot be loaded, a browser remembers that
//! and does not request it again as long as the page lives, whoever imports it. A script can be requested
//! again. Touches no file.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};

/// The exports of the module that wasm-bindgen makes.
const EXPORTS: &str = "export { initSync, __wbg_init as default };";

/// The declarations that a module may export.
const DECLARATIONS: [&str; 6] = ["async function ", "class ", "const ", "function ", "let ", "var "];

/// Makes a script from a module and those that it imports, by their paths. The script defines `parlaStart`,
/// the function that starts the app.
///
/// # Errors
/// A module is written in a way that is not supported here.
pub(crate) fn one_script(module: &str, imported: &BTreeMap<String, String>) -> Result<String> {
    let mut script = "(() => {\n\"use strict\";\n".to_owned();
    let mut has_exports = false;
    for line in module.lines() {
        if line.starts_with("import ") {
            script += &import(line, imported).with_context(|| format!("`{line}` is not understood"))?;
        } else if line.trim() == EXPORTS {
            has_exports = true;
        } else {
            script += line;
        }
        script.push('\n');
    }
    ensure!(has_exports, "wasm-bindgen's module has no `{EXPORTS}`");
    ensure!(!script.contains("import.meta"), "only a module knows its own address");
    Ok(script + "globalThis.parlaStart = __wbg_init;\n})();\n")
}

/// Replaces `import { a, b as c } from './path';` by the text of the module, of which only `a` and `c` are
/// visible outside.
fn import(line: &str, imported: &BTreeMap<String, String>) -> Result<String> {
    let (names, path) = line
        .strip_prefix("import {")
        .and_then(|rest| rest.trim_end().strip_suffix(';')?.split_once("} from "))
        .context("no list of names")?;
    let path = path.trim_matches(['\'', '"']);
    let text = imported.get(path).with_context(|| format!("{path} is not there"))?;
    let names = names.replace(" as ", ": ");
    let inside = without_exports(text)?;
    let given: Vec<&str> =
        names.split(',').filter_map(|name| name.split(':').next()).map(str::trim).collect();
    Ok(format!("const {{{names}}} = (() => {{\n{inside}\nreturn {{ {} }};\n}})();", given.join(", ")))
}

/// The text of a module without its exports.
fn without_exports(module: &str) -> Result<String> {
    let mut text = module.to_owned();
    for declaration in DECLARATIONS {
        text = text.replace(&format!("export {declaration}"), declaration);
    }
    // This matches `export { a, b };` with any spacing.
    for opening in ["export {", "export{"] {
        while let Some((before, after)) = text.split_once(opening) {
            let (names, after) = after.split_once('}').context("a list of names without an end")?;
            ensure!(!names.contains(" as "), "a name that is another one outside");
            text = format!("{before}{}", after.strip_prefix(';').unwrap_or(after));
        }
    }
    let is_known = !text.lines().any(|line| line.trim_start().starts_with("export "));
    ensure!(is_known, "a module exports something in another way");
    Ok(text)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn modules_become_one_script() {
        let module = format!("import {{ one, two as twice }} from './a.js';\nlet wasm;\n{EXPORTS}\n");
        let imported = "function one(){}const hidden=1;export{one};export class two {}".to_owned();
        let script = one_script(&module, &[("./a.js".to_owned(), imported)].into()).unwrap();
        expect![[r#"
            (() => {
            "use strict";
            const { one, two: twice } = (() => {
            function one(){}const hidden=1;class two {}
            return { one, two };
            })();
            let wasm;

            globalThis.parlaStart = __wbg_init;
            })();
        "#]]
        .assert_eq(&script);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let of = |module: &str, imported: &str| {
            let module = format!("{module}\n{EXPORTS}");
            one_script(&module, &[("./a.js".to_owned(), imported.to_owned())].into()).is_err()
        };
        assert!(of("import * as a from './a.js';", ""));
        assert!(of("import { a } from './b.js';", ""));
        assert!(of("import { a } from './a.js';", "export default 1;"));
        assert!(of("import { a } from './a.js';", "let b; export { b as a };"));
        assert!(of("let here = import.meta.url;", ""));
        assert!(one_script("", &BTreeMap::new()).is_err());
    }
}
