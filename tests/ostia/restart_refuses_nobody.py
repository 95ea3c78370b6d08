"""A restart behind a socket that stays open: clients wait a moment, none is refused, no answer is cut."""
import http.client
import os
import signal
import socket
import subprocess
import threading
import time

from story import PACK, PROGRAM, ostia, run


class Server:
    """One server on a socket that the test keeps open, handed over as a service manager does."""

    def __init__(self, data, listener, count=1):
        def hand_over():
            os.dup2(listener.fileno(), 3)
            os.set_inheritable(3, True)

        self.log = open(data + '.log', 'a+', encoding='utf-8')
        words = [PROGRAM, 'serve', '--data', data, '--pack', PACK, '--mail-folder', data + '-mail']
        self.process = subprocess.Popen(['/bin/sh', '-c', 'LISTEN_PID=$$ LISTEN_FDS=%d exec "$@"' % count, 'sh', *words], stdout=self.log,
                                        stderr=self.log, close_fds=False, preexec_fn=hand_over)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def said(self):
        self.log.seek(0)
        return self.log.read()


def listener():
    s = socket.socket()
    s.bind(('127.0.0.1', 0))
    s.listen(511)
    return s


class Clients:
    """Some that ask again and again, each time with a new connection, and count what became of it."""

    def __init__(self, port, count):
        self.port, self.ends, self.answers, self.wrong = port, False, 0, []
        self.threads = [threading.Thread(target=self.ask_on) for _ in range(count)]
        for thread in self.threads:
            thread.start()

    def ask_on(self):
        while not self.ends:
            try:
                connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=30)
                connection.request('GET', '/privacy')
                answer = connection.getresponse()
                body = answer.read()
                connection.close()
                if answer.status != 200 or b'</html>' not in body:
                    self.wrong.append('status %d, %d bytes' % (answer.status, len(body)))
                self.answers += 1
            except (OSError, http.client.HTTPException) as e:
                self.wrong.append(repr(e))
            time.sleep(0.01)

    def end(self):
        self.ends = True
        for thread in self.threads:
            thread.join()


def wait_for(condition, server, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until and server.process.poll() is None, server.said()
        time.sleep(0.02)


def a_client_sees_no_restart(folder):
    data, kept = folder + '/data', listener()
    server = Server(data, kept)
    clients = Clients(kept.getsockname()[1], 4)
    try:
        wait_for(lambda: clients.answers > 20, server)
        for _ in range(3):
            assert server.stop() == 0, server.said()
            server = Server(data, kept)
            before = clients.answers
            wait_for(lambda: clients.answers > before + 20, server)
    finally:
        clients.end()
        code = server.stop()
    assert code == 0, server.said()
    assert not clients.wrong, clients.wrong[:5]
    ostia('verify', '--data', data)


def an_answer_under_way_is_finished(folder):
    """A body that comes slowly while the server is told to stop: it is read and answered, and then the server ends."""
    data, kept = folder + '/data', listener()
    server = Server(data, kept)
    port = kept.getsockname()[1]
    clients = Clients(port, 1)
    wait_for(lambda: clients.answers > 0, server)
    clients.end()
    body = b'name=' + b'x' * 95
    with socket.create_connection(('127.0.0.1', port), timeout=60) as s:
        s.sendall(b'POST /track HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n'
                  b'Content-Length: %d\r\n\r\n' % len(body) + body[:50])
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(1)
        assert server.process.poll() is None, 'it ended before the answer'
        s.sendall(body[50:])
        answer = b''
        while piece := s.recv(65536):
            answer += piece
    assert answer.startswith(b'HTTP/1.1 4') and answer.rstrip().endswith(b'</html>'), answer[:300]
    assert server.process.wait(timeout=60) == 0, server.said()


def two_sockets_are_refused(folder):
    server = Server(folder + '/data', listener(), 2)
    assert server.process.wait(timeout=60) == 2 and 'exactly one socket' in server.said()


run(a_client_sees_no_restart, an_answer_under_way_is_finished, two_sockets_are_refused)
