"""Cases of the federation, made by the API: an application, a stay, a request of another state."""
import datetime
import json
import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
with open(os.path.join(ROOT, 'packs/eu-asylum/walks/refugee.json'), encoding='utf-8') as walk:
    ANSWERS = json.load(walk)['answers']
WHO = {'birth_date': '1994-03-11', 'sex': '2', 'nationalities': ['AFG']}


def in_a_moment(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).strftime('%Y-%m-%dT%H:%M:%SZ')


def today():
    return datetime.date.today().isoformat()


def opened(api, procedure, answers):
    return api.call('POST', '/api/cases/opened', 'registration', {'procedure': procedure, 'language': 'en', 'answers': answers})['case_id']


def application(api, family, given):
    return opened(api, 'eu-asylum', dict(ANSWERS, family_name=family, given_names=given, family_name_latin=family, given_names_latin=given))


def lodge(api, case):
    if not api.file(case).get('registered_at'):
        api.do(case, 'register_application', 'registration', made_on=today(), made_at_place='Harbour police', identity_checked=True)
    api.do(case, 'check_completeness', 'asylum_examination', is_complete=True)


def reception(api, family, given):
    return opened(api, 'eu-reception', dict(WHO, family_name=family, given_names=given, languages=['prs'], people=1, special_needs_told='no'))


def request(api, family, given):
    return opened(api, 'eu-takeover', dict(WHO, family_name=family, given_names=given, birth_country='AFG', asking_state='BEL', reference='BE-1',
                                           request='take_charge', basis='other_evidence', detained='no', received_on=today()))
