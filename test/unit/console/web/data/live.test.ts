import { afterEach, expect, test } from 'vitest';
import {
  connection,
  hear,
  loseConnection,
  onLive,
  refuseConnection,
} from '../../../../../services/console/web/data/live.ts';

afterEach(() => {
  connection.value = { state: 'connecting' };
});

test('a connection that is refused is no lost one, and after either all is read anew', () => {
  let missed = 0;
  const stop = onLive('missed', () => {
    missed++;
  });
  hear([]);
  expect([connection.value.state, missed]).toEqual(['live', 0]);
  refuseConnection();
  expect(connection.value).toEqual({ state: 'refused' });
  hear([]);
  expect([connection.value.state, missed]).toEqual(['live', 1]);
  loseConnection();
  expect(connection.value.state).toBe('lost');
  hear([]);
  expect([connection.value.state, missed]).toEqual(['live', 2]);
  stop();
});
