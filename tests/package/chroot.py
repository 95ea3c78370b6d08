"""A fresh minimal Debian in a folder of its own, for the tests of the package. Only root can make one."""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile

APT = {'DEBIAN_FRONTEND': 'noninteractive', 'LC_ALL': 'C.UTF-8', 'PATH': '/usr/sbin:/usr/bin:/sbin:/bin'}
MOUNTS = [('proc', ['-t', 'proc', 'proc']), ('sys', ['-t', 'sysfs', 'sysfs']), ('dev', ['--rbind', '/dev'])]


class Chroot:
    def __init__(self, packages=()):
        self.root = tempfile.mkdtemp(prefix='ostia-bookworm-', dir='/var/tmp')
        os.chmod(self.root, 0o755)  # it is the / of all users inside
        self.mounted = []
        more = ['--include=' + ','.join(packages)] if packages else []
        self.outside('debootstrap', '--variant=minbase', *more, 'bookworm', self.root)
        # What this machine needs to reach a mirror, the new one needs too.
        for path in ['/etc/resolv.conf', *map(str, pathlib.Path('/etc/apt/apt.conf.d').glob('99*')),
                     *map(str, pathlib.Path('/usr/local/share/ca-certificates').glob('*.crt'))]:
            os.makedirs(os.path.dirname(self.path(path)), exist_ok=True)
            shutil.copy(path, self.path(path))
        self.write('/etc/hosts', '127.0.0.1 localhost\n')

    @staticmethod
    def outside(*words, code=0, env=None):
        """Runs a program of this machine; its output. `code` is the exit code that is wanted (None: any)."""
        words = [str(word) for word in words]
        done = subprocess.run(words, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if code is not None and done.returncode != code:
            raise AssertionError('%s: exit code %d\n%s%s' % (' '.join(words), done.returncode, done.stdout[-3000:], done.stderr[-3000:]))
        return done.stdout + done.stderr

    @staticmethod
    def environment():
        return ['%s=%s' % pair for pair in APT.items()]

    def path(self, inside):
        return self.root + inside

    def write(self, inside, content, mode=0o644):
        with open(self.path(inside), 'w', encoding='utf-8') as f:
            f.write(content)
        os.chmod(self.path(inside), mode)

    def read(self, inside):
        with open(self.path(inside), encoding='utf-8') as f:
            return f.read()

    def has(self, inside):
        return os.path.lexists(self.path(inside))

    def mount(self):
        for name, words in MOUNTS:
            self.outside('mount', *words, self.path('/' + name))
            self.outside('mount', '--make-rslave', self.path('/' + name))
            self.mounted.append(self.path('/' + name))

    def unmount(self):
        while self.mounted:
            self.outside('umount', '-R', '-l', self.mounted.pop())

    def start(self, *words, **more):
        return subprocess.Popen(['chroot', self.root, *map(str, words)], env=APT, **more)

    def run(self, *words, code=0):
        """Runs a program inside; its output."""
        return self.outside('chroot', self.root, *words, code=code, env=APT)

    def apt(self, *words):
        return self.run('apt-get', '-q', '-y', '--no-install-recommends', *words)

    def take(self, package):
        """Copies a package inside, where apt's own user can read it."""
        inside = '/var/tmp/' + os.path.basename(package)
        shutil.copy(package, self.path(inside))
        return inside

    def write_settings(self, *lines):
        """The example of the package, as an operator completes it."""
        named = tuple(line.split()[0] + ' ' for line in lines) + ('smtp ', 'clamd ')
        kept = [line for line in self.read('/usr/share/doc/ostia/examples/ostia.conf').splitlines() if not line.startswith(named)]
        self.write('/etc/ostia/ostia.conf', '\n'.join([*kept, *lines, '']), 0o640)
        self.run('chgrp', 'ostia', '/etc/ostia/ostia.conf')

    def remove(self):
        self.unmount()
        still = [line.split()[1] for line in open('/proc/mounts', encoding='utf-8') if line.split()[1].startswith(self.root)]
        assert not still, still  # or what lies beyond would be deleted
        shutil.rmtree(self.root)


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def tell(tests):
    """Runs each test after the other, each on what the one before left; the rest is not run after a failure."""
    print('1..%d' % len(tests), flush=True)
    for number, test in enumerate(tests, 1):
        try:
            test()
        except BaseException as e:
            print(''.join('# %s\n' % line for line in repr(e).replace('\\n', '\n').splitlines()), end='')
            print('not ok %d - %s' % (number, test.__name__), flush=True)
            raise
        print('ok %d - %s' % (number, test.__name__), flush=True)
    sys.exit(0)
