//! The [wire format of Protocol Buffers](https://protobuf.dev/programming-guides/encoding/),
//! read in place and written.

/// A value on the wire.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// An integer, a boolean or an enum.
    Varint(u64),
    /// A double, or an integer of fixed size.
    Fixed64([u8; 8]),
    /// A string, bytes or a message.
    Bytes(&'a [u8]),
    /// A float, or an integer of fixed size.
    Fixed32([u8; 4]),
}

/// The fields of a message, each with its number, in the order they were written; `None`
/// in the place of one that is cut off or malformed, which is then the last.
pub fn fields(message: &[u8]) -> impl Iterator<Item = Option<(u64, Value<'_>)>> {
    let mut rest = message;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let field = read_field(&mut rest);
        if field.is_none() {
            rest = &[];
        }
        Some(field)
    })
}

fn read_field<'a>(rest: &mut &'a [u8]) -> Option<(u64, Value<'a>)> {
    let tag = read_varint(rest)?;
    let value = match tag & 7 {
        0 => Value::Varint(read_varint(rest)?),
        1 => Value::Fixed64(read_fixed(rest)?),
        2 => {
            let length = usize::try_from(read_varint(rest)?).ok()?;
            Value::Bytes(rest.split_off(..length)?)
        }
        5 => Value::Fixed32(read_fixed(rest)?),
        _ => return None,
    };
    Some((tag >> 3, value))
}

fn read_fixed<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    rest.split_off(..N)?.try_into().ok()
}

/// Seven bits a byte, the lowest first; at most ten bytes.
fn read_varint(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..70).step_by(7) {
        let byte = *rest.split_off_first()?;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

/// A message that is being written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message(Vec<u8>);

impl Message {
    /// Adds an integer, a boolean or an enum.
    pub fn varint(mut self, field: u64, value: u64) -> Self {
        self.write_varint(field << 3);
        self.write_varint(value);
        self
    }

    /// Adds a string or bytes.
    pub fn bytes(mut self, field: u64, value: impl AsRef<[u8]>) -> Self {
        let value = value.as_ref();
        self.write_varint(field << 3 | 2);
        self.write_varint(value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    /// Adds a message.
    pub fn message(self, field: u64, message: &Self) -> Self {
        self.bytes(field, &message.0)
    }

    fn write_varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }
}

impl From<Message> for Vec<u8> {
    fn from(message: Message) -> Self {
        message.0
    }
}

impl AsRef<[u8]> for Message {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_each_wire_type() {
        let message = [
            &[0x08, 0x96, 0x01][..],
            &[0x12, 0x02, b'h', b'i'],
            &[0x19, 1, 2, 3, 4, 5, 6, 7, 8],
            &[0x25, 1, 2, 3, 4],
        ]
        .concat();
        let read: Option<Vec<_>> = fields(&message).collect();
        let expected = vec![
            (1, Value::Varint(150)),
            (2, Value::Bytes(b"hi")),
            (3, Value::Fixed64([1, 2, 3, 4, 5, 6, 7, 8])),
            (4, Value::Fixed32([1, 2, 3, 4])),
        ];
        assert_eq!(read, Some(expected));
    }

    #[test]
    fn what_is_cut_off_or_malformed_ends_the_message() {
        for message in [
            &[0x08][..],
            &[0x12, 0x03, b'h', b'i'],
            &[0x19, 1],
            &[0x0b],
            &[
                0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,
            ],
        ] {
            let read: Vec<_> = fields(message).collect();
            assert_eq!(read, [None], "{message:?}");
        }
    }

    proptest! {
        #[test]
        fn reads_what_it_wrote(number: u64, bytes: Vec<u8>) {
            let inner = Message::default().bytes(2, &bytes);
            let message = Message::default().varint(1, number).message(3000, &inner);
            let read: Option<Vec<_>> = fields(message.as_ref()).collect();
            let expected = vec![(1, Value::Varint(number)), (3000, Value::Bytes(inner.as_ref()))];
            prop_assert_eq!(read, Some(expected));
        }

        #[test]
        fn any_bytes_can_be_read(message: Vec<u8>) {
            fields(&message).for_each(drop);
        }
    }
}
