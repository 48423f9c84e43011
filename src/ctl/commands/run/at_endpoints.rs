//! Admin endpoints, which `run` calls.

use std::sync::mpsc::Receiver;

use crate::ctl::arguments::endpoints::Endpoints;
use crate::ctl::arguments::parameters::Parameters;
use crate::ctl::commands::run::ours::Ours;
use crate::ctl::commands::run::previous::Previous;
use crate::ctl::commands::run::renewal::renew;
use crate::ctl::commands::run::switched::Switched;
use crate::ctl::endpoints::client::EndpointClient;
use crate::ctl::endpoints::toggle::Toggle;
use crate::ctl::process::console::complain;
use crate::ctl::process::exit::{Abort, Exit};

pub(super) struct AtEndpoints<'a> {
    client: EndpointClient,
    urls: &'a [String],
    parameters: &'a Parameters,
    /// What was, at each that was switched on, in order.
    previous: Vec<Previous>,
    ours: Ours,
}

impl<'a> AtEndpoints<'a> {
    pub(super) fn new(endpoints: &'a Endpoints, parameters: &'a Parameters) -> Self {
        Self {
            client: EndpointClient::new(endpoints),
            urls: &endpoints.urls,
            parameters,
            previous: Vec::new(),
            ours: Ours::default(),
        }
    }
}

impl Switched for AtEndpoints<'_> {
    /// All are asked before any is changed: several may share one state.
    fn switch_on(&mut self) -> Result<(), String> {
        let mut before = Vec::new();
        for url in self.urls {
            let status = self.client.status(url);
            before.push(Previous::of(&status.map_err(|error| error.to_string())?));
        }
        let toggle = Toggle::On(self.parameters.clone());
        for (url, previous) in self.urls.iter().zip(before) {
            let status = self.client.change(url, &toggle, None);
            self.ours.add(status.map_err(|error| error.to_string())?);
            self.previous.push(previous);
        }
        Ok(())
    }

    /// Puts off an end that nobody has asked for.
    fn keep_on(&mut self, stop: &Receiver<()>) {
        if !self.parameters.have_an_end() {
            renew(
                &self.client,
                self.urls,
                self.parameters,
                &mut self.ours,
                stop,
            );
        }
    }

    fn put_back(&self) -> Exit {
        let mut exit = Exit::SUCCESS;
        for (url, previous) in self.urls.iter().zip(&self.previous) {
            if let Err(Abort(why, problem)) = previous.put_back(&self.client, url, &self.ours) {
                complain(&problem);
                if exit != Exit::OWN_FAILURE {
                    exit = why;
                }
            }
        }
        exit
    }
}
