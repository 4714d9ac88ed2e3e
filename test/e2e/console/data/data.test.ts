import { describe } from 'vitest';
import { lacks } from '../../../support/optional.ts';
import { shareSite } from '../shared-site.ts';
import { describeDeadLetters } from './dead-letters.suite.ts';
import { describeFindEvent } from './find-event.suite.ts';
import { describeImport } from './import.suite.ts';
import { startDataSite } from './site.ts';

describe.skipIf(lacks('browser'))('events in a browser', () => {
  const shared = shareSite(() => startDataSite('console-data'));
  describeDeadLetters(shared);
  describeImport(shared);
  describeFindEvent(shared);
});
