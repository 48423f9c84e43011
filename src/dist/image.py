#!/usr/bin/env python3
"""Packs the module as an OCI image: image.py MODULE FOLDER VERSION

The folder becomes an OCI image layout with one image, whose only layer is an archive with
`plugin.wasm`: the "compat" variant of the Wasm image specification. Istio and Envoy Gateway both
look for it before the variant with media types of its own, and every registry stores it, because
it is an image like any other. The same module gives the same digest.
"""

import hashlib
import json
import pathlib
import shutil
import sys

from archive import compressed, packed

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def digest(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


class Layout:
    """An OCI image layout in a folder, made anew."""

    def __init__(self, folder):
        shutil.rmtree(folder, ignore_errors=True)
        self.folder = folder
        self.blobs = folder / "blobs" / "sha256"
        self.blobs.mkdir(parents=True)
        self.write("oci-layout", {"imageLayoutVersion": "1.0.0"})

    def write(self, name, value):
        (self.folder / name).write_bytes(encode(value))

    def add(self, media_type, content):
        """Stores a blob; its descriptor."""
        name = digest(content)
        (self.blobs / name.removeprefix("sha256:")).write_bytes(content)
        return {"mediaType": media_type, "digest": name, "size": len(content)}


def encode(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def pack(module, folder, version):
    """Writes the layout; the digest of the image."""
    layout = Layout(folder)
    files = packed({"plugin.wasm": module})
    annotations = {
        "org.opencontainers.image.title": "maintenance-mode",
        "org.opencontainers.image.version": version,
        "org.opencontainers.image.licenses": "Apache-2.0",
    }
    config = {
        "architecture": "wasm",
        "os": "wasip1",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [digest(files)]},
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": layout.add(CONFIG, encode(config)),
        "layers": [layout.add(LAYER, compressed(files))],
        "annotations": annotations,
    }
    image = layout.add(MANIFEST, encode(manifest))
    tagged = image | {"annotations": {"org.opencontainers.image.ref.name": version}}
    layout.write("index.json", {"schemaVersion": 2, "manifests": [tagged]})
    return image["digest"]


def main():
    module, folder, version = sys.argv[1:]
    name = pack(pathlib.Path(module).read_bytes(), pathlib.Path(folder), version)
    print(f"{folder} holds maintenance-mode:{version}, {name}")


if __name__ == "__main__":
    main()
