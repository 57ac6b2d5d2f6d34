//! The rules for crates: which crate may use which, what a pure crate may depend on, and which licenses
//! dependencies may have.
//!
//! Reads `cargo metadata`, the manifests and `deny.toml`. Never looks at our code, which is the compiler's
//! task.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};

/// Every crate of ours and the crates of ours that it may depend on. A new crate has to be added here.
const ARROWS: &[(&str, &[&str])] = &[
    ("parla-proto", &[]),
    ("parla-server", &["parla-proto"]),
    ("parla-history", &["parla-proto"]),
    ("parla-store", &["parla-proto", "parla-server", "parla-history"]),
    ("parlad", &["parla-proto", "parla-server", "parla-store"]),
    ("parla-testing", &["parla-proto", "parla-server", "parla-store"]),
    ("parla-bench", &["parla-proto"]),
    ("parla-client", &["parla-proto"]),
    ("parla-engine", &["parla-client", "parla-proto"]),
    ("parla-words", &[]),
    ("parla-ui", &["parla-client", "parla-proto", "parla-words"]),
    ("parla-web", &["parla-client", "parla-engine", "parla-proto", "parla-ui"]),
    ("parla", &["parla-client", "parla-engine", "parla-history", "parla-proto", "parla-ui"]),
    ("xtask", &[]),
    ("bundle", &["parla-words"]),
];

/// The crates without I/O, clock or randomness.
const PURE: &[&str] = &["parla-proto", "parla-server", "parla-client", "parla-engine"];

/// Crates that would bring I/O, a clock or randomness into a pure crate, at any depth.
const IMPURE: &[&str] = &["tokio", "rusqlite", "rand", "getrandom", "mio", "socket2"];

/// The crates that must not know how the app is drawn, because that changes with every release of Dioxus.
const WITHOUT_INTERFACE: &[&str] = &[
    "parla-server",
    "parla-store",
    "parlad",
    "parla-client",
    "parla-engine",
    "parla-history",
    "parla-proto",
];

/// The crates that draw the app, and all whose names continue theirs after a `-`.
const INTERFACE: &[&str] = &["dioxus", "wry", "tao"];

#[test]
fn arrows_go_down() {
    let metadata = metadata();
    let ours = ours(&metadata);
    let names: BTreeSet<&str> = ours.iter().map(|package| package.name.as_str()).collect();
    let listed: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, listed, "the crates of the workspace and the table ARROWS differ");

    for package in ours {
        let (_, allowed) = ARROWS.iter().find(|(name, _)| *name == package.name.as_str()).unwrap();
        for dependency in &package.dependencies {
            let shipped = dependency.kind != DependencyKind::Development;
            if shipped && names.contains(dependency.name.as_str()) {
                assert!(
                    allowed.contains(&dependency.name.as_str()),
                    "{} may not depend on {}; see ARCHITECTURE.md",
                    package.name,
                    dependency.name
                );
            }
        }
    }
}

#[test]
fn a_folder_has_its_crates_name() {
    for package in ours(&metadata()) {
        let folder = package.manifest_path.parent().and_then(|folder| folder.file_name());
        assert_eq!(folder, Some(package.name.as_str()), "{}", package.manifest_path);
    }
}

#[test]
fn pure_crates_rest_on_pure_crates() {
    let metadata = metadata();
    for name in PURE {
        let package = ours(&metadata).into_iter().find(|package| package.name == *name).unwrap();
        for (below, path) in normal_tree(&metadata, &package.id) {
            assert!(!IMPURE.contains(&below.as_str()), "{name} must stay pure but uses {path}");
        }
    }
}

#[test]
fn only_the_app_draws() {
    let metadata = metadata();
    for name in WITHOUT_INTERFACE {
        let package = ours(&metadata).into_iter().find(|package| package.name == *name).unwrap();
        for (below, path) in normal_tree(&metadata, &package.id) {
            let first = below.split('-').next().unwrap_or_default();
            assert!(!INTERFACE.contains(&first), "{name} must not know the interface but uses {path}");
        }
    }
}

#[test]
fn licenses_are_allowed() {
    let deny = manifest(&root().join("deny.toml"));
    let allowed: Vec<spdx::Licensee> = deny["licenses"]["allow"]
        .as_array()
        .unwrap()
        .iter()
        .map(|license| spdx::Licensee::parse(license.as_str().unwrap()).unwrap())
        .collect();
    for package in metadata().packages {
        let name = format!("{} {}", package.name, package.version);
        let license = package.license.unwrap_or_else(|| panic!("{name} names no license"));
        let expression = spdx::Expression::parse_mode(&license, spdx::ParseMode::LAX)
            .unwrap_or_else(|error| panic!("{name}: the license `{license}` cannot be read: {error}"));
        assert!(
            expression.evaluate(|term| allowed.iter().any(|licensee| licensee.satisfies(term))),
            "{name}: the license `{license}` is not allowed by deny.toml"
        );
    }
}

/// Therefore everything that passes here was built with the oldest compiler that is promised.
#[test]
fn everybody_builds_with_the_oldest_compiler_that_is_promised() {
    let used = manifest(&root().join("rust-toolchain.toml"));
    let promised = manifest(&root().join("Cargo.toml"));
    let used = used["toolchain"]["channel"].as_str().unwrap();
    let promised = promised["workspace"]["package"]["rust-version"].as_str().unwrap();
    assert_eq!(used, format!("{promised}.0"), "rust-toolchain.toml names another compiler than Cargo.toml");
}

#[test]
fn every_crate_has_the_workspace_lints() {
    for package in ours(&metadata()) {
        let manifest = manifest(package.manifest_path.as_std_path());
        let inherits = manifest.get("lints").and_then(|lints| lints.get("workspace")?.as_bool());
        assert_eq!(inherits, Some(true), "{} lacks `[lints] workspace = true`", package.manifest_path);
    }
}

/// Every package that `from` needs in a release, including itself, with the path that leads there.
fn normal_tree(metadata: &Metadata, from: &PackageId) -> BTreeMap<String, String> {
    let nodes: BTreeMap<&PackageId, _> =
        metadata.resolve.as_ref().unwrap().nodes.iter().map(|node| (&node.id, node)).collect();
    let mut paths = BTreeMap::new();
    let mut open = vec![(from, String::new())];
    while let Some((id, above)) = open.pop() {
        let name = metadata[id].name.to_string();
        let path = if above.is_empty() { name.clone() } else { format!("{above} → {name}") };
        if paths.insert(name, path.clone()).is_some() {
            continue;
        }
        for dependency in &nodes[id].deps {
            if dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal) {
                open.push((&dependency.pkg, path.clone()));
            }
        }
    }
    paths
}

fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).exec().unwrap()
}

fn ours(metadata: &Metadata) -> Vec<&Package> {
    metadata.workspace_packages()
}

fn manifest(path: &Path) -> toml::Table {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
