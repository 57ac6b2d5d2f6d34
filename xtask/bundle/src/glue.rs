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
    Ok(Glue { wasm: output.wasm_mut().emit_wasm(), script, modules })
}
