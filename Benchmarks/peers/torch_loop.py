"""Dense digits in PyTorch: the loop its users write, with what makes it fast on a CPU; `--compile` makes one graph of the whole step.

Eager: pixels once to floats, autograd, the fused Adam. Compiled: gather, forward, backward (torch.func) and Adam in one torch.compile, state updated in place.
"""

from images import SIDE, limits
from mnist import as_floats, measure, parse_options, read_split, report, share_right, use_threads

parser = parse_options(__doc__)
parser.add_argument("--compile", action="store_true", help="torch.compile of the step")
parser.add_argument("--gather", choices=["step", "epoch"], default="step", help="when the shuffled pixels are gathered")
options = parser.parse_args()
use_threads(options.threads)

import torch  # noqa: E402 (its thread pool has the size of the CPU set at import)
from torch.nn import functional  # noqa: E402

LEARNING_RATE, BETA_1, BETA_2, EPSILON = 0.001, 0.9, 0.999, 1e-7
ACTIVATIONS = {"sigmoid": (torch.nn.Sigmoid, torch.sigmoid), "relu": (torch.nn.ReLU, torch.relu)}


def network(sizes: list[int]) -> torch.nn.Sequential:
    """Glorot-uniform kernels and zero biases."""
    torch.manual_seed(options.seed)
    layers: list[torch.nn.Module] = []
    for number, (inputs, units) in enumerate(zip(sizes, sizes[1:])):
        dense = torch.nn.Linear(inputs, units)
        torch.nn.init.xavier_uniform_(dense.weight)
        torch.nn.init.zeros_(dense.bias)
        layers.append(dense)
        if number < len(sizes) - 2:
            # What PyTorch calls momentum is the share of the batch.
            layers += [torch.nn.BatchNorm1d(units, eps=1e-3, momentum=0.01)] * options.batch_norm
            layers.append(ACTIVATIONS[options.activation][0]())
            layers += [torch.nn.Dropout(options.dropout)] * (options.dropout > 0)
    return torch.nn.Sequential(*layers)


def loss_of(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    if options.layers[-1] == 1:
        return functional.binary_cross_entropy_with_logits(logits[:, 0], labels)
    return functional.cross_entropy(logits, labels)


def augmented(pixels: torch.Tensor) -> torch.Tensor:
    """Each row (its pixels) turned, resized and moved by numbers of its own, around its middle."""
    draws = (torch.rand(len(pixels), 5) * 2 - 1) * torch.tensor(limits(options.augment).factors)
    angle, across, down, right, below = draws.unbind(1)
    cosine, sine = torch.cos(angle), torch.sin(angle)
    across, down = across + 1, down + 1
    half = (SIDE - 1) / 2
    turned = torch.stack([cosine * across, -sine * down, sine * across, cosine * down], 1).view(-1, 2, 2)
    moved = turned @ torch.stack([right, below], 1).unsqueeze(2) / -half
    grid = functional.affine_grid(torch.cat([turned, moved], 2), [len(pixels), 1, SIDE, SIDE], align_corners=True)
    # Digits have black edges, so what stands for pixels beyond them makes no difference; zeros are the fastest.
    return functional.grid_sample(pixels.view(-1, 1, SIDE, SIDE), grid, align_corners=True).view(len(pixels), -1)


class EagerTrainer:
    """zero_grad, forward, backward, step: kernels one by one."""

    def __init__(self, model: torch.nn.Sequential) -> None:
        self.model = model
        inputs = augmented if options.augment else lambda pixels: pixels
        self.loss = lambda pixels, labels: loss_of(model(inputs(pixels)), labels)
        # The fused Adam rounds Keras's formula differently (epsilon inside the bias correction); its work is the same.
        self.optimizer = torch.optim.Adam(model.parameters(), LEARNING_RATE, (BETA_1, BETA_2), EPSILON, fused=True)

    def step(self, pixels: torch.Tensor, labels: torch.Tensor) -> None:
        self.loss(pixels, labels).backward()
        self.optimizer.step()
        self.optimizer.zero_grad()

    def train(self, pixels: torch.Tensor, labels: torch.Tensor, order: torch.Tensor) -> None:
        if options.gather == "epoch":
            pixels, labels = pixels[order], labels[order]
            for batch in zip(pixels.split(options.batch), labels.split(options.batch)):
                self.step(*batch)
        else:
            for rows in order.split(options.batch):
                self.step(pixels.index_select(0, rows), labels.index_select(0, rows))


class CompiledLossTrainer(EagerTrainer):
    """Forward and backward are one graph each, and fused Adam; of layers that keep something from step to step, which pure functions do not."""

    def __init__(self, model: torch.nn.Sequential) -> None:
        super().__init__(model)
        self.loss = torch.compile(self.loss, dynamic=False)


class CompiledTrainer:
    """The whole step is one compiled graph of pure functions over the parameters and Adam's moments."""

    def __init__(self, model: torch.nn.Sequential) -> None:
        self.parameters = [parameter.data for parameter in model.parameters()]
        self.first, self.second = ([torch.zeros_like(parameter) for parameter in self.parameters] for _ in range(2))
        self.count = 0
        self.compiled = torch.compile(self.step, dynamic=False)

    @staticmethod
    def loss(parameters: list[torch.Tensor], pixels: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        values = pixels
        for index in range(0, len(parameters), 2):
            values = functional.linear(values, parameters[index], parameters[index + 1])
            if index + 2 < len(parameters):
                values = ACTIVATIONS[options.activation][1](values)
        return loss_of(values, labels)

    @staticmethod
    def step(
        parameters: list[torch.Tensor],
        first: list[torch.Tensor],
        second: list[torch.Tensor],
        size: torch.Tensor,
        pixels: torch.Tensor,
        labels: torch.Tensor,
        rows: torch.Tensor,
    ) -> None:
        """One mini-batch with Adam as Keras writes it: epsilon outside the root, bias correction in the step size."""
        gradients = torch.func.grad(CompiledTrainer.loss)(parameters, pixels[rows], labels[rows])
        for parameter, m, v, gradient in zip(parameters, first, second, gradients):
            m.lerp_(gradient, 1 - BETA_1)
            v.lerp_(gradient * gradient, 1 - BETA_2)
            parameter.sub_(size * m / (v.sqrt() + EPSILON))

    def train(self, pixels: torch.Tensor, labels: torch.Tensor, order: torch.Tensor) -> None:
        batches = order.split(options.batch)
        counts = torch.arange(self.count + 1, self.count + len(batches) + 1, dtype=torch.float64)
        sizes = (LEARNING_RATE * torch.sqrt(1 - BETA_2**counts) / (1 - BETA_1**counts)).float().unbind()
        self.count += len(batches)
        with torch.no_grad():
            for rows, size in zip(batches, sizes):
                self.compiled(self.parameters, self.first, self.second, size, pixels, labels, rows)


def main() -> None:
    torch.set_num_threads(options.threads)
    (pixels, labels), (test_pixels, test_labels) = (read_split(options, prefix) for prefix in ("train", "t10k"))
    on_device, test_on_device = torch.from_numpy(as_floats(pixels)), torch.from_numpy(as_floats(test_pixels))
    targets = torch.from_numpy(labels).to(torch.float32 if options.layers[-1] == 1 else torch.int64)
    model = network([pixels.shape[1], *options.layers])
    compiled = CompiledLossTrainer if options.batch_norm or options.dropout or options.augment else CompiledTrainer
    trainer = (compiled if options.compile else EagerTrainer)(model)

    def test_accuracy() -> float:
        with torch.inference_mode():
            right = share_right(model.eval()(test_on_device).numpy(), test_labels)
        model.train()
        return right

    measured = measure(options, len(pixels), lambda: trainer.train(on_device, targets, torch.randperm(len(pixels))), test_accuracy)
    report("torch_loop compiled" if options.compile else "torch_loop eager", options, measured, ["torch", "numpy"])


if __name__ == "__main__":
    main()
