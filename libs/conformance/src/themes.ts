import type { Theme } from './theme.js';
import { cancellation } from './themes/cancellation.js';
import { capacity } from './themes/capacity.js';
import { close } from './themes/close.js';
import { content } from './themes/content.js';
import { declaration } from './themes/declaration.js';
import { events } from './themes/events.js';
import { expiry } from './themes/expiry.js';
import { fairness } from './themes/fairness.js';
import { flush } from './themes/flush.js';
import { groups } from './themes/groups.js';
import { isolation } from './themes/isolation.js';
import { largeMessages } from './themes/large-messages.js';
import { membership } from './themes/membership.js';
import { names } from './themes/names.js';
import { newChannel } from './themes/new-channel.js';
import { processSpecific } from './themes/process-specific.js';
import { push } from './themes/push.js';
import { sendReceive } from './themes/send-receive.js';
import { statistics } from './themes/statistics.js';
import { traffic } from './themes/traffic.js';

/** Are all parts of the contract. */
export const THEMES: readonly Theme[] = [
  declaration,
  sendReceive,
  content,
  largeMessages,
  processSpecific,
  names,
  newChannel,
  isolation,
  capacity,
  expiry,
  cancellation,
  fairness,
  traffic,
  groups,
  membership,
  push,
  flush,
  statistics,
  events,
  close,
];
