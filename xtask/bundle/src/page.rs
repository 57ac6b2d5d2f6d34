//! The files of the page and their names.
//!
//! A file that only the page itself names has the hash of its content in its name, so that a browser may
//! cache it forever. In the static files `{{name}}` stands for the address of the file `name`. In
//! `index.html`, `{{inline name}}` stands for its text, because what loads the others must not be missing
//! itself; `{{say name}}` for an English sentence, `{{say name in each}}` for the sentence in every language,
//! and `{{languages}}` for what `loading.js` needs to know of the other languages. Addresses are relative,
//! because a proxy may serve the page under its own path; all files are in one folder. Touches no files
//! except to read the static ones.

use std::{
    collections::BTreeMap,
    fs, iter,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};

use crate::{glue::Glue, languages::Languages, merge, stamp::hash};

/// The endings of files that are named outside the page: by people, by bookmarks, and by apps installed on
/// phones.
const KNOWN_OUTSIDE: [&str; 3] = ["html", "webmanifest", "svg"];

/// The static file that names the others.
const INDEX: &str = "index.html";

/// The static files whose text is inserted into `index.html`; so is that of all style sheets.
const INLINE: [&str; 2] = [FIRST_SCREEN, "loading.js"];

/// The first screen as it is in the page before the app is loaded.
const FIRST_SCREEN: &str = "first-screen.html";

/// The style sheet that comes first, which also gives its name to all of them together.
const STYLE: &str = "style.css";

/// The static files, by name.
pub(crate) struct Assets(pub(crate) BTreeMap<String, Vec<u8>>);

impl Assets {
    /// Reads all files of the folders.
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

    fn text(&self, name: &str) -> Result<&str> {
        let bytes = self.0.get(name).with_context(|| format!("there is no file {name}"))?;
        std::str::from_utf8(bytes).with_context(|| format!("{name} is not UTF-8"))
    }
}

/// All files of the page, by their final names.
///
/// # Errors
/// A static file names one that does not exist.
pub(crate) fn put_together(glue: Glue, assets: &Assets) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut page = Page::default();
    let Glue { wasm, script, modules } = glue;
    page.add("parla_bg.wasm", wasm);
    page.add("parla.js", merge::one_script(&script, &modules)?.into_bytes());
    for (name, bytes) in &assets.0 {
        let is_in_page = INLINE.contains(&name.as_str()) || name == INDEX;
        if !name.ends_with(".css") && !name.ends_with(".ftl") && !is_in_page {
            page.add(name, bytes.clone());
        }
    }
    let languages = Languages::of(assets)?;
    for (name, bytes) in languages.tables() {
        page.add(&name, bytes);
    }
    let filled = page.fill(assets.text(INDEX)?, assets, &languages)?;
    page.add(INDEX, filled.into_bytes());
    Ok(page.files)
}

/// All style sheets in one: `style.css`, then the others in the order of their names.
fn style(assets: &Assets) -> Result<String> {
    let rest = assets.0.keys().map(String::as_str).filter(|name| name.ends_with(".css") && *name != STYLE);
    iter::once(STYLE).chain(rest).map(|name| assets.text(name)).collect()
}

/// A script or a style sheet without what is only for human readers: comments on lines of their own,
/// indentation, empty lines. A text of several lines must not look like a comment; none of ours does.
fn lean(text: &str) -> String {
    let mut lean = String::with_capacity(text.len());
    let mut is_comment = false;
    for line in text.lines().map(str::trim) {
        let opens = line.starts_with("/*");
        let closes = line.ends_with("*/");
        if is_comment || opens {
            // Text after a comment in the same line is kept with it.
            is_comment = !line.contains("*/");
            if is_comment || closes {
                continue;
            }
        }
        if !line.is_empty() && !line.starts_with("//") {
            // This removes a comment that explains the declaration before it.
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
    /// The files by their final names.
    files: BTreeMap<String, Vec<u8>>,
    /// The addresses by the names in the sources.
    addresses: BTreeMap<String, String>,
}

impl Page {
    fn add(&mut self, name: &str, bytes: Vec<u8>) {
        let is_source = name.ends_with(".js") || name.ends_with(".css");
        let text = std::str::from_utf8(&bytes).ok().filter(|_| is_source).map(lean);
        let bytes = text.map_or(bytes, String::into_bytes);
        let last = final_name(name, &bytes);
        self.addresses.insert(name.to_owned(), format!("./{last}"));
        self.files.insert(last, bytes);
    }

    /// Replaces names by addresses and texts.
    fn fill(&self, text: &str, assets: &Assets, languages: &Languages) -> Result<String> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) = after.split_once("}}").context("`{{` without `}}`")?;
            filled.push_str(before);
            match name.split_once(' ') {
                Some(("inline", STYLE)) => filled += &lean(&style(assets)?),
                Some(("inline", inline)) => {
                    filled += &self.fill(&lean(assets.text(inline)?), assets, languages)?;
                }
                Some(("say", sentence)) => {
                    filled += &match sentence.strip_suffix(" in each") {
                        Some(sentence) => languages.in_each(sentence)?,
                        None => languages.english(sentence)?.to_owned(),
                    };
                }
                None if name == "languages" => {
                    filled += &languages.for_page(assets.text(FIRST_SCREEN)?, &self.addresses)?;
                }
                _ => match self.addresses.get(name) {
                    Some(address) => filled.push_str(address),
                    None => bail!("there is no file {name}"),
                },
            }
            rest = after;
        }
        Ok(filled + rest)
    }
}

/// For example `page.js` → `page-0123456789abcdef.js`, `parla_bg.wasm` → `parla-0123456789abcdef_bg.wasm`.
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
            script: "import { one } from './snippets/crate-1/inline0.js';\nexport { initSync, __wbg_init as default };\n"
                .to_owned(),
            modules: [("./snippets/crate-1/inline0.js".to_owned(), "export let one = 1;".to_owned())].into(),
        }
    }

    fn assets<const COUNT: usize>(files: [(&str, &str); COUNT]) -> Assets {
        Assets(files.into_iter().map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).collect())
    }

    #[test]
    fn names_become_addresses() {
        let assets = assets([
            (
                "loading.js",
                "// Loads.\nload('{{page.js}}', '{{parla.js}}', '{{parla_bg.wasm}}', '{{say loading-slow}}', {{languages}})",
            ),
            ("loading.css", "  c{}"),
            ("page.js", "page()"),
            ("en.ftl", "loading-slow = Slow.\njoin = Join\nnamed = Write to { $who }.\nother = Other\n"),
            ("it.ftl", "loading-slow = Lenta.\njoin = Entra\nnamed = Scrivi a { $who }.\nother = Altro\n"),
            ("room.css", "b{}\n"),
            ("first-screen.html", "<form>\n<b>Join</b><p>Write to <bdi></bdi>.</p>\n</form>"),
            (
                "index.html",
                "<style>{{inline style.css}}</style>{{inline first-screen.html}}{{say loading-slow in each}}\
                 <script>{{inline loading.js}}</script>",
            ),
            ("style.css", "a{}\n"),
        ]);
        let mut shown = String::new();
        for (name, bytes) in put_together(glue(), &assets).unwrap() {
            shown += &format!("{name}: {}\n", String::from_utf8_lossy(&bytes).replace('\0', ""));
        }
        expect![[r#"
            index.html: <style>a{}
            c{}b{}
            </style><form>
            <b>Join</b><p>Write to <bdi></bdi>.</p>
            </form>
            <p>Slow.</p><p lang="it">Lenta.</p><script>load('./page-dfa474d10981a7a1.js', './parla-f38798dded3e0e1a.js', './parla-8e8d8ae28653fd1e_bg.wasm', 'Slow.', {"it":{"table":"./words-it-37e04b6a4da9b0f8.txt","words":{".":".","Join":"Entra","Slow.":"Lenta.","Write to ":"Scrivi a "}}})
            </script>
            page-dfa474d10981a7a1.js: page()

            parla-8e8d8ae28653fd1e_bg.wasm: asm
            parla-f38798dded3e0e1a.js: (() => {
            "use strict";
            const { one } = (() => {
            let one = 1;
            return { one };
            })();
            globalThis.parlaStart = __wbg_init;
            })();

            words-it-37e04b6a4da9b0f8.txt: parla 9a8bc2fefb893125
            Lenta.
            Entra
            Scrivi a a.
            Altro

        "#]].assert_eq(&shown);
    }

    #[test]
    fn a_name_without_a_file_is_refused() {
        for (page, wrong) in [
            ("{{no.css}}", "there is no file no.css"),
            ("{{say b}}", "there is no sentence b"),
            ("{{languages}}", "the first screen says [\"Hello\"], which are no sentences"),
        ] {
            let files = [
                ("index.html", page),
                ("first-screen.html", "<p>Hello</p>"),
                ("en.ftl", "a = A\n"),
                ("it.ftl", "a = A\n"),
            ];
            let error = put_together(glue(), &assets(files)).unwrap_err();
            assert_eq!(format!("{error:#}"), wrong);
        }
    }

    /// The page as it is built, without the app.
    fn index() -> String {
        let assets = Assets::read(&ASSETS.map(|path| root().join(path))).unwrap();
        let files = put_together(glue(), &assets).unwrap();
        String::from_utf8(files["index.html"].clone()).unwrap()
    }

    /// The server allows `<script>` and `<style>` elements without attributes, and nothing else inside the
    /// page.
    #[test]
    fn the_page_runs_under_a_strict_policy() {
        let index = index();
        for kind in ["script", "style"] {
            assert_eq!(index.matches(&format!("<{kind}>")).count(), 1, "one {kind}");
            assert_eq!(index.matches(&format!("<{kind}")).count(), 1, "no other {kind}");
            assert_eq!(index.matches(&format!("</{kind}")).count(), 1, "the {kind} ends where it seems to");
        }
        assert!(!index.contains('\r'), "a browser would hash another text");
        for inline in [" style=", " onload=", " onclick=", "javascript:", "http:", "https:"] {
            assert!(!index.contains(inline), "index.html contains `{inline}`");
        }
    }

    /// If something cannot be loaded, there is text to read.
    #[test]
    fn the_page_asks_for_nothing_that_could_be_missing_before_it_can_say_so() {
        let index = index();
        let named: Vec<&str> =
            index.lines().filter(|line| line.contains("<link") || line.contains(" src=")).collect();
        assert!(named.iter().all(|line| line.contains("icon") || line.contains("manifest")), "{named:?}");
        assert!(index.find("parla is loading").unwrap() < index.find("<script>").unwrap());
    }

    /// A proxy may serve the page under its own path, such as `/chat/`.
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
