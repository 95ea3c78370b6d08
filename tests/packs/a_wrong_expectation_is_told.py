"""A walk that is not as its authors expect fails with step and reason; an end that no walk reaches is named."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback

PROGRAM, ROOT = sys.argv[1:3]


def walk(pack, *words, code=0, folder=None):
    done = subprocess.run([PROGRAM, 'pack', 'walk', pack, *words], capture_output=True, text=True, timeout=300, check=False,
                          env=dict(os.environ, TMPDIR=folder or tempfile.gettempdir()))
    said = done.stdout + done.stderr
    assert done.returncode == code, (done.returncode, said)
    return said


def copy(folder, name='eu-asylum'):
    """The shipped pack with the one that it needs inside."""
    pack = os.path.join(folder, 'pack')
    shutil.copytree(os.path.join(ROOT, 'packs', name), pack)
    common = os.path.join(ROOT, 'packs', 'eu-common')
    if os.path.isdir(common):
        shutil.copytree(common, os.path.join(pack, 'needs', 'eu-common'))
    return pack


def change(pack, name, do):
    path = os.path.join(pack, name)
    with open(path, encoding='utf-8') as f:
        content = json.load(f)
    do(content)
    with open(path, 'w', encoding='utf-8') as f:
        json.dump(content, f, ensure_ascii=False)


def walks(pack):
    return [file[:-5] for file in os.listdir(pack + '/walks')]


def only(pack, *names):
    """Keeps these walks alone."""
    for name in walks(pack):
        if name not in names:
            os.remove('%s/walks/%s.json' % (pack, name))
            change(pack, 'pack.json', lambda p, n=name: p['files'].remove('walks/%s.json' % n))


def write(pack, name, walk_):
    with open('%s/walks/%s.json' % (pack, name), 'w', encoding='utf-8') as f:
        json.dump(walk_, f)
    change(pack, 'pack.json', lambda p: p['files'].append('walks/%s.json' % name))


SUBMIT = {'do': 'submit_application'}


def small(*steps, **more):
    return dict({'starts': '2026-07-01T09:00:00', 'answers_of': 'refugee', 'steps': [SUBMIT, *steps], 'open': True}, **more)


def a_wrong_word_is_named_with_its_step(folder):
    pack = copy(folder)
    write(pack, 'mine', small({'do': 'register_application', 'expect': {'status': 'DECIDED', 'at': [], 'clocks': {'lodging': None}}}))
    said = walk(pack, 'mine', code=1)
    assert 'wrong   mine, step 2: status: expected DECIDED, is IN_CHECK\n' in said, said
    assert 'wrong   mine, step 2: at: expected none, is check_completeness\n' in said, said
    assert 'wrong   mine, step 2: clock lodging: expected none, is 2026-07-22\n' in said, said
    assert said.endswith('1 walks, 1 wrong\n'), said


def what_cannot_be_done_ends_the_walk(folder):
    pack = copy(folder)
    write(pack, 'mine', small({'do': 'sign_decision'}, {'do': 'register_application'}))
    said = walk(pack, 'mine', code=1)
    assert 'wrong   mine, step 2: sign_decision: expected done, is trial_no_thing' in said and 'step 3' not in said, said
    write(pack, 'other', small({'do': 'register_application', 'refused': 'not_now'}))
    said = walk(pack, 'other', code=1)
    assert 'step 2: register_application: expected refused by not_now, is done\n' in said, said
    write(pack, 'third', small({'do': 'fly'}))
    assert 'step 2: fly: expected done, is trial_command' in walk(pack, 'third', code=1)
    write(pack, 'fourth', small({'do': 'register_application', 'with': {'made_un': 'today'}}))
    assert 'is trial_field, what: made_un' in walk(pack, 'fourth', code=1)


def a_case_that_is_not_over_is_named(folder):
    pack = copy(folder)
    write(pack, 'mine', {'answers_of': 'refugee', 'starts': '2026-07-01T09:00:00', 'steps': [SUBMIT], 'ends': ['decision_final']})
    said = walk(pack, 'mine', code=1)
    assert 'wrong   mine: ends: expected decision_final, is none\n' in said, said
    assert 'wrong   mine: the case is not over; it is at register_application\n' in said, said


def an_end_that_no_walk_reaches_is_named(folder):
    pack = copy(folder)
    only(pack, 'refugee')
    said = walk(pack, code=1)
    assert 'no walk reaches the end asylum/' in said and 'no walk reaches the end asylum/decision_final\n' not in said, said
    assert 'ok      refugee' in said and '1 walks, 0 wrong; ' in said, said
    assert walk(pack, 'refugee').endswith('1 walks, 0 wrong\n')  # one alone is no mistake
    assert 'no walk takes the way asylum/' in said, said


def a_way_is_a_mistake_only_when_asked(folder):
    pack = copy(folder, 'citizenship')  # the smallest: all of it is walked twice
    only(pack, *(n for n in walks(pack) if n not in ('tests_again', 'adjourned')))
    said = walk(pack)
    assert 'no walk takes the way' in said and 'no walk reaches the end' not in said, said
    walk(pack, '--ways', code=1)


def a_slip_of_the_pen_is_refused(folder):
    pack = copy(folder)
    write(pack, 'mine', small({'do': 'register_application', 'expct': {}}))
    said = walk(pack, code=1)
    assert 'walks/mine.json' in said and 'expct' in said and 'steps[1]' in said, said
    write(copy(folder + '/b'), 'mine', small({'do': 'x', 'wait': 'P1D'}))
    said = walk(folder + '/b/pack', code=1)
    assert 'walks/mine.json' in said and 'steps[1]' in said, said
    said = walk(os.path.join(ROOT, 'packs', 'eu-asylum'), 'nobody', code=1)
    assert 'nobody: The pack has no walk' in said, said


def letters_are_written_for_those_who_read_them(folder):
    pack = copy(folder)
    walk(pack, 'refugee', '--language', 'ar', '--dump', folder + '/letters')
    names = sorted(os.listdir(folder + '/letters'))
    assert names[0] == 'refugee-01-receipt-ar.pdf' and names[1] == 'refugee-01-receipt-ar.txt', names
    assert all(os.path.getsize(folder + '/letters/' + n) > 400 for n in names)
    with open(folder + '/letters/' + names[0], 'rb') as f:
        assert f.read(5) == b'%PDF-'


def nothing_is_left_behind(folder):
    os.mkdir(folder + '/tmp')
    walk(os.path.join(ROOT, 'packs', 'eu-asylum'), 'refugee', folder=folder + '/tmp')
    assert os.listdir(folder + '/tmp') == []
    said = walk(os.path.join(ROOT, 'packs', 'eu-asylum'), '--list')
    assert 'refugee\t' in said, said


TESTS = [a_wrong_word_is_named_with_its_step, what_cannot_be_done_ends_the_walk, a_case_that_is_not_over_is_named,
         an_end_that_no_walk_reaches_is_named, a_way_is_a_mistake_only_when_asked, a_slip_of_the_pen_is_refused,
         letters_are_written_for_those_who_read_them, nothing_is_left_behind]
print('1..%d' % len(TESTS))
failed = 0
for number, test in enumerate(TESTS, 1):
    with tempfile.TemporaryDirectory(prefix='ostia-walks-') as place:
        os.makedirs(place + '/b')
        try:
            test(place)
            print('ok %d - %s' % (number, test.__name__))
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print('not ok %d - %s' % (number, test.__name__))
            print('\n'.join('# ' + line for line in traceback.format_exc().splitlines()))
sys.exit(1 if failed else 0)
