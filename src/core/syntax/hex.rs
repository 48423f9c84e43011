//! Hexadecimal digits.

/// The byte that two digits of either case stand for.
pub fn byte([high, low]: [u8; 2]) -> Option<u8> {
    let value = |digit| char::from(digit).to_digit(16);
    u8::try_from(value(high)? << 4 | value(low)?).ok()
}

/// The bytes that pairs of digits of either case stand for.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    pairs.iter().copied().map(byte).collect()
}

/// Two lower-case digits a byte.
pub fn encode(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16);
    let digits = |&byte: &u8| [digit(byte >> 4), digit(byte & 15)];
    bytes.iter().flat_map(digits).flatten().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_pair_of_digits_is_refused() {
        for text in ["0", "0g", "\u{e9}", "+1", " 1"] {
            assert_eq!(decode(text), None, "{text}");
        }
        assert_eq!(decode("0aF9"), Some(vec![0x0a, 0xf9]));
    }

    proptest! {
        #[test]
        fn reads_what_it_wrote(bytes: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }
    }
}
