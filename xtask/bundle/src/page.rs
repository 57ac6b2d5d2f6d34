//! The files of the page and their names.
//!
//! A file that only the page itself names has the hash of its content in its name, so that a browser may keep it for ever. In
//! the static files `{{name}}` stands for the address of the file `name`, and `{{preload}}` in `index.html` for the lines that
//! make the browser load everything at once. Addresses are relative, as a proxy may serve the page under a path of its own; all
//! files lie in the same folder. Touches no file but to read the static ones.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};

use crate::{glue::Glue, stamp::hash};

/// Which files are named by something outside the page: a person, a bookmark, the app that a telephone has installed.
const KNOWN_OUTSIDE: [&str; 3] = ["html", "webmanifest", "svg"];

/// Which static files name others. Each may name those before it.
const NAMING: [&str; 2] = ["start.js", "index.html"];

/// The static files, by name.
pub(crate) struct Assets(pub(crate) BTreeMap<String, Vec<u8>>);

impl Assets {
    /// Reads each file of each folder.
    ///
    /// # Errors
    /// A folder or a file cannot be read.
    pub(crate) fn read(folders: &[PathBuf]) -> Result<Self> {
        let mut files = BTreeMap::new();
        for folder in folders {
            let entries =
                fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
            for entry in entries {
                let path = entry?.path();
                let bytes = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
                files.insert(path.file_name().unwrap_or_default().to_string_lossy().into_owned(), bytes);
            }
        }
        Ok(Self(files))
    }
}

/// All files of the page, by their final names.
///
/// # Errors
/// A static file names one that is not there.
pub(crate) fn put_together(glue: Glue, assets: &Assets) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut page = Page::default();
    page.add_glue(glue)?;
    page.add("style.css", style(assets));
    for (name, bytes) in &assets.0 {
        if !name.ends_with(".css") && !NAMING.contains(&name.as_str()) {
            page.add(name, bytes.clone());
        }
    }
    for name in NAMING {
        let bytes = assets.0.get(name).with_context(|| format!("{name} is missing"))?;
        let text = std::str::from_utf8(bytes).with_context(|| format!("{name} is not UTF-8"))?;
        let filled = page.fill(text).with_context(|| format!("{name} cannot be filled in"))?;
        page.add(name, filled.into_bytes());
    }
    Ok(page.files)
}

/// All style sheets as one, so that the browser asks once: `style.css`, then the others in the order of their names.
fn style(assets: &Assets) -> Vec<u8> {
    let first = assets.0.get("style.css").into_iter();
    let rest = assets.0.iter().filter(|(name, _)| name.ends_with(".css") && *name != "style.css");
    first.chain(rest.map(|(_, bytes)| bytes)).flatten().copied().collect()
}

/// A script or a style sheet without what is there for its readers: comments that have lines of their own, indentation, empty
/// lines. A text over several lines must not look like a comment; none of ours has one.
fn lean(text: &str) -> String {
    let mut lean = String::with_capacity(text.len());
    let mut is_comment = false;
    for line in text.lines().map(str::trim) {
        let opens = line.starts_with("/*");
        let closes = line.ends_with("*/");
        if is_comment || opens {
            // What stands behind a comment in its line is kept with it.
            is_comment = !line.contains("*/");
            if is_comment || closes {
                continue;
            }
        }
        if !line.is_empty() && !line.starts_with("//") {
            // What explains a declaration behind it.
            lean.push_str(line.split_once("; // ").map_or(line, |(code, _)| code));
            if line.contains("; // ") {
                lean.push(';');
            }
            lean.push('\n');
        }
    }
    lean
}

#[derive(Default)]
struct Page {
    /// By final name.
    files: BTreeMap<String, Vec<u8>>,
    /// From the name in the sources to the address.
    addresses: BTreeMap<String, String>,
    preload: String,
}

impl Page {
    fn add_glue(&mut self, glue: Glue) -> Result<()> {
        let Glue { wasm, mut script, modules } = glue;
        let mut scripts = Vec::new();
        for (path, text) in modules {
            if !script.contains(&path) {
                // It belongs to code that nothing calls.
                continue;
            }
            let address = self.add("module.js", text.into_bytes());
            script = script.replace(&path, &address);
            scripts.push(address);
        }
        scripts.push(self.add("parla.js", script.into_bytes()));
        let lines = scripts.iter().map(|address| format!("<link rel=\"modulepreload\" href=\"{address}\">"));
        let app = self.add("parla_bg.wasm", wasm);
        let app = format!(
            "<link rel=\"preload\" href=\"{app}\" as=\"fetch\" type=\"application/wasm\" crossorigin>"
        );
        self.preload = lines.chain([app]).collect::<Vec<_>>().join("\n");
        Ok(())
    }

    /// Gives the address.
    fn add(&mut self, name: &str, bytes: Vec<u8>) -> String {
        let is_source = name.ends_with(".js") || name.ends_with(".css");
        let text = std::str::from_utf8(&bytes).ok().filter(|_| is_source).map(lean);
        let bytes = text.map_or(bytes, String::into_bytes);
        let last = final_name(name, &bytes);
        let address = format!("./{last}");
        self.addresses.insert(name.to_owned(), address.clone());
        self.files.insert(last, bytes);
        address
    }

    /// Puts addresses in the place of names.
    fn fill(&self, text: &str) -> Result<String> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) = after.split_once("}}").context("`{{` without `}}`")?;
            filled.push_str(before);
            match self.addresses.get(name) {
                Some(address) => filled.push_str(address),
                None if name == "preload" => filled.push_str(&self.preload),
                None => bail!("there is no file {name}"),
            }
            rest = after;
        }
        Ok(filled + rest)
    }
}

/// `start.js` → `start-0123456789abcdef.js`, `parla_bg.wasm` → `parla-0123456789abcdef_bg.wasm`.
fn final_name(name: &str, bytes: &[u8]) -> String {
    let path = Path::new(name);
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    if KNOWN_OUTSIDE.contains(&&*extension) {
        return name.to_owned();
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let (stem, tail) = stem.strip_suffix("_bg").map_or((&*stem, ""), |stem| (stem, "_bg"));
    format!("{stem}-{:016x}{tail}.{extension}", hash(bytes))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{ASSETS, root};

    fn glue() -> Glue {
        Glue {
            wasm: b"\0asm".to_vec(),
            script: "import { one } from './snippets/crate-1/inline0.js';".to_owned(),
            modules: [("./snippets/crate-1/inline0.js".to_owned(), "export let one = 1".to_owned())].into(),
        }
    }

    fn assets<const COUNT: usize>(files: [(&str, &str); COUNT]) -> Assets {
        Assets(files.into_iter().map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).collect())
    }

    #[test]
    fn names_become_addresses() {
        let assets = assets([
            ("start.js", "import start from '{{parla.js}}'; start('{{parla_bg.wasm}}')"),
            ("room.css", "b{}"),
            ("index.html", "{{preload}}\n{{style.css}} {{start.js}}"),
            ("style.css", "a{}"),
        ]);
        let mut shown = String::new();
        for (name, bytes) in put_together(glue(), &assets).unwrap() {
            shown += &format!("{name}: {}\n", String::from_utf8_lossy(&bytes).replace('\0', ""));
        }
        expect![[r#"
            index.html: <link rel="modulepreload" href="./module-20b9effdec99b738.js">
            <link rel="modulepreload" href="./parla-4b98d736df1c5d40.js">
            <link rel="preload" href="./parla-8e8d8ae28653fd1e_bg.wasm" as="fetch" type="application/wasm" crossorigin>
            ./style-c9b53963eb83f175.css ./start-2e3f566d0adc40ca.js
            module-20b9effdec99b738.js: export let one = 1

            parla-4b98d736df1c5d40.js: import { one } from './module-20b9effdec99b738.js';

            parla-8e8d8ae28653fd1e_bg.wasm: asm
            start-2e3f566d0adc40ca.js: import start from './parla-4b98d736df1c5d40.js'; start('./parla-8e8d8ae28653fd1e_bg.wasm')

            style-c9b53963eb83f175.css: a{}b{}

        "#]].assert_eq(&shown);
    }

    #[test]
    fn a_name_without_a_file_is_refused() {
        let assets = assets([("start.js", ""), ("index.html", "{{no.css}}")]);
        let error = put_together(glue(), &assets).unwrap_err();
        assert_eq!(format!("{error:#}"), "index.html cannot be filled in: there is no file no.css");
    }

    #[test]
    fn the_page_runs_under_a_strict_policy() {
        let assets = Assets::read(&ASSETS.map(|path| root().join(path))).unwrap();
        let files = put_together(glue(), &assets).unwrap();
        let index = std::str::from_utf8(&files["index.html"]).unwrap();
        for script in index.split("<script").skip(1) {
            let (opening, rest) = script.split_once('>').unwrap();
            assert!(opening.contains(" src=\"./"), "a script without an address: <script{opening}>");
            assert!(rest.starts_with("</script>"), "a script inside the page: {rest}");
        }
        for inline in ["<style", " style=", " onload=", " onclick=", "javascript:", "http:", "https:"] {
            assert!(!index.contains(inline), "index.html contains `{inline}`");
        }
    }

    /// A proxy may serve the page under a path of its own, such as `/chat/`.
    #[test]
    fn nothing_asks_for_the_root_of_the_host() {
        let assets = Assets::read(&ASSETS.map(|path| root().join(path))).unwrap();
        for (name, bytes) in put_together(glue(), &assets).unwrap() {
            let text = String::from_utf8_lossy(&bytes);
            for absolute in ["=\"/", "\": \"/", "'/", "(\"/", "url(/", "url(\"/"] {
                let found = text.lines().find(|line| line.contains(absolute));
                assert_eq!(found, None, "{absolute} in {name}");
            }
        }
    }

    #[test]
    fn what_is_for_readers_stays_behind() {
        let text = "/* one\n   two */\na {\n  b: c; /* d */\n}\n\n// e\n/** f */\ng(); // h\n/* i */ j\n";
        assert_eq!(lean(text), "a {\nb: c; /* d */\n}\ng();\n/* i */ j\n");
    }
}
