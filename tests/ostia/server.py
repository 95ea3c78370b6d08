"""A running server in a folder, for the tests of the program."""
import signal
import socket
import subprocess
import time
import urllib.request

from story import PACK, PROGRAM


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, data, *more):
        self.port = free_port()
        self.log = open(data + '.log', 'w+', encoding='utf-8')
        self.process = subprocess.Popen([PROGRAM, 'serve', '--data', data, '--listen', '127.0.0.1:%d' % self.port, '--pack', PACK,
                                         '--mail-folder', data + '-mail', *more], stdout=self.log, stderr=self.log)
        for _ in range(600):
            if self.answers() or self.process.poll() is not None:
                break
            time.sleep(0.05)
        assert self.process.poll() is None, self.said()

    def answers(self):
        try:
            with urllib.request.urlopen('http://127.0.0.1:%d/' % self.port, timeout=5) as page:
                return page.status == 200
        except OSError:
            return False

    def numbers(self):
        with urllib.request.urlopen('http://127.0.0.1:%d/metrics' % self.port, timeout=5) as page:
            return page.read().decode()

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)
