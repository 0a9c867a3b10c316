#!/usr/bin/env python3
"""corpus.py ORACLE DIRECTORY: seeds of the fuzz targets, from each expression of the oracle cases.

DIRECTORY/cron_parser holds the expressions; DIRECTORY/timetable the same, each with a line feed and the numbers that
timetable_fuzz reads behind it: kind 0 (cron), zone, policy, three instants, the case's own among them. There the other
kinds follow, asked about all of time. DIRECTORY/*.list names the files of each.
"""
import datetime
import json
import pathlib
import struct
import sys

# As in timetable_fuzz.cpp.
ZONES = ["UTC", "America/New_York", "Europe/Dublin", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Pyongyang"]
DAY_MS = 86_400_000
FIRST, LAST = -(2**63), 2**63 - 1


def ms(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()) * 1000


def write(seeds, directory):
    directory.mkdir(parents=True, exist_ok=True)
    names = [str(directory / f"{i:04}") for i in range(len(seeds))]
    for name, seed in zip(names, seeds):
        pathlib.Path(name).write_bytes(seed)
    directory.with_suffix(".list").write_text(",".join(names), encoding="utf-8")


def of_other_kinds():
    """every() without a start and with one, at(), after(), and cron; from one end of time to the other."""
    for own in (1, 1000, LAST):
        yield b"\n" + struct.pack("<B4q", 1, own, FIRST, 0, LAST)
        yield b"\n" + struct.pack("<B4q", 4, own, FIRST, 0, LAST)
        for start in (FIRST, -1, LAST):
            yield b"\n" + struct.pack("<B5q", 2, own, start, FIRST, 0, LAST)
            yield b"\n" + struct.pack("<B4q", 3, start, FIRST, 0, LAST)
    for zone in range(len(ZONES)):
        yield b"0 0 0/2 * * ?\n" + struct.pack("<BBB3q", 0, zone, 0, FIRST, 0, LAST)


def main(oracle, directory):
    seeds = {}
    for i, line in enumerate(pathlib.Path(oracle).read_text(encoding="utf-8").splitlines()):
        case = json.loads(line)
        zone = ZONES.index(case["tz"]) if case["tz"] in ZONES else i % len(ZONES)
        after = ms(case["after"])
        numbers = struct.pack("<BBB3q", 0, zone, i % 10, after, after + DAY_MS, after + 90 * DAY_MS)
        seeds.setdefault(case["expr"].encode(), numbers)
    write(list(seeds), pathlib.Path(directory) / "cron_parser")
    timetables = [e + b"\n" + numbers for e, numbers in seeds.items()]
    write(timetables + list(of_other_kinds()), pathlib.Path(directory) / "timetable")


main(*sys.argv[1:])
