"""The matrix kernels on one core: as a share of its peak, and beside OpenBLAS."""

import json
import statistics
import subprocess
import sys
from typing import Any

from figures import Target, at_least, percent, spread, table, times
from program import HERE, printed
from sections.section import Conditions, Stored

PRODUCTS = {"forward": "forward", "weight_gradient": "weight gradient", "input_gradient": "input gradient"}
SHAPES = ("16x784x25", "32x784x25", "128x784x25", "32x784x512", "64x784x512", "512x784x512", "128x512x512", "1024x2048x2048")
BEST, AVX2, OPENBLAS = "best", "avx2", "openblas"
SHARES = ((BEST, "128x512x512", 0.90), (BEST, "1024x2048x2048", 0.90), (BEST, "32x784x512", 0.75), (BEST, "32x784x25", 0.60), (AVX2, "128x512x512", 0.85))
OVER_OPENBLAS = 1.8
NAMES = {"avx512": "AVX-512", "avx2": "AVX2", "portable": "portable"}


class Kernels:
    """In each round one process of each contender; `best` is the CPU's widest instruction set."""

    name = "kernels"
    title = "Matrix kernels, one core"

    def measure(self, conditions: Conditions) -> Stored:
        stored: Stored = {"instruction_set": "", "peak_gflops": {}, "openblas": {}, "seconds": {}, "share_of_peak": {}, "was_free": {}}
        for _ in range(conditions.rounds):
            conditions.wait_for_free_cores(workers=1)
            best = printed(conditions.binary, ["bench", "kernels"])
            stored["instruction_set"] = best["instruction_set"]
            keep(stored, BEST, best)
            conditions.wait_for_free_cores(workers=1)
            keep(stored, OPENBLAS, openblas(0.01 if conditions.is_quick else 0.05))
            if best["instruction_set"] == "avx512":
                conditions.wait_for_free_cores(workers=1)
                keep(stored, AVX2, printed(conditions.binary, ["bench", "kernels"], {"LOCKSTEP_ISA": "avx2"}))
        return stored

    def targets(self, stored: Stored) -> list[Target]:
        name = NAMES.get(stored.get("instruction_set", ""), "AVX-512")
        rows = [
            at_least(
                f"kernels, {spelled(shape)}, {name if level == BEST else 'AVX2'}, share of the measured peak", goal, percent,
                {words: free_shares(stored, level, f"{product} {shape}") for product, words in PRODUCTS.items()},
            )
            for level, shape, goal in SHARES
        ]  # fmt: skip
        for shape in SHAPES:
            figures = {words: over_openblas(stored, product, product, shape) for product, words in PRODUCTS.items()}
            beyond = {words: OVER_OPENBLAS * openblas_share(stored, f"{product} {shape}") for product, words in PRODUCTS.items()}
            said = ", ".join(f"{words} {percent(share)}" for words, share in beyond.items() if share > 1)
            rows.append(
                at_least(f"kernels, {spelled(shape)}, by OpenBLAS{f' (1.8× it would be more than the peak: {said})' if said else ''}", OVER_OPENBLAS, times, figures)
            )
        return rows

    def text(self, stored: Stored) -> str:
        library, level = stored["openblas"], NAMES[stored["instruction_set"]]
        peaks = " and ".join(
            f"{spread(found, '{:.0f}'.format)} GFLOP/s with {level if which == BEST else NAMES[which]}" for which, found in stored["peak_gflops"].items()
        )
        parts = [
            "Shapes are rows × inputs × units: forward is `X·W`, weight gradient `Xᵀ·dZ`, input gradient `dZ·Wᵀ`, on dense random numbers; multiply-adds of "
            f"padding do not count. The peak is that of a loop of nothing but multiply-adds, measured in the same run: {peaks}. Each kernel gave what its "
            "scalar reference gives before it was timed. Median (smallest–largest) over the rounds; shares of the peak are of samples during which nobody else used "
            f"the core, in rounds that had three such ({', '.join(freedom(stored, which) for which in stored['peak_gflops'])}); \\* where no round had.",
            *(self.shares(stored, which, level if which == BEST else NAMES[which]) for which in stored["peak_gflops"]),
            f"Beside OpenBLAS {library['version']} (of NumPy {library['numpy']}), one thread on the same CPU, which chose its kernels for {library['core']}. It is "
            f"called through ctypes; what Python adds to a call, {1e6 * library['call_seconds']:.1f} µs, is taken off its times. Ratios are of times within a round.",
            self.beside_openblas(stored),
            "A network of pixels does not use the dense kernels in its first layer: there the rows come as lists that leave out zeros shared by eight rows. "
            "The last column is that kernel on digits, by OpenBLAS on as many dense numbers, which is what a library without such lists does with digits. "
            "Making the lists, while the pixels are read, is not in it. A first layer needs no input gradient.",
        ]
        return "\n\n".join(parts)

    @staticmethod
    def shares(stored: Stored, which: str, level: str) -> str:
        rows = []
        for shape in SHAPES:
            found = [free_shares(stored, which, f"{product} {shape}") for product in PRODUCTS]
            marks = ["" if any(values(stored, "was_free", which, f"{product} {shape}")) else " \\*" for product in PRODUCTS]
            rows.append([spelled(shape), *(spread(share, percent) + mark for share, mark in zip(found, marks))])
        return table([f"{level}, share of the peak", *PRODUCTS.values()], rows)

    @staticmethod
    def beside_openblas(stored: Stored) -> str:
        rows = []
        for shape in SHAPES:
            for product, words in PRODUCTS.items():
                mine, other = (spread(gflops(stored, which, f"{product} {shape}"), "{:.0f}".format) for which in (BEST, OPENBLAS))
                first = over_openblas(stored, f"first_{product}", product, shape)
                ratio = spread(over_openblas(stored, product, product, shape), times, is_bold=True)
                rows.append([f"{spelled(shape)}, {words}", mine, other, ratio, spread(first, times) if first else ""])
        return table(["product", "Lockstep, GFLOP/s", "OpenBLAS, GFLOP/s", "Lockstep by OpenBLAS", "first-layer kernel on digits, by OpenBLAS"], rows)


def openblas(seconds: float) -> dict[str, Any]:
    command = [sys.executable, str(HERE / "peers/openblas_products.py"), *SHAPES, "--seconds", str(seconds)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def keep(stored: Stored, which: str, report: dict[str, Any]) -> None:
    """Adds one round of one contender."""
    if which == OPENBLAS:
        stored["openblas"] = {key: value for key, value in report.items() if key != "kernels"}
    else:
        stored["peak_gflops"].setdefault(which, []).append(round(report["peak_gflops"], 2))
    for timing in report["kernels"]:
        if timing["kernel"].removeprefix("first_") not in PRODUCTS or timing.get("data") == "dense":
            continue
        label = f"{timing['kernel']} {timing['rows']}x{timing['inputs']}x{timing['units']}"
        stored["seconds"].setdefault(which, {}).setdefault(label, []).append(timing["seconds"])
        if which != OPENBLAS and "first_" not in label:
            stored["share_of_peak"].setdefault(which, {}).setdefault(label, []).append(round(timing["share_of_peak"], 4))
            stored["was_free"].setdefault(which, {}).setdefault(label, []).append(timing["core_was_free"])


def values(stored: Stored, key: str, which: str, label: str) -> list[float]:
    """Round by round; nothing where it was not measured."""
    return stored.get(key, {}).get(which, {}).get(label, [])


def free_shares(stored: Stored, which: str, label: str) -> list[float]:
    """Of the peak, in the rounds in which nobody else used the core meanwhile; in all, if there was no such round."""
    found, was_free = values(stored, "share_of_peak", which, label), values(stored, "was_free", which, label)
    return [share for share, free in zip(found, was_free) if free] or found


def freedom(stored: Stored, which: str) -> str:
    """As "118 of 120": the shares of one contender that are of free samples."""
    flags = [flag for label in stored.get("was_free", {}).get(which, {}).values() for flag in label]
    return f"{sum(flags)} of {len(flags)}"


def over_openblas(stored: Stored, kernel: str, product: str, shape: str) -> list[float]:
    """How much faster Lockstep's kernel is, within each round."""
    mine, other = values(stored, "seconds", BEST, f"{kernel} {shape}"), values(stored, "seconds", OPENBLAS, f"{product} {shape}")
    return [theirs / ours for ours, theirs in zip(mine, other)]


def openblas_share(stored: Stored, label: str) -> float:
    """Of the peak, its median; 0 where it was not measured."""
    rates = gflops(stored, OPENBLAS, label)
    return statistics.median(rates) / statistics.median(stored["peak_gflops"][BEST]) if rates else 0.0


def gflops(stored: Stored, which: str, label: str) -> list[float]:
    operations = 2.0
    for size in label.split()[1].split("x"):
        operations *= int(size)
    return [operations / taken / 1e9 for taken in values(stored, "seconds", which, label)]


def spelled(shape: str) -> str:
    return shape.replace("x", "×")
