"""Checks the ML-DSA-44 lines of a note with PyPI's `cryptography`, from the C2SP tlog-cosignature text alone.

    python mldsa.py NOTE VKEY...

Every key named must have signed. Exit status 0: good; 1: the reason is on standard error.
"""

import base64
import hashlib
import struct
import sys

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

name_of_note, *vkeys = sys.argv[1:]
note = open(name_of_note, encoding="utf-8").read()
text, lines = note.rsplit("\n\n", 1)
origin, size, root = text.split("\n")[:3]


def prefixed(s: str) -> bytes:
    data = s.encode()
    return bytes([len(data)]) + data


for vkey in vkeys:
    name, key_id, key = vkey.split("+", 2)
    kind, public = base64.b64decode(key)[0], base64.b64decode(key)[1:]
    wanted = hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]
    if kind != 0x06 or wanted.hex() != key_id:
        sys.exit(f"{name}: not an ML-DSA-44 key, or its id is wrong")
    signatures = [
        base64.b64decode(line.split(" ")[2])
        for line in lines.splitlines()
        if line.startswith(f"— {name} ") and base64.b64decode(line.split(" ")[2])[:4] == wanted
    ]
    if not signatures:
        sys.exit(f"{name}: no line by this key")
    for signature in signatures:
        time = signature[4:12]
        message = b"subtree/v1\n\0" + prefixed(name) + time + prefixed(origin)
        message += struct.pack(">QQ", 0, int(size)) + base64.b64decode(root)
        try:
            MLDSA44PublicKey.from_public_bytes(public).verify(signature[12:], message)
        except Exception as e:
            sys.exit(f"{name}: {type(e).__name__} {e}")
print(f"good: {len(vkeys)} keys")
