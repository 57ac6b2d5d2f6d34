//! The layers inside our crates: which modules may use which.
//!
//! The modules of a crate are on floors. A module may name modules of its own floor or of a lower one, and no
//! modules of one floor may use each other in a circle. The tables here decide; ARCHITECTURE.md shows readers
//! the same floors, with some of them merged or left out.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod modules;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use modules::{Module, Modules};

/// A crate whose modules are on floors.
struct House {
    /// The folder of its source.
    src: &'static str,
    /// From the bottom up: the name of each floor, and the modules of the crate's root that are on it.
    floors: &'static [(&'static str, &'static [&'static str])],
}

/// Every crate that has floors. A new module in its root has to be added here.
const HOUSES: &[House] = &[
    House {
        src: "crates/parla-server/src",
        floors: &[
            ("base", &["base"]),
            ("network", &["network"]),
            ("contract", &["contract"]),
            ("session", &["session"]),
            ("publish", &["publish"]),
            ("context", &["context"]),
            ("command", &["command"]),
            // NickServ and ChanServ: texts that become the same proposals as commands.
            ("service", &[]),
            ("server", &["server"]),
        ],
    },
    House {
        src: "crates/parlad/src",
        floors: &[
            ("base", &["limits", "options", "log", "health", "printer", "setup"]),
            ("config", &["config"]),
            ("net", &["net"]),
            ("work", &["work"]),
            ("core", &["core"]),
            ("web", &["web"]),
            ("whole", &["run", "reload", "restart", "room", "account", "invite", "access"]),
            ("command line", &["cli"]),
        ],
    },
    House {
        src: "crates/parla-client/src",
        floors: &[
            (
                "base",
                &[
                    "limits",
                    "sorted_map",
                    "deceptive",
                    "ids",
                    "rank",
                    "problem",
                    "credentials",
                    "endpoint",
                    "text",
                    "secrets",
                    "slash",
                    "stranger",
                    "parting",
                ],
            ),
            ("view", &["settings", "view", "intent", "stored_intent", "lines", "completion", "tabs"]),
            ("contract", &["contract", "changes", "turn", "incoming"]),
            ("session", &["mode_letters", "regain", "session", "link", "naming"]),
            (
                "conversations",
                &[
                    "timeline",
                    "received",
                    "members",
                    "room_modes",
                    "buffer",
                    "buffers",
                    "directory",
                    "display_names",
                    "people",
                    "survey",
                    "markers",
                    "looking",
                    "away",
                    "batches",
                ],
            ),
            ("messages", &["history", "outbox", "requests", "records"]),
            ("client", &["client"]),
        ],
    },
    House {
        src: "crates/parla-engine/src",
        floors: &[("shell", &["storage", "transport", "pace", "wished_nick"]), ("engine", &["engine"])],
    },
];

impl House {
    /// The number of a module's floor, and the floor's name.
    fn floor_of(&self, module: &Module) -> Option<(usize, &'static str)> {
        let top = module.top()?;
        let floors = self.floors.iter().enumerate();
        floors
            .filter(|(_, (_, modules))| modules.contains(&top))
            .map(|(height, (name, _))| (height, *name))
            .next()
    }

    /// Everything that is wrong with these modules, one sentence each.
    fn faults(&self, modules: &Modules) -> Vec<String> {
        let listed: BTreeSet<&str> = self.floors.iter().flat_map(|(_, modules)| *modules).copied().collect();
        let there = modules.top();
        let mut faults: Vec<String> = there
            .difference(&listed)
            .map(|module| format!("{module} stands on no floor: xtask/tests/layers.rs does not list it"))
            .collect();
        faults.extend(listed.difference(&there).map(|module| format!("{module} is listed and is not there")));
        for arrow in &modules.arrows {
            let Some((height, from)) = self.floor_of(&arrow.from) else { continue };
            let (user, used, place) = (&arrow.from, &arrow.to, &arrow.place);
            match self.floor_of(used) {
                Some((other, to)) if other > height => {
                    faults.push(format!("{user} (floor {from}) uses {used} (floor {to}) in {place}"));
                }
                // The root, which is above all floors, only lists what others may use.
                None if used.top().is_none() => {
                    faults.push(format!("{user} (floor {from}) uses {used} in {place}"));
                }
                _ => {}
            }
        }
        let on_one_floor = |one: &Module, other: &Module| self.floor_of(one) == self.floor_of(other);
        faults.extend(modules.circles(on_one_floor));
        faults
    }
}

#[test]
fn arrows_inside_crates_go_down() {
    for house in HOUSES {
        let modules = Modules::read(&root().join(house.src), house.src);
        let faults = house.faults(&modules);
        assert!(faults.is_empty(), "{} faults; see ARCHITECTURE.md\n{}", faults.len(), faults.join("\n"));
    }
}

/// A fictional crate with two floors: `ground` below `roof`.
const SHED: House =
    House { src: "shed/src", floors: &[("ground", &["stone", "sand"]), ("roof", &["tile"]), ("attic", &[])] };

/// What is wrong with a fictional crate that consists of these files; it always has a root.
fn faults(files: &[(&str, &str)]) -> Vec<String> {
    let mut all =
        vec![(PathBuf::from("lib.rs"), "mod sand;\nmod stone;\nmod tile;\npub use tile::Tile;".to_owned())];
    for name in ["sand.rs", "stone.rs", "tile.rs"] {
        let text = files.iter().find(|(file, _)| *file == name).map_or("", |(_, text)| text);
        all.push((PathBuf::from(name), text.to_owned()));
    }
    let more = files.iter().filter(|(file, _)| file.contains('/'));
    all.extend(more.map(|(file, text)| (PathBuf::from(file), (*text).to_owned())));
    SHED.faults(&Modules::of(&all, "shed/src"))
}

#[test]
fn what_points_down_is_right() {
    let tile = "use crate::{sand::{self, Grain}, stone};\npub struct Tile(stone::Stone, Grain, sand::Heap);";
    let nothing: [&str; 0] = [];
    assert_eq!(faults(&[("tile.rs", tile), ("sand.rs", "use super::stone::Stone;")]), nothing);
}

#[test]
fn what_points_up_is_found_wherever_it_stands() {
    let sentence =
        |line| [format!("stone (floor ground) uses tile (floor roof) in shed/src/stone.rs:{line}")];
    for (text, line) in [
        ("use crate::tile::Tile;", 1),
        ("\nuse crate::{\n    sand::Grain,\n    tile::Tile as Cover,\n};", 4),
        ("use super::tile;", 1),
        ("fn roof() -> crate::tile::Tile {\n    todo!()\n}", 1),
        ("fn roof() {\n    println!(\"{}\", crate::tile::name());\n}", 2),
        ("mod inner {\n    use super::super::tile::Tile;\n}", 2),
        ("impl crate::tile::Cover for () {}", 1),
    ] {
        assert_eq!(faults(&[("stone.rs", text)]), sentence(line), "{text}");
    }
}

#[test]
fn what_only_seems_to_point_up_is_right() {
    let nothing: [&str; 0] = [];
    for text in [
        "//! See [`crate::tile::Tile`].\n/// Not like `crate::tile`.\npub(crate) struct Stone;",
        "const NAME: &str = \"crate::tile\"; // crate::tile",
        "#[cfg(test)]\nmod tests {\n    use crate::tile::Tile;\n}",
        "#[cfg(test)]\nuse crate::tile::Tile;\npub(crate) fn lay(self_: u8) {}",
        "use tile::Other;",
        "fn parts<'a>(of: &'a str) -> impl Iterator<Item = u8> + use<'a> { of.bytes() }",
    ] {
        assert_eq!(faults(&[("stone.rs", text)]), nothing, "{text}");
    }
    let test_file = [("stone.rs", "#[cfg(test)]\nmod tests;"), ("stone/tests.rs", "use crate::tile::Tile;")];
    assert_eq!(faults(&test_file), nothing);
}

#[test]
fn nobody_inside_uses_the_root() {
    assert_eq!(
        faults(&[("stone.rs", "use crate::Tile;")]),
        ["stone (floor ground) uses the crate's root in shed/src/stone.rs:1"]
    );
}

#[test]
fn a_circle_on_one_floor_is_found() {
    assert_eq!(
        faults(&[("stone.rs", "use crate::sand::Grain;"), ("sand.rs", "\nuse crate::stone::Stone;")]),
        ["a circle: sand uses stone in shed/src/sand.rs:2, stone uses sand in shed/src/stone.rs:1"]
    );
}

#[test]
fn a_folder_is_one_module_from_outside() {
    let through_a_folder = [
        ("stone.rs", "mod grey;\npub struct Stone;"),
        ("stone/grey.rs", "use super::Stone;\nuse crate::sand::Grain;"),
        ("sand.rs", "use crate::stone::Stone;"),
    ];
    assert_eq!(
        faults(&through_a_folder),
        ["a circle: sand uses stone in shed/src/sand.rs:1, stone uses sand in shed/src/stone/grey.rs:2"]
    );
}

#[test]
fn in_a_folder_there_is_no_circle_either_but_for_its_own_file() {
    let parent_and_child = [
        ("stone.rs", "mod grey;\nuse grey::Grey;\npub struct Stone(Grey);"),
        ("stone/grey.rs", "use super::Stone;"),
    ];
    let nothing: [&str; 0] = [];
    assert_eq!(faults(&parent_and_child), nothing);
    let three = [
        ("stone.rs", "mod blue;\nmod grey;\nmod red;"),
        ("stone/blue.rs", "use super::grey::Grey;"),
        ("stone/grey.rs", "use crate::stone::red;"),
        ("stone/red.rs", "fn red() {\n    super::blue::blue();\n}"),
    ];
    assert_eq!(
        faults(&three),
        [
            "a circle: stone::blue uses stone::grey in shed/src/stone/blue.rs:1, stone::grey uses stone::red in \
          shed/src/stone/grey.rs:1, stone::red uses stone::blue in shed/src/stone/red.rs:2"
        ]
    );
}

#[test]
fn every_module_of_the_root_is_on_a_floor() {
    assert_eq!(
        faults(&[("straw/bale.rs", "")]),
        ["straw stands on no floor: xtask/tests/layers.rs does not list it"]
    );
    let modules = Modules::of(&[(PathBuf::from("lib.rs"), String::new())], "shed/src");
    assert_eq!(SHED.faults(&modules).len(), 3, "three modules are listed and not there");
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
