import { useState } from 'react';
import type { WebSocketBridge } from '@nest-channels/client';
import { useChannel, useStream } from '@nest-channels/client/react';
import type { LiveContract } from './live-contract.js';

export function Live({ path = '/live' }) {
  const { bridge, status } = useChannel<LiveContract>(path); // connects while it is mounted
  return (
    <main>
      <output>{status.state}</output>
      <Chat bridge={bridge} />
    </main>
  );
}

function Chat({ bridge }: { bridge: WebSocketBridge<LiveContract> }) {
  const [lines, setLines] = useState<string[]>([]);
  const { send } = useStream(bridge, 'chat', ({ text }) => setLines((all) => [...all, text]));
  return (
    <section>
      <ul>
        {lines.map((line, index) => (
          <li key={index}>{line}</li>
        ))}
      </ul>
      <button onClick={() => send({ text: 'hello' })}>Say hello</button>
    </section>
  );
}
