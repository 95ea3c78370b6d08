"""The exchange with other authorities at the command line: our keys, the directory, the door, a key that is revoked."""
import http.client
import json
import os
import ssl
import subprocess

from server import Server, free_port
from story import ostia, run


class Office:
    def __init__(self, folder):
        self.folder, self.data, self.port = folder, folder + '/data', free_port()
        os.mkdir(self.data)
        for name in ('ours', 'nobody'):
            subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
                            '-subj', '/CN=localhost', '-keyout', self.file(name + '.key'), '-out', self.file(name + '.crt')],
                           check=True, capture_output=True)
        with open(self.data + '/ostia.conf', 'w', encoding='utf-8') as f:
            f.write('privacy %s\nauthority-code 10\nexchange-cert %s\nexchange-key %s\nexchange-listen 127.0.0.1:%d\n' % (
                self.file('privacy'), self.file('ours.crt'), self.file('ours.key'), self.port))
        ostia('privacy', 'init', '--data', self.data)

    def file(self, name):
        return self.folder + '/' + name

    def knock(self, certificate=None):
        """What the door says to a parcel that is none, from who shows this certificate."""
        tls = ssl.create_default_context()
        tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE  # the test knows whose door it is
        if certificate:
            tls.load_cert_chain(self.file(certificate + '.crt'), self.file(certificate + '.key'))
        line = http.client.HTTPSConnection('127.0.0.1', self.port, context=tls, timeout=10)
        line.request('POST', '/exchange/v1/messages', body=b'hello')
        status = line.getresponse().status
        line.close()
        return status

    def take(self, members, code=0):
        with open(self.file('members.json'), 'w', encoding='utf-8') as f:
            json.dump({'members': members}, f)
        return ostia('exchange', 'members', self.file('members.json'), '--data', self.data, code=code)


def the_directory_opens_and_shuts_the_door(folder):
    office = Office(folder)
    server = Server(office.data)
    try:
        assert 'exchange.ready authority=10' in server.said(), server.said()
        key = json.loads(ostia('exchange', 'key', '--data', office.data))
        assert key['number'] == 1 and len(key['signing']) == len(key['sealing']) == len(key['tls']) == 64, key
        assert office.knock('ours') == 403  # nobody is in the directory yet
        # We stand in for another authority: what counts at the door is the key that the directory names.
        us = {'code': 10, 'name': 'Office', 'roles': 'D', 'address': 'https://127.0.0.1:%d' % office.port, 'from': '2026-01-01', 'keys': [key]}
        assert '1 authorities' in office.take([us])
        assert 'key 1\twaiting 0\trefused 0\tOffice' in ostia('exchange', 'list', '--data', office.data)
        assert office.knock() == office.knock('nobody') == 403
        assert office.knock('ours') == 400  # heard, and no parcel
        changed = dict(us, keys=[dict(key, tls='0' * 64)])
        assert 'Keys are never changed' in office.take([changed], code=1)
        ostia('exchange', 'revoke', '10', '1', '--data', office.data)
        assert office.knock('ours') == 403
        assert 'already revoked' in ostia('exchange', 'revoke', '10', '1', '--data', office.data, code=1)
    finally:
        assert server.stop() == 0, server.said()
    ostia('verify', '--data', office.data)
    ostia('rebuild', '--check', '--data', office.data)


def a_mistake_in_the_settings_is_named(folder):
    office = Office(folder)
    with open(office.data + '/ostia.conf', 'a', encoding='utf-8') as f:
        f.write('exchange-key %s\n' % office.file('nobody.key'))
    try:
        Server(office.data).stop()
        raise AssertionError('it started with the key of another certificate')
    except AssertionError as why:
        assert 'belong together' in str(why), why


run(the_directory_opens_and_shuts_the_door, a_mistake_in_the_settings_is_named)
