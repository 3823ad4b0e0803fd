import assert from 'node:assert/strict'
import { test } from 'node:test'
import { undo } from './firewall.ts'

const before = `# made by somebody
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
-A INPUT -i eth0 -j ACCEPT
COMMIT
`

const after = `*nat
:PREROUTING ACCEPT [1:2]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.17.0.0/24 ! -o docker0 -j MASQUERADE
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:DOCKER-USER - [0:0]
-A INPUT -i eth0 -j ACCEPT
-A INPUT -i eth1 -m comment --comment "not docker's" -j DROP
-A FORWARD -i docker0 -m comment --comment "two words" -j ACCEPT
-A DOCKER-USER -j RETURN
COMMIT
`

const isOurs = (rule: string) => /\bDOCKER|docker0/.test(rule)

test('takes back what the engine added, rules before the chains they name, and nothing of others', () => {
  assert.deepEqual(undo(before, after, isOurs), [
    ['-t', 'nat', '-D', 'PREROUTING', '-m', 'addrtype', '--dst-type', 'LOCAL', '-j', 'DOCKER'],
    ['-t', 'nat', '-D', 'POSTROUTING', '-s', '172.17.0.0/24', '!', '-o', 'docker0', '-j', 'MASQUERADE'],
    ['-t', 'nat', '-X', 'DOCKER'],
    ['-t', 'filter', '-D', 'FORWARD', '-i', 'docker0', '-m', 'comment', '--comment', 'two words', '-j', 'ACCEPT'],
    ['-t', 'filter', '-D', 'DOCKER-USER', '-j', 'RETURN'],
    ['-t', 'filter', '-X', 'DOCKER-USER'],
    ['-t', 'filter', '-P', 'FORWARD', 'ACCEPT'],
  ])
})

test('what was there before stays', () => assert.deepEqual(undo(after, after, isOurs), []))
