//! The command line, as the reference shows it.

use support::{machine::machine, pages::REFERENCE};

use crate::typing::Typing;

#[test]
fn every_command_works_beside_make_run() {
    let Some(machine) = machine("the command line", &[]) else {
        return;
    };
    machine.enter();
    let mut sample = machine.spawn("make-run", "make run");
    sample.wait_for("Ctrl-C");
    machine.wait_for("the sample", &[8080], 200);

    let [beside, course, _] = REFERENCE.blocks_of("The command line", "sh");
    let transcript = machine.transcript(beside);
    for ((command, printed), shown) in transcript.iter().skip(3).zip([
        "\n  On until ",
        "\n  Off\n",
        "\n  Off\n",
        "\n  Off\n",
        "",
        "",
        "\n  Off\n",
        "Switches maintenance mode ",
    ]) {
        assert!(printed.contains(shown), "{command} gave {printed}");
    }
    // On and off by `run`, after on, off and reset.
    assert!(
        transcript[9].1.contains("generation 8, "),
        "{transcript:#?}"
    );

    let set_up: Vec<&str> = beside.lines().take(3).collect();
    let transcript = machine.transcript(&format!("{}\n{course}", set_up.join("\n")));
    for ((command, printed), shown) in
        transcript
            .iter()
            .skip(4)
            .zip(["\n  On until ", "\n  On until ", "\n  Off\n"])
    {
        assert!(printed.contains(shown), "{command} gave {printed}");
    }
    sample.interrupt();
}

#[test]
fn what_needs_no_envoy_works_without() {
    let Some(machine) = machine("the command line without an Envoy", &[]) else {
        return;
    };
    let [_, _, without] = REFERENCE.blocks_of("The command line", "sh");
    let token = ". target/sample.env";
    let transcript = machine.transcript(&format!("{token}\n{without}"));
    let [_, (_, checked), (_, explained), (_, planned), (_, entry)] =
        transcript.try_into().unwrap();
    assert_eq!(planned, "", "the sample has no windows");
    assert!(checked.ends_with(": OK\n"), "{checked}");
    let [shown] = REFERENCE.blocks_of("The command line", "");
    assert_eq!(explained.trim_end(), shown.trim_end());
    let hash = REFERENCE
        .inline_code()
        .into_iter()
        .find(|code| code.contains("sha256sum"))
        .unwrap()
        .replace("\\|", "|");
    let hash = machine.shell(&format!("{token}\nTOKEN=$MAINTENANCE_TOKEN\n{hash}"));
    let (hash, _) = hash.split_once(' ').unwrap();
    assert!(entry.contains(hash), "{entry}");
}
