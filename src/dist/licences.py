"""The licences of what is built into an artefact, for people: each text once, under the names of
the crates that come with it."""

import re
import sys
from pathlib import Path

# LICENSE-MIT, MIT-LICENSE, LICENSES, COPYING, NOTICE …
NAMES = re.compile(r"(^|-)(UN)?LICEN[CS]ES?\b|^(COPYING|COPYRIGHT|NOTICE)\b", re.IGNORECASE)
RULE = "\n" + "-" * 80 + "\n"


def licences(artefact, crates, toolchain, notices):
    """All of them as one text. Those of the standard library are in the file `notices`."""
    owners = {}
    for crate in crates:
        for text in texts(crate):
            owners.setdefault(text, []).append(called(crate))
    listed = [f"{called(crate)}: {crate.licence}" for crate in crates]
    listed.append(f"{called(toolchain)}: {toolchain.licence}, see {notices}")
    title = f"What is built into {artefact.built.name}, and its licences"
    sections = ["\n".join([title, "", *listed, ""])]
    sections += [f"{', '.join(names)}\n\n{text}" for text, names in owners.items()]
    return RULE.join(sections)


def called(part):
    return f"{part.name} {part.version}"


def texts(crate):
    """The licences that come with a crate, each once. The project has its own at its top."""
    folder = Path() if crate.is_own else crate.folder
    found = [path for path in sorted(folder.iterdir()) if NAMES.search(path.name)]
    found += [path for place in found if place.is_dir() for path in sorted(place.iterdir())]
    files = [path for path in found if path.is_file()]
    if not files:
        sys.exit(f"{called(crate)} comes without a licence: {folder} should have a LICENSE")
    return dict.fromkeys(tidied(file.read_text(encoding="utf-8")) for file in files)


def tidied(text):
    """Without what makes copies of one text differ: how lines end, and empty ones around it."""
    lines = [line.rstrip() for line in text.splitlines()]
    return "\n".join(lines).strip("\n") + "\n"
