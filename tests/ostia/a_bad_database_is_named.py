"""What is wrong with a database on another machine is said at the start, with the way out, and never with a password in it."""
import socket
import struct
import threading

from story import ostia, run

SECRET = 's3cret'


def message(kind, body=b''):
    return kind + struct.pack('>I', len(body) + 4) + body


def refusal(code, words):
    return message(b'E', b'SFATAL\0VFATAL\0C' + code + b'\0M' + words + b'\0\0')


def greeting(**parameters):
    """Let in without a password; what the server says of itself; ready."""
    known = {'server_version': '15.4', 'server_encoding': 'UTF8', 'in_hot_standby': 'off', **parameters}
    said = b''.join(message(b'S', name.encode() + b'\0' + value.encode() + b'\0') for name, value in known.items())
    return message(b'R', struct.pack('>I', 0)) + said + message(b'Z', b'I')


ANSWERS = {  # of the protocol of PostgreSQL: to a statement, and to the parts of one; its one row is the number 0
    b'Q': message(b'C', b'SET\0') + message(b'Z', b'I'),
    b'P': message(b'1'),
    b'B': message(b'2'),
    b'D': message(b'T', struct.pack('>H', 1) + b'n\0' + struct.pack('>IHIhih', 0, 0, 20, 8, -1, 1)),
    b'E': message(b'D', struct.pack('>HIq', 1, 8, 0)) + message(b'C', b'SELECT 1\0'),
    b'S': message(b'Z', b'I'),
}


class Database:
    """A server that greets as it was told, and knows no table."""
    def __init__(self, greets):
        self.greets, self.socket = greets, socket.create_server(('127.0.0.1', 0))
        threading.Thread(target=self.serve, daemon=True).start()

    def url(self, rest=''):
        return 'postgresql://ostia:%s@127.0.0.1:%d/ostia?sslmode=disable%s' % (SECRET, self.socket.getsockname()[1], rest)

    def serve(self):
        while True:
            peer, _ = self.socket.accept()
            with peer, peer.makefile('rb') as asked:
                asked.read(struct.unpack('>I', asked.read(4))[0] - 4)
                peer.sendall(self.greets)
                while (head := asked.read(5)) and len(head) == 5:
                    asked.read(struct.unpack('>I', head[1:])[0] - 4)
                    peer.sendall(ANSWERS.get(head[:1], b''))


def said_of(folder, url):
    said = ostia('serve', '--data', folder + '/data', '--db', url, code=1)
    assert SECRET not in said and not said.rstrip().endswith(':'), said
    return said


def an_address_that_cannot_be_read_is_not_quoted(folder):
    for url in ('postgresql://ostia:%s@[::1/ostia', 'postgresql://ostia:100%%%s@host/ostia', 'postgresql://ostia@host/ostia?pass=%s', '%s'):
        said = said_of(folder, url % SECRET)
        assert 'cannot be read' in said and 'postgresql://user:password@host' in said, said


def nobody_who_listens_is_named(folder):
    with socket.create_server(('127.0.0.1', 0)) as taken:
        port = taken.getsockname()[1]
    said = said_of(folder, 'postgresql://ostia:%s@127.0.0.1:%d/ostia' % (SECRET, port))
    assert 'Connection refused' in said and 'Look at the address' in said, said


def a_wrong_password_is_named(folder):
    said = said_of(folder, Database(refusal(b'28P01', b'password authentication failed for user "ostia"')).url())
    assert 'password authentication failed for user "ostia"' in said and 'at the password' in said, said


def a_database_that_is_missing_is_named(folder):
    said = said_of(folder, Database(refusal(b'3D000', b'database "ostia" does not exist')).url())
    assert 'database "ostia" does not exist' in said, said


def an_old_server_is_named(folder):
    said = said_of(folder, Database(greeting(server_version='12.9')).url())
    assert 'version 12.9' in said and '13 is the oldest' in said, said


def another_encoding_is_named(folder):
    said = said_of(folder, Database(greeting(server_encoding='LATIN1')).url())
    assert 'LATIN1' in said and 'UTF8' in said, said


def a_standby_is_named(folder):
    said = said_of(folder, Database(greeting(in_hot_standby='on')).url())
    assert 'is a standby' in said and 'address of the primary' in said, said


run(an_address_that_cannot_be_read_is_not_quoted, nobody_who_listens_is_named, a_wrong_password_is_named,
    a_database_that_is_missing_is_named, an_old_server_is_named, another_encoding_is_named, a_standby_is_named)
