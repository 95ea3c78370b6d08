"""Two authorities on one machine: one cosigns the log of the other, and a stranger checks a proof without either."""
import hashlib
import os
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request

from server import Server
from story import demo, ostia, run

VERIFY = os.path.join(os.path.dirname(os.path.dirname(sys.argv[1])), 'verify', 'ostia-verify')


def get(port, path, body=None):
    try:
        with urllib.request.urlopen(urllib.request.Request('http://127.0.0.1:%d%s' % (port, path), data=body,
                                                           headers={'Content-Type': 'text/plain'} if body else {})) as answer:
            return answer.status, answer.headers['Content-Type'], answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers['Content-Type'], refused.read()


def keys(data):
    return dict(line.split(' ', 1) for line in ostia('log', 'keys', '--data', data).splitlines())


def verify(*words):
    done = subprocess.run([VERIFY, *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def cosigned(log):
    for _ in range(200):
        _, _, note = get(log.port, '/log/checkpoint')
        if note.count('\u2014'.encode()) == 2:
            return note.decode()
        time.sleep(0.05)
    raise AssertionError('no cosignature came: %s%s' % (note.decode(), log.said()))


def a_log_is_cosigned_and_proved(folder):
    ours, theirs = folder + '/ours', folder + '/theirs'
    demo(ours, 8)
    witness, log = Server(theirs, '--log', 'b.example/log'), Server(ours, '--log-tiles', 'yes')
    try:
        ostia('log', 'watch', keys(ours)['log'], '--data', theirs)
        ostia('log', 'witness', keys(theirs)['witness'], '--url', 'http://127.0.0.1:%d/witness' % witness.port, '--data', ours)
        note = cosigned(log)
        origin, size = note.split('\n')[:2]
        status, media, tile = get(log.port, '/log/tile/0/000%s' % ('' if int(size) >= 256 else '.p/' + size))
        assert (status, media) == (200, 'application/octet-stream') and len(tile) == 32 * min(int(size), 256)
        db = sqlite3.connect(ours + '/ostia.db')
        leaf = db.execute('select bytes from event where seq = 5').fetchone()[0]
        db.close()
        assert hashlib.sha256(b'\0' + leaf).digest() == tile[4 * 32:5 * 32]
        assert get(log.port, '/log/tile/entries/000')[0] == 404  # leaves stay in the house
        assert get(witness.port, '/log/tile/0/000.p/1')[0] == 404  # tiles are not public unless somebody says so
        seen = get(witness.port, '/witness/%s/checkpoint' % hashlib.sha256(origin.encode()).hexdigest())
        assert seen[0] == 200 and seen[2].decode().startswith(origin), seen
        status, media, body = get(witness.port, '/witness/add-checkpoint', ('old 0\n\n' + note).encode())
        assert (status, media, body) == (409, 'text/x.tlog.size', size.encode() + b'\n')
        assert get(witness.port, '/witness/add-checkpoint', b'rubbish')[0] == 400
        assert 'cosigned %s leaves' % size in ostia('log', 'witnesses', '--data', ours)
        ostia('log', 'bundle', '5', '--data', ours, '--out', folder + '/b')
        ostia('log', 'bundle', '5', '--data', ours, '--out', folder + '/b', code=1)  # nothing is overwritten
        with open(folder + '/leaf', 'wb') as f:
            f.write(leaf)
        log_key, witness_key = keys(ours)['log'], keys(theirs)['witness']
    finally:
        log.stop()
        witness.stop()

    code, said = verify(folder + '/leaf', folder + '/b', '--key', log_key, '--witness', witness_key)
    assert code == 0 and 'Witness b.example/log/witness had seen it by' in said, said
    assert verify(folder + '/leaf', folder + '/b', '--key', log_key, '--needed', '1')[0] == 1
    assert verify(folder + '/leaf', folder + '/b', '--key', keys(theirs)['log'])[0] == 1
    assert verify(folder + '/b', folder + '/leaf', '--key', log_key)[0] == 1
    assert verify(folder + '/leaf', folder + '/nothing', '--key', log_key)[0] == 2
    # The key is stolen: changed, then revoked. What the witness had seen before stays proved, and only that.
    ostia('log', 'rotate', '--data', ours)
    ostia('log', 'revoke', '2', '--data', ours, code=1)
    ostia('log', 'revoke', '1', '--data', ours)
    with open(folder + '/keys', 'w', encoding='utf-8') as f:
        f.write(ostia('log', 'keys', '--list', '--data', ours))
    bundle = [folder + '/leaf', folder + '/b', '--key', log_key, '--keys', folder + '/keys']
    code, said = verify(*bundle, '--witness', witness_key)
    assert code == 0 and 'was good for this' in said, said
    code, said = verify(*bundle)
    assert code == 1 and 'The key was revoked' in said, said
    ostia('verify', '--data', ours)
    ostia('rebuild', '--check', '--data', ours)
    with open(folder + '/leaf', 'r+b') as f:
        f.seek(9)
        f.write(b'!')
    code, said = verify(folder + '/leaf', folder + '/b', '--key', log_key)
    assert code == 1 and said.startswith('NOT PROVED'), said


run(a_log_is_cosigned_and_proved)
