"""Three hosts on one machine, each with its own network, mounts and processes, configured by deploy/ha/install.

Runs as root in a network of its own: there is the bridge that joins the hosts, and there the clients are.
"""
import http.client
import json
import os
import shutil
import signal
import ssl
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = os.path.join(ROOT, 'tests', 'ha')
NUMBERS = (1, 2, 3)
SITE = 'asylum.example'


def run(*words, **more):
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=240, **more)
    if done.returncode != 0:
        raise AssertionError('%s: exit code %d\n%s%s' % (' '.join(words), done.returncode, done.stdout, done.stderr))
    return done.stdout


def address(n):
    return '10.77.0.%d' % (10 + n)


class Host:
    def __init__(self, folder, n):
        self.folder, self.n, self.name, self.address = folder, n, 'asylum%d' % n, address(n)
        self.home = os.path.join(folder, self.name)
        self.first = None  # its first process, as this side numbers it

    def configure(self):
        """What an operator does on a new Debian host: packages are there, a user is made, `install` writes the files."""
        for name, owner in (('etc', None), ('lib', None), ('lib/postgresql', 'postgres'), ('lib/etcd', 'etcd'), ('lib/nginx', None),
                            ('lib/haproxy', None), ('log', None), ('log/nginx', None)):
            os.makedirs(os.path.join(self.home, name), exist_ok=True)
            if owner:
                shutil.chown(os.path.join(self.home, name), owner, owner)
        run('cp', '-a', '/etc/.', self.home + '/etc')
        run('unshare', '--mount', 'sh', '-ec', '''mount --bind "$1/etc" /etc
            mount --bind "$1/lib" /var/lib
            adduser --quiet --system --group --no-create-home ostia
            deploy/ha/install host "$2" "$3/site" "$3/keys"''', 'sh', self.home, str(self.n), self.folder, cwd=ROOT)

    def start(self):
        outer = subprocess.Popen(['unshare', '--mount', '--net', '--pid', '--fork', '--kill-child',
                                  os.path.join(HERE, 'host'), self.home, os.path.join(self.folder, 'ostia'), self.address + '/24'],
                                 stdout=subprocess.DEVNULL, stderr=open(self.home + '/host.log', 'a', encoding='utf-8'))
        children = '/proc/%d/task/%d/children' % (outer.pid, outer.pid)
        self.outer, self.first = outer, int(wait_for('the first process', 5, lambda: open(children, encoding='utf-8').read().strip()))
        run('ip', 'link', 'add', self.name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', str(self.first))
        run('ip', 'link', 'set', self.name, 'master', 'hosts', 'up')

    def kill(self):
        """All of its processes at once; its network goes with the last of them."""
        os.kill(self.first, signal.SIGKILL)
        self.outer.wait()
        self.first = None

    def cut(self):
        run('ip', 'link', 'set', self.name, 'down')

    def heal(self):
        run('ip', 'link', 'set', self.name, 'up')

    def inside(self, *words):
        """A command that runs on this host."""
        return ['nsenter', '--target', str(self.first), '--mount', '--net', '--pid', '--', *words]

    def ostia(self, *words):
        return run(*self.inside('setpriv', '--reuid=ostia', '--regid=ostia', '--init-groups', '--reset-env', os.path.join(self.folder, 'ostia'), *words,
                                '--data', '/var/lib/ostia'))

    def sql(self, statement, database='postgres'):
        said = run(*self.inside('setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups', '--reset-env', 'psql', '-XAtqd', database, '-c', statement))
        return [line.split('|') for line in said.splitlines()]

    def ask_patroni(self, path, wanted=200):
        """Its answer as JSON; None when it does not answer so."""
        here = http.client.HTTPSConnection(self.address, 8008, timeout=2, context=self.certificate())
        try:
            here.request('GET', path)
            answer = here.getresponse()
            return json.loads(answer.read()) if answer.status == wanted else None
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            here.close()

    def certificate(self):
        context = ssl.create_default_context(cafile=self.folder + '/keys/ca.crt')
        context.load_cert_chain(self.folder + '/keys/host1.crt', self.folder + '/keys/host1.key')
        return context


def wait_for(what, seconds, look, step=0.1):
    until = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > until:
            raise AssertionError('%s: not within %d s' % (what, seconds))
        time.sleep(step)


class Hosts:
    def __init__(self, folder, program):
        self.folder, self.all = folder, [Host(folder, n) for n in NUMBERS]
        os.chmod(folder, 0o755)
        shutil.copy(program, folder + '/ostia')
        shutil.copytree(os.path.join(ROOT, 'packs', 'eu-asylum'), folder + '/pack')
        shutil.copytree(os.path.join(ROOT, 'packs', 'eu-common'), folder + '/eu-common')
        self.write_site()
        run('deploy/ha/install', 'keys', folder + '/site', folder + '/keys', cwd=ROOT)
        self.make_public_certificate()
        for host in self.all:
            host.configure()
        run('ip', 'link', 'set', 'lo', 'up')
        run('ip', 'link', 'add', 'hosts', 'type', 'bridge')
        run('ip', 'address', 'add', '10.77.0.1/24', 'dev', 'hosts')
        run('ip', 'link', 'set', 'hosts', 'up')

    def write_site(self):
        with open(os.path.join(ROOT, 'deploy/ha/site.example'), encoding='utf-8') as example:
            lines = example.read()
        for n in NUMBERS:
            lines = lines.replace('192.0.2.1%d' % n, address(n))
        lines = lines.replace('=/usr/share/ostia/packs/eu-asylum,/usr/share/ostia/packs/residence,/usr/share/ostia/packs/citizenship', '=' + self.folder + '/pack')
        lines = lines.replace('=/etc/ssl/asylum.example.pem', '=/etc/ssl/public.pem')
        lines = lines.replace('=/etc/ssl/private/asylum.example.key', '=/etc/ssl/private/public.key')
        lines = '\n'.join(line for line in lines.split('\n') if '_PASSWORD=' not in line)
        with open(self.folder + '/site', 'w', encoding='utf-8') as site:
            os.chmod(self.folder + '/site', 0o600)
            site.write(lines + run('deploy/ha/install', 'passwords', cwd=ROOT))

    def make_public_certificate(self):
        run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=' + SITE,
            '-addext', 'subjectAltName=DNS:' + SITE, '-keyout', self.folder + '/public.key', '-out', self.folder + '/public.pem')

    def start(self):
        for host in self.all:
            shutil.copy(self.folder + '/public.pem', host.home + '/etc/ssl/public.pem')
            shutil.copy(self.folder + '/public.key', host.home + '/etc/ssl/private/public.key')
            host.start()

    def primary(self):
        for host in self.all:
            if host.first and host.ask_patroni('/primary'):
                return host
        return None

    def members(self):
        for host in self.all:
            said = host.first and host.ask_patroni('/cluster')
            if said:
                return {m['name']: (m['role'], m['state']) for m in said['members']}
        return {}

    def are_whole(self):
        """A primary, and two standbys that follow it synchronously; and it stays so."""
        return all(time.sleep(1) or self.are_in_step() for _ in range(3))

    def are_in_step(self):
        primary = self.primary()
        if not primary or sorted(role for role, _ in self.members().values()) != ['leader', 'sync_standby', 'sync_standby']:
            return False
        try:
            following = primary.sql("select count(*), sum((sync_state = 'sync')::int) from pg_stat_replication where state = 'streaming'")
        except AssertionError:  # it is the primary no longer
            return False
        return following == [['2', '2']]

    def host_named(self, name):
        return next(host for host in self.all if host.name == name)

    def synchronous_standby(self):
        return next((self.host_named(name) for name, (role, _) in self.members().items() if role == 'sync_standby'), None)

    def stop(self):
        for host in self.all:
            if host.first:
                host.kill()
