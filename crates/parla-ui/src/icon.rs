//! The pictures on buttons. They are drawn here, because a character that looks like a thing looks different
//! in every font.

use dioxus::prelude::*;
use parla_client::view::Rank;

/// The available pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Picture {
    /// The lines of a list.
    Rooms,
    /// A person, and another one behind.
    People,
    /// A pencil, for editing.
    Pencil,
    /// Two links of a chain.
    Link,
    /// Sliders, for settings.
    Sliders,
    /// A star, for the owner of a room.
    Star,
    /// A shield, for moderators of a room.
    Shield,
    /// A speech bubble, for people who may always speak.
    Bubble,
}

impl Picture {
    /// The mark of a rank; a plain member has none.
    pub(crate) const fn of(rank: Rank) -> Option<Self> {
        match rank {
            Rank::Founder | Rank::Protected => Some(Self::Star),
            Rank::Operator | Rank::HalfOperator => Some(Self::Shield),
            Rank::Voice => Some(Self::Bubble),
            Rank::Member => None,
        }
    }

    /// The SVG path, in a square of 16 units.
    const fn path(self) -> &'static str {
        match self {
            Self::Rooms => "M2 4h12M2 8h12M2 12h12",
            Self::People => {
                "M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4\
                 M10.5 2.8a2.4 2.4 0 0 1 0 4.4M12 9.8c1.6.5 2.5 1.8 2.5 3.7"
            }
            Self::Sliders => {
                "M2 5h6M13 5h1M2 11h1M8 11h6M8 5a2.5 2.5 0 1 0 5 0 2.5 2.5 0 1 0-5 0M3 11a2.5 2.5 0 1 0 5 0 2.5 2.5 0 1 0-5 0"
            }
            Self::Star => "M8 2l1.8 3.9 4.2.5-3.1 2.9.8 4.2L8 11.4l-3.7 2.1.8-4.2L2 6.4l4.2-.5z",
            Self::Shield => "M8 2l5 2v4c0 3-2 5-5 6-3-1-5-3-5-6V4z",
            Self::Bubble => "M2.5 3.5h11v7H8l-3 3v-3H2.5z",
            Self::Link => {
                "M6.6 9.4l2.8-2.8M7 4.8l1.4-1.4a2.97 2.97 0 0 1 4.2 4.2L11.2 9M9 11.2l-1.4 1.4a2.97 2.97 0 0 1-4.2-4.2L4.8 7"
            }
            Self::Pencil => "M3 13l.7-3L11 2.7l2.3 2.3L6 12.3zM9.5 4.2l2.3 2.3",
        }
    }
}

/// A picture. It is hidden from screen readers, because the button's label says what it does.
#[component]
pub(crate) fn Icon(picture: Picture) -> Element {
    rsx! {
        svg { class: "picture", view_box: "0 0 16 16", "aria-hidden": "true", path { d: picture.path() } }
    }
}
