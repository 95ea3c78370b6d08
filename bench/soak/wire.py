"""A switch in this process between network namespaces, with links that can be cut, slow or lossy.

Each host is a namespace whose `eth0` is the far side of a TAP device. Frames go from one to the other through here, so a cut or a delay is of one pair of
hosts and of whole packets, and needs nothing of the kernel but namespaces and TAP (sch_netem is often missing).
"""
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import threading
import time

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454ca, 2, 0x1000
FRAME_MAX = 65536


def ip(*words):
    subprocess.run(['ip', *words], check=True, capture_output=True)


class Host:
    def __init__(self, name, address):
        self.name, self.address = 'ostia-' + name, address
        subprocess.run(['ip', 'netns', 'delete', self.name], check=False, capture_output=True)  # of a run that was killed
        ip('netns', 'add', self.name)
        self.fd = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
        device = 'ostia%d' % (os.getpid() % 10000) + name[:3]
        fcntl.ioctl(self.fd, TUNSETIFF, struct.pack('16sH', device.encode(), IFF_TAP | IFF_NO_PI))
        ip('link', 'set', device, 'netns', self.name, 'name', 'eth0')
        self.inside = ['ip', 'netns', 'exec', self.name]
        for words in (('address', 'add', address + '/24', 'dev', 'eth0'), ('link', 'set', 'eth0', 'up'), ('link', 'set', 'lo', 'up')):
            ip('-n', self.name, *words)

    def close(self):
        os.close(self.fd)
        subprocess.run(['ip', 'netns', 'delete', self.name], check=False, capture_output=True)


class Wire(threading.Thread):
    """`cut` holds pairs of names between which nothing passes; `slow` has seconds and a share that is lost for a pair."""

    def __init__(self, hosts, seed):
        super().__init__(daemon=True)
        self.hosts, self.by_fd = hosts, {h.fd: h for h in hosts}
        self.cut, self.slow, self.dice = set(), {}, random.Random(seed)
        self.places = {}  # hardware address -> host
        self.waiting, self.count = [], 0
        self.passed = self.lost = 0
        self.stopping = False

    @staticmethod
    def pair(a, b):
        return tuple(sorted((a.name, b.name)))

    def take(self, source, frame):
        self.places[frame[6:12]] = source
        there = self.places.get(frame[:6])
        for to in [there] if there and there is not source else [h for h in self.hosts if h is not source]:
            pair = self.pair(source, to)
            delay, share = self.slow.get(pair, (0, 0))
            if pair in self.cut or (share and self.dice.random() < share):
                self.lost += 1
            elif delay:
                self.count += 1
                heapq.heappush(self.waiting, (time.monotonic() + delay * (0.5 + self.dice.random()), self.count, to, frame))
            else:
                self.give(to, frame)

    def give(self, to, frame):
        try:
            os.write(to.fd, frame)
            self.passed += 1
        except OSError:  # its queue is full, as with any network
            self.lost += 1

    def run(self):
        while not self.stopping:
            wait = max(0, min(0.2, self.waiting[0][0] - time.monotonic())) if self.waiting else 0.2
            for fd in select.select(list(self.by_fd), [], [], wait)[0]:
                for _ in range(64):
                    try:
                        frame = os.read(fd, FRAME_MAX)
                    except OSError:
                        break
                    self.take(self.by_fd[fd], frame)
            while self.waiting and self.waiting[0][0] <= time.monotonic():
                _, _, to, frame = heapq.heappop(self.waiting)
                self.give(to, frame)

    def stop(self):
        self.stopping = True
        self.join()
        for h in self.hosts:
            h.close()
