const ADJECTIVES = ['amber', 'brisk', 'calm', 'gentle', 'jolly', 'merry', 'quiet', 'sunny'];
const ANIMALS = ['badger', 'crane', 'finch', 'heron', 'lynx', 'marten', 'otter', 'puffin', 'wren'];

/** Returns a name like "calm-otter", but not the one that is taken. */
export function randomName(taken) {
  const name = `${pick(ADJECTIVES)}-${pick(ANIMALS)}`;
  return name === taken ? randomName(taken) : name;
}

function pick(list) {
  return list[Math.floor(Math.random() * list.length)];
}
