"""libostia-rules for other programs: installed, found by pkg-config alone, and its manual page's example runs."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

BUILD, ROOT = sys.argv[1:3]
HEADERS = ('base/arena.h', 'base/date.h', 'base/json.h', 'base/moment.h', 'base/problem.h', 'base/status.h', 'base/text.h',
           'rules/dmn.h', 'rules/dmn_check.h', 'rules/dmn_write.h', 'rules/feel.h')


def run(*words, **more):
    done = subprocess.run(words, capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, '%s\n%s%s' % (' '.join(words), done.stdout, done.stderr)
    return done.stdout


def found(folder, name):
    paths = [os.path.join(at, name) for at, _, files in os.walk(folder) if name in files]
    assert len(paths) == 1, (name, paths)
    return paths[0]


def example():
    """The program in the manual page."""
    with open(os.path.join(ROOT, 'docs', 'man', 'libostia-rules.3'), encoding='utf-8') as f:
        page = f.read()
    program = re.search(r'\.SH EXAMPLES\n\.nf\n(.*?)\.fi', page, re.DOTALL).group(1)
    return program.replace('\\\\', '\\')


def only_what_is_needed_is_installed(folder):
    include = os.path.join(folder, 'usr', 'local', 'include', 'ostia')
    files = sorted(os.path.relpath(os.path.join(at, f), include) for at, _, names in os.walk(include) for f in names)
    assert files == sorted(HEADERS), files
    for name in ('libostia-rules.a', 'libostia-rules.so', 'libostia-rules.pc', 'libostia-rules.3'):
        found(folder, name)


def pkg_config(folder, *words):
    path = os.path.dirname(found(folder, 'libostia-rules.pc'))
    return run('pkg-config', *words, 'libostia-rules', env=dict(os.environ, PKG_CONFIG_PATH=path, PKG_CONFIG_SYSROOT_DIR=folder)).split()


def programs_find_it_by_pkg_config(folder):
    outside = os.path.join(folder, 'outside')
    os.makedirs(outside)
    with open(outside + '/program.c', 'w', encoding='utf-8') as f:
        f.write(example())
    flags = pkg_config(folder, '--cflags', '--libs')
    run('cc', '-o', 'program', 'program.c', *flags, cwd=outside)
    library = os.path.dirname(found(folder, 'libostia-rules.so'))
    assert run('./program', cwd=outside, env=dict(os.environ, LD_LIBRARY_PATH=library)) == 'true\n'
    static = [word for word in pkg_config(folder, '--static', '--cflags', '--libs') if word != '-lostia-rules']
    run('cc', '-o', 'static', 'program.c', *static[:1], found(folder, 'libostia-rules.a'), *static, cwd=outside)
    assert run('./static', cwd=outside) == 'true\n'


def the_library_shows_what_its_headers_declare(folder):
    shown = {line.split()[-1].split('@')[0] for line in run('nm', '-D', '--defined-only', found(folder, 'libostia-rules.so')).splitlines()}
    shown = {name for name in shown if not name.startswith('OSTIA_RULES')}
    declared = ''
    for name in HEADERS:
        with open(os.path.join(ROOT, 'src', name), encoding='utf-8') as f:
            declared += f.read()
    missing = [name for name in shown if not re.search(r'\b%s\(' % name, declared)]
    assert not missing and len(shown) > 100, (missing, len(shown))
    for name in ('feel_eval', 'dmn_evaluate', 'dmn_check', 'dmn_write_cell', 'arena_free', 'text_printf'):
        assert name in shown, name


TESTS = (only_what_is_needed_is_installed, programs_find_it_by_pkg_config, the_library_shows_what_its_headers_declare)
folder, failed = tempfile.mkdtemp(prefix='ostia-library-'), 0
print('1..%d' % len(TESTS))
try:
    run('meson', 'install', '--no-rebuild', '-C', BUILD, '--destdir', folder)
    for number, test in enumerate(TESTS, 1):
        try:
            test(folder)
            print('ok %d - %s' % (number, test.__name__))
        except AssertionError as why:
            failed = 1
            print(''.join('# %s\n' % line for line in str(why).splitlines()), end='')
            print('not ok %d - %s' % (number, test.__name__))
finally:
    shutil.rmtree(folder, ignore_errors=True)
sys.exit(failed)
