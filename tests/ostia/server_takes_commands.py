"""A running server: pages answer, a pack is loaded and staff are added beside it, verify runs, SIGTERM ends it cleanly."""
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request

from story import PACK, PROGRAM, demo, ostia, run


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, data):
        self.port = free_port()
        self.log = open(data + '.log', 'w+', encoding='utf-8')
        self.process = subprocess.Popen([PROGRAM, 'serve', '--data', data, '--listen', '127.0.0.1:%d' % self.port, '--pack', PACK,
                                         '--mail-folder', data + '-mail'], stdout=self.log, stderr=self.log)
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

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


def a_new_authority_starts_and_stops(folder):
    server = Server(folder + '/data')
    assert server.answers()
    assert server.stop() == 0, server.said()
    ostia('verify', '--data', folder + '/data')


def a_second_server_is_refused(folder):
    server = Server(folder + '/data')
    said = ostia('serve', '--data', folder + '/data', '--listen', '127.0.0.1:%d' % free_port(), code=1)
    assert 'Another server' in said, said
    assert server.stop() == 0


def a_pack_is_loaded_while_it_runs(folder):
    changed = folder + '/pack'
    demo(folder + '/data', 8)
    shutil.copytree(PACK, changed)
    with open(changed + '/pack.json', encoding='utf-8') as f:
        manifest = f.read()
    with open(changed + '/pack.json', 'w', encoding='utf-8') as f:
        f.write(re.sub(r'"version": "[^"]*"', '"version": "9.9.9"', manifest))
    server = Server(folder + '/data')
    said = ostia('pack', 'load', changed, '--data', folder + '/data')
    assert '9.9.9' in said, said
    assert 'already' in ostia('pack', 'load', changed, '--data', folder + '/data')
    os.remove(changed + '/deadlines.json')
    assert 'in force' not in ostia('pack', 'load', changed, '--data', folder + '/data', code=1)
    said = ostia('staff', 'add', '--data', folder + '/data', '--name', 'A. Person', '--email', 'a.person@authority.example',
                 '--code', 'K-1', '--unit', 'North', '--roles', 'officer,registrar')
    assert 'invitation' in said, said
    again = ostia('staff', 'invite', 'A.Person@authority.example', '--data', folder + '/data')
    assert 'invitation' in again and again.split()[1] not in said, again
    ostia('staff', 'invite', 'nobody@authority.example', '--data', folder + '/data', code=1)
    ostia('verify', '--data', folder + '/data')
    assert server.answers() and server.stop() == 0, server.said()
    ostia('rebuild', '--check', '--data', folder + '/data')


run(a_new_authority_starts_and_stops, a_second_server_is_refused, a_pack_is_loaded_while_it_runs)
