//! What is before a mark in a text, and behind it.

/// Splits at the first mark, which is not empty. By bytes, because the search of the standard
/// library for a string takes ten times the code.
pub(crate) fn split_once<'t>(text: &'t str, mark: &str) -> Option<(&'t str, &'t str)> {
    let mut windows = text.as_bytes().windows(mark.len());
    let begin = windows.position(|window| window == mark.as_bytes())?;
    Some((text.get(..begin)?, text.get(begin + mark.len()..)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_the_split_of_the_standard_library(text in "[{}a€]{0,8}") {
            for mark in ["{{", "}}", "{a}"] {
                prop_assert_eq!(split_once(&text, mark), text.split_once(mark));
            }
        }
    }
}
