"""`./dev soak [MINUTES]`: three authorities and a witness in network namespaces of their own, killed and cut off while cases move; then nothing is missing.

  soak.py PROGRAM MINUTES [--seed N] [--folder DIR] [--pairs N]      as root; prints TAP
"""
import argparse
import collections
import ctypes
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, 'tests', 'federation'))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api import Api, Refused, Staff, StaffApi  # noqa: E402
from authorities import Federation, run, wait_for  # noqa: E402
from cases import application, in_a_moment, lodge, reception, request, today  # noqa: E402
from wire import Host, Wire  # noqa: E402

NAMES = ('asylum', 'reception', 'abroad', 'witness')
CLONE_NEWNET = 0x40000000
SETTLED_S = 600   # until everything is delivered after the links are healed: an attempt that failed waits a minute at most
EVENT_S = (4, 12)  # between two bad things
STEP_S = (0.2, 1)  # between two steps of a pair of cases
LAST_S = 60  # for the command that is under way when it ends
AT_LODGING = 3  # ASY_REGISTERED, ASY_DOC_ISSUED, ASY_LODGED


def enter(namespace):
    """This thread is in that network from now on."""
    with open('/run/netns/' + namespace, encoding='utf-8') as f:
        if ctypes.CDLL(None, use_errno=True).setns(f.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), namespace)


class Worker(threading.Thread):
    """Moves one pair of cases, one at each of two authorities, a step a time."""

    def __init__(self, soak, number):
        super().__init__(daemon=True)
        self.soak, self.number, self.dice = soak, number, random.Random(soak.seed * 1000 + number)
        self.failed, self.stopping, self.steps, self.refused, self.last_refusal = None, False, 0, 0, ''
        self.apis, self.told = {}, collections.Counter()  # (who, whom) -> events that acknowledged commands must have told

    def api(self, name, second=False):
        key = name + ('-second' if second else '')
        if key not in self.apis:
            a = self.soak.federation[name]
            self.apis[key] = StaffApi(a.host, a.web, self.soak.second) if second else Api(a.host, a.web, *self.soak.clients[key])
        return self.apis[key]

    def run(self):
        try:
            enter(self.soak.driver.name)
            while not self.stopping:
                try:
                    self.step()
                    self.steps += 1
                except Refused as no:  # the other side has not come so far; or a clock did it meanwhile
                    self.refused += 1
                    self.last_refusal = str(no)
                    time.sleep(0.5)
                time.sleep(self.dice.uniform(*STEP_S))
        except Exception:  # told at the end
            self.failed = traceback.format_exc()

    def name_of(self):
        """Numbers are no names: a, b, ... z, ba ..."""
        digits, n = '', self.number
        while n or not digits:
            digits, n = chr(ord('a') + n % 26) + digits, n // 26
        return 'Noor ' + digits.capitalize() + 'o'



class Reception(Worker):
    """An application here, a place to stay there: interviews are booked and cancelled, and the person moves."""
    partner = 'reception'

    def make(self):
        self.here = application(self.api('asylum'), 'Sample', self.name_of())
        self.there = reception(self.api('reception'), 'Sample', self.name_of())
        self.at, self.booked = 'new', False

    def prepare(self, person):
        pass

    def step(self):
        a, r = self.api('asylum'), self.api('reception')
        if self.at == 'new':
            lodge(a, self.here)
            self.told['asylum', 'reception'] += AT_LODGING
            self.at = 'lodged'
        elif self.at == 'lodged':
            r.task(self.there, 'allocate_place', **self.place())
            self.told['reception', 'asylum'] += 1
            self.at = 'placed'
        elif self.at == 'placed':
            r.task(self.there, 'record_arrival', result='arrived', on=today())
            self.told['reception', 'asylum'] += 1
            self.at = 'stays'
        elif self.dice.random() < 0.5:
            if self.booked:
                a.do(self.here, 'cancel_interview', 'asylum_examination', appointment=a.appointment(self.here), reason='The interpreter is ill.')
            else:
                a.do(self.here, 'book_interview', 'asylum_examination', starts=in_a_moment(40 * 86400), minutes=60, place='Room 4', language='fas')
                self.told['asylum', 'reception'] += 1
            self.booked = not self.booked
        elif self.at == 'moves':
            r.task(self.there, 'move_person', **self.place())
            self.told['reception', 'asylum'] += 1
            self.at = 'stays'
        else:
            r.task(self.there, 'follow_stay', next='move', on=today())
            self.at = 'moves'

    @staticmethod
    def place():
        return {'place': 'House at the quay', 'address': 'Harbour Road 1', 'from': today(), 'needs_met': 'none'}


class Responsibility(Worker):
    """An application here, a request there: asked, refused, asked again."""
    partner = 'abroad'

    def make(self):
        self.here = application(self.api('asylum'), 'Example', self.name_of())
        self.there = request(self.api('abroad'), 'Example', self.name_of())
        self.at = 'book'

    def prepare(self, person):
        """What a person does: a system may not say that another state is responsible."""
        lodge(self.api('asylum'), self.here)
        self.told['asylum', 'abroad'] += 1  # ASY_LODGED
        person.do(self.here, 'choose_track', 'asylum_examination', track='responsibility', reason='The file shows it.')
        self.api('asylum').task(self.here, 'open_responsibility', law='ammr', note='It is all in the file.')

    def step(self):
        getattr(self, self.at)()

    def book(self):
        self.api('asylum').do(self.here, 'book_interview', 'asylum_examination', starts=in_a_moment(3), minutes=30, place='Room 4', language='fas')
        self.at = 'hold'

    def hold(self):
        time.sleep(3)
        a = self.api('asylum')
        a.do(self.here, 'hold_interview', 'asylum_examination', appointment=a.appointment(self.here), was_held=True, record='Asked about visa and family.',
             present='Officer')
        self.at = 'read_back'

    def read_back(self):
        self.api('asylum').do(self.here, 'read_back_interview', 'asylum_examination', is_confirmed=True)
        self.at = 'assess'

    def assess(self):
        self.api('asylum').task(self.here, 'assess_criteria', criterion='irregular_entry', request='take_charge', state='DEU', basis='other_evidence',
                                detained='no', in_best_interests='no_child', evidence='Stamps in the passport.')
        self.at = 'ask'

    def ask(self):
        self.api('asylum').task(self.here, 'send_take_charge', reference='A-%d' % self.number, sent_on=today())
        self.told['asylum', 'abroad'] += 1
        self.told['abroad', 'asylum'] += 1  # TCH_RECEIVED: nobody does it, what came drives the case there
        self.at = 'answer'

    def answer(self):
        self.api('abroad').task(self.there, 'check_criteria', criterion='none', answer='refused', refusal_ground='no_evidence', in_best_interests='no_child',
                                evidence='No entry of ours.')
        self.at = 'agree'

    def agree(self):
        self.api('abroad', second=True).task(self.there, 'approve_refusal', agrees='yes')
        self.told['abroad', 'asylum'] += 1
        self.at = 'review'

    def review(self):
        self.api('asylum').task(self.here, 'review_refusal', next='ask_again', note='There is more.')  # Refused until the answer has come
        self.at = 'ask'


class Chaos(threading.Thread):
    """Kills, cuts and slows, one thing after the other, until it is told to stop; then heals."""

    def __init__(self, soak):
        super().__init__(daemon=True)
        self.soak, self.dice, self.stopping, self.failed = soak, random.Random(soak.seed), False, None
        self.counts = {'kill': 0, 'cut': 0, 'slow': 0}
        self.until = []  # (when, what to do then)

    def run(self):
        try:
            next_at = time.monotonic() + 5
            while not self.stopping:
                now = time.monotonic()
                for item in [i for i in self.until if i[0] <= now]:
                    self.until.remove(item)
                    item[1]()
                if now >= next_at:
                    self.happen(now)
                    next_at = now + self.dice.uniform(*EVENT_S)
                time.sleep(0.1)
            for _, undo in self.until:
                undo()
        except Exception:  # told at the end
            self.failed = traceback.format_exc()

    def happen(self, now):
        kind = self.dice.choice(('kill', 'kill', 'cut', 'slow'))
        a, b = self.dice.sample(self.soak.hosts, 2)
        if kind == 'kill':
            who = self.dice.choice(self.soak.federation.all)
            if not who.process:
                return
            who.kill()
            self.until.append((now + self.dice.uniform(0.2, 8), who.start))
        elif kind == 'cut':
            pair = self.soak.wire.pair(a, b)
            self.soak.wire.cut.add(pair)
            self.until.append((now + self.dice.uniform(2, 40), lambda: self.soak.wire.cut.discard(pair)))
        else:
            pair = self.soak.wire.pair(a, b)
            self.soak.wire.slow[pair] = (self.dice.uniform(0.02, 0.4), self.dice.choice((0, 0, 0.02)))
            self.until.append((now + self.dice.uniform(10, 60), lambda: self.soak.wire.slow.pop(pair, None)))
        self.counts[kind] += 1


class Soak:
    def __init__(self, words, folder):
        self.seed, self.minutes, self.pairs, self.hand, self.folder, self.count = words.seed, words.minutes, words.pairs, words.hand, folder, 0
        self.driver = Host('driver', '10.78.0.1')
        self.hosts = [Host(name, '10.78.0.%d' % (11 + i)) for i, name in enumerate(NAMES)]
        self.wire = Wire([self.driver, *self.hosts], self.seed)
        self.wire.start()
        self.federation = Federation(folder, words.program, 8240, hosts=[h.address for h in self.hosts], has_clock=False)
        for a, h in zip(self.federation.all, self.hosts):
            a.inside = h.inside
        self.clients, self.workers, self.chaos = {}, [], Chaos(self)

    def ok(self, said):
        self.count += 1
        print('ok %d - %s' % (self.count, said), flush=True)

    # ---- beginning

    def begin(self):
        self.federation.furnish()
        self.federation.start()
        self.federation.introduce()
        for a in self.federation.members:
            said = a.ostia('client', 'add', '--id', a.name, '--name', 'Soak', '--unit', 'North', '--roles', 'registrar,officer,supervisor',
                           '--purposes', 'registration,asylum_examination')
            self.clients[a.name] = (a.name, re.search(r'^secret (\S+)', said, re.MULTILINE).group(1))
        abroad = self.federation['abroad']
        self.second = Staff(abroad.url, abroad.cards()['second'])
        self.workers = [(Reception if i % 2 == 0 else Responsibility)(self, i) for i in range(self.pairs)]
        self.inside(lambda: [w.make() for w in self.workers])
        self.link()
        self.inside(self.prepare)
        self.ok('three authorities and a witness run, each in a network of its own; %d pairs of cases' % self.pairs)

    def prepare(self):
        here = self.federation['asylum']
        person = StaffApi(here.host, here.web, Staff(here.url, here.cards()['supervisor']))
        for w in self.workers:
            w.prepare(person)

    def inside(self, do):
        """In the network of the driver."""
        failed = []

        def body():
            try:
                enter(self.driver.name)
                do()
            except Exception as error:  # raised again outside
                failed.append(error)
        thread = threading.Thread(target=body)
        thread.start()
        thread.join()
        if failed:
            raise failed[0]

    def link(self):
        """The channels, as invitations make them; here while no server has the privacy services open."""
        self.federation.stop()
        words = [self.hand]
        for w in self.workers:
            here, there = self.federation['asylum'], self.federation[w.partner]
            words += [here.home + '/privacy', str(here.code), str(w.here), there.home + '/privacy', str(there.code), str(w.there)]
        run(*words)
        self.federation.start()
        self.inside(lambda: [api.close() for w in self.workers for api in w.apis.values()])

    # ---- bad days

    def suffer(self):
        for w in self.workers:
            w.start()
        self.chaos.start()
        begun, said = time.monotonic(), 0
        while time.monotonic() - begun < self.minutes * 60:
            time.sleep(1)
            for t in [*self.workers, self.chaos]:
                assert not t.failed, t.failed
            if time.monotonic() - begun > said + 60:
                said = time.monotonic() - begun
                print('# %2.0f min: %d steps of cases, %s, %d packets, %d lost' % (
                    said / 60, sum(w.steps for w in self.workers), self.chaos.counts, self.wire.passed, self.wire.lost), flush=True)
        self.chaos.stopping = True
        for w in self.workers:
            w.stopping = True
        for t in [self.chaos, *self.workers]:  # who was killed last is started again, so that each command has its answer
            t.join(LAST_S)
            assert not t.is_alive() and not t.failed, t.failed
        self.wire.cut.clear()
        self.wire.slow.clear()
        for word in sorted({(w.at, w.last_refusal[:300]) for w in self.workers if w.last_refusal}):
            print('# refused last: %s %s' % word)
        steps = sum(w.steps for w in self.workers)
        assert steps, 'no case moved'
        apis = [api for w in self.workers for api in w.apis.values()]
        self.ok('%d steps of cases in %g minutes, %d commands acknowledged, %d sent again; %d kills, %d cuts, %d slow links' % (
            steps, self.minutes, sum(x.acknowledged for x in apis), sum(x.retried for x in apis), *self.chaos.counts.values()))

    # ---- what is there afterwards

    @staticmethod
    def rows(a, statement, *values):
        db = sqlite3.connect('file:%s/ostia.db?mode=ro' % a.data, uri=True, timeout=30)
        try:
            return db.execute(statement, values).fetchall()
        finally:
            db.close()

    def is_settled(self):
        for a in self.federation.members:
            if self.rows(a, "select count(*) from exchange_delivery where state = 0")[0][0]:
                return False
            if self.rows(a, "select count(*) from outbox where way = 'exchange' and state = 0")[0][0]:
                return False
        return True

    def settle(self):
        for a in self.federation.all:
            if not a.process:
                a.start()
        for a in self.federation.all:
            a.wait()
        begun = time.monotonic()
        wait_for('everything to be delivered', SETTLED_S, self.is_settled, 1)
        self.ok('everything is delivered %.0f s after the links were healed' % (time.monotonic() - begun))

    def witnesses_agree(self):
        def look():
            for a in self.federation.all:
                said = a.ostia('log', 'witnesses')
                assert 'FORKED' not in said, said
                size = self.rows(a, 'select max(seq) from event')[0][0]
                sizes = [int(n) for n in re.findall(r'^witness .* cosigned (\d+) leaves', said, re.MULTILINE)]
                if len(sizes) != 3 or any(n != size for n in sizes):
                    return False
            return True
        wait_for('all witnesses to have cosigned all logs', 150, look, 1)
        self.ok('each log is cosigned to its end by the three others, and none has forked')

    def nothing_is_missing_or_twice(self):
        total = 0
        for a in self.federation.members:
            dead = self.rows(a, "select count(*) from outbox where way = 'exchange' and state = 2")[0][0]
            assert not dead, '%s: %d told events were never sent' % (a.name, dead)
            sent = self.rows(a, 'select tag, seq, hash, place from exchange_message where sender = ? order by tag, seq', a.code)
            self.are_in_order(a, sent)
            for b in self.federation.members:
                if b is a:
                    continue
                wanted = {(tag, seq): digest for tag, seq, digest, _ in sent if self.is_for(a, b, tag, seq)}
                came = self.rows(b, 'select tag, seq, hash, place, refusal from exchange_message where sender = ? order by tag, seq', a.code)
                self.are_in_order(b, came)
                assert not [row for row in came if row[4]], '%s refused messages of %s' % (b.name, a.name)
                found = {(tag, seq): digest for tag, seq, digest, _, _ in came}
                assert found == wanted, '%s to %s: missing %d, too many %d, others %d' % (
                    a.name, b.name, len(set(wanted) - set(found)), len(set(found) - set(wanted)),
                    sum(found[k] != wanted[k] for k in set(found) & set(wanted)))
                told = sum(w.told[a.name, b.name] for w in self.workers)
                print('# %s to %s: %d messages, %d told by cases' % (a.name, b.name, len(found), told))
                assert len(found) == told, '%s to %s' % (a.name, b.name)
                total += told
        assert total, 'nobody told anything'
        self.ok('each of %d told events is at its reader exactly once, in order' % total)

    def case_files_agree(self):
        """What one side of a pair told is what the other side's case file shows, in the same order."""
        def told(api, case, is_ours):
            events = api.call('GET', '/api/cases/%d/events' % case, 'asylum_examination')['events']
            return [e['type'] for e in sorted(events, key=lambda e: e['event']) if e['is_ours'] is is_ours]

        def look():
            for w in self.workers:
                a, b = w.api('asylum'), w.api(w.partner)
                for is_ours in (True, False):
                    here, there = told(a, w.here, is_ours), told(b, w.there, not is_ours)
                    assert here == there, '%s %d: %s, and there %s' % (w.partner, w.number, here, there)
                    self.shown += len(here)
        self.shown = 0
        self.inside(look)
        self.ok('the case files of both sides show the same %d events in the same order' % self.shown)

    def is_for(self, a, b, tag, seq):
        if not hasattr(self, 'readers'):
            self.readers = {}
        if a.name not in self.readers:
            self.readers[a.name] = set(self.rows(a, 'select member, tag, seq from exchange_delivery'))
        return (b.code, tag, seq) in self.readers[a.name]

    @staticmethod
    def are_in_order(a, rows):
        """Numbers of a tag have no gap, and later ones have later places in the log."""
        last = {}
        for tag, seq, _, place, *_ in rows:
            before = last.get(tag, (0, 0))
            assert seq == before[0] + 1 and place > before[1], '%s: %s %d after %s' % (a.name, tag.hex(), seq, before)
            last[tag] = (seq, place)

    def all_is_sound(self):
        ends = self.federation.stop()
        assert not any(ends.values()), ends
        for a in self.federation.all:
            assert 'all is as it was written' in a.ostia('verify')
            a.ostia('rebuild', '--check')
        self.ok('all logs verify, and replay gives the same tables')


def main():
    words = argparse.ArgumentParser()
    words.add_argument('program')
    words.add_argument('minutes', type=float)
    words.add_argument('--hand', required=True)
    words.add_argument('--seed', type=int, default=1)
    words.add_argument('--pairs', type=int, default=12)
    words.add_argument('--folder')
    words = words.parse_args()
    folder = words.folder or tempfile.mkdtemp(prefix='ostia-soak-', dir='/var/tmp')
    os.makedirs(folder, exist_ok=True)
    soak = Soak(words, folder)
    code = 0
    try:
        soak.begin()
        soak.suffer()
        soak.settle()
        soak.witnesses_agree()
        soak.nothing_is_missing_or_twice()
        soak.case_files_agree()
        soak.all_is_sound()
    except Exception:
        print(''.join('# ' + line + '\n' for line in traceback.format_exc().splitlines()), end='')
        print('not ok %d - what is left is in %s' % (soak.count + 1, folder))
        code = 1
    finally:
        soak.chaos.stopping = True
        for a in soak.federation.all:
            if a.process:
                a.kill()
        soak.wire.stop()
    print('1..%d' % (soak.count + code), flush=True)
    if not code and not words.folder:
        shutil.rmtree(folder, ignore_errors=True)
    return code


sys.exit(main())
