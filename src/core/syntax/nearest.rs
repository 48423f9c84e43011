//! What a misspelt word was meant to be.

use strsim::osa_distance;

/// The known word that needs the fewest changes of letters to become this one, if those are no
/// more than half of it.
pub fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let word = word.to_ascii_lowercase();
    let distances = known
        .iter()
        .map(|known| (osa_distance(&word, &known.to_ascii_lowercase()), *known));
    let (distance, nearest) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance * 2 <= word.chars().count()).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

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
