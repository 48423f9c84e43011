//! `ejects`, too: the filter blocks a health check, so that the host of the page is taken out.

use crate::ctl::doctor::finding::{Findings, Severity};
use crate::ctl::doctor::health_check::{Asker, HealthCheck, Ports, Question};
use crate::ctl::doctor::health_filter::answers;
use crate::ctl::doctor::{asking_platform, asking_proxies};
use crate::ctl::setup::manager::Manager;
use crate::ctl::setup::plugin::{Carrier, Plugin};
use crate::ctl::setup::setup::Setup;

/// What proxies in front ask.
pub(super) fn check_front(setup: &Setup, findings: &mut Findings) {
    for check in asking_proxies::health_checks(setup) {
        match setup.plugins.is_empty() {
            true => unknown(&check, findings),
            false => known(setup, &check, findings),
        }
    }
}

/// What the platform asks, whose files may lie beside those of the filter.
pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for check in asking_platform::health_checks(setup) {
        known(setup, &check, findings);
    }
}

/// Nobody can say here what the filter makes of it.
fn unknown(check: &HealthCheck, findings: &mut Findings) {
    let (asker, path) = (&check.title, check.path());
    findings.add_as(
        Severity::Note,
        check.spot.place(),
        format!(
            "{asker} checks health with {path}: if its hosts have the filter, and that \
             does not let it pass, checks fail while maintenance is on, and the hosts are taken \
             out with their page"
        ),
        format!(
            "See that allow.paths of the filter has {path:?}; name its file here, too, and this is \
             looked up: maintenancectl check --front FRONT FILE"
        ),
    );
}

fn known(setup: &Setup, check: &HealthCheck, findings: &mut Findings) {
    let refusal = met(setup, check).into_iter().find_map(|plugin| {
        let status = check.refused_by(plugin.policy()?)?;
        Some((plugin, plugin.config()?, status))
    });
    let Some((plugin, config, status)) = refusal else {
        return;
    };
    let (asker, path, then) = (&check.title, check.path(), &check.then);
    let place = plugin.settings().get_or_self("allow").place();
    let place = match place.position {
        Some(position) => format!("{}:{}", place.file, position.line),
        None => place.file,
    };
    let address = match config.allow.client_ips.as_deref() {
        Some([_, ..]) => " unless it comes from an address of allow.client_ips,",
        _ => "",
    };
    let (allowed, _) = path.split_once('?').unwrap_or((path, ""));
    let answer = match check.question {
        Question::Http { .. } => format!("{status}"),
        Question::Grpc => "UNAVAILABLE".to_owned(),
    };
    findings.add(
        check.spot.place(),
        format!(
            "{asker} checks health with {path}, and while maintenance is on,{address} the filter \
             ({place}) answers {answer}: {then}"
        ),
        format!(
            "Write allow: {{ paths: [{allowed:?}] }} in the filter. If the upstream that answers it is \
             down for the maintenance, put envoy.filters.http.health_check before the filter, too."
        ),
    );
}

/// The filters that a health check may meet: those behind a port that it asks, where a listener
/// here has one; else any.
fn met<'s, 'd>(setup: &'s Setup<'d>, check: &HealthCheck) -> Vec<&'s Plugin<'d>> {
    let is_behind = |manager: &&Manager| {
        check.asker != Asker::Envoy || manager.spot.file() != check.spot.file()
    };
    let is_asked =
        |manager: &&Manager| port(manager).is_some_and(|port| check.ports.all().contains(&port));
    let asked = setup.managers.iter().filter(is_behind).filter(is_asked);
    let asked: Vec<&Manager> = asked.collect();
    if asked.is_empty() && matches!(check.ports, Ports::Own(_)) {
        return Vec::new();
    }
    let plugins = setup.plugins.iter().enumerate();
    let met = plugins.filter(|(index, plugin)| {
        let managers = setup.managers_of(*index);
        let is_there = |manager: &Manager| {
            let place = manager.spot.place();
            asked.iter().any(|asked| asked.spot.place() == place)
        };
        let is_asked = asked.is_empty() || managers.iter().any(|(manager, _)| is_there(manager));
        let is_answered = managers.iter().any(|(manager, at)| {
            let mut before = manager.filters.iter().take(*at);
            before.any(|filter| answers(filter, check.path()))
        });
        is_asked && !is_answered && !is_gateways_own(setup, plugin, check)
    });
    met.map(|(_, plugin)| plugin).collect()
}

/// Where connections to a connection manager come in.
fn port(manager: &Manager) -> Option<u16> {
    let listener = manager.listener.as_ref()?;
    let address = listener.at(&["address", "socket_address"])?;
    address.u16_of("port_value")
}

/// Envoy Gateway asks the hosts behind it, which its own filter does not stand before; and it may
/// answer itself what others ask it.
fn is_gateways_own(setup: &Setup, plugin: &Plugin, check: &HealthCheck) -> bool {
    let is_answered = || {
        let mut manifests = setup.manifests.iter();
        manifests.any(|(kind, manifest)| {
            let path = manifest.text_at(&["spec", "healthCheck", "path"]);
            *kind == "ClientTrafficPolicy" && path == Some(check.path())
        })
    };
    let is_its_own = check.asker == Asker::EnvoyGateway;
    plugin.carrier == Carrier::EnvoyGateway && (is_its_own || is_answered())
}
