"""The package under a real systemd, booted in a container: the socket starts the server, the sandbox holds, and neither a restart
nor an upgrade refuses anybody.

  lives_under_systemd.py PACKAGE.deb NEWER.deb        as root; needs debootstrap, systemd-nspawn and a mirror
"""
import http.client
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

from chroot import Chroot, free_port, tell

PACKAGE, NEWER = sys.argv[1:3]
# What the unit's own filter allows, the container must not forbid.
CALLS = 'landlock_create_ruleset landlock_add_rule landlock_restrict_self'
EXPOSURE_MAX = 2.0  # "OK" of systemd-analyze security is below 5; what is left is the network, and namespaces for workers
port = free_port()


class Machine(Chroot):
    def __init__(self):
        super().__init__(['systemd', 'systemd-sysv', 'dbus'])
        self.console = tempfile.TemporaryFile('w+', encoding='utf-8')
        self.process = self.leader = None

    def boot(self):
        self.process = subprocess.Popen(['systemd-nspawn', '--quiet', '--register=no', '--keep-unit', '--system-call-filter=' + CALLS, '-b', '-D', self.root],
                                        stdin=subprocess.DEVNULL, stdout=self.console, stderr=self.console)
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            self.leader = self.find_leader(self.process.pid)
            if self.leader and self.enter('systemctl', 'is-system-running', '--wait', code=None).strip() in ('running', 'degraded'):
                return
            time.sleep(0.2)
        raise AssertionError('it does not boot:\n' + self.said())

    def find_leader(self, pid):
        """The container's first process: the descendant that is number 1 in its own namespace."""
        with open('/proc/%d/task/%d/children' % (pid, pid), encoding='ascii') as f:
            children = [int(word) for word in f.read().split()]
        for child in children:
            with open('/proc/%d/status' % child, encoding='ascii', errors='replace') as f:
                ids = re.search(r'^NSpid:\s+(.*)$', f.read(), re.MULTILINE)[1].split()
            found = child if len(ids) > 1 and ids[-1] == '1' else self.find_leader(child)
            if found:
                return found
        return None

    def enter(self, *words, code=0):
        return self.outside('nsenter', '-t', self.leader, '-a', '-r', '-w', 'env', '-i', *self.environment(), *words, code=code)

    def run(self, *words, code=0):  # what the folder alone would do, the booted machine does
        return self.enter(*words, code=code) if self.leader else super().run(*words, code=code)

    def said(self):
        self.console.seek(0)
        return self.console.read()[-3000:]

    def remove(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        super().remove()


machine = Machine()


class Clients:
    """Some that ask again and again, each time with a new connection and for somebody else, as the proxy says."""

    def __init__(self):
        self.ends, self.answers, self.wrong = False, 0, []
        self.threads = [threading.Thread(target=self.ask_on) for _ in range(4)]
        for thread in self.threads:
            thread.start()

    def ask_on(self):
        while not self.ends:
            try:
                connection = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
                connection.request('GET', '/privacy', headers={'X-Forwarded-For': '2001:db8:%x:%x::1' % divmod(self.answers, 65536)})
                answer = connection.getresponse()
                if answer.status != 200 or b'</html>' not in answer.read():
                    self.wrong.append('status %d' % answer.status)
                connection.close()
                self.answers += 1
            except (OSError, http.client.HTTPException) as e:
                self.wrong.append(repr(e))
            time.sleep(0.01)

    def end(self):
        self.ends = True
        for thread in self.threads:
            thread.join()
        assert self.answers > 20 and not self.wrong, (self.answers, self.wrong[:5])


def get(path):
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
    connection.request('GET', path)
    return connection.getresponse().read().decode()


def main_pid():
    return machine.run('systemctl', 'show', '-P', 'MainPID', 'ostia.service').strip()


def nothing_starts_without_settings():
    machine.boot()
    machine.apt('update')
    machine.apt('install', machine.take(PACKAGE))
    assert machine.run('systemctl', 'is-enabled', 'ostia.socket', 'ostia.service').split() == ['enabled', 'enabled']
    assert machine.run('systemctl', 'is-active', 'ostia.socket', code=3).strip() == 'inactive'
    machine.run('systemctl', 'start', 'ostia.service')  # skipped, not failed
    assert machine.run('systemctl', 'is-active', 'ostia.service', code=3).strip() == 'inactive'
    assert 'ostia' not in machine.run('systemctl', '--failed', '--plain')


def the_socket_starts_the_server():
    machine.write_settings('site http://127.0.0.1:%d' % port, 'mail-folder /var/lib/ostia/mail')
    machine.run('mkdir', '/etc/systemd/system/ostia.socket.d')
    machine.write('/etc/systemd/system/ostia.socket.d/port.conf', '[Socket]\nListenStream=\nListenStream=127.0.0.1:%d\n' % port)
    machine.run('systemctl', 'daemon-reload')
    machine.run('systemctl', 'start', 'ostia.socket')
    assert main_pid() == '0'
    assert get('/health/ready') == 'ready\n', machine.run('journalctl', '-u', 'ostia')
    assert main_pid() != '0'


def the_sandbox_holds():
    log = machine.run('journalctl', '-u', 'ostia', '-o', 'cat')
    assert 'worker.sealed landlock=1 own_network=1' in log, log[-3000:]
    assert 'not_sealed' not in log, log[-3000:]
    said = machine.run('systemd-analyze', 'security', '--no-pager', 'ostia.service')
    exposure = float(re.search(r'Overall exposure level for ostia.service: ([0-9.]+)', said)[1])
    print('# exposure %.1f' % exposure)
    assert exposure <= EXPOSURE_MAX, said
    assert machine.run('systemd-analyze', 'verify', '--man=no', 'ostia.service', 'ostia.socket').strip() == ''


def a_restart_refuses_nobody():
    clients, before = Clients(), main_pid()
    for _ in range(2):
        time.sleep(1)
        machine.run('systemctl', 'restart', 'ostia.service')
    time.sleep(1)
    clients.end()
    assert main_pid() not in ('0', before)


def an_upgrade_refuses_nobody():
    clients, before = Clients(), main_pid()
    machine.apt('install', machine.take(NEWER))
    time.sleep(2)
    clients.end()
    assert main_pid() not in ('0', before)
    said = machine.run('runuser', '-u', 'ostia', '--', 'ostia', 'verify', '--data', '/var/lib/ostia')
    assert 'all is as it was written' in said, said


def it_goes_and_stops():
    machine.apt('purge', 'ostia')
    assert machine.run('systemctl', 'is-active', 'ostia.socket', 'ostia.service', code=3).split() == ['inactive', 'inactive']
    assert machine.has('/var/lib/ostia/ostia.db') and not machine.has('/etc/ostia')


signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
try:
    tell([nothing_starts_without_settings, the_socket_starts_the_server, the_sandbox_holds, a_restart_refuses_nobody,
          an_upgrade_refuses_nobody, it_goes_and_stops])
finally:
    machine.remove()
