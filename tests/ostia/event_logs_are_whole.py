"""The event log is XES as the standard says it, tells each case's way in its order, and names nobody."""
import collections
import datetime
import os
import re
import sqlite3
import xml.etree.ElementTree as ET

from server import Server
from story import demo, ostia, run

XES = '{http://www.xes-standard.org/}'
ATTRIBUTES = ('string', 'date', 'int', 'float', 'boolean', 'id', 'list', 'container')
# The sequence of the schema (IEEE 1849-2016, 6): what may stand in an element, in this order.
CHILDREN = {'log': (('extension',), ('global',), ('classifier',), ATTRIBUTES, ('trace',), ('event',)),
            'trace': (ATTRIBUTES, ('event',)), 'event': (ATTRIBUTES,), 'global': (ATTRIBUTES,), 'extension': (), 'classifier': ()}
NEEDED = {'log': {'xes.version', 'xes.features'}, 'extension': {'name', 'prefix', 'uri'}, 'global': {'scope'},
          'classifier': {'name', 'keys'}, 'trace': set(), 'event': set()}
TRANSITIONS = {'start', 'complete', 'ate_abort'}


def check_order(element):
    name = element.tag.removeprefix(XES)
    place = 0
    for child in element:
        kind = child.tag.removeprefix(XES)
        while place < len(CHILDREN[name]) and kind not in CHILDREN[name][place]:
            place += 1
        assert place < len(CHILDREN[name]), '%s in %s' % (kind, name)


def check_element(element):
    name = element.tag.removeprefix(XES)
    assert element.tag.startswith(XES) and not (element.text or '').strip(), element.tag
    if name in ATTRIBUTES:
        assert set(element.attrib) == {'key', 'value'}, element.attrib
        assert re.fullmatch(r'[\w:]+', element.get('key')), element.attrib
        if name == 'date':
            datetime.datetime.fromisoformat(element.get('value').replace('Z', '+00:00'))
        return
    assert NEEDED[name] <= set(element.attrib), (name, element.attrib)
    check_order(element)
    keys = [c.get('key') for c in element if c.get('key')]
    assert len(keys) == len(set(keys)), keys
    for child in element:
        check_element(child)


def values(element):
    return {c.get('key'): c.get('value') for c in element if c.get('key')}


def read(text):
    log = ET.fromstring(text)
    check_element(log)
    assert float(log.get('xes.version')) == 1849.2016, log.attrib
    prefixes = {e.get('prefix') for e in log.iter(XES + 'extension')}
    assert prefixes == {'concept', 'lifecycle', 'time', 'org'}, prefixes
    for element in log.iter():  # a key with a prefix is of an extension that was declared
        key = element.get('key') or ''
        assert ':' not in key or key.split(':')[0] in prefixes, key
    return log


def check_way(trace):
    """Times never go back, and each step that ended began before."""
    last, begun = '', {}
    events = [values(e) for e in trace.iter(XES + 'event')]
    for e in events:
        assert e['lifecycle:transition'] in TRANSITIONS and e['concept:name'], e
        assert e['time:timestamp'] >= last, events
        last = e['time:timestamp']
        step = e['concept:name'], e['concept:instance']
        if e['lifecycle:transition'] == 'start':
            assert step not in begun, events
            begun[step] = e
        else:
            begun.pop(step, None)
    return [e['concept:name'] for e in events], begun


def the_log_is_xes_and_tells_each_way(folder):
    data = folder + '/data'
    demo(data, 60)
    log = read(ostia('xes', '--data', data, '--procedure', 'eu-asylum'))
    with sqlite3.connect(data + '/ostia.db') as db:
        cases = db.execute('select count(*) from case_file where is_draft = 0').fetchone()[0]
        open_now = db.execute('select (select count(*) from task where done_at = 0) + (select count(*) from process_stay '
                              'where left_at = 0 and kind > 0)').fetchone()[0]
        ends = db.execute('select count(*) from process_stay where kind = 3').fetchone()[0]
    traces = list(log.iter(XES + 'trace'))
    assert len(traces) == cases, (len(traces), cases)
    names, still_open = collections.Counter(), 0
    for trace in traces:
        way, begun = check_way(trace)
        assert way[0] == 'Application submitted', way
        assert way.index('Register the application') < way.index('Check completeness') if 'Check completeness' in way else True, way
        names.update(way)
        still_open += len(begun)
    assert still_open == open_now, (still_open, open_now)
    assert names['Decision final'] + names['Appeal decided'] + names['Case closed'] == ends > 0, (names, ends)


def nobody_is_named(folder):
    data = folder + '/data'
    demo(data, 60)
    one, two = ostia('xes', '--data', data), ostia('xes', '--data', data)
    with sqlite3.connect(data + '/ostia.db') as db:
        words = [w for row in db.execute('select case_no, family_name, given_names, latin_name, nationality from case_file')
                 for w in row if w and len(w) > 3]
        words += [w for row in db.execute("select name, public_code from account where kind = 'staff' or public_code is not null") for w in row if len(w) > 3]
    assert len(words) > 100 and not [w for w in words if w in one], [w for w in words if w in one]
    cases = [{t[0].get('value') for t in read(log).iter(XES + 'trace')} for log in (one, two)]
    who = [set(re.findall(r'org:resource" value="(\w{20})"', log)) for log in (one, two)]
    assert len(cases[0]) == len(cases[1]) > 50 and not cases[0] & cases[1], 'two logs can be joined'
    assert who[0] and not who[0] & who[1], 'colleagues can be followed from log to log'


def a_time_and_a_file_can_be_chosen(folder):
    data, path = folder + '/data', folder + '/log.xes'
    demo(data, 60)
    every = len(list(read(ostia('xes', '--data', data)).iter(XES + 'trace')))
    early = len(list(read(ostia('xes', '--data', data, '--to', '2026-09-15')).iter(XES + 'trace')))
    late = len(list(read(ostia('xes', '--data', data, '--from', '2026-09-16')).iter(XES + 'trace')))
    assert early > 0 < late and early + late == every, (early, late, every)
    assert '%d traces' % every in ostia('xes', '--data', data, '--out', path)
    assert os.stat(path).st_mode & 0o077 == 0, 'others may read it'
    assert 'exists' in ostia('xes', '--data', data, '--out', path, code=1)
    assert 'needs a day' in ostia('xes', '--data', data, '--from', 'spring', code=2)
    assert not list(read(ostia('xes', '--data', data, '--procedure', 'other')).iter(XES + 'trace'))


def it_runs_beside_a_server_and_is_noted(folder):
    data = folder + '/data'
    demo(data, 20)
    size = lambda: int(ostia('log', 'checkpoint', '--data', data).split('\n')[1])
    before = size()
    ostia('xes', '--data', data)
    assert size() == before + 1, 'it is not noted'
    server = Server(data)
    assert '<trace>' in ostia('xes', '--data', data)
    server.stop()
    assert size() > before + 1, 'it is not noted by the server'


run(the_log_is_xes_and_tells_each_way, nobody_is_named, a_time_and_a_file_can_be_chosen, it_runs_beside_a_server_and_is_noted)
