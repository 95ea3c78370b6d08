"""A changed table is tried on all cases from the command line: figures, a list, JSON, and mistakes with a way out."""
import csv
import json
import os
import shutil

from server import Server
from story import PACK, copy_pack, demo, ostia, run

FROM, TO = '"BGD", "COL"', '"BGD", "SYR", "COL"'


def write(path, change):
    with open(path, encoding='utf-8') as f:
        text = f.read()
    changed = change(text)
    assert changed != text, path
    with open(path, 'w', encoding='utf-8') as f:
        f.write(changed)


def changed_pack(folder):
    pack = folder + '/pack'
    copy_pack(pack)
    write(pack + '/pack.json', lambda t: t.replace('"version": "1.0.0"', '"version": "1.1.0"'))
    write(pack + '/decisions/suggest_track.dmn', lambda t: t.replace(FROM, TO))
    return pack


def replay(folder, *words, code=0):
    return ostia('rules', 'replay', '--data', folder + '/data', *words, code=code)


def the_figures_the_list_and_json_say_the_same(folder):
    demo(folder + '/data', 20)
    pack, path = changed_pack(folder), folder + '/changed.csv'
    said = replay(folder, '--pack', pack, '--as-of', 'today', '--csv', path)
    assert 'suggest_track: 1.0.0 -> 1.1.0' in said and 'safe origin, row 1' in said, said
    assert 'priority' not in said, 'a decision that is the same was tried: ' + said
    found = json.loads(replay(folder, '--pack', pack, '--as-of', 'today', '--json'))
    with open(path, encoding='utf-8', newline='') as f:
        rows = list(csv.DictReader(f))
    assert found['changed'] == len(rows) > 0, (found, rows)
    assert all(r['before'] == 'regular' and r['after'] == 'accelerated' and 'came safe origin row 1' in r['why'] for r in rows), rows
    assert sum(r['after'] for r in found['results']) == found['cases'], found
    named = [n for c in found['changes'] for n in c['examples']]
    assert named and set(named) <= {r['case'] for r in rows}, named
    assert os.stat(path).st_mode & 0o077 == 0, 'others may read the list'
    assert 'is there already' in replay(folder, '--pack', pack, '--csv', path, code=1)
    some = json.loads(replay(folder, '--pack', pack, '--json', '--cases', 'closed', '--threads', '1'))
    assert some['cases'] + some['not_asked_for'] == found['cases'], (some, found)


def it_runs_beside_a_server_and_is_noted(folder):
    demo(folder + '/data', 20)
    pack = changed_pack(folder)
    before = ostia('log', 'checkpoint', '--data', folder + '/data').split('\n')[1]
    replay(folder, '--pack', pack)
    after = ostia('log', 'checkpoint', '--data', folder + '/data').split('\n')[1]
    assert int(after) == int(before) + 1, (before, after)
    server = Server(folder + '/data')
    ostia('pack', 'load', pack, '--data', folder + '/data')
    said = replay(folder, '--pack', '1.1.0', '--against', '1.0.0', '--decision', 'suggest_track')
    assert '1.0.0 -> 1.1.0' in said, said
    assert server.answers() and server.stop() == 0, server.said()
    ostia('verify', '--data', folder + '/data')
    ostia('rebuild', '--check', '--data', folder + '/data')


def mistakes_have_a_way_out(folder):
    demo(folder + '/data', 8)
    pack = changed_pack(folder)
    assert '--pack must name' in replay(folder, code=2)
    assert 'decided or today' in replay(folder, '--pack', pack, '--as-of', 'tomorrow', code=2)
    assert 'no version of that name' in replay(folder, '--pack', '7.7.7', code=1)
    said = replay(folder, '--pack', pack, '--decision', 'weather', code=1)
    assert 'has no decision weather' in said and 'suggest_track' in said, said
    assert 'are the same' in replay(folder, '--pack', PACK, '--against', '1.0.0')
    write(pack + '/decisions/suggest_track.dmn',
          lambda t: t.replace('name="flags"', 'name="weather"').replace('flags.', 'weather.'))
    path = folder + '/never.csv'
    said = replay(folder, '--pack', pack, '--csv', path, code=1)
    assert 'reads the input weather' in said and 'applicant' in said, said
    assert not os.path.exists(path), 'a list that says nothing was left'
    shutil.rmtree(pack + '/decisions')
    assert 'decisions/' in replay(folder, '--pack', pack, code=1)


run(the_figures_the_list_and_json_say_the_same, it_runs_beside_a_server_and_is_noted, mistakes_have_a_way_out)
