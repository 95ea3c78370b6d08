"""Rows of one person are found in a file, and in two, with the reason; what is wrong with a file is told."""
import csv
import os
import random

from story import ostia, run

GIVEN = ['Amal', 'Karim', 'Salma', 'Yusuf', 'Mariam', 'Idris', 'Leyla', 'Tariq', 'Nadia', 'Omar', 'Hana', 'Bilal', 'Rania', 'Samir']
FAMILY = ['Haddad', 'Mansour', 'Khoury', 'Nassar', 'Barakat', 'Saleh', 'Darwish', 'Rahimi', 'Karimi', 'Petrov', 'Ivanenko', 'Bondar',
          'Tesfaye', 'Abebe', 'Gebre', 'Okafor', 'Adeyemi', 'Diallo', 'Traore', 'Keita']
HEAD = ['id', 'given_name', 'surname', 'date_of_birth', 'passport', 'remark']


def person(number):
    dice = random.Random(number)
    return [f'A{number}', dice.choice(GIVEN), dice.choice(FAMILY),
            f'{dice.randrange(1950, 2005)}-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}',
            f'P{dice.randrange(10**7):07}', 'a "remark", with quotes']


def slip(word):
    return word[0] + word[2] + word[1] + word[3:]


def again(number):
    """The same person, with something else wrong each time."""
    row = ['B' + str(number), *person(number)[1:]]
    wrong = 1 + number % 4
    row[wrong] = slip(row[wrong]) if wrong < 3 else '' if wrong == 3 else row[4][:-1] + 'X'
    return row


FIRST = [person(number) for number in range(400)]
SECOND = [again(number) for number in range(80)]


def write(path, rows, head=HEAD):
    with open(path, 'w', newline='', encoding='utf-8') as f:
        csv.writer(f).writerows([head, *rows])
    return path


def read(path):
    with open(path, newline='', encoding='utf-8') as f:
        return list(csv.DictReader(f))


def is_right(pair):
    return pair['left_id'][1:] == pair['right_id'][1:]


def duplicates_of_a_file_are_found_and_explained(folder):
    path = write(folder + '/all.csv', FIRST + SECOND)
    said = ostia('identity', 'dedupe', path, '--out', folder + '/pairs.csv', '--groups', folder + '/groups.csv')
    assert 'remark is not compared' in said and '480 rows' in said, said
    pairs = read(folder + '/pairs.csv')
    right = [pair for pair in pairs if is_right(pair)]
    assert len(right) >= 76 and len(pairs) - len(right) <= 2, (len(right), len(pairs))
    near = next(pair for pair in right if pair['given_name'].startswith('near'))
    assert ' | ' in near['given_name'] and near['surname'].startswith('same +') and float(near['probability']) > 0.5, near
    assert FIRST[int(near['left_line']) - 2][0] == near['left_id'], near
    with open(folder + '/groups.csv', newline='', encoding='utf-8') as f:
        groups = list(csv.reader(f))
    assert [row[1:] for row in groups] == [HEAD, *FIRST, *SECOND] and groups[0][0] == 'group'
    numbers = [row[0] for row in groups[1:] if row[0]]
    assert len(numbers) >= 152 and all(numbers.count(number) > 1 for number in numbers), numbers


def strangers_are_not_linked(folder):
    ostia('identity', 'dedupe', write(folder + '/first.csv', FIRST), '--out', folder + '/pairs.csv')
    assert len(read(folder + '/pairs.csv')) <= 1, read(folder + '/pairs.csv')


def what_is_said_twice_counts_once(folder):
    rows = [[*row, row[1] + ' ' + row[2]] for row in FIRST + SECOND]
    ostia('identity', 'dedupe', write(folder + '/all.csv', rows, [*HEAD, 'full_name']), '--out', folder + '/pairs.csv')
    pairs = read(folder + '/pairs.csv')
    assert len(pairs) >= 76 and all(pair['full_name'].startswith('repeats +0.0: ') for pair in pairs), pairs[:2]


def two_files_are_linked_each_row_once(folder):
    left, right = write(folder + '/first.csv', FIRST), write(folder + '/second.csv', SECOND)
    ostia('identity', 'link', left, right, '--out', folder + '/pairs.csv')
    pairs = read(folder + '/pairs.csv')
    assert sum(map(is_right, pairs)) >= 76 and sum(not is_right(pair) for pair in pairs) <= 1, pairs
    assert len({pair['right_id'] for pair in pairs}) == len(pairs)


def mistakes_have_a_way_out(folder):
    path = write(folder + '/first.csv', FIRST)
    wrong = [
        (['dedupe', path, '--out', path], 'File exists'),
        (['dedupe', path, '--fields', 'surname=names'], 'COLUMN=KIND'),
        (['dedupe', path, '--fields', 'surname=name,town=text'], 'no column town'),
        (['dedupe', path, '--id', 'number'], 'no column number'),
        (['dedupe', write(folder + '/strange.csv', [['1', '2']], ['x', 'y'])], '--fields surname=name'),
        (['dedupe', write(folder + '/long.csv', [['Haddad', '1990'], ['Saleh', '1991', 'more']], ['surname', 'born'])], 'line 3'),
        (['dedupe', write(folder + '/empty.csv', [], [])], 'no rows'),
    ]
    for words, sentence in wrong:
        said = ostia('identity', *words, code=1)
        assert sentence in said, (words, said)
    assert not [name for name in os.listdir(folder) if name.endswith('.half')]


run(duplicates_of_a_file_are_found_and_explained, strangers_are_not_linked, what_is_said_twice_counts_once,
    two_files_are_linked_each_row_once, mistakes_have_a_way_out)
