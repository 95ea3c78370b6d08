"""A sign-in, an application and an officer's look: afterwards the server's log holds nothing of the person."""
import base64
import hashlib
import hmac
import html
import re
import signal
import socket
import struct
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from story import PACK, PROGRAM, demo, run

FAMILY, GIVEN, STORY = 'Zarqawinejad', 'Marzipania', 'harbour strike of the lighthouse keepers'
SECRET = 'seven green harbours wait'


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Browser:
    """A person without script: cookies, and forms with the token and hidden fields of the page shown now."""

    def __init__(self, port):
        self.base = 'http://localhost:%d' % port
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.page, self.path, self.status = '', '', 0

    def go(self, path, data=None):
        try:
            with self.opener.open(self.base + path, data, timeout=30) as answer:
                self.status, self.page, self.path = answer.status, answer.read().decode(), answer.url[len(self.base):]
        except urllib.error.HTTPError as answer:
            self.status, self.page = answer.code, answer.read().decode(errors='replace')
        return self

    def send(self, path, *fields):
        token = re.search(r'name="csrf" value="([^"]*)"', self.page)
        assert token, '%s has no form\n%s' % (self.path, self.page[:2000])
        hidden = [(n, html.unescape(v)) for n, v in re.findall(r'type="hidden" name="(asked|suggested|sheet_code)" value="([^"]*)"', self.page)]
        return self.go(path, urllib.parse.urlencode([('csrf', token[1]), *hidden, *fields]).encode())


def totp(secret):
    digest = hmac.new(base64.b32decode(secret), struct.pack('>Q', int(time.time()) // 30), hashlib.sha1).digest()
    at = digest[-1] & 15
    return '%06d' % ((struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1000000)


def sign_in(browser, card):
    browser.go('/sign-in')
    browser.send('/sign-in', ('name', card[1]), ('password', 'wrong ' + SECRET))
    assert browser.status == 422, browser.status
    browser.send('/sign-in', ('name', card[1]), ('password', card[2]))
    assert browser.path.startswith('/sign-in/code'), browser.path
    browser.send('/sign-in/code', ('kind', 'totp'), ('code', totp(card[3])))
    assert browser.status == 200 and not browser.path.startswith('/sign-in'), (browser.status, browser.path)


def apply(browser):
    """An account without e-mail, then the names and the reasons; answers what was said on the way."""
    browser.go('/sign-up').send('/sign-up', ('without', 'yes')).send('/sign-up/account', ('password', SECRET))
    name = re.search(r'name="sheet_name" value="([^"]*)"', browser.page)[1]
    code = re.search(r'name="sheet_code" value="([^"]*)"', browser.page)[1]
    browser.send('/account/sheet', ('sheet_name', name), ('kept', 'yes'))
    browser.go('/apply').send('/apply', ('language', 'en'), ('phrase', 'blue door'), ('read', 'yes'))
    case = browser.path
    assert re.fullmatch(r'/apply/\d+', case), case
    browser.go(case + '/names').send(case + '/names', ('family_name', FAMILY), ('given_names', GIVEN), ('do', 'save'))
    browser.go(case + '/names')
    assert FAMILY in browser.page, 'the name was not kept'
    browser.go(case + '/reasons').send(case + '/reasons', ('claim_reasons', 'opinion'), ('story', STORY), ('do', 'save'))
    return [FAMILY, GIVEN, STORY, SECRET, name, code, 'blue door']


def look(browser, card):
    """The officer opens every case of the work list; answers the names that were shown."""
    sign_in(browser, card)
    browser.go('/work')
    cases = sorted(set(re.findall(r'href="/cases/(\d+)', browser.page)))
    assert cases, 'the officer has no work'
    names = []
    for case in cases[:5]:
        browser.go('/cases/%s' % case)
        assert browser.status == 200, browser.status
        names.append(html.unescape(re.sub(r'<[^>]*>', '', re.search(r'<h1[^>]*>(.*?)</h1>', browser.page, re.S)[1])).strip())
        browser.go('/cases/%s/persons' % case)
    return names


def the_log_holds_nothing_of_the_person(folder):
    data, port = folder + '/data', free_port()
    demo(data, 8)
    with open(data + '/demo-sign-ins', encoding='utf-8') as f:
        cards = {line.split()[0]: line.split() for line in f}
    with open(folder + '/log', 'w+', encoding='utf-8') as log:
        # Mail cannot be sent: what was tried in vain is said in the log too.
        server = subprocess.Popen([PROGRAM, 'serve', '--data', data, '--listen', '127.0.0.1:%d' % port, '--pack', PACK,
                                   '--smtp', 'smtp://127.0.0.1:%d' % free_port()], stdout=subprocess.DEVNULL, stderr=log)
        try:
            browser = Browser(port)
            for _ in range(300):
                try:
                    browser.go('/health/live')
                    break
                except OSError:
                    time.sleep(0.1)
            said = apply(browser)
            applicant, officer = Browser(port), Browser(port)
            sign_in(applicant, cards['applicant'])
            said += [cards['applicant'][1], cards['applicant'][2], 'demo.example', 'Mozilla', 'Python-urllib']
            names = look(officer, cards['officer'])
            officer.go('/people/' + FAMILY)
            officer.go('/track?reference=' + FAMILY)
            time.sleep(1)
        finally:
            server.send_signal(signal.SIGTERM)
            code = server.wait(timeout=60)
        log.seek(0)
        written = log.read()
    assert code == 0 and 'serve.ready' in written and 'serve.stop' in written, written
    for line in written.splitlines():
        if 'serve.ready' in line:  # says where this machine listens
            continue
        assert re.match(r'\d{4}-\d\d-\d\dT[\d:.]+Z (error|warning|info) [a-z_.]+( [a-z_]+=("[^"]*"|\S*))*$', line), line
        for word in said + [word for name in names for word in name.split() if len(word) > 3 and not word.isdigit()]:
            assert word.lower() not in line.lower(), 'the log says "%s": %s' % (word, line)
        assert '@' not in line and '/cases/' not in line and '/apply/' not in line, line


run(the_log_holds_nothing_of_the_person)
