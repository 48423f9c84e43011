"""What an artefact is made of, for programs: a bill of materials in CycloneDX 1.6.

It has neither a time nor a serial number, so the same artefact has the same one.
"""

import hashlib
import json


def bill_of_materials(artefact, version, crates, toolchain):
    """Its JSON text."""
    root, *_ = crates
    parts = [component(crate) for crate in crates if crate is not root]
    needs = {reference(crate): sorted(map(reference, needed)) for crate, needed in crates.items()}
    name = artefact.built.name
    needs[name] = [*needs.pop(reference(root)), toolchain.reference]
    bill = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "lifecycles": [{"phase": "build"}],
            "component": {
                "type": artefact.kind,
                "bom-ref": name,
                "name": name,
                "version": version,
                "licenses": [{"expression": root.licence}],
                "hashes": sha256(hashlib.sha256(artefact.built.read_bytes()).hexdigest()),
            },
        },
        "components": [*parts, standard_library(toolchain)],
        "dependencies": [
            {"ref": one, "dependsOn": needed} for one, needed in sorted(needs.items())
        ],
    }
    return json.dumps(bill, indent=2, sort_keys=True) + "\n"


def component(crate):
    """A crate that is built in."""
    found = {
        "type": "library",
        "bom-ref": reference(crate),
        "name": crate.name,
        "version": crate.version,
        "licenses": [{"expression": crate.licence}],
    }
    if crate.repository:
        found["externalReferences"] = [{"type": "vcs", "url": crate.repository}]
    if not crate.is_own:
        found["purl"] = reference(crate)
        found["hashes"] = sha256(crate.checksum)
    return found


def standard_library(toolchain):
    """What every artefact has beside the crates."""
    return {
        "type": "library",
        "bom-ref": toolchain.reference,
        "name": toolchain.name,
        "version": toolchain.version,
        "licenses": [{"expression": toolchain.licence}],
    }


def reference(crate):
    """What names it within the bill: its address as a package, where a registry has it."""
    name = f"{crate.name}@{crate.version}"
    return name if crate.is_own else f"pkg:cargo/{name.replace('+', '%2B')}"


def sha256(digest):
    return [{"alg": "SHA-256", "content": digest}]
