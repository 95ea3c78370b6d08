"""An authority whose database is PostgreSQL ($OSTIA_TEST_DB): demonstration, verification, replay, two servers at once."""
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid

from server import Server
from story import PACK, PROGRAM, UNTIL, demo, ostia, run

URL = os.environ.get('OSTIA_TEST_DB', '')


def where(folder, schema=None):
    return ['--data', folder + '/data', '--db', URL, '--db-schema', schema or 's_' + uuid.uuid4().hex[:16]]


def make(folder, cases, place):
    return ostia('demo', '--cases', cases, '--seed', 1, '--until', UNTIL, '--pack', PACK, *place)


def what_is_written_there_verifies_and_replays(folder):
    said = make(folder, 40, where(folder))
    assert said.startswith('40 cases'), said
    assert 'all is as it was written' in ostia('verify', '--data', folder + '/data')
    assert 'rows are what the log says' in ostia('rebuild', '--check', '--data', folder + '/data')
    assert 'made again from the log' in ostia('rebuild', '--data', folder + '/data')
    assert 'rows are what the log says' in ostia('rebuild', '--check', '--data', folder + '/data')


def an_address_that_leads_nowhere_is_named(folder):
    said = ostia('serve', '--data', folder + '/data', '--db', 'postgresql://nobody@/none?host=/nowhere', code=1)
    assert 'does not let us in' in said and '/nowhere' in said, said
    said = ostia('serve', *where(folder, 'Not-a-name'), code=1)
    assert 'no name for a schema' in said, said


def a_demonstration_keeps_out_of_an_authority(folder):
    place = where(folder)
    make(folder, 5, place)
    os.remove(folder + '/data/ostia.conf')
    said = ostia('demo', '--cases', 5, *place, code=1)
    assert 'holds an authority already' in said, said


def two_servers_share_it_and_one_may_die(folder):
    make(folder, 10, where(folder))
    first, second = Server(folder + '/data'), Server(folder + '/data')
    try:
        assert first.answers() and second.answers()
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
        assert second.answers()
        assert second.stop() == 0, second.said()
    finally:
        for server in (first, second):
            server.process.kill()
    assert 'all is as it was written' in ostia('verify', '--data', folder + '/data')


def a_folder_moves_there_even_when_stopped_in_the_middle(folder):
    data, target = folder + '/data', ['--to', URL, '--to-schema', 's_' + uuid.uuid4().hex[:16]]
    demo(data, 60)
    copying = subprocess.Popen([PROGRAM, 'copy', '--from', data, *target], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    copying.kill()
    if copying.wait() != 0:  # on a fast machine it was done before
        said = ostia('copy', '--from', data, *target)
        assert 'rows are the same on both sides' in said, said
    assert 'in PostgreSQL already' in ostia('copy', '--from', data, *target, code=1)
    os.rename(data + '/ostia.db', data + '/ostia.db.old')
    assert 'all is as it was written' in ostia('verify', '--data', data)
    assert 'rows are what the log says' in ostia('rebuild', '--check', '--data', data)
    server = Server(data)
    assert server.answers() and server.stop() == 0, server.said()


def a_backup_of_a_folder_is_restored_there(folder):
    data, back = folder + '/folder', folder + '/data'
    demo(data, 20)
    ostia('backup-key', folder + '/opens')
    ostia('backup', '--data', data, '--to', folder + '/base', '--key', folder + '/opens.pub')
    os.makedirs(back + '/keys', mode=0o700)
    shutil.copy2(data + '/keys/master.key', back + '/keys/')
    said = ostia('restore', folder + '/base', '--key', folder + '/opens', *where(folder))
    assert 'all is as it was written' in said, said
    assert not os.path.exists(back + '/ostia.db')
    assert 'rows are what the log says' in ostia('rebuild', '--check', '--data', back)


def who_writes_increments(servers):
    for _ in range(200):
        found = [server for server in servers if 'ostia_backup_behind_seconds' in server.numbers()]
        if found:
            return found
        time.sleep(0.1)
    return []


def of_two_servers_one_backs_up_and_the_other_goes_on(folder):
    data = folder + '/data'
    make(folder, 5, where(folder))
    ostia('backup-key', folder + '/opens')
    with open(data + '/ostia.conf', 'a', encoding='utf-8') as f:
        f.write('backup-to %s/increments\nbackup-key %s/opens.pub\n' % (folder, folder))
    first, second = Server(data), Server(data)
    try:
        found = who_writes_increments([first, second])
        assert len(found) == 1, found
        other = second if found[0] is first else first
        ostia('backup', '--data', data, '--to', folder + '/base', '--key', folder + '/opens.pub')
        found[0].process.send_signal(signal.SIGKILL)
        found[0].process.wait()
        assert who_writes_increments([other]) == [other], other.said()
        assert other.stop() == 0, other.said()
    finally:
        for server in (first, second):
            server.process.kill()
    os.makedirs(folder + '/back/keys', mode=0o700)
    shutil.copy2(data + '/keys/master.key', folder + '/back/keys/')
    said = ostia('restore', folder + '/base', '--data', folder + '/back', '--key', folder + '/opens', '--increments',
                 folder + '/increments')
    assert 'all is as it was written' in said, said


if not URL:
    print('1..0 # skipped: no PostgreSQL server')
    sys.exit(0)
run(what_is_written_there_verifies_and_replays, an_address_that_leads_nowhere_is_named,
    a_demonstration_keeps_out_of_an_authority, a_folder_moves_there_even_when_stopped_in_the_middle,
    two_servers_share_it_and_one_may_die, a_backup_of_a_folder_is_restored_there,
    of_two_servers_one_backs_up_and_the_other_goes_on)
