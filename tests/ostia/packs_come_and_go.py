"""A pack is checked, signed, loaded, compared and written out again, as its authors do it."""
import json
import os

from story import PACK, copy_pack, demo, ostia, run


def copy(folder, *changes):
    copy_pack(folder)
    for name, old, new in changes:
        path = os.path.join(folder, name)
        with open(path, encoding='utf-8') as f:
            text = f.read()
        assert old in text, (name, old)
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text.replace(old, new, 1))
    return folder


NEXT = (('pack.json', '"version": "1.0.0"', '"version": "1.1.0", "chosen_by": "registered"'),
        ('pack.json', '"valid_from": "2026-06-12"', '"valid_from": "2027-01-01"'),
        ('deadlines.json', '"count": 21,', '"count": 28,'))


def files(folder):
    found = {}
    for path, _, names in os.walk(folder):
        for name in names:
            if name != 'README.md':
                with open(os.path.join(path, name), 'rb') as f:
                    found[os.path.relpath(os.path.join(path, name), folder)] = f.read()
    return found


def the_report_can_be_read_by_people_and_programs(folder):
    said = ostia('pack', 'check', PACK)
    assert said.startswith('good: eu-asylum 1.0.0\n') and said.endswith('\n0 wrong\n'), said
    assert '\nSafeguards\n' in said and '  ok    R-GD-12 ' in said, said
    report = json.loads(ostia('pack', 'check', '--json', PACK))
    assert report['good'] and report['pack'] == 'eu-asylum' and len(report['hash']) == 64
    assert {'safeguards', 'adverse_ends', 'texts'} <= {f['section'] for f in report['findings']}
    bad = copy(folder + '/bad', ('processes/asylum.bpmn', '"command" value="sign_decision"', '"command" value="add_note"'))
    said = ostia('pack', 'check', bad, code=1)
    assert 'WRONG processes/asylum.bpmn: A way to an end has no signature of a person' in said, said
    assert 'WRONG R-GD-12 ' in said and said.endswith('\n2 wrong\n'), said
    report = json.loads(ostia('pack', 'check', '--json', bad, code=1))
    wrong = [f['rule'] for f in report['findings'] if f['verdict'] == 'does not hold']
    assert wrong == ['end_without_signature', 'R-GD-12'], wrong


def only_signed_packs_are_loaded_when_keys_are_named(folder):
    data, key, other = folder + '/data', folder + '/key', folder + '/other'
    demo(data, 3)
    assert 'law.example/packs+' in ostia('pack', 'key', key, '--name', 'law.example/packs')
    ostia('pack', 'key', other, '--name', 'law.example/packs')
    assert 'Nothing was changed' in ostia('pack', 'key', key, '--name', 'law.example/packs', code=1)
    assert oct(os.stat(key).st_mode)[-3:] == '600'
    with open(data + '/ostia.conf', 'a', encoding='utf-8') as f:
        f.write('pack-signers %s.pub\n' % key)
    pack = copy(folder + '/next', *NEXT)
    assert 'is not signed' in ostia('pack', 'load', pack, '--data', data, code=1)
    assert 'signed by law.example/packs' in ostia('pack', 'sign', pack, '--key', other)
    assert 'no key that this authority knows' in ostia('pack', 'load', pack, '--data', data, code=1)
    ostia('pack', 'sign', pack, '--key', key)
    assert 'needs/eu-common' in ostia('pack', 'load', pack, '--data', data, code=1)
    ostia('pack', 'sign', pack + '/needs/eu-common', '--key', key)
    said = ostia('pack', 'check', pack, '--signers', key + '.pub')
    assert 'ok    pack.sig: signed by law.example/packs' in said, said
    assert 'WRONG pack.sig' in ostia('pack', 'check', pack, '--signers', other + '.pub', code=1)
    path = os.path.join(pack, 'codes', 'track.json')
    with open(path, encoding='utf-8') as f:
        before = f.read()
    with open(path, 'w', encoding='utf-8') as f:
        f.write(before + '\n')
    assert 'was changed after it was signed' in ostia('pack', 'load', pack, '--data', data, code=1)
    with open(path, 'w', encoding='utf-8') as f:
        f.write(before)
    assert 'in force from 2027-01-01: eu-asylum 1.1.0' in ostia('pack', 'load', pack, '--data', data)
    versions = ostia('pack', 'versions', '--data', data).splitlines()
    assert len(versions) == 2 and 'signed by' not in versions[0], versions
    assert versions[1].endswith(' signed by law.example/packs'), versions
    ostia('verify', '--data', data)
    ostia('rebuild', '--check', '--data', data)
    with open(key, encoding='utf-8') as f:
        assert f.read().startswith('PRIVATE+KEY+law.example/packs+')
    assert 'not a secret key' in ostia('pack', 'sign', pack, '--key', key + '.pub', code=1)


def a_difference_says_for_whom(folder):
    data = folder + '/data'
    demo(data, 20)
    pack = copy(folder + '/next', *NEXT)
    said = ostia('pack', 'diff', PACK, pack)
    assert 'For cases registered from 2027-01-01 on' in said, said
    assert 'lodging (Lodging of the application): time: 21 days -> 28 days [Reg. (EU) 2024/1348 Art. 28(1)' in said, said
    assert 'running' not in said and said.endswith('\n3 changes\n'), said
    ostia('pack', 'load', pack, '--data', data)
    numbers = [line.split()[0] for line in ostia('pack', 'versions', '--data', data).splitlines()]
    said = json.loads(ostia('pack', 'diff', '--json', *numbers, '--data', data))
    assert said['running_cases'] > 0 and len(said['changes']) == 3, said
    assert said['changes'][2] == {
        'section': 'deadlines', 'change': 'changed', 'id': 'lodging', 'name': 'Lodging of the application',
        'property': 'period', 'old': '21 days', 'new': '28 days',
        'note': 'Reg. (EU) 2024/1348 Art. 28(1); from 2026-06-12'}, said['changes']
    back = json.loads(ostia('pack', 'diff', '--json', numbers[1], PACK, '--data', data))
    assert back['running_cases'] == 0  # nobody has the new one yet
    assert '--data' in ostia('pack', 'diff', *numbers, code=1)
    assert 'no version of that number' in ostia('pack', 'diff', '1234567', PACK, '--data', data, code=1)


def what_was_loaded_comes_back_byte_for_byte(folder):
    data, first = folder + '/data', copy_pack(folder + '/first')
    demo(data, 3)
    pack = copy(folder + '/next', *NEXT)
    ostia('pack', 'load', pack, '--data', data)
    numbers = [line.split()[0] for line in ostia('pack', 'versions', '--data', data).splitlines()]
    for words, source in (((), pack), (('--version', numbers[0]), first), (('--version', numbers[1]), pack)):
        out = folder + '/out' + '-'.join(words)
        assert ' files in ' in ostia('pack', 'export', out, *words, '--data', data)
        assert files(out) == files(source)
        ostia('pack', 'check', out)
    assert 'must be new' in ostia('pack', 'export', pack, '--data', data, code=1)
    assert 'in force from' not in ostia('pack', 'versions', '--data', data)
    assert 'loaded already' in ostia('pack', 'load', folder + '/out', '--data', data)


run(the_report_can_be_read_by_people_and_programs, only_signed_packs_are_loaded_when_keys_are_named,
    a_difference_says_for_whom, what_was_loaded_comes_back_byte_for_byte)
