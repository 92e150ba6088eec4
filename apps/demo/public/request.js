/** Sends JSON to a controller; throws an Error whose message says what was wrong. */
export async function request(method, path, body) {
  const headers = { 'Content-Type': 'application/json' };
  const options = { method, headers, body: JSON.stringify(body) };
  const response = await fetch(path, options).catch(() => {
    throw new Error('The server cannot be reached.');
  });
  if (!response.ok) throw new Error(await reasonOf(response));
}

/** Nest answers with { message }: a text, or a list of them from the ValidationPipe. */
async function reasonOf(response) {
  const { message } = await response.json().catch(() => ({ message: response.statusText }));
  return `${response.status}: ${[message].flat().join(' ')}`;
}
