"""A member of staff who signs in on the pages and takes a token there, for what no client may do."""
import base64
import hashlib
import hmac
import http.cookiejar
import re
import struct
import time
import urllib.parse
import urllib.request


def one_time_code(secret):
    """RFC 6238."""
    mac = hmac.new(base64.b32decode(secret + '=' * (-len(secret) % 8)), struct.pack('>Q', int(time.time()) // 30), hashlib.sha1).digest()
    at = mac[-1] & 15
    return '%06d' % ((struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000)


class Person:
    def __init__(self, url):
        self.url, self.csrf = url, ''
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def page(self, path, **form):
        data = urllib.parse.urlencode(dict(form, csrf=self.csrf)).encode() if form else None
        with self.browser.open(self.url + path, data, timeout=30) as answer:
            html = answer.read().decode()
        found = re.search(r'name="csrf" value="([^"]+)"', html)
        self.csrf = found.group(1) if found else self.csrf
        return html

    def token(self, card, purpose):
        email, password, secret = card
        self.page('/sign-in')
        self.page('/sign-in', name=email, password=password)
        self.page('/sign-in/code', kind='totp', code=one_time_code(secret))
        self.page('/account/tokens')
        return re.search(r'id="token">([^<]+)<', self.page('/account/tokens', purpose=purpose)).group(1)
