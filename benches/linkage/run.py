"""Runs Splink and `lockstep link` side by side; see README.md."""

import argparse
import csv
import os
import subprocess
import sys
import time
import venv

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = ["splink==5.0.0", "duckdb==2.0.0", "recordlinkage==0.16", "dupehell==0.5.5"]


def measured(command):
    """Wall seconds and peak megabytes of a process."""
    started = time.perf_counter()
    with open(os.devnull, "w") as nowhere:
        child = subprocess.Popen(command, stdout=nowhere, stderr=subprocess.PIPE)
        errors = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - started
    if status != 0:
        sys.exit(f"{command}: {errors.decode()[-2000:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def pairs(file):
    with open(file, newline="") as rows:
        return {(row["left_id"], row["right_id"]) for row in csv.DictReader(rows)}


def report(name, who, cost, found, truth):
    found, truth = pairs(found), pairs(truth)
    right = len(found & truth)
    precision, recall = right / max(len(found), 1), right / max(len(truth), 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    wall, cpu, peak = cost
    print(f"{name:11} {who:14} {precision:.4f}  {recall:.4f}  {f1:.4f}  {wall:7.2f} s  {cpu:7.2f} s  {peak:6.0f} MB", flush=True)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--lockstep", required=True)
    arguments.add_argument("--scratch", default="/tmp/lockstep-linkage")
    arguments.add_argument("--python", help="a Python that has the peers already")
    arguments.add_argument("--runs", type=int, default=3, help="the fastest of so many runs counts")
    arguments.add_argument("--million", action="store_true", help="one million against one million, Lockstep alone")
    options = arguments.parse_args()
    python = options.python
    if not python:
        place = os.path.join(options.scratch, "venv")
        if not os.path.exists(place):
            venv.create(place, with_pip=True)
            subprocess.check_call([f"{place}/bin/pip", "-q", "install", *PEERS])
        python = f"{place}/bin/python"
    data = os.path.join(options.scratch, "data")
    sets = ["million"] if options.million else ["febrl4", "medium", "hell", "medium-hard", "hell-hard"]
    if not all(os.path.exists(f"{data}/{s}_truth.csv") for s in sets):
        subprocess.check_call([python, f"{HERE}/tables.py", data, *(["million"] if options.million else [])])
    print("data        linker         precision recall  F1        wall       cpu      peak")
    for name in sets:
        one = name == "febrl4"
        a, b, truth = (f"{data}/{name}_{part}.csv" for part in ("a", "b", "truth"))
        out = f"{data}/{name}_links.csv"
        ours = f'{options.lockstep} link {a} {b} --assign {"one-to-one" if one else "best"} --format csv > {out}'
        cost = min(measured(["sh", "-c", f"exec {ours}"]) for _ in range(options.runs))
        report(name, "lockstep", cost, out, truth)
        if name == "million":
            continue
        kind = "febrl" if one else "dupehell"
        for setup in ["plain"] if one else ["plain", "wide", "spelled"]:
            command = [python, f"{HERE}/splink_run.py", kind, a, b, out, "one" if one else "best", setup]
            cost = min(measured(command) for _ in range(options.runs))
            report(name, f"splink {setup}", cost, out, truth)


main()
