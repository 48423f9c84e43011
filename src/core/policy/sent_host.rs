//! The host that a request names.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::net::Ipv6Addr;

use crate::policy::host_name::{bracketed, host_name, is_host_name};
use crate::syntax::path::MAX_COMPARED_BYTES;

/// The `:authority` of a request, and the names that it may stand for, found out when they are first
/// asked for.
#[derive(Debug)]
pub struct SentHost<'h> {
    authority: &'h [u8],
    name: OnceCell<HostName<'h>>,
    is_clear: OnceCell<bool>,
    bare: OnceCell<Option<HostName<'h>>>,
}

/// A name, without port and trailing dot.
#[derive(Debug)]
pub(super) struct HostName<'h> {
    pub(super) text: Cow<'h, [u8]>,
    /// The address that it is.
    pub(super) address: Option<Ipv6Addr>,
}

impl<'h> SentHost<'h> {
    /// The host in an `:authority`.
    pub fn new(authority: &'h [u8]) -> Self {
        Self {
            authority,
            name: OnceCell::new(),
            is_clear: OnceCell::new(),
            bare: OnceCell::new(),
        }
    }

    pub(super) fn is_too_long(&self) -> bool {
        self.authority.len() > MAX_COMPARED_BYTES
    }

    pub(super) fn name(&self) -> &HostName<'h> {
        self.name
            .get_or_init(|| HostName::new(host_name(self.authority).into()))
    }

    /// The name of what is `host[:port]`.
    pub(super) fn clear_name(&self) -> Option<&HostName<'h>> {
        let name = self.name();
        let is_clear = || name.address.is_some() || is_host_name(&name.text);
        self.is_clear.get_or_init(is_clear).then_some(name)
    }

    /// What is left without user, ports and superfluous dots, where that is another name.
    pub(super) fn bare_name(&self) -> Option<&HostName<'h>> {
        let find = || {
            let bare = bare(self.authority);
            (bare != self.name().text).then(|| HostName::new(bare))
        };
        self.bare.get_or_init(find).as_ref()
    }
}

impl<'h> HostName<'h> {
    fn new(text: Cow<'h, [u8]>) -> Self {
        Self {
            address: bracketed(&text),
            text,
        }
    }
}

/// What is left of an authority without user, ports and superfluous dots.
fn bare(authority: &[u8]) -> Cow<'_, [u8]> {
    let host = authority.rsplit(|&byte| byte == b'@').next();
    let host = host.unwrap_or_default();
    let end = match host {
        [b'[', ..] => host.iter().position(|&byte| byte == b']').map(|at| at + 1),
        _ => host.iter().position(|&byte| byte == b':'),
    };
    let host = end.and_then(|end| host.get(..end)).unwrap_or(host);
    let labels = || host.split(|&byte| byte == b'.');
    if labels().all(|label| !label.is_empty()) {
        return host.into();
    }
    let labels = labels().filter(|label| !label.is_empty());
    labels.collect::<Vec<_>>().join(&b'.').into()
}
