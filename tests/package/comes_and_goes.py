"""The package on a fresh Debian: it installs, starts as its unit says, is upgraded, goes, and leaves the authority's data.

  comes_and_goes.py PACKAGE.deb NEWER.deb        as root; needs debootstrap and a mirror
"""
import http.cookiejar
import os
import re
import shlex
import signal
import stat
import sys
import time
import urllib.parse
import urllib.request

from chroot import Chroot, free_port, tell

PACKAGE, NEWER = sys.argv[1:3]
CONF = '/etc/ostia/ostia.conf'
fresh = Chroot()
kept = {}  # what a later test asks for


def rights(inside):
    """Mode, owner and group, as names of the new Debian."""
    mode, owner, group = fresh.run('stat', '-c', '%a %U %G', inside).split()
    return '%s %s:%s' % (mode, owner, group)


def version_of(package):
    return os.path.basename(package).split('_')[1]


def as_ostia(*words):
    return ['setpriv', '--reuid', 'ostia', '--regid', 'ostia', '--init-groups', *words]


class Server:
    """The command of the unit, as the unit's user."""

    def __init__(self):
        unit = dict(line.split('=', 1) for line in fresh.read('/lib/systemd/system/ostia.service').splitlines() if re.match(r'\w+=', line))
        assert unit['User'] == 'ostia' and unit['Group'] == 'ostia', unit
        self.log = open(fresh.path('/var/tmp/server.log'), 'a+', encoding='utf-8')
        self.process = fresh.start(*as_ostia(*shlex.split(unit['ExecStart'])), stdout=self.log, stderr=self.log)
        for _ in range(600):
            if self.process.poll() is not None or self.get('/health/ready') == 'ready\n':
                break
            time.sleep(0.05)
        assert self.process.poll() is None, self.said()

    def get(self, path):
        try:
            with urllib.request.urlopen('http://127.0.0.1:%d%s' % (kept['port'], path), timeout=10) as page:
                return page.read().decode()
        except OSError:
            return None

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=60)
        assert code == 0, self.said()


def it_installs():
    fresh.mount()
    fresh.write('/usr/sbin/policy-rc.d', '#!/bin/sh\nexit 101\n', 0o755)  # services are the other test's
    fresh.apt('update')
    said = fresh.apt('install', fresh.take(PACKAGE))
    assert 'Write /etc/ostia/ostia.conf' in said, said[-2000:]
    assert fresh.run('ostia', 'version').split()[1] == version_of(PACKAGE).split('-')[0]
    assert rights('/var/lib/ostia') == '700 ostia:ostia' and rights('/etc/ostia') == '750 root:ostia'
    assert fresh.run('getent', 'passwd', 'ostia').strip().endswith(':/var/lib/ostia:/usr/sbin/nologin')
    for inside in ('/usr/share/man/man1/ostia.1.gz', '/usr/share/ostia/packs/eu-asylum/pack.json', '/usr/share/doc/ostia/copyright',
                   '/usr/share/doc/ostia/operations.md.gz', '/etc/systemd/system/sockets.target.wants/ostia.socket',
                   '/etc/systemd/system/multi-user.target.wants/ostia.service'):
        assert fresh.has(inside), inside
    for pack in ('eu-asylum', 'residence', 'citizenship'):
        fresh.run('ostia', 'pack', 'check', '/usr/share/ostia/packs/' + pack)


def an_operator_follows_the_runbook():
    kept['port'] = free_port()
    fresh.write_settings('site http://127.0.0.1:%d' % kept['port'], 'listen 127.0.0.1:%d' % kept['port'], 'mail-folder /var/lib/ostia/mail')
    kept['conf'] = fresh.read(CONF)
    kept['server'] = Server()
    assert 'worker.sealed landlock=1' in kept['server'].said(), kept['server'].said()  # its network: no user may make one in a chroot
    assert '</html>' in kept['server'].get('/')
    assert stat.S_IMODE(os.stat(fresh.path('/var/lib/ostia/keys/master.key')).st_mode) == 0o600
    said = fresh.run(*as_ostia('ostia', 'staff', 'add', '--data', '/var/lib/ostia', '--name', 'O. Perator', '--roles', 'operator', '--unit', 'North',
                               '--email', 'operator@asylum.example', '--code', 'K-001'))
    kept['invitation'] = re.search(r'^invitation (\S+)', said, re.MULTILINE)[1]


def the_first_account_opens():
    """With the invitation, in a browser that keeps cookies, up to where the password is chosen."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    at = 'http://127.0.0.1:%d/sign-in/recovery' % kept['port']
    page = browser.open(at, timeout=30).read().decode()
    form = {'csrf': re.search(r'name="csrf" value="([^"]+)"', page)[1], 'name': 'operator@asylum.example', 'code': kept['invitation']}
    answer = browser.open(at, urllib.parse.urlencode(form).encode(), timeout=30)
    assert '/sign-in/enrol' in answer.geturl(), answer.geturl()


def an_upgrade_keeps_everything():
    before = fresh.run('find', '/var/lib/ostia', '-type', 'f', '-printf', '%p %m %u\n')
    fresh.apt('install', fresh.take(NEWER))
    assert fresh.run('dpkg-query', '-W', '-f', '${Version}', 'ostia') == version_of(NEWER)
    assert fresh.read(CONF) == kept['conf'] and rights(CONF) == '640 root:ostia'
    assert rights('/var/lib/ostia') == '700 ostia:ostia'
    assert fresh.run('find', '/var/lib/ostia', '-type', 'f', '-printf', '%p %m %u\n') == before
    assert kept['server'].get('/health/ready') == 'ready\n'  # the old one runs until the service manager starts the new one
    kept['server'].stop()
    kept['server'] = Server()
    assert '</html>' in kept['server'].get('/')
    kept['server'].stop()
    assert 'all is as it was written' in fresh.run(*as_ostia('ostia', 'verify', '--data', '/var/lib/ostia'))


def it_goes_and_leaves_settings_and_data():
    fresh.apt('remove', 'ostia')
    assert not fresh.has('/usr/bin/ostia') and not fresh.has('/usr/share/ostia')
    assert fresh.read(CONF) == kept['conf'] and fresh.has('/var/lib/ostia/ostia.db')


def a_purge_leaves_the_data_alone():
    said = fresh.apt('purge', 'ostia')
    assert 'stay in /var/lib/ostia' in said, said[-2000:]
    assert not fresh.has('/etc/ostia')
    assert rights('/var/lib/ostia') == '700 ostia:ostia' and fresh.has('/var/lib/ostia/keys/master.key')
    left = fresh.run('find', '/', '-xdev', '-path', '/var/lib/ostia', '-prune', '-o', '-path', '/var/tmp', '-prune', '-o', '-path', '/proc', '-prune',
                     '-o', '-path', '/var/cache/apt', '-prune', '-o', '-iname', '*ostia*', '-print')
    assert not left.strip(), left


def it_comes_back_to_the_same_data():
    fresh.apt('install', fresh.take(NEWER))
    fresh.write(CONF, kept['conf'], 0o640)
    fresh.run('chgrp', 'ostia', CONF)
    server = Server()
    server.stop()
    assert 'all is as it was written' in fresh.run(*as_ostia('ostia', 'verify', '--data', '/var/lib/ostia'))


signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
try:
    tell([it_installs, an_operator_follows_the_runbook, the_first_account_opens, an_upgrade_keeps_everything,
          it_goes_and_leaves_settings_and_data, a_purge_leaves_the_data_alone, it_comes_back_to_the_same_data])
finally:
    if 'server' in kept and kept['server'].process.poll() is None:
        kept['server'].process.kill()
        kept['server'].process.wait()
    fresh.remove()
