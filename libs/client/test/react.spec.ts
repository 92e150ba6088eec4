import { describe, expect, it } from '@jest/globals';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { useChannel, useStream } from '../src/react.js';

// What the hooks do in a page is tested in one: test/browser/client-react.spec.ts.
function Room(): ReturnType<typeof createElement> {
  const { bridge, status, latest } = useChannel('/rooms/blue');
  const jobs = useStream(bridge, 'jobs');
  return createElement('p', null, status.state, typeof latest, typeof jobs.latest);
}

describe('useChannel and useStream', () => {
  it('render on a server, where nothing connects', () => {
    expect(renderToString(createElement(Room)).replaceAll('<!-- -->', ' ')).toBe(
      '<p>idle undefined undefined</p>',
    );
  });
});
