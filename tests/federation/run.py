"""`./dev federation`: three authorities and a witness on this machine, until Ctrl-C.

  run.py PROGRAM [--port N] [--folder DIR] [--describe FILE]
"""
import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time

from authorities import FAKETIME, Federation

DEMO = ('officer', 'second', 'supervisor', 'applicant')


def say_where(federation):
    print('\n%-10s %5s  %-36s %-24s door' % ('', 'code', '', 'pages'))
    for a in federation.all:
        print('%-10s %5s  %-36s %-24s %s' % (a.name, a.code or '', a.title, a.url, 'https://%s:%d' % (a.host, a.door) if a.code else ''))
    print('\nSign in at each of them as')
    for who, (email, password, _) in federation['asylum'].cards().items():
        if who in DEMO:
            print('  %-12s %-26s %s' % (who, email, password))
    print('The code: %s demo-code --data %s/NAME/data' % (os.path.relpath(federation.program), federation.folder))
    if federation.has_clock:
        print('Another day for all: echo +30d >%s   (one-time codes follow that clock)' % federation.clock)
    print('Ctrl-C ends them all, and removes what they wrote.\n', flush=True)


def main():
    words = argparse.ArgumentParser()
    words.add_argument('program')
    words.add_argument('--port', type=int, default=8090, help='the first of four; 0: any that are free')
    words.add_argument('--folder')
    words.add_argument('--describe')
    words = words.parse_args()
    folder = words.folder or tempfile.mkdtemp(prefix='ostia-federation-')
    os.makedirs(folder, exist_ok=True)
    has_clock = os.path.exists(FAKETIME)
    if not has_clock:
        print('no libfaketime (Debian package faketime): time passes as it does outside', file=sys.stderr)
    federation = Federation(folder, words.program, words.port, has_clock=has_clock)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        federation.furnish()
        federation.start()
        federation.introduce()
        say_where(federation)
        if words.describe:
            with open(words.describe + '.new', 'w', encoding='utf-8') as f:
                json.dump(federation.describe(), f)
            os.rename(words.describe + '.new', words.describe)
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        pass
    finally:
        ends = federation.stop()
        if not words.folder:  # made here
            shutil.rmtree(folder, ignore_errors=True)
    return 1 if any(ends.values()) else 0


sys.exit(main())
