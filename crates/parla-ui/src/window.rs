//! Lists of which only what is in view is drawn: rows of one height, and space for the others.

use std::ops::Range;

use dioxus::prelude::*;

/// Rows drawn above and below what is in view.
const OVERSCAN: usize = 10;
/// Rows by which the view must move before anything is drawn anew; fewer than [`OVERSCAN`].
const STEP_ROWS: f64 = 4.0;
/// Taller than any screen's part for a list, until the list says how tall it is.
const HEIGHT_FIRST_PX: f64 = 1_200.0;

/// What of a list is in view, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct View {
    top: f64,
    height: f64,
}

impl Default for View {
    fn default() -> Self {
        Self { top: 0.0, height: HEIGHT_FIRST_PX }
    }
}

/// The rows to draw of `count`.
pub(crate) fn visible(view: View, row_px: f64, count: usize) -> Range<usize> {
    let rows = |px: f64| (px / row_px) as usize;
    let in_view = rows(view.height) + 1;
    let first = rows(view.top.max(0.0)).min(count.saturating_sub(in_view)).saturating_sub(OVERSCAN);
    first..(first + in_view + 2 * OVERSCAN).min(count)
}

/// Follows the scrolling of a list.
pub(crate) fn follow(mut view: Signal<View>, event: &ScrollEvent, row_px: f64) {
    let (top, height) = (event.scroll_top(), f64::from(event.client_height()));
    let old = *view.peek();
    if (old.top - top).abs() >= STEP_ROWS * row_px || (height - old.height).abs() > 1.0 {
        view.set(View { top, height });
    }
}

/// The space for rows that are not drawn, in CSS.
pub(crate) fn space(rows: usize, row_px: f64) -> String {
    pixels(rows as f64 * row_px)
}

/// A length in CSS, to a hundredth of a pixel.
pub(crate) fn pixels(length: f64) -> String {
    // What the library has for fractions is general, and large for what a browser has to load.
    let hundredths = (length * 100.0).round() as u64;
    format!("{}.{:02}px", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_view_is_drawn() {
        let view = |top| View { top, height: 320.0 };
        assert_eq!(visible(view(0.0), 32.0, 20_000), 0..31);
        assert_eq!(visible(view(3_200.0), 32.0, 20_000), 90..121);
        assert_eq!(visible(view(1e9), 32.0, 20_000), 19_979..20_000);
        assert_eq!(visible(view(-50.0), 32.0, 5), 0..5);
        assert_eq!(visible(view(500.0), 32.0, 0), 0..0);
    }

    #[test]
    fn lengths_are_written() {
        for (length, written) in
            [(0.0, "0.00px"), (-1.0, "0.00px"), (1.999, "2.00px"), (1e6 + 0.05, "1000000.05px")]
        {
            assert_eq!(pixels(length), written);
        }
    }
}
