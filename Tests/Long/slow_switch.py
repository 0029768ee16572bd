"""An Ethernet switch between network namespaces that takes its time and loses frames, for kernels without netem.

usage: slow_switch.py SECONDS LOSS NAME... : makes a TAP device of each name, prints "ready", and forwards between them until it is killed. A device may be moved into a
namespace; it stays connected.
"""

import fcntl
import heapq
import os
import random
import select
import struct
import sys
import time

TUNSETIFF, TAP, NO_HEADER = 0x400454CA, 0x0002, 0x1000


def device(name):
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH", name.encode(), TAP | NO_HEADER))
    return descriptor


def main(delay, loss, names):
    ports = [device(name) for name in names]
    print("ready", flush=True)
    lot = random.Random(1)
    learned = {}
    waiting = []
    number = 0
    while True:
        pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        for port in select.select(ports, [], [], pause)[0]:
            try:
                frame = os.read(port, 65536)
            except OSError:
                continue
            learned[frame[6:12]] = port
            if lot.random() >= loss:
                heapq.heappush(waiting, (time.monotonic() + delay, number, port, frame))
                number += 1
        while waiting and waiting[0][0] <= time.monotonic():
            _, _, source, frame = heapq.heappop(waiting)
            target = learned.get(frame[:6])
            for port in [target] if target is not None else [port for port in ports if port != source]:
                try:
                    os.write(port, frame)
                except OSError:  # the device is down, or full: lost, like other frames
                    pass


main(float(sys.argv[1]), float(sys.argv[2]), sys.argv[3:])
