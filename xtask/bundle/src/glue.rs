//! What wasm-bindgen makes of the compiled app: the WebAssembly for the browser, and the JavaScript that
//! loads it.
//!
//! Touches no file.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

/// The app for the browser.
pub(crate) struct Glue {
    pub(crate) wasm: Vec<u8>,
    /// The module that loads the app. It imports `modules` by their path.
    pub(crate) script: String,
    /// JavaScript from our dependencies, by the path under which `script` imports it. Some of it belongs to
    /// code that nothing calls.
    pub(crate) modules: BTreeMap<String, String>,
}

/// Processes what the compiler made.
///
/// # Errors
/// It is not WebAssembly, or it was built with another version of wasm-bindgen.
pub(crate) fn make(app: Vec<u8>) -> Result<Glue> {
    let mut bindgen = Bindgen::new();
    bindgen.input_bytes("parla", app).typescript(false).demangle(false);
    bindgen.remove_name_section(true).remove_producers_section(true);
    let mut output =
        bindgen.web(true)?.generate_output().context("wasm-bindgen cannot read the compiled app")?;

    let mut modules = BTreeMap::new();
    for (package, snippets) in output.snippets() {
        for (index, text) in snippets.iter().enumerate() {
            modules.insert(format!("./snippets/{package}/inline{index}.js"), text.clone());
        }
    }
    for (path, text) in output.local_modules() {
        modules.insert(format!("./snippets/{path}"), text.clone());
    }
    for (path, text) in &modules {
        let imports = text.lines().any(|line| line.trim_start().starts_with("import "));
        ensure!(!imports, "{path} imports another file, and that one is not looked for yet");
    }
    let script = output.js().to_owned();
    let module = output.wasm_mut();
    let imports = module.imports.iter_mut().map(|import| &mut import.name);
    let script = shorten(imports.chain(module.exports.iter_mut().map(|export| &mut export.name)), &script)?;
    Ok(Glue { wasm: module.emit_wasm(), script, modules })
}

/// Gives short names to what the WebAssembly and its script take from each other, and returns the script with
/// them. The long names end with random digits, which make the first load 8 KB larger.
fn shorten<'a>(names: impl Iterator<Item = &'a mut String>, script: &str) -> Result<String> {
    let is_generated = |name: &String| name.starts_with("__wb") || name.starts_with("wasm_bindgen__");
    let mut short = BTreeMap::new();
    for name in names.filter(|name| is_generated(name)) {
        let next = format!("${:x}", short.len());
        *name = short.entry(std::mem::take(name)).or_insert(next).clone();
    }
    let mut renamed = String::new();
    for word in words(script) {
        let is_taken = word.starts_with('$') && short.values().any(|name| name == word);
        ensure!(!is_taken, "the script uses the name {word} already");
        renamed += short.get(word).map_or(word, String::as_str);
    }
    Ok(renamed)
}

/// The names and keywords of a script, and what stands between them.
fn words(script: &str) -> impl Iterator<Item = &str> {
    let is_in_word = |char: char| char.is_alphanumeric() || matches!(char, '_' | '$');
    let mut rest = script;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest.find(|char| is_in_word(char) != is_in_word(first)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_have_the_same_short_names() {
        let mut names = ["__wbg_a_12", "memory", "__wbg_a_123", "__wbindgen_start"].map(str::to_owned);
        let script =
            "const i = { __wbg_a_12: f, __wbg_a_123() {} };\nwasm.__wbindgen_start(wasm.memory, __wbg_init);";
        let renamed = shorten(names.iter_mut(), script).unwrap();
        assert_eq!(names, ["$0", "memory", "$1", "$2"]);
        assert_eq!(renamed, "const i = { $0: f, $1() {} };\nwasm.$2(wasm.memory, __wbg_init);");
    }

    #[test]
    fn a_name_that_is_taken_is_noticed() {
        let mut names = ["__wbg_a_12".to_owned()];
        assert!(shorten(names.iter_mut(), "let $0 = __wbg_a_12;").is_err());
    }
}
