"""Clients of the API that never give up: each command is sent, with its own key, until it is acknowledged.

As a program (python3 load.py FOLDER ADDRESS SECONDS ID SECRET) one client that speaks to one host only, and prints how many
commands it sent and how many were acknowledged.
"""
import base64
import http.client
import json
import socket
import ssl
import struct
import sys
import threading
import time
import urllib.parse
import uuid
import zlib

SITE = 'asylum.example'
ANSWER_S = 5  # as long as a client waits before it asks another host


def small_picture(number):
    """A PNG of one pixel, unlike any other."""
    def part(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    return (b'\x89PNG\r\n\x1a\n' + part(b'IHDR', struct.pack('>IIBBBBB', 1, 1, 8, 2, 0, 0, 0)) + part(b'tEXt', b'Comment\0%d' % number)
            + part(b'IDAT', zlib.compress(b'\0\xff\0\0')) + part(b'IEND', b''))


def client_address(number):
    """Each client has its own: HAProxy sends the same address to the same server."""
    return '10.77.0.%d' % (101 + number)


class Way:
    """HTTPS to one of several addresses; the next one when it does not answer."""
    def __init__(self, folder, addresses, first=0, own=None):
        self.addresses, self.at, self.connection = addresses, first % len(addresses), None
        self.own = own and (own, 0)
        self.context = ssl.create_default_context(cafile=folder + '/public.pem')

    def open(self):
        raw = socket.create_connection((self.addresses[self.at], 443), timeout=2, source_address=self.own)
        raw.settimeout(ANSWER_S)
        self.connection = http.client.HTTPConnection(SITE, 443)
        self.connection.sock = raw  # so that it is closed when the handshake fails
        self.connection.sock = self.context.wrap_socket(raw, server_hostname=SITE)

    def next(self):
        if self.connection:
            self.connection.close()
        self.connection = None
        self.at = (self.at + 1) % len(self.addresses)

    def once(self, method, path, body, headers):
        """Status and body; 0 when nothing came back."""
        try:
            if not self.connection:
                self.open()
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            return 0, str(error).encode()


class Client(threading.Thread):
    """One client of the API: drafts with answers and documents, one command after the other."""
    def __init__(self, folder, addresses, number, secret, account):
        super().__init__(daemon=True)
        self.way, self.number, self.account = Way(folder, addresses, number, client_address(number)), number, account
        self.id, self.secret = secret
        self.token, self.stopping, self.failed = None, False, None
        self.acknowledged = []  # (sent, answered, case, version)
        self.retried = 0

    def get_token(self):
        form = urllib.parse.urlencode({'grant_type': 'client_credentials', 'scope': 'own_file'})
        basic = base64.b64encode(('%s:%s' % (self.id, self.secret)).encode()).decode()
        headers = {'Content-Type': 'application/x-www-form-urlencoded', 'Authorization': 'Basic ' + basic}
        self.token = json.loads(self.until_done('/api/token', form, headers, (200,)))['access_token']

    def until_done(self, path, body, headers, good):
        while True:
            status, answer = self.way.once('POST', path, body, headers)
            if status in good:
                return answer
            if status and status != 429 and status < 500:
                raise AssertionError('%s: %d %s' % (path, status, answer[:400]))
            self.retried += 1
            if status != 429:
                self.way.next()
            time.sleep(0.2)

    def do(self, path, body, kind='application/json'):
        """One command, until it is acknowledged."""
        sent = time.monotonic()
        headers = {'Content-Type': kind, 'Authorization': 'Bearer ' + self.token, 'Idempotency-Key': str(uuid.uuid4())}
        said = json.loads(self.until_done(path, body, headers, (200, 201)))
        self.acknowledged.append((sent, time.monotonic(), said['case_id'], said['version']))
        return said['case_id']

    def run(self):
        try:
            self.get_token()
            for turn in range(1000000):
                if self.stopping:
                    return
                case = self.do('/api/cases', json.dumps({'language': 'en'}))
                for name in ('Ada', 'Bea', 'Cleo'):
                    self.do('/api/cases/%d/save_answers' % case, json.dumps({'section': 'names', 'answers': {
                        'family_name': 'Tester', 'given_names': name}}))
                if turn % 4 == 0:
                    self.do('/api/cases/%d/documents?kind=passport&title=p.png' % case, small_picture(self.number * 1000000 + turn), 'image/png')
        except Exception as error:  # told by the test
            self.failed = repr(error)


def on_one_host(folder, address, seconds, identity, secret):
    """Each command is sent once and waited for: what does this host acknowledge?"""
    way, until, sent, done = Way(folder, [address]), time.monotonic() + float(seconds), 0, 0
    headers = {'Content-Type': 'application/json', 'Authorization': 'Bearer ' + secret}
    while time.monotonic() < until:
        status, _ = way.once('POST', '/api/cases', json.dumps({'language': 'en'}), {**headers, 'Idempotency-Key': str(uuid.uuid4())})
        sent += 1
        done += status in (200, 201)
        way.next()
        time.sleep(0.1)
    print(sent, done)


if __name__ == '__main__':
    on_one_host(*sys.argv[1:])
