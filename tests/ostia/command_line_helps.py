"""Help for everything, one way out of every mistake, and a manual page that knows all of it."""
import os
import re

from story import COMMON, PACK, ROOT, demo, ostia, run


def commands():
    return re.findall(r'^  (\w[\w-]*(?: [\w-]+)?)  +\S', ostia('--help'), re.MULTILINE)


def every_command_has_help(folder):
    found = commands()
    assert len(found) >= 13, found
    for command in found:
        said = ostia(*command.split(), '--help')
        assert said.startswith('usage: ostia ' + command), said


def the_manual_page_knows_every_command_and_option(folder):
    with open(os.path.join(ROOT, 'docs', 'man', 'ostia.1'), encoding='utf-8') as f:
        page = f.read().replace('\\-', '-')
    for command in commands():
        assert '.SS ' + command in page, 'the manual page lacks ' + command
        for option in re.findall(r'^  (--[\w-]+)', ostia(*command.split(), '--help'), re.MULTILINE):
            assert option in page, 'the manual page lacks %s of %s' % (option, command)


def mistakes_are_explained(folder):
    for words, wanted in ((['swim'], 'no command swim'), (['serve', '--swim'], 'no option --swim'), (['pack', 'load'], 'needs DIR'),
                          (['demo', '--cases', 'many'], 'whole number'), (['verify', '--data'], 'needs DIR'),
                          (['log', 'prove', 'x'], 'number of an event'), ([], 'usage')):
        said = ostia(*words, code=2)
        assert wanted in said, said
    assert 'no authority' in ostia('verify', '--data', folder + '/nothing', code=1)


def models_run_from_the_command_line(folder):
    model = os.path.join(folder, 'model.bpmn')
    with open(model, 'w', encoding='utf-8') as f:
        f.write("""<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' targetNamespace='urn:t'>
<process id='p' isExecutable='true'><startEvent id='s'/><exclusiveGateway id='g' default='no'/><userTask id='old'/>
<endEvent id='e'/><endEvent id='n'/><sequenceFlow id='a' sourceRef='s' targetRef='g'/>
<sequenceFlow id='b' sourceRef='g' targetRef='old'><conditionExpression>=age &gt; 17</conditionExpression></sequenceFlow>
<sequenceFlow id='no' sourceRef='g' targetRef='n'/><sequenceFlow id='c' sourceRef='old' targetRef='e'/></process></definitions>""")
    assert 'same' in ostia('flow', 'roundtrip', model)
    assert 'task_opened        old' in ostia('flow', 'run', model, '--data', '{"age": 20}')
    said = ostia('flow', 'run', model, '--data', '{"age": 7}')
    assert 'task_opened' not in said and 'ended {' in said, said
    with open(model, encoding='utf-8') as f:
        broken = f.read().replace("targetRef='old'", "targetRef='s'")
    with open(model, 'w', encoding='utf-8') as f:
        f.write(broken)
    assert 'flow_to_start s' in ostia('flow', 'check', model, code=1)


def packs_and_models_are_checked(folder):
    assert 'good' in ostia('pack', 'check', PACK)
    decisions = os.path.join(PACK, 'decisions')
    models = [os.path.join(decisions, name) for name in sorted(os.listdir(decisions)) if name.endswith('.dmn')]
    assert 'wrong' not in ostia('rules', 'check', *models)
    gap = folder + '/gap.dmn'
    with open(os.path.join(decisions, 'plausibility.dmn'), encoding='utf-8') as f, open(gap, 'w', encoding='utf-8') as g:
        g.write(f.read().replace('<defaultOutputEntry id="usual_languages_output_1_default"><text>null</text></defaultOutputEntry>', ''))
    assert 'no rule for Nationality not(' in ostia('rules', 'check', gap, code=1)
    assert '"kind":"gap"' in ostia('rules', 'check', '--json', gap, code=1)
    process = os.path.join(PACK, 'processes', 'asylum.bpmn')
    assert 'good' in ostia('rules', 'check', process)
    broken = folder + '/broken.bpmn'
    with open(process, encoding='utf-8') as f, open(broken, 'w', encoding='utf-8') as g:
        g.write(f.read().replace('targetRef="check_completeness"', 'targetRef="nowhere"', 1))
    assert 'wrong' in ostia('rules', 'check', broken, code=1)


def rules_are_evaluated(folder):
    assert ostia('rules', 'eval', '1 + 2 * 3').strip() == '7'
    with open(folder + '/context.json', 'w', encoding='utf-8') as f:
        f.write('{"age": 17}')
    assert ostia('rules', 'eval', 'age < 18', '--input', folder + '/context.json').strip() == 'true'
    ostia('rules', 'eval', '1 +', code=1)
    with open(folder + '/channel.json', 'w', encoding='utf-8') as f:
        f.write('{"case": {}, "nobody": 1}')
    model = os.path.join(COMMON, 'decisions', 'channel.dmn')
    asked = ('rules', 'eval', model, '--decision', 'channel', '--input', folder + '/channel.json')
    assert 'no input "nobody"' in ostia(*asked)
    assert 'matched' in ostia(*asked, '--explain')
    assert '"hitPolicy"' in ostia(*asked, '--trace')
    assert 'channel' in ostia('rules', 'eval', model, code=2)
    assert 'no decision "x"' in ostia('rules', 'eval', model, '--decision', 'x', code=1)


def one_cell_is_changed(folder):
    model = os.path.join(PACK, 'decisions', 'suggest_track.dmn')
    cell = ('rules', 'set', model, '--decision', 'safe origin', '--rule', '1', '--column', 'Made on')
    with open(model, encoding='utf-8') as f:
        before = f.read()
    ostia(*cell, '--to', '> date("2026-07-01")', '--out', folder + '/changed.dmn')
    with open(folder + '/changed.dmn', encoding='utf-8') as f:
        assert f.read() == before.replace('&gt;= date("2026-06-12")', '&gt; date("2026-07-01")', 1)
    assert 'rule 1, Made on' in ostia(*cell, '--to', '> date(', code=1)
    assert 'needs --decision' in ostia('rules', 'set', model, code=2)


def events_are_proved_to_others(folder):
    demo(folder + '/data', 8)
    note = ostia('log', 'checkpoint', '--data', folder + '/data')
    assert note.startswith('ostia.localhost/log\n') and 'key ostia.localhost/log+' in note, note
    proof = ostia('log', 'prove', '5', '--data', folder + '/data')
    assert proof.startswith('c2sp.org/tlog-proof@v1\nindex 4\n') and '\n\nostia.localhost/log\n' in proof, proof
    assert 'no event' in ostia('log', 'prove', '99999999', '--data', folder + '/data', code=1)


run(every_command_has_help, the_manual_page_knows_every_command_and_option, mistakes_are_explained, packs_and_models_are_checked,
    models_run_from_the_command_line, rules_are_evaluated, one_cell_is_changed, events_are_proved_to_others)
