"""An upload that was accepted is scanned and gets its picture, whatever happens before: the server is killed, the scanner is away,
the database drops all connections. On PostgreSQL when $OSTIA_TEST_DB names a server."""
import json
import os
import re
import signal
import socket
import struct
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

from server import Server
from story import ostia, run, PACK, UNTIL

URL = os.environ.get('OSTIA_TEST_DB', '')
PDF = (b'%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj '
       b'3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n')


class Scanner:
    """Speaks as clamd does, and answers only when it is allowed to."""

    def __init__(self):
        self.listener = socket.socket()
        self.listener.bind(('127.0.0.1', 0))
        self.listener.listen(8)
        self.address = '127.0.0.1:%d' % self.listener.getsockname()[1]
        self.asked, self.may_answer = threading.Event(), threading.Event()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client = self.listener.accept()[0]
            threading.Thread(target=self.scan, args=(client,), daemon=True).start()

    def scan(self, client):
        with client, client.makefile('rb') as from_server:
            from_server.read(len(b'zINSTREAM\0'))
            while length := struct.unpack('>I', from_server.read(4))[0]:
                from_server.read(length)
            self.asked.set()
            self.may_answer.wait()
            try:
                client.sendall(b'stream: OK\0')
            except OSError:
                pass  # whoever asked is gone


class Authority:
    """A demonstration with a client that acts for people, and its one draft."""

    def __init__(self, folder):
        self.data = folder + '/data'
        self.schema = 's_' + uuid.uuid4().hex[:16]
        where = ['--db', URL, '--db-schema', self.schema] if URL else []
        ostia('demo', '--cases', 1, '--seed', 1, '--until', UNTIL, '--data', self.data, '--pack', PACK, *where)
        said = ostia('client', 'add', '--data', self.data, '--id', 'legal-aid', '--name', 'Legal aid', '--unit', 'North', '--roles', 'representative',
                     '--purposes', 'own_file')
        self.secret = re.search(r'^secret (\S+)', said, re.MULTILINE)[1]
        self.scanner = Scanner()
        self.start()

    def start(self):
        self.server = Server(self.data, '--clamd', self.scanner.address)
        form = {'grant_type': 'client_credentials', 'client_id': 'legal-aid', 'client_secret': self.secret, 'scope': 'own_file'}
        self.token = None
        self.token = self.ask('POST', '/api/token', urllib.parse.urlencode(form).encode(), 'application/x-www-form-urlencoded')['access_token']

    def ask(self, method, path, body=None, media='application/json'):
        request = urllib.request.Request('http://127.0.0.1:%d%s' % (self.server.port, path), body, method=method)
        request.add_header('Content-Type', media)
        request.add_header('Idempotency-Key', uuid.uuid4().hex)
        if self.token:
            request.add_header('Authorization', 'Bearer ' + self.token)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def upload(self):
        self.case = self.ask('POST', '/api/cases', json.dumps({'language': 'en', 'phrase': 'blue door'}).encode())['case_id']
        self.ask('POST', '/api/cases/%d/documents?kind=passport&title=pass.pdf' % self.case, PDF, 'application/octet-stream')

    def document(self):
        return self.ask('GET', '/api/cases/%d' % self.case)['documents'][0]

    def is_followed_up(self):
        for _ in range(600):
            try:
                document = self.document()
                if document['scan']:
                    return document['scan'] == 'clean' and document['has_thumbnail']
            except urllib.error.HTTPError as e:
                assert e.code >= 500, e  # without a database nobody is told that they are signed out
            time.sleep(0.05)
        return False

    def ends(self):
        assert self.server.stop() == 0, self.server.said()
        assert 'all is as it was written' in ostia('verify', '--data', self.data)
        assert 'rows are what the log says' in ostia('rebuild', '--check', '--data', self.data)


def after_the_server_was_killed(folder):
    authority = Authority(folder)
    try:
        authority.upload()
        assert authority.scanner.asked.wait(30), authority.server.said()  # the follow-up is under way
        authority.server.process.send_signal(signal.SIGKILL)
        authority.server.process.wait()
        authority.start()
        assert not authority.document()['scan']
        authority.scanner.may_answer.set()
        assert authority.is_followed_up(), authority.server.said()
        authority.ends()
    finally:
        authority.server.process.kill()


def after_the_scanner_was_away(folder):
    authority = Authority(folder)
    try:
        authority.server.stop()
        there, authority.scanner.address = authority.scanner.address, '127.0.0.1:1'
        authority.start()
        authority.upload()
        for _ in range(200):
            if 'scan.not_available' in authority.server.said():
                break
            time.sleep(0.05)
        assert 'scan.not_available' in authority.server.said() and not authority.document()['scan']
        authority.server.stop()
        authority.scanner.address = there
        authority.scanner.may_answer.set()
        authority.start()
        assert authority.is_followed_up(), authority.server.said()
        authority.ends()
    finally:
        authority.server.process.kill()


def after_the_database_was_lost(folder):
    if not URL:
        print('# skipped: the database is a file')
        return
    authority = Authority(folder)
    try:
        authority.upload()
        assert authority.scanner.asked.wait(30), authority.server.said()
        # Connections of this authority only: other tests run beside.
        ended = subprocess.run(['psql', '-qAt', URL, '-c', "select pg_terminate_backend(pid) from pg_stat_activity"
                                " where application_name = 'ostia %s'" % authority.schema], check=True, capture_output=True, text=True)
        assert 't' in ended.stdout, ended
        authority.scanner.may_answer.set()
        assert authority.is_followed_up(), authority.server.said()
        authority.ends()
    finally:
        authority.server.process.kill()


run(after_the_server_was_killed, after_the_scanner_was_away, after_the_database_was_lost)
