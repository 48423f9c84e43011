//! Addresses and CIDR blocks: the look-up against a plain scan.
//!
//! The first line is the entries, separated by commas; each other line an address.

use maintenance_mode_core::policy::networks::Networks;

use super::reference;

pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (entries, addresses) = text.split_once('\n').unwrap_or((text, ""));
    let entries: Vec<String> = entries.split(',').map(str::to_owned).collect();
    let blocks: Vec<_> = entries
        .iter()
        .map(|entry| reference::block(entry))
        .collect();
    match Networks::compile(&entries) {
        Err(error) => {
            let culprit = blocks.iter().position(Option::is_none);
            let culprit = culprit.unwrap_or_else(|| panic!("{entries:?} refused: {error}"));
            assert!(error.to_string().starts_with(&format!("[{culprit}]: ")));
        }
        Ok(networks) => {
            let blocks: Option<Vec<_>> = blocks.into_iter().collect();
            let blocks = blocks.unwrap_or_else(|| panic!("{entries:?} accepted"));
            for line in addresses.lines() {
                let (Ok(address), Some(plain)) = (line.parse(), reference::ip(line)) else {
                    continue;
                };
                let expected = reference::is_in(&blocks, plain);
                assert_eq!(networks.contains(address), expected, "{entries:?} {line}");
            }
        }
    }
}
