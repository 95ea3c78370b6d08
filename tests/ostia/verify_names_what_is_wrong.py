"""One flipped byte anywhere, in an event, a proof, a document or a table, is found and named."""
import glob
import os
import sqlite3

from story import demo, ostia, run


def change(data, sql, *values):
    db = sqlite3.connect(os.path.join(data, 'ostia.db'))
    done = db.execute(sql, values)
    assert done.rowcount == 1, 'the test changed %d rows' % done.rowcount
    db.commit()
    db.close()


def one(data, sql, *values):
    db = sqlite3.connect(os.path.join(data, 'ostia.db'))
    row = db.execute(sql, values).fetchone()
    db.close()
    return row


def flip(content, at):
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1:]


def wrong(data, *words):
    said = ostia('verify', '--data', data, code=1)
    assert 'WRONG' in said, said
    for word in words:
        assert word in said, 'not named: %s in: %s' % (word, said)


def a_whole_demonstration_is_right(folder):
    demo(folder + '/data', 60)
    assert 'all is as it was written' in ostia('verify', '--data', folder + '/data')
    assert 'rows are what the log says' in ostia('rebuild', '--check', '--data', folder + '/data')


def every_byte_of_an_event_counts(folder):
    data = folder + '/data'
    demo(data, 8)
    seq, content = one(data, 'select seq, bytes from event where length(bytes) > 100 order by seq limit 1 offset 5')
    for at in (0, 7, len(content) // 2, len(content) - 1):
        change(data, 'update event set bytes = ? where seq = ?', flip(content, at), seq)
        wrong(data, 'event %d' % seq)
    change(data, 'update event set bytes = ? where seq = ?', content, seq)
    ostia('verify', '--data', data)


def a_missing_event_is_named(folder):
    data = folder + '/data'
    demo(data, 8)
    seq = one(data, 'select max(seq) - 3 from event')[0]
    change(data, 'delete from event where seq = ?', seq)
    wrong(data, str(seq))


def every_hash_of_the_tree_counts(folder):
    data = folder + '/data'
    demo(data, 8)
    level, index, content = one(data, 'select level, idx, hashes from log_tile order by level, idx limit 1')
    for at in (3, len(content) - 1):
        change(data, 'update log_tile set hashes = ? where level = ? and idx = ?', flip(content, at), level, index)
        wrong(data)
    change(data, 'update log_tile set hashes = ? where level = ? and idx = ?', content, level, index)
    ostia('verify', '--data', data)


def a_forged_checkpoint_is_seen(folder):
    data = folder + '/data'
    demo(data, 8)
    note = one(data, 'select note from log_checkpoint')[0]
    lines = note.split('\n')
    lines[1] = str(int(lines[1]) - 1)
    change(data, 'update log_checkpoint set note = ?', '\n'.join(lines))
    wrong(data, 'checkpoint')


def a_changed_or_missing_document_is_named(folder):
    data = folder + '/data'
    demo(data, 60)
    paths = sorted(glob.glob(data + '/blobs/??/*'))
    assert paths, 'the demonstration has no documents'
    with open(paths[0], 'rb') as f:
        content = f.read()
    name = os.path.basename(paths[0])
    for at in (0, len(content) // 2, len(content) - 1):
        os.chmod(paths[0], 0o600)
        with open(paths[0], 'wb') as f:
            f.write(flip(content, at))
        wrong(data, 'document', name[:16], 'bytes')
    os.remove(paths[0])
    wrong(data, 'document', 'missing')


def a_table_that_does_not_follow_from_the_log_is_named(folder):
    data = folder + '/data'
    demo(data, 8)
    case = one(data, 'select max(case_id) from case_file')[0]
    change(data, "update case_file set given_names = 'Somebody Else' where case_id = ?", case)
    ostia('verify', '--data', data)  # the log itself is right
    said = ostia('rebuild', '--check', '--data', data, code=1)
    assert 'case_file' in said and str(case) in said and 'given_names' in said, said
    assert 'Somebody' not in said, 'a name was shown to the operator: ' + said
    ostia('rebuild', '--data', data)
    ostia('rebuild', '--check', '--data', data)
    assert one(data, 'select given_names from case_file where case_id = ?', case)[0] != 'Somebody Else'


def an_added_and_a_lost_row_are_named(folder):
    data = folder + '/data'
    demo(data, 8)
    case = one(data, 'select min(case_id) from case_file')[0]
    change(data, 'insert into note (note_id, case_id, by_id, body, at) values (999999, ?, 1, ?, 1)', case, 'forged')
    said = ostia('rebuild', '--check', '--data', data, code=1)
    assert 'note' in said and '999999' in said, said
    ostia('rebuild', '--data', data)
    change(data, 'delete from person where person_id = (select min(person_id) from person)')
    said = ostia('rebuild', '--check', '--data', data, code=1)
    assert 'person' in said and 'missing' in said, said


run(a_whole_demonstration_is_right, every_byte_of_an_event_counts, a_missing_event_is_named, every_hash_of_the_tree_counts,
    a_forged_checkpoint_is_seen, a_changed_or_missing_document_is_named, a_table_that_does_not_follow_from_the_log_is_named,
    an_added_and_a_lost_row_are_named)
