"""A running server: pages answer, a pack is loaded and staff are added beside it, verify runs, SIGTERM ends it cleanly."""
import os
import re
import shutil

from server import Server, free_port
from story import PACK, demo, ostia, run


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
