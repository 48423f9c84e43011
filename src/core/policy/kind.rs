//! The kinds of matchers, a row for each.

/// One row a kind: its variant, its key in the configuration, its reason in stats and logs.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident: $key:literal, $reason:literal;)+) => {
        /// What a request can be compared by.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind {
            $($(#[doc = $doc])+ $kind,)+
        }

        impl Kind {
            /// All of them, in the order in which they are asked.
            pub const ALL: [Self; [$($key),+].len()] = [$(Self::$kind),+];

            /// The key of its entries in the configuration.
            pub fn key(self) -> &'static str {
                match self {
                    $(Self::$kind => $key,)+
                }
            }

            /// Why a request passes that it exempts.
            pub fn reason(self) -> &'static str {
                match self {
                    $(Self::$kind => $reason,)+
                }
            }

            /// The value of the filter state of such a request.
            pub fn filter_state(self) -> &'static str {
                match self {
                    $(Self::$kind => concat!("allowed:", $reason),)+
                }
            }
        }
    };
}

kinds! {
    /// The client's IP address.
    ClientIp: "client_ips", "client_ip";
    /// The path without its query.
    Path: "paths", "path";
    /// The host that the request names.
    Host: "hosts", "host";
    /// The HTTP method.
    Method: "methods", "method";
    /// A request header.
    Header: "headers", "header";
    /// A request cookie.
    Cookie: "cookies", "cookie";
    /// An attribute of the request or its connection.
    Attribute: "attributes", "attribute";
}
