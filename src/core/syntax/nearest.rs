//! What a misspelt word was meant to be.

use strsim::osa_distance;

/// The known word that needs the fewest changes of letters to become this one, if those are no
/// more than half of it.
pub fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let word = word.to_ascii_lowercase();
    let (distance, nearest) = closest(&word, known)?;
    (distance * 2 <= word.chars().count()).then_some(nearest)
}

/// The known word that a slip of the pen makes into this one, which is plainly no other word: case,
/// `_` or `-`, or a letter or two.
pub fn misspelt<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let joined = word.replace(['_', '-'], "").to_ascii_lowercase();
    let same = known
        .iter()
        .find(|known| known.replace(['_', '-'], "").eq_ignore_ascii_case(&joined));
    if let Some(same) = same {
        return Some(same);
    }
    let word = word.to_ascii_lowercase();
    let (distance, nearest) = closest(&word, known)?;
    (distance <= (word.chars().count() / 3).min(2)).then_some(nearest)
}

fn closest<'k>(word: &str, known: &[&'k str]) -> Option<(usize, &'k str)> {
    let distances = known
        .iter()
        .map(|known| (osa_distance(word, &known.to_ascii_lowercase()), *known));
    distances.min_by_key(|(distance, _)| *distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_no_other_word() {
        let known = ["imagePullSecret", "url", "FAIL_RELOAD"];
        for (word, expected) in [
            ("image_pull_secret", Some("imagePullSecret")),
            ("imagepullSecrets", Some("imagePullSecret")),
            ("imagePullTimeout", None),
            ("ulr", Some("url")),
            ("FAIL-RELAOD", Some("FAIL_RELOAD")),
            ("FAIL_RETRY", None),
            ("", None),
        ] {
            assert_eq!(misspelt(word, &known), expected, "{word}");
        }
    }

    #[test]
    fn a_misspelt_word_is_known_and_another_is_not() {
        let known = ["mode", "initial", "client_ips"];
        for (word, expected) in [
            ("mdoe", Some("mode")),
            ("Mode", Some("mode")),
            ("clientIPs", Some("client_ips")),
            ("intial", Some("initial")),
            ("banana", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, &known), expected, "{word}");
        }
    }
}
