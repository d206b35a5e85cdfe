# SPDX-License-Identifier: MIT
"""Hints travel packed, so that nobody reads the next level by accident."""
import base64
import json
import zlib


def pack(hints):
    data = base64.b64encode(zlib.compress(json.dumps(hints).encode())).decode()
    return "\n".join(data[i:i + 76] for i in range(0, len(data), 76)) + "\n"


def unpack(text):
    return json.loads(zlib.decompress(base64.b64decode(text)))
