"""Audits a C2SP log with aics-tlog: checkpoint, tiles, entries, and the Ed25519 cosignatures of given witnesses.

    python aics.py DIR VKEY [WITNESS_VKEY ...]

All witnesses named must have cosigned. Exit status 0: good; 1: the reason is on standard error.
"""

import sys
from pathlib import Path

from aics_tlog.checkpoint import verify_checkpoint
from aics_tlog.note import parse_note, parse_vkey
from aics_tlog.tiles import FileSystemTileReader
from aics_tlog.verified import audit_tiles

folder, log_key, *witnesses = sys.argv[1:]
try:
    note = parse_note((Path(folder) / "checkpoint").read_bytes())
    result = verify_checkpoint(
        note, parse_vkey(log_key), [parse_vkey(w) for w in witnesses], quorum=len(witnesses)
    )
    if not result.ok:
        sys.exit(f"checkpoint: {result.error}")
    report = audit_tiles(FileSystemTileReader(folder), result.size, result.root)
except Exception as e:  # whatever it is, the log is refused
    sys.exit(f"{type(e).__name__}: {e}")
print(f"good: {report}, {result.cosignature_count} cosignatures")
