"""What it would bring, at best, that a large layer is exchanged while the next is computed: the model of more ranks (`ranks_model.py`) with the network as a pipe beside the computing."""

from dataclasses import dataclass

from sections.ranks_model import Costs, Network

PIXELS = 784
SECTION_ROWS = 1024
"""Of a rank's rows the last so many are computed at once, and then their gradients, part by part."""
INKED = 0.4
"""Of the first layer's products what is computed: the share of a digit's pixels in runs of eight of which one has ink."""
LEAST_PART = 1 << 16
"""Floats of a part of the weights that is exchanged by itself."""


@dataclass(frozen=True)
class Part:
    """What of the weights is exchanged at once."""

    weights: float
    """Share of all of them."""
    gradient: float
    """Share of a row's computing that its gradient takes."""


def parts_of(network: str) -> tuple[Part, ...]:
    """Those of a network of digits with such units, in the order in which they are exchanged (`RankPlace.parts`).

    Of computing the products are counted: three for each layer, forward, of the deltas and of the gradient, and of the first layer no deltas.
    """
    units = [PIXELS, *map(int, network.split("-"))]
    layers = [((inputs + 1) * outputs, inputs * outputs * (INKED if number == 0 else 1)) for number, (inputs, outputs) in enumerate(zip(units, units[1:]))]
    all_floats = sum(floats for floats, _ in layers)
    all_products = 3 * sum(products for _, products in layers) - layers[0][1]
    parts: list[tuple[float, float]] = []
    for floats, products in layers:
        if parts and min(parts[-1][0], floats) < LEAST_PART:
            parts[-1] = (parts[-1][0] + floats, parts[-1][1] + products)
        else:
            parts.append((floats, products))
    return tuple(Part(floats / all_floats, products / all_products) for floats, products in sorted(parts, reverse=True))


def step_by_parts(costs: Costs, parts: tuple[Part, ...], network: Network, ranks: int, batch: int) -> float:
    """Seconds of a step on two ranks or more, with one worker each.

    The network carries one part's gradients or weights after the other, each when it is there. Meanwhile a rank computes the gradients of the parts that follow, and then, when those of a part
    have come, its weights. Messages cost the rank itself.
    """
    rows = costs.busiest(ranks, batch)
    reduce = costs.reduce.fixed + costs.reduce.divisible / ranks
    messages = (ranks - 1) * network.message
    # Losses and the word on failures are sent, too, and are next to nothing on the wire.
    wires = [costs.bytes(ranks, batch) / 2 * part.weights / network.bandwidth for part in parts]
    gradients = [part.gradient * costs.row * ((rows - 1) % SECTION_ROWS + 1) for part in parts]
    now = costs.fixed + costs.row * rows - sum(gradients) + messages
    pipe = now
    arrivals = []
    for gradient, wire in zip(gradients, wires):
        now += gradient + messages
        pipe = max(pipe, now) + wire
        arrivals.append(pipe + network.latency)
    for part, wire, arrival in zip(parts, wires, arrivals):
        now = max(now, arrival) + reduce * part.weights + messages
        pipe = max(pipe, now) + wire
    return max(now, pipe + network.latency) + messages
