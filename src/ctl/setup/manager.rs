//! HTTP connection managers, their filters and upgrades.

use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::typed::{EXTENSION_WITH_MATCHER, message};

/// An HTTP connection manager.
#[derive(Debug)]
pub(crate) struct Manager<'d> {
    pub(crate) spot: Spot<'d>,
    /// Where connections come in, if that is known.
    pub(crate) listener: Option<Spot<'d>>,
    /// In the order in which a request meets them.
    pub(crate) filters: Vec<HttpFilter<'d>>,
    pub(crate) upgrades: Vec<Upgrade<'d>>,
}

/// An entry of `http_filters`, or one that an `EnvoyFilter` or ECDS puts there.
#[derive(Clone, Debug)]
pub(crate) struct HttpFilter<'d> {
    pub(crate) spot: Spot<'d>,
    pub(crate) name: &'d str,
    /// The name of the type of its configuration, where that is known.
    pub(crate) kind: Option<&'d str>,
    pub(crate) message: Option<Spot<'d>>,
    /// Which of the plugins it is, if it is ours.
    pub(crate) plugin: Option<usize>,
}

/// An upgrade that has filters of its own.
#[derive(Debug)]
pub(crate) struct Upgrade<'d> {
    pub(crate) spot: Spot<'d>,
    pub(crate) filters: Vec<HttpFilter<'d>>,
}

impl<'d> HttpFilter<'d> {
    pub(super) fn new(spot: &Spot<'d>) -> Self {
        let config = spot.get("typed_config");
        let config = config.or_else(|| spot.at(&["config_discovery", "default_config"]));
        let typed = config.and_then(|config| message(&config)).map(unmatched);
        Self {
            spot: spot.clone(),
            name: spot.text_of("name").unwrap_or_default(),
            kind: typed.as_ref().map(|(kind, _)| *kind),
            message: typed.map(|(_, message)| message),
            plugin: None,
        }
    }

    /// Whether it is Envoy's filter of this name, such as `cors`: by its type, or by its name
    /// where that is all there is.
    pub(crate) fn is(&self, name: &str) -> bool {
        match self.kind {
            Some(kind) => kind.starts_with(&format!("envoy.extensions.filters.http.{name}.")),
            None => self.name == format!("envoy.filters.http.{name}"),
        }
    }

    /// Whether its configuration comes from elsewhere.
    pub(super) fn is_discovered(&self) -> bool {
        self.spot.get("config_discovery").is_some()
    }

    /// Whether it only runs where a route asks for it.
    pub(crate) fn is_disabled(&self) -> bool {
        self.spot.bool_of("disabled") == Some(true)
    }
}

impl<'d> Manager<'d> {
    pub(super) fn new(spot: Spot<'d>, listener: Option<&Spot<'d>>) -> Self {
        let upgrades = spot.list("upgrade_configs").into_iter();
        let upgrades = upgrades.map(|spot| Upgrade {
            filters: filters(&spot, "filters"),
            spot,
        });
        Self {
            filters: filters(&spot, "http_filters"),
            upgrades: upgrades
                .filter(|upgrade| !upgrade.filters.is_empty())
                .collect(),
            listener: listener.cloned(),
            spot,
        }
    }

    /// All its filters, also those of upgrades.
    pub(super) fn all_filters(&mut self) -> impl Iterator<Item = &mut HttpFilter<'d>> {
        let of_upgrades = self
            .upgrades
            .iter_mut()
            .flat_map(|upgrade| &mut upgrade.filters);
        self.filters.iter_mut().chain(of_upgrades)
    }

    /// The first of its filters that is ours, with its place among them.
    pub(crate) fn ours(&self) -> Option<(usize, &HttpFilter<'d>)> {
        let mut filters = self.filters.iter().enumerate();
        filters.find(|(_, filter)| filter.plugin.is_some())
    }

    /// The names of the route configurations that are elsewhere.
    pub(super) fn named_routes(&self) -> Vec<&'d str> {
        let all = self.spot.all().into_iter();
        all.filter_map(|spot| spot.text_of("route_config_name"))
            .collect()
    }

    /// How people call it.
    pub(crate) fn title(&self) -> String {
        let listener = self.listener.as_ref();
        let listener = listener.and_then(|listener| listener.text_of("name"));
        match (listener, self.spot.text_of("stat_prefix")) {
            (Some(name), _) => format!("listener {name:?}"),
            (None, Some(prefix)) => format!("connection manager {prefix:?}"),
            (None, None) => "the connection manager".to_owned(),
        }
    }
}

/// What a matcher lets run, or not, stands in the place of the matcher.
fn unmatched<'d>(typed: (&'d str, Spot<'d>)) -> (&'d str, Spot<'d>) {
    let inner = || message(&typed.1.at(&["extension_config", "typed_config"])?);
    match typed.0 {
        EXTENSION_WITH_MATCHER => inner().unwrap_or(typed),
        _ => typed,
    }
}

fn filters<'d>(spot: &Spot<'d>, key: &str) -> Vec<HttpFilter<'d>> {
    spot.list(key).iter().map(HttpFilter::new).collect()
}
