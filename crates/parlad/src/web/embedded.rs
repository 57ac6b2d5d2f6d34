//! The files of the app, which `build.rs` put into the program.

/// A file and its compressed forms.
#[derive(Debug)]
pub(super) struct Asset {
    /// The path, starting with `/`.
    pub(super) path: &'static str,
    pub(super) mime: &'static str,
    /// A tag that changes with the content.
    pub(super) tag: &'static str,
    /// Whether the name contains a hash of the content, so that the content under this name never changes.
    pub(super) is_immutable: bool,
    pub(super) plain: &'static [u8],
    pub(super) br: Option<&'static [u8]>,
    pub(super) gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The file at a path; `/` means `index.html`.
pub(super) fn find(assets: &'static [Asset], path: &str) -> Option<&'static Asset> {
    let path = if path == "/" { "/index.html" } else { path };
    assets.iter().find(|asset| asset.path == path)
}

/// Whether the app was available when this program was built.
pub(crate) fn has_app() -> bool {
    find(EMBEDDED, "/").is_some()
}
