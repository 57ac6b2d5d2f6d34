//! Generates the methods and tables of the app's sentences from the files in `languages`.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

use parla_words::{File, accessors, table};

const FOLDER: &str = "languages";
const ENGLISH: &str = "en.ftl";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={FOLDER}");
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join(FOLDER);
    let read = |name: &str| -> Result<File, Box<dyn Error>> {
        let text = fs::read_to_string(root.join(name))?;
        File::parse(&text).map_err(|wrong| format!("{FOLDER}/{name}: {wrong}").into())
    };
    let english = read(ENGLISH)?;
    fs::write(out.join("accessors.rs"), accessors(&english))?;
    let mut ids = String::new();
    for sentence in &english.sentences {
        writeln!(ids, "{:?},", sentence.id)?;
    }
    fs::write(out.join("ids.rs"), format!("&[{ids}]"))?;
    for entry in fs::read_dir(&root)? {
        let name = entry?.file_name().into_string().map_err(|name| format!("{}", name.display()))?;
        if let Some(code) = name.strip_suffix(".ftl") {
            fs::write(out.join(format!("{code}.words")), table(&english, &read(&name)?))?;
        }
    }
    Ok(())
}
