"""What more ranks would bring on networks that are not here: a model of a step, from costs measured on one rank and on two."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sections.scaling_model import Divided, divided

BLOCK_ROWS = 128
"""Rows over which a gradient is one chain: a rank has whole blocks of a batch."""
LOSS_BYTES = 24
"""Of the sums of a block's losses, which every rank gets."""

ASSUMPTIONS = (
    "A **model**: nothing but one and two ranks on this machine was measured. A step of a batch of `B` rows on `R` ranks, each with one worker on a core of its own, takes "
    "`compute(rows) + reduce(R) + exchange(R)`:\n\n"
    "- compute (gather, forward, loss, backward) is a fixed part and a part by the rows of the busiest rank, from `lockstep bench step` with 128 and with 512 rows. Ranks take whole blocks of "
    "128 rows, so a batch employs no more than ⌈B / 128⌉ of them;\n"
    "- reduce (adding the others' sums, the optimizer, the transposed copies) is a fixed part and one that all ranks divide, from one rank and from two;\n"
    "- exchange: every rank sends each other that part of its gradients which the other updates, and then its part of the weights, and with these the sums of its blocks' losses and a word on whether "
    "it has failed. That is `4 (R − 1)` messages in two rounds: `2 × latency + 4 (R − 1) × message + bytes / bandwidth`, with "
    f"`bytes = (R − 1) / R × (2 × weights + {LOSS_BYTES} × B / {BLOCK_ROWS})` both ways at once. (With powers of two, as here, a rank has one sum to send.)\n\n"
    "Each cost is the least of the rounds, the least disturbed. That a large layer is exchanged while the next is computed is left out, but for the line below that says how much all of the exchange beside "
    "computing would be; the section on a network, where it was measured, holds models with it and without to steps over 1 and 5 Gb/s. "
    "Ranks are taken to be alike, to wait for nobody but the network, and the network to "
    "carry what all send at once; MPI to send parts directly, which for messages as small as those of a thousand ranks it need not: real clusters will differ on both sides."
)


@dataclass(frozen=True)
class Network:
    name: str
    latency: float
    """Seconds from one rank to another."""
    message: float
    """Seconds that each message costs the rank that sends it, whatever its size."""
    bandwidth: float
    """Bytes a second, each way."""


SOURCE = "https://gist.github.com/jfgrimm/3af692a5475bdd4ed836b5a18197a209"
NETWORKS = (
    Network("1 Gb/s Ethernet, TCP", 25.4e-6, 1 / 0.23e6, 116e6),
    Network("10 Gb/s Ethernet, TCP", 25.4e-6, 1 / 0.23e6, 1160e6),
    Network("100 Gb/s InfiniBand", 0.91e-6, 1 / 5.53e6, 11600e6),
)
STATED = (
    f"The networks are stated, not measured here: of 1 Gb/s Ethernet (MPICH over TCP) and 100 Gb/s InfiniBand (Open MPI) the figures that the OSU micro-benchmarks gave on one cluster "
    f"([source]({SOURCE})): latency and bandwidth as they stand there, and as the cost of a message the time of one byte among many. 10 Gb/s Ethernet is taken to have the same TCP and ten times the bandwidth."
)


@dataclass(frozen=True)
class Costs:
    """Seconds of a step, as measured."""

    fixed: float
    row: float
    reduce: Divided
    weights: float
    """Bytes, padded as they are sent."""

    @classmethod
    def of(cls, rows: tuple[int, int], compute: tuple[float, float], reduce: tuple[float, float], weights: float) -> "Costs":
        """From compute with two numbers of rows, and reduce on one rank and on two."""
        row = max(compute[1] - compute[0], 0) / (rows[1] - rows[0])
        return cls(max(compute[0] - row * rows[0], 0), row, divided(*reduce), weights)

    def busiest(self, ranks: int, batch: int) -> int:
        """Rows of the rank with most."""
        blocks = -(-batch // BLOCK_ROWS)
        return min(-(-blocks // min(ranks, blocks)) * BLOCK_ROWS, batch)

    def alone(self, batch: int) -> float:
        """Seconds of a step on one rank."""
        return self.fixed + self.row * batch + self.reduce.fixed + self.reduce.divisible

    def bytes(self, ranks: int, batch: int) -> float:
        """That a rank sends, and receives."""
        return (ranks - 1) / ranks * (2 * self.weights + LOSS_BYTES * batch / BLOCK_ROWS)


@dataclass(frozen=True)
class Model:
    costs: Costs
    network: Network
    sent: float = 1
    """Share of the bytes of weights and gradients that must be sent."""
    workers: int = 1
    """Of a rank, which divide its rows and its part of the weights without loss."""
    overlaps: bool = False
    """Whether the exchange goes on while a rank computes."""

    def exchange(self, ranks: int, batch: int) -> float:
        share = (ranks - 1) / ranks
        bytes_sent = share * (2 * self.costs.weights * self.sent + LOSS_BYTES * batch / BLOCK_ROWS)
        return 0 if ranks == 1 else 2 * self.network.latency + 4 * (ranks - 1) * self.network.message + bytes_sent / self.network.bandwidth

    def step(self, ranks: int, batch: int) -> float:
        costs = self.costs
        computing = costs.fixed + (costs.row * costs.busiest(ranks, batch) + costs.reduce.divisible / ranks) / self.workers + costs.reduce.fixed
        exchange = self.exchange(ranks, batch)
        return max(computing, exchange) if self.overlaps else computing + exchange

    def strong(self, ranks: int, batch: int) -> float:
        """Efficiency with one batch whatever the ranks: the speed-up over one worker, by the workers."""
        return replace(self, workers=1).step(1, batch) / self.step(ranks, batch) / (ranks * self.workers)

    def weak(self, ranks: int, rows: int) -> float:
        """Efficiency with so many rows for each rank."""
        return self.step(1, rows) / self.step(ranks, rows * ranks)

    def least_batch(self, ranks: int, efficiency: float, most: int = 1 << 27) -> int | None:
        """The smallest power of two with which so many ranks are that efficient; nil where none up to `most` is."""
        batch = BLOCK_ROWS * ranks
        while batch <= most:
            if self.strong(ranks, batch) >= efficiency:
                return batch
            batch *= 2
        return None

    def fastest(self, batch: int, most: int = 1024) -> int:
        """The number of ranks, a power of two, that takes the shortest step."""
        return min((1 << power for power in range(most.bit_length())), key=lambda ranks: self.step(ranks, batch))


CORES = 64
CHANGES: tuple[tuple[str, int, Callable[[Model], Model]], ...] = (
    ("as it is", CORES, lambda model: model),
    ("exchange beside computing", CORES, lambda model: replace(model, overlaps=True)),
    ("half the bytes of gradients and weights", CORES, lambda model: replace(model, sent=0.5)),
    ("messages that cost nothing", CORES, lambda model: replace(model, network=replace(model.network, message=0))),
    (f"{CORES // 16} ranks of 16 workers", CORES // 16, lambda model: replace(model, workers=16)),
)
"""What would move the point at which a network stops scaling: in words, on how many ranks, and how."""
