"""Dense digits in JAX, as fast as we know how to write it: a whole epoch is one jitted lax.scan over batches gathered from a permutation.

Activations are (units, batch) and kernels (units, inputs): with rows first, XLA spends half as much again on the same products.
"""

import functools

import numpy as np

from images import SIDE, limits
from mnist import as_floats, measure, parse_options, read_split, report, share_right, use_threads

parser = parse_options(__doc__)
parser.add_argument("--pixels", choices=["bytes", "floats"], default="bytes", help="how pixels lie in memory; bytes are faster")
parser.add_argument("--gather", choices=["step", "epoch"], default="step", help="when the shuffled pixels are gathered; which is faster depends on --threads")
parser.add_argument("--loop", choices=["scan", "calls"], default="scan", help="an epoch is one lax.scan, or a jitted call for each step")
options = parser.parse_args()
use_threads(options.threads)

import jax  # noqa: E402 (its thread pool has the size of the CPU set at import)
import jax.numpy as jnp  # noqa: E402

# Of each layer kernel and bias, and of a hidden one with batch normalisation γ and β.
Parameters = list[tuple[jax.Array, ...]]
# Of each hidden layer its running mean and variance.
Running = list[tuple[jax.Array, jax.Array]]
State = tuple[Parameters, Parameters, Parameters, jax.Array, Running]
LEARNING_RATE, BETA_1, BETA_2, EPSILON = 0.001, 0.9, 0.999, 1e-7
ACTIVATION = {"sigmoid": jax.nn.sigmoid, "relu": jax.nn.relu}[options.activation]


def initial_state(sizes: list[int]) -> State:
    """Glorot-uniform kernels, zero biases, Adam's two moments and step count, and running means of 0 and variances of 1."""
    keys = jax.random.split(jax.random.key(options.seed), len(sizes))
    parameters = []
    for key, inputs, units in zip(keys, sizes, sizes[1:]):
        limit = (6 / (inputs + units)) ** 0.5
        parameters.append((jax.random.uniform(key, (units, inputs), minval=-limit, maxval=limit), jnp.zeros((units, 1))))
    hidden = sizes[1:-1] if options.batch_norm else []
    for number, units in enumerate(hidden):
        parameters[number] += (jnp.ones((units, 1)), jnp.zeros((units, 1)))
    moments = [jax.tree.map(jnp.zeros_like, parameters) for _ in range(2)]
    running = [(jnp.zeros((units, 1)), jnp.ones((units, 1))) for units in hidden]
    return parameters, *moments, jnp.zeros((), jnp.int32), running


def logits(parameters: Parameters, running: Running, pixels: jax.Array, key: jax.Array | None = None) -> tuple[jax.Array, Running]:
    """(classes, batch) of pixels (batch, inputs), and what the running statistics become; with a key as in training."""
    values = (pixels.astype(jnp.float32) * (1 / 255) if pixels.dtype == jnp.uint8 else pixels).T
    moved = []
    for number, (kernel, bias, *scales) in enumerate(parameters[:-1]):
        values = kernel @ values + bias
        if options.batch_norm:
            mean, variance = running[number]
            if key is not None:
                before, (mean, variance) = (mean, variance), (values.mean(1, keepdims=True), values.var(1, keepdims=True))
                moved.append(tuple(0.99 * old + 0.01 * new for old, new in zip(before, (mean, variance))))
            gamma, beta = scales
            values = (values - mean) * (gamma * jax.lax.rsqrt(variance + 1e-3)) + beta
        values = ACTIVATION(values)
        if options.dropout and key is not None:
            kept = jax.random.bernoulli(jax.random.fold_in(key, number), 1 - options.dropout, values.shape)
            values = jnp.where(kept, values / (1 - options.dropout), 0)
    kernel, bias = parameters[-1]
    return kernel @ values + bias, moved


def augmented(pixels: jax.Array, key: jax.Array) -> jax.Array:
    """Floats: each row (its pixels) turned, resized and moved by numbers of its own, around its middle; sampled bilinearly."""
    draws = jax.random.uniform(key, (5, len(pixels), 1), minval=-1, maxval=1) * jnp.array(limits(options.augment).factors)[:, None, None]
    angle, across, down, right, below = draws
    half = (SIDE - 1) / 2
    ys, xs = (axis.reshape(1, -1) - half for axis in jnp.mgrid[:SIDE, :SIDE])
    xs, ys = (xs - right) * (1 + across), (ys - below) * (1 + down)
    from_x, from_y = jnp.cos(angle) * xs - jnp.sin(angle) * ys + half, jnp.sin(angle) * xs + jnp.cos(angle) * ys + half
    left, top = jnp.floor(from_x), jnp.floor(from_y)
    # Digits have black edges, so the nearest pixel serves for those beyond them.
    x0, x1, y0, y1 = (jnp.clip(place, 0, SIDE - 1).astype(jnp.int32) for place in (left, left + 1, top, top + 1))

    def at(y: jax.Array, x: jax.Array) -> jax.Array:
        return jnp.take_along_axis(pixels, y * SIDE + x, axis=1, mode="promise_in_bounds").astype(jnp.float32)

    part = from_x - left
    above, below = (at(y, x0) + part * (at(y, x1) - at(y, x0)) for y in (y0, y1))
    values = above + (from_y - top) * (below - above)
    return values * (1 / 255) if pixels.dtype == jnp.uint8 else values


def loss(parameters: Parameters, running: Running, pixels: jax.Array, labels: jax.Array, key: jax.Array) -> tuple[jax.Array, Running]:
    """Mean sparse categorical cross-entropy from logits; of one output, binary cross-entropy from logits."""
    scores, moved = logits(parameters, running, pixels, key)
    if options.layers[-1] == 1:
        return jnp.mean(jax.nn.softplus(scores[0]) - labels * scores[0]), moved
    log_probability = jax.nn.log_softmax(scores, axis=0)
    chosen = labels == jnp.arange(log_probability.shape[0])[:, None]
    return -jnp.sum(jnp.where(chosen, log_probability, 0)) / labels.size, moved


def step(state: State, pixels: jax.Array, labels: jax.Array) -> tuple[State, jax.Array]:
    """One mini-batch with Adam as Keras writes it: epsilon outside the root, bias correction in the step size."""
    parameters, first, second, count, running = state
    count += 1
    key = jax.random.fold_in(jax.random.key(options.seed), count)
    if options.augment:
        pixels = augmented(pixels, jax.random.fold_in(key, len(parameters)))
    (value, running), gradient = jax.value_and_grad(loss, has_aux=True)(parameters, running, pixels, labels, key)
    size = LEARNING_RATE * jnp.sqrt(1 - BETA_2 ** count.astype(jnp.float32)) / (1 - BETA_1 ** count.astype(jnp.float32))
    first = jax.tree.map(lambda m, g: m + (g - m) * (1 - BETA_1), first, gradient)
    second = jax.tree.map(lambda v, g: v + (g * g - v) * (1 - BETA_2), second, gradient)
    parameters = jax.tree.map(lambda p, m, v: p - size * m / (jnp.sqrt(v) + EPSILON), parameters, first, second)
    return (parameters, first, second, count, running), value


@functools.partial(jax.jit, donate_argnums=0)
def epoch(state: State, pixels: jax.Array, labels: jax.Array, order: jax.Array) -> tuple[State, jax.Array]:
    """Every row once, in `order`; what is left after the full batches is a smaller step of its own."""
    full = len(order) // options.batch * options.batch
    batches = order[:full].reshape(-1, options.batch)
    if options.gather == "epoch":
        state, losses = jax.lax.scan(lambda state, batch: step(state, *batch), state, (pixels[batches], labels[batches]))
    else:
        state, losses = jax.lax.scan(lambda state, rows: step(state, pixels[rows], labels[rows]), state, batches)
    total = losses.sum() * options.batch
    if full < len(order):
        state, last = step(state, pixels[order[full:]], labels[order[full:]])
        total += last * (len(order) - full)
    return state, total / len(order)


@functools.partial(jax.jit, donate_argnums=0)
def step_of_rows(state: State, pixels: jax.Array, labels: jax.Array, rows: np.ndarray) -> State:
    return step(state, pixels[rows], labels[rows])[0]


def epoch_of_calls(state: State, pixels: jax.Array, labels: jax.Array, order: np.ndarray) -> State:
    for first in range(0, len(order), options.batch):
        state = step_of_rows(state, pixels, labels, order[first : first + options.batch])
    return state


def prepare(pixels: np.ndarray) -> jax.Array:
    return jnp.asarray(pixels if options.pixels == "bytes" else as_floats(pixels))


def main() -> None:
    (pixels, labels), (test_pixels, test_labels) = (read_split(options, prefix) for prefix in ("train", "t10k"))
    on_device, on_device_labels, test_on_device = prepare(pixels), jnp.asarray(labels), prepare(test_pixels)
    state = initial_state([pixels.shape[1], *options.layers])
    random = np.random.default_rng(options.seed)
    test_logits = jax.jit(lambda state, pixels: logits(state[0], state[4], pixels)[0])

    def train_epoch() -> None:
        nonlocal state
        # NumPy shuffles 60,000 numbers in a fraction of the time that jax.random.permutation takes, and the CPU device reads them where they lie.
        order = random.permutation(len(pixels)).astype(np.int32)
        if options.loop == "calls":
            state = jax.block_until_ready(epoch_of_calls(state, on_device, on_device_labels, order))
        else:
            state, _ = jax.block_until_ready(epoch(state, on_device, on_device_labels, jnp.asarray(order)))

    measured = measure(options, len(pixels), train_epoch, lambda: share_right(np.asarray(test_logits(state, test_on_device)).T, test_labels))
    report("jax_scan", options, measured, ["jax", "jaxlib", "numpy"])


if __name__ == "__main__":
    main()
