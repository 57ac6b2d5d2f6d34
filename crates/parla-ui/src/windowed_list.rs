//! Lists of which only the visible part is drawn: rows of equal height, and blank space for the others.

use std::ops::Range;

use dioxus::prelude::*;

/// The number of rows that are drawn above and below the visible part.
const OVERSCAN: usize = 10;
/// The number of rows by which the view must move before the list is redrawn; fewer than [`OVERSCAN`].
const STEP_ROWS: f64 = 4.0;
/// The height that is assumed until the list reports its own. If it is too small, the lower rows are missing
/// for a moment.
const HEIGHT_FIRST_PX: f64 = 1_200.0;

/// The visible part of a list, in pixels.
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

/// The indices of the rows to draw, of `count` rows.
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

/// The height of the rows that are not drawn, in CSS.
pub(crate) fn space(rows: usize, row_px: f64) -> String {
    pixels(rows as f64 * row_px)
}

/// A CSS length, to a hundredth of a pixel.
pub(crate) fn pixels(length: f64) -> String {
    // The library's formatting of fractions is general, and large for a browser to load.
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
