"""As much of the flattened device tree (Devicetree Specification 5) as the command line needs."""
import struct

BEGIN_NODE, END_NODE, PROPERTY, NOP = 1, 2, 3, 4


def bootargs(blob):
    """`bootargs` of /chosen; empty when there is none."""
    structure, strings = struct.unpack_from(">II", blob, 8)
    at, path = structure, []
    while True:
        (token,) = struct.unpack_from(">I", blob, at)
        at += 4
        if token == BEGIN_NODE:
            end = blob.index(b"\0", at)
            path.append(blob[at:end].decode())
            at = aligned(end + 1)
        elif token == END_NODE:
            path.pop()
        elif token == PROPERTY:
            length, name = struct.unpack_from(">II", blob, at)
            at += 8
            if path == ["", "chosen"] and text_at(blob, strings + name) == "bootargs":
                return text_at(blob, at)
            at = aligned(at + length)
        elif token != NOP:
            return ""


def aligned(offset):
    return (offset + 3) & ~3


def text_at(blob, offset):
    return blob[offset : blob.index(b"\0", offset)].decode()
