"""Running cases go over to a new version of their pack: tried, then done, and the log still gives the same tables."""
import json
import os
import re

from story import copy_pack, demo, ostia, run


def next_version(folder):
    """The same law with another name for one step, which cases stand at."""
    copy_pack(folder)
    manifest = os.path.join(folder, 'pack.json')
    with open(manifest, encoding='utf-8') as f:
        text = f.read()
    with open(manifest, 'w', encoding='utf-8') as f:
        f.write(re.sub(r'("version": )"1\.0\.0"', r'\1"1.1.0"', text, count=1))
    model = os.path.join(folder, 'processes', 'asylum.bpmn')
    with open(model, encoding='utf-8') as f:
        text = f.read()
    names = r'(\b(?:id|sourceRef|targetRef|attachedToRef|bpmnElement)=)"propose_decision"'
    text, count = re.subn(names, r'\1"draft_decision"', text)
    text, more = re.subn(r'>propose_decision</bpmn:(incoming|outgoing|flowNodeRef)>', r'>draft_decision</bpmn:\1>', text)
    assert count > 1, count
    with open(model, 'w', encoding='utf-8') as f:
        f.write(text)
    return folder


def cases_are_tried_and_moved(folder):
    data, mapping = folder + '/data', folder + '/mapping.json'
    demo(data, 30)
    ostia('pack', 'load', '--data', data, next_version(folder + '/next'))
    move = ('pack', 'migrate', '--data', data, '--from', '1.0.0', '--to', '1.1.0')
    said = ostia(*move, '--try', code=1)
    assert re.search(r'would go: \d+ of \d+ cases', said), said
    stuck = re.search(r'(\d+) at propose_decision: flow_element_unknown: OST-', said)
    assert stuck, said
    with open(mapping, 'w', encoding='utf-8') as f:
        json.dump({'elements': {'propose_decision': 'draft_decision'}}, f)
    said = ostia(*move, '--mapping', mapping, '--try')
    count = re.search(r'would go: (\d+) of (\d+) cases', said)
    assert count and count[1] == count[2] != '0', said
    said = ostia(*move, '--mapping', mapping)
    assert 'went: %s of %s cases' % (count[1], count[1]) in said, said
    assert 'went: 0 of 0 cases' in ostia(*move, '--mapping', mapping)
    ostia('verify', '--data', data)
    ostia('rebuild', '--check', '--data', data)


def a_wrong_order_is_named(folder):
    data, mapping = folder + '/data', folder + '/mapping.json'
    demo(data, 1)
    move = ('pack', 'migrate', '--data', data)
    assert 'from: ' in ostia(*move, '--to', '1.0.0', code=1)
    assert 'never loaded' in ostia(*move, '--from', '9.9.9', '--to', '1.0.0', code=1)
    assert 'two different versions' in ostia(*move, '--from', '1.0.0', '--to', '1.0.0', code=1)
    assert 'no such file' in ostia(*move, '--from', '1.0.0', '--to', '1.0.0', '--mapping', mapping, code=2)


run(cases_are_tried_and_moved, a_wrong_order_is_named)
