"""The DMN Technology Compatibility Kit: its open cases pass, as docs/conformance says, and no folder stops the command."""
import csv
import os
import shutil

from story import ROOT, ostia, run

KIT = os.path.join(os.environ.get('OSTIA_DATA', os.path.join(ROOT, '..', 'shared', 'data')), 'dmn-tck')
LEVELS = ('compliance-level-2', 'compliance-level-3', 'non-compliant')
PUBLISHED = os.path.join(ROOT, 'docs', 'conformance', 'dmn-tck-open.csv')
HEAD = '<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"><modelName>m.dmn</modelName>'
CASE = ('<testCase id="%s"><inputNode name="n"><value>4</value></inputNode>'
        '<resultNode name="double"><expected><value>8</value></expected></resultNode></testCase>')
MODEL = ('<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="m" namespace="urn:m">'
         '<inputData id="n" name="n"><variable name="n" typeRef="number"/></inputData><decision id="d" name="double">'
         '<informationRequirement><requiredInput href="#n"/></informationRequirement>'
         '<literalExpression><text>n * 2</text></literalExpression></decision></definitions>')


def put(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)


def rows(path):
    with open(path, encoding='utf-8', newline='') as f:
        return list(csv.reader(f))


def every_open_case_passes_and_is_published(folder):
    if not os.path.isdir(KIT):
        print('# skipped: no data')
        return
    said = ostia('rules', 'tck', *(os.path.join(KIT, level) for level in LEVELS), '--csv', folder + '/results.csv')
    assert 'compliance-level-2: 45 of 45' in said and 'compliance-level-3: 1231 of 1231' in said, said
    assert 'non-compliant: 3 of 3' in said, said
    assert rows(folder + '/results.csv') == rows(PUBLISHED), 'docs/conformance is not what comes out'


def the_rows_are_those_of_the_vendors(folder):
    if not os.path.isdir(KIT):
        print('# skipped: no data')
        return
    ours = {tuple(row[:3]) for row in rows(PUBLISHED)}
    theirs = {tuple(row[:3]) for row in rows(os.path.join(KIT, 'peer-results', 'Drools-10.2.0.csv'))}
    assert theirs <= ours, theirs - ours


def any_layout_is_walked(folder):
    put(folder, 'kit/level/0001-deep/more/m.dmn', MODEL)
    put(folder, 'kit/level/0001-deep/a.xml', HEAD + CASE % 'one' + '</testCases>')
    put(folder, 'kit/flat/m.dmn', MODEL)
    put(folder, 'kit/flat/tests/b.xml', HEAD + CASE % 'two' + '</testCases>')
    ostia('rules', 'tck', folder + '/kit', '--csv', folder + '/results.csv')
    assert rows(folder + '/results.csv') == [['flat/tests', 'b', 'two', 'SUCCESS', ''],
                                             ['level/0001-deep', 'a', 'one', 'SUCCESS', '']]


def what_is_broken_is_a_line_and_no_stop(folder):
    put(folder, 'kit/a/m.dmn', MODEL)
    put(folder, 'kit/a/bad.xml', HEAD + '<testCase id="x">')
    put(folder, 'kit/a/doctype.xml', '<!DOCTYPE x [<!ENTITY a "b">]>' + HEAD + '</testCases>')
    put(folder, 'kit/a/good.xml', HEAD + CASE % 'fine' + '</testCases>')
    put(folder, 'kit/a/other.xml', '<project/>')
    put(folder, 'kit/b/m.dmn', MODEL.replace('#n', '#nobody'))
    put(folder, 'kit/b/good.xml', HEAD + CASE % 'no &quot;model&quot;' + '</testCases>')
    os.symlink('..', folder + '/kit/round')
    ostia('rules', 'tck', folder + '/kit/a', folder + '/kit/b', '--csv', folder + '/results.csv', code=1)
    found = rows(folder + '/results.csv')
    assert [row[:4] for row in found] == [['kit/a', 'bad', '', 'ERROR'], ['kit/a', 'doctype', '', 'ERROR'],
                                          ['kit/a', 'good', 'fine', 'SUCCESS'],
                                          ['kit/b', 'good', 'no "model"', 'ERROR']], found
    assert 'dmn_reference' in found[3][4], found
    os.makedirs(folder + '/empty')
    assert 'no test case' in ostia('rules', 'tck', folder + '/empty', code=1)
    shutil.rmtree(folder + '/kit/b')
    assert 'all: 1 of 3' in ostia('rules', 'tck', folder + '/kit', code=1)  # not round in circles


run(every_open_case_passes_and_is_published, the_rows_are_those_of_the_vendors, any_layout_is_walked,
    what_is_broken_is_a_line_and_no_stop)
