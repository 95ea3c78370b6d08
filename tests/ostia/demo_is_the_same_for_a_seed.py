"""The demonstration: the same for a seed, in every state, without a refused command, and rebuilt from its log."""
import sqlite3

from story import demo, make_demo, ostia, run

WANTED = ('select case_id, case_no, status, task, family_name, given_names, birth, made_at, decided_at, version from case_file'
          ' order by case_id')


def rows(data, sql):
    db = sqlite3.connect(data + '/ostia.db')
    found = db.execute(sql).fetchall()
    db.close()
    return found


def the_same_seed_gives_the_same_cases(folder):
    make_demo(folder + '/one', 24, seed=7)
    make_demo(folder + '/two', 24, seed=7)
    make_demo(folder + '/other', 24, seed=8)
    one, two, other = (rows(folder + name, WANTED) for name in ('/one', '/two', '/other'))
    assert len(one) == 24 and one == two
    assert one != other


def two_hundred_cases_are_in_every_state_and_rebuild(folder):
    said = demo(folder + '/data', 200)
    assert 'refused' not in said, said
    states = {row[0] for row in rows(folder + '/data', 'select distinct status from case_file')}
    for state in ('RECEIVED', 'NEEDS_YOU', 'IN_CHECK', 'INTERVIEW', 'DECISION_READY', 'DECIDED', 'APPEAL', 'CLOSED'):
        assert state in states, 'no case is ' + state
    counts = {name: rows(folder + '/data', 'select count(*) from ' + name)[0][0]
              for name in ('document', 'message', 'note', 'appeal', 'file_number')}
    assert all(counts.values()), counts
    assert rows(folder + '/data', "select count(*) from case_file where channel = 'paper'")[0][0] > 10
    assert rows(folder + '/data', 'select count(*) from case_file where is_draft = 1')[0][0] > 0
    late = rows(folder + '/data', 'select count(*) from case_file where is_draft = 0 and is_closed = 0 and due_at <'
                                  ' (select max(changed_at) from case_file)')[0][0]
    assert late > 0, 'nothing is overdue'
    ostia('rebuild', '--check', '--data', folder + '/data')


def people_are_told_how_to_sign_in(folder):
    demo(folder + '/data', 8)
    said = ostia('demo-code', '--data', folder + '/data')
    for name in ('applicant', 'officer', 'second', 'supervisor', 'policy'):
        assert name in said and 'code' in said, said
    assert 'officer@' in ostia('demo-code', 'officer', '--data', folder + '/data')
    ostia('demo-code', 'nobody', '--data', folder + '/data', code=1)


def real_cases_are_never_mixed_with_invented_ones(folder):
    demo(folder + '/data', 8)
    said = ostia('demo', '--cases', 8, '--data', folder + '/data', code=1)
    assert 'already' in said


run(the_same_seed_gives_the_same_cases, two_hundred_cases_are_in_every_state_and_rebuild, people_are_told_how_to_sign_in,
    real_cases_are_never_mixed_with_invented_ones)
