"""The privacy service at the command line: operators, two people, erasure, receipts, and backups that bring nobody back."""
import datetime
import os
import re
import shutil
import subprocess
import sys

from server import Server
from story import ostia, run

HAND = sys.argv[3]


class Service:
    """A privacy service beside an authority's folder; its operators' files lie in `folder`."""

    def __init__(self, folder):
        self.folder, self.data, self.dir = folder, folder + '/data', folder + '/privacy'
        os.mkdir(self.data)
        with open(self.data + '/ostia.conf', 'w', encoding='utf-8') as f:
            f.write('privacy %s\nauthority-code 22\nprivacy-key %s/keys/privacy.key\n' % (self.dir, folder))
        os.mkdir(folder + '/keys', mode=0o700)
        self.said = ostia('privacy', 'init', '--data', self.data)
        shutil.move(folder + '/keys/privacy.key', self.dir + '/privacy.key')  # the hand below looks there
        with open(self.data + '/ostia.conf', 'w', encoding='utf-8') as f:
            f.write('privacy %s\nauthority-code 22\n' % self.dir)

    def operator(self, name, may, code=0):
        return ostia('privacy', 'operator', name, '--may', may, '--to', self.folder + '/' + name, '--data', self.data, code=code)

    def ask(self, name, word, *more, code=0):
        return ostia('privacy', word, '--as', self.folder + '/' + name, '--data', self.data, *more, code=code)

    def hand(self, *words):
        return subprocess.run([HAND, self.dir, *map(str, words)], check=True, capture_output=True, text=True).stdout.split()

    def all_operators(self):
        self.operator('anna', 'map')
        self.operator('bert', 'hold,erase')
        self.operator('carla', 'hold,erase,audit')
        self.operator('dirk', 'keep')

    def erase(self, own):
        said = self.ask('bert', 'erase', own, '--ground', 'GDPR Art. 17')
        self.ask('carla', 'confirm', re.search(r'request (\d+)', said).group(1), '--ground', 'GDPR Art. 17')
        return self.ask('dirk', 'delete')


def day_in(days):
    return (datetime.date.today() + datetime.timedelta(days=days)).isoformat()


def duties_are_apart(folder):
    service = Service(folder)
    assert re.search(r'authority 22, public key of receipts [0-9a-f]{64}\n', service.said), service.said
    assert 'must not read mappings' in service.operator('eve', 'map,ledger', code=1)
    assert 'Powers are' in service.operator('eve', 'everything', code=1)
    service.all_operators()
    assert os.stat(folder + '/anna').st_mode & 0o077 == 0
    assert 'already' in service.operator('anna', 'map', code=1)
    service.hand('create', 4711)
    assert 'does not have the power' in service.ask('dirk', 'access', 4711, '--ground', 'x', code=1)
    assert 'does not have the power' in service.ask('anna', 'hold', 4711, '--ground', 'x', '--until', '2027-01-01', code=1)
    assert 'legal reference' in service.ask('anna', 'access', 4711, code=1)
    assert 'Give the file of an operator' in ostia('privacy', 'due', '--data', service.data, code=1)
    with open(folder + '/fake', 'w', encoding='utf-8') as f:
        f.write('anna ' + '0' * 64 + '\n')
    assert 'no such operator' in service.ask('fake', 'access', 4711, '--ground', 'x', code=1)
    said = service.ask('anna', 'access', 4711, '--ground', 'GDPR Art. 15')
    assert re.search(r'^[0-9a-f]{32} open, since .* authorities 11 22, Reg. 2024/1351$', said, re.MULTILINE), said
    assert 'created by exchange' in said and 'listed by anna (GDPR Art. 15)' in said, said
    said = service.ask('carla', 'audit', '--list', '--ground', 'yearly')
    assert 'refused by dirk' in said and 'operator_added by anna' in said and '4711' not in said, said


def two_people_hold_and_release(folder):
    service = Service(folder)
    service.all_operators()
    service.hand('create', 4711)
    assert 'within 366 days' in service.ask('bert', 'hold', 4711, '--until', '2199-01-01', '--ground', 'order', code=1)
    service.ask('bert', 'hold', 4711, '--until', day_in(100), '--ground', 'order 12/26')
    assert 'Another person' in service.ask('bert', 'confirm', 1, '--ground', 'order 12/26', code=1)
    assert 'waits for a second person' in service.ask('carla', 'requests')
    service.ask('carla', 'confirm', 1, '--ground', 'order 12/26')
    assert 'asked by bert (order 12/26), confirmed by carla' in service.ask('carla', 'requests')
    assert '0 mappings' in service.erase(4711)
    assert '1 due, 1 of them held' in service.ask('dirk', 'due')
    service.ask('bert', 'release', 4711, '--ground', 'order 13/26')
    service.ask('carla', 'confirm', 3, '--ground', 'order 13/26')
    assert '1 mappings' in service.ask('dirk', 'delete')
    assert re.search(r'^[0-9a-f]{32} authority 11 asked [0-9-]{10} erased -\n1 receipts are missing', service.ask('dirk', 'receipts'))


def a_backup_brings_nobody_back(folder):
    service = Service(folder)
    service.all_operators()
    gone, kept = service.hand('create', 4711, 4712)
    ostia('backup-key', folder + '/lock')
    assert 'rows' in service.ask('dirk', 'backup', '--to', folder + '/old.backup', '--key', folder + '/lock.pub')
    with open(folder + '/old.backup', 'rb') as f:
        content = f.read()
    assert gone.encode() not in content and bytes.fromhex(gone) not in content and b'privacy_' not in content
    assert '1 mappings' in service.erase(4711)
    assert service.hand('look', gone, kept) == ['nobody', '4712']
    # Another machine: the old backup, the key file, and the newest list.
    new = folder + '/new'
    restore = ('privacy', 'restore', folder + '/old.backup', '--key', folder + '/lock', '--data', service.data, '--privacy', new)
    os.mkdir(new, mode=0o700)
    shutil.copy(service.dir + '/privacy.key', new)
    assert 'newest list of deletions' in ostia(*restore, code=1)
    assert not os.path.exists(new + '/privacy.db')
    said = ostia(*restore, '--deleted', service.dir + '/deleted')
    assert '1 mappings were erased again' in said and 'all fit' in said, said
    was, service.dir = service.dir, new
    assert service.hand('look', gone, kept) == ['nobody', '4712']
    service.dir = was
    assert 'already' in ostia(*restore, '--deleted', service.dir + '/deleted', code=1)
    with open(folder + '/old.backup', 'r+b') as f:
        f.seek(-30, os.SEEK_END)
        f.write(b'x')
    shutil.rmtree(new)
    os.mkdir(new, mode=0o700)
    assert 'damaged' in ostia(*restore, '--deleted', service.dir + '/deleted', code=1)


def after_a_rotation_older_backups_are_of_no_use(folder):
    service = Service(folder)
    service.all_operators()
    service.hand('create', 4711)
    ostia('backup-key', folder + '/lock')
    service.ask('dirk', 'backup', '--to', folder + '/old.backup', '--key', folder + '/lock.pub')
    service.erase(4711)
    assert 'no backup made before' in service.ask('dirk', 'rotate', '--keep', 0)
    new = folder + '/new'
    os.mkdir(new, mode=0o700)
    shutil.copy(service.dir + '/privacy.key', new)
    with open(new + '/deleted', 'wb'):
        pass  # whoever restores it hides the list
    said = ostia('privacy', 'restore', folder + '/old.backup', '--key', folder + '/lock', '--data', service.data, '--privacy', new, code=1)
    assert 'no longer has' in said, said


def a_running_server_answers_for_it(folder):
    service = Service(folder)
    service.all_operators()
    service.hand('create', 4711)
    server = Server(service.data)
    try:
        assert 'created by exchange' in service.ask('anna', 'access', 4711, '--ground', 'GDPR Art. 15')
        os.chdir(folder)
        ostia('backup-key', 'lock')
        assert 'rows' in service.ask('dirk', 'backup', '--to', 'here.backup', '--key', 'lock.pub')
        assert os.path.getsize(folder + '/here.backup') > 1000
        assert '1 mappings' in service.erase(4711)
        assert 'privacy.night' in server.said(), server.said()
    finally:
        assert server.stop() == 0
        os.chdir('/')
    assert 'entries, head' in service.ask('carla', 'audit')


run(duties_are_apart, two_people_hold_and_release, a_backup_brings_nobody_back, after_a_rotation_older_backups_are_of_no_use,
    a_running_server_answers_for_it)
