import { describe, expect, it } from '@jest/globals';
import { ConnectionLog } from '../../src/server/connection-log.js';
import { SERVER_DEFAULTS } from '../../src/server-options.js';
import { LogRecorder } from '../support/log-recorder.js';

const error = new Error('no room');

describe('ConnectionLog', () => {
  it.each<[string, (log: ConnectionLog) => void]>([
    ['refused with 503: no room', (log) => log.refused('/a', error)],
    ['refused with 413: over 65536 bytes before accept', (log) => log.tooEarly('/a')],
    ['broke the protocol: no room', (log) => log.broken('/a', error)],
    ['was cut off: silent for 30000 ms after a ping', (log) => log.dead('/a')],
    ['closed with 1008: a message took over 30000 ms', (log) => log.unfinished('/a')],
    ['closed with 1013: its client reads too slowly', (log) => log.tooSlow('/a')],
    ['closed with 1013: no room', (log) => log.undeliverable('/a', error)],
    ['waited 60000 ms in vain for a frame to be handled', (log) => log.unsettled('/a', 0)],
    [
      'waited 60000 ms in vain for a frame to be handled, 2 frames after it are dropped',
      (log) => log.unsettled('/a', 2),
    ],
    ['lost a frame: no room', (log) => log.lostFrame('/a', error)],
    ['lost its jobs message: no room', (log) => log.lostMessage('/a', 'jobs', error)],
    ['lost an event of type "jobs": no room', (log) => log.lostEvent('/a', 'jobs', error)],
  ])('warns in one line: %s', (line, say) => {
    const logs = new LogRecorder();
    say(new ConnectionLog(logs, SERVER_DEFAULTS));
    expect(logs.lines).toMatchObject([{ level: 'warn', message: `WebSocket "/a" ${line}` }]);
  });

  it('says what to look at when nothing answers', () => {
    const logs = new LogRecorder();
    new ConnectionLog(logs, SERVER_DEFAULTS).unanswered('/a');
    expect(logs.messages('warn')[0]).toContain('Is a worker running');
  });

  it.each<[string, (log: ConnectionLog) => void]>([
    ['left before it was answered', (log) => log.left('/a')],
    ['is 86400000 ms old: closed', (log) => log.old('/a')],
  ])('tells only who debugs: %s', (line, say) => {
    const logs = new LogRecorder();
    say(new ConnectionLog(logs, SERVER_DEFAULTS));
    expect(logs.lines).toMatchObject([{ level: 'debug', message: `WebSocket "/a" ${line}` }]);
  });

  it('lets no client write lines of its own', () => {
    const logs = new LogRecorder();
    new ConnectionLog(logs, SERVER_DEFAULTS).foreignSubprotocol('/a\nb', 'chat\r\n');
    expect(logs.messages('warn')[0]).not.toMatch(/[\r\n]/);
  });
});
