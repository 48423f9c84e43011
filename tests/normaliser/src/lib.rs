//! What Envoy makes of a path, by its documentation and RFC 3986; also compared with a real
//! Envoy.

/// What an Envoy in front, or the same one, may do to a path before it is routed:
/// `path_with_escaped_slashes_action`, `normalize_path` and `merge_slashes`, in its order.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    /// Decode escaped slashes first.
    pub unescape_slashes: bool,
    /// Decode what needs no escape, and remove dot segments.
    pub normalise: bool,
    /// Make one of slashes that follow each other.
    pub merge_slashes: bool,
}

/// A path (without query) as Envoy would make it, but for the escapes that it adds.
pub fn normalise(path: &[u8], steps: Steps) -> Vec<u8> {
    let mut path = path.to_vec();
    if steps.unescape_slashes {
        path = unescape(&path, |byte| matches!(byte, b'/' | b'\\'));
    }
    if steps.normalise {
        for byte in &mut path {
            if *byte == b'\\' {
                *byte = b'/';
            }
        }
        path = unescape(&path, |byte| {
            byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
        });
        path = remove_dot_segments(&path);
    }
    if steps.merge_slashes {
        let is_all_slashes = path.len() > 1 && path.iter().all(|&byte| byte == b'/');
        path.dedup_by(|next, last| (*next, *last) == (b'/', b'/'));
        if is_all_slashes {
            // Envoy 1.40 leaves two.
            path.push(b'/');
        }
    }
    path
}

/// One pass: what decoding makes is not decoded again.
fn unescape(path: &[u8], which: impl Fn(u8) -> bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < path.len() {
        let escaped = path.get(at + 1..at + 3).filter(|_| path[at] == b'%');
        let escaped = escaped
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        match escaped {
            Some(byte) if which(byte) => {
                out.push(byte);
                at += 3;
            }
            _ => {
                out.push(path[at]);
                at += 1;
            }
        }
    }
    out
}

/// [RFC 3986 section 5.2.4](https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4), step by
/// step as it stands there.
fn remove_dot_segments(path: &[u8]) -> Vec<u8> {
    let mut input = path.to_vec();
    let mut output: Vec<u8> = Vec::new();
    while !input.is_empty() {
        if input.starts_with(b"../") {
            input.drain(..3);
        } else if input.starts_with(b"./") || input.starts_with(b"/./") {
            input.drain(..2);
        } else if input == b"/." {
            input = b"/".to_vec();
        } else if input.starts_with(b"/../") || input == b"/.." {
            input.splice(..input.len().min(4), *b"/");
            let last = output.iter().rposition(|&byte| byte == b'/');
            output.truncate(last.unwrap_or(0));
        } else if input == b"." || input == b".." {
            input.clear();
        } else {
            let after = input.iter().skip(1).position(|&byte| byte == b'/');
            let end = after.map_or(input.len(), |at| at + 1);
            output.extend(input.drain(..end));
        }
    }
    output
}
