"""What more ranks would bring on networks that are not here: a model of a step, from costs measured on one rank and on two."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sections.scaling_model import Divided, divided

BLOCK_ROWS = 128
"""Rows over which a gradient is one chain: a rank has whole blocks of a batch."""
SLICE_ROWS, SLICE_BYTES = 8, 24
"""The losses of so many rows are summed as one, and every rank gets that many bytes of each sum."""

PIXELS = 784
SECTION_ROWS = 1024
"""Of a rank's rows the last so many are computed at once, and then their gradients, part by part."""
INKED = 0.4
"""Of the first layer's products what is computed: the share of a digit's pixels in runs of eight of which one has ink."""
LEAST_PART = 1 << 16
"""Floats of a part of the weights that is exchanged by itself."""

ASSUMPTIONS = (
    "A **model**: nothing but one and two ranks on this machine was measured. A step of a batch of `B` rows on `R` ranks, each with one worker on a core of its own, takes "
    "`compute(rows) + reduce(R) + exchange(R)`:\n\n"
    "- compute (gather, forward, loss, backward) is a fixed part and a part by the rows of the busiest rank, from `lockstep bench step` with 128 and with 512 rows. Ranks take whole blocks of "
    "128 rows, so a batch employs no more than ⌈B / 128⌉ of them;\n"
    "- reduce (adding the others' sums, the optimizer, the transposed copies) is a fixed part and one that all ranks divide, from one rank and from two;\n"
    "- exchange: every rank sends each other that part of its gradients which the other updates, and then its part of the weights, and with these the losses of its rows and a word on whether "
    "it has failed. Large layers go one by one, in `P` parts. That is `(2 P + 2) (R − 1)` messages in two rounds, with nothing beside it "
    "`2 × latency + (2 P + 2) (R − 1) × message + bytes / bandwidth`, with "
    f"`bytes = (R − 1) / R × (2 × weights + {SLICE_BYTES} × B / {SLICE_ROWS})` both ways at once. (With powers of two, as here, a rank has one sum to send.)\n"
    "- beside it: the network is a pipe that carries one part after the other, each when it is there. So the gradients of the first part travel while those of the next are computed, over the last "
    f"{SECTION_ROWS:,} of the rank's rows at most, and while a part's weights are updated those of the others do. What can be hidden is no more than that: the gradients' time of all parts but the "
    f"first, and a part's update. Of computing that is counted by the products, of which the first layer skips {1 - INKED:.0%}, where there is no ink; messages cost the rank itself. How far that is from what was measured over links of 1 and 5 Gb/s "
    "stands in the next section.\n\n"
    "Each cost is the least of the rounds, the least disturbed. Ranks are taken to be alike, to wait for nobody but the network, and the network to "
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
class Part:
    """What of the weights is exchanged at once."""

    weights: float
    """Share of all of them."""
    gradient: float
    """Share of a row's computing that its gradient takes."""


def parts_of(network: str) -> tuple[Part, ...]:
    """Those of a network of digits with such units, in the order in which they are exchanged (`RankPlace.parts`). Of computing the products are counted: three for each layer, forward, of the deltas and
    of the gradient, and of the first layer no deltas."""
    units = [PIXELS, *map(int, network.split("-"))]
    layers = [((inputs + 1) * outputs, inputs * outputs * (INKED if number == 0 else 1)) for number, (inputs, outputs) in enumerate(zip(units, units[1:]))]
    all_floats, all_products = sum(floats for floats, _ in layers), 3 * sum(products for _, products in layers) - layers[0][1]
    parts: list[tuple[float, float]] = []
    for floats, products in layers:
        if parts and min(parts[-1][0], floats) < LEAST_PART:
            parts[-1] = (parts[-1][0] + floats, parts[-1][1] + products)
        else:
            parts.append((floats, products))
    return tuple(Part(floats / all_floats, products / all_products) for floats, products in sorted(parts, reverse=True))


@dataclass(frozen=True)
class Costs:
    """Seconds of a step, as measured."""

    fixed: float
    row: float
    reduce: Divided
    weights: float
    """Bytes, padded as they are sent."""
    parts: tuple[Part, ...]

    @classmethod
    def of(cls, rows: tuple[int, int], compute: tuple[float, float], reduce: tuple[float, float], weights: float, parts: tuple[Part, ...]) -> "Costs":
        """From compute with two numbers of rows, and reduce on one rank and on two."""
        row = max(compute[1] - compute[0], 0) / (rows[1] - rows[0])
        return cls(max(compute[0] - row * rows[0], 0), row, divided(*reduce), weights, parts)

    def busiest(self, ranks: int, batch: int) -> int:
        """Rows of the rank with most."""
        blocks = -(-batch // BLOCK_ROWS)
        return min(-(-blocks // min(ranks, blocks)) * BLOCK_ROWS, batch)

    def alone(self, batch: int) -> float:
        """Seconds of a step on one rank."""
        return self.fixed + self.row * batch + self.reduce.fixed + self.reduce.divisible

    def bytes(self, ranks: int, batch: int) -> float:
        """That a rank sends, and receives."""
        return (ranks - 1) / ranks * (2 * self.weights + SLICE_BYTES * batch / SLICE_ROWS)


@dataclass(frozen=True)
class Model:
    costs: Costs
    network: Network
    sent: float = 1
    """Share of the bytes of weights and gradients that must be sent."""
    losses: float = 1
    """Share of the bytes of losses that must be."""
    workers: int = 1
    """Of a rank, which divide its rows and its part of the weights without loss."""
    overlaps: bool = False
    """Whether all of the exchange goes on while a rank computes."""
    by_parts: bool = True
    """Whether a part is exchanged while the next is computed; else all at once behind all computing."""

    def exchange(self, ranks: int, batch: int) -> float:
        """What it takes with nothing beside it."""
        if ranks == 1:
            return 0
        messages = 2 * len(self.parts) + 2
        bytes_sent = self.wire(ranks, 2 * self.costs.weights) + self.losses_on_wire(ranks, batch)
        return 2 * self.network.latency + messages * self.sending(ranks) + bytes_sent

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.costs.parts if self.by_parts else (Part(1, 0),)

    def wire(self, ranks: int, weights: float) -> float:
        """Seconds for so many bytes of weights or gradients."""
        return (ranks - 1) / ranks * weights * self.sent / self.network.bandwidth

    def losses_on_wire(self, ranks: int, batch: int) -> float:
        return (ranks - 1) / ranks * SLICE_BYTES * batch / SLICE_ROWS * self.losses / self.network.bandwidth

    def sending(self, ranks: int) -> float:
        """Seconds that a message to each of the others costs the rank itself."""
        return (ranks - 1) * self.network.message

    def step(self, ranks: int, batch: int) -> float:
        costs, rows = self.costs, self.costs.busiest(ranks, batch)
        computing = costs.fixed + costs.row * rows / self.workers
        reduce = costs.reduce.fixed + costs.reduce.divisible / ranks / self.workers
        if ranks == 1:
            return computing + reduce
        if self.overlaps:
            return max(computing + reduce, self.exchange(ranks, batch))
        return self.parts_after(ranks, batch, computing, (rows - 1) % SECTION_ROWS + 1, reduce)

    def parts_after(self, ranks: int, batch: int, computing: float, rows: int, reduce: float) -> float:
        """Seconds of a step: the network is a pipe, which carries one part's gradients or weights after the other, each when it is there; the rank computes the gradients of the parts over its
        last rows meanwhile, and then, when those of a part have come, its weights."""
        costs, latency, sending = self.costs, self.network.latency, self.sending(ranks)
        gradients = [part.gradient * costs.row * rows / self.workers for part in self.parts]
        now = computing - sum(gradients) + sending
        pipe = now + self.losses_on_wire(ranks, batch)
        arrivals = []
        for part, gradient in zip(self.parts, gradients):
            now += gradient + sending
            pipe = max(pipe, now) + self.wire(ranks, costs.weights * part.weights)
            arrivals.append(pipe + latency)
        for part, arrival in zip(self.parts, arrivals):
            now = max(now, arrival) + reduce * part.weights + sending
            pipe = max(pipe, now) + self.wire(ranks, costs.weights * part.weights)
        return max(now, pipe + latency) + sending

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
    ("all of the exchange beside computing", CORES, lambda model: replace(model, overlaps=True)),
    ("half the bytes of gradients and weights", CORES, lambda model: replace(model, sent=0.5)),
    ("losses to one rank only", CORES, lambda model: replace(model, losses=0)),
    ("messages that cost nothing", CORES, lambda model: replace(model, network=replace(model.network, message=0))),
    (f"{CORES // 16} ranks of 16 workers", CORES // 16, lambda model: replace(model, workers=16)),
)
"""What would move the point at which a network stops scaling: in words, on how many ranks, and how."""
