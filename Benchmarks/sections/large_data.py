"""Data far larger than the caches: samples a second and private memory, from sixty thousand rows to ten million."""

import subprocess
from pathlib import Path
from statistics import median

from figures import Target, at_least, at_most, megabytes, percent, rate, spread, table
from program import HERE, train
from sections.section import Conditions, Stored

ROWS = (60_000, 600_000, 6_000_000, 10_000_000)
QUICK_ROWS = (6_000, 60_000)
LEAST_SHARE = 0.8
MOST_MEMORY = 200e6
TIMED_ROWS, QUICK_TIMED_ROWS = 2_000_000, 60_000
"""A run's timed epochs go over about as many, or over all of the rows once."""
CONFIG, BATCH = HERE / "cases/25-15-10.json", 256
PIXELS = 784


class LargeData:
    name = "large-data"
    title = "Large data"

    def measure(self, conditions: Conditions) -> Stored:
        stored: Stored = {"samples_per_second": {}, "first_epoch": {}, "private_bytes": {}, "left_out": {}}
        folders = {}
        for rows in QUICK_ROWS if conditions.is_quick else ROWS:
            if rows * PIXELS > available_memory():
                stored["left_out"][str(rows)] = f"{rows * PIXELS / 1e9:.1f} GB of files, but {available_memory() / 1e9:.1f} GB of memory to hold them"
            else:
                folders[rows] = synthetic_digits(conditions, rows)
        for _ in range(conditions.rounds):
            for rows, folder in folders.items():
                read_once(folder)
                epochs = 1 + max(1, (QUICK_TIMED_ROWS if conditions.is_quick else TIMED_ROWS) // rows)
                run = train(conditions.binary, CONFIG, {"data.path": folder, "fit.batch_size": BATCH, "fit.epochs": epochs}, workers=2)
                rates = [epoch["samples_per_second"] for epoch in run.epochs]
                for key, value in (("samples_per_second", median(rates[1:])), ("first_epoch", rates[0]), ("private_bytes", max(run.private_bytes))):
                    stored[key].setdefault(str(rows), []).append(round(value))
        return stored

    def targets(self, stored: Stored) -> list[Target]:
        smallest, *larger = [*(measured_rows(stored) or list(ROWS)), *map(int, stored.get("left_out", {}))]
        shares = {counted(rows): over_smallest(stored, rows) for rows in larger}
        private = stored.get("private_bytes", {}).get(str(larger[-1]), [])
        return [
            at_least(f"large data, 25-15-10, batch {BATCH}: samples/s by that of {counted(smallest)} rows", LEAST_SHARE, percent, shares),
            at_most(f"large data: private memory with {counted(larger[-1])} rows", MOST_MEMORY, megabytes, {"": private}),
        ]

    def text(self, stored: Stored) -> str:
        rows = []
        for count in measured_rows(stored):
            key = str(count)
            cells = [spread(stored["samples_per_second"][key], rate), spread(over_smallest(stored, count), percent), spread(stored["first_epoch"][key], rate)]
            rows.append([f"{count:,}", megabytes(count * PIXELS), *cells, spread(stored["private_bytes"][key], megabytes)])
        parts = [
            f"Synthetic digits of `lockstep data synth`, 25-15-10, batch {BATCH}, two workers. The files are memory-mapped, and were read once before each run, so "
            "that the page cache holds them. Samples a second: of a run the median of its epochs after the first, which maps the pages. Private memory is the most "
            "`RssAnon` seen after an epoch; pages of the files are not private. Median (smallest–largest) over the rounds; shares are taken within a round.",
            table(["rows", "pixels", "samples/s", f"by that of {counted(measured_rows(stored)[0])}", "first epoch, samples/s", "private memory"], rows),
        ]
        if stored["left_out"]:
            parts.append("Not measured: " + "; ".join(f"{int(rows):,} rows ({reason})" for rows, reason in stored["left_out"].items()) + ".")
        return "\n\n".join(parts)


def synthetic_digits(conditions: Conditions, rows: int) -> Path:
    """The folder with so many synthetic digits, made if it is not there yet. The files have their names only when they are whole."""
    folder = conditions.synthetic / str(rows)
    if not (folder / "train-images-idx3-ubyte").exists():
        print(f"writing {counted(rows)} synthetic digits to {folder}", flush=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([conditions.binary, "data", "synth", "--output", folder, "--count", str(rows)], check=True, stdout=subprocess.DEVNULL)
    return folder


def read_once(folder: Path) -> None:
    """Brings the files into the page cache."""
    block = bytearray(1 << 24)
    for file in folder.iterdir():
        with file.open("rb", buffering=0) as content:
            while content.readinto(block):
                pass


def available_memory() -> int:
    """Bytes that the system could give to pages of files."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))


def measured_rows(stored: Stored) -> list[int]:
    return [int(rows) for rows in stored.get("samples_per_second", {})]


def over_smallest(stored: Stored, rows: int) -> list[float]:
    """Samples a second by that of the fewest rows, within each round."""
    rates = stored.get("samples_per_second", {})
    smallest: list[float] = next(iter(rates.values()), [])
    return [mine / other for mine, other in zip(rates.get(str(rows), []), smallest)]


def counted(rows: int) -> str:
    return f"{rows / 1e6:g} million" if rows >= 1_000_000 else f"{rows / 1e3:g} thousand"
