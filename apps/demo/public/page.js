// A panel is a <section data-panel="x"> plus a start function in `panels`, which gets the section's
// [data-part] elements by name.

import { startArchives } from './panels/archives.js';
import { startChat } from './panels/chat.js';
import { startEcho } from './panels/echo.js';
import { startLiveblog } from './panels/liveblog.js';

const panels = {
  liveblog: startLiveblog,
  archives: startArchives,
  chat: startChat,
  echo: startEcho,
};

function partsOf(root) {
  const elements = root.querySelectorAll('[data-part]');
  return Object.fromEntries(Array.from(elements, (element) => [element.dataset.part, element]));
}

for (const root of document.querySelectorAll('[data-panel]')) {
  panels[root.dataset.panel](partsOf(root));
}
