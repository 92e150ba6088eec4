import { describe, expect, it } from '@jest/globals';
import { webOrigin } from '../src/web-origin.js';

describe('webOrigin', () => {
  it.each([
    ['https://app.example', 'https://app.example'],
    ['HTTPS://App.Example:443/path?query', 'https://app.example'],
    ['http://app.example:8080', 'http://app.example:8080'],
    ['http://user:pass@app.example', 'http://app.example'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['capacitor://localhost', 'capacitor://localhost'],
  ])('of %j is %j', (text, origin) => {
    expect(webOrigin(text)).toBe(origin);
  });

  it.each(['null', '', 'app.example', 'file:///etc/passwd', 'https://', 'data:text/html,x'])(
    'of %j is none',
    (text) => {
      expect(webOrigin(text)).toBeUndefined();
    },
  );
});
