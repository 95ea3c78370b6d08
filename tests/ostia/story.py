"""What the tests of the program share: running it, and printing TAP."""
import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import traceback

PROGRAM, ROOT = map(os.path.abspath, sys.argv[1:3])
PACK = os.path.join(ROOT, 'packs', 'eu-asylum')
COMMON = os.path.join(ROOT, 'packs', 'eu-common')
UNTIL = '2026-11-20'


def ostia(*words, code=0):
    """Runs the program; its output. `code` is the exit code that is wanted (None: any)."""
    done = subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=600, check=False)
    if code is not None and done.returncode != code:
        raise AssertionError('%s: exit code %d\n%s%s' % (' '.join(map(str, words)), done.returncode, done.stdout, done.stderr))
    return done.stdout + done.stderr


MADE = {}  # demonstrations of this program: (cases, seed) to folder and what was said


def demo(folder, cases, seed=1):
    """A demonstration in a folder: made once, since it is the same for a seed, and copied from then on."""
    if (cases, seed) not in MADE:
        made = tempfile.mkdtemp(prefix='ostia-test-')
        atexit.register(shutil.rmtree, made, ignore_errors=True)
        MADE[cases, seed] = made, make_demo(made + '/data', cases, seed)
    made, said = MADE[cases, seed]
    shutil.copytree(made + '/data', folder)
    return said


def make_demo(folder, cases, seed=1):
    return ostia('demo', '--cases', cases, '--seed', seed, '--until', UNTIL, '--data', folder, '--pack', PACK)


def copy_pack(folder):
    """The shipped pack with the one that it needs inside: whole wherever it lies."""
    shutil.copytree(PACK, folder)
    shutil.copytree(COMMON, folder + '/needs/eu-common')
    return folder


def run(*tests):
    """Runs each test with a folder of its own."""
    failed = 0
    print('1..%d' % len(tests))
    for number, test in enumerate(tests, 1):
        folder = tempfile.mkdtemp(prefix='ostia-test-')
        try:
            test(folder)
            result = 'ok'
        except Exception:
            failed += 1
            result = 'not ok'
            print(''.join('# ' + line + '\n' for line in traceback.format_exc().splitlines()), end='')
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        print('%s %d - %s' % (result, number, test.__name__), flush=True)
    sys.exit(1 if failed else 0)
