"""Beside the suite: every answer of a witness is verified with aics-tlog, which the suite itself does not do."""

import base64

import pytest
from aics_tlog.cosign import cosignature_key_id, verify_cosignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from test import client


@pytest.fixture(autouse=True)
def every_line_verifies(monkeypatch, private_key):
    _, _, name, _, seed = private_key.split("+", 4)
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed)[1:]).public_key()
    wanted = cosignature_key_id(name, key.public_bytes_raw())
    ask = client.WitnessClient.add_checkpoint

    def asked(self, old_size, proof, checkpoint):
        answer = ask(self, old_size, proof, checkpoint)
        if answer["status_code"] == 200:
            origin, size, root = checkpoint.split("\n")[:3]
            dash, signer, blob = answer["body"].strip().split(" ")
            blob = base64.b64decode(blob)
            assert (dash, signer, blob[:4]) == ("—", name, wanted)
            assert verify_cosignature(blob[4:], name, key, origin, int(size), base64.b64decode(root))
        return answer

    monkeypatch.setattr(client.WitnessClient, "add_checkpoint", asked)
