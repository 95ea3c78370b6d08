"""Every metric and every line of the log stands in the runbook, and the service lets workers shut themselves in."""
import glob
import os
import re

from story import ROOT, run


def read(*path):
    with open(os.path.join(ROOT, *path), encoding='utf-8') as f:
        return f.read()


def sources():
    return ''.join(read(os.path.relpath(path, ROOT)) for path in glob.glob(ROOT + '/src/**/*.c', recursive=True))


def every_metric_and_log_line_is_explained(folder):
    text, page = sources(), read('docs', 'operations.md')
    metrics = set(re.findall(r'metrics_(?:one|head)\(\w+, "([a-z_]+)"', text))
    lines = {name for call in re.findall(r'log_line\((.*?);', text, re.DOTALL) for name in re.findall(r'"([a-z_]+\.[a-z_]+)"', call)}
    assert len(metrics) > 15 and len(lines) > 25, (metrics, lines)
    missing = sorted(name for name in metrics | lines if '`%s`' % name not in page)
    assert not missing, missing


def the_service_is_shut_in_and_workers_can_be(folder):
    lines = dict(line.split('=', 1) for line in read('deploy', 'systemd', 'ostia.service').splitlines() if re.match(r'\w+=', line))
    for name, wanted in (('NoNewPrivileges', 'yes'), ('ProtectSystem', 'strict'), ('PrivateTmp', 'yes'), ('LimitCORE', '0'),
                         ('CapabilityBoundingSet', ''), ('RestrictNamespaces', 'user net ipc'), ('Requires', 'ostia.socket')):
        assert lines[name] == wanted, name
    assert 'Also' not in lines  # the package would restart the socket with the service
    for call in ('seccomp', 'landlock_restrict_self', 'unshare'):
        assert call in lines['SystemCallFilter'].split(), call
    # Longer than the server itself may take, or it is killed in the middle of its stop.
    hard = int(re.search(r'STOP_S_MAX =\s*(\d+)', read('src', 'ostia', 'serve.c'))[1])
    assert int(lines['TimeoutStopSec']) > hard


run(every_metric_and_log_line_is_explained, the_service_is_shut_in_and_workers_can_be)
