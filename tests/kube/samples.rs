//! Every sample manifest, applied as it stands and switched.

use std::fs;

use serde_json::{Value, json};
use support::{
    outcome::Outcome,
    pages::{GUIDE, OPERATIONS},
    project::{file, read},
    yaml,
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::cluster::{Cluster, machine_for};

/// The manifests, each with the place of its configuration.
const SAMPLES: [(&str, &str); 7] = [
    (
        "envoy/istio/gateway-traffic-extension.yaml",
        "/spec/wasm/pluginConfig",
    ),
    ("envoy/istio/gateway-wasm-plugin.yaml", "/spec/pluginConfig"),
    (
        "envoy/istio/sidecar-traffic-extension.yaml",
        "/spec/wasm/pluginConfig",
    ),
    ("envoy/istio/sidecar-wasm-plugin.yaml", "/spec/pluginConfig"),
    (
        "envoy/gateway/envoy-extension-policy.yaml",
        "/spec/wasm/0/config",
    ),
    (
        "envoy/gateway/fleet-extension-policy.yaml",
        "/spec/wasm/0/config",
    ),
    (
        "envoy/gateway/module-extension-policy.yaml",
        "/spec/dynamicModule/0/config",
    ),
];

const KINDS: [&str; 3] = ["TrafficExtension", "WasmPlugin", "EnvoyExtensionPolicy"];

/// The arguments that name the object of a manifest.
fn arguments(path: &str) -> String {
    let objects = yaml::parse_all(&read(path)).into_iter();
    let ours = |object: &Value| KINDS.iter().any(|kind| object["kind"] == *kind);
    let [object]: [Value; 1] = objects.filter(ours).collect::<Vec<_>>().try_into().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    format!(
        "--kube {}/{} -n {}",
        text(&object["kind"]),
        text(&object["metadata"]["name"]),
        text(&object["metadata"]["namespace"])
    )
}

/// A moment that a window has, in seconds from now on.
fn seconds_from_now(moment: &Value) -> f64 {
    let moment = OffsetDateTime::parse(moment.as_str().unwrap(), &Rfc3339).unwrap();
    (moment - OffsetDateTime::now_utc()).as_seconds_f64()
}

#[test]
fn every_sample_is_switched_planned_and_put_back() {
    let Some(mut machine) = machine_for("the samples, switched by the command line") else {
        return;
    };
    let cluster = Cluster::start(&mut machine);
    let folders =
        ["envoy/istio", "envoy/gateway"].map(|folder| fs::read_dir(file(folder)).unwrap());
    assert_eq!(folders.into_iter().flatten().count(), SAMPLES.len());
    for (path, place) in SAMPLES {
        cluster.server.kubectl(&format!("apply --filename {path}"));
        let sample = Sample {
            cluster: &cluster,
            arguments: arguments(path),
            place,
            applied: cluster.object(&arguments(path)),
        };
        sample.is_switched();
        sample.is_planned();
        cluster.server.kubectl(&format!("delete --filename {path}"));
    }
}

#[test]
fn the_commands_of_the_guide_are_obeyed() {
    let Some(mut machine) = machine_for("the commands of the guide, in a cluster") else {
        return;
    };
    let cluster = Cluster::start(&mut machine);
    let commands = GUIDE.text.lines().filter(|line| {
        ["kubectl apply", "maintenancectl "]
            .iter()
            .any(|word| line.starts_with(word))
            && ["envoy/istio", "--kube"]
                .iter()
                .any(|word| line.contains(word))
    });
    let commands: Vec<&str> = commands.collect();
    let [apply, on, reset] = commands[..] else {
        panic!("{commands:?}");
    };
    cluster.machine().shell(apply);
    let [_, _, off] = OPERATIONS.blocks_of("Off, now", "sh");
    for (command, mode) in [(on, "on"), (off, "off"), (reset, "auto")] {
        cluster.machine().shell(command);
        let object = cluster.object("--kube trafficextension/maintenance-mode -n istio-ingress");
        assert_eq!(
            object["spec"]["wasm"]["pluginConfig"]["mode"], mode,
            "{command}"
        );
    }
}

struct Sample<'c> {
    cluster: &'c Cluster<'c>,
    arguments: String,
    /// Of the configuration, as a JSON pointer.
    place: &'static str,
    applied: Value,
}

impl Sample<'_> {
    /// What the object is, where only these keys of its configuration are others.
    fn with(&self, keys: &Value) -> Value {
        let mut object = self.applied.clone();
        let configuration = object.pointer_mut(self.place).unwrap();
        for (key, value) in keys.as_object().unwrap() {
            configuration[key] = value.clone();
        }
        object
    }

    fn object(&self) -> Value {
        self.cluster.object(&self.arguments)
    }

    fn ctl(&self, command: &str) -> Outcome {
        self.cluster
            .ctl(&command.replacen(' ', &format!(" {} ", self.arguments), 1))
    }

    fn status(&self) -> Value {
        self.ctl("status --json").good().json()
    }

    fn is_switched(&self) {
        let mode = |mode: &str| self.with(&json!({"mode": mode}));
        let before = self.status();
        assert_eq!(before["maintenance"], false);
        let planned = self.ctl("on --dry-run").good();
        assert_eq!(self.object(), self.applied);
        let [test, patch]: [Value; 2] = serde_json::from_str(&planned.stdout).unwrap();
        assert_eq!(
            (&test["op"], &test["path"]),
            (&json!("test"), &json!("/metadata/resourceVersion"))
        );
        assert_eq!(patch["path"], format!("{}/mode", self.place));
        assert_eq!(patch["value"], "on");

        for (command, word, on, shown) in [
            ("on ", "on", true, "On, with no end"),
            ("off ", "off", false, "Off"),
        ] {
            let told = self.ctl(command).good();
            assert_eq!(self.object(), mode(word));
            assert!(
                told.stderr.contains("locked") && told.stderr.contains("`reset`"),
                "{told:?}"
            );
            let shown = format!("\n  {shown}\n  By `mode` of the configuration");
            assert!(told.stdout.contains(&shown), "{told:?}");
            let status = self.status();
            assert_eq!(
                (&status["maintenance"], &status["decided_by"]),
                (&json!(on), &json!("mode"))
            );
            assert_eq!(status["mode"], word);
            assert_eq!(status["scope"], before["scope"]);

            let version = self.cluster.version(&self.arguments);
            self.ctl(command).good();
            assert_eq!(
                self.cluster.version(&self.arguments),
                version,
                "nothing differs"
            );
        }
        let reset = self.ctl("reset --json").good();
        assert_eq!(self.object(), mode("auto"));
        assert!(!reset.stderr.contains("locked"), "{reset:?}");
        assert_eq!(reset.json()["decided_by"], "initial");
        assert_eq!(self.ctl("reset --dry-run").good().json(), json!([]));
    }

    fn is_planned(&self) {
        let windows = || {
            let object = self.object();
            let configuration = object.pointer(self.place).unwrap();
            let windows = &configuration["windows"];
            assert_eq!(
                object,
                self.with(&json!({"mode": "auto", "windows": windows}))
            );
            let [window]: [Value; 1] = windows.as_array().unwrap().clone().try_into().unwrap();
            assert_eq!(window["name"], "maintenancectl");
            window
        };
        let told = self
            .ctl("on --for 1h --message \"it's \\\"back\\\" at ½\"")
            .good();
        assert!(!told.stderr.contains("locked"), "{told:?}");
        let window = windows();
        assert_eq!(window["message"], "it's \"back\" at ½");
        let (start, end) = (
            seconds_from_now(&window["start"]),
            seconds_from_now(&window["end"]),
        );
        assert!((-90.0..=-59.0).contains(&start), "{start}");
        assert!((3570.0..=3601.0).contains(&end), "{end}");
        let status = self.status();
        assert_eq!(
            (&status["maintenance"], &status["decided_by"]),
            (&json!(true), &json!("window"))
        );
        assert_eq!(
            (&status["until"], &status["message"]),
            (&window["end"], &window["message"])
        );

        self.ctl("on --start 2126-01-01T01:00:00+01:00 --until 2126-01-01T02:00:00Z")
            .good();
        let planned = json!({
            "name": "maintenancectl",
            "start": "2126-01-01T00:00:00Z",
            "end": "2126-01-01T02:00:00Z",
        });
        assert_eq!(windows(), planned);
        let status = self.status();
        assert_eq!(
            (&status["maintenance"], &status["decided_by"]),
            (&json!(false), &json!("initial"))
        );
        assert_eq!(
            status["next"],
            json!({
                "start": "2126-01-01T00:00:00Z",
                "until": "2126-01-01T02:00:00Z",
                "name": "maintenancectl",
                "message": null,
            })
        );

        self.ctl("on --message open").good();
        assert_eq!(windows()["end"], Value::Null, "it has no end");
        assert_eq!(self.status()["maintenance"], true);
        self.ctl("off ").good();
        assert_eq!(self.object(), self.with(&json!({"mode": "off"})));
        self.ctl("on --for 60").good();
        windows();
        self.ctl("on ").good();
        assert_eq!(self.object(), self.with(&json!({"mode": "on"})));
        self.ctl("on --for 60").good();
        self.ctl("reset ").good();
        assert_eq!(self.object(), self.with(&json!({"mode": "auto"})));
    }
}
