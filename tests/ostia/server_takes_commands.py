"""A running server: pages answer, a pack is loaded and staff are added beside it, verify runs, SIGTERM ends it cleanly."""
import os
import re
import shutil

from server import Server, free_port
from story import copy_pack, demo, ostia, run


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
    copy_pack(changed)
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


def what_happens_is_backed_up_beside_it(folder):
    data, where = folder + '/data', folder + '/increments'
    Server(data).stop()
    ostia('backup-key', folder + '/opens')
    with open(data + '/ostia.conf', 'a', encoding='utf-8') as f:
        f.write('backup-to %s\n' % where)
    said = ostia('serve', '--data', data, '--listen', '127.0.0.1:%d' % free_port(), code=1)
    assert '--backup-key' in said, said
    with open(data + '/ostia.conf', 'a', encoding='utf-8') as f:
        f.write('backup-key %s/opens.pub\n' % folder)
    server = Server(data)
    ostia('backup', '--data', data, '--to', folder + '/base', '--key', folder + '/opens.pub')
    ostia('staff', 'add', '--data', data, '--name', 'A. Person', '--email', 'a.person@authority.example',
          '--code', 'K-1', '--unit', 'North', '--roles', 'officer')
    assert re.search(r'^ostia_backup_behind_seconds [0-5]$', server.numbers(), re.MULTILINE), server.numbers()
    assert server.stop() == 0, server.said()
    assert 'backup.begins' in server.said() and 'backup.new_folder' in server.said(), server.said()
    os.makedirs(folder + '/back/keys', mode=0o700)
    shutil.copy2(data + '/keys/master.key', folder + '/back/keys/')
    said = ostia('restore', folder + '/base', '--data', folder + '/back', '--key', folder + '/opens', '--increments', where)
    assert 'all is as it was written' in said and 'the log ends with event' in said, said
    assert 'invitation' in ostia('staff', 'invite', 'A.Person@authority.example', '--data', folder + '/back')
    with open(folder + '/back/ostia.conf', encoding='utf-8') as f:
        assert 'backup-to' not in f.read()


run(a_new_authority_starts_and_stops, a_second_server_is_refused, a_pack_is_loaded_while_it_runs,
    what_happens_is_backed_up_beside_it)
