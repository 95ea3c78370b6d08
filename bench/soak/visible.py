"""From the acknowledged command at one authority until another one's case file shows what it told: two real servers on this machine.

  visible.py PROGRAM HAND [TIMES]     part of ./dev bench exchange
"""
import os
import re
import shutil
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, 'tests', 'federation'))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api import Api  # noqa: E402
from authorities import Federation, run  # noqa: E402
from cases import application, in_a_moment, lodge, reception  # noqa: E402

LOOK_S = 0.005  # between two looks at the case file


def client(a):
    said = a.ostia('client', 'add', '--id', 'bench', '--name', 'Bench', '--unit', 'North', '--roles', 'registrar,officer,supervisor',
                   '--purposes', 'registration,asylum_examination')
    return Api(a.host, a.web, 'bench', re.search(r'^secret (\S+)', said, re.MULTILINE).group(1))


def told(api, case):
    return len(api.call('GET', '/api/cases/%d/events' % case, 'asylum_examination')['events'])


def measure(a, b, here, there, times):
    took, booked = [], False
    for _ in range(times):
        before = told(b, there)
        if booked:
            a.do(here, 'cancel_interview', 'asylum_examination', appointment=a.appointment(here), reason='The interpreter is ill.')
        a.do(here, 'book_interview', 'asylum_examination', starts=in_a_moment(40 * 86400), minutes=60, place='Room 4', language='fas')
        start, booked = time.monotonic(), True
        while told(b, there) == before:
            time.sleep(LOOK_S)
        took.append(time.monotonic() - start)
    return sorted(took)


def main(program, hand, times='100'):
    folder = tempfile.mkdtemp(prefix='ostia-visible-', dir=os.environ.get('OSTIA_BENCH', '/var/tmp'))
    federation = Federation(folder, program, 0, has_clock=False)
    try:
        federation.furnish()
        federation.start()
        federation.introduce()
        office, other = federation['asylum'], federation['reception']
        a, b = client(office), client(other)
        here, there = application(a, 'Sample', 'Noor'), reception(b, 'Sample', 'Noor')
        federation.stop()
        run(hand, office.home + '/privacy', str(office.code), str(here), other.home + '/privacy', str(other.code), str(there))
        federation.start()
        a.close()
        b.close()
        lodge(a, here)
        took = measure(a, b, here, there, int(times))
        print('acknowledged at A until shown in the case file of B, two servers, %d times: p50 %.0f ms, p99 %.0f ms, most %.0f ms' % (
            len(took), took[len(took) // 2] * 1e3, took[len(took) * 99 // 100] * 1e3, took[-1] * 1e3))
    finally:
        federation.stop()
        shutil.rmtree(folder, ignore_errors=True)


main(*sys.argv[1:])
