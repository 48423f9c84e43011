"""Packs a release from what was built: python3 src/dist FOLDER VERSION IMAGE

The folder is made anew. What lies in it is made of the sources and the toolchain alone: no time, no
path and no user of this machine is in it. IMAGE is the layout that image.py has written.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from archive import compressed, packed
from artefact import command_line, dynamic_module, module
from crates import built_in
from licences import licences
from sbom import bill_of_materials
from toolchain import Toolchain

NOTICES = "rust-std.licences.html"
# Where each shell looks for completions, below /usr/local or ~/.local.
COMPLETIONS = {
    "bash": "share/bash-completion/completions/maintenancectl",
    "fish": "share/fish/vendor_completions.d/maintenancectl.fish",
    "zsh": "share/zsh/site-functions/_maintenancectl",
}


def main():
    folder, version, image = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    files = release(version, image, Toolchain.installed())
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in (files | {"SHA256SUMS": checksums(files)}).items():
        path = folder / name
        path.write_bytes(content)
        path.chmod(0o644)
    print(f"{folder} holds release {version}:", *sorted(files))


def release(version, image, toolchain):
    """The contents of the files of a release, by their names."""
    wasm, native, program = module(), dynamic_module(toolchain.host), command_line(toolchain.host)
    files = {NOTICES: toolchain.notices.read_bytes()}
    for artefact in [wasm, native, program]:
        crates = built_in(artefact)
        bill = bill_of_materials(artefact, version, crates, toolchain)
        files[f"{artefact.name}.cdx.json"] = bill.encode()
        texts = licences(artefact, crates, toolchain, NOTICES)
        files[f"{artefact.name}.licences.txt"] = texts.encode()
    for artefact in [wasm, native]:
        files[artefact.name] = artefact.built.read_bytes()
    files[f"{wasm.built.stem}.oci.tar"] = packed(contents(image))
    documents = {
        "LICENSE": Path("LICENSE").read_bytes(),
        "licences.txt": files[f"{program.name}.licences.txt"],
        NOTICES: files[NOTICES],
    }
    archive = packed(installed(program.built, documents), f"maintenancectl-{version}")
    files[f"{program.name}.tar.gz"] = compressed(archive)
    return files


def installed(program, documents):
    """What belongs below /usr/local or ~/.local: the command line with all that comes with it."""
    files = {f"bin/{program.name}": program.read_bytes()}
    files |= {f"share/doc/{program.name}/{name}": text for name, text in documents.items()}
    with tempfile.TemporaryDirectory() as pages:
        subprocess.run([program, "man", pages], check=True)
        files |= {f"share/man/man1/{name}": page for name, page in contents(Path(pages)).items()}
    for shell, path in COMPLETIONS.items():
        script = subprocess.run([program, "completions", shell], check=True, stdout=subprocess.PIPE)
        files[path] = script.stdout
    return files


def contents(folder):
    """The contents of the files below a folder, by their paths from there."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def checksums(files):
    """What `sha256sum --check` reads."""
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()


if __name__ == "__main__":
    main()
