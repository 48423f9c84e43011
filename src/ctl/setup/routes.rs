//! Route configurations.

use crate::ctl::documents::spot::Spot;

/// A route configuration.
#[derive(Clone, Debug)]
pub(crate) struct Routes<'d> {
    pub(crate) spot: Spot<'d>,
    pub(crate) name: &'d str,
}

/// A route, a virtual host, or what else may have a filter's settings of its own.
#[derive(Clone, Debug)]
pub(crate) struct Scope<'d> {
    pub(crate) spot: Spot<'d>,
    /// `virtual host "shop"`
    pub(crate) title: String,
    /// Whether a request that matches it has its metadata.
    pub(crate) is_route: bool,
}

impl<'d> Scope<'d> {
    /// What it says of a filter.
    pub(crate) fn entry(&self, filter: &str) -> Option<Spot<'d>> {
        self.spot.at(&[ENTRIES, filter])
    }

    /// What it says of each filter, by names.
    pub(crate) fn entries(&self) -> Vec<(&'d str, Spot<'d>)> {
        self.spot.entries_at(&[ENTRIES])
    }
}

const ENTRIES: &str = "typed_per_filter_config";

impl<'d> Routes<'d> {
    pub(super) fn new(spot: Spot<'d>) -> Self {
        let name = spot.text_of("name").unwrap_or_default();
        Self { spot, name }
    }

    /// The route configuration, its virtual hosts, their routes and weighted clusters.
    pub(crate) fn scopes(&self) -> Vec<Scope<'d>> {
        let title = |what: &str, spot: &Spot| match spot.text_of("name") {
            Some(name) => format!("{what} {name:?}"),
            None => format!("a {what}"),
        };
        let mut scopes = vec![Scope {
            spot: self.spot.clone(),
            title: title("route configuration", &self.spot),
            is_route: false,
        }];
        for host in self.spot.list("virtual_hosts") {
            let host_title = title("virtual host", &host);
            for route in host.list("routes") {
                let in_host = format!("{} of {host_title}", title("route", &route));
                let weighted = route.list_at(&["route", "weighted_clusters", "clusters"]);
                scopes.extend(weighted.into_iter().map(|spot| Scope {
                    title: format!("a weighted cluster in {in_host}"),
                    spot,
                    is_route: false,
                }));
                scopes.push(Scope {
                    spot: route,
                    title: in_host,
                    is_route: true,
                });
            }
            scopes.push(Scope {
                title: host_title,
                spot: host,
                is_route: false,
            });
        }
        scopes
    }

    /// The hosts that its virtual hosts are for.
    pub(crate) fn domains(&self) -> Vec<&'d str> {
        let hosts = self.spot.list("virtual_hosts").into_iter();
        hosts.flat_map(|host| host.texts("domains")).collect()
    }

    /// The clusters that routes lead to, each with its place.
    pub(crate) fn clusters(&self) -> Vec<(&'d str, Spot<'d>)> {
        let routes = self.spot.list("virtual_hosts").into_iter();
        let routes = routes.flat_map(|host| host.list("routes"));
        let actions = routes.filter_map(|route| route.get("route"));
        actions.flat_map(|action| clusters(&action)).collect()
    }
}

/// The clusters of a route's action, or of a `TcpProxy`.
pub(super) fn clusters<'d>(action: &Spot<'d>) -> Vec<(&'d str, Spot<'d>)> {
    let weighted = action.list_at(&["weighted_clusters", "clusters"]);
    let weighted = weighted.iter().filter_map(|cluster| cluster.get("name"));
    let named = action.get("cluster").into_iter().chain(weighted);
    let named = named.filter_map(|spot| Some((spot.text()?, spot)));
    named.collect()
}
