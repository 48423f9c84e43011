//! Hosts outside ASCII, as browsers send them.

use std::ops::RangeInclusive;

/// A host in lower case, each label outside ASCII as `xn--` and its
/// [Punycode](https://www.rfc-editor.org/rfc/rfc3492).
///
/// Browsers map characters first, by [UTS 46](https://www.unicode.org/reports/tr46/), whose tables
/// are large: here letters are known that it maps to their lower case at most. A host with any
/// other character stays.
pub(crate) fn in_ascii(host: &str) -> String {
    const DOTS: [char; 4] = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'];
    let host: String = host.chars().map(plain).collect();
    let turned = |character: char| is_in(&RIGHT_TO_LEFT, character);
    // A label that is read from the right binds those beside it, also in ASCII.
    let is_known = |label: &str| match host.contains(turned) {
        true => label.chars().all(turned) || matches!(label, "*") || is_word(label),
        false => label.chars().all(is_itself),
    };
    if !host.split(DOTS).all(is_known) {
        return host;
    }
    let labels = host.split(DOTS).map(|label| match punycode::encode(label) {
        Ok(encoded) if !label.is_ascii() => format!("xn--{encoded}"),
        _ => label.to_owned(),
    });
    labels.collect::<Vec<_>>().join(".")
}

fn is_itself(character: char) -> bool {
    character.is_ascii() || is_in(&LETTERS, character) && !character.is_uppercase()
}

fn is_word(label: &str) -> bool {
    label.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Letters that are not mapped, but for the capitals among them, and that bind no neighbour.
const LETTERS: [RangeInclusive<char>; 19] = [
    '\u{df}'..='\u{f6}',
    '\u{f8}'..='\u{131}',
    '\u{134}'..='\u{13e}',
    '\u{141}'..='\u{148}',
    '\u{14a}'..='\u{17e}',
    '\u{180}'..='\u{1c3}',
    '\u{1cd}'..='\u{1f0}',
    '\u{1f5}'..='\u{24f}',
    '\u{3ac}'..='\u{3ce}',
    '\u{430}'..='\u{481}',
    '\u{48a}'..='\u{52f}',
    '\u{561}'..='\u{586}',
    '\u{10d0}'..='\u{10fa}',
    '\u{1e00}'..='\u{1e99}',
    '\u{1ea0}'..='\u{1ef9}',
    '\u{3041}'..='\u{3096}',
    '\u{30a1}'..='\u{30fc}',
    '\u{3400}'..='\u{9fff}',
    '\u{ac00}'..='\u{d7a3}',
];

const RIGHT_TO_LEFT: [RangeInclusive<char>; 3] = [
    '\u{5d0}'..='\u{5ea}',
    '\u{620}'..='\u{64a}',
    '\u{679}'..='\u{6d3}',
];

fn is_in(ranges: &[RangeInclusive<char>], character: char) -> bool {
    ranges.iter().any(|range| range.contains(&character))
}

/// The lower case of a letter, where that is as far away as that of its neighbours, and of one that
/// is as wide as an ideograph that of ASCII's.
fn plain(character: char) -> char {
    const CAPITALS: [(RangeInclusive<char>, i32); 8] = [
        ('\u{c0}'..='\u{d6}', 0x20),
        ('\u{d8}'..='\u{de}', 0x20),
        ('\u{391}'..='\u{3a1}', 0x20),
        ('\u{3a3}'..='\u{3a9}', 0x20),
        ('\u{400}'..='\u{40f}', 0x50),
        ('\u{410}'..='\u{42f}', 0x20),
        ('\u{531}'..='\u{556}', 0x30),
        ('\u{ff01}'..='\u{ff5e}', -0xfee0),
    ];
    let mut capitals = CAPITALS.iter();
    let away = capitals.find(|(range, _)| range.contains(&character));
    let moved = away.and_then(|(_, away)| u32::from(character).checked_add_signed(*away));
    let moved = moved.and_then(char::from_u32);
    moved.unwrap_or(character).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What browsers make of it.
    fn by_uts_46(host: &str) -> Option<String> {
        idna::domain_to_ascii(host).ok()
    }

    /// `None` where no hint is given.
    fn hint(host: &str) -> Option<String> {
        Some(in_ascii(host)).filter(|it| it.is_ascii())
    }

    #[test]
    fn no_character_gives_a_wrong_hint() {
        let mut wrong = Vec::new();
        for character in '\u{80}'..=char::MAX {
            let host = character.to_string();
            if let Some(hint) = hint(&host)
                && Some(&hint) != by_uts_46(&host).as_ref()
            {
                wrong.push(format!("{:x}: {hint}", u32::from(character)));
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    proptest! {
        #[test]
        fn no_host_gives_a_wrong_hint(host in "[a-z1-]{0,2}[A-Z\u{c0}-\u{24f}\u{300}\u{3b1}-\u{3c9}\u{400}-\u{4ff}\u{5d0}-\u{5ea}\u{ac00}-\u{ac40}\u{1100}-\u{1112}\u{1161}-\u{1175}\u{ff21}-\u{ff5e}.]{0,5}[a-z1-]{0,2}\\.(de|\u{5d0}|1a)") {
            if let Some(hint) = hint(&host).filter(|_| !host.is_ascii()) {
                prop_assert_eq!(Some(hint), by_uts_46(&host), "{}", host);
            }
        }
    }

    #[test]
    fn labels_outside_ascii_are_written_as_browsers_send_them() {
        for (host, expected) in [
            ("M\u{fc}NCHEN.de", "xn--mnchen-3ya.de"),
            ("M\u{dc}NCHEN.de", "xn--mnchen-3ya.de"),
            ("stra\u{df}e.example", "xn--strae-oqa.example"),
            ("*.caf\u{e9}.example", "*.xn--caf-dma.example"),
            ("\u{4f8b}\u{3048}\u{3002}jp", "xn--r8jz45g.jp"),
            ("\u{ff33}\u{ff28}op.de", "shop.de"),
            ("\u{5d0}\u{5d1}.com", "xn--4dbc.com"),
            ("Shop.Example", "shop.example"),
            ("u\u{308}.example", "u\u{308}.example"),
            ("\u{fb01}.example", "\u{fb01}.example"),
            ("\u{5d0}a.com", "\u{5d0}a.com"),
            ("\u{158}.example", "\u{158}.example"),
        ] {
            assert_eq!(in_ascii(host), expected, "{host}");
        }
    }
}
