//! The page comes, comes fast, and asks for nothing that its own server forbids.

use crate::rig::{Width, visit};

/// Generous, for a machine that does other things meanwhile; the figure is printed.
const FIRST_CONTENT_MS_MAX: f64 = 3_000.0;

#[test]
fn the_page_loads() {
    visit(async |browser| {
        for width in [Width::Wide, Width::Narrow] {
            let alice = browser.open(width).await;
            assert_eq!(alice.title().await, "parla");
            let milliseconds = alice.first_content().await;
            println!("{width:?}: first content {milliseconds:.0} ms after the navigation began");
            assert!(milliseconds < FIRST_CONTENT_MS_MAX, "first content after {milliseconds} ms");
            assert_eq!(alice.size().await, width.pixels());
        }
    });
}
