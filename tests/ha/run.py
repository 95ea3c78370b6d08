"""Loses hosts and links under load: no acknowledged command is lost, and the service is back within 15 seconds.

  run.py PROGRAM [FOLDER]     as root, in a network and mounts of its own (./dev ha does that); prints TAP
"""
import errno
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import traceback

import hosts
import load

BACK_S = 15
CLIENTS = 6
LOAD_BEFORE_S = 4


class Test:
    def __init__(self, program, folder):
        self.folder = folder
        self.hosts = hosts.Hosts(folder, program)
        self.clients = []
        self.count = 0

    def ok(self, said):
        self.count += 1
        print('ok %d - %s' % (self.count, said), flush=True)

    # ---- beginning

    def start(self):
        begun = time.monotonic()
        self.hosts.start()
        hosts.wait_for('three hosts, one primary, two standbys in step', 90, self.hosts.are_whole)
        hosts.wait_for('three servers that are ready', 60, self.all_answer, 0.5)
        self.ok('three hosts serve %.0f s after their start' % (time.monotonic() - begun))

    def all_answer(self):
        return all(self.answers(host) for host in self.hosts.all)

    def answers(self, host):
        """Its Ostia server is ready, and people come through its nginx."""
        said = subprocess.run(host.inside('python3', '-c', 'import urllib.request as r; r.urlopen("http://127.0.0.1:8080/health/ready", timeout=3)'),
                              capture_output=True, check=False)
        way = load.Way(self.folder, [host.address])
        status, _ = way.once('GET', '/health/ready', None, {})
        way.next()
        return said.returncode == 0 and status == 200

    def add_clients(self):
        """Accounts of other systems, made on one host while the servers run."""
        for number in range(CLIENTS + 1):
            hosts.run('ip', 'address', 'add', load.client_address(number) + '/24', 'dev', 'hosts')
            said = self.hosts.all[number % 3].ostia('client', 'add', '--id', 'load-%d' % number, '--name', 'Load', '--unit', 'North',
                                                    '--roles', 'representative', '--purposes', 'own_file')
            account, secret = (re.search(r'^%s (\S+)' % word, said, re.MULTILINE).group(1) for word in ('account', 'secret'))
            addresses = [host.address for host in self.hosts.all]
            self.clients.append(load.Client(self.folder, addresses, number, ('load-%d' % number, secret), account))
        self.inner = self.clients.pop()  # for the side that is cut off
        self.inner.get_token()
        for client in self.clients:
            client.start()

    # ---- who may not

    def strangers_are_refused(self):
        """Between hosts nothing is said without a certificate of ours, and what is for one host listens to nobody else."""
        context = ssl.create_default_context(cafile=self.folder + '/keys/ca.crt')
        for host in self.hosts.all:
            for port in (2380, 8008, 8443):
                assert not self.is_answered(context, host, port), (host.name, port)
            for port in (2379, 5000, 8080, 8090):
                with socket.socket() as closed:
                    assert closed.connect_ex((host.address, port)) == errno.ECONNREFUSED, (host.name, port)
            for mode in ('require', 'disable'):
                said = subprocess.run(['psql', 'host=%s user=ostia dbname=ostia sslmode=%s' % (host.address, mode)], capture_output=True,
                                      text=True, check=False)
                assert 'no pg_hba.conf entry' in said.stderr, said.stderr
        self.ok('without a certificate nobody is answered')

    @staticmethod
    def is_answered(context, host, port):
        try:
            with socket.create_connection((host.address, port), timeout=5) as plain, context.wrap_socket(plain, server_hostname=host.address) as s:
                s.sendall(b'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
                return len(s.recv(100)) > 0
        except (ssl.SSLError, ConnectionError):
            return False

    def passwords_are_for_their_users(self):
        """No file that anybody may read holds one."""
        with open(self.folder + '/site', encoding='utf-8') as site:
            passwords = [line.strip().split('=')[1].encode() for line in site if '_PASSWORD=' in line]
        assert len(passwords) == 4
        holders = set()
        for host in self.hosts.all:
            for folder, _, names in os.walk(host.home + '/etc'):
                for path in (os.path.join(folder, name) for name in names):
                    if os.path.islink(path) or not os.path.isfile(path):
                        continue
                    with open(path, 'rb') as file:
                        content = file.read()
                    if any(p in content for p in passwords):
                        holders.add(os.path.basename(path))
                        assert os.stat(path).st_mode & 0o007 == 0, path
        assert holders == {'config.yml', 'make_database', 'ostia.conf'}, holders
        self.ok('no password is in a file that anybody may read')

    # ---- what is measured

    def under_load(self):
        """Some seconds of load before something happens; every client works."""
        before = [len(c.acknowledged) for c in self.clients]
        time.sleep(LOAD_BEFORE_S)
        for client, count in zip(self.clients, before):
            assert client.failed is None, client.failed
            assert len(client.acknowledged) > count, 'a client does nothing'

    def seconds_until_back(self, since):
        """Until each client had a command acknowledged that it sent after `since`; the first one, and the last."""
        def first(client):
            assert client.failed is None, client.failed
            return next((answered for sent, answered, _, _ in client.acknowledged[-200:] if sent > since), None)
        hosts.wait_for('an acknowledged command of each client', 60, lambda: all(first(c) for c in self.clients), 0.05)
        return min(map(first, self.clients)) - since, max(self.longest_gap(c, since) for c in self.clients)

    @staticmethod
    def longest_gap(client, since):
        """Between two acknowledgements of one client, the last one before `since` included."""
        times = [answered for _, answered, _, _ in client.acknowledged]
        return max(b - a for a, b in zip(times, times[1:]) if b > since)

    def is_back(self, what, since):
        first, longest = self.seconds_until_back(since)
        # A client that waits for the host that is gone asks another one only after ANSWER_S.
        assert first < BACK_S and longest < BACK_S + load.ANSWER_S, '%s: back after %.1f s, longest wait of a client %.1f s' % (what, first, longest)
        self.ok('%s: the next command is acknowledged after %.1f s; the longest wait of a client was %.1f s' % (what, first, longest))

    def is_whole_again(self, what):
        since = time.monotonic()
        hosts.wait_for(what, 60, self.hosts.are_whole)
        hosts.wait_for('all servers ready', 30, self.all_answer, 0.5)
        self.ok('%s after %.1f s' % (what, time.monotonic() - since))

    # ---- bad days

    def the_primary_dies(self):
        self.under_load()
        old = self.hosts.primary()
        since = time.monotonic()
        old.kill()
        self.is_back('primary killed with its host', since)
        old.start()
        self.is_whole_again('it is back, and three hosts are in step')

    def the_primary_is_cut_off(self):
        self.under_load()
        old = self.hosts.primary()
        since = time.monotonic()
        old.cut()
        inside = subprocess.Popen(['nsenter', '--target', str(old.first), '--net', '--', sys.executable, os.path.join(hosts.HERE, 'load.py'),
                                   self.folder, '127.0.0.1', '15', self.inner.id, self.inner.token], stdout=subprocess.PIPE, text=True)
        self.is_back('link of the primary cut', since)
        sent, done = map(int, inside.communicate(timeout=60)[0].split())
        assert sent > 2 and done == 0, 'the side that was cut off acknowledged %d of %d commands' % (done, sent)
        self.ok('the side that was cut off acknowledged none of %d commands' % sent)
        old.heal()
        self.is_whole_again('the link is back, and three hosts are in step')

    def a_standby_is_cut_off(self):
        self.under_load()
        old = self.hosts.synchronous_standby()
        primary = self.hosts.primary()
        since = time.monotonic()
        old.cut()
        self.is_back('link of a standby cut', since)
        assert self.hosts.primary() == primary, 'another primary'
        old.heal()
        self.is_whole_again('the link is back, and three hosts are in step')

    # ---- what is there afterwards

    def stop_load(self):
        for client in self.clients:
            client.stopping = True
        for client in self.clients:
            client.join(60)
            assert not client.is_alive() and client.failed is None, client.failed

    def nothing_is_missing_or_twice(self):
        last = {}
        for client in self.clients:
            for _, _, case, version in client.acknowledged:
                last[case] = max(version, last.get(case, 0))
        found = {int(case): int(version) for case, version in self.hosts.primary().sql(
            'select case_id, version from case_file where account_id in (%s)' % ','.join(c.account for c in self.clients), 'ostia')}
        assert found == last, 'missing %s, twice or not asked for %s, other versions %s' % (
            sorted(set(last) - set(found)), sorted(set(found) - set(last)),
            [(c, last[c], found[c]) for c in last if c in found and last[c] != found[c]])
        count = sum(len(c.acknowledged) for c in self.clients)
        self.ok('all %d acknowledged commands are there, each once (%d were sent more than once)' % (count, sum(c.retried for c in self.clients)))

    def the_log_is_sound(self):
        for host in self.hosts.all:
            said = host.ostia('verify')
            assert 'all is as it was written' in said, said
        said = self.hosts.primary().ostia('rebuild', '--check')
        assert 'rows are what the log says' in said, said
        for host in self.hosts.all:
            with open(host.home + '/log/ostia.log', encoding='utf-8') as log:
                assert 'store.behind' not in log.read(), host.name
        self.ok('verify and rebuild --check are clean')


def main(program, folder=None):
    made = folder is None
    folder = folder or tempfile.mkdtemp(prefix='ostia-ha-', dir='/var/tmp')
    test = Test(program, folder)
    begun = time.monotonic()
    try:
        test.start()
        test.strangers_are_refused()
        test.passwords_are_for_their_users()
        test.add_clients()
        test.the_primary_dies()
        test.the_primary_is_cut_off()
        test.a_standby_is_cut_off()
        test.stop_load()
        test.nothing_is_missing_or_twice()
        test.the_log_is_sound()
        print('# took %.0f s' % (time.monotonic() - begun))
        code = 0
    except Exception:
        print(''.join('# ' + line + '\n' for line in traceback.format_exc().splitlines()), end='')
        print('not ok %d - the logs are in %s/asylum*/log' % (test.count + 1, folder))
        made, code = False, 1
    finally:
        test.hosts.stop()
    print('1..%d' % (test.count + code), flush=True)
    if made:
        shutil.rmtree(folder, ignore_errors=True)
    return code


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
