//! What somebody asks again and again, to find out whether a host is well.

use std::ops::RangeInclusive;

use maintenance_mode_core::decision::decision::Verdict;
use maintenance_mode_core::policy::policy::Policy;

use crate::ctl::doctor::probe::{Traits, while_on};
use crate::ctl::documents::spot::Spot;

/// A health check.
#[derive(Clone, Debug)]
pub(super) struct HealthCheck<'d> {
    /// Where its path is written, or else what asks.
    pub(super) spot: Spot<'d>,
    pub(super) asker: Asker,
    /// `the cluster "shop"`
    pub(super) title: String,
    pub(super) question: Question,
    /// The statuses of a host that is well.
    pub(super) well: Vec<RangeInclusive<u16>>,
    pub(super) ports: Ports,
    /// What becomes of a host that is not well.
    pub(super) then: String,
}

/// Which ports are asked.
#[derive(Clone, Debug)]
pub(super) enum Ports {
    /// These of the very host.
    Own(Vec<u16>),
    /// These, behind which there may be others, where that is known.
    Seen(Vec<u16>),
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asker {
    /// Another Envoy.
    Envoy,
    EnvoyGateway,
    /// Kubernetes asks its pods, each for itself.
    Kubelet,
    Balancer,
}

#[derive(Clone, Debug)]
pub(super) enum Question {
    Http {
        path: String,
        host: Option<String>,
        method: Option<String>,
        headers: Vec<(String, String)>,
    },
    /// gRPC's own protocol for this.
    Grpc,
}

const GRPC: &str = "/grpc.health.v1.Health/Check";
const HOST: &str = "zq7x.invalid";

impl Ports {
    pub(super) fn all(&self) -> &[u16] {
        match self {
            Self::Own(ports) | Self::Seen(ports) => ports,
        }
    }
}

impl HealthCheck<'_> {
    pub(super) fn path(&self) -> &str {
        match &self.question {
            Question::Http { path, .. } => path,
            Question::Grpc => GRPC,
        }
    }

    /// The status that a filter which is on answers with, where that says that the host is ill.
    /// Who asks has no address here: one cannot know it.
    pub(super) fn refused_by(&self, policy: &Policy) -> Option<u16> {
        let traits = match &self.question {
            Question::Http {
                path,
                host,
                method,
                headers,
            } => Traits {
                path,
                host: host.as_deref().unwrap_or(HOST),
                method: method.as_deref().unwrap_or("GET"),
                headers: headers.clone(),
                ..Traits::default()
            },
            Question::Grpc => Traits {
                path: GRPC,
                method: "POST",
                headers: vec![("content-type".to_owned(), "application/grpc".to_owned())],
                ..Traits::default()
            },
        };
        while_on(policy, traits, |verdict| match verdict {
            Verdict::Blocked(reply) => {
                let is_well = self.well.iter().any(|range| range.contains(&reply.status));
                let is_well = is_well && reply.grpc_status.is_none();
                (!is_well).then_some(reply.status)
            }
            _ => None,
        })
    }
}

/// The line of a header, whose name has this key.
pub(super) fn line(header: &Spot, key: &str) -> Option<(String, String)> {
    let name = header.text_of(key)?.to_ascii_lowercase();
    Some((name, header.text_of("value").unwrap_or_default().to_owned()))
}

/// The header by which those who ask tell who they are.
pub(super) fn agent(name: &str) -> Vec<(String, String)> {
    vec![("user-agent".to_owned(), name.to_owned())]
}
