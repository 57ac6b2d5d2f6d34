//! Readable colours: those of nicks, and those that senders chose.
//!
//! A nick has a hue; the theme decides lightness and chroma (`--nick-l` and `--nick-c`). A colour that a
//! sender chose keeps its hue and gets the lightness of nicks, so that it is readable in both themes; it is
//! shown as sent only where the sender chose the background too. For oklch see
//! <https://bottosson.github.io/posts/oklab/>.

use parla_client::text::{Colour, Hue, Span, Style};

/// The lightness and chroma of nicks in the light theme. The stylesheet has the same values.
#[cfg(test)]
const NICK_LIGHT: (f64, f64) = (0.48, 0.08);
/// The lightness and chroma of nicks in the dark theme.
#[cfg(test)]
const NICK_DARK: (f64, f64) = (0.8, 0.1);
/// A colour with less chroma than this is shown in the text colour.
const GREY_BELOW: f64 = 0.03;

/// The CSS values for a piece of text; `None` where none is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Paint {
    /// `color`
    pub(crate) text: Option<String>,
    /// `background-color`
    pub(crate) behind: Option<String>,
}

/// The colour of a nick.
pub(crate) fn nick(hue: Hue) -> String {
    themed(hue.0)
}

fn themed(hue: u16) -> String {
    format!("oklch(var(--nick-l) var(--nick-c) {hue})")
}

/// The colours of a piece of text.
pub(crate) fn paint(span: &Span) -> Paint {
    let (mut text, mut behind) = (span.colour, span.background);
    if span.style.contains(Style::REVERSE) {
        if text.is_none() && behind.is_none() {
            return Paint { text: Some("var(--bg)".into()), behind: Some("var(--text)".into()) };
        }
        std::mem::swap(&mut text, &mut behind);
    }
    match (text, behind) {
        (None, None) => Paint::default(),
        (Some(text), None) => Paint { text: readable(text), behind: None },
        (Some(text), Some(behind)) => Paint { text: Some(hex(text)), behind: Some(hex(behind)) },
        (None, Some(behind)) => {
            let text = if luminance(linear(rgb(behind))) > 0.18 { "#000000" } else { "#ffffff" };
            Paint { text: Some(text.into()), behind: Some(hex(behind)) }
        }
    }
}

/// The theme's version of a colour, with the same hue; `None` if the colour has no hue.
fn readable(colour: Colour) -> Option<String> {
    let (chroma, hue) = chroma_and_hue(linear(rgb(colour)));
    (chroma >= GREY_BELOW).then(|| themed(hue))
}

fn hex(colour: Colour) -> String {
    let [r, g, b] = rgb(colour);
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn rgb(colour: Colour) -> [u8; 3] {
    match colour {
        Colour::Rgb(r, g, b) => [r, g, b],
        Colour::Palette(index) => {
            let [_, r, g, b] = PALETTE.get(usize::from(index)).copied().unwrap_or_default().to_be_bytes();
            [r, g, b]
        }
    }
}

/// Linear light, 0 to 1.
fn linear(rgb: [u8; 3]) -> [f64; 3] {
    rgb.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 {
            return part / 12.92;
        }
        let part = (part + 0.055) / 1.055;
        part * part * root::<5>(part * part)
    })
}

/// The Nth root of a number between 0 and 1. The library's functions for powers and angles are exact, but
/// large for a browser to load.
fn root<const N: u8>(number: f64) -> f64 {
    // Newton's method, starting from above.
    let mut root = 1.0;
    for _ in 0..40 {
        let power = (1..N).fold(1.0, |power, _| power * root);
        root -= (root - number / power) / f64::from(N);
    }
    root
}

/// The relative luminance, as WCAG defines it.
fn luminance([r, g, b]: [f64; 3]) -> f64 {
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// The chroma of a colour, and its hue in degrees.
fn chroma_and_hue([r, g, b]: [f64; 3]) -> (f64, u16) {
    let l = root::<3>(0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b);
    let m = root::<3>(0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b);
    let s = root::<3>(0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b);
    let a = 1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s;
    let b = 0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s;
    ((a * a + b * b).sqrt(), angle(a, b))
}

/// The angle of a vector, as the whole number of degrees whose direction is closest.
fn angle(x: f64, y: f64) -> u16 {
    /// The cosine of one degree.
    const COS: f64 = 0.999_847_695_156_391_2;
    const SIN: f64 = 0.017_452_406_437_283_51;
    let (mut best, mut found) = (f64::MIN, 0);
    let (mut cos, mut sin) = (1.0, 0.0);
    for degrees in 0..360 {
        let likeness = x * cos + y * sin;
        if likeness > best {
            (best, found) = (likeness, degrees);
        }
        (cos, sin) = (cos * COS - sin * SIN, sin * COS + cos * SIN);
    }
    found
}

/// The 99 colours of <https://modern.ircdocs.horse/formatting#color>; the first 16 as mIRC has them.
#[rustfmt::skip]
const PALETTE: [u32; 99] = [
    0xff_ffff, 0x00_0000, 0x00_007f, 0x00_9300, 0xff_0000, 0x7f_0000, 0x9c_009c, 0xfc_7f00,
    0xff_ff00, 0x00_fc00, 0x00_9393, 0x00_ffff, 0x00_00fc, 0xff_00ff, 0x7f_7f7f, 0xd2_d2d2,
    0x47_0000, 0x47_2100, 0x47_4700, 0x32_4700, 0x00_4700, 0x00_472c, 0x00_4747, 0x00_2747, 0x00_0047, 0x2e_0047, 0x47_0047, 0x47_002a,
    0x74_0000, 0x74_3a00, 0x74_7400, 0x51_7400, 0x00_7400, 0x00_7449, 0x00_7474, 0x00_4074, 0x00_0074, 0x4b_0074, 0x74_0074, 0x74_0045,
    0xb5_0000, 0xb5_6300, 0xb5_b500, 0x7d_b500, 0x00_b500, 0x00_b571, 0x00_b5b5, 0x00_63b5, 0x00_00b5, 0x75_00b5, 0xb5_00b5, 0xb5_006b,
    0xff_0000, 0xff_8c00, 0xff_ff00, 0xb2_ff00, 0x00_ff00, 0x00_ffa0, 0x00_ffff, 0x00_8cff, 0x00_00ff, 0xa5_00ff, 0xff_00ff, 0xff_0098,
    0xff_5959, 0xff_b459, 0xff_ff71, 0xcf_ff60, 0x6f_ff6f, 0x65_ffc9, 0x6d_ffff, 0x59_b4ff, 0x59_59ff, 0xc4_59ff, 0xff_66ff, 0xff_59bc,
    0xff_9c9c, 0xff_d39c, 0xff_ff9c, 0xe2_ff9c, 0x9c_ff9c, 0x9c_ffdb, 0x9c_ffff, 0x9c_d3ff, 0x9c_9cff, 0xdc_9cff, 0xff_9cff, 0xff_94d3,
    0x00_0000, 0x13_1313, 0x28_2828, 0x36_3636, 0x4d_4d4d, 0x65_6565, 0x81_8181, 0x9f_9f9f, 0xbc_bcbc, 0xe2_e2e2, 0xff_ffff,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The lowest contrast that WCAG AA allows for text.
    const CONTRAST_MIN: f64 = 4.5;

    fn from_oklch((lightness, chroma): (f64, f64), hue: f64) -> [f64; 3] {
        let (a, b) = (chroma * hue.to_radians().cos(), chroma * hue.to_radians().sin());
        let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
        [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
        ]
    }

    fn contrast(one: f64, other: f64) -> f64 {
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// All values that the stylesheet gives to a token, among them those of the light and the dark theme.
    fn tokens(name: &str) -> Vec<&'static str> {
        let begins = format!("{name}:");
        let ends_word = |before: &str| before.ends_with([' ', ';', '{', '\n', '\t']);
        let found = crate::STYLE.match_indices(&begins).filter(|(at, _)| ends_word(&crate::STYLE[..*at]));
        found
            .map(|(at, _)| crate::STYLE[at + begins.len()..].split([';', '}']).next().unwrap().trim())
            .collect()
    }

    fn is_light(lightness: f64) -> bool {
        lightness > 0.4
    }

    fn luminance_of(token: &str) -> f64 {
        let digits = token.strip_prefix('#').unwrap_or_else(|| panic!("{token} is not #rrggbb"));
        let digits =
            if digits.len() == 3 { digits.chars().flat_map(|c| [c, c]).collect() } else { digits.to_owned() };
        let part = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
        luminance(linear([part(0), part(2), part(4)]))
    }

    #[test]
    fn every_nick_can_be_read_on_every_background() {
        let backgrounds: Vec<&str> =
            ["--bg", "--bg-raised", "--mention-bg"].into_iter().flat_map(tokens).collect();
        assert!(backgrounds.len() >= 6, "two themes: {backgrounds:?}");
        for background in backgrounds {
            let behind = luminance_of(background);
            let theme = if is_light(behind) { NICK_LIGHT } else { NICK_DARK };
            for hue in 0..360 {
                let colour = from_oklch(theme, f64::from(hue));
                assert!(
                    colour.iter().all(|part| (-0.001..=1.001).contains(part)),
                    "hue {hue} is not a colour of screens"
                );
                let contrast = contrast(luminance(colour), behind);
                assert!(contrast >= CONTRAST_MIN, "hue {hue} on {background}: {contrast:.2}");
            }
        }
    }

    #[test]
    fn the_stylesheet_has_the_same_lightness() {
        for (lightness, chroma) in [NICK_LIGHT, NICK_DARK] {
            assert!(tokens("--nick-l").contains(&lightness.to_string().as_str()), "--nick-l: {lightness}");
            assert!(tokens("--nick-c").contains(&chroma.to_string().as_str()), "--nick-c: {chroma}");
        }
    }

    #[test]
    fn hues_are_found_again() {
        for hue in 0..360 {
            let (chroma, found) = chroma_and_hue(from_oklch((0.7, 0.1), f64::from(hue)));
            assert!((chroma - 0.1).abs() < 0.001 && found == hue, "{hue}: {chroma} {found}");
        }
    }

    #[test]
    fn roots_are_exact_enough() {
        assert!(root::<3>(0.0) < 1e-6);
        for step in 1_u16..=1000 {
            let number = f64::from(step) / 1000.0;
            assert!((root::<3>(number) - number.cbrt()).abs() < 1e-9, "{number}");
            assert!((root::<5>(number) - number.powf(0.2)).abs() < 1e-9, "{number}");
        }
    }

    fn painted(colour: Option<Colour>, background: Option<Colour>, style: Style) -> Paint {
        paint(&Span { range: 0..0, style, colour, background, link: None })
    }

    #[test]
    fn senders_colours_can_be_read() {
        let plain = Style::default();
        let red = painted(Some(Colour::Palette(4)), None, plain);
        assert_eq!(red.text.as_deref(), Some("oklch(var(--nick-l) var(--nick-c) 29)"));
        assert_eq!(
            painted(Some(Colour::Palette(0)), None, plain),
            Paint::default(),
            "white is the text's colour"
        );
        assert_eq!(painted(Some(Colour::Palette(1)), None, plain), Paint::default());
        let both = painted(Some(Colour::Palette(0)), Some(Colour::Palette(4)), plain);
        assert_eq!(both, Paint { text: Some("#ffffff".into()), behind: Some("#ff0000".into()) });
        let behind = painted(None, Some(Colour::Rgb(250, 250, 0)), plain);
        assert_eq!(behind, Paint { text: Some("#000000".into()), behind: Some("#fafa00".into()) });
        let reversed = painted(Some(Colour::Palette(0)), Some(Colour::Palette(4)), Style::REVERSE);
        assert_eq!(reversed, Paint { text: Some("#ff0000".into()), behind: Some("#ffffff".into()) });
    }
}
