#!/usr/bin/env python3
"""Links the module with the callbacks that it needs, and leaves those of the SDK out.

Envoy calls every callback that a module exports, for every request, whether it does
anything or not, and those of the SDK look up what this module knows. So the module has
callbacks of its own, which get the names that Envoy looks for only here, because the SDK
has functions of these names. Cargo runs this in the place of `rust-lld`, which rustc puts
into the path; what was left out is in a file beside the module.
"""

import subprocess
import sys

# What Envoy looks for, and the symbol in the module.
EXPORTS = {
    "_initialize": "_initialize",
    "proxy_abi_version_0_2_1": "proxy_abi_version_0_2_1",
    "proxy_on_memory_allocate": "proxy_on_memory_allocate",
    "proxy_on_configure": "on_configure",
    "proxy_on_context_create": "on_context_create",
    "proxy_on_grpc_close": "on_grpc_close",
    "proxy_on_grpc_receive": "on_grpc_receive",
    "proxy_on_request_headers": "on_request_headers",
    "proxy_on_tick": "on_tick",
}
NAMES = {symbol: name for name, symbol in EXPORTS.items()}

HEADER_SIZE = 8
EXPORT_SECTION = 7


def main(arguments):
    kept, exported, removed = [], set(), []
    arguments = iter(arguments)
    for argument in arguments:
        if argument != "--export":
            kept.append(argument)
            continue
        symbol = next(arguments)
        if symbol in NAMES:
            exported.add(symbol)
            kept += ["--export", symbol]
        elif symbol not in EXPORTS:
            removed.append(symbol)
    missing = sorted(NAMES.keys() - exported)
    if missing:
        sys.exit(f"the module lacks {', '.join(missing)}")
    if "--strip-all" in kept:
        # What a debugger would read does not go with it.
        kept.append("--compress-relocations")
    linked = subprocess.run(["rust-lld", *kept])
    if linked.returncode != 0:
        sys.exit(linked.returncode)
    output = kept[kept.index("-o") + 1]
    with open(output, "rb") as file:
        module = with_names(file.read())
    with open(output, "wb") as file:
        file.write(module)
    with open(f"{output}.removed", "w") as report:
        print("\n".join(sorted(removed)), file=report)


def with_names(module):
    """The module with the names that Envoy looks for, as the binary format has them:
    https://webassembly.github.io/spec/core/binary/modules.html#export-section"""
    result, position = module[:HEADER_SIZE], HEADER_SIZE
    while position < len(module):
        section, begin = module[position], position
        size, position = read_number(module, position + 1)
        body = module[position : position + size]
        position += size
        if section == EXPORT_SECTION:
            body = rename(body)
            result += bytes([section]) + number(len(body)) + body
        else:
            result += module[begin:position]
    return result


def rename(exports):
    count, position = read_number(exports, 0)
    result = number(count)
    for _ in range(count):
        size, position = read_number(exports, position)
        symbol = exports[position : position + size].decode()
        kind = exports[position + size : position + size + 1]
        index, position = read_number(exports, position + size + 1)
        name = NAMES.get(symbol, symbol).encode()
        result += number(len(name)) + name + kind + number(index)
    return result


def read_number(data, position):
    """LEB128."""
    value, shift = 0, 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7


def number(value):
    """LEB128."""
    result = b""
    while value > 0x7F:
        result += bytes([value & 0x7F | 0x80])
        value >>= 7
    return result + bytes([value])


main(sys.argv[1:])
