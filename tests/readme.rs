//! Every plugin configuration of the README is one that the filter takes.

use maintenance_mode::{config::PluginConfig, policy::Policy};

#[test]
fn the_configurations_of_the_readme_are_valid() {
    let readme = include_str!("../README.md");
    let configurations: Vec<&str> = readme
        .split("```json\n")
        .skip(1)
        .filter_map(|block| block.split("```").next())
        .filter(|block| !block.contains("\"decided_by\""))
        .collect();
    assert!(configurations.len() >= 10, "{}", configurations.len());
    for configuration in configurations {
        let compiled = PluginConfig::parse(configuration.as_bytes()).and_then(|config| {
            Policy::compile(config, |_| Some("a secret of 32 bytes or even more".into()))
        });
        assert!(
            compiled.is_ok(),
            "{configuration} gave {:?}",
            compiled.err()
        );
    }
}
