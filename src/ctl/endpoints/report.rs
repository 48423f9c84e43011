//! What calls of endpoints came to, as text or JSON.

use serde_json::{Value, json};

use crate::ctl::arguments::change::Output;
use crate::ctl::endpoints::agreement::agree;
use crate::ctl::endpoints::error::EndpointError;
use crate::ctl::endpoints::moments::Moments;
use crate::ctl::endpoints::status::EndpointStatus;
use crate::ctl::endpoints::summary::summary;
use crate::ctl::endpoints::told::is_store_lost;
use crate::ctl::process::clock::now;
use crate::ctl::process::console::{complain, say};
use crate::ctl::process::exit::Exit;

/// The outcome of the same call at each endpoint.
pub(crate) struct Outcomes<'u>(pub(crate) Vec<(&'u str, Result<EndpointStatus, EndpointError>)>);

impl Outcomes<'_> {
    /// Prints them; success if all calls were and the endpoints agree.
    pub(crate) fn report(&self, output: &Output) -> Exit {
        let text = match output.json {
            true => self.document().to_string(),
            false => self.summaries(),
        };
        if !text.is_empty() {
            say(&text);
        }
        let are_all_known = self.complain_of_failures();
        let do_agree = agree(self.statuses().map(|(_, status)| status), now());
        if !do_agree {
            complain("the endpoints do not agree");
        }
        match are_all_known && do_agree {
            true => Exit::SUCCESS,
            false => Exit::FAILURE,
        }
    }

    /// Whether maintenance is on, where all are known and say the same.
    pub(crate) fn is_on(&self) -> Exit {
        if !self.complain_of_failures() {
            return Exit::UNKNOWN;
        }
        let statuses = self.statuses();
        let mut flags = statuses.map(|(_, status)| status.setting.maintenance);
        match flags.next() {
            Some(true) if flags.all(|on| on) => Exit::ON,
            Some(false) if !flags.any(|on| on) => Exit::OFF,
            _ => {
                complain("the endpoints do not agree");
                Exit::UNKNOWN
            }
        }
    }

    /// Says which Envoys have lost their store; whether any has.
    pub(crate) fn complain_of_lost_stores(&self) -> bool {
        let lost = self.statuses();
        let lost = lost.filter(|(_, status)| is_store_lost(&status.document));
        let complaints = lost.map(|(url, _)| {
            complain(&format!(
                "{url}: the store is not connected: this is the last that Envoy knows, and changes are \
                 refused"
            ));
        });
        complaints.count() > 0
    }

    /// Says which calls came to nothing, and why; whether none has.
    fn complain_of_failures(&self) -> bool {
        let failures = self.0.iter();
        let failures = failures.filter_map(|(_, outcome)| outcome.as_ref().err());
        let complaints = failures.map(|error| complain(&error.to_string()));
        complaints.count() == 0
    }

    fn statuses(&self) -> impl Iterator<Item = (&str, &EndpointStatus)> {
        let outcomes = self.0.iter();
        outcomes.filter_map(|(url, outcome)| Some((*url, outcome.as_ref().ok()?)))
    }

    /// Of all that are known, with a line between.
    fn summaries(&self) -> String {
        let moments = Moments::here();
        let summaries = self.statuses();
        let summaries = summaries.map(|(url, status)| summary(url, &status.document, &moments));
        summaries.collect::<Vec<_>>().join("\n\n")
    }

    /// The answer of one endpoint, or a list of those of several.
    fn document(&self) -> Value {
        let documents = self.0.iter().map(|(url, outcome)| {
            let mut document = match outcome {
                Ok(status) => status.document.clone(),
                Err(error) => json!({"error": error.to_string()}),
            };
            if let Some(keys) = document.as_object_mut() {
                keys.insert("url".to_owned(), (*url).into());
            }
            document
        });
        let mut documents: Vec<Value> = documents.collect();
        match documents.as_mut_slice() {
            [document] => document.take(),
            _ => documents.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctl::endpoints::status::testing::status;

    fn answer(
        url: &'static str,
        json: &str,
    ) -> (&'static str, Result<EndpointStatus, EndpointError>) {
        (url, Ok(status(json)))
    }

    fn failure(url: &'static str) -> (&'static str, Result<EndpointStatus, EndpointError>) {
        (url, Err(EndpointError::answered(200, "no".to_owned())))
    }

    const ON: &str = r#"{"maintenance":true}"#;
    const OFF: &str = r#"{"maintenance":false}"#;

    #[test]
    fn json_is_an_object_for_one_and_a_list_for_several() {
        let one = Outcomes(vec![answer("http://a/m", ON)]);
        assert_eq!(one.document()["url"], "http://a/m");
        let both = Outcomes(vec![answer("http://a/m", ON), failure("http://b/m")]);
        let both = both.document();
        assert_eq!(both[0]["maintenance"], true);
        assert!(both[1]["error"].is_string());
    }

    #[test]
    fn it_is_on_or_off_only_where_all_are_known_to_be() {
        let (on, off) = (|| answer("http://a/m", ON), || answer("http://b/m", OFF));
        for (outcomes, exit) in [
            (vec![on()], Exit::ON),
            (vec![on(), on()], Exit::ON),
            (vec![off(), off()], Exit::OFF),
            (vec![on(), off()], Exit::UNKNOWN),
            (vec![on(), failure("http://c/m")], Exit::UNKNOWN),
        ] {
            assert_eq!(Outcomes(outcomes).is_on(), exit);
        }
    }
}
