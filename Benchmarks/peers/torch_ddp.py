"""Dense digits in PyTorch's DistributedDataParallel on gloo: what its users write for several processes on CPUs. Each process has one thread and takes its part of every batch.

Every process reads all of MNIST and shuffles in the same way; the gradients of its rows are averaged by gloo while the way back goes on, as DDP does it, and each takes the same
step of the fused Adam.
"""

import os

from mnist import as_floats, measure, parse_options, read_split, report, share_right

parser = parse_options(__doc__)
parser.add_argument("--ranks", type=int, default=2)
options = parser.parse_args()
os.environ["OMP_NUM_THREADS"] = "1"

import torch  # noqa: E402 (its thread pool has the size of the environment at import)
from torch import distributed, multiprocessing  # noqa: E402
from torch.nn import functional  # noqa: E402
from torch.nn.parallel import DistributedDataParallel  # noqa: E402

ACTIVATIONS = {"sigmoid": torch.nn.Sigmoid, "relu": torch.nn.ReLU}


def network(sizes: list[int]) -> torch.nn.Sequential:
    """Glorot-uniform kernels and zero biases."""
    torch.manual_seed(options.seed)
    layers: list[torch.nn.Module] = []
    for number, (inputs, units) in enumerate(zip(sizes, sizes[1:])):
        dense = torch.nn.Linear(inputs, units)
        torch.nn.init.xavier_uniform_(dense.weight)
        torch.nn.init.zeros_(dense.bias)
        layers += [dense] + [ACTIVATIONS[options.activation]()] * (number < len(sizes) - 2)
    return torch.nn.Sequential(*layers)


def train(rank: int) -> None:
    allowed = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {allowed[rank % len(allowed)]})
    torch.set_num_threads(1)
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT="29511")
    distributed.init_process_group("gloo", rank=rank, world_size=options.ranks)
    images, labels = (torch.from_numpy(values.copy()) for values in read_split(options, "train"))
    pixels, labels = torch.from_numpy(as_floats(images.numpy())), labels.long()
    model = network([pixels.shape[1], *options.layers])
    parallel = DistributedDataParallel(model, gradient_as_bucket_view=True)
    optimizer = torch.optim.Adam(model.parameters(), 0.001, (0.9, 0.999), 1e-7, fused=True)

    def epoch() -> None:
        for rows in torch.randperm(len(labels)).split(options.batch):
            mine = rows.tensor_split(options.ranks)[rank]
            functional.cross_entropy(parallel(pixels.index_select(0, mine)), labels.index_select(0, mine)).backward()
            optimizer.step()
            optimizer.zero_grad()
        distributed.barrier()

    def accuracy() -> float:
        test_images, test_labels = read_split(options, "t10k")
        with torch.no_grad():
            return share_right(model(torch.from_numpy(as_floats(test_images))).numpy(), test_labels)

    measured = measure(options, len(labels), epoch, accuracy)
    if rank == 0:
        report(f"PyTorch DDP on gloo, {options.ranks} processes", options, measured, ["torch"])
    distributed.destroy_process_group()


if __name__ == "__main__":
    multiprocessing.spawn(train, nprocs=options.ranks)
