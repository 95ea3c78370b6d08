"""Three authorities and a witness on one machine: folders, keys, TLS, directory, logs that are witnessed, and a clock that can jump.

The clock is libfaketime's: all servers read one file with an offset. The product has no clock for tests.
"""
import json
import os
import signal
import socket
import subprocess
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FAKETIME = '/usr/lib/%s-linux-gnu/faketime/libfaketime.so.1' % os.uname().machine
SECONDS_TO_START = 30

# What each one is; the roles are letters of src/pack/exchange_law.h. All of them witness each other too.
CAST = (
    {'name': 'asylum', 'code': 10, 'roles': 'D', 'title': 'Office for Asylum', 'packs': 'packs/eu-asylum'},
    {'name': 'reception', 'code': 20, 'roles': 'R', 'title': 'Reception Agency', 'packs': 'packs/eu-reception'},
    {'name': 'abroad', 'code': 30, 'roles': 'F', 'title': 'Responsibility Unit of another state', 'packs': 'packs/eu-takeover'},
    {'name': 'witness', 'code': 0, 'roles': '', 'title': 'Witness', 'packs': ''},
)


def run(*words, **more):
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=240, **more)
    if done.returncode != 0:
        raise AssertionError('%s: exit code %d\n%s%s' % (' '.join(words), done.returncode, done.stdout, done.stderr))
    return done.stdout


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def wait_for(what, seconds, look, step=0.05):
    until = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > until:
            raise AssertionError('%s: not within %d s' % (what, seconds))
        time.sleep(step)


class Authority:
    """One of the cast, with a folder of its own. `host` is its address, `inside` the words before a command that runs on its machine."""

    def __init__(self, federation, about, host, web, door):
        self.__dict__.update(about)
        self.federation, self.host, self.web, self.door = federation, host, web, door
        self.home = os.path.join(federation.folder, self.name)
        self.data, self.log = self.home + '/data', self.home + '/server.log'
        self.url = 'http://%s:%d' % ('localhost' if host == '127.0.0.1' else host, web)
        self.inside, self.process = [], None

    def ostia(self, *words):
        return run(*self.inside, self.federation.program, *words, '--data', self.data, cwd=ROOT, env=self.federation.environment())

    def furnish(self):
        """Folder, settings, accounts, TLS certificate, privacy service."""
        os.makedirs(self.home)
        if self.packs:
            self.ostia('demo', '--cases', str(self.federation.cases if self.name == 'asylum' else 0), '--seed', str(self.code), '--pack', self.packs,
                       '--log', self.name + '.example/log')
        else:
            os.mkdir(self.data)
        self.federation.ca.issue(self)
        with open(self.data + '/ostia.conf', 'a', encoding='utf-8') as f:
            f.write('authority %s\nlog %s.example/log\nsite %s\n' % (self.title, self.name, self.url))
            if self.code:
                f.write('privacy %s/privacy\nauthority-code %d\nexchange-cert %s/tls.crt\nexchange-key %s/tls.key\nexchange-ca %s\n'
                        'exchange-listen %s:%d\n' % (self.home, self.code, self.home, self.home, self.federation.ca.file, self.host, self.door))
        if self.code:
            self.ostia('privacy', 'init')

    def member(self):
        """What the others write into their directories."""
        return {'code': self.code, 'name': self.title, 'roles': self.roles, 'address': 'https://%s:%d' % (self.host, self.door), 'from': '2026-01-01',
                'keys': [dict(json.loads(self.ostia('exchange', 'key')), **{'from': '2026-01-01'})]}

    def log_keys(self):
        return dict(line.split(' ', 1) for line in self.ostia('log', 'keys').splitlines())

    def cards(self):
        """Demonstration accounts: {name: (email, password, secret of the one-time code)}."""
        path = self.data + '/demo-sign-ins'
        if not os.path.exists(path):
            return {}
        with open(path, encoding='utf-8') as f:
            return {words[0]: tuple(words[1:4]) for words in (line.split() for line in f) if words}

    def start(self):
        words = [self.federation.program, 'serve', '--data', self.data, '--listen', '%s:%d' % (self.host, self.web), '--log-tiles', 'yes']
        # The witness holds no case, but no server starts without a law.
        words += ['--pack', self.packs, '--mail-folder', self.home + '/mail', '--demo'] if self.packs else ['--pack', 'packs/eu-reception']
        with open(self.log, 'a', encoding='utf-8') as log:
            self.process = subprocess.Popen([*self.inside, *words], cwd=ROOT, stdout=log, stderr=log, env=self.federation.environment(),
                                            start_new_session=True)

    def is_alive(self):
        try:
            ask = [*self.inside, 'curl', '-sf', '-m', '5', '-o', '/dev/null', 'http://%s:%d/health/live' % (self.host, self.web)]
            if self.inside:
                return subprocess.run(ask, check=False).returncode == 0
            with urllib.request.urlopen('http://%s:%d/health/live' % (self.host, self.web), timeout=5) as page:
                return page.status == 200
        except OSError:
            return False

    def wait(self):
        def look():
            assert self.process.poll() is None, '%s ended:\n%s' % (self.name, self.said()[-3000:])
            return self.is_alive()
        wait_for('%s to start' % self.name, SECONDS_TO_START, look)

    def said(self):
        with open(self.log, encoding='utf-8') as f:
            return f.read()

    def stop(self):
        """In order; its exit code."""
        if not self.process:
            return 0
        self.process.send_signal(signal.SIGTERM)
        code, self.process = self.process.wait(timeout=60), None
        return code

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None


class Authorities:
    """The certificate authority of the federation, made for it."""

    def __init__(self, folder):
        self.folder, self.file, self.key = folder, folder + '/ca.crt', folder + '/ca.key'
        run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3650', '-subj',
            '/CN=Federation (demonstration)', '-keyout', self.key, '-out', self.file)

    def issue(self, who):
        request, key, out = who.home + '/tls.csr', who.home + '/tls.key', who.home + '/tls.crt'
        run('openssl', 'req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=%s' % who.host, '-addext',
            'subjectAltName=IP:%s' % who.host, '-keyout', key, '-out', request)
        run('openssl', 'x509', '-req', '-in', request, '-CA', self.file, '-CAkey', self.key, '-CAcreateserial', '-days', '3650',
            '-copy_extensions', 'copyall', '-out', out)


class Federation:
    def __init__(self, folder, program, port, cases=1, hosts=None, has_clock=True):
        self.folder, self.program, self.cases, self.has_clock = folder, os.path.abspath(program), cases, has_clock
        self.clock = folder + '/clock'
        self.turn_clock(0)
        self.ca = Authorities(folder)
        self.all = [Authority(self, about, hosts[i] if hosts else '127.0.0.1', port + i if port else free_port(),
                              port + 10 + i if port else free_port()) for i, about in enumerate(CAST)]
        self.members = [a for a in self.all if a.code]

    def __getitem__(self, name):
        return next(a for a in self.all if a.name == name)

    def environment(self):
        """Real for all that waits, shifted for all that asks what time it is."""
        if not self.has_clock:
            return dict(os.environ)
        return dict(os.environ, LD_PRELOAD=FAKETIME, FAKETIME_TIMESTAMP_FILE=self.clock, FAKETIME_CACHE_DURATION='1', FAKETIME_DONT_FAKE_MONOTONIC='1',
                    FAKETIME_FORCE_MONOTONIC_FIX='0')

    def turn_clock(self, days):
        """From the next second on it is so many days later than it is."""
        with open(self.clock + '.new', 'w', encoding='utf-8') as f:
            f.write('+%dd\n' % days)
        os.rename(self.clock + '.new', self.clock)

    def furnish(self):
        for a in self.all:
            a.furnish()

    def start(self):
        for a in self.all:
            a.start()
        for a in self.all:
            a.wait()

    def introduce(self):
        """Everybody gets the directory; every log is witnessed by all the others."""
        directory = self.folder + '/directory.json'
        with open(directory, 'w', encoding='utf-8') as f:
            json.dump({'members': [a.member() for a in self.members]}, f, indent=2)
        keys = {a.name: a.log_keys() for a in self.all}
        for a in self.all:
            if a.code:
                a.ostia('exchange', 'members', directory)
            for other in self.all:
                if other is a:
                    continue
                a.ostia('log', 'watch', keys[other.name]['log'])
                a.ostia('log', 'witness', keys[other.name]['witness'], '--url', 'http://%s:%d/witness' % (other.host, other.web))

    def stop(self):
        return {a.name: a.stop() for a in self.all}

    def describe(self):
        """For programs that walk through it."""
        return {'clock': self.clock, 'folder': self.folder, 'authorities': {a.name: {
            'code': a.code, 'title': a.title, 'url': a.url, 'data': a.data, 'log': a.log, 'cards': a.cards()} for a in self.all}}
