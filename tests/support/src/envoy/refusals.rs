//! Configurations that Envoy must refuse.

use serde_json::json;

use super::{Delivery, Envoy, Options};

impl Envoy {
    /// Fails unless each of these plugin configurations is refused; what was logged of each.
    /// The first is refused at the start of an Envoy, the others as updates of one that runs.
    pub fn refusals<'a>(configurations: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let mut configurations = configurations.into_iter();
        let first = configurations.next().map(Options::text);
        let mut logs: Vec<String> = first.map(Self::refusal).into_iter().collect();
        let mut envoy = Self::with(Options {
            delivery: Delivery::Lds,
            ..Options::new(json!({"mode": "off"}))
        });
        logs.extend(configurations.map(|configuration| envoy.refuse(configuration)));
        logs
    }

    fn refuse(&mut self, configuration: &str) -> String {
        const REJECTED: &str = "listener_manager.lds.update_rejected";
        let (before, rejected) = (self.log().len(), self.stat(REJECTED));
        self.change(|options| options.configuration = configuration.to_owned());
        assert_eq!(self.stat(REJECTED), rejected + 1, "{configuration}");
        self.log().split_off(before)
    }
}
