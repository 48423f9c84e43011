"""Archives without owners and times, so that the same files make the same bytes."""

import gzip
import io
import tarfile


def packed(files, top=""):
    """A tar archive of files, whose contents come by their paths, in a folder. What lies in `bin`
    can be executed."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, content in sorted(files.items()):
            entry = tarfile.TarInfo(f"{top}/{path}" if top else path)
            entry.size = len(content)
            entry.mode = 0o755 if path.startswith("bin/") else 0o644
            tar.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


def compressed(content):
    """By gzip, with a header that no version of Python writes otherwise."""
    stream = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=stream, mode="wb", mtime=0) as archive:
        archive.write(content)
    return stream.getvalue()
