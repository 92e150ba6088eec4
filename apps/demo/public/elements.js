export function textElement(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** Shows how a panel's connection is: in one word, and in more. */
export function showStatus({ status, detail }, state, words) {
  status.textContent = state;
  status.dataset.state = state;
  detail.textContent = words;
}

/** Shows how something went, or is going: 'running', 'ok' or 'failed'; '' for nothing to tell. */
export function showResult(output, outcome, text) {
  output.dataset.outcome = outcome;
  output.textContent = text;
}
