"""One authority's API for programs: each command is sent, with its own key, until it is answered."""
import base64
import http.client
import json
import threading
import time
import urllib.parse
import uuid

from person import Person

ANSWER_S = 15


class Refused(Exception):
    """A command that the authority does not do now: (status, answer)."""


class Api:
    def __init__(self, host, port, client, secret):
        self.host, self.port, self.client, self.secret = host, port, client, secret
        self.connection, self.tokens = None, {}
        self.acknowledged = self.retried = 0

    def once(self, method, path, body, headers):
        """Status and body; 0 when nothing came back."""
        try:
            if not self.connection:
                self.connection = http.client.HTTPConnection(self.host, self.port, timeout=ANSWER_S)
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return 0, str(error).encode()

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def until_answered(self, method, path, body, headers):
        while True:
            status, answer = self.once(method, path, body, headers)
            if status and status != 429 and status < 500:
                return status, answer
            self.retried += 1
            time.sleep(0.3)

    def token(self, purpose):
        if purpose not in self.tokens:
            basic = base64.b64encode(('%s:%s' % (self.client, self.secret)).encode()).decode()
            status, answer = self.until_answered('POST', '/api/token', urllib.parse.urlencode({'grant_type': 'client_credentials', 'scope': purpose}), {
                'Content-Type': 'application/x-www-form-urlencoded', 'Authorization': 'Basic ' + basic})
            assert status == 200, (status, answer)
            self.tokens[purpose] = json.loads(answer)['access_token']
        return self.tokens[purpose]

    def call(self, method, path, purpose, what=None):
        headers = {'Content-Type': 'application/json', 'Idempotency-Key': str(uuid.uuid4())}
        for _ in range(2):
            headers['Authorization'] = 'Bearer ' + self.token(purpose)
            status, answer = self.until_answered(method, path, None if what is None else json.dumps(what), headers)
            if status != 401:
                break
            del self.tokens[purpose]  # it is half an hour old
        if status not in (200, 201):
            raise Refused(status, answer.decode(errors='replace'))
        if method == 'POST':
            self.acknowledged += 1
        return json.loads(answer)

    def do(self, case, command, purpose, **fields):
        return self.call('POST', '/api/cases/%d/%s' % (case, command), purpose, fields)

    def file(self, case):
        return self.call('GET', '/api/cases/%d' % case, 'asylum_examination')

    def task(self, case, element, **answers):
        """Does the open task of that element; Refused when there is none."""
        for task in self.file(case)['tasks']:
            if task['element'] == element and not task.get('done'):
                return self.do(case, 'complete_task', 'asylum_examination', task=task['task'], answers=answers)
        raise Refused(404, 'no task ' + element)

    def appointment(self, case):
        """The newest one."""
        found = [x['appointment'] for x in self.file(case)['appointments']]
        if not found:
            raise Refused(404, 'no appointment')
        return max(found)


class Staff:
    """A person whose token several workers use."""

    def __init__(self, url, card):
        self.url, self.card, self.lock, self.tokens = url, card, threading.Lock(), {}

    def token(self, purpose, old=None):
        """A new one when `old` is good no more; tried until the pages answer."""
        with self.lock:
            while self.tokens.get(purpose) in (None, old):
                try:
                    self.tokens[purpose] = Person(self.url).token(self.card, purpose)
                except (OSError, AttributeError, http.client.HTTPException):  # killed just now; or a code that was used already
                    time.sleep(31)
            return self.tokens[purpose]


class StaffApi(Api):
    def __init__(self, host, port, staff):
        super().__init__(host, port, '', '')
        self.staff, self.old = staff, None

    def token(self, purpose):
        if purpose not in self.tokens:
            self.tokens[purpose] = self.old = self.staff.token(purpose, self.old)
        return self.tokens[purpose]
